"""What moves are made of that other chains know: where they are, and along which axes they lie.

A pool is frozen while chains move by it, so that each of them is an ordinary Markov chain, and the
order in which they are computed changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_KEPT = 1_024  # rows of an archive: more make no better moves, and cross to every worker
WIDER = 1.1  # variances of the axes, against those found: too narrow costs more than too wide


@dataclass(frozen=True)
class Pool:
    """Places where chains have been, for the parameters only.

    Attributes:
        archive: Array (place, parameter).
        mean: Array (parameter,), their mean.
        axes: Array (parameter, axis): columns are the axes of the pooled covariance, the stiffest
            first, each as long as one standard deviation along it.
        inverse: Its inverse, which takes a difference of parameters to standard units.
        whitened: The archive in standard units from the mean, array (place, axis).
    """

    archive: NDArray[np.float64]
    mean: NDArray[np.float64]
    axes: NDArray[np.float64]
    inverse: NDArray[np.float64]
    whitened: NDArray[np.float64]

    def standard(self, parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return parameters in standard units along the axes."""
        found: NDArray[np.float64] = self.inverse @ (parameters - self.mean)
        return found


def pooled(places: NDArray[np.float64]) -> Pool:
    """Return the pool of an array (place, parameter) of places, the latest last.

    Of more than 1,024 places so many are kept, spread evenly. The covariance is shrunk towards its
    diagonal, the more the fewer places there are for each parameter, and never vanishes.
    """
    count, parameters = places.shape
    if count > MOST_KEPT:
        places = places[np.linspace(0, count - 1, MOST_KEPT).round().astype(np.int64)]
        count = MOST_KEPT
    mean = places.mean(axis=0)
    if count > 1 and parameters:
        shrink = parameters / (parameters + count)
        found = np.atleast_2d(np.cov(places.T))
        floor = 1e-6 * np.eye(parameters)
        covariance = (1 - shrink) * found + shrink * np.diag(np.diag(found)) + floor
    else:
        covariance = np.eye(parameters)
    variances, directions = np.linalg.eigh(covariance)
    sd = np.sqrt(variances * WIDER)
    inverse = directions.T / sd[:, None]
    whitened = (places - mean) @ inverse.T
    return Pool(places.copy(), mean, directions * sd, inverse, whitened)
