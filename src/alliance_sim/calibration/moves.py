"""How one chain can move: each move leaves the posterior as it is, whatever the other chains do.

A move makes a trial at a chain's place; the trial says what to try next, and learns what came of
it. Two families: along an ellipse, which is narrowed until a place is good enough (a try that fails
costs a call of the likelihood), and a step that is taken or not (one call).

Sources: I. Murray, R. P. Adams and D. J. C. MacKay, "Elliptical slice sampling", AISTATS 2010;
R. Nishihara, I. Murray and R. P. Adams, "Parallel MCMC with generalized elliptical slice
sampling", JMLR 15 (2014); C. J. F. ter Braak and J. A. Vrugt, "Differential evolution Markov chain
with snooker updater and fewer chains", Statistics and Computing 18 (2008).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

import numpy as np

from alliance_sim.calibration.layout import Layout
from alliance_sim.calibration.pool import Pool
from alliance_sim.errors import explains_calls

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

JITTER = 1e-3  # of a standard deviation, so that steps reach every place


class Trial(Protocol):
    """One move under way.

    Attributes:
        first: First row that it changes.
        stop: The row after the last.
        once: Whether one call decides; else a failure narrows what is tried next.
    """

    first: int
    stop: int
    once: bool

    def values(self) -> Floats:
        """Return what to try in those rows."""

    def accepts(self, tempered: float) -> bool:
        """Return whether to go there, given the tempered log likelihood of the try."""


class Move(Protocol):
    """A kind of move, which says nothing of any chain."""

    def start(self, here: Here, rng: np.random.Generator) -> Trial:
        """Return a trial at a place."""


class Here(NamedTuple):
    """Where a chain stands.

    Attributes:
        unknowns: Array (dimension,), not to be written to.
        tempered: Its log likelihood times the inverse temperature.
        layout: Which rows are what.
        pool: What other chains know.
    """

    unknowns: Floats
    tempered: float
    layout: Layout
    pool: Pool


class _Ellipse:
    """A slice through an ellipse on which the place lies, narrowed around it."""

    once = False

    def __init__(self, first: int, stop: int, level: float, rng: np.random.Generator) -> None:
        self.first, self.stop = first, stop
        self._level = level + math.log1p(-rng.random())  # above minus infinity
        self._rng = rng
        self.angle = rng.uniform(0.0, 2.0 * math.pi)
        self._low, self._high = self.angle - 2.0 * math.pi, self.angle

    def narrow(self, reached: float) -> bool:
        """Return whether a value lies above the slice; if not, choose the next angle."""
        if reached > self._level:
            return True
        if self.angle < 0.0:
            self._low = self.angle
        else:
            self._high = self.angle
        self.angle = self._rng.uniform(self._low, self._high)
        return False


class _Rows(_Ellipse):
    """An ellipse of the prior through some rows."""

    def __init__(self, here: Here, rows: tuple[int, int], rng: np.random.Generator) -> None:
        super().__init__(*rows, here.tempered, rng)
        self._now = here.unknowns[self.first : self.stop].copy()
        self._other = rng.standard_normal(len(self._now))

    def values(self) -> Floats:
        return self._now * math.cos(self.angle) + self._other * math.sin(self.angle)

    def accepts(self, tempered: float) -> bool:
        return self.narrow(tempered)


class _Axes(_Ellipse):
    """An ellipse of the pooled normal through some of its axes; what it is not is put right."""

    def __init__(self, here: Here, axes: tuple[int, int], rng: np.random.Generator) -> None:
        self._old = here.unknowns[: here.layout.parameters].copy()
        self._pool = here.pool
        self._axes = slice(*axes)
        self._now = here.pool.standard(self._old)[self._axes]
        super().__init__(0, len(self._old), here.tempered + self._correction(self._old), rng)
        self._other = rng.standard_normal(len(self._now))
        self._try = self._old

    def _correction(self, parameters: Floats) -> float:
        """Return log prior minus log of the pooled normal, but for a constant."""
        standard = self._pool.standard(parameters)
        return float(0.5 * (standard @ standard) - 0.5 * (parameters @ parameters))

    def values(self) -> Floats:
        cosine, sine = math.cos(self.angle), math.sin(self.angle)
        moved = self._now * (cosine - 1.0) + self._other * sine
        self._try = self._old + self._pool.axes[:, self._axes] @ moved
        return self._try

    def accepts(self, tempered: float) -> bool:
        return self.narrow(tempered + self._correction(self._try))


class _Step:
    """A step that is taken or not, by Metropolis and Hastings."""

    once = True

    def __init__(
        self, first: int, new: Floats, here: Here, rng: np.random.Generator, volume: float = 0.0
    ) -> None:
        self.first, self.stop, self._new = first, first + len(new), new
        old = here.unknowns[self.first : self.stop]
        prior = 0.5 * float(old @ old) - 0.5 * float(new @ new)
        self._least = here.tempered - prior - volume + math.log1p(-rng.random())

    def values(self) -> Floats:
        return self._new

    def accepts(self, tempered: float) -> bool:
        return tempered > self._least


@dataclass(frozen=True)
class SliceRows:
    """Elliptical slice sampling of the rows `first` to `stop` - 1."""

    first: int
    stop: int

    def start(self, here: Here, rng: np.random.Generator) -> Trial:
        """Return a trial at a place."""
        return _Rows(here, (self.first, self.stop), rng)


@dataclass(frozen=True)
class SliceWindow:
    """Elliptical slice sampling of the slow noise in a window of steps chosen at random.

    A window may hang over either end, so that the first and the last steps move as often as others.

    Attributes:
        parts: The window is one part of so many of all steps; 1 is all of them.
    """

    parts: int

    def start(self, here: Here, rng: np.random.Generator) -> Trial:
        """Return a trial at a place."""
        steps = here.layout.steps
        if self.parts == 1:
            return _Rows(here, here.layout.window(0, steps), rng)
        length = max(1, steps // self.parts)
        first = int(rng.integers(1 - length, steps))
        window = here.layout.window(max(0, first), min(steps, first + length))
        return _Rows(here, window, rng)


@dataclass(frozen=True)
class SliceAxes:
    """Generalised elliptical slice sampling of the parameters along axes of the pool.

    Attributes:
        first: First axis; 0 is the stiffest.
        stop: Axis after the last; those beyond the number of parameters do not count.
    """

    first: int
    stop: int

    def start(self, here: Here, rng: np.random.Generator) -> Trial:
        """Return a trial at a place."""
        stop = min(self.stop, here.layout.parameters)
        return _Axes(here, (min(self.first, stop - 1), stop), rng)


@dataclass(frozen=True)
class Evolve:
    """Differential evolution: a step along the difference of two places of the archive.

    Attributes:
        scale: Length of the step, in units of 2.38 / sqrt(2 d), the best for a normal target with
            d axes; less of it does better where the posterior is bent.
        axes: How many axes it moves along, the stiffest first; 0 is all.
    """

    scale: float = 0.75
    axes: int = 0

    def start(self, here: Here, rng: np.random.Generator) -> Trial:
        """Return a trial at a place."""
        count, parameters = here.pool.whitened.shape
        axes = min(self.axes or parameters, parameters)
        one = int(rng.integers(count))
        other = (one + 1 + int(rng.integers(max(1, count - 1)))) % count
        apart = here.pool.whitened[one, :axes] - here.pool.whitened[other, :axes]
        gamma = self.scale * 2.38 / math.sqrt(2.0 * axes)
        step = gamma * apart + JITTER * rng.standard_normal(axes)
        new = here.unknowns[:parameters] + here.pool.axes[:, :axes] @ step
        return _Step(0, new, here, rng)


@dataclass(frozen=True)
class Rescale:
    """Another size of the slow noise, and the noise made smaller or larger so that less changes.

    The lowest cosines over all steps of some channels keep their product with exp(`power` times the
    parameter). Where that is how the parameter acts, what slow noise does in the long run stays as
    it was, and the parameter moves much further. Any `power` is right, the true one is quick.

    Attributes:
        row: The parameter.
        power: Change of the logarithm of the noise's effect for each unit of the parameter.
        channels: The channels, numbered from 0.
        cosines: How many of each, the constant among them.
        step: Standard deviation of the change of the parameter.
    """

    row: int
    power: float
    channels: tuple[int, ...]
    cosines: int = 3
    step: float = 0.5

    def start(self, here: Here, rng: np.random.Generator) -> Trial:
        """Return a trial at a place."""
        layout = here.layout
        new = here.unknowns.copy()
        change = self.step * rng.standard_normal()
        new[self.row] += change
        noise = new[layout.parameters :].reshape(layout.steps, layout.channels)
        basis = cosines(layout.steps, self.cosines)
        columns = list(self.channels)
        waves = basis.T @ noise[:, columns]
        smaller = math.exp(-self.power * change)
        noise[:, columns] += basis @ (waves * (smaller - 1.0))
        volume = -self.power * change * waves.size
        return _Step(0, new, here, rng, volume)


def cosines(steps: int, count: int) -> Floats:
    """Return the lowest cosines over the steps as an orthonormal basis, array (step, cosine)."""
    wave = np.arange(min(count, steps))
    angle = math.pi * (np.arange(steps)[:, None] + 0.5) * wave / steps
    size = np.where(wave == 0, math.sqrt(1.0 / steps), math.sqrt(2.0 / steps))
    return size * np.cos(angle)


@explains_calls
def usual_moves(layout: Layout, scales: tuple[Rescale, ...] = ()) -> tuple[Move, ...]:
    """Return the moves of one sweep that mix parameters and slow noise together.

    Five steps between chains before each move of the noise, whose windows are a sixteenth, an
    eighth, a quarter and all; slices along all axes and along the stiffest; sizes of noise.
    """
    k = layout.parameters
    if not layout.steps * layout.channels:
        steps: list[Move] = [Evolve()] * 5
        return (*steps, SliceAxes(0, k), SliceRows(0, k), Evolve(1.0))
    windows: tuple[Move, ...] = tuple(SliceWindow(parts) for parts in (16, 8, 16, 4, 16, 1))
    if not k:
        return windows
    stiff = max(1, min(20, k // 2))
    between: list[Move] = [SliceAxes(0, k), *scales, SliceAxes(0, stiff), Evolve(0.5, stiff)]
    between += [SliceAxes(stiff, k), *scales]
    sweep: list[Move] = []
    for place, window in enumerate(windows):
        sweep += [Evolve()] * 5
        sweep += [window, *between[place::6]]
    return tuple(sweep)
