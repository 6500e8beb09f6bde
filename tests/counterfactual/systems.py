"""Small systems whose twins are known exactly. Uniforms are made of their normals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import ndtr
from scipy.stats import binom, poisson

Floats = np.ndarray
Data = Mapping[str, Any]


def as_seen(run: Data, data: Data) -> float:
    """Return the log likelihood of what can be seen without error."""
    return 0.0 if all(np.array_equal(run[name], seen) for name, seen in data.items()) else -math.inf


class Autoregression:
    """x_t = a x_{t-1} + u_t + w_t, seen as y_t = x_t + v_t; w and v are standard normal."""

    dimension = 3

    def run(self, noise: Floats, edit: Any) -> Data:
        changed = edit or {}
        a, first = changed.get("a", 0.5), changed.get("u1", 1.0)
        x, path = 0.0, []
        for forced, w in zip((first, 0.0, 0.0), noise, strict=True):
            x = a * x + forced + w
            path.append(x)
        return {"x": np.array(path)}

    def log_likelihood(self, run: Data, data: Floats) -> float:
        return float(-0.5 * ((data - run["x"]) ** 2).sum())


class Linear:
    """y = A z, seen with errors of one size; x = k B z, where k = 1 in fact."""

    def __init__(self, dimension: int, seen: int, sd: float) -> None:
        rng = np.random.default_rng([dimension, seen])
        self.dimension, self.sd = dimension, sd
        self.a, self.b = rng.normal(size=(seen, dimension)), rng.normal(size=(2, dimension))
        self.data = self.a @ rng.normal(size=dimension) + sd * rng.normal(size=seen)

    def run(self, noise: Floats, edit: Any) -> Data:
        return {"y": self.a @ noise, "x": (1.0 if edit is None else edit) * (self.b @ noise)}

    def log_likelihood(self, run: Data, data: Floats) -> float:
        return float(-0.5 * (((data - run["y"]) / self.sd) ** 2).sum())

    @property
    def posterior(self) -> tuple[Floats, Floats]:
        precision = np.eye(self.dimension) + self.a.T @ self.a / self.sd**2
        covariance = np.linalg.inv(precision)
        return covariance @ self.a.T @ self.data / self.sd**2, covariance


class NoisyOr:
    """Y comes of a leak, of X with a strength, or of X2 with another; each by its own chance."""

    dimension = 5
    chances = np.array([1 / 2, 2 / 5, 1 / 10, 4 / 5, 1 / 2])

    def run(self, noise: Floats, edit: Any) -> Data:
        x, x2, leak, one, two = ndtr(noise) < self.chances
        x = x if edit is None else bool(edit)
        return {"x": x, "x2": x2, "y": leak or (x and one) or (x2 and two)}

    def log_likelihood(self, run: Data, data: Data) -> float:
        return as_seen(run, data)


class ExclusiveOr:
    """Y = X xor U."""

    dimension = 2

    def run(self, noise: Floats, edit: Any) -> Data:
        x, u = ndtr(noise) < (0.5, 0.3)
        x = x if edit is None else bool(edit)
        return {"x": x, "y": x != u}

    def log_likelihood(self, run: Data, data: Data) -> float:
        return as_seen(run, data)


class Counts:
    """Poisson counts, each with a uniform for its quantile and another for what is drawn anew."""

    couplings = ("thinning", "counter_monotone")

    def __init__(self, rates: Floats) -> None:
        self.rates = np.asarray(rates, dtype=float)
        self.dimension = 2 * len(self.rates)

    def run(self, noise: Floats, edit: Any, coupling: str = "quantile") -> Data:
        u, v = ndtr(noise).reshape(2, -1)
        fact = poisson.ppf(u, self.rates)
        if edit is None:
            return {"count": fact}
        rates = self.rates * edit
        if coupling == "counter_monotone":
            return {"count": poisson.ppf(1.0 - u, rates)}
        if coupling == "thinning" and edit <= 1.0:
            return {"count": binom.ppf(v, fact, edit)}
        if coupling == "thinning":
            return {"count": fact + poisson.ppf(v, rates - self.rates)}
        return {"count": poisson.ppf(u, rates)}

    def log_likelihood(self, run: Data, data: Data) -> float:
        return as_seen(run, data)


class Ladder:
    """Rungs that are climbed one after the other, with a hazard for each in every quarter."""

    def __init__(self, hazards: tuple[float, ...], quarters: int) -> None:
        self.hazards, self.dimension = hazards, quarters

    def run(self, noise: Floats, edit: Any) -> Data:
        u = ndtr(noise)
        dates = np.full(len(self.hazards), math.inf)
        first = 0
        for rung, hazard in enumerate(self.hazards):
            moved = np.flatnonzero(u[first:] < (hazard if edit is None else edit))
            if not moved.size:
                break
            first += int(moved[0]) + 1
            dates[rung] = first
        return {"date": dates}

    def log_likelihood(self, run: Data, data: Data) -> float:
        return as_seen(run, data)
