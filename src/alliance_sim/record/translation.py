"""What a relationship is called in other languages, read from files such as `words.ja.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from alliance_sim import files
from alliance_sim.errors import FileError, NoRecord, RecordError, shown, unknown_name
from alliance_sim.record.named import place_of
from alliance_sim.record.words import registered
from alliance_sim.scenario.fields import SERIES

if TYPE_CHECKING:
    from alliance_sim.scenario import Scenario

MOST_BYTES = 200_000  # of a file of words


@dataclass(frozen=True)
class Translation:
    """Names of a relationship in another language; what is left out is said in English.

    Attributes:
        title: Both sides.
        state: The state.
        alliance: The alliance.
        domains: By domain what it is called.
        names: By kind and name what something is called, "juncture.great_raid", "rung.1".
        checked: Whether somebody who speaks the language from childhood has read it.
    """

    title: str = ""
    state: str = ""
    alliance: str = ""
    domains: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    checked: bool = False


TOLD = ("title", "state", "alliance")  # texts of a translation that stand by themselves


def translations_of(scenario: Scenario) -> dict[str, Translation]:
    """Return what a scenario's relationship is called in other languages, by language.

    They stand in files such as `words.ja.toml`, beside the words of a relationship that the package
    knows, and in the folder of a record that the scenario names. The former also name what only
    other scenarios of the relationship have.

    Raises:
        RecordError: If such a file cannot be used, naming all that is wrong with it.
    """
    found: dict[str, Translation] = {}
    folder = folder_of(scenario)
    for file in [] if folder is None else sorted(folder.glob("words.*.toml")):
        language = file.name.split(".")[1]
        found[language] = _translation(file, scenario)
    return found


def folder_of(scenario: Scenario) -> Path | None:
    """Return where words and lessons of a scenario's relationship lie; None if nowhere."""
    if scenario.relationship in registered():
        return Path(str(resources.files("alliance_sim.record"))) / scenario.relationship
    try:
        return place_of(scenario)[0]
    except (NoRecord, RecordError):
        return None


def _translation(file: Path, scenario: Scenario) -> Translation:
    """Return what a file holds, checked against the scenario."""
    try:
        tree = files.read_toml(file, MOST_BYTES)
    except FileError as error:
        raise RecordError(str(file), error.problems) from None
    known, ours = _nameable(scenario), scenario.relationship in registered()
    problems = [
        unknown_name("key", key, [*TOLD, "checked", "domains", *known])
        for key in tree
        if key not in (*TOLD, "checked", "domains", *known)
    ]
    checked = tree.get("checked", False)
    if not isinstance(checked, bool):
        problems.append(f"checked is {shown(checked)}, must be true or false")
    problems += [
        f"{key} is {shown(tree[key])}, must be a text"
        for key in TOLD
        if not isinstance(tree.get(key, ""), str)
    ]
    tables: dict[str, dict[str, str]] = {}
    allowed: dict[str, list[str]] = {"domains": list(SERIES), **known}
    for kind, names in allowed.items():
        table = tree.get(kind, {})
        if not isinstance(table, dict):
            problems.append(f"{kind} is {shown(table)}, must be a table of names")
            continue
        others = [] if ours else [name for name in table if name not in names]
        problems += [f"{kind}: {unknown_name('name', name, names)}" for name in others]
        problems += [
            f"{kind}.{name} is {shown(text)}, must be a text"
            for name, text in table.items()
            if not isinstance(text, str)
        ]
        tables[kind] = table
    if problems:
        raise RecordError(str(file), problems)
    called = {f"{k}.{name}": text for k in known for name, text in tables[k].items()}
    told = {key: tree.get(key, "") for key in TOLD}
    return Translation(**told, domains=tables["domains"], names=called, checked=checked)


def _nameable(scenario: Scenario) -> dict[str, list[str]]:
    """Return by kind the names of a scenario that can be said in another language."""
    return {
        "period": [one.name for one in scenario.periods],
        "juncture": [one.name for one in scenario.junctures],
        "juncture_description": [one.name for one in scenario.junctures],
        "leader": [one.name for one in scenario.leaders],
        "member": [one.name for one in scenario.members],
        "threat": [one.name for one in scenario.threats],
        "rung": [str(number) for number in range(len(scenario.rungs) + 1)],
        "item": [one.name for one in scenario.items],
    }
