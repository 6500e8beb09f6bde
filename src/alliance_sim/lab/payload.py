"""What the page is about, as plain values: `page/src/contract.ts` says the same for TypeScript.

Everything that the page shows of a scenario is worked out here: titles, dates, ranges, sources, the
record, what ships of a posterior. The page itself knows of no relationship. Parts that a scenario
has not are null: a record, draws of a posterior, curves.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, get_args

from alliance_sim import provenance
from alliance_sim.calendar import decimal_year
from alliance_sim.calibration.on_record import on_record_of
from alliance_sim.calibration.target import until_year
from alliance_sim.engine.chronology import REFUSED, RUNG, SIGNED, STOPPED, CodedAct, OnRecord
from alliance_sim.errors import NoRecord, SettingError, shown
from alliance_sim.lab import curves, evidence, lessons, wording
from alliance_sim.lab.beforehand import asked_before
from alliance_sim.lab.editable import editable
from alliance_sim.lab.frame import frame_of
from alliance_sim.lab.known import known_world
from alliance_sim.record.record import Record
from alliance_sim.results.outcome_words import outcome_title, years_of
from alliance_sim.results.outcomes import parse_outcome
from alliance_sim.scenario.describe import assumed_numbers
from alliance_sim.scenario.edit_kinds import DRAWN, NONE
from alliance_sim.scenario.fields import DOMAINS, SERIES
from alliance_sim.scenario.holds import holdable
from alliance_sim.scenario.path import numbers
from alliance_sim.scenario.theories import own_theory
from alliance_sim.scenario.theory import Council
from alliance_sim.world.catalogue import catalogue
from alliance_sim.world.state import meanings_of, state_names

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.lab.naming import Names
    from alliance_sim.scenario import Scenario
    from alliance_sim.scenario.schema import Juncture

FORMAT, VERSION = "alliance-sim lab", 1
WHERE = "lab"
# States that are kept of every history, quarter by quarter; `KEPT` in contract.ts.
KEPT = ("level_political", "level_operations", "level_equipment", "rung", "agenda_overlap")
MIDDLE = 0.5  # a level that is offered as an outcome
LEADERSHIP = "leadership"
# What the page calls acts of a history that have places of their own.
PLACED = {
    RUNG: "climbed", SIGNED: "agreement", STOPPED: "suspension", REFUSED: "item refused",
}  # fmt: skip


def payload_of(
    scenario: Scenario,
    *,
    lesson: str | None = None,
    language: str = "en",
    draws: bool = True,
    start: str = "",
) -> dict[str, Any]:
    """Return what the page is about, fit for JSON.

    Args:
        scenario: The scenario that edits start from.
        lesson: Name of the lesson that the page opens with; None for none.
        language: Language that the page opens in, "en" or "ja"; its reader can choose another.
        draws: Whether the draws of the posterior come along, where the scenario has one.
        start: Part of an address that the page opens with where its own says nothing, from
            `link.link_of`; "" for the scenario as it is.

    Raises:
        SettingError: If there is no such lesson or language, naming the nearest; or the scenario
            holds a state, which nobody did in what happened.
        RecordError: If a lesson of the relationship cannot be used, naming all that is wrong.
        ScenarioError: If the scenario cannot be run.
    """
    every = lessons.lessons_of(scenario)
    problems = [
        wording.language_problem(language),
        lessons.problem_of(lesson, every),
        draws_problem(draws),
    ]
    if any(problems):
        raise SettingError(WHERE, [problem for problem in problems if problem])
    outcomes = offered(scenario)
    parsed = [
        parse_outcome(text, states=state_names(scenario), calendar=scenario.calendar())
        for text in outcomes
    ]
    frame = frame_of(scenario, states=KEPT, outcomes=parsed)
    known = evidence.of(frame, with_draws=draws)
    meanings, names = meanings_of(scenario), wording.names_of(scenario)
    return {
        "format": FORMAT,
        "version": VERSION,
        "program": provenance.version(),
        "relationship": {
            "name": scenario.relationship,
            "words": wording.words_of(scenario, parsed),
            "colours": wording.colours_of(scenario),
        },
        "scenario": {
            "name": scenario.name,
            "title": scenario.title,
            "digest": provenance.scenario_digest(scenario),
            "description": " ".join(scenario.description.split()),
            "assumed": assumed_numbers(scenario),
        },
        "frame": json.loads(frame.to_json()),
        "periods": list(_periods(scenario)),
        "rungs": [
            {
                "rung": rung.number,
                "title": rung.title,
                "domain": rung.event_domain,
                "kind": rung.event_kind,
                "salience": rung.salience,
            }
            for rung in sorted(scenario.rungs, key=lambda rung: rung.number)
        ],
        "kinds": [
            {"name": kind.name, "domain": kind.domain, "title": kind.title}
            for kind in sorted(scenario.kinds, key=lambda k: (SERIES.index(k.domain), k.name))
        ],
        "items": [
            {"name": item.name, "title": item.title}
            for item in sorted(scenario.items, key=lambda item: item.name)
        ],
        "junctures": list(_junctures(scenario)),
        "leaders": list(_leaders(scenario, names)),
        "members": list(_members(scenario, names)),
        "threats": [{"name": one.name, "title": one.title} for one in scenario.threats],
        "councils": _councils(scenario, names),
        "motives": list(_motives(scenario, names)),
        "theories": list(_theories(scenario, known, names)),
        "weighing": known.basis,
        "states": [
            {
                "name": name,
                "title": told.long_name,
                "unit": told.unit,
                "low": _finite(told.low),
                "high": _finite(told.high),
            }
            for name, told in meanings.items()
        ],
        "holds": [
            {"name": name, "low": limits.low, "high": limits.high, "whole": limits.whole}
            for name, limits in holdable(scenario).items()
        ],
        "outcomes": [
            {"text": one.text, "title": outcome_title(one, scenario.calendar(), meanings)}
            for one in parsed
        ],
        "numbers": list(_numbers(scenario, known, names)),
        "record": _record(scenario, known),
        "draws": known.draws,
        "asked_before": None if known.draws is None else asked_before(scenario),
        "editable": editable(scenario),
        "curves": curves.curves_of(scenario),
        "known": known_world(),
        "headlines": curves.headlines_of(scenario),
        "lessons": every,
        "lesson": lesson,
        "language": language,
        "start": start,
    }


def draws_problem(draws: object) -> str | None:
    """Return why draws cannot come along or stay away so; None if they can."""
    return None if isinstance(draws, bool) else f"draws is {shown(draws)}, must be True or False"


def offered(scenario: Scenario) -> tuple[str, ...]:
    """Return the outcomes that the page offers, each a yes or no, as texts.

    First those of questions whose curves ship, the ladder before levels; then whether ladder and
    levels are above their middle at the end of the run, and whether each item has passed.
    """
    last = scenario.time.last_year
    asked = [curve.outcome for curve in curves.known_curves(scenario)]
    asked.sort(key=lambda text: (not text.startswith("rung"), text.rpartition("@")[2], text))
    steps = sorted(rung.number for rung in scenario.rungs)
    usual = [
        f"rung>={steps[len(steps) // 2]}@{last}",
        *(f"level_{domain}>{MIDDLE}@{last}" for domain in DOMAINS),
        f"rung>={steps[-1]}@{last}",
        *(f"passed_{item.name}>=1@{last}" for item in scenario.items),
        f"agreements>=1@{last}",
    ]
    return tuple(dict.fromkeys([*asked, *usual]))


def _periods(scenario: Scenario) -> Iterator[dict[str, Any]]:
    declared = sorted(scenario.periods, key=lambda period: period.start)
    calendar = scenario.calendar()
    for period, span in zip(declared, calendar.periods, strict=True):
        steps = calendar.steps_of(span)
        yield {
            "name": period.name,
            "title": period.title,
            "from": decimal_year(span.start),
            "until": decimal_year(span.end + dt.timedelta(days=1)),
            "steps": [steps.start, steps.stop],
            "years": list(years_of(span, calendar)),
        }


def _junctures(scenario: Scenario) -> Iterator[dict[str, Any]]:
    first, last = scenario.time.first_year, scenario.time.last_year
    span = decimal_year(dt.date(first, 1, 1)), decimal_year(dt.date(last, 12, 31))
    for one in sorted(scenario.junctures, key=lambda one: (one.date, one.name)):
        if not one.present:
            continue
        yield {
            "name": one.name,
            "title": one.title,
            "kind": one.kind,
            "date": decimal_year(one.date),
            "day": one.date.isoformat(),
            "end": None if one.end is None else decimal_year(one.end),
            "range": span,
            "follows": one.follows,
            "source": one.source,
            "description": one.when_removed,
        }


def _leaders(scenario: Scenario, names: Names) -> Iterator[dict[str, Any]]:
    """Yield whoever can be replaced, with those of the same side that can take the place."""
    offices = {one.name: one for one in scenario.junctures if _leads(one)}
    sides: dict[str, tuple[str, str | None]] = {
        one.name: (one.title, one.partner) for one in scenario.leaders
    }
    for name, one in offices.items():
        effect = next(effect for effect in one.effects if effect.moves == LEADERSHIP)
        sides[name] = (one.title, effect.of)
    for name, (title, side) in sides.items():
        others = [(n, t) for n, (t, s) in sides.items() if s == side and n != name]
        nobody, drawn = names.replacements
        more = [(NONE, nobody)]
        if name in offices and any(
            r.moves == LEADERSHIP and r.drawn for r in offices[name].replacements
        ):
            more.append((DRAWN, drawn))
        yield {
            "name": name,
            "title": title,
            "juncture": name if name in offices else None,
            "replacements": [{"name": n, "title": t} for n, t in [*others, *more]],
        }


def _leads(one: Juncture) -> bool:
    return (
        one.kind == "leader"
        and one.present
        and any(effect.moves == LEADERSHIP for effect in one.effects)
    )


def _members(scenario: Scenario, names: Names) -> Iterator[dict[str, Any]]:
    for member in sorted(scenario.members, key=lambda one: (one.accessions[0].date, one.name)):
        yield {
            "name": member.name,
            "title": member.title,
            "numbers": [
                {
                    "path": path,
                    "title": names.of_member(member.name, path),
                    "value": number.value,
                    "low": number.low,
                    "high": number.high,
                    "unit": number.unit,
                }
                for path, number in numbers(member)
            ],
        }


def _councils(scenario: Scenario, names: Names) -> list[dict[str, str]]:
    """Return the rules by which the alliance can decide, the scenario's own first."""
    known = get_args(Council.model_fields["rule"].annotation)
    own = scenario.council.rule
    return [
        {"name": name, "title": names.council(name)}
        for name in sorted(known, key=lambda n: n != own)
    ]


def _motives(scenario: Scenario, names: Names) -> Iterator[dict[str, Any]]:
    for name, number in numbers(scenario.motives):
        yield {
            "name": name,
            "title": names.motive(name),
            "path": f"motives.{name}",
            "value": number.value,
        }


def _theories(
    scenario: Scenario, known: evidence.Evidence, names: Names
) -> Iterator[dict[str, Any]]:
    own = own_theory(scenario).name
    for name in sorted(known.theories, key=lambda name: name != own):
        yield {
            "name": name,
            "title": names.theory(name),
            "weight": known.weights.get(name),
            "evidence": known.evidence.get(name),
            "draws": known.counts.get(name, 0),
        }


def _numbers(
    scenario: Scenario, known: evidence.Evidence, names: Names
) -> Iterator[dict[str, Any]]:
    """Yield numbers and days, as `list inputs` does, with titles."""
    for row in catalogue("inputs", scenario).rows:
        path, (kind, source, value, low, high, unit) = str(row[0]), row[1:]
        yield {
            "path": path,
            "title": names.number(path),
            "kind": kind,
            "source": source,
            "value": value,
            "low": low,
            "high": high,
            "unit": unit,
            **({"told": known.told[path]} if path in known.told else {}),
        }


def _record(scenario: Scenario, known: evidence.Evidence) -> dict[str, Any] | None:
    """Return what was coded in the years of the run; None where there is no record."""
    try:
        found = Record.of(scenario)
    except NoRecord:
        return None
    first, last = found.years
    acts = found.events[found.events["when"].dt.year.between(first, last)]
    rungs = found.rungs[found.rungs["rung"] > 0]
    return {
        "edition": found.name,
        **({} if known.held is None else {"held": known.held}),
        "acts": [_act(row) for row in _rows(acts.sort_values("when", kind="stable"))],
        **({} if known.held is None else {"places": list(_places(scenario, found, known.held))}),
        "rungs": [
            {
                "date": decimal_year(row["when"].date()),
                "rung": int(row["rung"]),
                "title": row["description"],
                "source": row["source"],
            }
            for row in _rows(rungs)
        ],
        "claims": [
            {"id": row["claim_id"], "text": row["claim"], "verdict": row["record"]}
            for row in _rows(found.claims)
        ],
    }


def _places(
    scenario: Scenario, record: Record, held: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Return the places of the acts that histories of the draws come to."""
    ends = until_year(scenario, held["until"])
    return places_of(scenario, on_record_of(record, ends, series=held["series"]))


def places_of(scenario: Scenario, on_record: OnRecord) -> Iterator[dict[str, Any]]:
    """Yield which acts of a history that comes to a record stand for which of the coded ones.

    `what` and `which` are as the page has them of an act of a history; acts that are counted come
    quarter by quarter in the order of their days.
    """
    items = sorted(item.name for item in scenario.items)
    for (step, series), acts in on_record.counted.items():
        for act in acts:
            yield _place(step, "counted", SERIES.index(series), act)
    for (step, what, which), act in on_record.formal.items():
        number = items.index(which) if isinstance(which, str) else which
        yield _place(step, PLACED[what], number, act)


def _place(step: int, what: str, which: int, act: CodedAct) -> dict[str, Any]:
    told = {"date": f"{act.date}", "day": act.day, "title": act.title}
    return {"step": step, "what": what, "which": which, **told}


def _act(row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: row[name] for name in ("kind", "initiator", "title", "source")}
    return {
        "date": decimal_year(row["when"].date()),
        "day": row["date"],
        "series": row["domain"],
        "salience": int(row["salience"]),
        **kept,
    }


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
