"""The record that a scenario names: found, read, and held against the scenario."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

from alliance_sim.errors import NoRecord, RecordError, shown, unknown_name
from alliance_sim.record.doubts import doubts_of
from alliance_sim.record.folder import (
    FIRST_ROW,
    Folder,
    edition_of,
    read_folder,
    rows_told,
    sides_in,
)
from alliance_sim.record.words import registered
from alliance_sim.scenario import Scenario


def named_record(scenario: Scenario) -> tuple[Folder, str]:
    """Return what the record of a scenario holds, and its name with the edition.

    Raises:
        NoRecord: If the scenario names none, and its relationship has none or one of other sides.
        RecordError: If the record that it names is not there, cannot be used, or is of other
            sides; every sentence begins with the key `record`.
    """
    try:
        path, name = place_of(scenario)
        folder = read_folder(path)
        check_sides(folder, name, scenario)
    except RecordError as error:
        key = f"record {shown(scenario.record, 400)}"
        problems = [f"{key}: {problem}" for problem in (*error.problems, *_below(scenario))]
        raise RecordError(scenario.name, problems) from None
    return folder, name


def check_named(scenario: Scenario, where: str) -> tuple[str, ...]:
    """Return what of a scenario's record does not fit it, and what in it was hardly meant.

    Nothing for a scenario without a record.

    Args:
        scenario: The scenario.
        where: What the error names, such as its file.

    Raises:
        RecordError: As `named_record` does.
    """
    try:
        folder, _ = named_record(scenario)
        return (*mismatches(folder, scenario), *doubts_of(folder))
    except NoRecord:
        return ()
    except RecordError as error:
        raise RecordError(where, error.problems) from None


def mismatches(folder: Folder, scenario: Scenario) -> tuple[str, ...]:
    """Return a sentence for each thing in a record that the scenario does not know.

    Acts outside its years, rungs above its ladder or by another name, and, in a record that it
    names as a folder of its own, members that it does not have: shipped records name every ally,
    also those that a scenario counts in a group.
    """
    events, rungs = folder.tables["events"], folder.tables["institutions"]
    first, last = scenario.time.first_year, scenario.time.last_year
    ladder = {0: "none"} | {rung.number: rung.name for rung in scenario.rungs}
    members = {m.name for m in scenario.members} | {m.title for m in scenario.members}
    allies = "member:" if _is_folder(scenario.record) else None
    told: dict[str, list[int]] = {}
    for at, row in enumerate(events, start=FIRST_ROW):
        if not first <= int(row["date"][:4]) <= last:
            problem = f"date: lies outside {first} to {last}, so that the act is not counted"
            told.setdefault(f"events.csv, {{}}, {problem}", []).append(at)
        mark, _, ally = row["initiator"].partition(":")
        if mark + ":" == allies and ally not in members:
            problem = unknown_name("member", ally, [m.name for m in scenario.members])
            told.setdefault(f"events.csv, {{}}, initiator: {_braced(problem)}", []).append(at)
    for at, row in enumerate(rungs, start=FIRST_ROW):
        number, name = int(row["rung"]), row["name"]
        if number not in ladder:
            problem = f"rung: is {number}, and the ladder has rungs 0 to {max(ladder)}"
            told.setdefault(f"institutions.csv, {{}}, {problem}", []).append(at)
        elif number and name != ladder[number]:
            problem = f"name: rung {number} is {name!r}, and {ladder[number]!r} in the scenario"
            told.setdefault(f"institutions.csv, {{}}, {_braced(problem)}", []).append(at)
    return tuple(sentence.format(rows_told(rows)) for sentence, rows in told.items())


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _is_folder(asked: str) -> bool:
    return "/" in asked or os.sep in asked or asked.startswith(".")


def _below(scenario: Scenario) -> list[str]:
    """Return where a record lies below the folder that a scenario takes for one, if it does."""
    place = Path(scenario.record)
    if not _is_folder(scenario.record) or not place.is_dir() or (place / "events.csv").exists():
        return []
    found = sorted(path.parent.name for path in place.glob("*/events.csv"))[:5]
    return [f"did you mean {str(place / found[0])!r}?"] if found else []


def check_sides(folder: Folder, name: str, scenario: Scenario) -> None:
    """Refuse a record of other sides: with its rows where the scenario asks for this very one.

    Raises:
        NoRecord: If the record is that of the relationship, and the scenario names none.
        RecordError: If the scenario names it.
    """
    partners, rows = scenario.partners, folder.tables["events"]
    own = (partners.state, partners.alliance)
    found = sides_in(rows)
    others = [side for side in found if side not in own]
    if not others:
        return
    if scenario.record:
        problems = [
            f"events.csv, {rows_told(found[side])}, initiator: "
            + unknown_name("side", side, (*own, "both"))
            for side in others
        ]
        raise RecordError(name, problems)
    raise NoRecord(
        f"the record {name} is of {' and '.join(found)}, and the sides of "
        f"scenario {scenario.name} are {partners.state} and {partners.alliance}"
    )


def place_of(scenario: Scenario) -> tuple[Path, str]:
    """Return the folder of a scenario's record, and its name with the edition.

    Raises:
        NoRecord: If the scenario asks for none, or for that of an unknown relationship.
        RecordError: If the record that it asks for is not there.
    """
    asked = scenario.record or scenario.relationship
    if not asked:
        raise NoRecord(
            f"scenario {scenario.name} names no relationship and no record, so there is nothing "
            "to compare it with"
        )
    if _is_folder(asked):
        folder = edition_of(Path(asked))
        return folder, _with_edition(scenario.relationship or Path(asked).name, folder)
    name = asked.partition("@")[0]
    if name not in registered():
        problem = unknown_name("relationship", name, registered())
        if scenario.record:
            raise RecordError(asked, [f"{problem}; a folder of your own is written './{name}'"])
        raise NoRecord(
            f"the package holds no record of the relationship {name!r} (it holds: "
            f"{', '.join(registered())}), and the scenario names no record of its own"
        )
    folder = shipped_record(asked)
    return folder, _with_edition(name, folder)


def shipped_record(name: str) -> Path:
    """Return the folder of a record that the package holds.

    Args:
        name: A relationship of which there is one, with an edition such as "name@1" or without one
            for the newest.

    Raises:
        RecordError: If there is no such edition.
    """
    relationship, _, edition = name.partition("@")
    if edition and not (edition.isascii() and edition.isdigit() and len(edition) <= 4):
        raise RecordError(name, [f"edition is {edition!r}, must be a whole number"])
    shipped = Path(str(resources.files("alliance_sim.record"))) / relationship
    return edition_of(shipped, int(edition) if edition else None)


def edition_named(name: str) -> int | None:
    """Return the edition in a record's name, such as 2 of "name@2"; None without one."""
    edition = name.rpartition("@")[2]
    return int(edition) if "@" in name and edition.isascii() and edition.isdigit() else None


def edition_for(scenario: Scenario) -> int | None:
    """Return the edition that a scenario is compared with; None without editions or a record."""
    try:
        return edition_named(place_of(scenario)[1])
    except (NoRecord, RecordError):
        return None


def _with_edition(name: str, folder: Path) -> str:
    _, mark, number = folder.name.partition("edition_")
    return f"{name}@{number}" if mark else name
