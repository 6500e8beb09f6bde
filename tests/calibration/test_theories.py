"""Theories beside each other, and what claims are worth, on made numbers with a known answer."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from alliance_sim.calibration.predictive import Values
from alliance_sim.calibration.theories import (
    claim_information,
    stacking_weights,
    theory_shapley,
    theory_table,
)
from alliance_sim.errors import SettingError

LATTICE = {"N": -400.0, "R": -395.0, "I": -390.0, "D": -399.0,
           "RI": -388.0, "RD": -392.0, "ID": -389.0, "RID": -386.0}  # fmt: skip


def test_weights_are_those_of_the_best_mixture() -> None:
    # In 30 of 100 cells the first model is right (chance 0.9 against 0.1), in 70 the second.
    right, wrong = np.log(0.9), np.log(0.1)
    scores: Values = np.array([[right, wrong]] * 30 + [[wrong, right]] * 70)
    found = stacking_weights(scores)
    grid = np.linspace(0.0, 1.0, 10_001)
    mixed = [np.log(w * np.exp(scores[:, 0]) + (1 - w) * np.exp(scores[:, 1])).sum() for w in grid]
    assert found[0] == pytest.approx(grid[int(np.argmax(mixed))], abs=1e-3)
    assert found.sum() == pytest.approx(1.0)


def test_a_model_that_is_never_better_gets_no_weight_and_twins_share() -> None:
    good = np.random.default_rng(1).normal(-2, 1, 200)
    found = stacking_weights(np.column_stack([good, good, good - 1.0]))
    np.testing.assert_allclose(found, [0.5, 0.5, 0.0], atol=1e-6)


def test_scores_that_cannot_be_stacked_are_refused() -> None:
    with pytest.raises(SettingError, match="impossible, or not scored, under every model"):
        stacking_weights(np.array([[-np.inf, -np.inf], [-1.0, -2.0]]))
    with pytest.raises(SettingError, match=r"must be \(cell, model\)"):
        stacking_weights(np.zeros(3))


def test_parts_of_theories_are_means_over_orders_and_add_up() -> None:
    found = theory_shapley(LATTICE)
    assert sum(found.values()) == pytest.approx(LATTICE["RID"] - LATTICE["N"])
    by_hand = dict.fromkeys("RID", 0.0)
    for order in permutations("RID"):
        held = ""
        for block in order:
            now = "".join(sorted(held + block, key="RID".index))
            by_hand[block] += (LATTICE[now] - LATTICE[held or "N"]) / 6
            held = now
    assert found == pytest.approx(by_hand)
    assert found["I"] > found["R"] > found["D"]


def test_a_lattice_with_holes_is_refused_with_all_of_them() -> None:
    with pytest.raises(SettingError, match="no score of DI, DIR"):
        theory_shapley({k: v for k, v in LATTICE.items() if k not in {"ID", "RID"}})


def test_the_table_prefers_only_what_is_clearly_better() -> None:
    luck = np.random.default_rng(2)
    base = luck.normal(-1.0, 0.3, (80, 4))
    held_out = {"N": base, "R": base + 0.001, "I": base + 0.1 + luck.normal(0, 0.02, (80, 4))}
    evidence = {"N": (-410.0, 0.3), "R": (-409.0, 0.3), "I": (-380.0, 0.4)}
    table = theory_table(evidence, held_out).set_index("theory")
    assert list(table.index) == ["I", "R", "N"]
    assert table["preferred"].to_dict() == {"I": True, "R": False, "N": False}
    assert table["gain"]["R"] == pytest.approx(0.32)
    assert table["weight"].sum() == pytest.approx(1.0)
    assert table["weight"]["I"] > 0.99
    with pytest.raises(SettingError, match="D: evidence or held-out score is missing"):
        theory_table(evidence | {"D": (0.0, 0.0)}, held_out)
    with pytest.raises(SettingError, match="NT is none of I, N, R"):
        theory_table(evidence, held_out, against="NT")


def test_a_claim_that_everybody_passes_is_worth_next_to_nothing() -> None:
    prior = np.zeros((999, 3), dtype=bool)
    prior[:, 0], prior[:250, 1] = True, True
    posterior = np.ones((100, 3), dtype=bool)
    found = claim_information(["C01", "C02", "C03"], prior, posterior).set_index("id")
    assert found["bits"]["C01"] == pytest.approx(0.0, abs=0.001)
    assert found["bits"]["C02"] == pytest.approx(2.0, abs=0.01)
    assert found["bits"]["C03"] == pytest.approx(-np.log2(0.5 / 1000))
    assert found["posterior"].tolist() == [1.0, 1.0, 1.0]
    with pytest.raises(SettingError, match=r"posterior has shape \(2, 2\), must be \(run, 3\)"):
        claim_information(["C01", "C02", "C03"], prior, np.ones((2, 2), dtype=bool))


def test_runs_to_which_a_claim_does_not_apply_are_left_out() -> None:
    prior = np.array([[1.0, np.nan], [0.0, np.nan], [np.nan, np.nan], [np.nan, np.nan]])
    posterior = np.array([[1.0, 1.0], [1.0, np.nan]])
    found = claim_information(["a", "b"], prior, posterior).set_index("id")
    assert found.loc["a", "prior"] == 0.5
    assert found.loc["a", "bits"] == pytest.approx(1.0)
    assert found.loc["a", "gained"] == pytest.approx(np.log2(2.5 / 3.0) + 1.0)
    assert found.loc["b", ["prior", "bits", "gained"]].isna().all()
