"""`[[prior]]` and `[[spread]]`: what they may speak of, and every way of writing them wrong."""

from __future__ import annotations

from typing import Any

import pytest

from alliance_sim import load_scenario
from alliance_sim.errors import ScenarioError
from alliance_sim.scenario.edit import as_tree
from alliance_sim.scenario.path import PathProblem
from alliance_sim.scenario.priors import places
from alliance_sim.scenario.scenario import build

ISLANDS = as_tree(load_scenario("two_islands/baseline"))
SOURCE = {"source": "made up"}
RAID = "juncture.great_raid.effect.0.size"
COMMON = "period.*.exposure_state.raiders"
ALARM = "period.alarm.exposure_state.raiders"
RAIDS = {"name": "raids", "family": "half_normal", "parameters": [0.5], **SOURCE}


def prior(path: str, family: str, *parameters: float, **more: Any) -> dict[str, Any]:
    return {"path": path, "family": family, "parameters": list(parameters), **SOURCE, **more}


def of(*priors: dict[str, Any], spreads: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return ISLANDS | {"prior": list(priors), "spread": list(spreads)}


def problems(*priors: dict[str, Any], spreads: tuple[dict[str, Any], ...] = ()) -> str:
    with pytest.raises(ScenarioError) as caught:
        build(of(*priors, spreads=spreads), "islands.toml")
    return "\n".join(caught.value.problems)


def test_a_star_speaks_of_the_number_of_every_entry_of_a_list_or_table() -> None:
    assert places(ISLANDS, COMMON) == [
        "period.calm.exposure_state.raiders",
        "period.alarm.exposure_state.raiders",
    ]
    assert len(places(ISLANDS, "observation.counting.*.size")) == 4
    for path in ("period.*.exposure_state.*", "*.pace"):
        with pytest.raises(PathProblem, match="one '\\*' may stand in it"):
            places(ISLANDS, path)
    with pytest.raises(PathProblem, match="exposure_state' is not a number"):
        places(ISLANDS, "period.*.exposure_state")


def test_every_form_of_a_prior_is_kept_as_it_was_written() -> None:
    scenario = build(
        of(
            prior("levels.pace", "gamma", 2.0, 1.0),
            prior(COMMON, "logit_normal", 0.0, 1.0),
            prior(ALARM, "shrunk", 0.0, group="raids", scale="log_odds", difference=True),
            prior(RAID, "shrunk", 0.0, group="raids"),
            prior("assets.half_life", "normal", 3.0, 0.5, scale="log"),
            prior("levels.ratchet", "uniform", 0.1, 0.9),
            prior("ladder.caution", "exponential", 1.0),
            spreads=(RAIDS,),
        ),
        "islands.toml",
    )
    assert [p.family for p in scenario.priors][:2] == ["gamma", "logit_normal"]
    assert scenario.priors[2].difference
    assert scenario.spreads[0].name == "raids"


def test_two_priors_on_one_path_are_refused_also_where_one_speaks_of_all() -> None:
    told = problems(prior("levels.pace", "gamma", 2.0, 1.0), prior("levels.pace", "normal", 1, 1))
    assert "prior[1]: path 'levels.pace' has two priors, see prior[0]" in told
    told = problems(prior(ALARM, "beta", 2.0, 2.0), prior(COMMON, "beta", 2.0, 2.0))
    assert f"prior[1]: path '{ALARM}' has two priors, see prior[0]" in told


def test_a_shrunk_number_needs_a_group_that_is_there_and_nothing_else_has_one() -> None:
    told = problems(
        prior(RAID, "shrunk", 0.0),
        prior("levels.pace", "shrunk", 1.0, group="raid"),
        prior("levels.ratchet", "beta", 2.0, 2.0, group="raids"),
        spreads=(RAIDS,),
    )
    assert "prior[0]: family 'shrunk' needs a group" in told
    assert "prior[1]: group: unknown spread 'raid'; did you mean 'raids'" in told
    assert "prior[2]: only family 'shrunk' has a group, found family 'beta'" in told


def test_spreads_differ_in_name_and_each_is_of_some_group() -> None:
    told = problems(prior(RAID, "normal", 0.1, 1.0), spreads=(RAIDS, RAIDS))
    assert "spread 'raids': stands 2 times; names must differ" in told
    assert "spread 'raids': no prior has it as its group; leave it out" in told
    narrow = {"name": "raids", "parameters": [0.0], **SOURCE}
    told = problems(prior(RAID, "shrunk", 0.0, group="raids"), spreads=(narrow,))
    assert "spread[0].parameters: 0.0 must be above 0 for family 'half_normal'" in told


def test_a_difference_is_of_one_number_that_has_a_common_one() -> None:
    alone = prior(ALARM, "normal", 0.0, 1.0, difference=True)
    told = problems(alone)
    assert "has no prior" in told
    assert f"'{COMMON}'" in told
    common = prior(COMMON, "beta", 2.0, 2.0)
    assert "has two differences" in problems(common, alone, alone)
    told = problems(common, prior(COMMON, "normal", 0.0, 1.0, difference=True))
    assert "a difference is of one number" in told
    told = problems(common, prior(ALARM, "beta", 1.0, 1.0, difference=True))
    assert "a difference has family 'normal' or 'shrunk', found 'beta'" in told


@pytest.mark.parametrize(
    ("family", "given", "says"),
    [
        ("gamma", (1.0,), "'gamma' takes 2 parameters (shape and rate), found 1"),
        ("exponential", (1.0, 2.0), "'exponential' takes 1 parameter (rate), found 2"),
        ("exponential", (-1.0,), "-1.0 must be above 0 for family 'exponential'"),
        ("logit_normal", (0.0, 0.0), "0.0 must be above 0 for family 'logit_normal'"),
        ("uniform", (2.0, 1.0), "lowest 2 must be below highest 1"),
        ("normal", (float("inf"), 1.0), "inf must be finite"),
        ("beta", (-1.0, 1.0), "-1.0 must be above 0 for family 'beta'"),
        ("normal", (10**400, 1.0), "a whole number of 1,329 bits must be finite"),
    ],
)
def test_parameters_fit_their_family(family: str, given: tuple[float, ...], says: str) -> None:
    assert says in problems(prior("levels.pace", family, *given))


def test_a_prior_and_its_scale_lie_where_the_number_can() -> None:
    told = problems(
        prior("levels.ratchet", "normal", 3.0, 1.0),
        prior("levels.pace", "normal", 0.0, 1.0, scale="log_odds"),
        prior("willingness.floor_state.political", "normal", 0.0, 1.0, scale="log"),
        prior("assets.general_share", "beta", 2.0, 2.0, scale="log_odds"),
    )
    assert "the middle of the prior, 3, lies outside the number's range 0 to 1" in told
    assert "scale 'log_odds' is for numbers from 0 to 1, its range is 0.15 to 4" in told
    assert "scale 'log' is for numbers of at least 0, its range is -6 to 0" in told
    assert "scale goes with family 'normal' or 'shrunk', found 'beta'; leave it out" in told
