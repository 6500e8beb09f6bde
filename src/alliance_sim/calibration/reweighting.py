"""Draws of a posterior weighed for other readings of the record: series, editions, reporting.

The draws are of parameters and noise given one reading. Under another each is worth the ratio of
both likelihoods; the largest ratios are smoothed, and the shape of their tail says whether so few
draws can stand for the other posterior (`pareto`).

Sources: on reporting that grows, the project's method B.4 (v): the chance p(t) = exp(-g (2025 - t))
for g up to 4 % a year; a conclusion that flips inside this range is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim import provenance
from alliance_sim.calibration.baselines import BASELINES
from alliance_sim.calibration.fit import check_possible
from alliance_sim.calibration.layout import LANES
from alliance_sim.calibration.pareto import smoothed_weights
from alliance_sim.calibration.scoring import ROLLING, ROLLING_TOLD, Key, score_record
from alliance_sim.calibration.stored import held_out_models, shipped_forecasts
from alliance_sim.calibration.target import Target, prior_of, target_of
from alliance_sim.calibration.variants import SERIES as OF_SERIES
from alliance_sim.calibration.variants import Variants, digest_of
from alliance_sim.errors import SettingError
from alliance_sim.record.forecasts import editions_of
from alliance_sim.record.record import SERIES, Record
from alliance_sim.several import several

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.scenario import Scenario

    Floats = NDArray[np.float64]

EDITION, REPORTING = "edition ", "reporting "  # how names of readings begin
GROWTH = (0.02, 0.04)  # a year, by which chances of being coded fall into the past
ODDS = {"odds doubled": 2.0, "odds halved": 0.5}  # of being coded, at all times
Notice = Callable[[str], object]


@dataclass(frozen=True)
class Reading:
    """Another reading of the record: a log likelihood that any sampler can call.

    Attributes:
        name: Such as "series alliance".
        target: The likelihood under it.
        growth: By how much a year chances of being coded fall into the past.
        odds: By what the odds of being coded are multiplied.
        eras: Of a reading with other chances, which of the record's hold in each quarter.
        table: And what they are where they are known, array (era, salience).
    """

    name: str
    target: Target
    growth: float = 0.0
    odds: float = 1.0
    eras: tuple[int, ...] = ()
    table: tuple[tuple[float, ...], ...] = ()

    def __call__(self, unknowns: Floats) -> Floats:
        """Return the log likelihood of each column of unknowns (dimension, lanes)."""
        return self.of_natural(*self.target.parted(unknowns))

    def of_natural(self, theta: Floats, normals: Floats) -> Floats:
        """Return the log likelihood (lane,) of natural values (k, lane) and of slow noise.

        Args:
            theta: At most 64 vectors.
            normals: Array (step, channel, lane).
        """
        target = self.target
        if not self.eras:
            return target.total(target.of_parts(theta, normals))
        here = target.room
        constants, own, observation = here.given(theta)
        chances = self.chances(theta)
        observation[: chances.shape[0] * chances.shape[1]] = chances.reshape(-1, theta.shape[1])
        parts = here.conditioned.log_likelihood(constants, own, normals, observation=observation)
        return target.total(parts)

    def chances(self, theta: Floats) -> Floats:
        """Return chances of being coded, array (quarter, salience, lane)."""
        drawn = np.repeat(np.array(self.table)[:, :, None], theta.shape[1], axis=2)
        for path, place in self.target.prior.coded.items():
            _, era, salience = path.split(".")
            drawn[int(era), int(salience.removeprefix("salience_")) - 1] = theta[place]
        usual = drawn[list(self.eras)]
        calendar = self.target.scenario.calendar()
        years = calendar.first_year + np.arange(len(usual)) // calendar.steps_per_year
        lower: Floats = usual * np.exp(-self.growth * (calendar.last_year - years))[:, None, None]
        if self.odds == 1.0:
            return lower
        odds = self.odds * lower / np.maximum(1.0 - lower, 1e-12)
        return odds / (1.0 + odds)


def readings_of(posterior: PosteriorDraws) -> Iterator[Reading]:
    """Yield other readings of the record that a posterior is of.

    Other editions have the chances of being coded of the edition that was fitted, so that what
    differs are the acts.

    Raises:
        NoRecord: If the scenario has no record.
        RecordError: If a record cannot be used.
    """
    prior, held = posterior.prior, posterior.held
    scenario = prior.scenario
    record = Record.of(scenario)
    for series in SERIES:
        if series != held.series:
            found = Target(prior, record, series=series, until=held.until)
            yield Reading(f"{OF_SERIES}{series}", found)
    for name in editions_of(scenario):
        other = Record.of(scenario.model_copy(update={"record": name}))
        if other.name != record.name:
            other = replace(other, reporting=record.reporting)
            found = Target(prior, other, series=held.series, until=held.until)
            yield Reading(f"{EDITION}{other.name}", found)
    for name, odds in ODDS.items():
        yield reported(posterior, record, f"{REPORTING}{name}", odds=odds)
    for growth in GROWTH:
        yield reported(posterior, record, f"{REPORTING}growing {growth:.0%} a year", growth=growth)


def reported(
    posterior: PosteriorDraws, record: Record, name: str, *, growth: float = 0.0, odds: float = 1.0
) -> Reading:
    """Return a reading in which each quarter has chances of being coded of its own.

    Args:
        posterior: The posterior.
        record: Its record.
        name: What the reading is called.
        growth: By how much a year chances fall into the past.
        odds: By what their odds are multiplied.
    """
    held = posterior.held
    target = Target(posterior.prior, record, series=held.series, until=held.until)
    seen = target.observed
    eras = np.asarray(seen.era)
    target.observed = replace(
        seen,
        era=np.arange(len(eras), dtype=np.int64),
        coded=np.ascontiguousarray(np.asarray(seen.coded)[eras]),
    )
    return Reading(name, target, growth, odds, tuple(eras.tolist()), record.reporting.table())


def log_likelihood_under(reading: Reading, posterior: PosteriorDraws) -> Floats:
    """Return the log likelihood of every draw under a reading, array (draw,)."""
    held, found = posterior.held, []
    for first in range(0, len(posterior), LANES):
        chosen = slice(first, min(first + LANES, len(posterior)))
        theta = np.ascontiguousarray(held.parameters[chosen].T)
        found.append(reading.of_natural(theta, held.normals(chosen)))
    return np.concatenate(found)


def as_it_is(posterior: PosteriorDraws) -> Reading:
    """Return the reading that a posterior is of."""
    held = posterior.held
    return Reading("", target_of(posterior.prior, series=held.series, until=held.until))


def weighed(
    posterior: PosteriorDraws,
    *,
    command: str,
    impossible: Mapping[str, str] | None = None,
    forecasts: Mapping[str, Mapping[str, Any]] | None = None,
    callback: Notice | None = None,
) -> Variants:
    """Return the weights of draws under every other reading of their record.

    Args:
        posterior: The draws.
        command: The command line that makes the weights again.
        impossible: Theories that cannot come to the record; see `cannot_happen`.
        forecasts: How well the model forecasts; see `forecast_gains`.
        callback: Called with what is done next.

    Raises:
        NoRecord: If the scenario has no record.
        RecordError: If a record cannot be used.
    """
    held = posterior.held
    say = callback or (lambda _: None)
    say("the draws as they are")
    before = log_likelihood_under(as_it_is(posterior), posterior)
    names, weights, shapes = [], [], []
    for reading in readings_of(posterior):
        say(reading.name)
        ratio = log_likelihood_under(reading, posterior) - before
        found, k = np.full(len(ratio), -np.inf), np.inf
        if np.isfinite(ratio).any():
            found, k = smoothed_weights(np.where(np.isnan(ratio), -np.inf, ratio))
        names.append(reading.name)
        weights.append(found)
        shapes.append(k)
    return Variants(
        draws=digest_of(posterior),
        scenario=held.scenario,
        theory=held.theory,
        record=held.record,
        command=command,
        version=provenance.version(),
        names=tuple(names),
        log_weights=np.array(weights),
        k=np.array(shapes, dtype=np.float64),
        impossible=dict(impossible or {}),
        forecasts=dict(forecasts or {}),
    )


def cannot_happen(
    posterior: PosteriorDraws, theories: str | Sequence[str], callback: Notice | None = None
) -> dict[str, str]:
    """Return theories under which no draw of the prior comes to the record, and what of it.

    Args:
        posterior: Draws of another theory, whose record, series and last year are asked about.
        theories: Names of theories, one alone or several.
        callback: Called with what is done next.
    """
    held, found = posterior.held, {}
    for name in several(theories):
        if callback is not None:
            callback(f"theory {name}")
        try:
            prior = prior_of(posterior.prior.scenario, name)
            check_possible(target_of(prior, series=held.series, until=held.until), held.seed)
        except SettingError as error:
            found[name] = " ".join(error.problems)
    return found


def forecast_gains(scenario: Scenario, series: str) -> dict[str, dict[str, Any]]:
    """Return what the model scores more than the best baseline in years that fits did not see.

    Args:
        scenario: The scenario that was fitted.
        series: Which acts count.

    Returns:
        By setting ("rolling", "rolling_told") `gain` and its `error` in nats, and `against`;
        nothing where no forecasts of the model come with the package.
    """
    models = held_out_models(shipped_forecasts(scenario)[0])
    if not models:
        return {}
    name = Record.of(scenario).name
    table = score_record(scenario, series=[series], editions=[name], models=[*BASELINES, models[0]])
    found = {}
    for setting in (ROLLING, ROLLING_TOLD):
        key = Key(name, series, setting, models[0].name)
        rivals = {
            one.model: cell.scores.log_score.sum()
            for one, cell in table.cells.items()
            if one[:3] == key[:3] and one.model != key.model
        }
        if key not in table.cells or not rivals:
            continue
        best = max(rivals, key=lambda one: rivals[one])
        gap = table.against(key, best)
        found[setting] = {
            "gain": float(gap.total), "error": float(gap.error), "against": table.titles[best],
        }  # fmt: skip
    return found
