"""What a baseline is asked: predict these quarters from those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from alliance_sim.calibration.acts import ActCounts
from alliance_sim.calibration.predictive import Predictive

Values = NDArray[np.float64]


class Holdout(NamedTuple):
    """Quarters that are kept from a model, which then predicts them.

    Attributes:
        start: First quarter that is held out.
        stop: The quarter behind the last one.
        after: Whether the model sees the quarters behind them; those before it always sees.
    """

    start: int
    stop: int
    after: bool = False

    def known(self, acts: ActCounts) -> NDArray[np.bool_]:
        """Return per quarter whether the model sees its acts."""
        steps = np.arange(acts.steps)
        seen: NDArray[np.bool_] = (steps >= acts.first) & (steps < self.start)
        return seen | (steps >= self.stop) if self.after else seen


@dataclass(frozen=True, eq=False)
class InSample:
    """How a baseline describes the acts that it was fitted to.

    Attributes:
        predictive: Of every quarter that counts, at the best numbers (plug-in).
        parameters: Free numbers over all fields.
        evidence: Log of the chance of all acts, averaged over the prior; None without a proper one.
        evidence_error: Its numerical error, one standard deviation or the change on a finer grid.
    """

    predictive: Predictive
    parameters: int
    evidence: float | None = None
    evidence_error: float = 0.0


class Baseline(Protocol):
    """A simple statistical description of counts, fitted to each field by itself."""

    @property
    def name(self) -> str:
        """Key in tables and JSON."""

    @property
    def title(self) -> str:
        """What it is called in tables."""

    def predict(self, acts: ActCounts, holdouts: Sequence[Holdout]) -> list[Predictive]:
        """Return what it says of each held-out stretch, not knowing its numbers for sure."""

    def in_sample(self, acts: ActCounts) -> InSample:
        """Return how it describes the acts that it was fitted to."""
