"""Forecasts from draws: held against plain runs, told and untold inputs, and wrong input."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from alliance_sim import Kernel, SettingError, load_scenario, simulate
from alliance_sim.arithmetic import normal_share
from alliance_sim.calibration.forecasts import Forecaster, Means, prior_noise
from alliance_sim.calibration.predictive import Predictive, joint_log_score
from alliance_sim.calibration.prior import Prior
from alliance_sim.calibration.target import Target, prior_of
from alliance_sim.engine.own_noise import noise_of_seed
from alliance_sim.parallel import executors
from alliance_sim.record.record import COUNTED_DOMAINS, Record
from alliance_sim.rules import events
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.fields import SERIES, Series

ISLANDS = load_scenario("two_islands/baseline")
RECORD = Record.of(ISLANDS)
PRIOR = prior_of(ISLANDS)
KNOWN, AHEAD = (Target(PRIOR, RECORD, until=year) for year in (2006, 2010))
DRAWS, SEED = 64, 7
rng = np.random.default_rng(20)
UNKNOWNS = rng.standard_normal((KNOWN.dimension, DRAWS)) * 0.7


def levels_of_a_plain_run(draw: int) -> tuple[Scenario, dict[str, NDArray[np.float64]]]:
    """Return a free run of the whole scenario on the noise of a draw and of its forecast."""
    k, layout = len(PRIOR), KNOWN.layout
    theta = PRIOR.natural(UNKNOWNS[:k])
    normals = UNKNOWNS[k:].reshape(layout.steps, layout.channels, DRAWS)
    past = KNOWN.replaying(theta, normals, seed=99)
    scenario = PRIOR.with_vector(theta[:, draw])
    noise = noise_of_seed(scenario, runs=1, seed=SEED, first_run=draw)
    steps = range(layout.steps, AHEAD.layout.steps)
    slow = prior_noise([draw], SEED, steps, layout.channels)[:, :, 0]
    for name, column in zip(KNOWN.channels, slow.T, strict=True):
        noise[name][0, layout.steps :] = [normal_share(z) for z in column]
    for name, uniforms in past.items():
        if name in noise:
            noise[name][0, : layout.steps] = uniforms[draw]
    run = simulate(scenario, runs=1, seed=SEED, first_run=draw, engine=Kernel(noise=noise))
    return scenario, {name: run.column(name)[0] for name in run.states}


def expected_by_hand(draw: int, step: int, series: Series) -> float:
    scenario, states = levels_of_a_plain_run(draw)
    theta = PRIOR.natural(UNKNOWNS[: len(PRIOR)])[:, draw]
    assets = states["assets_general"] + states["assets_mission"]
    level = (
        states[f"level_{series}"] if series != "institution" else assets * states["level_political"]
    )
    shown = level[step]
    up = events.risen(level[step - 1], shown)
    if series == "institution":  # what is visible is what stood there when the quarter began
        shown = assets[step - 1] * states["level_political"][step - 1]
        up = events.risen(shown, assets[step] * states["level_political"][step - 1])
    numbers = scenario.observation.counting[series]
    counting = events.Counting(
        *(getattr(numbers, name).value for name in ("log_rate", "slope", "size", "rise"))
    )
    mean = events.expected_events(counting, shown, up, AHEAD.scenario.calendar().dt)
    era = RECORD.reporting.era(AHEAD.scenario.calendar().start_of(step))
    table = np.array(RECORD.reporting.table(), dtype=np.float64)
    for path, place in PRIOR.coded.items():
        _, at, salience = path.split(".")
        table[int(at), int(salience[-1]) - 1] = theta[place]
    top = scenario.observation.top_salience.value
    weights = coded = 0.0
    for kind in scenario.kinds:
        if kind.domain == series:
            weight = events.kind_weight(
                *(kind.weight.value, kind.assets_pull.value, kind.from_level.value),
                *(level[step], assets[step]),
            )
            weights += weight
            coded += weight * events.coded_share(kind.salience.value, top, tuple(table[era]))
    return mean * coded / weights


@pytest.mark.parametrize("draw", range(3))
def test_a_forecast_is_what_a_plain_run_on_that_noise_would_leave_on_record(draw: int) -> None:
    found = Forecaster(KNOWN, AHEAD, futures=1).means(UNKNOWNS, seed=SEED)
    for series in SERIES:
        for quarter in (0, 5, 15):
            by_hand = expected_by_hand(draw, KNOWN.layout.steps + quarter, series)
            told = found.mean[draw, quarter, COUNTED_DOMAINS.index(series)]
            assert told == pytest.approx(by_hand, rel=1e-6), (series, quarter)


def test_a_rung_that_is_climbed_leaves_an_act_with_the_chance_of_its_salience() -> None:
    found = Forecaster(KNOWN, AHEAD, futures=1).means(UNKNOWNS, seed=SEED)
    theta = PRIOR.natural(UNKNOWNS[: len(PRIOR)])
    rungs = {rung.number: rung for rung in ISLANDS.rungs}
    some = np.unique(np.nonzero(found.formal[..., 1] > 0.0)[0])[:3].tolist()
    none = np.flatnonzero((found.formal[..., 0] == 1.0).all(axis=(1, 2)))[:1].tolist()
    assert len(some) == 3
    assert none
    for draw in some + none:
        _, states = levels_of_a_plain_run(draw)
        wanted = np.zeros((16, len(COUNTED_DOMAINS), 4))
        wanted[..., 0] = 1.0
        for step in range(KNOWN.layout.steps, AHEAD.layout.steps):
            acts = []
            if states["rung"][step] > states["rung"][step - 1]:
                rung = rungs[int(states["rung"][step])]
                acts.append((rung.event_domain, rung.salience))
            if states["agreements"][step] > states["agreements"][step - 1]:
                acts.append(("institution", 1))
            era = RECORD.reporting.era(AHEAD.scenario.calendar().start_of(step))
            for domain, salience in acts:
                chance = RECORD.reporting.table()[era][salience - 1]
                place = PRIOR.coded.get(f"reporting.{era}.salience_{salience}")
                chance = chance if place is None else theta[place, draw]
                here = wanted[step - KNOWN.layout.steps, COUNTED_DOMAINS.index(domain)]
                here[:] = (1.0 - chance) * here + chance * np.concatenate([[0.0], here[:-1]])
        np.testing.assert_allclose(found.formal[draw], wanted, atol=1e-12)
    np.testing.assert_allclose(found.formal.sum(axis=-1), 1.0)


def test_acts_of_hazards_are_added_to_what_is_counted() -> None:
    shape = (2, 1, 4)
    mean, size = np.full(shape, 0.5), np.full(shape, 3.0)
    formal = np.zeros((*shape, 4))
    formal[..., 0] = 1.0
    counts = np.array([[1, 0, 2, 0]])
    plain = Means(4, mean, size, formal.copy(), 1)
    weights = np.array([0.25, 0.75])
    same = Predictive.of_means(4, mean, size, weights[:, None, None])
    np.testing.assert_allclose(plain.predictive(weights).chances, same.chances)
    assert plain.joint(counts, weights) == pytest.approx(
        joint_log_score(mean, size, counts, weights)
    )
    formal[1, 0, 3] = (0.4, 0.6, 0.0, 0.0)  # in the second draw an act comes with 0.6
    more = Means(4, mean, size, formal, 1)
    chances = more.predictive(weights).chances[0]
    np.testing.assert_allclose(chances[:3], same.chances[0, :3])
    one = same.chances[0, 3]
    shifted = np.concatenate([[0.0], one[:-1]])
    wanted = 0.25 * one + 0.75 * (0.4 * one + 0.6 * shifted)
    np.testing.assert_allclose(chances[3], wanted, atol=1e-15)
    logs = np.log([0.25, 0.75 * 0.4])  # no act of the last field: the first draw, or the second's
    assert more.joint(counts, weights) == pytest.approx(
        plain.joint(counts, weights) + np.logaddexp(*logs)
    )


def test_who_computes_changes_nothing() -> None:
    wide = np.random.default_rng(3).standard_normal((KNOWN.dimension, 70))
    forecaster = Forecaster(KNOWN, AHEAD, futures=2)
    alone = forecaster.means(wide, seed=1)
    with executors.chosen(threads=2) as pool:
        together = forecaster.means(wide, seed=1, executor=pool)
    assert alone.mean.tobytes() == together.mean.tobytes()
    assert alone.mean.shape == (140, 16, 4)
    some = forecaster.means(wide[:, :64], seed=1)
    assert some.mean[:64].tobytes() == alone.mean[:64].tobytes()


def test_frozen_inputs_are_those_of_the_last_quarter_known() -> None:
    frozen = Forecaster(KNOWN, AHEAD, frozen=True, futures=1)
    told = Forecaster(KNOWN, AHEAD, frozen=False, futures=1)
    one, other = (x.means(UNKNOWNS, seed=SEED) for x in (frozen, told))
    np.testing.assert_allclose(one.mean[:, 0], other.mean[:, 0], rtol=0.2)
    assert not np.allclose(one.mean[:, -1], other.mean[:, -1], rtol=1e-6)
    # A future that is not known cannot matter: another one gives the same bytes.
    tree = ISLANDS.model_copy(update={"time": ISLANDS.time.model_copy(update={"last_year": 2009})})
    shorter = Target(Prior(tree, None, reporting=RECORD.reporting), RECORD)
    again = Forecaster(KNOWN, shorter, frozen=True, futures=1).means(UNKNOWNS, seed=SEED)
    np.testing.assert_allclose(again.mean, one.mean[:, :12], rtol=1e-12)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(SettingError, match="is 2006, must lie behind 2010"):
        Forecaster(AHEAD, KNOWN)
    with pytest.raises(SettingError, match=r"unknowns are \(3, 2\), must be"):
        Forecaster(KNOWN, AHEAD).means(np.zeros((3, 2)), seed=1)
