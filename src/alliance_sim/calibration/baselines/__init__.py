"""Baselines: what a model of history has to beat, each fitted to the same counts.

Written out, `scipy.stats` loads when a baseline is fitted: what-ifs come by here and fit none.
"""

from alliance_sim.calibration.baselines.conjugate import ChangePoint, Constant, FourPeriod
from alliance_sim.calibration.baselines.glm import Glm, log_quadratic_evidence
from alliance_sim.calibration.baselines.hawkes import Hawkes
from alliance_sim.calibration.baselines.holdout import Baseline, Holdout, InSample
from alliance_sim.calibration.baselines.random_walk import RandomWalk
from alliance_sim.errors import explains_calls

__all__ = [
    "BASELINES",
    "Baseline",
    "Holdout",
    "InSample",
    "log_quadratic_evidence",
    "usual_baselines",
]

BASELINES: tuple[Baseline, ...] = (
    Constant(),
    Glm("log_linear", "log-linear", "linear"),
    Glm("log_quadratic", "log-quadratic", "quadratic"),
    FourPeriod(),
    ChangePoint(),
    RandomWalk(),
    Hawkes(),
    Glm("regression", "regression", "inputs"),
)


@explains_calls
def usual_baselines() -> tuple[Baseline, ...]:
    """Return the baselines that are scored if nobody names others, in the order of tables."""
    return BASELINES
