"""The rendering in C gives the compiled engine's numbers, to the last bit.

On random worlds it is tested beside both engines, in `test_kernel`.
"""

from __future__ import annotations

from importlib import util
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alliance_sim import Kernel, Scenario, load_scenario, simulate
from alliance_sim.engine.cases import Case, summarise_cases
from alliance_sim.engine.kernel import batch
from alliance_sim.engine.kernel.layout import LANES
from alliance_sim.engine.own_noise import noise_of_seed
from alliance_sim.results.outcomes import FOLDS, parse_outcome, standard_outcomes
from alliance_sim.scenario import shipped
from alliance_sim.scenario.edit import replaced
from alliance_sim.world import calendar_of
from alliance_sim.world.state import state_names

RUNS = LANES + 9  # a full block and a few more
BASELINE = load_scenario("japan_nato/baseline")


def _load(name: str) -> Any:
    spec = util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


c_engine = _load("worlds").c_engine()
pytestmark = pytest.mark.skipif(c_engine.compiler() is None, reason="there is no C compiler here")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return c_engine.Library.build(tmp_path_factory.mktemp("c_engine"))


def both(library: Any, scenario: Scenario, **settings: Any) -> tuple[Any, Any]:
    """Return the same ensemble as the compiled engine and as C simulates it."""
    wanted = {"runs": RUNS, "seed": 7, "first_run": 100, **settings}
    compiled = simulate(scenario, **wanted)
    before = library.calls
    with c_engine.blocks_in_c(library):
        in_c = simulate(scenario, **wanted)
    assert library.calls > before
    return compiled, in_c


WORLDS: dict[str, Scenario] = {
    **{name: load_scenario(name) for name in sorted(shipped())},
    "leader": BASELINE.with_setting("council.leader", "united_states").with_setting(
        "council.rule", "leader"
    ),
    "agenda": replaced(BASELINE, {"motives.agenda": 0.5}),
    "leverage": replaced(BASELINE, {"motives.leverage": 0.5}),
    "everything": replaced(
        BASELINE.with_setting("council.rule", "weighted_majority"),
        {
            "motives.agenda": 0.5,
            "motives.leverage": 0.5,
            "willingness.threat_state": 0.7,
            "juncture.nine_eleven.present": False,
        },
    ),
}


@pytest.mark.parametrize("name", sorted(WORLDS))
def test_every_state_of_every_quarter_is_the_same(library: Any, name: str) -> None:
    compiled, in_c = both(library, WORLDS[name])
    assert compiled.states == in_c.states
    assert compiled.values.tobytes() == in_c.values.tobytes()
    assert compiled.status == in_c.status
    assert set(in_c.status) == {"ok"}


def test_noise_that_somebody_brings_is_used(library: Any) -> None:
    brought = noise_of_seed(BASELINE, runs=RUNS, seed=3)
    compiled, in_c = both(library, BASELINE, engine=Kernel(noise=brought))
    assert compiled.values.tobytes() == in_c.values.tobytes()
    by_key = simulate(BASELINE, runs=RUNS, seed=7, first_run=100)
    assert not np.array_equal(by_key.values, in_c.values)


ASKED = (
    "rung<3@1999Q2",
    "mean(rung>4)",
    "max(assets_general)@1990..2000",
    "min(agenda_overlap)@1990..2000",
    "mean(count_political<=0)@1990..2000",
    "first(level_political<=0.01)@1951..1960",
    *(f"{fold}(rung>=3)@1980..2016" for fold in FOLDS),
)


def test_outcomes_of_mixed_blocks_agree(library: Any) -> None:
    calendar, states = calendar_of(BASELINE), state_names(BASELINE)
    outcomes = (
        *standard_outcomes(states, calendar, len(BASELINE.rungs)),
        *(parse_outcome(text, states=states, calendar=calendar) for text in ASKED),
    )
    worlds = [world for world in WORLDS.values() if state_names(world) == states]
    assert len(worlds) > 10
    cases = [Case(worlds[run % len(worlds)], run) for run in range(3 * LANES + 5)]
    compiled = summarise_cases(cases, seed=4, outcomes=outcomes)
    with c_engine.blocks_in_c(library):
        in_c = summarise_cases(cases, seed=4, outcomes=outcomes, threads=2)
    assert compiled.values.tobytes() == in_c.values.tobytes()
    assert compiled.status == in_c.status


def test_runs_that_fail_are_marked_alike(library: Any) -> None:
    world = load_scenario("japan_nato/no_second_abe")
    # No file may hold such a spread; drawn leaders then overflow in about one run of a hundred.
    spread = world.domestic.leader_spread.model_copy(update={"value": 1.797e308 / 2.4})
    domestic = world.domestic.model_copy(update={"leader_spread": spread})
    overflowing = world.model_copy(update={"domestic": domestic})
    compiled, in_c = both(library, overflowing, runs=600, first_run=0)
    assert compiled.status == in_c.status
    assert "ok" in in_c.status
    assert any(text != "ok" for text in in_c.status)
    kept = [run for run, text in enumerate(in_c.status) if text == "ok"]
    assert compiled.values[kept].tobytes() == in_c.values[kept].tobytes()
    assert np.isnan(np.delete(in_c.values, kept, axis=0)).all()


def test_the_compiled_engine_is_back_afterwards(library: Any) -> None:
    before = batch.compiled_block
    with c_engine.blocks_in_c(library):
        assert batch.compiled_block is library
    assert batch.compiled_block is before
