"""How many parameters a fit has used: what it says of counts that it has seen, and has not.

Source: A. Vehtari, A. Gelman and J. Gabry, "Practical Bayesian model evaluation using leave-one-out
cross-validation and WAIC", Statistics and Computing 27 (2017): the effective number of parameters
is the log score in sample less that of what is left out, here of whole years.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alliance_sim.calibration.acts import act_counts
from alliance_sim.calibration.checkpoint import run_to_end
from alliance_sim.calibration.leave_out import LeaveOut, WithoutYear
from alliance_sim.calibration.led import unknowns_of
from alliance_sim.calibration.pareto import TRUSTED
from alliance_sim.calibration.predictive import Predictive
from alliance_sim.calibration.target import target_of, until_year
from alliance_sim.errors import explains_calls
from alliance_sim.record.record import Record

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from alliance_sim.calibration.posterior_draws import PosteriorDraws


class EffectiveParameters(NamedTuple):
    """Log scores of the counts of all years that can be left out, in nats.

    Attributes:
        in_sample: Under draws that know the whole record.
        left_out: Each year under the same draws, weighed as if it were not in the record.
        years: How many years were left out.
        not_trusted: Of how many of them the weights are not to be trusted (k above 0.7).
    """

    in_sample: float
    left_out: float
    years: int
    not_trusted: int

    @property
    def number(self) -> float:
        """The effective number of parameters, slow noise included; what seeing a year gains."""
        return self.in_sample - self.left_out


@explains_calls
def effective_parameters(
    posterior: PosteriorDraws, *, seed: int = 1, executor: Executor | None = None
) -> EffectiveParameters:
    """Return how many parameters the draws of a posterior use for the counts of acts.

    It takes a minute or so for 300 draws.

    Args:
        posterior: The draws, each of the same weight.
        seed: Whole number from 0 to 2**64 - 1, of the steps and agreements that are drawn.
        executor: Who computes; this process if None. Numbers do not depend on it.

    Raises:
        SettingError: If a draw lies outside the prior, or the seed is none.
        NoRecord: If the scenario has no record.
        UnfinishedError: If a worker of the executor dies or fails.
    """
    held, prior = posterior.held, posterior.prior
    target = target_of(prior, series=held.series, until=held.until)
    until = until_year(prior.scenario, held.until)
    acts = act_counts(Record.of(prior.scenario), until, held.series)
    draws = unknowns_of(posterior, len(posterior))
    count = draws.shape[1]
    job = LeaveOut(target, acts, draws, np.zeros(count), seed=seed, fit_anew=False)
    first, each = job.first, acts.calendar.steps_per_year
    starts = [acts.year_starts(year) for year in range(first, job.last + 1)]
    even = np.full(count, 1.0 / count)
    seen = [
        WithoutYear(target, start, start + each).chances(draws, even, job.seed, executor)
        for start in starts
    ]
    run_to_end(job, executor=executor)
    counts = acts.counts[starts[0] : starts[-1] + each]
    in_sample, left_out = (
        float(Predictive(starts[0], chances.reshape(-1, *chances.shape[2:])).logs(counts).sum())
        for chances in (np.stack(seen), job.chances)
    )
    not_trusted = int((job.k > TRUSTED).sum())
    return EffectiveParameters(in_sample, left_out, len(starts), not_trusted)
