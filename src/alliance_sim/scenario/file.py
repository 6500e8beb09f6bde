"""Read scenario files: the whole ones, and those that hold only edits of another."""

from __future__ import annotations

import datetime as dt
import os
import tomllib
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, ValidationError

from alliance_sim.errors import ScenarioError, nearest_name, unknown_name
from alliance_sim.scenario.build import build, field_problems, frozen
from alliance_sim.scenario.edit import (
    Edit,
    apply_edits,
    as_tree,
    move_juncture,
    remove_juncture,
    set_value,
)
from alliance_sim.scenario.part import Name, Part, Text
from alliance_sim.scenario.path import Tree
from alliance_sim.scenario.scenario import Scenario
from alliance_sim.scenario.schema import Item, Juncture, Leader, Member

MAX_BYTES = 2_000_000
VALUES = (bool, int, float, str)
ADDITIONS = ("juncture", "leader", "item", "member")


class Moved(Part):
    """An edit that puts a juncture on another day."""

    juncture: Name
    to: dt.date | None = None
    by_quarters: int | None = None


def _plain_value(value: Any) -> Any:
    if not isinstance(value, VALUES):
        raise ValueError(f"is {value!s}, must be a number, a truth value or a text")
    return value


class Set(Part):
    """An edit that changes a number (which then needs a source) or a setting."""

    path: Text
    to: Annotated[Any, AfterValidator(_plain_value)]
    source: Text


class EditFile(Part):
    """A scenario file that extends another and holds only its edits."""

    extends: Text
    title: Text
    description: Text
    question: str = ""
    without: tuple[Name, ...] = ()
    moved: tuple[Moved, ...] = ()
    set: tuple[Set, ...] = ()
    juncture: tuple[Juncture, ...] = ()
    leader: tuple[Leader, ...] = ()
    item: tuple[Item, ...] = ()
    member: tuple[Member, ...] = ()


def load_scenario(
    name_or_path: str | os.PathLike[str], *, relative_to: Path | None = None
) -> Scenario:
    """Return a scenario, shipped or from a file.

    Args:
        name_or_path: The name of a shipped scenario, such as "japan_nato/baseline", or the path
            of a TOML file.
        relative_to: Folder that a path starts from; the working directory if left out.

    Raises:
        ScenarioError: If it does not exist or cannot be used; it lists all problems at once.
    """
    if not isinstance(name_or_path, str | os.PathLike):
        problem = f"is {name_or_path!r}, must be the name of a scenario or the path of a file"
        raise ScenarioError("load_scenario", [problem])
    path, name = _find(os.fspath(name_or_path), relative_to)
    tree, edits = _read(path, seen=())
    tree["name"], tree["edits"] = name, tuple(edits)
    return build(tree, str(name_or_path))


def shipped() -> tuple[str, ...]:
    """Return the names of the scenarios that come with the package, sorted."""
    root = _shipped_folder()
    found = (path.relative_to(root).with_suffix("") for path in root.rglob("*.toml"))
    return tuple(sorted(path.as_posix() for path in found))


def _shipped_folder() -> Path:
    """Return where shipped scenarios lie: inside the installed package, or in the checkout."""
    installed = Path(str(resources.files("alliance_sim"))) / "scenarios"
    if installed.is_dir():
        return installed
    return Path(__file__).resolve().parents[3] / "scenarios"


def _find(name_or_path: str, relative_to: Path | None) -> tuple[Path, str]:
    """Return the file and the short name of what was asked for."""
    root = _shipped_folder()
    asked = Path(name_or_path)
    if name_or_path in shipped():
        return root / f"{name_or_path}.toml", name_or_path
    path = asked if relative_to is None or asked.is_absolute() else relative_to / asked
    if path.suffix != ".toml" and not _exists(path):
        known = unknown_name("scenario", name_or_path, shipped())
        raise ScenarioError(name_or_path, [f"{known}; a file of your own ends in .toml"])
    here = _resolved(path)
    if here.is_relative_to(root.resolve()):
        return path, here.relative_to(root.resolve()).with_suffix("").as_posix()
    return path, path.stem


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _read(path: Path, seen: tuple[Path, ...]) -> tuple[Tree, list[str]]:
    """Return the complete tree that a file stands for, and its edits in words."""
    here = _resolved(path)
    if here in seen:
        chain = " -> ".join(p.name for p in (*seen[seen.index(here) :], here))
        raise ScenarioError(str(path), [f"extends: goes in a circle: {chain}"])
    tree = read_toml(path)
    if "extends" not in tree:
        given = [key for key in ("name", "edits") if key in tree]
        if given:
            problems = [f"{key}: is set by the file's name, leave it out" for key in given]
            raise ScenarioError(str(path), problems)
        return tree, []
    return _extended(tree, path, (*seen, here))


def _extended(tree: Tree, path: Path, seen: tuple[Path, ...]) -> tuple[Tree, list[str]]:
    """Return the tree of a file of edits; what it extends has to be sound before it is edited."""
    problems: list[str] = []
    given = None
    try:
        given = EditFile.model_validate(frozen(tree))
    except ValidationError as error:
        problems += field_problems(error, tree, EditFile)
    base: Tree | None = None
    earlier: list[str] = []
    extends = tree.get("extends")
    if isinstance(extends, str) and extends:
        try:
            base, earlier = _read(_find(extends, path.parent)[0], seen)
            base = as_tree(build(base | {"name": "base"}, extends))
        except ScenarioError as error:
            problems += [f"extends {extends!r}: {p}" for p in error.problems]
            base = None
    if base is not None:
        added, clashes = _add(base, tree)
        earlier = [*earlier, *added]
        problems += clashes
        edits = _edits(tree)
        problems += [p for p in apply_edits(base, edits) if p not in problems]
        earlier += [edit.words for edit in edits]
    if problems or base is None or given is None:
        raise ScenarioError(str(path), problems)
    base |= {"title": given.title, "description": given.description, "question": given.question}
    return base, earlier


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError):
        raise ScenarioError(str(path), ["cannot be read: leads nowhere"]) from None


def _edits(tree: Tree) -> list[Edit]:
    """Return the edits of a file that are whole enough to be tried; the schema tells of others."""
    edits = [remove_juncture(name) for name in _listed(tree, "without", str)]
    for move in _listed(tree, "moved", dict):
        to, by_quarters = move.get("to"), move.get("by_quarters")
        whole = type(to) is dt.date or type(by_quarters) is int
        if (
            isinstance(move.get("juncture"), str)
            and whole
            and (to is None) != (by_quarters is None)
        ):
            edits.append(move_juncture(move["juncture"], to=to, by_quarters=by_quarters))
    edits += [
        set_value(change["path"], change["to"], source=change["source"])
        for change in _listed(tree, "set", dict)
        if isinstance(change.get("path"), str)
        and change["path"]
        and isinstance(change.get("source"), str)
        and isinstance(change.get("to"), VALUES)
    ]
    return edits


def _listed(tree: Tree, key: str, kind: type) -> list[Any]:
    found = tree.get(key, ())
    return [x for x in found if isinstance(x, kind)] if isinstance(found, list | tuple) else []


def _add(base: Tree, tree: Tree) -> tuple[list[str], list[str]]:
    """Append the file's own tables to those of the scenario it extends.

    Returns:
        What was added, in words; and a sentence for each problem.
    """
    added: list[str] = []
    problems: list[str] = []
    for key in ADDITIONS:
        taken = {t["name"] for t in base.get(key, ())}
        for table in _listed(tree, key, dict):
            if not isinstance(table.get("name"), str):
                continue  # the schema says so already
            if table["name"] in taken:
                problems.append(
                    f"{key} {table['name']!r}: is in the extended scenario already; "
                    "use [[set]] or [[moved]] to change it"
                )
            base[key] = [*base.get(key, ()), table]
            added.append(f"with {key} {table.get('name')}")
    for position, move in enumerate(_listed(tree, "moved", dict)):
        if (move.get("to") is None) == (move.get("by_quarters") is None):
            problems.append(f"moved[{position}]: give either 'to' or 'by_quarters'")
    return added, problems


def read_toml(path: Path, kind: str = "scenario") -> Tree:
    """Return the tables of a TOML file.

    Args:
        path: The file.
        kind: What it should hold, for the message.

    Raises:
        ScenarioError: Saying in one sentence why there are none.
    """
    try:
        if path.is_dir():
            raise ScenarioError(str(path), ["is a folder, must be a TOML file"])
        if not path.exists():
            near = nearest_name(path.name, [file.name for file in path.parent.glob("*.toml")])
            hint = f"; did you mean {near!r}?" if near else ""
            raise ScenarioError(str(path), [f"does not exist{hint}"])
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ScenarioError(
                str(path), [f"has {size:,} bytes; a {kind} file has at most {MAX_BYTES:,}"]
            )
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = f"is not text in UTF-8 (byte {error.start}); is it a TOML file?"
        raise ScenarioError(str(path), [problem]) from None
    except OSError as error:
        raise ScenarioError(str(path), [f"cannot be read: {error.strerror}"]) from None
    if not text.strip():
        raise ScenarioError(str(path), ["is empty"])
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ScenarioError(str(path), [f"is not valid TOML: {error}"]) from None
