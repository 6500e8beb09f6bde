"""What may be said of an answer, and how much of history it rewrites."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from alliance_sim.counterfactual.labels import (
    NOT_HAD,
    THEORIES,
    VARIANTS,
    Checks,
    agreement,
    label,
    sign_of,
)
from alliance_sim.counterfactual.rewrite_cost import rewrite_cost
from alliance_sim.errors import SettingError

GOOD: dict[str, Any] = {
    "couplings": {"quantile": 0.3, "independent": 0.2},
    "variants": {"alliance": 0.25, "salience2": 0.3},
    "sd_ratio": 0.5,
    "bistable": 0.02,
    "bits": 3.0,
}
EQUAL = {"R": 0.5, "I": 0.5}


def draws(mean: float, sd: float = 0.1) -> np.ndarray:
    return mean + sd * np.random.default_rng(3).standard_normal(4000)


def test_theories_agree_by_weight_and_their_variance_is_split() -> None:
    found = agreement({"R": [1.0, 3.0], "I": [-1.0, -1.0]}, {"R": 3.0, "I": 1.0})
    assert found.mean == pytest.approx(0.75 * 2.0 - 0.25 * 1.0)
    assert (found.low, found.high) == (-1.0, 2.0)
    assert (found.sign, found.agreement, found.probability) == (1, 0.75, 0.75)
    assert found.against == 0.25
    between = 0.75 * (2.0 - 1.25) ** 2 + 0.25 * (-1.0 - 1.25) ** 2
    assert found.ambiguity == pytest.approx(between / (between + 0.75 * 1.0))
    assert found.signs == {"R": 1, "I": -1}
    light = agreement({"R": [1.0], "I": [-1.0]}, {"R": 0.97, "I": 0.03})
    assert light.signs == {"R": 1}
    assert light.low == light.high == 1.0


@pytest.mark.parametrize("weights", [(0.04, 1.0), (0.1, 0.2, 0.7), (0.3, 0.3, 0.3, 0.05)])
@pytest.mark.parametrize("effect", [-1.0, -0.2, 0.1, 1 / 3])
def test_theories_that_agree_to_the_last_digit_have_nothing_between_them(
    weights: tuple[float, ...], effect: float
) -> None:
    by_name = {f"T{place}": weight for place, weight in enumerate(weights)}
    found = agreement({name: [effect] for name in by_name}, by_name)
    assert (found.mean, found.ambiguity) == (effect, 0.0)


def test_what_holds_in_all_that_was_tried_is_robust() -> None:
    agreed = agreement({"R": draws(0.30), "I": draws(0.25)}, EQUAL)
    found = label(agreed, Checks(**GOOD))
    assert (found.name, found.reasons) == ("robust", ())


@pytest.mark.parametrize(
    ("changed", "name", "words"),
    [
        ({"sd_ratio": 0.95}, "silent", "is 95 % as uncertain as before the data"),
        (
            {"couplings": {"quantile": 0.3, "thinning": -0.1}},
            "fragile",
            "in another way (thinning)",
        ),
        ({"bistable": 0.2}, "fragile", "in 20 % of the draws a little other luck"),
        ({"variants": {"salience2": -0.1}}, "fragile", "turns around, or vanishes, with salience2"),
        ({"bits": 20.0}, "fragile", "rewrites 20 bits"),
        ({"refused": ("cotenability: no",)}, "fragile", "itself is refused: cotenability: no"),
        ({"refused": ("cotenability: no",), "sd_ratio": 0.95}, "fragile", "itself is refused"),
        ({"bits": None}, "fragile", "not checked: how much of history"),
        ({"couplings": {"quantile": 0.3}}, "fragile", "not checked: other ways to tie the luck"),
        ({"sd_ratio": 0.95, "bits": 20.0}, "silent", "as uncertain"),
        ({"sd_ratio": None}, "fragile", "not checked: what was believed before the data"),
        ({"variants": {}}, "fragile", "not checked: other ways to read the record"),
        ({"not_had": ("edition @1 (k is 1.7)",)}, "fragile", "not to be had: edition @1"),
        ({"sign": -1}, "fragile", "in another way (quantile, independent)"),
    ],
)
def test_one_check_that_fails_is_enough(changed: dict[str, Any], name: str, words: str) -> None:
    agreed = agreement({"R": draws(0.30), "I": draws(0.25)}, EQUAL)
    found = label(agreed, Checks(**GOOD | changed))
    assert found.name == name
    assert words in found.reasons[0]


def test_an_effect_that_luck_carries_was_looked_at_too() -> None:
    agreed = agreement({"R": draws(0.30), "I": draws(0.25)}, EQUAL)
    assert label(agreed, Checks(**GOOD | {"sd_ratio": None, "by_luck": True})).name == "robust"


def test_what_was_not_checked_names_the_command_that_does() -> None:
    agreed = agreement({"R": draws(0.30)}, {"R": 1.0})
    how = {THEORIES: "alliance-sim calibrate", VARIANTS: "alliance-sim posterior vary",
           NOT_HAD: "alliance-sim calibrate --series two"}  # fmt: skip
    lacking = {"variants": {}, "how": how, "not_had": ("series two (k is 1.2)",)}
    found = label(agreed, Checks(**GOOD | lacking))
    assert found.reasons == (
        "only one theory was asked; to check: alliance-sim calibrate",
        "not to be had: series two (k is 1.2); to check: alliance-sim calibrate --series two",
        (
            "not checked: other ways to read the record (series, editions, reporting); "
            "to check: alliance-sim posterior vary"
        ),
    )


def test_a_theory_that_weighs_little_is_told_and_decides_nothing() -> None:
    found = agreement({"R": draws(0.3), "I": draws(-0.3)}, {"R": 0.99, "I": 0.01})
    assert found.widest == (found.means["I"], found.means["R"])
    assert (found.low, found.high) == (found.means["R"], found.means["R"])
    assert label(found, Checks(**GOOD)).name == "robust"


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (draws(0.3), draws(-0.3), "turns around, or vanishes, under the theory"),
        (draws(0.3), np.zeros(5), "turns around, or vanishes, under the theory I"),
        (draws(0.3, 0.01), draws(0.9, 0.01), "theories differ on how large the effect is"),
    ],
)
def test_theories_that_differ_are_told(one: np.ndarray, other: np.ndarray, words: str) -> None:
    found = label(agreement({"R": one, "I": other}, EQUAL), Checks(**GOOD))
    assert found.name == "theory-dependent"
    assert any(words in reason for reason in found.reasons)


def test_an_effect_whose_sign_is_not_sure_is_fragile_and_so_is_the_word_of_one_theory() -> None:
    found = label(agreement({"R": draws(0.05), "I": draws(0.05)}, EQUAL), Checks(**GOOD))
    assert found.name == "fragile"
    assert "the effect goes this way in" in found.reasons[0]
    alone = label(agreement({"R": draws(0.5)}, {"R": 1.0}), Checks(**GOOD))
    assert (alone.name, alone.reasons) == ("fragile", ("only one theory was asked",))


def test_weights_and_effects_have_to_fit() -> None:
    with pytest.raises(SettingError) as told:
        agreement({"R": [1.0], "RI": [np.nan]}, {"R": -1.0, "IR": 1.0})
    assert len(told.value.problems) == 4
    with pytest.raises(SettingError, match="weights add up to 0"):
        agreement({"R": [1.0]}, {"R": 0.0})


def test_bits_are_those_of_chances_distances_and_choices() -> None:
    assert rewrite_cost(probability=0.25).bits == 2.0
    assert rewrite_cost().bits == 0.0
    cost = rewrite_cost(0.5, moved_noise=[1.0, -2.0], distance=4.0, choices=[8])
    assert cost.noise == pytest.approx(5.0 / (2.0 * math.log(2.0)))
    assert cost.bits == pytest.approx(1.0 + 9.0 / (2.0 * math.log(2.0)) + 3.0)
    lights = [rewrite_cost(2.0**-bits).light for bits in (7, 8, 14, 15)]
    assert lights == ["green", "amber", "amber", "red"]
    assert rewrite_cost(0.0).light == "red"


def test_numbers_out_of_range_are_told() -> None:
    with pytest.raises(SettingError, match=r"probability is 1.5.*\n.*\n.*dist.*\n.*0"):
        rewrite_cost(1.5, [np.inf], -1.0, [0])


def test_an_effect_too_small_to_be_told_has_no_sign() -> None:
    drawn = {"R": draws(0.30), "I": np.full(50, -0.004)}
    assert agreement(drawn, EQUAL).signs["I"] == -1
    small = agreement(drawn, EQUAL, least=0.005)
    assert small.signs["I"] == 0
    assert small.against < 0.001
    assert [sign_of(value, 0.005) for value in (-0.2, 0.0049, 0.005)] == [-1, 0, 1]
    turned = Checks(**{**GOOD, "couplings": {"quantile": 0.3, "thinning": 0.004}})
    whole = agreement({"R": draws(0.30), "I": draws(0.25)}, EQUAL)
    assert label(whole, turned).name == "robust"
    assert label(whole, replace(turned, least=0.005)).name == "fragile"
