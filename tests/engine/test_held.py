"""States held at a value over a window: the same bits in both engines, and what follows from it."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance_sim import Kernel, Mesa, Scenario, load_scenario, noise_of_seed, simulate
from alliance_sim.engine.cases import Case, summarise_cases, trajectories_of_cases
from alliance_sim.engine.chronology import chronology
from alliance_sim.engine.held import Held, HeldLanes, held_block
from alliance_sim.engine.kernel.batch import make_ready
from alliance_sim.engine.kernel.layout import reported_rows
from alliance_sim.engine.kernel.resumable import Lanes
from alliance_sim.errors import SettingError
from alliance_sim.results.outcomes import evaluate, parse_outcome
from alliance_sim.scenario.holds import CAN_BE_HELD, Hold, holdable, window_of
from alliance_sim.world.state import state_names

_spec = importlib.util.spec_from_file_location("worlds", Path(__file__).with_name("worlds.py"))
assert _spec is not None
assert _spec.loader is not None
worlds = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(worlds)
ISLANDS = load_scenario("two_islands/baseline")
HISTORY = load_scenario("japan_nato/baseline")
FREE = simulate(ISLANDS, runs=4, seed=5)
SOME = {
    "level_operations": 0.1,
    "assets_general": 0.9,
    "rung": 3,
    "agreements": 2,
    "hostility_raiders": 1,
}


def differing(one: Any, other: Any) -> set[str]:
    found = (one.values != other.values).any(axis=(0, 1))
    return {state for state, differs in zip(one.states, found, strict=True) if differs}


@pytest.mark.parametrize("state", holdable(ISLANDS))
def test_every_state_that_can_be_held_is_held_alike_in_both_engines(state: str) -> None:
    value = 1 if holdable(ISLANDS)[state].whole else 0.37
    for window in ("2001", "2004Q2..2008Q3", "2010Q4"):
        held = ISLANDS.edited(f"hold {state}={value}@{window}")
        ours = simulate(held, runs=4, seed=5)
        assert (
            ours.values.tobytes() == simulate(held, runs=4, seed=5, engine="mesa").values.tobytes()
        )
        first, last = window_of(held.holds[0], ours.calendar)
        assert (ours.column(state)[:, first:last] == value).all()
        assert (ours.values[:, :first] == FREE.values[:, :first]).all()


@pytest.mark.parametrize("state", holdable(ISLANDS))
def test_something_follows_from_every_state_that_can_be_held(state: str) -> None:
    scenario = ISLANDS
    if state.startswith("attention_"):  # which matters where a threat is distant
        scenario, state = HISTORY, "attention_nato"
    high = holdable(scenario)[state].high
    value, first = high if holdable(scenario)[state].whole else 0.37, scenario.time.first_year + 2
    held = scenario.edited(f"hold {state}={value}@{first}..{first + 3}")
    one, other = (simulate(world, runs=2, seed=5) for world in (scenario, held))
    assert differing(one, other) - {state}


def test_nothing_follows_from_the_states_that_cannot_be_held_for_that_reason() -> None:
    loose = [s for s in state_names(ISLANDS) if s.startswith(("count_", "passed_", "ratio_"))]
    loose += ["suspensions", "blocked"]
    assert len(loose) > 6
    for state in loose:
        hold = Hold(state=state, value=0.5, window="2003..2005")
        held = ISLANDS.model_copy(update={"holds": (hold,)})
        found = differing(simulate(held, runs=3, seed=5), simulate(ISLANDS, runs=3, seed=5))
        assert found <= {state, *(s for s in state_names(ISLANDS) if s.startswith("count_"))} or (
            state.startswith("passed_") and found <= {state}
        ), state


def test_the_patterns_of_what_can_be_held_are_those_of_reported_states() -> None:
    for scenario in (ISLANDS, HISTORY):
        assert set(holdable(scenario)) <= set(state_names(scenario))
    assert len(holdable(HISTORY)) >= len(CAN_BE_HELD)


@st.composite
def held_worlds(draw: Any) -> Scenario:
    world = draw(worlds.scenarios())
    calendar, known = world.calendar(), holdable(world)
    holds = []
    for state in sorted(draw(st.sets(st.sampled_from(sorted(known)), min_size=1, max_size=4))):
        limits = known[state]
        numbers = (
            st.integers(0, int(limits.high)) if limits.whole else st.floats(0.0, 1.0, width=32)
        )
        years = sorted(draw(st.integers(calendar.first_year, calendar.last_year)) for _ in "ab")
        holds.append(f"hold {state}={float(draw(numbers))!r}@{years[0]}..{years[1]}")
    return world.edited(*holds)  # type: ignore[no-any-return]


@pytest.mark.slow
@given(world=held_worlds(), seed=st.integers(0, 2**64 - 1))
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_random_holds_of_random_worlds_give_the_same_bits(world: Scenario, seed: int) -> None:
    ours = simulate(world, runs=2, seed=seed)
    assert (
        ours.values.tobytes() == simulate(world, runs=2, seed=seed, engine=Mesa()).values.tobytes()
    )


def test_a_state_held_where_it_is_anyway_changes_nothing() -> None:
    path = FREE.column("level_political")[0]
    holds = [
        f"hold level_political={float(path[step])!r}@{FREE.calendar.label(step)}"
        for step in range(8, 20)
    ]
    found = simulate(ISLANDS.edited(*holds), runs=1, seed=5)
    assert found.values.tobytes() == FREE.values[:1].tobytes()


def test_acts_of_the_quarter_show_the_level_that_is_held() -> None:
    held = ISLANDS.edited("hold level_operations=0@2004..2006")
    found = simulate(held, runs=300, seed=3)
    first, _ = window_of(held.holds[0], found.calendar)
    free = simulate(ISLANDS, runs=300, seed=3).column("count_operations")[:, first].mean()
    assert found.column("count_operations")[:, first].mean() < 0.5 * free


def test_a_rung_that_is_held_can_be_climbed_from_afterwards() -> None:
    down = simulate(ISLANDS.edited("hold rung=0@2001..2009"), runs=200, seed=3)
    assert down.column("rung")[:, -5].max() == 0.0
    after = down.column("rung")[:, -5:]
    assert after[:, 1].max() == 1.0
    assert after[:, -1].max() > 1.0
    assert np.diff(after, axis=1).max() == 1.0
    top = ISLANDS.edited(f"hold rung={len(ISLANDS.rungs)}@2002..2003")
    assert simulate(top, runs=50, seed=3).column("rung").max() == len(ISLANDS.rungs)


def test_any_division_into_pieces_gives_the_same_and_so_does_plain_python() -> None:
    scenario = ISLANDS.edited(
        *(f"hold {state}={value}@2003..2005" for state, value in SOME.items())
    )
    ready = make_ready(scenario)
    given_ = {"runs": range(3), "seed": 5, "keep": reported_rows(ready.frame.shape)}
    whole, pieces = HeldLanes(ready, **given_), HeldLanes(ready, **given_)
    whole.advance(40)
    for last in (1, 7, 9, 10, 40):
        state = pieces.state()
        pieces.advance(last)
        pieces.take_up(state if last == 1 else pieces.state())
        if last == 1:
            pieces.restart()
            pieces.advance(1)
    assert whole.values.tobytes() == pieces.values.tobytes()
    plain = HeldLanes(ready, **given_)
    plain._put = held_block
    plain.advance(40)
    assert whole.values.tobytes() == plain.values.tobytes()
    assert Held(scenario, ready).steps == list(range(8, 20))


def test_lanes_of_a_scenario_without_holds_are_plain_ones() -> None:
    from alliance_sim.engine.held import lanes_of

    assert type(lanes_of(make_ready(ISLANDS), runs=[0], seed=1)) is Lanes


def test_a_sweep_of_cases_gives_the_outcomes_of_its_runs() -> None:
    texts = ["mean(level_political)@2003..2008", "first(rung>=2)", "sum(count_operations)>=20"]
    calendar, states = ISLANDS.calendar(), state_names(ISLANDS)
    outcomes = [parse_outcome(text, states=states, calendar=calendar) for text in texts]
    held = ISLANDS.edited("hold level_operations=0.9@2003..2006")
    paced = held.with_number("levels.pace", 1.5)
    strong = held.edited("strength great_raid:0.5")
    cases = [Case(world, run) for run in range(3) for world in (ISLANDS, held, paced, strong)]
    found = summarise_cases(cases, seed=4, outcomes=outcomes, threads=2)
    paths = trajectories_of_cases(cases, seed=4, states=states)
    assert set(found.status) == {"ok"}
    for row, (world, run) in enumerate(cases):
        alone = simulate(world, runs=1, seed=4, first_run=run)
        assert paths.values[row].tobytes() == alone.values[0].tobytes()
        wanted = evaluate(outcomes, states, alone.values, calendar)[0]
        assert found.values[row].tolist() == wanted.tolist()


def test_given_noise_and_threads_make_no_difference() -> None:
    held = ISLANDS.edited("hold hostility_raiders=1@2003..2006")
    by_seed = simulate(held, runs=70, seed=8, engine=Kernel(threads=1))
    given_ = Kernel(threads=2, noise=noise_of_seed(ISLANDS, runs=70, seed=8))
    assert (
        simulate(held, runs=70, seed=0, engine=given_).values.tobytes() == by_seed.values.tobytes()
    )
    assert (
        simulate(held, runs=1, seed=8, first_run=69).values.tobytes()
        == by_seed.values[69:].tobytes()
    )
    assert np.isfinite(by_seed.values).all()


def test_what_cannot_hold_a_state_says_so() -> None:
    from alliance_sim.lab.frame import frame_of

    with pytest.raises(SettingError, match="holds states"):
        frame_of(ISLANDS.edited("hold rung=1@2003"))


@pytest.mark.parametrize("value", [0, 1, 2, 3])
def test_who_refused_what_is_told_wherever_the_ladder_is_held_afterwards(value: int) -> None:
    """The step is the one above that which was stood on before, as nobody knew of the hold."""
    free = simulate(ISLANDS, runs=200, seed=1)
    names = [name for name in free.states if re.fullmatch("refused_[^_]+(?:_island)?", name)]
    refused = free.block(names).any(axis=-1)
    run, quarter = (int(found) for found in np.argwhere(refused & (free.column("rung") >= 2))[0])
    label = free.calendar.label(quarter)
    world = ISLANDS.edited(f"hold rung={value}@{label}..2010")
    acts = chronology(simulate(world, runs=1, seed=1, first_run=run), world)
    now = acts[acts["quarter"] == quarter]["title"]
    titles = {rung.number: rung.title for rung in ISLANDS.rungs}
    before = int(free.column("rung")[run, quarter - 1])
    assert [one.rpartition(": ")[2] for one in now if one.startswith("Blocked by ")] == [
        titles[before + 1]
    ]
    lost = [one for one in now if one.startswith("Lost: ")]
    more = " and all above it" if before - value > 1 else ""
    assert lost == ([f"Lost: {titles[value + 1]}{more}"] if value < before else [])
