"""What a file of a result carries so that it can be made again: written here, and read back.

What is read is data from somebody else: checked in its form, and never more than that. What may be
done with it is decided by whoever makes the result again.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from alliance_sim.errors import FileError, ResultError, shown
from alliance_sim.files import json_in, read_json, read_text
from alliance_sim.plots.origin import KEY, MORE, carried_texts
from alliance_sim.provenance import Carried, again
from alliance_sim.scenario.carried_texts import is_plain, texts_of
from alliance_sim.scenario.file import ENDING, shipped

MOST_BYTES = 50_000_000  # of a page or a manifest that is read
MOST_WORDS, LONGEST_WORD = 200, 2000
ID = "alliance-sim"  # of the script element in a page
FIGURES, PAGES, MANIFESTS = (".png", ".svg"), (".html", ".htm"), (".json",)
_SCRIPT = re.compile(rf'<script type="application/json" id="{ID}">(.*?)</script>', re.DOTALL)
_IMAGES = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=]*")
_OF_ORIGIN = ("scenario", "digest", "edits", "others", "engine", "version", "seed", "runs",
              "first_run", "failed_runs", "command", "sweep", "plan")  # fmt: skip


class CarriedResult(NamedTuple):
    """What a file carries.

    Attributes:
        carried: What it takes to make the result again.
        digests: SHA-256 of every file of the result by its name, where a manifest says so.
        environment: Versions that it was made with, where a manifest says so.
    """

    carried: Carried
    digests: Mapping[str, str] | None = None
    environment: Mapping[str, str] | None = None


def inputs_of(command: str) -> dict[str, Mapping[str, str]]:
    """Return the texts of scenario files of somebody's own that a command names, by its words.

    Of a word such as "--against=mine.toml" the part after the sign counts.

    While something is made again, those that it carried.
    """
    if (made := again.get()) is not None:
        return dict(made.inputs)
    try:
        words = shlex.split(command)
    except ValueError:
        return {}
    known = shipped()
    values = [word.partition("=")[2] if word.startswith("--") else word for word in words[1:]]
    found = {
        word: texts_of(word)
        for word in dict.fromkeys(values)
        if word.lower().endswith(ENDING) and word not in known and Path(word).is_file()
    }
    return {word: texts for word, texts in found.items() if texts is not None}


def carried_in_page(carried: Carried) -> str:
    """Return an element of a page that holds what it takes to make the page again."""
    text = json.dumps(carried.as_tree(), sort_keys=True)
    for mark in "<>&":  # so that no text in it ends the element
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return f'<script type="application/json" id="{ID}">{text}</script>'


def read_carried(path: Path) -> CarriedResult:
    """Return what a figure, a page, a manifest or a folder of results carries.

    Raises:
        ResultError: If it cannot be read, is something else, or holds what cannot be used.
    """
    if path.is_dir():
        return read_carried(_manifest_in(path))
    ending = path.suffix.lower()
    readers = {FIGURES: _of_figure, PAGES: _of_page, MANIFESTS: _of_manifest}
    for endings, read in readers.items():
        if ending in endings:
            return _sound(read(path), path)
    if not path.exists():
        raise ResultError(f"{path}: does not exist")
    raise ResultError(
        f"{path}: is no figure (.png, .svg), page (.html), manifest (.json) or folder of results"
    )


def words_of_page(path: Path) -> str:
    """Return a page without its figures and without what it carries.

    Raises:
        ResultError: If it cannot be read.
    """
    return _IMAGES.sub("", _SCRIPT.sub("", _text(path)))


def _manifest_in(folder: Path) -> Path:
    """Return the manifest of a folder of results.

    Raises:
        ResultError: If there is none, or more than one.
    """
    usual = folder / "manifest.json"
    if usual.is_file():
        return usual
    found = [path for path in sorted(folder.glob("*.json")) if _is_manifest(path)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(path.name for path in found)
    told = f"holds several manifests ({names}); name one" if found else "holds no manifest.json"
    raise ResultError(f"{folder}: {told}")


def _is_manifest(path: Path) -> bool:
    try:
        tree = read_json(path, MOST_BYTES)
    except FileError:
        return False
    return isinstance(tree, dict) and {"format", "version", "command"} <= tree.keys()


def _text(path: Path) -> str:
    try:
        return read_text(path, MOST_BYTES)
    except FileError as error:
        raise ResultError(str(error)) from None


def _tree(text: str, path: Path) -> Any:
    try:
        return json_in(text, path)
    except FileError as error:
        raise ResultError(f"{path}: what it carries {error.problems[0]}") from None


def _of_figure(path: Path) -> dict[str, Any]:
    texts = carried_texts(path)
    if KEY not in texts:
        raise ResultError(f"{path}: is a picture, but not one saved by this package")
    origin = _tree(str(texts[KEY]), path)
    more = _tree(str(texts[MORE]), path) if MORE in texts else {}
    return {"origin": origin, "file": path.name, **(more if isinstance(more, dict) else {})}


def _of_page(path: Path) -> dict[str, Any]:
    found = _SCRIPT.search(_text(path))
    if found is None:
        raise ResultError(
            f"{path}: is a page, but carries nothing to make it again: another program wrote it, "
            "or an older version; try the manifest.json or a figure beside it"
        )
    tree = _tree(found[1], path)
    return tree if isinstance(tree, dict) else {}


def _of_manifest(path: Path) -> dict[str, Any]:
    tree = _tree(_text(path), path)
    if not isinstance(tree, dict) or "command" not in tree:
        raise ResultError(f"{path}: is no manifest of a result")
    origin = {key: tree[key] for key in _OF_ORIGIN if key in tree}
    found = {"origin": origin, "file": path.name, "inputs": tree.get("inputs", {})}
    return {**found, "files": tree.get("files"), "environment": tree.get("environment")}


def _sound(tree: Mapping[str, Any], path: Path) -> CarriedResult:
    """Return what was read, its form checked.

    Raises:
        ResultError: If it is not as the writer leaves it.
    """
    of_result = {key: tree.get(key) for key in ("files", "environment")}
    names = ("origin", "file", "inputs", "drawn")
    try:
        held = json.dumps({key: tree[key] for key in names if key in tree})
        carried = TypeAdapter(Carried).validate_json(held, strict=True)
        texts = TypeAdapter(dict[str, str] | None)
        digests, versions = (texts.validate_python(one, strict=True) for one in of_result.values())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        told = f"what it carries cannot be used: {where}: {first['msg']}"
        raise ResultError(f"{path}: {told}; it was changed, or is of another version") from None
    problems = [
        f"it carries a file of the name {shown(name)}, which would lie elsewhere"
        for texts in carried.inputs.values()
        for name in texts
        if not is_plain(name)
    ]
    if not is_plain(carried.file) or os.sep in carried.file:
        problems.append(f"it says to be the file {shown(carried.file)}")
    if problems:
        raise ResultError(f"{path}: is not trusted: {'; '.join(problems)}")
    return CarriedResult(carried, digests, versions)


def words_in(command: str, path: Path) -> list[str]:
    """Return the words of a command that a file carries.

    Raises:
        ResultError: If they cannot be read, or are more or longer than any of ours.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise ResultError(f"{path}: its command cannot be read: {error}") from None
    if not words or words[0] != "alliance-sim":
        told = shown(" ".join(words[:2])) if words else "nothing"
        raise ResultError(
            f"{path}: was not made by a command of alliance-sim but by {told}; run that anew"
        )
    long = any(len(word) > LONGEST_WORD or not word.isprintable() for word in words)
    if len(words) > MOST_WORDS or long:
        raise ResultError(f"{path}: is not trusted: no command of alliance-sim is so long, or so")
    return words[1:]
