"""Figure files that carry what is needed to make them again."""

from __future__ import annotations

import hashlib
import html
import io
import json
import os
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import matplotlib.style
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from alliance_sim.errors import FileError, ResultError
from alliance_sim.files import json_in, read_text, regular, write_text
from alliance_sim.plots.style import SETTINGS
from alliance_sim.provenance import Origin, ScenarioOrigin

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL.ImageFile import ImageFile

    from alliance_sim.results import Ensemble

MOST_BYTES, MOST_PIXELS = 50_000_000, 50_000_000  # of a figure that is read
_MADE_ID = re.compile(r'\bid="([a-z][0-9a-f]{10})"')  # by Matplotlib, out of what may be an address
_SOURCE = re.compile(r"<dc:source>([^<]*)</dc:source>")
KEY, MORE = "alliance_sim", "alliance_sim_carried"


def origin_of(ensemble: Ensemble, *, command: str, others: tuple[Ensemble, ...] = ()) -> Origin:
    """Return the origin of a figure drawn from an ensemble.

    Args:
        ensemble: The ensemble, or the factual one of several.
        command: The command line that makes the figure again.
        others: The other ensembles in the figure.
    """
    return Origin(
        scenario=ensemble.scenario,
        digest=ensemble.digest,
        edits=list(ensemble.edits),
        others=[
            ScenarioOrigin(scenario=o.scenario, digest=o.digest, edits=list(o.edits))
            for o in others
        ],
        engine=ensemble.engine,
        version=ensemble.versions.get("alliance-sim", "unknown"),
        seed=ensemble.seed,
        runs=ensemble.runs,
        first_run=ensemble.first_run,
        failed_runs=sum(one.failed for one in (ensemble, *others)),
        command=command,
    )


def save_png(
    figure: Figure,
    path: str | os.PathLike[str] | BinaryIO,
    *,
    origin: Origin,
    title: str = "",
    file: str = "",
    inputs: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Write a figure as PNG with its origin inside; the bytes hold no date and no version of tools.

    Args:
        figure: The figure.
        path: The file, or what takes its bytes.
        origin: Where it comes from.
        title: What it shows, for programs that list titles; left out if empty.
        file: Its name among the files of the result.
        inputs: Scenario files of somebody's own, as in `Carried`.
    """
    words = {
        "Title": title,
        "Description": _described(origin),
        KEY: json.dumps(origin.as_tree(), sort_keys=True),
        MORE: json.dumps(_more(figure, file, inputs), sort_keys=True),
    }
    metadata: dict[str, str | None] = {key: text for key, text in words.items() if text}
    canvas = figure.canvas
    with matplotlib.style.context(["default", SETTINGS]):
        try:  # drawn once; `savefig` would draw it before, in vain, to lay it out
            drawing: Any = FigureCanvasAgg(figure)  # which has no types
            drawing.print_png(path, metadata={**metadata, "Software": None})
        finally:
            figure.set_canvas(canvas)


def save_svg(
    figure: Figure,
    path: str | os.PathLike[str],
    *,
    origin: Origin,
    title: str = "",
    file: str = "",
    inputs: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Write a figure as SVG with its origin inside, its texts as outlines; as `save_png` does."""
    carried = {KEY: origin.as_tree(), MORE: _more(figure, file, inputs)}
    metadata = {
        "Title": title or None,
        "Description": _described(origin),
        "Source": json.dumps(carried, sort_keys=True),
        "Creator": None,
        "Date": None,
    }
    with matplotlib.style.context(["default", SETTINGS, {"svg.hashsalt": KEY}]):
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", metadata=metadata)
    write_text(Path(path), _numbered(drawn.getvalue()))


def _numbered(svg: str) -> str:
    """Return an SVG whose made-up names are numbers in order, so that each drawing has the same."""
    names = {name: f"part{n}" for n, name in enumerate(dict.fromkeys(_MADE_ID.findall(svg)), 1)}
    if not names:
        return svg
    return re.sub("|".join(names), lambda match: names[match[0]], svg)


def _described(origin: Origin) -> str:
    return f"{origin.scenario}, {origin.runs} runs, seed {origin.seed}"


def _more(
    figure: Figure, file: str, inputs: Mapping[str, Mapping[str, str]] | None
) -> dict[str, Any]:
    """Return what a figure carries beside its origin."""
    return {"file": file, "inputs": inputs or {}, "drawn": drawn_digest(figure)}


def drawn_digest(figure: Figure) -> str:
    """Return a SHA-256 digest of the numbers that a figure draws, however they are laid out."""
    found = hashlib.sha256()
    for axes in figure.axes:
        for line in axes.lines:
            _add(found, line.get_xydata())
        for collection in axes.collections:
            _add(found, collection.get_offsets())
            for path in collection.get_paths():
                _add(found, path.vertices)
        for patch in axes.patches:
            _add(found, patch.get_path().vertices)
        for image in axes.images:
            _add(found, image.get_array())
    return found.hexdigest()


def drawn_in(path: str | os.PathLike[str]) -> str:
    """Return the digest of the numbers in a figure file, "" if it carries none.

    Raises:
        ResultError: If the file cannot be read.
    """
    try:
        more = json.loads(carried_texts(path).get(MORE, "{}"))
        return str(more.get("drawn", ""))
    except (AttributeError, ValueError, RecursionError):
        return ""


def _add(found: Any, values: Any) -> None:
    """Add numbers to a digest, rounded to nine digits, as the last bits may hang on a library."""
    numbers = np.ma.filled(np.ma.asarray(values, dtype=np.float64), np.nan)
    found.update(repr(numbers.shape).encode())
    text = np.char.mod("%.9g", numbers + 0.0)
    found.update("\n".join(text.ravel().tolist()).encode())


def carried_texts(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the texts that a figure file carries, by their keys: those of `KEY` and `MORE`.

    Raises:
        ResultError: If the file cannot be read.
    """
    is_svg = os.fspath(path).lower().endswith(".svg")
    return _texts_of_svg(path) if is_svg else texts_of_png(path)


def _texts_of_svg(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the texts that an SVG file carries; no program reads its XML, so nothing expands."""
    name = os.fspath(path)
    try:
        text = read_text(path, MOST_BYTES)
        found = _SOURCE.search(text)
        tree = {} if found is None else json_in(html.unescape(found[1]), path)
    except FileError as error:
        raise ResultError(f"{name}: cannot be read as a figure: {error.problems[0]}") from error
    whole = isinstance(tree, dict)
    return {key: json.dumps(tree[key]) for key in (KEY, MORE) if whole and key in tree}


def texts_of_png(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the texts that a PNG file carries, by their keys.

    Raises:
        ResultError: If the file cannot be read.
    """
    from PIL import Image

    name = os.fspath(path)
    broken = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error)
    try:
        with regular(path, MOST_BYTES) as file, _opened(file, name) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ResultError(f"{name}: has {image.width} x {image.height} pixels, too many")
            image.load()
            return {str(key): text for key, text in image.info.items()}
    except FileError as error:
        raise ResultError(f"{name}: cannot be read as a figure: {error.problems[0]}") from error
    except (*broken, Image.DecompressionBombError) as error:
        raise ResultError(f"{name}: cannot be read as a figure: {error}") from error


@contextmanager
def _opened(file: BinaryIO, name: str) -> Iterator[ImageFile]:
    """Yield the picture in a file that is open.

    Raises:
        ResultError: If there is none in it.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(file, formats=("PNG",)) as image:
            yield image
    except UnidentifiedImageError:
        problem = "cannot be read as a figure: what it holds is no picture in PNG"
        raise ResultError(f"{name}: {problem}") from None


def read_origin(path: str | os.PathLike[str]) -> Origin:
    """Return the origin that `save_png` wrote into a figure file.

    Raises:
        ResultError: If the file cannot be read, or holds none.
    """
    texts = carried_texts(path)
    if KEY not in texts:
        raise ResultError(f"{os.fspath(path)}: is a picture, but not one saved by this package")
    try:
        return Origin.from_tree(json.loads(texts[KEY]))
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        raise ResultError(
            f"{os.fspath(path)}: what the figure says of its origin cannot be read: it was "
            "changed, or another version of alliance-sim drew it"
        ) from None
