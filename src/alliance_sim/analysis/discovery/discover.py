"""Scenario discovery: under which conditions does it happen?"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from alliance_sim.analysis.design_layout import check_spread
from alliance_sim.analysis.discovery import cart
from alliance_sim.analysis.discovery.boxes import Box, Cases, outside_of
from alliance_sim.analysis.discovery.prim import LEAST_COVERAGE, Peeled
from alliance_sim.analysis.summaries import wilson
from alliance_sim.errors import SettingError, UnknownName, explains_calls, shown, unknown_name
from alliance_sim.glossary import percent

if TYPE_CHECKING:
    from alliance_sim.analysis.axes import Axis

Method = Literal["prim", "cart"]
METHODS: tuple[Method, ...] = ("prim", "cart")
LEAST = 20  # runs in which it happens, and runs in which it does not

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Search:
    """How PRIM looks for boxes.

    Attributes:
        boxes: Look for at most so many, each outside of those before.
        step: Take this step of the first peeling instead of the best balance.
        resample: See in so many random halves of the runs which factors are limited again; each
            takes about half as long as the search itself.
    """

    boxes: int = 3
    step: int | None = None
    resample: int = 0


@dataclass(frozen=True)
class Elsewhere:
    """How boxes found in one half of the design points do in the other half.

    Attributes:
        density: Mean density over both halves, 0 to 1; NaN if a half has no box.
        coverage: Mean coverage.
    """

    density: float
    coverage: float


@dataclass(frozen=True)
class Discovery:
    """Conditions under which something happens, in the model and over the ranges given.

    Attributes:
        method: "prim" or "cart".
        outcome: What happens.
        cases: The runs.
        boxes: PRIM: the boxes found, first the first. CART: the leaves in which it happens more
            often than over all runs, beyond chance; densest first.
        leaves: CART: all leaves, densest first; empty for PRIM.
        peeling: PRIM: the steps of all peelings, with the number of the `box`; else None.
        again: PRIM, if asked for: how often factors are limited again in random halves; else None.
        elsewhere: PRIM: how the first box does on points that it was not found on; None if the
            halves are too small, or if the box was chosen by hand.
        by_hand: PRIM: whether the step of the first box was asked for.
    """

    method: Method
    outcome: str
    cases: Cases
    boxes: tuple[Box, ...]
    leaves: tuple[Box, ...] = ()
    peeling: pd.DataFrame | None = None
    again: pd.DataFrame | None = None
    elsewhere: Elsewhere | None = None
    by_hand: bool = False

    def words(self) -> list[str]:
        """Return what the numbers rest on, in sentences."""
        return _words(self)


@explains_calls
def discover(
    frame: pd.DataFrame,
    *,
    axes: Sequence[Axis],
    outcome: str,
    method: str = "prim",
    search: Search = Search(),
    seed: int = 1,
) -> Discovery:
    """Return the conditions under which an outcome of 0 or 1 is 1.

    Args:
        frame: One row per run of one scenario, with columns `point`, one per factor and the
            outcome (NaN where a run failed).
        axes: The factors.
        outcome: Column of the outcome.
        method: "prim" or "cart".
        search: How PRIM looks for boxes.
        seed: Of whatever is drawn.

    Raises:
        UnknownName: If there is no such method.
        SettingError: If no factor varies, the outcome is not 0 or 1, always or never happens,
            happens too seldom or too often to say when, or a setting is out of range.
        MissingExtra: If EMA Workbench is not installed.
    """
    if method not in METHODS:
        raise UnknownName(unknown_name("method", method, METHODS))
    where = f"conditions of {outcome}"
    problems = [
        f"{name} is {value}, must be at least {least}"
        for name, value, least in (("boxes", search.boxes, 1), ("resample", search.resample, 0))
        if value < least
    ]
    if not isinstance(frame, pd.DataFrame):
        problems.append(f"frame is {shown(frame)}, must be a table with a row for each run")
    if problems:
        raise SettingError(where, problems)
    cases = cases_of(frame, axes=axes, outcome=outcome, where=where)
    if method == "cart":
        log.debug("growing a tree on %s runs", f"{len(cases.y):,}")
        leaves = tuple(cart.leaves(cases, seed=seed))
        dense = tuple(leaf for leaf in leaves if leaf.density_low > cases.share)
        return Discovery("cart", outcome, cases, dense, leaves)
    peeled = Peeled(cases)
    found, peeling = _peel(peeled, search)
    again = elsewhere = None
    if found and search.resample:
        log.debug("looking in %d random halves which factors are limited again", search.resample)
        again = peeled.again(search.resample, seed)
    if found and search.step is None:
        log.debug("trying the first box on points that it was not found on")
        elsewhere = _elsewhere(cases, seed)
    return Discovery(
        "prim",
        outcome,
        cases,
        found,
        peeling=peeling,
        again=again,
        elsewhere=elsewhere,
        by_hand=search.step is not None,
    )


def cases_of(frame: pd.DataFrame, *, axes: Sequence[Axis], outcome: str, where: str) -> Cases:
    """Return the runs that did not fail, with the factors that vary.

    Raises:
        SettingError: As for `discover`.
    """
    values = frame[outcome].to_numpy(dtype=np.float64)
    worked = ~np.isnan(values)
    kept = frame[worked]
    y = values[worked]
    _check(y, where)
    columns = [axis.numbers(kept[axis.name]) for axis in axes]
    moving = [k for k, column in enumerate(columns) if np.ptp(column) > 0]
    x = np.stack([columns[k] for k in moving], axis=1) if moving else np.empty((len(y), 0))
    check_spread(x, [axes[k].name for k in moving], where=where)
    return Cases(
        axes=tuple(axes[k] for k in moving),
        x=x,
        y=y.astype(np.int64),
        point=kept["point"].to_numpy(dtype=np.int64),
        failed=int((~worked).sum()),
    )


def _check(y: np.ndarray[tuple[int], np.dtype[np.float64]], where: str) -> None:
    """Raise an error unless it happens in some runs and not in others."""
    if not len(y):
        raise SettingError(where, ["every run failed"])
    odd = y[~np.isin(y, (0.0, 1.0))]
    if len(odd) and y.min() == y.max():
        problem = (
            f"it is {y.min():.4g} in every run, so that nothing parts them; ask for another outcome"
        )
        raise SettingError(where, [problem])
    if len(odd):
        middle = float(np.median(y))
        sign = ">=" if middle > y.min() else ">"
        problem = (
            f"it is a number from {y.min():.4g} to {y.max():.4g} and not something that happens or "
            "does not. Ask for a comparison, such as "
            f'"{where.removeprefix("conditions of ")}{sign}{middle:.4g}" or "rung>=8@2014"'
        )
        raise SettingError(where, [problem])
    hits = int(y.sum())
    if hits in (0, len(y)):
        word = "never happens" if hits == 0 else "always happens"
        problem = (
            f"it {word} in these {len(y)} runs, so no condition can be told; ask for another "
            "threshold or time, or vary other factors or wider ranges"
        )
        raise SettingError(where, [problem])
    if min(hits, len(y) - hits) < LEAST:
        problem = (
            f"it happens in {hits} of {len(y)} runs; at least {LEAST} runs in which it happens and "
            f"{LEAST} in which it does not are needed. Add points or replicates"
        )
        raise SettingError(where, [problem])


def _peel(peeled: Peeled, search: Search) -> tuple[tuple[Box, ...], pd.DataFrame | None]:
    """Return the boxes that are clearly denser than all runs, and the steps to them."""
    cases = peeled.cases
    found: list[Box] = []
    peelings = []
    while len(found) < search.boxes:
        log.debug("looking for box %d of at most %d", len(found) + 1, search.boxes)
        following = peeled.next(None if found else search.step)
        if following is None:
            break
        box, peeling = following
        asked_for = search.step is not None and not found
        dense = box.density_low > cases.share
        if found and not (dense and box.coverage >= LEAST_COVERAGE):
            break
        peelings.append(peeling.assign(box=len(found) + 1))
        if not dense and not asked_for:
            break
        found.append(box)
        left = cases.y[outside_of(peeled.boxes, cases)]
        if min(left.sum(), len(left) - left.sum()) < LEAST:
            break
    return tuple(found), pd.concat(peelings, ignore_index=True) if peelings else None


def _elsewhere(cases: Cases, seed: int) -> Elsewhere | None:
    """Return how a box found on one half of the points does on the other, both ways."""
    points = np.unique(cases.point)
    half = np.random.default_rng(seed).permutation(points)[: len(points) // 2]
    first = np.isin(cases.point, half)
    density, coverage = [], []
    for rows in (first, ~first):
        train, test = cases.part(rows), cases.part(~rows)
        smallest = min(
            min(part.of_interest, len(part.y) - part.of_interest) if len(part.y) else 0
            for part in (train, test)
        )
        if smallest < LEAST // 2:
            return None
        found = Peeled(train).next()
        inside = found[0].inside(test) if found else np.zeros(len(test.y), dtype=bool)
        hits = test.y[inside].sum()
        density.append(hits / inside.sum() if inside.any() else np.nan)
        coverage.append(hits / test.of_interest)
    return Elsewhere(float(np.mean(density)), float(np.mean(coverage)))


def _words(found: Discovery) -> list[str]:
    cases = found.cases
    low, high = wilson(cases.of_interest, len(cases.y))
    points = len(np.unique(cases.point))
    happens = f"It happens in {cases.of_interest} of {len(cases.y)} runs "
    interval = f"95 % interval {percent(float(low), 1)} to {percent(float(high), 1)}"
    told = [f"{happens}({percent(cases.share, 1)}, {interval} for this design)."]
    if cases.failed:
        told.append(f"{cases.failed} runs failed and are left out.")
    if not found.boxes:
        told.append(
            "No box found: under no condition on these factors does it happen clearly more often "
            "than over all runs."
        )
    if len(cases.y) > points:
        told.append(
            f"Each run is a case; the {len(cases.y)} runs stand at {points} points and are not "
            "independent, so intervals and quasi-p values are too optimistic."
        )
    if found.boxes and found.method == "prim":
        told.append(
            "The boxes were chosen for their density, which flatters it." + _elsewhere_words(found)
        )
    elif found.leaves:
        told.append(
            "The tree was cut where these runs differ most, which flatters its densest leaves, "
            "small ones most. They were not tried on points that they were not found on."
        )
    if any(box.before for box in found.boxes):
        told.append("A box counts only the runs that lie in no box before it.")
    return told


def _elsewhere_words(found: Discovery) -> str:
    elsewhere = found.elsewhere
    if found.by_hand:
        return " A step chosen by hand is not tried on points that it was not found on."
    if elsewhere is None:
        return " There are too few cases to try them on points that they were not found on."
    if np.isnan(elsewhere.density):
        return " In halves of the points no box is found again."
    return (
        f" Found on one half of the points and tried on the other, the first box has density "
        f"{percent(elsewhere.density)} and coverage {percent(elsewhere.coverage)}."
    )
