"""Many cases at once, each boiled down to a few numbers: what a sweep is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from alliance_sim.results.outcomes import Outcome
from alliance_sim.scenario import Scenario

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Case(NamedTuple):
    """One run of one scenario."""

    scenario: Scenario
    run: int


@dataclass(frozen=True)
class Summaries:
    """What cases came to.

    Attributes:
        values: Array with a case on its first axis; a failed case is NaN throughout.
        status: Per case "ok", or what went wrong.
    """

    values: NDArray[np.float64]
    status: tuple[str, ...]


def summarise_cases(
    cases: Sequence[Case], *, seed: int, outcomes: Sequence[Outcome], threads: int = 1
) -> Summaries:
    """Return the outcomes of every case, computed by the compiled engine.

    A case depends on its scenario, the seed and its run only, not on its company. It is fastest
    when cases of the same scenario object follow each other; scenarios made from one another by
    `scenario.edit`, which share what they leave alone, come next.

    Args:
        cases: Scenarios and runs.
        seed: Whole number from 0 to 2**64 - 1.
        outcomes: From `outcomes.parse_outcome` or `standard_outcomes`.
        threads: Threads to spread blocks over. Numbers do not depend on it.
    """
    from alliance_sim.engine.kernel.ensemble import summaries_of

    values, status = summaries_of(cases, seed, outcomes, threads)
    return Summaries(values, tuple(status))


def trajectories_of_cases(
    cases: Sequence[Case], *, seed: int, states: Sequence[str], threads: int = 1
) -> Summaries:
    """Return the trajectories of every case, computed by the compiled engine.

    Args:
        cases: Scenarios, all over the same quarters, and runs; at least one.
        seed: Whole number from 0 to 2**64 - 1.
        states: Names of reported states, from `world.state.state_names`.
        threads: Threads to spread blocks over. Numbers do not depend on it.

    Returns:
        `values` is an array (case, quarter, state).
    """
    from alliance_sim.engine.kernel import ensemble

    values, status = ensemble.trajectories_of_cases(cases, seed, states, threads)
    return Summaries(values, tuple(status))
