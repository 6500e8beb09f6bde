"""Worlds that are kept: by content, only the last few, and the same for all threads."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from alliance_sim import Scenario, load_scenario
from alliance_sim.world import build, build_world
from alliance_sim.world.build import KEPT_WORLDS, prepared

SHORT = load_scenario("japan_nato/baseline").with_setting("time.first_year", 2020)
SCENARIOS = [
    SHORT.with_number("willingness.threat_state", 1.0 + 0.01 * k) for k in range(KEPT_WORLDS + 4)
]


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []

    def counted(scenario: Scenario) -> Any:
        names.append(scenario.name)
        return build_world(scenario)

    monkeypatch.setattr(build, "build_world", counted)
    build._worlds.clear()
    return names


def test_threads_that_ask_for_the_same_get_the_same_built_once(built: list[str]) -> None:
    few = SCENARIOS[:KEPT_WORLDS]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(prepared, few * 20))
    assert sorted(built) == sorted(scenario.name for scenario in few)
    for place, pair in enumerate(found):
        assert pair is found[place % KEPT_WORLDS]
        assert pair[0].scenario == few[place % KEPT_WORLDS]


def test_threads_that_ask_for_more_than_are_kept_get_what_they_asked_for(built: list[str]) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(prepared, SCENARIOS * 5))
    for place, (world, _) in enumerate(found):
        assert world.scenario == SCENARIOS[place % len(SCENARIOS)]
    assert len(build._worlds) == KEPT_WORLDS
    assert len(built) >= len(SCENARIOS)


def test_what_was_asked_for_last_is_kept(built: list[str]) -> None:
    first, *others = SCENARIOS[: KEPT_WORLDS + 1]
    prepared(first)
    for scenario in others:
        prepared(scenario)
        prepared(first)
    assert built.count(first.name) == 1
