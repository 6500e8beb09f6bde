"""What the page's own tests hold its chronicle and its matching against, made by the package.

`python -m tests.lab.test_page_acts` writes it anew.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from alliance_sim import Scenario, load_scenario, simulate
from alliance_sim.comparison.acts import differing_acts
from alliance_sim.engine.chronology import RUNG, CodedAct, OnRecord, chronology
from alliance_sim.lab import terms
from alliance_sim.lab.payload import places_of
from alliance_sim.results import Ensemble
from alliance_sim.scenario.fields import SERIES
from tests.lab.worlds import frame, host, needs_module, prepared

PAGE = Path(__file__).parents[2] / "src" / "alliance_sim" / "lab" / "page"
EXAMPLES = PAGE / "tests" / "unit" / "data" / "acts.json"
NAME, RUNS, SEED = "two_islands/baseline", 4, 2026
EDITS = ("shift great_raid:-8", "council weighted_majority")


def rows_of(world: Scenario, ensemble: Ensemble) -> list[list[list[float]]]:
    """Return the rows that the module tells of each run of a world."""
    running = prepared(host(NAME, "simd"), NAME, world)
    running.ask(SEED)
    found = []
    for run in range(RUNS):
        running["run.values"][...] = ensemble.values[run]
        running["run.key"][:] = SEED, 0
        running["run.number"][0] = run
        running.call("mark_events")
        found.append(running["run.events"][: int(running["run.told"][0])].tolist())
    return found


def refusals_of(ensemble: Ensemble) -> list[dict[str, list[int]]]:
    """Return by run the quarters in which each refused, by state, in the order of states."""
    names = [name for name in ensemble.states if name.startswith("refused_")]
    return [
        {name: np.flatnonzero(ensemble.column(name)[run] > 0).tolist() for name in names}
        for run in range(RUNS)
    ]


def told(world: Scenario, ensemble: Ensemble) -> dict[str, Any]:
    """Return rows, refusals and the chronology of some runs."""
    table = chronology(ensemble, world)
    acts = [
        [str(date.date()), domain, kind, int(salience), title]
        for date, domain, kind, salience, title in zip(
            *(table[key] for key in ("date", "domain", "kind", "salience", "title")), strict=True
        )
    ]
    return {
        "rows": rows_of(world, ensemble),
        "refused": refusals_of(ensemble),
        "acts": [
            [act for act, of in zip(acts, table["run"], strict=True) if of == run]
            for run in range(RUNS)
        ],
    }


def differing(
    pair: list[tuple[Ensemble, Scenario]], run: int, on_record: OnRecord | None = None
) -> list[list[str]]:
    """Return the acts of a run that differ: which way, both dates, and both titles."""
    table = differing_acts(pair[0], pair[1], row=run, on_record=on_record)
    keys = ("factual_date", "edited_date", "factual_title", "edited_title")
    return [
        [change, *("" if pd.isna(day) else f"{day:%Y-%m-%d}" for day in days), *titles]
        for change, *days, titles in zip(
            *(table[key] for key in ("change", *keys[:2])),
            zip(*(table[key] for key in keys[2:]), strict=True),
            strict=True,
        )
    ]


def recorded(pair: list[tuple[Ensemble, Scenario]]) -> dict[str, Any]:
    """Return what a record would hold of the runs, and the acts that differ told by it.

    In two of three quarters that have acts of a series in any run one of them is on record, or
    two: what is not there is left out, and what is more stays simulated.
    """
    (factual, base), calendar = pair[0], frame(NAME).recipe.calendar
    counted: dict[tuple[int, str], list[CodedAct]] = {}
    for place, series in enumerate(SERIES):
        for step in np.flatnonzero(factual.column(f"count_{series}").max(axis=0)).tolist():
            if step % 3 == place % 3:
                continue
            day = calendar.start_of(step)
            counted[step, series] = [
                CodedAct(day, f"{day}", "visit", 1, "both", f"Act {n} of {series}, {step}")
                for n in range(1 + (step + place) % 2)
            ]
    step = int(np.flatnonzero(np.diff(factual.column("rung")[0]) > 0)[0]) + 1
    rung = next(r for r in base.rungs if r.number == int(factual.column("rung")[0, step]))
    day = calendar.start_of(step)
    climbed = CodedAct(day, f"{day}", rung.event_kind, rung.salience, "both", rung.title)
    on_record = OnRecord(counted, {(step, RUNG, rung.number): climbed})
    return {
        "places": list(places_of(base, on_record)),
        "differing": [differing(pair, run, on_record) for run in range(RUNS)],
    }


def examples() -> dict[str, Any]:
    """Return runs of a made-up relationship and of an edit of it, as the package tells them."""
    base = load_scenario(NAME)
    worlds = [base, base.edited(*EDITS)]
    pair = [(simulate(world, runs=RUNS, seed=SEED), world) for world in worlds]
    kinds = sorted(base.kinds, key=lambda kind: (SERIES.index(kind.domain), kind.name))
    calendar = frame(NAME).recipe.calendar
    return {
        "time": [calendar.first_year, calendar.last_year, calendar.steps_per_year],
        "terms": list(terms.TERMS),
        "names": {
            "state": base.partners.state_title,
            "alliance": base.partners.alliance_title,
            "members": [{"name": m.name, "title": m.title} for m in base.members],
            "kinds": [{"name": k.name, "domain": k.domain, "title": k.title} for k in kinds],
            "items": [
                {"name": i.name, "title": i.title} for i in sorted(base.items, key=lambda i: i.name)
            ],
            "rungs": [
                {
                    "rung": r.number,
                    "title": r.title,
                    "domain": r.event_domain,
                    "kind": r.event_kind,
                    "salience": r.salience,
                }
                for r in base.rungs
            ],
        },
        "factual": told(base, pair[0][0]),
        "edited": told(worlds[1], pair[1][0]),
        "differing": [differing(pair, run) for run in range(RUNS)],
        "recorded": recorded(pair),
    }


@needs_module
def test_the_examples_of_the_page_are_what_the_package_says_now() -> None:
    found = examples()
    assert json.loads(EXAMPLES.read_text("utf-8")) == json.loads(json.dumps(found))
    ways = {way for run in found["differing"] for way, *_ in run}
    assert ways == {"new", "gone", "moved", "became another"}
    gone = [act for run in found["recorded"]["differing"] for act in run if act[0] == "gone"]
    assert any(title.startswith("Act ") for *_, title, _ in gone)
    assert not all(title.startswith("Act ") for *_, title, _ in gone)


if __name__ == "__main__":
    EXAMPLES.write_text(json.dumps(examples(), separators=(",", ":")) + "\n", "utf-8")
    sys.stdout.write(f"{EXAMPLES.name} written\n")
