"""One run: the same seed gives the same history, in any order and under any name of a class."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from alliance_sim import load_scenario, simulate
from alliance_sim.engine.mesa_model import (
    Alliance,
    AllianceModel,
    Cast,
    Member,
    Partnership,
    State,
    Threat,
)
from alliance_sim.errors import SettingError
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.edit import as_tree
from alliance_sim.scenario.scenario import build
from alliance_sim.world.state import state_names

BASE = load_scenario("japan_nato/baseline")
SHORT = BASE.with_setting("time.first_year", 1998).with_setting("time.last_year", 2010)
EXACTLY: dict[str, Any] = {"check_exact": True, "check_frame_type": False}


def run(scenario: Scenario = SHORT, kind: type[AllianceModel] = AllianceModel, **given: Any) -> Any:
    """Return every state of one run as an array (quarter, state)."""
    model = kind(scenario, **({"run": 3, "rng": 7, "agent_data": False} | given))
    rows = [model.row]
    while model.running:
        model.step()
        if model.running:
            rows.append(model.row)
    return np.array(rows)


@pytest.fixture(scope="module")
def described() -> Any:
    return run()


class Shuffled(AllianceModel):
    """A model whose agents take turns in another order every time."""

    def everybody(self, phase: str) -> None:
        self.agents.select(lambda agent: hasattr(agent, phase)).shuffle_do(phase)


class Backwards(AllianceModel):
    """A model whose agents take turns in the opposite order."""

    def everybody(self, phase: str) -> None:
        for agent in reversed(list(self.agents)):
            getattr(agent, phase, int)()


class Renamed(AllianceModel):
    """A model by another name."""


class Realm(State):
    """The state by another name."""


class Pact(Alliance):
    """The alliance by another name."""


class Ally(Member):
    """A member by another name."""


class Danger(Threat):
    """A threat by another name."""


class Friendship(Partnership):
    """The relationship by another name."""


OTHER_NAMES = Cast(state=Realm, alliance=Pact, member=Ally, threat=Danger, partnership=Friendship)


def test_the_same_seed_gives_the_same_bits(described: Any) -> None:
    assert run().tobytes() == described.tobytes()


def test_other_seeds_and_runs_give_other_histories(described: Any) -> None:
    assert not np.array_equal(run(rng=8), described)
    assert not np.array_equal(run(run=4), described)


@pytest.mark.parametrize("kind", [Shuffled, Backwards])
def test_the_order_of_agents_makes_no_difference(kind: type[AllianceModel], described: Any) -> None:
    assert run(kind=kind).tobytes() == described.tobytes()


def test_names_of_classes_make_no_difference(described: Any) -> None:
    assert run(kind=Renamed, cast=OTHER_NAMES).tobytes() == described.tobytes()


def test_collecting_agent_data_makes_no_difference(described: Any) -> None:
    assert run(agent_data=True).tobytes() == described.tobytes()


def with_juncture_of_no_effect(scenario: Scenario, size: float) -> Scenario:
    tree = as_tree(scenario)
    (isaf,) = (j for j in tree["juncture"] if j["name"] == "isaf")
    effects = [e | {"size": e["size"] | {"value": size}} for e in isaf["effect"]]
    extra = isaf | {"name": "aaa", "follows": (), "when_cause_removed": "stays"}
    tree["juncture"] = [extra | {"effect": effects, "mission": False}, *tree["juncture"]]
    return build(tree, "extra")


def test_a_juncture_of_no_effect_changes_no_number_there_or_removed(described: Any) -> None:
    extra = with_juncture_of_no_effect(SHORT, 0.0)
    assert run(extra).tobytes() == described.tobytes()
    assert run(extra.without("aaa")).tobytes() == described.tobytes()


def test_a_juncture_of_some_effect_changes_numbers_unless_removed(described: Any) -> None:
    extra = with_juncture_of_no_effect(SHORT, 0.1)
    assert not np.array_equal(run(extra), described)
    assert run(extra.without("aaa")).tobytes() == described.tobytes()


def test_a_leader_drawn_for_one_side_pushes_that_side_only() -> None:
    tree = as_tree(SHORT)
    (abe,) = (j for j in tree["juncture"] if j["name"] == "abe_second_government")
    (effect,) = abe["replacement"]
    day = {"date": abe["date"].replace(year=2001), "end": abe["end"].replace(year=2009)}
    drawn = effect | {"of": "alliance", "drawn": True}
    extra = abe | day | {"name": "aaa", "effect": (drawn,), "replacement": ()}
    tree["juncture"] = [extra, *tree["juncture"]]
    models = []
    for scenario in (build(tree, "drawn"), build(tree, "removed").without("aaa")):
        model = AllianceModel(scenario, rng=7)
        while model.world.calendar.label(model.quarter) != "2006Q1":
            model.step()
        models.append(model)
    with_leader, without_leader = models
    assert with_leader.push[0] == without_leader.push[0]
    assert with_leader.push[1] != without_leader.push[1]


def test_an_item_more_changes_no_state_that_was_there_before(described: Any) -> None:
    tree = as_tree(SHORT)
    (office,) = tree["item"]
    tree["item"] = [
        *tree["item"],
        office | {"name": "zzz_other", "tabled": office["tabled"].replace(year=2024)},
    ]
    more = run(build(tree, "extra"))
    old, new = (state_names(s) for s in (SHORT, build(tree, "extra")))
    kept = [new.index(name) for name in old]
    assert more[:, kept].tobytes() == described.tobytes()
    assert not more[:, new.index("passed_zzz_other")].any()


@pytest.mark.parametrize("seed", ["7", " 7 ", np.int64(7), np.uint32(7), 7.0])
def test_a_seed_in_any_dress_gives_the_same_bits(seed: object, described: Any) -> None:
    assert run(rng=seed).tobytes() == described.tobytes()
    assert run(rng=None, seed=seed).tobytes() == described.tobytes()


def test_no_seed_is_an_explicit_seed() -> None:
    model = AllianceModel(SHORT)
    assert type(model.noise_seed) is int
    again = AllianceModel(SHORT, rng=model.noise_seed)
    for _ in range(4):
        model.step()
        again.step()
    assert model.row == again.row
    assert model.datacollector.model_vars["seed"] == [model.noise_seed] * 5


def test_one_seed_given_twice_is_one_seed(described: Any) -> None:
    assert run(rng=7, seed="7").tobytes() == described.tobytes()
    with pytest.raises(SettingError, match="rng is 7 but seed is 8; give one"):
        AllianceModel(SHORT, rng=7, seed=8)


@pytest.mark.parametrize("seed", ["hello", -1, 2**64, 1.5, True])
def test_what_is_no_seed_is_refused(seed: object) -> None:
    with pytest.raises(SettingError, match="must be a whole number from 0 to 18446744073709551615"):
        AllianceModel(SHORT, rng=seed)


@pytest.mark.parametrize("number", [-1, 2**32, 1.5, True, "one", None, float("nan")])
def test_what_is_no_number_of_a_run_is_refused(number: Any) -> None:
    with pytest.raises(SettingError, match="must be a whole number from 0 to 4294967295"):
        AllianceModel(SHORT, rng=1, run=number)


@pytest.fixture(scope="module")
def finished() -> AllianceModel:
    model = AllianceModel(SHORT, run=3, rng=7)
    while model.running:
        model.step()
    return model


def test_collected_states_are_those_of_simulate(finished: AllianceModel) -> None:
    collected = finished.datacollector.get_model_vars_dataframe()
    frame = simulate(SHORT, runs=1, seed=7, first_run=3).to_frame()
    assert list(collected.columns) == ["seed", *frame.columns]
    assert set(collected["seed"]) == {7}
    plain = collected.drop(columns="seed").reset_index(drop=True)
    pd.testing.assert_frame_equal(plain.astype(frame.dtypes), frame, **EXACTLY)


def test_the_model_ends_after_its_last_quarter(finished: AllianceModel) -> None:
    assert finished.quarter == finished.world.calendar.steps - 1
    row = finished.row
    finished.step()
    assert not finished.running
    assert finished.row is row
    assert len(finished.datacollector.model_vars["run"]) == finished.world.calendar.steps


def test_agent_frames_hold_every_actor_in_every_quarter(finished: AllianceModel) -> None:
    frame = finished.datacollector.get_agent_vars_dataframe().reset_index()
    world = finished.world
    expected = {
        ("japan", "state"),
        ("nato", "alliance"),
        ("japan_nato", "partnership"),
        *((name, "member") for name in world.members),
        *((name, "threat") for name in world.threats),
    }
    assert set(zip(frame["name"], frame["role"], strict=True)) == expected
    assert len(frame) == len(expected) * world.calendar.steps


def test_agent_frames_hold_what_each_kind_of_actor_has(finished: AllianceModel) -> None:
    frame = finished.datacollector.get_agent_vars_dataframe().reset_index()
    has = frame.groupby("role")[["hostility", "willing_political"]].count() > 0
    assert has.loc["threat"].tolist() == [True, False]
    assert has.loc["state"].tolist() == [False, True]
    assert has.loc["member"].tolist() == [False, True]
    assert has.loc["alliance"].tolist() == [False, True]
    assert has.loc["partnership"].tolist() == [False, False]
    states = finished.datacollector.get_model_vars_dataframe()
    for name in ("japan", "nato"):
        agent = frame[frame["name"] == name]["willing_equipment"].tolist()
        assert agent == states[f"willing_{name}_equipment"].tolist()
    for threat in finished.world.threats:
        agent = frame[frame["name"] == threat]["hostility"].tolist()
        assert agent == states[f"hostility_{threat}"].tolist()


class Isolated(State):
    """A state that finds no benefit in cooperation."""

    def log_ratio(self, domain: int) -> float:
        return super().log_ratio(domain) - 6.0


class Vetoing(Member):
    """Members that accept nothing formal."""

    def accepts(self, demand: float, luck: float) -> float:
        return 0.0 * super().accepts(demand, luck)


class Peaceful(Threat):
    """Threats that never threaten again."""

    def commit(self) -> None:
        super().commit()
        self.hostility = self.menace = 0.0


def test_a_replaced_state_wants_less_and_gets_less(described: Any) -> None:
    lonely = run(cast=Cast(state=Isolated))
    for column in (0, 1, 2, 3, 4, 5):  # levels, then the state's own willingness
        assert (lonely[:, column] <= described[:, column] + 1e-12).all()
        assert lonely[-1, column] < described[-1, column]


def test_members_that_veto_keep_the_relationship_informal() -> None:
    ensemble = simulate(BASE, runs=2, seed=1)
    assert ensemble.column("rung").max() > 3.0
    vetoed = [run(BASE, run=r, rng=1, cast=Cast(member=Vetoing)) for r in range(2)]
    rung, blocked = (ensemble.states.index(name) for name in ("rung", "blocked"))
    assert all(rows[:, rung].max() == 0.0 for rows in vetoed)
    assert all(rows[:, blocked].max() > 0.0 for rows in vetoed)


def test_threats_that_calm_down_are_forgotten() -> None:
    rows = run(cast=Cast(threat=Peaceful))
    states = simulate(SHORT, runs=1, seed=7).states
    for column, name in enumerate(states):
        if name.startswith("hostility_"):
            assert rows[1:, column].max() == 0.0
        if name.startswith("perceived_"):
            assert (np.diff(rows[1:, column]) <= 1e-15).all()
            assert rows[-1, column] < 0.1
