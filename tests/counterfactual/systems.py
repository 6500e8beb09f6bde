"""Small systems whose twins are known exactly. Uniforms are made of their normals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import ndtr, pdtr, pdtrik
from scipy.stats import binom

Floats = np.ndarray
Data = Mapping[str, Any]


def as_seen(run: Data, data: Data) -> float:
    """Return the log likelihood of what can be seen without error: truth values, lists of dates.

    It is asked for a million times; as plain lists they are compared in no time.
    """
    for name, seen in data.items():
        found = run[name]
        if (found.tolist() if isinstance(found, np.ndarray) else found) != seen:
            return -math.inf
    return 0.0


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


def poisson_quantile(u: Floats, rates: Floats) -> Floats:
    """Return the smallest counts whose distribution functions reach u, each in (0, 1).

    As `scipy.stats.poisson.ppf` has it, which takes six times as long to check what it is given.
    """
    above = np.ceil(pdtrik(u, rates))
    below = np.maximum(above - 1.0, 0.0)
    found: Floats = np.where(pdtr(below, rates) >= u, below, above)
    return found


class Counts:
    """Poisson counts, each with a uniform for its quantile and another for what is drawn anew."""

    couplings = ("thinning", "counter_monotone")

    def __init__(self, rates: Floats) -> None:
        self.rates = np.asarray(rates, dtype=float)
        self.dimension = 2 * len(self.rates)

    def run(self, noise: Floats, edit: Any, coupling: str = "quantile") -> Data:
        u, v = ndtr(noise).reshape(2, -1)
        fact = poisson_quantile(u, self.rates)
        if edit is None:
            return {"count": fact}
        rates = self.rates * edit
        if coupling == "counter_monotone":
            return {"count": poisson_quantile(1.0 - u, rates)}
        if coupling == "thinning" and edit <= 1.0:
            return {"count": binom.ppf(v, fact, edit)}
        if coupling == "thinning":
            return {"count": fact + poisson_quantile(v, rates - self.rates)}
        return {"count": poisson_quantile(u, rates)}

    def log_likelihood(self, run: Data, data: Data) -> float:
        return as_seen(run, data)


class Ladder:
    """Rungs that are climbed one after the other, with a hazard for each in every quarter."""

    def __init__(self, hazards: tuple[float, ...], quarters: int) -> None:
        self.hazards, self.dimension = hazards, quarters

    def run(self, noise: Floats, edit: Any) -> Data:
        hazards = self.hazards if edit is None else (edit,) * len(self.hazards)
        dates = [math.inf] * len(hazards)
        rung = 0
        for quarter, u in enumerate(ndtr(noise).tolist(), start=1):
            if u < hazards[rung]:
                dates[rung] = quarter
                rung += 1
                if rung == len(hazards):
                    break
        return {"date": np.array(dates, dtype=float)}

    def log_likelihood(self, run: Data, data: Data) -> float:
        return as_seen(run, data)
