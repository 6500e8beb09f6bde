"""Other readings of a record: draws weighed, and led on, against answers known exactly."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from alliance_sim import load_scenario
from alliance_sim.calibration import Layout, PosteriorDraws
from alliance_sim.calibration.led import led, unknowns_of
from alliance_sim.calibration.pareto import smoothed_weights
from alliance_sim.calibration.reweighting import (
    as_it_is,
    cannot_happen,
    log_likelihood_under,
    readings_of,
    reported,
)
from alliance_sim.calibration.variants import OF, READING, WEIGHTS, digest_of
from alliance_sim.calibration.varied import file_name, vary
from alliance_sim.errors import ResultError, SettingError
from alliance_sim.record.record import Record
from alliance_sim.results.draws import load_draws

ISLANDS = load_scenario("two_islands/baseline")


@dataclass(frozen=True)
class Seen:
    """One number seen with an error: with a standard normal before, the posterior is known."""

    value: float
    sd: float

    def __call__(self, unknowns: np.ndarray) -> np.ndarray:
        found: np.ndarray = -0.5 * ((self.value - unknowns[0]) / self.sd) ** 2
        return found

    def draws(self, count: int) -> np.ndarray:
        precision = 1.0 + self.sd**-2
        mean = self.value / self.sd**2 / precision
        z = np.random.default_rng(7).standard_normal((3, count))
        z[0] = mean + z[0] / np.sqrt(precision)
        return z


def test_weighed_draws_have_the_mean_that_is_known() -> None:
    one, other = Seen(0.0, 1.0), Seen(0.5, 1.2)
    z = one.draws(4000)
    weights, k = smoothed_weights(other(z) - one(z))
    exact = 0.5 / 1.44 / (1.0 + 1 / 1.44)
    assert k < 0.7
    assert float(np.exp(weights) @ z[0]) == pytest.approx(exact, abs=0.05)


@pytest.mark.slow
def test_draws_that_are_led_on_come_to_the_posterior_that_is_known() -> None:
    one, other = Seen(0.0, 1.0), Seen(6.0, 0.5)
    z = one.draws(512)
    _, k = smoothed_weights(other(z) - one(z))
    assert k > 0.7  # weights alone would not do
    steps = []
    found = led(
        z, one, other, Layout(3), seed=1, sweeps=4, callback=lambda s: steps.append(s.power)
    )
    precision = 1.0 + 4.0
    assert found[0].mean() == pytest.approx(24.0 / precision, abs=4 * 0.45 / np.sqrt(100))
    assert found[0].std() == pytest.approx(precision**-0.5, rel=0.2)
    assert found[1].std() == pytest.approx(1.0, rel=0.2)  # of what nothing was seen
    assert len(steps) > 1
    some = np.ascontiguousarray(z[:, :128])
    first, again = (led(some, one, other, Layout(3), seed=1, sweeps=4) for _ in range(2))
    assert (again == first).all()


def test_chances_of_being_coded_that_do_not_change_change_nothing(
    islands_posterior: PosteriorDraws,
) -> None:
    record = Record.of(ISLANDS)
    usual = log_likelihood_under(as_it_is(islands_posterior), islands_posterior)
    same = log_likelihood_under(reported(islands_posterior, record, "same"), islands_posterior)
    assert same == pytest.approx(usual, abs=1e-9)
    lower = reported(islands_posterior, record, "lower", growth=0.04)
    assert (log_likelihood_under(lower, islands_posterior) != usual).all()


def test_chances_fall_into_the_past_and_odds_are_multiplied(
    islands_posterior: PosteriorDraws,
) -> None:
    record = Record.of(ISLANDS)
    theta = np.ascontiguousarray(islands_posterior.held.parameters[:3].T)
    plain, falling, doubled = (
        reported(islands_posterior, record, "", **change).chances(theta)
        for change in ({}, {"growth": 0.02}, {"odds": 2.0})
    )
    years = np.arange(len(plain)) // 4
    assert falling == pytest.approx(plain * np.exp(-0.02 * (years[-1] - years))[:, None, None])
    assert doubled == pytest.approx(2.0 * plain / (1.0 + plain))


def test_every_other_series_and_reporting_is_a_reading(islands_posterior: PosteriorDraws) -> None:
    names = [reading.name for reading in readings_of(islands_posterior)]
    assert names == [
        "series alliance", "series salience2", "reporting odds doubled", "reporting odds halved",
        "reporting growing 2% a year", "reporting growing 4% a year",
    ]  # fmt: skip
    assert file_name(names[-1]) == "reporting_growing_4_a_year"


def test_draws_are_the_unknowns_that_they_came_from(islands_posterior: PosteriorDraws) -> None:
    z = unknowns_of(islands_posterior, 5)
    reading = as_it_is(islands_posterior)
    chosen = np.linspace(0, len(islands_posterior) - 1, 5).round().astype(int)
    assert reading(z) == pytest.approx(
        log_likelihood_under(reading, islands_posterior)[chosen], abs=1e-6
    )
    with pytest.raises(SettingError, match="are to be led, and there are"):
        unknowns_of(islands_posterior, len(islands_posterior) + 1)


def test_a_theory_that_can_come_to_the_record_is_not_told(
    islands_posterior: PosteriorDraws,
) -> None:
    assert cannot_happen(islands_posterior, ["RI"]) == {}


def test_what_is_kept_beside_draws_goes_on_and_is_not_mixed(
    islands_posterior: PosteriorDraws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alliance_sim.calibration.variants.TRUSTED", 0.0)  # most are too far then
    weights, made = vary(
        islands_posterior, tmp_path, command="vary", theories=["RI", *"NRID", "RD", "ID"],
        particles=8, sweeps=1,
    )  # fmt: skip
    far = {name for name, _, _, found in weights.readings() if found is None}
    assert set(made) == far
    assert far
    for name, path in made.items():
        settings = load_draws(path).settings
        assert settings[READING] == name
        assert settings[OF] == digest_of(islands_posterior)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    gone = next(iter(made.values()))
    gone.unlink()
    vary(islands_posterior, tmp_path, command="vary", particles=8, sweeps=1)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    for name, _, worth, found in weights.readings():
        assert found is None or found.sum() == pytest.approx(1.0), name
        assert found is None or 1.0 <= worth <= len(islands_posterior)
    other = nearly(islands_posterior)
    with pytest.raises(ResultError, match=f"{WEIGHTS}: holds weights of other draws"):
        vary(other, tmp_path, command="vary")


def nearly(posterior: PosteriorDraws) -> PosteriorDraws:
    from dataclasses import replace

    moved = posterior.held.parameters * 1.0
    moved[0] = moved[1]
    return PosteriorDraws(replace(posterior.held, parameters=moved), posterior.prior)
