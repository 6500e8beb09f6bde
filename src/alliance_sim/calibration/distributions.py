"""Families of priors as blocks of rows: many parameters of one family, every lane at once.

A block knows how its rows come from standard normals and go back, and their densities. Each is cut
at the range of its parameters: u in (0, 1) becomes the quantile of low's share plus u times what
lies between. The smaller of the two tails is taken, so that nothing is lost far out; and where the
range itself lies far out, what is in it is the difference of shares of the tail that it lies in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

from alliance_sim.errors import SettingError
from alliance_sim.scenario.priors import LOG, LOG_ODDS, SHRUNK

Floats = NDArray[np.float64]
Function = Callable[..., Any]
Cut = tuple[Floats, Floats, Floats]  # shares below a range, inside it and above it
ROOT_2PI_LOG = 0.9189385332046727
IDENTITY = ""
FAR = 0.9  # share on one side of a range, beyond which 1 minus it has lost digits
LEAST_INSIDE = 1e-292  # share inside a range, below which parts of it lose digits themselves


class Shape(NamedTuple):
    """A family with its parameters a and b: distribution, survival, both inverse, log density."""

    below: Function
    above: Function
    at_share: Function
    at_rest: Function
    log_density: Function


SHAPES: dict[str, Shape] = {
    "normal": Shape(
        lambda x, a, b: scipy.special.ndtr((x - a) / b),
        lambda x, a, b: scipy.special.ndtr((a - x) / b),
        lambda p, a, b: a + b * scipy.special.ndtri(p),
        lambda q, a, b: a - b * scipy.special.ndtri(q),
        lambda x, a, b: -0.5 * ((x - a) / b) ** 2 - np.log(b) - ROOT_2PI_LOG,
    ),
    "half_normal": Shape(
        lambda x, a, _: scipy.special.erf(np.maximum(x, 0.0) / (a * np.sqrt(2.0))),
        lambda x, a, _: 2.0 * scipy.special.ndtr(-np.maximum(x, 0.0) / a),
        lambda p, a, _: a * np.sqrt(2.0) * scipy.special.erfinv(p),
        lambda q, a, _: -a * scipy.special.ndtri(0.5 * q),
        lambda x, a, _: -0.5 * (x / a) ** 2 - np.log(a) - ROOT_2PI_LOG + np.log(2.0),
    ),
    "beta": Shape(
        lambda x, a, b: scipy.special.betainc(a, b, np.clip(x, 0.0, 1.0)),
        lambda x, a, b: scipy.special.betaincc(a, b, np.clip(x, 0.0, 1.0)),
        lambda p, a, b: scipy.special.betaincinv(a, b, p),
        lambda q, a, b: scipy.special.betainccinv(a, b, q),
        lambda x, a, b: (
            scipy.special.xlogy(a - 1.0, x)
            + scipy.special.xlog1py(b - 1.0, -x)
            - scipy.special.betaln(a, b)
        ),
    ),
    "gamma": Shape(
        lambda x, a, b: scipy.special.gammainc(a, np.maximum(x, 0.0) * b),
        lambda x, a, b: scipy.special.gammaincc(a, np.maximum(x, 0.0) * b),
        lambda p, a, b: scipy.special.gammaincinv(a, p) / b,
        lambda q, a, b: scipy.special.gammainccinv(a, q) / b,
        lambda x, a, b: (
            scipy.special.xlogy(a - 1.0, x)
            - b * x
            + scipy.special.xlogy(a, b)
            - scipy.special.gammaln(a)
        ),
    ),
    "exponential": Shape(
        lambda x, a, _: -np.expm1(-a * np.maximum(x, 0.0)),
        lambda x, a, _: np.exp(-a * np.maximum(x, 0.0)),
        lambda p, a, _: -np.log1p(-p) / a,
        lambda q, a, _: -np.log(q) / a,
        lambda x, a, _: np.log(a) - a * x,
    ),
    "uniform": Shape(
        lambda x, a, b: np.clip((x - a) / (b - a), 0.0, 1.0),
        lambda x, a, b: np.clip((b - x) / (b - a), 0.0, 1.0),
        lambda p, a, b: a + p * (b - a),
        lambda q, a, b: b - q * (b - a),
        lambda x, a, b: np.where((x >= a) & (x <= b), -np.log(b - a), -np.inf),
    ),
}
# Families that are another one on a scale: normals all of them.
ON_SCALES = {"lognormal": LOG, "logit_normal": LOG_ODDS}
FROM_ZERO = ("half_normal", "beta", "gamma", "exponential")


def on_scale(x: Floats, scale: str) -> Floats:
    """Return numbers on a scale: their logs, their log-odds, or themselves."""
    if scale == IDENTITY:
        return x
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.log(x) if scale == LOG else scipy.special.logit(x)
    return found


def off_scale(y: Floats, scale: str) -> Floats:
    """Return what numbers on a scale stand for."""
    if scale == IDENTITY:
        return y
    with np.errstate(over="ignore"):
        found: Floats = np.exp(y) if scale == LOG else scipy.special.expit(y)
    return found


class Row(NamedTuple):
    """One parameter as a block needs it.

    Attributes:
        place: Its row in the vector.
        family: As the file has it.
        parameters: Of the family.
        scale: On which it is told, `IDENTITY` for its own.
        group: Row of its spread, -1 for none.
        low: Range of the parameter.
        high: Range of the parameter.
    """

    place: int
    family: str
    parameters: tuple[float, ...]
    scale: str
    group: int
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Block:
    """Parameters of one family on one scale, or the shrunk ones on one scale.

    Attributes:
        rows: Their places in the vector.
        shape: The family.
        scale: On which they are told.
        first: First parameter of each, (row, 1).
        second: Second parameter of each, (row, 1); of shrunk ones the spread stands there.
        groups: Places of the spreads, empty where there are none.
        low: Range, in the parameter's own unit, (row, 1).
        high: Range, (row, 1).
    """

    rows: NDArray[np.intp]
    shape: Shape
    scale: str
    first: Floats
    second: Floats
    groups: NDArray[np.intp]
    low: Floats
    high: Floats

    def from_normals(self, z: Floats, theta: Floats) -> Floats:
        """Return the parameters (row, lane) of standard normals; `theta` holds the spreads."""
        second, (below, inside, above) = self._given(theta)
        share = below + scipy.special.ndtr(z) * inside
        rest = above + scipy.special.ndtr(-z) * inside
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            y: Any = np.where(
                share <= rest,
                self.shape.at_share(share, self.first, second),
                self.shape.at_rest(rest, self.first, second),
            )
        return np.clip(off_scale(y, self.scale), self.low, self.high)

    def to_normals(self, x: Floats, theta: Floats) -> Floats:
        """Return the standard normals (row, lane) that parameters come from."""
        second, (below, inside, above) = self._given(theta)
        y = on_scale(x, self.scale)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = (self.shape.below(y, self.first, second) - below) / inside
            rest = (self.shape.above(y, self.first, second) - above) / inside
            share, rest = (
                np.where(below > FAR, 1.0 - rest, share),
                np.where(above > FAR, 1.0 - share, rest),
            )
            z: Floats = np.where(
                share <= rest, scipy.special.ndtri(share), -scipy.special.ndtri(rest)
            )
        return z

    def log_density(self, x: Floats, theta: Floats) -> Floats:
        """Return the log density of each parameter (row, lane), -inf outside its range."""
        second, (_, inside, _) = self._given(theta)
        y = on_scale(x, self.scale)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = self.shape.log_density(y, self.first, second) - np.log(inside)
            if self.scale == LOG:
                found = found - np.log(x)
            elif self.scale == LOG_ODDS:
                found = found - np.log(x) - np.log1p(-x)
        good = (x >= self.low) & (x <= self.high) & ~np.isnan(found)
        return np.where(good, found, -np.inf)

    def inside(self) -> Floats:
        """Return which share of the family lies in the range, (row, 1); not of shrunk ones."""
        return self._always[1]

    def _given(self, theta: Floats) -> tuple[Floats, Cut]:
        """Return the second parameter, and which share lies where."""
        if not len(self.groups):
            return self.second, self._always
        second = theta[self.groups]
        return second, self._cut(second)

    @cached_property
    def _always(self) -> Cut:
        """Which share lies where, if no spread moves it: the same in every call."""
        return self._cut(self.second)

    def _cut(self, second: Floats) -> Cut:
        """Return which share of the family lies below, inside and above the range."""
        low, high = on_scale(self.low, self.scale), on_scale(self.high, self.scale)
        with np.errstate(invalid="ignore"):
            below = self.shape.below(low, self.first, second)
            above = self.shape.above(high, self.first, second)
            upper = self.shape.above(low, self.first, second) - above
            inside = np.where(below > 0.5, upper, 1.0 - below - above)
            if (above > FAR).any():
                lower = self.shape.below(high, self.first, second) - below
                inside = np.where(above > FAR, lower, inside)
        return below, inside, above


def blocks_of(rows: list[Row]) -> list[Block]:
    """Return parameters as blocks, in an order in which spreads come before what they shrink.

    Raises:
        SettingError: If the range of one lies so far out that its family is never there.
    """
    kinds: dict[tuple[bool, str, str], list[Row]] = {}
    for row in rows:
        family, scale = row.family, row.scale
        if family in ON_SCALES:
            family, scale = "normal", ON_SCALES[family]
        shrunk = family == SHRUNK
        kinds.setdefault((shrunk, "normal" if shrunk else family, scale), []).append(row)
    found = {kind: _block(kinds[kind], kind) for kind in sorted(kinds)}
    problems = [told for kind in found for told in _never_there(kinds[kind], found[kind])]
    if problems:
        raise SettingError("prior", problems)
    return list(found.values())


def _never_there(rows: list[Row], block: Block) -> Iterator[str]:
    """Say which parameters have no probability in their range; not of shrunk ones."""
    if len(block.groups):
        return
    for row, inside in zip(rows, block.inside().ravel().tolist(), strict=True):
        if not inside >= LEAST_INSIDE:
            given = ", ".join(f"{value:g}" for value in row.parameters)
            yield (
                f"{row.family} ({given}) has no probability from {row.low:g} to {row.high:g}, the "
                "range of its parameter; it must have some there"
            )


def _block(rows: list[Row], kind: tuple[bool, str, str]) -> Block:
    shrunk, family, scale = kind

    def column(values: list[float]) -> Floats:
        return np.array(values, dtype=np.float64)[:, None]

    lowest = 0.0 if family in FROM_ZERO or scale in (LOG, LOG_ODDS) else -np.inf
    highest = 1.0 if family == "beta" or scale == LOG_ODDS else np.inf
    return Block(
        rows=np.array([row.place for row in rows], dtype=np.intp),
        shape=SHAPES[family],
        scale=scale,
        first=column([row.parameters[0] for row in rows]),
        second=column([row.parameters[1] if len(row.parameters) > 1 else 1.0 for row in rows]),
        groups=np.array([row.group for row in rows] if shrunk else [], dtype=np.intp),
        low=column([max(row.low, lowest) for row in rows]),
        high=column([min(row.high, highest) for row in rows]),
    )
