"""Claims in free runs of prior and posterior, on the described history."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from matplotlib.text import Text

from alliance_sim import load_scenario
from alliance_sim.calibration import shipped_posterior
from alliance_sim.calibration.claim_passes import PriorDraws, claim_passes
from alliance_sim.calibration.target import prior_of
from alliance_sim.errors import SettingError
from alliance_sim.plots.posterior import stages_figure
from alliance_sim.plots.theories import claims_figure
from alliance_sim.record.record import Record
from alliance_sim.shipped import usual_scenario

BASELINE = load_scenario(usual_scenario())
ISLANDS = load_scenario("two_islands/baseline")


def test_claims_hold_in_shares_of_runs_and_are_worth_bits() -> None:
    found = claim_passes(BASELINE, runs=16)
    assert found is not None
    told = found[found["record"] != "untestable"]
    for column in ("prior", "posterior"):
        assert told[column].between(0.0, 1.0).all()
    rate = (told["prior"] * 16 + 0.5) / 17.0
    everywhere = told["id"].isin(["C01", "C02", "C04", "C05"])  # these apply to every run
    np.testing.assert_allclose(told["bits"][everywhere], -np.log2(rate[everywhere]))
    assert found.loc[found["id"] == "C26", ["prior", "posterior", "bits"]].isna().all(axis=None)
    assert not found["asked"][found["record"] != "supported"].any()
    figure = claims_figure(found, scenario=BASELINE.name)
    assert len(figure.axes) == 1
    said = " ".join(" ".join(text.get_text().split()) for text in figure.findobj(Text))
    assert "bits are minus log2 of the prior's share" in said
    assert "Not put to runs: C26." in said


def test_there_is_no_table_without_draws_or_claims() -> None:
    assert claim_passes(ISLANDS) is None


def test_draws_of_a_prior_go_with_its_own_scenario_only() -> None:
    draws = PriorDraws(prior_of(ISLANDS), 3, 1)
    paths, values = draws.numbers_of(ISLANDS)
    assert values.shape == (len(paths), 3)
    assert draws.label == "3 draws of the prior (RID, seed 1)"
    assert all(len(drawn) == 3 for drawn in draws.coded().values())
    with pytest.raises(SettingError, match="and not of"):
        draws.numbers_of(BASELINE)


def test_a_posterior_hands_over_the_chances_of_being_coded_that_it_learnt() -> None:
    posterior = shipped_posterior(BASELINE)
    assert posterior is not None
    coded = posterior.coded()
    early = posterior.draws()["reporting.0.salience_1"]
    np.testing.assert_array_equal(coded["reporting.0.salience_1"], early)
    stated = Record.of(BASELINE).reporting.of(1, dt.date(1995, 1, 1))
    assert early.mean() > stated + 0.1, "else nothing is seen of whose chance was taken"


def test_stages_are_supported_where_their_differences_leave_out_nothing() -> None:
    posterior = shipped_posterior(BASELINE)
    assert posterior is not None
    table = posterior.stages()
    apart = [low > 0.0 or high < 0.0 for low, high in zip(table["q05"], table["q95"], strict=True)]
    assert table["supported"].tolist() == apart
    assert len(stages_figure(posterior).axes) == 1
