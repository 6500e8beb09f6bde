"""Read scenario files: the whole ones, and those that hold only edits of another."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from alliance_sim import shipped as packaged
from alliance_sim.errors import (
    FileError,
    ScenarioError,
    explains_calls,
    nearest_name,
    shown,
    unknown_name,
    visible,
    warn_of,
)
from alliance_sim.files import read_toml
from alliance_sim.nearest import nearest_file
from alliance_sim.scenario.adding import on_defaults, with_periods, without_periods
from alliance_sim.scenario.causes import doubts
from alliance_sim.scenario.holds import OF_AN_EDIT, PATH
from alliance_sim.scenario.path import Tree, fields_of
from alliance_sim.scenario.scenario import Scenario, build
from alliance_sim.scenario.yearly import read_series

MOST_BYTES = 2_000_000
MOST_EXTENDED = 16  # files that extend each other, one after the other
ENDING = ".toml"
BASELINE = "baseline"  # of a relationship, the scenario that its name alone stands for
FEW = 5  # tables that may be missing before a file is told that it has to be whole
EDITS = (
    "without",
    "moved",
    "set",
    "edits",
    "juncture",
    "leader",
    "item",
)  # and nothing that is WHOLE
MEANT = ("remove", "removed", "delete", "drop", "move", "change")  # written for an edit's key
WHOLE = tuple(  # tables without which no scenario is whole
    key
    for key, name in fields_of(Scenario).items()
    if Scenario.model_fields[name].is_required() and key not in ("name", "title", "description")
)
DEFAULTS = "defaults"  # what a whole scenario extends to take shipped coefficients from


class Loaded(NamedTuple):
    """What a file comes to.

    Attributes:
        scenario: The scenario.
        doubts: A sentence for each edit of this file that was probably not meant.
    """

    scenario: Scenario
    doubts: tuple[str, ...]


@explains_calls
def load_scenario(
    name_or_path: str | os.PathLike[str], *, relative_to: Path | None = None
) -> Scenario:
    """Return a scenario, shipped or from a file.

    Args:
        name_or_path: The name of a shipped scenario, such as "two_islands/baseline"; only its
            last part where no other has the same; its first part alone for the baseline of that
            relationship; or the path of a TOML file.
        relative_to: Folder that a path starts from; the working directory if left out.

    Warns:
        ScenarioWarning: Of what a file says and probably does not mean: dates outside the years of
            the run, junctures before those that they follow, edits that change nothing, ends that
            moved along.

    Raises:
        ScenarioError: If it does not exist or cannot be used; it lists all problems at once.
    """
    if not isinstance(name_or_path, str | os.PathLike):
        problem = f"is {shown(name_or_path)}, must be the name of a scenario or the path of a file"
        raise ScenarioError("load_scenario", [problem])
    asked = os.fsdecode(name_or_path)
    try:
        asked.encode()
    except UnicodeEncodeError:
        problem = "the name holds bytes that are not UTF-8, which results could not repeat"
        raise ScenarioError(asked, [f"{problem}; rename the file"]) from None
    path, name = _find(asked, relative_to)
    scenario, of_edits = _read(path, str(name_or_path), seen=())
    scenario = scenario.model_copy(update={"name": name})
    for sentence in (*of_edits, *doubts(scenario)):
        warn_of(f"{asked}: {sentence}")
    return scenario


def extended_scenario(name_or_path: str | os.PathLike[str]) -> Scenario | None:
    """Return the scenario that a file of edits comes down to: whole, before any edit.

    Files that extend each other are followed to the last one. None for a scenario that is whole.

    Args:
        name_or_path: As for `load_scenario`, which has to find it sound.
    """
    path = extended_file(name_or_path)
    return None if path is None else load_scenario(path)


def extended_file(name_or_path: str | os.PathLike[str]) -> Path | None:
    """Return the file of the scenario that `extended_scenario` returns; None for a whole one."""
    path, _ = _find(os.fsdecode(name_or_path), None)
    first = path
    tree = read_toml(path, MOST_BYTES)
    while tree.get("extends") != DEFAULTS and _holds_edits(tree):
        path, _ = _find(tree.get("extends", packaged.usual_scenario()), path.parent)
        tree = read_toml(path, MOST_BYTES)
    return None if path is first else path


def shipped() -> tuple[str, ...]:
    """Return the names of the scenarios that come with the package, sorted."""
    root = packaged.scenarios()
    found = (path.relative_to(root).with_suffix("") for path in root.glob("*/*.toml"))
    return tuple(sorted(path.as_posix() for path in found))


def word_for(scenario: Scenario | str, called: str = "") -> str:
    """Return what a command finds a scenario by.

    Args:
        scenario: The scenario as it was loaded, or its name.
        called: How it was asked for, where that is known; else its name if it ships, and the file
            that is called like it.
    """
    name = scenario if isinstance(scenario, str) else scenario.name
    return called or (name if name in shipped() else f"{name}{ENDING}")


@cache
def shipped_spellings() -> dict[str, tuple[str, ...]]:
    """Return what people may write for each shipped scenario: its title, and what it edits."""
    from alliance_sim.scenario.edit_file import listed

    found = {}
    for name, tree in _shipped_trees().items():
        moved = [str(move.get("juncture", "")) for move in listed(tree, "moved", dict)]
        found[name] = (str(tree.get("title", "")), *listed(tree, "without", str), *moved)
    return found


@explains_calls
def shipped_scenarios() -> dict[str, tuple[str, str]]:
    """Return title and question of each scenario that comes with the package, by its name."""
    return {
        name: (str(tree.get("title", "")), str(tree.get("question", "")))
        for name, tree in _shipped_trees().items()
    }


@cache
def _shipped_trees() -> dict[str, Tree]:
    root = packaged.scenarios()
    return {name: read_toml(root / f"{name}.toml", MOST_BYTES) for name in shipped()}


def _relationships() -> list[str]:
    """Return the relationships of which a baseline comes with the package."""
    return [name.partition("/")[0] for name in shipped() if name.endswith(f"/{BASELINE}")]


def _shipped_junctures() -> frozenset[str]:
    """Return the names of all junctures of scenarios that come with the package."""
    from alliance_sim.scenario.edit_file import names_added

    trees = _shipped_trees().values()
    return frozenset(name for tree in trees for key, name in names_added(tree) if key == "juncture")


def _find(
    name_or_path: str, relative_to: Path | None, also: tuple[str, ...] = ()
) -> tuple[Path, str]:
    """Return the file and the short name of what was asked for; `also` are names to be offered."""
    root = packaged.scenarios()
    asked = Path(name_or_path)
    if name_or_path in shipped():
        return root / f"{name_or_path}.toml", name_or_path
    path = asked if relative_to is None or asked.is_absolute() else relative_to / asked
    last = [name for name in shipped() if name.rpartition("/")[2] == name_or_path]
    if len(last) == 1 and not _exists(path):
        return root / f"{last[0]}.toml", last[0]
    if name_or_path in _relationships() and not _exists(path):
        baseline = f"{name_or_path}/{BASELINE}"
        return root / f"{baseline}.toml", baseline
    if last and not _exists(path):
        problem = f"unknown scenario {name_or_path!r}: it is the last part of {len(last)} names"
        meant = " or ".join(map(repr, last))
        raise ScenarioError(name_or_path, [f"{problem}; did you mean {meant}?"])
    if path.suffix != ENDING and not _exists(path):
        spellings = shipped_spellings()
        names = (*_relationships(), *shipped(), *also)
        known = unknown_name("scenario", name_or_path, names, spellings)
        near = nearest_file(path, ENDING)
        meant = "" if near is None else f"; did you mean the file {near!r}?"
        own = f"a file of your own ends in .toml{meant}"
        if name_or_path in _shipped_junctures():
            problem = (
                f"{name_or_path!r} is a juncture and no scenario; junctures are named by options"
            )
            example = f"--without {name_or_path}, or with `shift` --juncture {name_or_path}"
            raise ScenarioError(name_or_path, [f"{problem}: {example}"])
        raise ScenarioError(name_or_path, [f"{known}; {own}; see: alliance-sim list scenarios"])
    if not _exists(path) and nearest_file(path, ENDING) is None:
        name = nearest_name(name_or_path.removesuffix(ENDING), shipped())
        if name is not None:
            problem = f"does not exist; did you mean {name!r}, which comes with the package?"
            raise ScenarioError(name_or_path, [problem])
    here, home = _resolved(path), root.resolve()
    if here != home and here.is_relative_to(home):
        return path, here.relative_to(home).with_suffix("").as_posix()
    return path, visible(path.stem)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _read(path: Path, where: str, seen: tuple[Path, ...]) -> Loaded:
    """Return the scenario in a file, its name still to be given, and what its edits do not do.

    Args:
        path: The file.
        where: What it was asked for as, for the message.
        seen: Files that extend this one, the first of them first.
    """
    here = _resolved(path)
    if here in seen:
        chain = " -> ".join(p.name for p in (*seen[seen.index(here) :], here))
        raise ScenarioError(str(path), [f"extends: goes in a circle: {chain}"])
    if len(seen) > MOST_EXTENDED:
        problem = f"extends: more than {MOST_EXTENDED} files extend each other; that many are read"
        raise ScenarioError(str(path), [problem])
    if here.is_relative_to(packaged.scenarios().resolve()):
        with suppress(OSError):
            found = here.stat()
            if S_ISREG(found.st_mode):  # a folder is told as it was typed
                return _shipped_scenario(here, found.st_mtime_ns, found.st_size)
    return _from_file(path, where, seen)


@lru_cache(maxsize=16)
def _shipped_scenario(path: Path, _changed: int, _size: int) -> Loaded:
    """Return a scenario of the package, which nearly every other file extends, read once."""
    return _from_file(path, str(path), ())


def _from_file(path: Path, where: str, seen: tuple[Path, ...]) -> Loaded:
    """Return the scenario in a file, read anew; arguments as for `_read`.

    What is no scenario but something else that we know is told as that, in one sentence.
    """
    try:
        return _read_anew(path, where, seen)
    except ScenarioError:
        from alliance_sim import kinds

        other = kinds.instead(path, kinds.SCENARIO)
        if other is None:
            raise
        raise ScenarioError(where, [other]) from None


def _read_anew(path: Path, where: str, seen: tuple[Path, ...]) -> Loaded:
    try:
        tree, problems = _beside(read_toml(path, MOST_BYTES), path.parent)
        if tree.get("extends") == DEFAULTS:
            defaults = read_toml(packaged.scenarios() / f"{DEFAULTS}.toml", MOST_BYTES)
            tree = on_defaults(defaults, {k: v for k, v in tree.items() if k != "extends"})
    except FileError as error:
        line = '; one line is enough, such as: without = ["nine_eleven"]'
        told = [f"{told}{line}" if told == "is empty" else told for told in error.problems]
        raise ScenarioError(str(path), told) from None
    if _holds_edits(tree):
        from alliance_sim.scenario.extended import extended

        def base_of(extends: str) -> Scenario:
            found, _ = _find(extends, path.parent, (DEFAULTS,))
            return _read(found, extends, (*seen, _resolved(path))).scenario

        if not any(key.lower() in EDITS + MEANT or _near(key) == "extends" for key in tree):
            usual = packaged.usual_scenario()
            problems.append(f"extends: is missing, and without it these are edits of {usual}")
        return Loaded(*extended(tree, where, base_of, problems))
    problems += [
        f"{key}: is set by the file's name, leave it out"
        for key in ("name", "edits")
        if key in tree
    ]
    if PATH in tree:
        problems.append(f"{PATH}: {OF_AN_EDIT}")
    tree, strangers = with_periods(*without_periods(tree))
    problems += strangers
    problems += _not_whole(tree)
    try:
        scenario = build(tree | {"name": "unnamed"}, where)
    except ScenarioError as error:
        raise ScenarioError(where, [*problems, *error.problems]) from None
    if problems:
        raise ScenarioError(where, problems)
    return Loaded(scenario, ())


def _holds_edits(tree: Tree) -> bool:
    """Whether a file holds edits of a scenario: it extends one, or has edits and is not whole."""
    if "extends" in tree or any(key in tree for key in WHOLE):
        return "extends" in tree
    return any(key.lower() in EDITS + MEANT for key in tree) or _nearly_edits(tree)


def _nearly_edits(tree: Tree) -> bool:
    """Whether all keys of a file are nearly those of edits, and one is nearly that of an edit."""
    near = [_near(key) for key in tree]
    return None not in near and any(name in ("extends", *EDITS) for name in near)


def _near(key: str) -> str | None:
    """Return the key of a file of edits that was probably meant, None if it is near to none."""
    from alliance_sim.scenario.edit_file import EditFile

    return nearest_name(key, EditFile.model_fields)


def _not_whole(tree: Tree) -> Iterator[str]:
    """Yield what a file that extends no other, and seems to hold edits of one, is told first."""
    missing = [key for key in WHOLE if key not in tree]
    if len(missing) > FEW or any(key in tree for key in ("without", "moved", "set", "edits")):
        line = f'extends = "{packaged.usual_scenario()}"'
        yield (
            "extends: is missing; a file that does not extend another has to be whole, one with "
            f"edits of a scenario begins with a line such as {line}"
        )


def _beside(tree: Tree, folder: Path) -> tuple[Tree, list[str]]:
    """Return a tree with what lies beside its file: the series read, the record's folder in full.

    Returns:
        The tree, and a sentence for each problem.
    """
    problems: list[str] = []
    found = dict(tree)
    series, record = tree.get("series"), tree.get("record")
    if isinstance(series, str) and series:
        try:
            beside = folder / series
            found["series"] = read_series(
                beside if _exists(beside) else packaged.scenarios() / series
            )
        except ScenarioError as error:
            found["series"] = ""
            problems += [f"series {series!r}: {problem}" for problem in error.problems]
    if isinstance(record, str) and ("/" in record or record.startswith(".")):
        found["record"] = str(_resolved(folder / record))
    return found, problems


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError):
        raise ScenarioError(str(path), ["cannot be read: leads nowhere"]) from None
