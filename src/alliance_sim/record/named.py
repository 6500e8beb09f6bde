"""The record that a scenario names: found, read, and held against the scenario."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

from alliance_sim.errors import NoRecord, RecordError, shown, unknown_name
from alliance_sim.record.folder import Folder, edition_of, read_folder, rows_told, sides_in
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
        path, name = _place(scenario)
        folder = read_folder(path)
        _of_its_sides(folder, name, scenario)
    except RecordError as error:
        key = f"record {shown(scenario.record, 400)}"
        problems = [f"{key}: {problem}" for problem in (*error.problems, *_below(scenario))]
        raise RecordError(scenario.name, problems) from None
    return folder, name


def check_named(scenario: Scenario, where: str) -> None:
    """Refuse a scenario whose record cannot be used; one without a record is sound.

    Args:
        scenario: The scenario.
        where: What the error names, such as its file.

    Raises:
        RecordError: As `named_record` does.
    """
    try:
        named_record(scenario)
    except NoRecord:
        return
    except RecordError as error:
        raise RecordError(where, error.problems) from None


def _is_folder(asked: str) -> bool:
    return "/" in asked or os.sep in asked or asked.startswith(".")


def _below(scenario: Scenario) -> list[str]:
    """Return where a record lies below the folder that a scenario takes for one, if it does."""
    place = Path(scenario.record)
    if not _is_folder(scenario.record) or not place.is_dir() or (place / "events.csv").exists():
        return []
    found = sorted(path.parent.name for path in place.glob("*/events.csv"))[:5]
    return [f"did you mean {str(place / found[0])!r}?"] if found else []


def _of_its_sides(folder: Folder, name: str, scenario: Scenario) -> None:
    """Refuse a record of other sides: with its rows where the scenario asks for this very one."""
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


def _place(scenario: Scenario) -> tuple[Path, str]:
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
    name, _, edition = asked.partition("@")
    if name not in registered():
        problem = unknown_name("relationship", name, registered())
        if scenario.record:
            raise RecordError(asked, [f"{problem}; a folder of your own is written './{name}'"])
        raise NoRecord(
            f"the package holds no record of the relationship {name!r} (it holds: "
            f"{', '.join(registered())}), and the scenario names no record of its own"
        )
    if edition and not (edition.isascii() and edition.isdigit() and len(edition) <= 4):
        raise RecordError(asked, [f"edition is {edition!r}, must be a whole number"])
    shipped = Path(str(resources.files("alliance_sim.record"))) / name
    folder = edition_of(shipped, int(edition) if edition else None)
    return folder, _with_edition(name, folder)


def _with_edition(name: str, folder: Path) -> str:
    _, mark, number = folder.name.partition("edition_")
    return f"{name}@{number}" if mark else name
