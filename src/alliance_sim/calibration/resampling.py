"""Which of weighted draws go on: each about as often as its weight says, one uniform for all.

Source: J. Carpenter, P. Clifford and P. Fearnhead, "Improved particle filter for nonlinear
problems", IEE Proceedings - Radar, Sonar and Navigation 146 (1999).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def systematic(weights: NDArray[np.float64], count: int, u: float) -> NDArray[np.int64]:
    """Return which draws go on, so many of them: marks at even distances, one uniform for all.

    A draw that weighs nothing is impossible, and never goes on: not even where rounding puts the
    last mark at the end of all weights, and the last draw weighs nothing.

    Args:
        weights: Array (draw,), at least 0 and not all 0; what they add up to makes no difference.
        count: How many go on; as many as there are draws, or other than that.
        u: Where in its stretch each mark lies, from 0 to below 1: drawn, or 0.5 for the middle.

    Returns:
        Array (count,) of numbers of draws, in rising order.
    """
    ends = np.cumsum(weights)
    marks = (np.arange(count) + u) / count * ends[-1]
    chosen: NDArray[np.int64] = np.searchsorted(ends, marks, side="right")
    return np.minimum(chosen, int(np.flatnonzero(weights)[-1]))
