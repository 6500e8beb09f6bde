"""What fits where particles are, for moves to be made of: a normal, and a histogram of each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

WIDER = 1.5  # variances of the fitted normal against those found: too narrow misses the tails
BINS, OUTSIDE = 8, 0.01  # of a histogram, and how much of it lies outside of what was seen
TINY = 1e-13  # width of the narrowest bin


@dataclass(frozen=True)
class Fit:
    """What fits where particles are: a normal, and for each row by itself a histogram.

    Attributes:
        mean: Array (dimension,).
        axes: Array (dimension, axis), each as long as a standard deviation.
        inverse: Its inverse.
        edges: Array (dimension, bin + 1), of the histograms of the uniforms that rows stand for.
        shares: Array (bin,), how much of each histogram a bin holds.
    """

    mean: Floats
    axes: Floats
    inverse: Floats
    edges: Floats
    shares: Floats

    def drawn(self, count: int, rng: np.random.Generator) -> Floats:
        """Return draws (n, dimension) of all rows by their histograms."""
        from scipy.special import ndtri

        rows = np.arange(len(self.edges))
        bins = rng.choice(len(self.shares), size=(count, len(rows)), p=self.shares)
        low, high = self.edges[rows, bins], self.edges[rows, bins + 1]
        uniform = low + (high - low) * rng.random(bins.shape)
        found: Floats = ndtri(np.clip(uniform, TINY, 1.0 - TINY))
        return found

    def log_density(self, unknowns: Floats) -> Floats:
        """Return log of the density of the histograms against the prior's, array (n,)."""
        from scipy.special import ndtr

        total = np.zeros(len(unknowns))
        logs = np.log(self.shares) - np.log(np.diff(self.edges, axis=1))
        for row, edges in enumerate(self.edges):
            inside = np.searchsorted(edges, ndtr(unknowns[:, row]), side="right") - 1
            total += logs[row, np.clip(inside, 0, len(self.shares) - 1)]
        return total


def fitted(places: Floats, weights: Floats | None = None) -> Fit:
    """Return the normal that fits weighted places (n, dimension)."""
    count, dimension = places.shape
    mean = np.average(places, axis=0, weights=weights)
    covariance = np.atleast_2d(np.cov(places.T, aweights=weights, bias=True))
    if count < 5 * dimension:  # too few to tell how rows hang together
        shrink = dimension / (dimension + count)
        covariance = (1.0 - shrink) * covariance + shrink * np.diag(np.diag(covariance))
    variances, directions = np.linalg.eigh(covariance)
    sd = np.sqrt(WIDER * np.maximum(variances, 1e-14 * max(float(variances[-1]), 1e-14)))
    edges, shares = _histograms(places if weights is None else places[weights > 0.0])
    return Fit(mean, directions * sd, directions.T / sd[:, None], edges, shares)


def _histograms(places: Floats) -> tuple[Floats, Floats]:
    """Return edges (row, bin + 1) and shares of bins for each row of places (n, dimension).

    Bins between quantiles hold equal shares; two outside, to 0 and to 1, hold a little, so that
    what was not seen can be drawn as well.
    """
    from scipy.special import ndtr

    uniforms = ndtr(places)
    low, high = uniforms.min(axis=0), uniforms.max(axis=0)
    further = (high - low) / len(places)
    between = np.quantile(uniforms, np.linspace(0.0, 1.0, BINS + 1)[1:-1], axis=0)
    nothing = np.zeros_like(low)
    edges = np.vstack(
        [
            nothing,
            np.maximum(low - further, 0.0),
            between,
            np.minimum(high + further, 1.0),
            1 + nothing,
        ]
    )
    edges = np.maximum.accumulate(edges + TINY * np.arange(len(edges))[:, None], axis=0)
    edges[-1] = np.maximum(edges[-1], edges[-2] + TINY)
    shares = np.array([OUTSIDE / 2, *[(1 - OUTSIDE) / BINS] * BINS, OUTSIDE / 2])
    return edges.T.copy(), shares
