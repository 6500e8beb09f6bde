"""What an edit of a scenario rewrites of history, in bits: the cost of a question.

Dated events are nothing that the model draws. What came once in the years of the run is taken to
come at that rate: not to come from its day to the end of what is looked at has the chance that goes
with it, and another day costs as much as waiting for so long. Numbers that were fitted pay for
the distance by which they leave, or are moved within, their posterior. For the rest, such as how a
council decides, the model has no chance at all: as likely as not, one bit.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alliance_sim.counterfactual.rewrite_cost import RewriteCost, rewrite_cost
from alliance_sim.scenario.edit import value_at
from alliance_sim.scenario.edits_in_words import changes_between, multiples
from alliance_sim.scenario.path import PathProblem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.scenario import Scenario
    from alliance_sim.scenario.schema import Change, Juncture

    Floats = NDArray[np.float64]

DAYS = 365.25  # of a year
EVEN = 0.5  # the chance of what the model gives none
TIGHT = 1e-10  # share of the variance below which numbers hang together without a rest


class _Moved(NamedTuple):
    """A fitted number that is edited: by how much in each draw, array (draw,)."""

    name: str
    by: Floats


class EditParts(NamedTuple):
    """What goes into the cost of some edits.

    Attributes:
        edits: How many there are.
        years: By how many years events were moved, or for how many they had to stay away.
        uneven: How many things were changed that have no chance in the model.
        noise: Pushes of leaders who were put in others' places, in standard deviations.
        moved: Fitted numbers that are edited.
    """

    edits: int
    years: float
    uneven: int
    noise: tuple[float, ...]
    moved: tuple[_Moved, ...]


def edit_cost(
    base: Scenario, edited: Scenario, posterior: PosteriorDraws, *, until: dt.date
) -> RewriteCost | None:
    """Return what the edits between two scenarios rewrite, None if that is not known.

    A juncture that is taken out, or whose leader is replaced, costs minus the log2 of the chance
    that it does not come from its day to `until`; one that is moved, that of as many years. Both at
    the rate of what comes once in the years of the run. A leader's push costs its distance from
    those of all leaders; fitted numbers the squared Mahalanobis distance by which they are moved,
    which for what is made so many times as large is its mean over the draws; what has no chance in
    the model one bit. Each edit beyond the first costs the choice among all junctures.

    Args:
        base: The factual scenario.
        edited: The edited one.
        posterior: The draws.
        until: Last day that the outcome looks at.

    Returns:
        The cost, all parts at least 0; None if nothing was edited, if a state is held, which no
        rule does, or the draws are too few for a distance.
    """
    if edited.holds != base.holds:
        return None
    return cost_of([edit_parts(base, edited, posterior, until=until)], base, posterior)


def edit_parts(
    base: Scenario, edited: Scenario, posterior: PosteriorDraws, *, until: dt.date
) -> EditParts:
    """Return what goes into the cost of the edits between two scenarios."""
    own = changes_between(base, edited)
    times = multiples(own)
    texts = dict.fromkeys(change.text or change.words for change in own)
    by_name = {juncture.name: juncture for juncture in base.junctures}
    years, uneven = 0.0, 0
    noise: list[float] = []
    moved = []
    for change in own:
        found = by_name.get(_juncture_in(change))
        kind = change.path.rpartition(".")[2]
        if found is not None and kind == "present" and change.value is False:
            years += _years(max(found.date, _begin(base)), until)
            noise += _successor(found, edited, posterior)
        elif found is not None and kind == "date":
            years += _moved_by(found, edited)
        elif change.path in posterior.names:
            moved.append(_fitted(change.path, edited, posterior, times.get(change.path)))
        else:
            uneven += 1
    return EditParts(len(texts), years, uneven, tuple(noise), tuple(moved))


def cost_of(
    parts: Sequence[EditParts], base: Scenario, posterior: PosteriorDraws
) -> RewriteCost | None:
    """Return what edits cost together, None if there are none or no distance is defined."""
    count = sum(one.edits for one in parts)
    distance = _distance([moved for one in parts for moved in one.moved], posterior)
    if not count or distance is None:
        return None
    rate = 1.0 / (base.time.last_year + 1 - base.time.first_year)
    years, uneven = sum(one.years for one in parts), sum(one.uneven for one in parts)
    return rewrite_cost(
        probability=math.exp(-years * rate) * EVEN**uneven,
        moved_noise=[push for one in parts for push in one.noise],
        distance=distance,
        choices=[max(1, len(base.junctures))] * (count - 1),
    )


def _juncture_in(change: Change) -> str:
    head, _, rest = change.path.partition(".")
    return rest.partition(".")[0] if head == "juncture" else ""


def _begin(base: Scenario) -> dt.date:
    return dt.date(base.time.first_year, 1, 1)


def _years(first: dt.date, last: dt.date) -> float:
    return max(0.0, (last - first).days / DAYS)


def _moved_by(found: Juncture, edited: Scenario) -> float:
    """Return by how many years a juncture was moved."""
    now = next(j for j in edited.junctures if j.name == found.name)
    return abs((now.date - found.date).days) / DAYS


def _successor(found: Juncture, edited: Scenario, posterior: PosteriorDraws) -> list[float]:
    """Return how far a leader who was put in another's place lies from usual ones, in sds."""
    now = next(j for j in edited.junctures if j.name == found.name)
    leads = {k: e for k, e in enumerate(found.effects) if e.moves == "leadership"}
    put = [r for r in now.replacements if r.moves == "leadership" and not r.drawn]
    moves: list[float] = []
    for place, effect in leads.items():
        spread = _spread(f"juncture.{found.name}.effect.{place}.size", posterior)
        pushes = [r.size.value for r in put if r.of == effect.of]
        moves += [push / spread for push in pushes] if spread else []
    return moves


def _spread(path: str, posterior: PosteriorDraws) -> float | None:
    """Return the standard deviation that the prior of a number has, None if it has none."""
    for prior in posterior.prior.scenario.priors:
        if prior.path == path and prior.family == "normal":
            return prior.parameters[1]
        group = f"spread.{prior.group}"
        if prior.path == path and group in posterior.names:
            return float(np.median(_column(group, posterior)))
    return None


def _column(name: str, posterior: PosteriorDraws) -> Floats:
    found: Floats = posterior.held.parameters[:, posterior.names.index(name)]
    return found


def _fitted(path: str, edited: Scenario, posterior: PosteriorDraws, times: float | None) -> _Moved:
    """Return how far edits move a fitted number: from its mean, or each draw from its own."""
    draws = _column(path, posterior)
    if times is not None:
        return _Moved(path, (times - 1.0) * draws)
    try:
        value = float(value_at(edited, path).value)
    except PathProblem:  # a number of the prior that no scenario has
        value = float(draws.mean())
    return _Moved(path, np.full(len(draws), value - draws.mean()))


def _distance(moved: Iterable[_Moved], posterior: PosteriorDraws) -> float | None:
    """Return the mean squared Mahalanobis distance of moves, None if it is not defined."""
    last = {one.name: one for one in moved}  # each tells where its number is in the end
    if not last:
        return 0.0
    values = np.stack([_column(name, posterior) for name in last])
    if values.shape[1] < len(last) + 2:
        return None
    scale = values.std(axis=1, ddof=1)
    if not (scale > 0.0).all():
        return None
    correlation = np.atleast_2d(np.corrcoef(values)) if len(last) > 1 else np.eye(1)
    if np.linalg.eigvalsh(correlation)[0] < TIGHT:
        return None
    by = np.stack([one.by for one in last.values()]) / scale[:, None]
    return float((by * np.linalg.solve(correlation, by)).sum(axis=0).mean())
