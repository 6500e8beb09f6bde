"""Figure files that carry what is needed to make them again."""

from __future__ import annotations

import json
import os
import struct
import zlib
from typing import TYPE_CHECKING, BinaryIO

import matplotlib.style

from alliance_sim.errors import FileError, ResultError
from alliance_sim.files import regular
from alliance_sim.plots.style import DPI, SETTINGS
from alliance_sim.provenance import Origin, ScenarioOrigin

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from alliance_sim.results import Ensemble

MOST_BYTES, MOST_PIXELS = 50_000_000, 50_000_000  # of a figure that is read
KEY = "alliance_sim"


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
    figure: Figure, path: str | os.PathLike[str] | BinaryIO, *, origin: Origin, title: str = ""
) -> None:
    """Write a figure as PNG with its origin inside; the bytes hold no date and no version of tools.

    Args:
        figure: The figure.
        path: The file, or what takes its bytes.
        origin: Where it comes from.
        title: What it shows, for programs that list titles; left out if empty.
    """
    words = {
        "Title": title,
        "Description": f"{origin.scenario}, {origin.runs} runs, seed {origin.seed}",
        KEY: json.dumps(origin.as_tree(), sort_keys=True),
    }
    metadata: dict[str, str | None] = {key: text for key, text in words.items() if text}
    with matplotlib.style.context(["default", SETTINGS]):
        figure.savefig(path, format="png", dpi=DPI, metadata={**metadata, "Software": None})


def read_origin(path: str | os.PathLike[str]) -> Origin:
    """Return the origin that `save_png` wrote into a figure file.

    Raises:
        ResultError: If the file cannot be read, or holds none.
    """
    from PIL import Image

    name = os.fspath(path)
    broken = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error)
    try:
        with regular(path, MOST_BYTES) as file, Image.open(file, formats=("PNG",)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ResultError(f"{name}: has {image.width} x {image.height} pixels, too many")
            image.load()
            texts = dict(image.info)
    except FileError as error:
        raise ResultError(f"{name}: cannot be read as a figure: {error.problems[0]}") from error
    except (*broken, Image.DecompressionBombError) as error:
        raise ResultError(f"{name}: cannot be read as a figure: {error}") from error
    if KEY not in texts:
        raise ResultError(f"{os.fspath(path)}: is a picture, but not one saved by this package")
    try:
        return Origin.from_tree(json.loads(texts[KEY]))
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        raise ResultError(
            f"{os.fspath(path)}: what the figure says of its origin cannot be read: it was "
            "changed, or another version of alliance-sim drew it"
        ) from None
