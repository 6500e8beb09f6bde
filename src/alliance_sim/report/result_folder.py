"""The one writer of results as files: tables, figures, pages, and the manifest beside them."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import math
import os
import re
import shutil
import tomllib
import weakref
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from importlib import resources
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alliance_sim.errors import FileError, SettingError
from alliance_sim.files import PART, read_json, replacing, why, writable_folder, write_text
from alliance_sim.kinds import RECORD, kind_of
from alliance_sim.plots.origin import save_png
from alliance_sim.plots.style import PHONE, SLIDE
from alliance_sim.provenance import Carried, Origin, file_digest, manifest, scenario_digest
from alliance_sim.report.carried import carried_in_page, inputs_of
from alliance_sim.results.dictionary import field_metadata
from alliance_sim.results.state_metadata import Meaning, Meanings

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.scenario import Scenario

MANIFEST = "manifest"
OUTCOME = "outcome"  # what of a question is told first
ANY = "any"  # in `columns.toml`: what holds for every table
MOST_NAMED = 3  # scenarios in the name of a folder; more are counted
LONGEST_NAME = 120
MOST_BYTES = 10_000_000  # of a manifest that is looked at

log = logging.getLogger("alliance_sim")


class Picture(NamedTuple):
    """A figure as a page shows it: PNG for wide screens, and for narrow ones."""

    slide: bytes
    phone: bytes


class ResultFolder:
    """Files that belong together, in one folder, and the manifest that says where they come from.

    All files take their places at once when the last is whole, so that whoever stops a command
    keeps the results that stood there. What a manifest does not name as a result of the same
    command and scenario is never replaced; where several results share a folder, the command
    counts alone. Files of other names are left alone. Tables depend on the numbers only: the same
    numbers give the same bytes.

    Attributes:
        folder: Where they are.
        origin: Where the result comes from; every figure and the manifest hold it.
        files: Paths of those written, by name; they are there once the result is closed.
        inputs: Scenario files of somebody's own that the command names, as in `Carried`.
        columns: What the columns of each table hold: by its file and the column, as with a column
            of Parquet.
    """

    def __init__(
        self, out: str | os.PathLike[str], *, kind: str, origin: Origin, stem: str = ""
    ) -> None:
        """Make the folder if need be.

        Args:
            out: The folder.
            kind: Name of the command that writes.
            origin: Where the result comes from.
            stem: How the names of files begin where several results share a folder; the manifest
                is then called like it, else "manifest".

        Raises:
            SettingError: If the folder cannot be written, or holds other results.
        """
        self.folder: Path = writable_folder(out)
        self.kind, self.origin = kind, origin
        self.inputs = inputs_of(origin.command)
        self._stem = file_name(stem)
        self.files: dict[str, str] = {}
        self.columns: dict[str, dict[str, dict[str, str]]] = {}
        self._earlier()
        with _told(self.folder):
            self._part = Path(mkdtemp(prefix=".", suffix=PART, dir=self.folder))
        # Also where a command is stopped.
        self._tidy = weakref.finalize(self, shutil.rmtree, self._part, ignore_errors=True)

    def write(self, name: str, ending: str, write: Callable[[Path], None]) -> Path:
        """Write one file.

        Args:
            name: Its name after the stem; only the stem if empty.
            ending: How its name ends, without a dot.
            write: Writes the content to the path that it is given.

        Returns:
            Where it stands until the result is closed.

        Raises:
            SettingError: If it cannot be written, or something else stands in its place; so from
                every method that writes.
        """
        path = self._path(name, ending)
        self._refuse_others([path.name], self._earlier())
        part = self._part / path.name
        with _told(path):
            write(part)
        self.files[path.name] = str(path)
        return part

    def table(
        self, name: str, frame: pd.DataFrame, kind: str = "", meanings: Meanings | None = None
    ) -> None:
        """Write a table as CSV, and what its columns hold into the manifest.

        Args:
            name: As for `write`.
            frame: The table.
            kind: Which table of `columns.toml` it is; its name if left out.
            meanings: What columns hold that are called by a plan, such as factors.
        """
        self.text(name, "csv", frame.to_csv(index=False, lineterminator="\n"))
        told = {**columns_told(kind or name), **(meanings or {})}
        self.columns[self._path(name, "csv").name] = {
            column: field_metadata(told[column]) for column in frame.columns if column in told
        }

    def text(self, name: str, ending: str, text: str) -> None:
        """Write a text in UTF-8, with the same line ends on every system."""
        self.write(name, ending, lambda part: _put(part, text.encode("utf-8", "backslashreplace")))

    def json(self, name: str, tree: Any) -> None:
        """Write a tree of plain values as JSON in ASCII.

        Raises:
            ValueError: If a number in it is not finite.
        """
        self.text(name, "json", json.dumps(tree, indent=2, allow_nan=False) + "\n")

    def figure(self, name: str, figure: Any, title: str = "") -> bytes:
        """Write a figure, as a function of `plots` returns it, with its origin; return the file."""
        log.debug("drawing %s", title or name)

        def save(part: Path) -> None:
            save_png(figure, part, title=title, **self._carried(name, "png"))

        return self.write(name, "png", save).read_bytes()

    def picture(self, name: str, draw: Callable[..., Any], title: str = "") -> Picture:
        """Write a figure for a slide, as drawn for a `form`; return it, and one for a phone."""
        phone = png_of(draw(form=PHONE), title=title, **self._carried(name, "png"))
        return Picture(self.figure(name, draw(form=SLIDE), title), phone)

    def page(self, name: str, html: str) -> None:
        """Write a page, with what is needed to make it again inside."""
        told = carried_in_page(Carried(**self._carried(name, "html")))
        self.text(name, "html", html.replace("</head>", f"{told}\n</head>", 1))

    def _carried(self, name: str, ending: str) -> dict[str, Any]:
        file = self._path(name, ending).name
        return {"origin": self.origin, "file": file, "inputs": self.inputs}

    def close(self, **more: Any) -> dict[str, str]:
        """Put all files in their places, and the manifest with their digests; return all by name.

        What an earlier result left that is no part of this one goes, unless it was changed since.

        Args:
            **more: What only this kind of result has, as values that JSON can hold.

        Raises:
            SettingError: If a file cannot be put there, or something else stands in its place.
        """
        parts = {name: self._part / name for name in self.files}
        digests = {name: file_digest(part) for name, part in parts.items()}
        held: dict[str, Any] = {"columns": self.columns} if self.columns else {}
        held |= {"inputs": self.inputs} if self.inputs else {}
        tree = manifest(self.origin, kind=self.kind, files=digests, **held, **more)
        path = self.folder / f"{self._stem or MANIFEST}.json"
        earlier = self._earlier()
        self._refuse_others(self.files, earlier)
        for name, part in parts.items():
            with _told(self.folder / name), replacing(self.folder / name, part):
                pass
        for name in earlier.keys() - parts.keys():
            left = self.folder / name
            if left.is_file() and file_digest(left) == earlier[name]:
                left.unlink()
        write_text(path, json.dumps(tree, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
        self._tidy()
        return {**self.files, path.name: str(path)}

    def _earlier(self) -> dict[str, str]:
        """Return the digests of the files of an earlier result of the same, by name.

        Raises:
            SettingError: If the folder holds other results.
        """
        names = None if self._stem else _names(self.origin)
        found = _manifest_of(self.folder, self.kind, names, self._stem or MANIFEST)
        listed = {} if found is None else {str(k): str(v) for k, v in found["files"].items()}
        return {name: digest for name, digest in listed.items() if Path(name).name == name}

    def _refuse_others(self, names: Collection[str], earlier: Collection[str]) -> None:
        """Raise an error where something else stands in the place of a file.

        Raises:
            SettingError: Naming the first such file.
        """
        for name in names:
            if (self.folder / name).is_dir():
                problem = "cannot be written: a folder of that name stands in the way"
                raise SettingError(str(self.folder / name), [problem])
            if name not in earlier and (self.folder / name).is_file():
                problem = f"{name} is there and not known as such a result"
                raise SettingError(str(self.folder), [f"{problem}; choose another folder"])

    def _path(self, name: str, ending: str) -> Path:
        parts = [part for part in (self._stem, file_name(name)) if part]
        return self.folder / f"{'_'.join(parts)}.{ending}"


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Tell in words what the system refuses.

    Raises:
        SettingError: Instead of an OSError.
    """
    try:
        yield
    except OSError as error:
        raise SettingError(str(path), [f"cannot be written: {why(error)}"]) from error


def png_of(figure: Any, **told: Any) -> bytes:
    """Return a figure as a file of PNG that is written nowhere.

    Args:
        figure: As a function of `plots` returns it.
        **told: Its title and origin, as `save_png` takes them.
    """
    file = io.BytesIO()
    save_png(figure, file, **told)
    return file.getvalue()


def usual_folder(kind: str, *names: str, against: str = "", asked: Sequence[str] = ()) -> Path:
    """Return where a command writes to if nobody says: a folder named after what it is of.

    Args:
        kind: How its name begins.
        *names: Names of scenarios, of which the first three are told.
        against: Name of the scenario that they are held against, if it is not the usual one.
        asked: What is asked of them, so that the next question has a folder of its own: the names
            of outcomes, and what else was not left out.
    """
    alone = len(names) == 1 and not against
    short = [
        file_name(name if alone else name.rpartition("/")[2])
        for name in (*names[:MOST_NAMED], against)
    ]
    more = f"and_{len(names) - MOST_NAMED}_more" if len(names) > MOST_NAMED else ""
    *edited, factual = short
    parts = [kind, *edited, more, "against" if factual else "", factual, *map(file_name, asked)]
    name = "_".join(filter(None, parts))
    if len(name) > LONGEST_NAME:  # what is cut off would tell questions apart
        digest = hashlib.sha256("\0".join((kind, *names, against, *asked)).encode()).hexdigest()
        name = f"{name[: LONGEST_NAME - 9]}_{digest[:8]}"
    return Path("results") / name


@cache
def _column_words() -> dict[str, Any]:
    text = resources.files("alliance_sim.report").joinpath("columns.toml").read_text("utf-8")
    return tomllib.loads(text)


def kinds_of_tables() -> tuple[str, ...]:
    """Return the kinds of tables that have columns of their own."""
    return tuple(kind for kind in _column_words() if kind != ANY)


def columns_told(kind: str) -> dict[str, Meaning]:
    """Return what the columns of a kind of table hold, those that any table may have included."""
    words = _column_words()
    told = {**words[ANY], **words.get(kind, {})}
    return {
        column: Meaning(entry, "") if isinstance(entry, str) else Meaning(*entry)
        for column, entry in told.items()
    }


def result_folder(out: str | os.PathLike[str], *, kind: str, scenarios: Sequence[Scenario]) -> Path:
    """Return a folder that a command may write its results to; it is made when they are written.

    Ask before a long simulation. Results of the same scenarios by the same command may be replaced;
    where a scenario was changed since, that is logged. Of a command that stops, no empty folder is
    left behind.

    Args:
        out: The folder.
        kind: Name of the command.
        scenarios: The scenarios, the factual one first.

    Raises:
        SettingError: If it cannot be written, or holds results of another command or scenario.
    """
    folder = _could_be_written(out)
    before = _manifest_of(folder, kind, [scenario.name for scenario in scenarios])
    if before is not None:
        digests = [before["digest"], *(other["digest"] for other in before["others"])]
        changed = [one.name for one, digest in zip(scenarios, digests, strict=True)
                   if scenario_digest(one) != digest]  # fmt: skip
        if changed:
            log.info("%s: results of an earlier %s are replaced", folder, ", ".join(changed))
    return folder


def answer_folder(
    out: str | os.PathLike[str],
    *,
    kind: str,
    scenarios: Sequence[Scenario],
    asked: Mapping[str, Any],
    told: str = "holds the answer to another question, about",
) -> Path:
    """Return a folder that the answer to a question may be written to; made when it is written.

    Ask before a long computation. The answer to the same question may be replaced.

    Args:
        out: The folder.
        kind: Name of the command.
        scenarios: The scenarios, the factual one first.
        asked: What makes the question, such as the outcome, by name: plain values, as they stand
            in the manifest of an answer. How well it is answered, such as a seed, is left out.
        told: What is said of a folder that holds another outcome, before that outcome.

    Raises:
        SettingError: If it cannot be written, or holds the answer to another question, or results
            of another command or scenario.
    """
    folder = result_folder(out, kind=kind, scenarios=scenarios)
    manifest = folder / f"{MANIFEST}.json"
    if not manifest.exists():
        return folder
    try:
        before = dict(read_json(manifest, MOST_BYTES))["asked"]
        others = [name for name, value in asked.items() if before.get(name, value) != value]
    except KeyError:  # nothing was answered before the last one was stopped
        return folder
    except (AttributeError, FileError, TypeError, ValueError):
        before, others = {OUTCOME: "something else"}, [OUTCOME]
    if OUTCOME in others:
        told = f"{told} {before[OUTCOME]}"
    elif others:
        words = (
            f"{name.replace('_', ' ')} {_in_words(before[name])} in place of "
            f"{_in_words(asked[name])}"
            for name in others
        )
        told = f"holds the answer to another question, with {' and '.join(words)}"
    if others:
        raise SettingError(str(folder), [f"{told}; choose another folder with --out"])
    return folder


def _in_words(value: object) -> str:
    """Return what was asked for as a sentence tells it."""
    values = value if isinstance(value, list) else [value]
    return ", ".join("the usual" if one is None else str(one) for one in values) or "the usual"


def _could_be_written(out: str | os.PathLike[str]) -> Path:
    """Return a folder that can be written to; what is made to find that out goes again.

    Raises:
        SettingError: If it cannot be written.
    """
    missing: list[Path] = []
    with suppress(OSError, ValueError):  # who makes it says why it cannot be
        path = Path(out)
        missing = [place for place in (path, *path.parents) if not place.exists()]
    folder = writable_folder(out)
    with suppress(OSError):  # somebody else has put something there
        for place in missing:
            place.rmdir()
    return folder


def _names(origin: Origin) -> list[str]:
    return [origin.scenario, *(other.scenario for other in origin.others)]


def _manifest_of(
    folder: Path, kind: str, scenarios: Sequence[str] | None, name: str = MANIFEST
) -> dict[str, Any] | None:
    """Return the manifest of an earlier result of a command, None if there is none.

    Args:
        folder: Where it would be.
        kind: Name of the command.
        scenarios: Names of the scenarios that it has to be of; None for any.
        name: What the manifest is called.

    Raises:
        SettingError: If it is of another command or scenario, or no manifest of a result; or if
            the folder has none and holds a record.
    """
    path = folder / f"{name}.json"
    other = "choose another folder with --out"
    if not path.exists():
        if kind_of(folder) == RECORD:
            raise SettingError(str(folder), [f"is the folder of a record; {other}"])
        return None
    try:
        tree: dict[str, Any] = dict(read_json(path, MOST_BYTES))
        origins = [tree, *tree["others"]]
        found = [str(origin["scenario"]) for origin in origins]
        for origin in origins:
            str(origin["digest"])
        which, _ = str(tree["kind"]), dict(tree["files"])
    except (FileError, KeyError, TypeError, ValueError):
        problem = f"{path.name} in it is of something else; {other}"
        raise SettingError(str(folder), [problem]) from None
    if which != kind or found != list(found if scenarios is None else scenarios):
        told = f"holds what `{which}` gave for {', '.join(found)}"
        wanted = f"these are of `{kind}` for {', '.join(scenarios or found)}; {other}"
        raise SettingError(str(folder), [f"{told}; {wanted}"])
    return tree


def file_name(text: str) -> str:
    """Return a text as part of a file name on any system."""
    return re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_")


def rows_of(frame: pd.DataFrame, columns: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Return the rows of a table as texts, whole numbers, finite floats, truth values and None.

    Args:
        frame: The table.
        columns: Which of its columns, in which order; all if left out.
    """
    names = list(frame.columns if columns is None else columns)
    return [
        dict(zip(names, (_plain(value) for value in row), strict=True))
        for row in frame[names].astype(object).itertuples(index=False)
    ]


def _plain(value: Any) -> str | bool | int | float | None:
    """Return one value as Python and JSON know it; what is missing or not finite is None."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return None


def _put(part: Path, content: bytes) -> None:
    part.write_bytes(content)
