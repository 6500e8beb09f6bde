"""Lessons about a relationship: read from files beside its record, and checked against it.

A lesson is one file a language, `lessons/NAME.LANGUAGE.toml` in the folder of the relationship. It
holds words and minutes, and what students predict. Whether that happened is never written there:
each item says what to look for, and the record answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from alliance_sim.calendar import decimal_year
from alliance_sim.counterfactual.question import ask
from alliance_sim.errors import (
    AllianceSimError,
    NoRecord,
    ProblemsError,
    RecordError,
    shown,
    unknown_name,
)
from alliance_sim.lab.lesson_file import KINDS_OF_STEPS, Happens, Item, LessonFile, Shown
from alliance_sim.record.forecasts import forecast_years
from alliance_sim.record.record import Record
from alliance_sim.record.reporting import read_as
from alliance_sim.record.translation import folder_of
from alliance_sim.results.outcomes import parse_outcome
from alliance_sim.scenario.edit_texts import read_edits
from alliance_sim.scenario.fields import SERIES
from alliance_sim.world.state import state_names

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    import pandas as pd

    from alliance_sim.scenario import Scenario

FOLDER, ENDING = "lessons", ".toml"
FIRST_LANGUAGE = "en"  # which every lesson has, and which the others are held against
GENERIC = "generic"
GENERIC_MINUTES = dict(
    zip(KINDS_OF_STEPS, (5, 7, 5, 5, 12, 8, 6, 2), strict=True)
)  # of the plan in the method, F.1
MOST_GENERIC_STEPS, MOST_GENERIC_JUNCTURES = 3, 4
MOST_SHOWN = 3  # acts that tell of one item
MINUTES = 50


def lesson_files(folder: Path | None) -> dict[str, dict[str, Path]]:
    """Return the files of lessons in a folder, by name and language; none if there is none."""
    found: dict[str, dict[str, Path]] = {}
    for path in [] if folder is None else sorted(folder.glob(f"*.*{ENDING}")):
        name, _, language = path.name.removesuffix(ENDING).rpartition(".")
        found.setdefault(name, {})[language] = path
    return found


def lessons_of(scenario: Scenario, *, folder: Path | None = None) -> list[dict[str, Any]]:
    """Return every lesson that a page about a scenario offers, as the page reads them.

    Those of its relationship come first; the last is one that any scenario has, without words of
    its own.

    Args:
        scenario: The scenario.
        folder: Where the files lie; if left out, `lessons` beside the words of the relationship.

    Raises:
        RecordError: Naming every problem of every file.
    """
    try:
        record = Record.of(scenario)
    except NoRecord:
        return [generic_lesson(scenario, None)]
    told: list[dict[str, Any]] = []
    problems: list[str] = []
    beside = folder_of(scenario)
    home = folder or (None if beside is None else beside / FOLDER)
    for name, paths in lesson_files(home).items():
        try:
            one = read_lesson(name, paths, scenario, record)
        except RecordError as error:
            problems += error.problems
        else:
            told += [] if one is None else [one]
    if problems:
        raise RecordError("lessons", problems)
    return [*told, generic_lesson(scenario, record)]


def problem_of(lesson: object, lessons: Sequence[Mapping[str, Any]]) -> str | None:
    """Return why there is no such lesson, with the nearest; None if there is, or none is wanted."""
    names = [str(one["name"]) for one in lessons]
    if lesson is None or lesson in names:
        return None
    if not isinstance(lesson, str):
        return f"lesson is {shown(lesson)}, must be one of {', '.join(names)}, or None"
    return unknown_name("lesson", lesson, names)


def read_lesson(
    name: str, paths: Mapping[str, Path], scenario: Scenario, record: Record
) -> dict[str, Any] | None:
    """Return one lesson as the page reads it, with what the record says of its items.

    Of a lesson about another scenario nothing comes back.

    Args:
        name: Its name.
        paths: Its files by language.
        scenario: What the lesson runs.
        record: What settles its items.

    Raises:
        RecordError: Naming every problem, each with its file.
    """
    files: dict[str, LessonFile] = {}
    problems: list[str] = []
    for language, path in paths.items():
        try:
            files[language] = read_as(LessonFile, path)
        except RecordError as error:
            problems += [f"{path.name}: {problem}" for problem in error.problems]
    first = files.get(FIRST_LANGUAGE)
    if FIRST_LANGUAGE not in paths:
        problems.append(f"{name}: there is no {name}.{FIRST_LANGUAGE}{ENDING}")
    if first is not None and first.scenario == scenario.name:
        title = paths[FIRST_LANGUAGE].name
        problems += [f"{title}: {told}" for told in _misfits(first, scenario, record)]
        for language, other in files.items():
            problems += [f"{paths[language].name}: {told}" for told in _unlike(first, other)]
    if problems or first is None:
        raise RecordError(name, problems)
    if first.scenario != scenario.name:
        return None
    return _payload(name, first, files, record)


def generic_lesson(scenario: Scenario, record: Record | None) -> dict[str, Any]:
    """Return the lesson of a scenario that has none of its own; the page has its words.

    Its items are formal steps of the last years, and by field whether acts get more frequent;
    without a record there is nothing to predict.
    """
    last = scenario.time.last_year
    until = last
    items: list[dict[str, Any]] = []
    if record is not None and len(record.events):
        first = int(record.events["when"].dt.year.min())
        until = forecast_years(scenario, first=first).known_until
        steps = list(_steps_to_come(record, until, last))[:MOST_GENERIC_STEPS]
        items = [*steps, *_more_acts(record, until, last)]
    rungs = sorted(rung.number for rung in scenario.rungs)
    outcome = f"rung>={rungs[len(rungs) // 2]}@{last}" if rungs else ""
    offered = _generic_junctures(scenario, outcome)
    return {
        "name": GENERIC,
        "known": until + 1.0,
        "known_day": f"{until}-12-31",
        "minutes": MINUTES,
        "steps": [{"kind": kind, "minutes": n} for kind, n in GENERIC_MINUTES.items()],
        "words": [],
        "items": items,
        "suggestions": offered,
        "curve": None,
        "belief": {key: offered[0][key] for key in ("edits", "outcome")} if offered else None,
        "texts": {},
    }


def _steps_to_come(record: Record, until: int, last: int) -> Iterator[dict[str, Any]]:
    """Yield each formal step after a year: by turns, whether it comes in its year or before."""
    rows: list[Any] = list(record.rungs[record.rungs["rung"] > 0].itertuples())
    for place, row in enumerate(rows):
        came = int(row.when.year)
        by = came if place % 2 else came - 1
        if until < by <= last:
            yield {
                "name": f"rung_{row.rung}",
                "by": f"{by}-12-31",
                "rung": int(row.rung),
                "series": None,
                "outcome": f"rung>={row.rung}@{by}",
                "happened": came <= by,
                "acts": [_told(row)],
            }


def _more_acts(record: Record, until: int, last: int) -> Iterator[dict[str, Any]]:
    """Yield for each field whether more acts of it come after a year than of the next field.

    As the fields are taken in a circle, not all of these can be so. One field is none to compare.
    """
    acts = record.events[record.events["when"].dt.year > until]
    counts = {series: int((acts["domain"] == series).sum()) for series in SERIES}
    there = [series for series, count in counts.items() if count]
    if len(there) < 2:
        return
    for one, other in zip(there, [*there[1:], *there[:1]], strict=True):
        yield {
            "name": f"more_{one}",
            "by": f"{last}-12-31",
            "rung": None,
            "series": [one, other],
            "counts": [counts[one], counts[other]],
            "outcome": None,
            "happened": counts[one] > counts[other],
            "acts": [],
        }


def _generic_junctures(scenario: Scenario, outcome: str) -> list[dict[str, Any]]:
    """Return what-ifs that take one juncture away, those with the most that follows first."""
    if not outcome:
        return []
    followed = [name for juncture in scenario.junctures for name in juncture.follows]
    ranked = sorted(scenario.junctures, key=lambda one: (-followed.count(one.name), one.date))
    found: list[dict[str, Any]] = []
    for juncture in ranked:
        edits = [f"without {juncture.name}"]
        if next(_not_askable(edits, outcome, scenario), None) is None:
            found.append({"name": juncture.name, "edits": edits, "outcome": outcome})
        if len(found) == MOST_GENERIC_JUNCTURES:
            break
    return found


def _misfits(lesson: LessonFile, scenario: Scenario, record: Record) -> Iterator[str]:
    """Yield a sentence for each thing in a lesson that scenario or record does not bear."""
    known = {rung.number for rung in scenario.rungs}
    last = scenario.time.last_year
    for item in lesson.item:
        where = f"item {item.name!r}"
        if item.by <= lesson.known_until or item.by.year > last:
            yield (
                f"{where}: by is {item.by}, must lie after known_until ({lesson.known_until}) and "
                f"not after {last}"
            )
        rung = item.happens.rung
        if rung is not None and rung not in known:
            yield f"{where}: rung is {rung}, the ladder has {min(known)} to {max(known)}"
        rows: list[Any] = list(record.rungs.itertuples())
        yield from (
            f"{where}: rung {rung} was reached on {row.date}, must be after known_until "
            f"({lesson.known_until}), by when all know it"
            for row in rows
            if row.rung == rung and row.when.date() <= lesson.known_until
        )
        yield from (
            f"{where}: shows: the record has no act of {one.day} with {one.words!r} in its title"
            for one in item.shows
            if _acts_of(one, record).empty
        )
        if item.outcome:
            yield from (f"{where}: {told}" for told in _unreadable(item.outcome, scenario))
    truths = {happened(item, lesson.known_until, record)[0] for item in lesson.item}
    if len(truths) == 1:
        told = "happened" if True in truths else "did not happen"
        yield f"item: all of them {told}, so that one answer fits all; take one that differs"
    asked = [(f"suggestion {one.name!r}", one) for one in lesson.suggestion]
    for where, one in (*asked, ("belief", lesson.belief)):
        for problem in _not_askable(one.edits, one.outcome, scenario):
            yield f"{where}: {problem}"


def _not_askable(edits: Sequence[str], outcome: str, scenario: Scenario) -> Iterator[str]:
    """Yield why a what-if cannot be asked."""
    try:
        texts = [one.text for one in read_edits(scenario, edits)]
        if list(edits) != texts:
            yield f"edits are {list(edits)}, must be written {texts}"
        ask(scenario, edits=edits, outcome=outcome)
    except ProblemsError as error:
        yield from error.problems
    except AllianceSimError as error:
        yield str(error)


def _unreadable(outcome: str, scenario: Scenario) -> Iterator[str]:
    """Yield why an outcome cannot be read in a scenario."""
    try:
        parse_outcome(outcome, states=state_names(scenario), calendar=scenario.calendar())
    except ProblemsError as error:
        yield from error.problems
    except AllianceSimError as error:
        yield str(error)


def _unlike(first: LessonFile, other: LessonFile) -> Iterator[str]:
    """Yield what a lesson in another language says otherwise although it is no matter of words."""
    for key in ("scenario", "known_until", "minutes"):
        mine, theirs = getattr(first, key), getattr(other, key)
        if mine != theirs:
            yield f"{key} is {theirs}, and {mine} in {FIRST_LANGUAGE}"
    if len(first.cause) != len(other.cause):
        yield f"has {len(other.cause)} causes, and {len(first.cause)} in {FIRST_LANGUAGE}"
    pairs = (
        ("word", "name", first.word, other.word),
        ("step", "kind", first.step, other.step),
        ("item", "name", first.item, other.item),
        ("suggestion", "name", first.suggestion, other.suggestion),
    )
    for what, key, mine, theirs in pairs:
        names = [str(getattr(one, key)) for one in mine]
        named = {str(getattr(one, key)): one for one in theirs}
        yield from (unknown_name(what, name, names) for name in named if name not in names)
        for name, one in zip(names, mine, strict=True):
            if name not in named:
                yield f"{what} {name!r} is missing"
            elif one.bones() != named[name].bones():
                yield f"{what} {name!r} is not that of {FIRST_LANGUAGE}: {one.bones()}"
    if first.belief.bones() != other.belief.bones():
        yield f"belief is not that of {FIRST_LANGUAGE}: {first.belief.bones()}"


def happened(item: Item, since: dt.date, record: Record) -> tuple[bool, list[dict[str, Any]]]:
    """Return whether an item came about by its date, and the acts that tell so.

    Of an item that did not, the acts are those which its file names, and the first that came too
    late.

    Args:
        item: The item.
        since: Acts up to this day do not count, unless the item says from when on they do. A
            formal step has its day, and lessons ask for none that all know of.
        record: The record.
    """
    found = _rows(item.happens, item.happens.since or since, record)
    in_time = found[found["when"].dt.date <= item.by]
    came = len(in_time) >= item.happens.at_least
    named: list[Any] = [row for one in item.shows for row in _acts_of(one, record).itertuples()]
    shown = in_time if came else found[found["when"].dt.date > item.by].head(1)
    rows: list[Any] = list(chain(named, shown.head(MOST_SHOWN).itertuples()))
    told = [_told(row) for row in sorted(rows, key=lambda row: row.when)]
    return came, [one for place, one in enumerate(told) if one not in told[:place]]


def _acts_of(one: Shown, record: Record) -> pd.DataFrame:
    """Return the acts of a day that have a word in their title."""
    acts = record.events
    there = (acts["date"] == one.day) & acts["title"].str.contains(one.words, regex=False)
    return acts.loc[there]


def _rows(happens: Happens, since: dt.date, record: Record) -> pd.DataFrame:
    """Return the acts or rungs that an item looks for, in order of time."""
    if happens.rung is not None:
        return record.rungs[record.rungs["rung"] == happens.rung].sort_values("when")
    acts = record.events
    fits: pd.Series[bool] = acts["when"].dt.date > since
    for column in ("domain", "kind"):
        wanted = getattr(happens, column)
        if wanted is not None:
            fits &= acts[column] == wanted
    if happens.initiator is not None:
        stem = happens.initiator.removesuffix("*")
        whole = stem == happens.initiator
        begins = acts["initiator"].str.startswith(stem)
        fits &= (acts["initiator"] == stem) if whole else begins
    if happens.words is not None:
        fits &= acts["title"].str.contains(happens.words, regex=False)
    fits &= acts["salience"] >= happens.salience
    return acts.loc[fits].sort_values("when", kind="stable")


def _told(row: Any) -> dict[str, Any]:
    """Return an act or a rung as the page shows it."""
    title = getattr(row, "title", None) or getattr(row, "description", "") or row.name
    return {
        "date": decimal_year(row.when.date()),
        "day": str(row.date),
        "title": str(title),
        "source": str(row.source),
    }


def _payload(
    name: str, first: LessonFile, files: Mapping[str, LessonFile], record: Record
) -> dict[str, Any]:
    """Return a lesson as the page reads it."""
    items = []
    for item in first.item:
        came, acts = happened(item, first.known_until, record)
        items.append(
            {
                "name": item.name,
                "by": item.by.isoformat(),
                "rung": item.happens.rung,
                "series": None,
                "outcome": item.outcome,
                "happened": came,
                "acts": acts,
            }
        )
    return {
        "name": name,
        "known": decimal_year(first.known_until),
        "known_day": first.known_until.isoformat(),
        "minutes": first.minutes,
        "steps": [{"kind": step.kind, "minutes": step.minutes} for step in first.step],
        "words": [word.bones() for word in first.word],
        "items": items,
        "suggestions": [one.bones() for one in first.suggestion],
        "curve": None if first.curve is None else first.curve.bones(),
        "belief": first.belief.bones(),
        "texts": {language: file.texts() for language, file in files.items()},
    }
