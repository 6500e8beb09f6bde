"""Cases of many scenarios in blocks: what a world shares with those before it, and what not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from alliance_sim import load_scenario
from alliance_sim.engine.cases import Case, summarise_cases, trajectories_of_cases
from alliance_sim.engine.kernel.batch import make_ready
from alliance_sim.engine.kernel.layout import LANES
from alliance_sim.results.outcomes import parse_outcome
from alliance_sim.scenario.edit import replaced
from alliance_sim.world.state import state_names

BASE = load_scenario("japan_nato/baseline")
FRAMED: tuple[dict[str, Any], ...] = (  # numbers that hold for all runs of a block
    {"threat.china.region": "global"},
    {"threat.china.distracts": True},
    {"time.last_year": 2015},
    {"period.deepening.acts_from": dt.date(2012, 1, 1)},
)


@pytest.mark.parametrize("edit", FRAMED, ids=str)
def test_a_world_has_a_frame_of_its_own_whichever_it_is_built_from(edit: dict[str, Any]) -> None:
    edited = replaced(BASE, edit)
    beside, alone = make_ready(edited, like=make_ready(BASE)), make_ready(edited)
    assert beside.frame == alone.frame
    assert beside.frame != make_ready(BASE).frame


def test_a_threat_that_moves_to_another_region_does_so_in_any_company() -> None:
    edited = replaced(BASE, FRAMED[0])
    names = state_names(BASE)
    cases = [Case(BASE, 0), Case(edited, 0)]
    both = trajectories_of_cases(cases, seed=3, states=names).values
    alone = trajectories_of_cases(cases[1:], seed=3, states=names).values
    assert both[1].tobytes() == alone[0].tobytes()
    assert both[1].tobytes() != both[0].tobytes()


def test_a_shorter_run_reads_no_quarter_that_it_does_not_have() -> None:
    shorter = replaced(BASE, FRAMED[2])
    outcome = parse_outcome(
        "level_political@2014", states=state_names(BASE), calendar=shorter.calendar()
    )
    cases = [*(Case(BASE, run) for run in range(LANES)), Case(shorter, 0)]
    found = summarise_cases(cases, seed=1, outcomes=[outcome])
    alone = summarise_cases(cases[-1:], seed=1, outcomes=[outcome])
    assert set(found.status) == {"ok"}
    assert found.values[-1].tobytes() == alone.values[0].tobytes()
