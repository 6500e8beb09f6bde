"""What junctures do together: drawn laws in a chain, leaders of either side, shared domains."""

import datetime as dt
from typing import Any

import pytest

from alliance_sim import load_scenario, simulate
from alliance_sim.engine.mesa_model import AllianceModel
from alliance_sim.errors import ScenarioError
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.edit import as_tree
from alliance_sim.scenario.scenario import build
from alliance_sim.world import SIDES, build_world, first_touched

BASE = load_scenario("japan_nato/hand_sized")  # it holds needs, which the baseline does not


def with_juncture(**table: Any) -> Scenario:
    """Return the baseline with one more juncture in 2015."""
    tree = as_tree(BASE)
    card = {
        "name": "mine",
        "title": "Mine",
        "kind": "event",
        "date": dt.date(2015, 1, 1),
        "source": "a test",
        "when_removed": "Nothing",
    }
    tree["juncture"] = [*tree["juncture"], card | table]
    return build(tree, "a test")


LOG_ODDS = "log-odds"


def size(value: float, unit: str = "1") -> list[object]:
    return [value, min(value, 0.0), max(value, 1.0), unit, "assumed"]


@pytest.mark.parametrize("side", SIDES)
def test_a_drawn_leader_pushes_his_own_side_and_no_other(side: str) -> None:
    effect = {"moves": "leadership", "of": side, "size": size(0.0, LOG_ODDS), "drawn": True}
    model = AllianceModel(with_juncture(effect=[effect]), rng=3, agent_data=False)
    plain = AllianceModel(BASE, rng=3, agent_data=False)
    quarter = model.world.calendar.index(dt.date(2021, 11, 1))
    for each in (model, plain):
        while each.quarter < quarter:
            each.step()
    other = 1 - SIDES.index(side)
    assert model.push[other] == plain.push[other]
    assert model.push[SIDES.index(side)] != plain.push[SIDES.index(side)]


def test_a_law_that_follows_a_drawn_law_is_drawn_after_it() -> None:
    laws = {law.name: law for law in build_world(BASE.without("ukraine_2022")).drawn_laws}
    names = list(laws)
    assert set(names) == {"three_documents", "transfer_principles_2023"}
    assert names[laws["transfer_principles_2023"].after] == "three_documents"
    assert laws["three_documents"].after == -1


def test_an_event_that_was_moved_has_to_happen_before_its_law_is_drawn() -> None:
    later = build_world(BASE.moved("nine_eleven", to=dt.date(2009, 4, 1)))
    (law,) = (law for law in later.drawn_laws if law.name == "anti_terrorism_law")
    assert law.first_step == later.calendar.index(dt.date(2009, 4, 1))


def test_two_effects_open_a_domain_together_in_any_order() -> None:
    opened = []
    for sizes in ((0.9, 0.1), (0.1, 0.9)):
        effects = [{"moves": "win_set", "of": "operations", "size": size(s)} for s in sizes]
        hazard = [-2.0, -4.0, 0.0, "log 1/year", "assumed"]
        law = with_juncture(
            kind="law",
            follows=["crimea_2014"],
            when_cause_removed="drawn",
            log_hazard=hazard,
            effect=effects,
        )
        (drawn,) = build_world(law.without("crimea_2014")).drawn_laws
        opened.append(drawn.opens[1])
    assert opened[0] == opened[1] == pytest.approx(0.91)


@pytest.mark.parametrize(
    ("moves", "of", "wrong"), [("win_set", "operations", -3.0), ("link", None, 2.0)]
)
def test_a_share_cannot_be_moved_further_than_its_scale(
    moves: str, of: str | None, wrong: float
) -> None:
    number = [wrong, min(wrong, 0.0), max(wrong, 0.0), "1", "assumed"]
    effect = {"moves": moves, "size": number} | ({"of": of} if of else {})
    with pytest.raises(ScenarioError, match="must be from"):
        with_juncture(effect=[effect])


def test_the_order_of_effects_in_a_juncture_changes_no_bit() -> None:
    needs = [
        {"moves": "need", "of": "state", "domain": "political", "size": size(s, LOG_ODDS)}
        for s in (0.1, 0.2, 0.3)
    ]
    one, other = (with_juncture(effect=effects) for effects in (needs, needs[::-1]))
    first = simulate(one, runs=1, seed=5).values
    assert first.tobytes() == simulate(other, runs=1, seed=5).values.tobytes()


def test_the_end_of_one_mission_of_two_costs_half() -> None:
    world = build_world(BASE)
    bosnia = world.inputs[world.calendar.index(dt.date(2004, 12, 2))].missions_ended
    assert bosnia == 0.5
    assert world.inputs[world.calendar.index(dt.date(2003, 1, 1))].missions_ended == 0.0


def test_another_name_of_a_drawn_leader_is_said_to_touch_the_quarters_in_office() -> None:
    effect = {"moves": "leadership", "of": "state", "size": size(0.0, LOG_ODDS), "drawn": True}
    one, other = (build_world(with_juncture(name=n, effect=[effect])) for n in ("mine", "yours"))
    assert first_touched(one, other) == one.calendar.index(dt.date(2015, 1, 1))


def test_an_item_tabled_in_the_first_quarter_is_refused() -> None:
    tree = as_tree(BASE)
    tree["item"] = [tree["item"][0] | {"tabled": dt.date(1950, 2, 1)}]
    with pytest.raises(ScenarioError, match="lies in the first quarter"):
        build(tree, "a test")


def test_a_leading_member_has_to_belong_from_the_beginning() -> None:
    with pytest.raises(ScenarioError, match="'eastern_group' does not belong"):
        BASE.with_setting("council.leader", "eastern_group")


def test_an_item_can_be_called_like_a_step_of_the_ladder() -> None:
    tree = as_tree(BASE)
    tree["item"] = [tree["item"][0] | {"name": "rung"}]
    channels = build_world(build(tree, "a test")).all_channels
    assert len(set(channels)) == len(channels)
