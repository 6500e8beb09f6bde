"""A made history for the homework: its luck is stored, so that a what-if of it has a true answer.

The record that comes with the made relationship is one run of its scenario, and says which. The
same run with an edit is therefore what would have happened; nothing is left to be estimated.
"""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from alliance_sim import provenance
from alliance_sim.calendar import decimal_year
from alliance_sim.engine.simulate import Kernel, simulate
from alliance_sim.errors import RecordError
from alliance_sim.lab.lessons import FIRST_LANGUAGE
from alliance_sim.record.named import place_of
from alliance_sim.record.record import Record
from alliance_sim.record.translation import translations_of
from alliance_sim.results.outcomes import Outcome, outcome_by_run, parse_outcome
from alliance_sim.scenario import Scenario, load_scenario
from alliance_sim.scenario.file import word_for

if TYPE_CHECKING:
    from alliance_sim.results import Ensemble

FILE, TRUTH = "homework.toml", "truth.toml"
DRAWN = "level_operations"  # where what is asked is no level
LEVELS = ("level_political", "level_operations", "level_equipment", "rung")
SHARE_RUNS, SHARE_SEED = 400, 1  # free runs beside the truth: what one could have known


@cache
def homework() -> Mapping[str, Any]:
    """Return what the homework asks: scenario, title by language, questions."""
    text = resources.files("alliance_sim.lab").joinpath(FILE).read_text("utf-8")
    return tomllib.loads(text)


def known_world() -> dict[str, Any]:
    """Return the made world as the page carries it.

    Returns:
        `truth`: titles, `story` and what the record says by language, sides, scenario with its
        digest, seed and run of the made history, its recorded acts and steps, `turns`, the turning
        points, proposals and steps with their titles by language, and a row for each question with
        `fact` and `edited`, both 0 or 1, `share`, of 400 free runs with the edit, the levels at the
        end of each year in both worlds, which of them is drawn, and the edits and outcome asked.

    Raises:
        RecordError: If the stored run is not one of the scenario as it stands.
    """
    asked = homework()
    scenario = load_scenario(asked["scenario"])
    made = _made(scenario)
    record = Record.of(scenario)
    fact = _run(scenario, made)
    outcomes = {one["name"]: _outcome(one["outcome"], fact) for one in asked["question"]}
    edits = {tuple(one["edits"]) for one in asked["question"]}
    worlds = {texts: scenario.edited(*texts) for texts in sorted(edits)}
    twins = {texts: _run(world, made) for texts, world in worlds.items()}
    free = {
        texts: simulate(world, runs=SHARE_RUNS, seed=SHARE_SEED) for texts, world in worlds.items()
    }
    rows = [
        {
            **one,
            "fact": int(outcome_by_run(outcomes[one["name"]], fact)[0]),
            "edited": int(outcome_by_run(outcomes[one["name"]], twins[tuple(one["edits"])])[0]),
            "share": float(outcome_by_run(outcomes[one["name"]], free[tuple(one["edits"])]).mean()),
            "levels": _yearly(twins[tuple(one["edits"])]),
            "drawn": _drawn(outcomes[one["name"]]),
        }
        for one in asked["question"]
    ]
    return {
        "truth": {
            "titles": dict(asked["title"]),
            "told": {lang: dict(one.told) for lang, one in translations_of(scenario).items()},
            "story": {language: text.strip() for language, text in asked["story"].items()},
            "sides": [scenario.partners.state_title, scenario.partners.alliance_title],
            "scenario": scenario.name,
            "digest": provenance.scenario_digest(scenario),
            "description": scenario.description,
            "seed": made["seed"],
            "run": made["run"],
            "years": [scenario.time.first_year, scenario.time.last_year],
            "acts": _acts(record),
            "rungs": _rungs(record),
            "turns": _turns(scenario, record),
            "levels": _yearly(fact),
            "free": SHARE_RUNS,
            "questions": rows,
        },
    }


def _made(scenario: Scenario) -> dict[str, Any]:
    """Return which run the record of a made relationship is."""
    path = place_of(scenario)[0] / TRUTH
    told = tomllib.loads(path.read_text("utf-8"))
    digest = provenance.scenario_digest(scenario)
    if told["digest"] != digest:
        words = ["alliance-sim", "record", "make", word_for(scenario)]
        words += ["--seed", told["seed"], "--run", told["run"], "--out", str(path.parent)]
        again = shlex.join(map(str, words))
        problem = f"is a run of the scenario as it was; make it again: {again}"
        raise RecordError(str(path), [problem])
    return told


def _run(scenario: Scenario, made: Mapping[str, Any]) -> Ensemble:
    """Return the one run that has the stored luck."""
    return simulate(
        scenario, runs=1, seed=made["seed"], first_run=made["run"], engine=Kernel(threads=1)
    )


def _outcome(text: str, fact: Ensemble) -> Outcome:
    return parse_outcome(text, states=fact.states, calendar=fact.calendar)


def _yearly(runs: Ensemble) -> dict[str, list[float]]:
    """Return what is drawn of the first run, at the end of each year."""
    calendar = runs.calendar
    per = calendar.steps // (calendar.last_year - calendar.first_year + 1)
    return {name: runs.column(name)[0][per - 1 :: per].tolist() for name in LEVELS}


def _acts(record: Record) -> list[dict[str, Any]]:
    """Return the recorded acts that students see."""
    rows: list[Any] = list(record.events.sort_values("when", kind="stable").itertuples())
    return [
        {
            "date": decimal_year(row.when.date()),
            "day": str(row.date),
            "series": str(row.domain),
            "salience": int(row.salience),
            "title": str(row.title),
        }
        for row in rows
    ]


def _rungs(record: Record) -> list[dict[str, Any]]:
    rows: list[Any] = list(record.rungs[record.rungs["rung"] > 0].itertuples())
    return [
        {"day": str(row.date), "rung": int(row.rung), "title": str(row.description)} for row in rows
    ]


def _drawn(outcome: Outcome) -> str:
    """Return which level is drawn beside an answer: that which is asked about, if it is one."""
    return outcome.state if outcome.state in LEVELS else DRAWN


def _turns(scenario: Scenario, record: Record) -> list[dict[str, Any]]:
    """Return in order of time what students have to know of: turning points, proposals, steps."""
    told = {language: words.names for language, words in translations_of(scenario).items()}

    def row(what: str, name: str, title: str, day: str) -> dict[str, Any]:
        others = {language: names.get(f"{what}.{name}", title) for language, names in told.items()}
        return {"day": day, "kind": what, "title": {FIRST_LANGUAGE: title} | others}

    return sorted(
        [
            *(row("juncture", x.name, x.title, x.date.isoformat()) for x in scenario.junctures),
            *(row("item", x.name, x.title, x.tabled.isoformat()) for x in scenario.items),
            *(row("rung", str(x["rung"]), x["title"], x["day"]) for x in _rungs(record)),
        ],
        key=lambda one: str(one["day"]),
    )
