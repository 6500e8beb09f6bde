"""Baselines say what is known of them: from tables measured before, or worked out another way."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import nbinom, norm

from alliance_sim import Record, load_scenario
from alliance_sim.calibration.acts import ActCounts, act_counts
from alliance_sim.calibration.baselines import BASELINES, Baseline, Holdout, log_quadratic_evidence
from alliance_sim.calibration.baselines.conjugate import HAZARD, RATE, SHAPE, log_marginal
from alliance_sim.calibration.baselines.glm import Glm, Node, sampled
from alliance_sim.calibration.predictive import log_negative_binomial

pytestmark = pytest.mark.slow

SCENARIO = load_scenario("japan_nato/baseline")
FIRST_EDITION = Record.of("japan_nato@1")
EVERY_YEAR = act_counts(FIRST_EDITION, SCENARIO, since=1950)
FROM_1970 = act_counts(FIRST_EDITION, SCENARIO, since=1970)
BY_NAME = {model.name: model for model in BASELINES}
FIXED = Holdout(252, 300)  # 2013Q1 to 2024Q4, known to 2012Q4
LAST_YEARS = [Holdout(4 * year, 4 * year + 4) for year in range(63, 75)]


def score(model: Baseline, acts: ActCounts, *holdouts: Holdout) -> float:
    """Return the log score over held-out quarters."""
    found = model.predict(acts, holdouts)
    return float(sum(one.logs(acts.counts[one.start : one.stop]).sum() for one in found))


def short(*counts: int) -> ActCounts:
    """Return a made record of one field, all other things as they are."""
    column = np.array(counts)[:, None]
    return replace(
        EVERY_YEAR, counts=column, first=0, stage=np.zeros(len(counts), dtype=np.int64),
        inputs=EVERY_YEAR.inputs[:1, : len(counts)],
    )  # fmt: skip


# In sample, all rows but suspensions of 1950 to 2025, as first measured: total, and by field.
MEASURED = {
    "constant": (-562.2, None),
    "four_period": (-398.8, [-153.0, -127.4, -56.4, -62.1]),
    "log_quadratic": (-397.7, [-149.5, -129.4, -55.5, -63.3]),
}


@pytest.mark.parametrize("name", MEASURED)
def test_plug_in_likelihoods_are_those_measured_before(name: str) -> None:
    total, fields = MEASURED[name]
    found = BY_NAME[name].in_sample(EVERY_YEAR).predictive.logs(EVERY_YEAR.counts).sum(axis=0)
    assert found.sum() == pytest.approx(total, abs=0.1)
    if fields is not None:
        np.testing.assert_allclose(found, fields, atol=0.1)


# Sums of four fields over 2013 to 2024: from 2012Q4, and each year from those before. The trend of
# that table rested on a normal approximation, see `test_a_trend_is_integrated_not_approximated`.
TABLE = {
    ("constant", "all"): (-211.6, -189.1),
    ("change_point", "all"): (-196.2, -188.1),
    ("random_walk", "all"): (-200.7, -189.7),
    ("hawkes", "all"): (-223.6, -197.2),
    ("constant", "alliance"): (-138.0, -133.8),
    ("change_point", "alliance"): (-140.9, -137.1),
}


@pytest.mark.parametrize(("name", "series"), TABLE)
def test_forecasts_score_as_in_the_table_of_the_method(name: str, series: str) -> None:
    acts = act_counts(FIRST_EDITION, SCENARIO, series, since=1970)
    fixed, rolling = TABLE[name, series]
    assert score(BY_NAME[name], acts, FIXED) == pytest.approx(fixed, abs=1.0)
    assert score(BY_NAME[name], acts, *LAST_YEARS) == pytest.approx(rolling, abs=1.0)


def test_a_trend_is_integrated_not_approximated() -> None:
    model = BY_NAME["log_linear"]
    assert isinstance(model, Glm)
    design, counts = model.design(FROM_1970, 1, FIXED), FROM_1970.counts[:, 1]
    axes = np.linspace(-1.5, 3.5, 121), np.linspace(-1.0, 4.5, 121)
    weights = np.array(np.meshgrid(*axes, indexing="ij")).reshape(2, -1)
    logs, ahead = [], []
    for node in model.nodes(FROM_1970):
        rate, size = np.exp(np.minimum(design @ weights, 5.3)), np.array(node.size)
        seen = log_negative_binomial(counts[80:252, None], rate[80:252], size).sum(axis=0)
        prior = norm.logpdf(weights[0], -1, 2) + norm.logpdf(weights[1], 0, 1)
        logs.append(seen + prior + node.log_weight)
        ahead.append(log_negative_binomial(counts[252:300, None], rate[252:300], size))
    share = np.concatenate(logs) - logsumexp(np.concatenate(logs))
    exact = logsumexp(np.concatenate(ahead, axis=1) + share, axis=1).sum()
    found = model.predict(FROM_1970, [FIXED])[0].logs(FROM_1970.counts[252:300])[:, 1].sum()
    assert found == pytest.approx(exact, abs=0.6)


@pytest.mark.parametrize("name", BY_NAME)
def test_chances_add_up_and_a_left_out_year_at_the_end_is_a_forecast(name: str) -> None:
    model, last = BY_NAME[name], FROM_1970.steps
    found = model.predict(FROM_1970, [Holdout(last - 4, last), Holdout(last - 4, last, after=True)])
    for one in found:
        np.testing.assert_allclose(one.chances.sum(axis=-1), 1.0, atol=1e-9)
    if name not in {"log_linear", "regression"}:  # those use the year's inputs, another origin
        np.testing.assert_allclose(found[0].chances, found[1].chances, atol=0.02)


def cuts(counts: np.ndarray, held: slice) -> dict[tuple[int, ...], float]:
    """Return the log weight of every way to cut quarters, those held out unseen."""
    steps = len(counts)
    seen = np.ones(steps)
    seen[held] = 0
    found = {}
    for changes in product([False, True], repeat=steps - 1):
        edges = [0, *(k + 1 for k, change in enumerate(changes) if change), steps]
        log = sum(np.log(HAZARD if change else 1 - HAZARD) for change in changes)
        for a, b in pairwise(edges):
            total = np.array((counts[a:b] * seen[a:b]).sum())
            log += float(log_marginal(total, np.array(seen[a:b].sum())))
        found[tuple(edges)] = log
    return found


@pytest.mark.parametrize("after", [True, False])
def test_change_points_add_up_all_cuts(after: bool) -> None:
    counts = np.array([0, 0, 3, 4, 2, 0, 1])
    held = slice(3, 5) if after else slice(3, 7)
    weights = cuts(counts, held)
    seen = np.ones(7)
    seen[held] = 0
    expected = np.zeros((2, 6))
    for edges, log in weights.items():
        for place, step in enumerate((3, 4)):
            a, b = next((a, b) for a, b in pairwise(edges) if a <= step < b)
            shape = SHAPE + (counts[a:b] * seen[a:b]).sum()
            rate = RATE + seen[a:b].sum()
            expected[place] += np.exp(log) * nbinom.pmf(np.arange(6), shape, rate / (1 + rate))
    expected /= np.exp(logsumexp(list(weights.values())))
    found = BY_NAME["change_point"].predict(short(*counts), [Holdout(3, 5, after)])[0]
    np.testing.assert_allclose(found.chances[:, 0, :6], expected, atol=1e-5)


def test_a_random_walk_weighs_both_sides_of_a_gap() -> None:
    acts = short(1, 0, 9, 8, 0, 2, 1)
    model = BY_NAME["random_walk"]
    inside = model.predict(acts, [Holdout(3, 4, after=True)])[0].means()[0, 0]
    before = model.predict(acts, [Holdout(3, 4)])[0].means()[0, 0]
    quiet = model.predict(short(1, 0, 9, 8, 30, 20, 25), [Holdout(3, 4, after=True)])[0]
    assert inside < before < quiet.means()[0, 0]


def test_the_gap_of_a_random_walk_keeps_to_the_rule_of_products() -> None:
    # The chance of all counts is that of those around a gap times that of the gap given them; in a
    # gap of one quarter the latter is what is predicted. The former sums over the gap's counts.
    counts = [1, 0, 2, 1]
    whole = {k: BY_NAME["random_walk"].in_sample(short(1, 0, k, 1)).evidence for k in range(40)}
    total = logsumexp([value for value in whole.values() if value is not None])
    found = BY_NAME["random_walk"].predict(short(*counts), [Holdout(2, 3, after=True)])[0]
    assert whole[2] is not None
    assert np.log(found.chances[0, 0, 2]) == pytest.approx(whole[2] - total, abs=1e-6)


def test_years_left_out_by_weights_score_as_fits_of_their_own() -> None:
    model = BY_NAME["log_quadratic"]
    assert isinstance(model, Glm)
    holdout = Holdout(232, 236, after=True)
    weighted = model.predict(FROM_1970, [holdout])[0].chances
    design = model.design(FROM_1970, 1)
    seen = holdout.known(FROM_1970)
    fit = sampled(
        FROM_1970.counts[:, 1], design, seen, model.nodes(FROM_1970), model.centre(FROM_1970)
    )
    mean = np.exp(design[232:236] @ fit.weights.T)
    none = log_negative_binomial(np.array(0), mean, fit.size)
    chance = np.exp(none) @ np.exp(fit.log_weight)
    np.testing.assert_allclose(weighted[:, 1, 0], chance, atol=0.01)


def test_two_ways_to_integrate_the_curve_agree() -> None:
    exact, error = log_quadratic_evidence(FROM_1970)
    assert error < 0.01
    model = BY_NAME["log_quadratic"]
    assert isinstance(model, Glm)
    poisson = [Node(1e9, np.full(3, 2.0), 0.0)]
    drawn = [
        sampled(FROM_1970.counts[:, f], model.design(FROM_1970, f), np.arange(304) >= 80, poisson,
                model.centre(FROM_1970))
        for f in range(4)
    ]  # fmt: skip
    total = sum(fit.log_evidence for fit in drawn)
    assert total == pytest.approx(exact, abs=4 * sum(fit.error**2 for fit in drawn) ** 0.5 + 0.05)


def test_evidence_of_a_self_exciting_process_is_that_of_plain_draws_from_its_prior() -> None:
    counts = [0, 1, 0, 2, 3, 1, 0, 0, 1, 4, 2, 1]
    found = BY_NAME["hawkes"].in_sample(short(*counts))
    luck = np.random.default_rng(1)
    base, share, keep, size = luck.normal(
        [-2.0, 0.0, 1.0, np.log(4.0)], [1.0, 1.5, 1.5, 0.7], (200_000, 4)
    ).T
    base, size = np.exp(base), np.exp(size)
    share, keep = 1 / (1 + np.exp(-share)), 1 / (1 + np.exp(-keep))
    average, logs = np.zeros(len(base)), np.zeros(len(base))
    for count in counts:
        logs += log_negative_binomial(count, base + share * average, size)
        average = keep * average + (1 - keep) * count
    assert found.evidence == pytest.approx(logsumexp(logs) - np.log(len(logs)), abs=0.02)


def test_a_stage_that_has_not_begun_is_not_foreseen() -> None:
    model = BY_NAME["four_period"]
    (found,) = model.predict(FROM_1970, [FIXED])
    third = (FROM_1970.stage == 2) & (np.arange(304) < 252)
    rate = (SHAPE + FROM_1970.counts[third].sum(axis=0)) / (RATE + third.sum())
    np.testing.assert_allclose(found.means(), np.broadcast_to(rate, (48, 4)), rtol=1e-6)


def test_only_a_told_regression_uses_inputs_that_lie_ahead() -> None:
    model = BY_NAME["regression"]
    assert isinstance(model, Glm)
    told = model.when_told()
    assert told is not None
    (blind,), (knows,) = (one.predict(FROM_1970, [FIXED]) for one in (model, told))
    assert np.ptp(blind.means(), axis=0).max() == pytest.approx(0.0, abs=1e-9)
    assert np.ptp(knows.means(), axis=0).min() > 0.01
    assert BY_NAME["log_linear"].when_told() is None  # type: ignore[attr-defined]


def test_what_lies_ahead_of_a_forecast_does_not_change_it() -> None:
    other = replace(FROM_1970, counts=np.where(np.arange(304)[:, None] < 252, FROM_1970.counts, 7))
    for name, model in BY_NAME.items():
        if name == "hawkes":  # draws come from near what explains all quarters; weights are exact
            continue
        (a,), (b,) = (model.predict(acts, [FIXED]) for acts in (FROM_1970, other))
        np.testing.assert_allclose(a.chances, b.chances, atol=2e-3, err_msg=name)


def test_inputs_leave_out_what_describes_weights_of_the_model() -> None:
    names = FROM_1970.input_names
    assert "threat russia" in names
    assert names[-1] == "law"
    assert [n for n in names if n.startswith(("exposure", "need", "weight", "year"))] == []
    np.testing.assert_allclose(FROM_1970.inputs[1].mean(axis=0), 0.0, atol=1e-9)
    np.testing.assert_allclose(FROM_1970.inputs[1].std(axis=0), 1.0, atol=1e-9)
