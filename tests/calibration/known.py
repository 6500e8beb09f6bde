"""Targets whose posterior and evidence are known exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from alliance_sim.calibration import Layout

Floats = np.ndarray

# x_t = x_{t-1} / 2 + u_t + w_t, y_t = x_t + v_t, all noise standard normal: what the noise w must
# have been, given y. By rational arithmetic.
MEAN = np.array([3 / 5, 2 / 5, 6 / 5])
VARIANCE = np.array([68, 73, 77]) / 145
LOG_EVIDENCE = -5.6588881097
FORCING, SEEN = (1.0, 0.0, 0.0), (2.0, 1.0, 3.0)
CHAIN = Layout(0, steps=3, channels=1)


def linear_gaussian(unknowns: Floats) -> Floats:
    x = np.zeros(unknowns.shape[1:])
    total = np.full(unknowns.shape[1:], -1.5 * math.log(2 * math.pi))
    for step, (forced, seen) in enumerate(zip(FORCING, SEEN, strict=True)):
        x = 0.5 * x + forced + unknowns[step]
        total = total - 0.5 * (seen - x) ** 2
    return total


def one_linear_gaussian(unknowns: Floats) -> float:
    return float(linear_gaussian(unknowns))


@dataclass(frozen=True)
class NormalData:
    """Data y = A z + noise of a given size: posterior and evidence in closed form."""

    design: Floats
    seen: Floats
    sd: float

    def __call__(self, unknowns: Floats) -> Floats:
        total = np.full(unknowns.shape[1:], -0.5 * len(self.seen) * math.log(2 * math.pi))
        # one unknown and then one row at a time, so that what a column comes to never depends on
        # how many are beside it
        mean = np.zeros((len(self.seen), *unknowns.shape[1:]))
        for weights, unknown in zip(self.design.T, unknowns, strict=True):
            mean += np.multiply.outer(weights, unknown)
        seen = self.seen.reshape(-1, *[1] * (mean.ndim - 1))
        for misfit in 0.5 * ((seen - mean) / self.sd) ** 2:
            total = total - misfit - math.log(self.sd)
        return total

    @property
    def posterior(self) -> tuple[Floats, Floats]:
        precision = np.eye(self.design.shape[1]) + self.design.T @ self.design / self.sd**2
        covariance = np.linalg.inv(precision)
        return covariance @ self.design.T @ self.seen / self.sd**2, covariance

    @property
    def log_evidence(self) -> float:
        spread = self.design @ self.design.T + self.sd**2 * np.eye(len(self.seen))
        _, log_size = np.linalg.slogdet(2 * math.pi * spread)
        return float(-0.5 * log_size - 0.5 * self.seen @ np.linalg.solve(spread, self.seen))


def correlated_normal() -> NormalData:
    """Five unknowns seen through seven sums, which makes a posterior with a narrow ridge."""
    rng = np.random.default_rng(5)
    design = rng.normal(size=(7, 5))
    design[:, 1] = design[:, 0] + 0.05 * rng.normal(size=7)
    return NormalData(design, design @ rng.normal(size=5) + 0.5 * rng.normal(size=7), 0.5)
