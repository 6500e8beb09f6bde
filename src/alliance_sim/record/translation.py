"""What a relationship is called in other languages, and what its record says in them.

Names stand in files such as `words.ja.toml`, texts of the record in `acts.ja.toml` beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliance_sim import files
from alliance_sim.errors import FileError, NoRecord, RecordError, shown, unknown_name
from alliance_sim.record.named import place_of
from alliance_sim.record.words import registered
from alliance_sim.scenario.fields import SERIES

if TYPE_CHECKING:
    from alliance_sim.scenario import Scenario

MOST_BYTES = 1_000_000  # of a file of words, or of the texts of a record
ACTS = ("act", "step", "claim", "source")  # what texts of a record can be of
OF_SCENARIOS = ("scenario", "scenario_description")  # by the name of any scenario


@dataclass(frozen=True)
class Translation:
    """Names of a relationship in another language; what is left out is said in English.

    Attributes:
        title: Both sides.
        state: The state.
        alliance: The alliance.
        domains: By domain what it is called.
        names: By kind and name what something is called, "juncture.great_raid", "rung.1".
        told: By its English text what the record says: titles of acts, steps and claims, and
            where the numbers of the scenario come from.
        checked: Whether somebody who speaks the language from childhood has read it.
    """

    title: str = ""
    state: str = ""
    alliance: str = ""
    domains: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)
    checked: bool = False


TOLD = ("title", "state", "alliance")  # texts of a translation that stand by themselves


def translations_of(scenario: Scenario) -> dict[str, Translation]:
    """Return what a scenario's relationship is called in other languages, by language.

    They stand in files such as `words.ja.toml` and `acts.ja.toml`, beside the words of a
    relationship that the package knows, and in the folder of a record that the scenario names. The
    former also name what only other scenarios of the relationship have.

    Raises:
        RecordError: If such a file cannot be used, naming all that is wrong with it.
    """
    found: dict[str, Translation] = {}
    folder = folder_of(scenario)
    for file in [] if folder is None else sorted(folder.glob("words.*.toml")):
        language = file.name.split(".")[1]
        acts = file.with_name(f"acts.{language}.toml")
        told = texts_of(acts) if acts.exists() else {}
        found[language] = replace(_translation(file, scenario), told=told)
    return found


def texts_of(file: Path) -> dict[str, str]:
    """Return what a record says in another language, by its English text.

    Args:
        file: Such as `acts.ja.toml`, with tables `act`, `step`, `claim` and `source`.

    Raises:
        RecordError: If it cannot be used, naming all that is wrong with it.
    """
    tree = _tree(file)
    problems = [unknown_name("key", key, ACTS) for key in tree if key not in ACTS]
    told: dict[str, str] = {}
    for kind, table in ((kind, tree.get(kind, {})) for kind in ACTS):
        if not isinstance(table, dict):
            problems.append(f"{kind} is {shown(table)}, must be a table of texts")
            continue
        problems += [
            f"{kind}: {shown(english)} is {shown(text)}, must be a text"
            for english, text in table.items()
            if not isinstance(text, str) or not text.strip()
        ]
        told |= table
    if problems:
        raise RecordError(str(file), problems)
    return told


def _tree(file: Path) -> dict[str, Any]:
    try:
        return files.read_toml(file, MOST_BYTES)
    except FileError as error:
        raise RecordError(str(file), error.problems) from None


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
    tree = _tree(file)
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
        free = ours or kind in OF_SCENARIOS
        others = [] if free else [name for name in table if name not in names]
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
        **{kind: [scenario.name] for kind in OF_SCENARIOS},
    }
