"""Can the same world hold little cooperation and much, by where it came from?

Institutions that keep what was built, and work in one field that makes the next easier, feed back
on cooperation. Feedback that is strong enough has a threshold: below it a partnership falls back to
little, above it comes to much, and history decides which (Pierson 2000). Where one level feeds back
on itself, c = logistic(a + G c), that takes a gain G above 4 and an `a` within a window. The model
has three levels, assets, two sides and a law between them, so it is asked itself: inputs stay as
they were at the end of a year, nothing is drawn, and a run from no cooperation and no assets is
held against one from full cooperation and full assets. If both come to the same, there is one
stable level, and what was before is forgotten; how long that takes is told.

What may still happen stays out: formal steps, laws, agreements and leaders are those of the year as
on record, and slow noise is at its mean of 0. What operations have lost since their peak is not
held against them, as a peak is never forgotten, and a run that begins at full operations would
carry it for ever.

Source: P. Pierson, "Increasing Returns, Path Dependence, and the Study of Politics", American
Political Science Review 94 (2000), 251-267.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alliance_sim.calibration.layout import LANES
from alliance_sim.calibration.target import target_of
from alliance_sim.engine.kernel.layout import P, S, rows_of
from alliance_sim.engine.kernel.resumable import Floats, Lanes, State
from alliance_sim.errors import SettingError, explains_calls, shown
from alliance_sim.noise import as_seed
from alliance_sim.scenario.fields import DOMAINS
from alliance_sim.whole_numbers import not_whole, whole_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from alliance_sim.calendar import Calendar
    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.calibration.target import Target

NEAR = 0.05  # levels that are apart by no more have come together
SETTLED = 1e-3  # and by no more than this, so that they need not be followed any further
STILL = 1e-9  # what has moved by no more in the quarters of a scenario stays where it is
PATIENCE = 1200  # years; assets fade by half in a few decades
NEVER_HAPPENS = 1.0 - 1e-9  # a uniform that brings nothing about
NOT_TABLED = -1.0
PULSES = ("missions_ended", "capability_change")  # inputs that are 0 where nothing changes
DRAWS = 300
WHERE = "stable_levels"


class Rest(NamedTuple):
    """Where levels come to rest.

    Attributes:
        low: Levels reached from nothing, array (field, draw), in [0, 1].
        high: Levels reached from full cooperation, likewise.
        years: For how long any level was further apart than `NEAR`, array (draw,); infinite if
            they still are at the end.
    """

    low: Floats
    high: Floats
    years: Floats


@explains_calls
def stable_levels(
    posterior: PosteriorDraws,
    *,
    years: Sequence[int] | None = None,
    draws: int = DRAWS,
    seed: int = 1,
) -> pd.DataFrame:
    """Return how often the world of a year can hold little cooperation and much.

    It takes about five seconds a year for 300 draws.

    Args:
        posterior: Draws; their prior is asked the same.
        years: At whose ends inputs stay; the last years of the scenario's stages if left out.
        draws: How many of each, at most as many as the posterior has; all of it if it has fewer
            than are usual.
        seed: Of the draws of the prior.

    Returns:
        A row for each year of the prior and of the posterior: `of`, `year`, `draws`; `two`, the
        share of draws in which two runs, from no cooperation and from full, are still more than
        0.05 apart in some field after 1,200 years; `memory`, for how many years they are, median
        over the draws, with `memory_q05` and `memory_q95` (infinite where they stay apart); and the
        medians `low_FIELD` and `high_FIELD` of the levels that they come to, in [0, 1].

    Raises:
        NoRecord: If the scenario has no record.
        RecordError: If it cannot be used.
        SettingError: If a year is none of the scenario, or there are not as many draws.
    """
    import pandas as pd

    most = len(posterior)
    wanted = min(draws, most) if draws == DRAWS else draws
    if problems := not_whole("draws", wanted, least=1, most=most):
        raise SettingError(WHERE, problems)
    held, number = posterior.held, as_seed(seed)
    target = target_of(posterior.prior, series=held.series, until=held.until)
    steps = _last_steps(target.scenario.calendar(), years)
    chosen = np.linspace(0, most - 1, wanted).round().astype(int).tolist()
    normals = held.normals(chosen)
    before = np.ascontiguousarray(posterior.prior.sample(wanted, number).T)
    after = np.ascontiguousarray(held.parameters[chosen].T)
    rows = []
    for of, theta, noise in (
        ("prior", before, np.zeros_like(normals)),
        ("posterior", after, normals),
    ):
        for year, step in steps.items():
            found = rest_of(target, theta, noise, step=step)
            rows.append({"of": of, "year": year, "draws": wanted, **_told(found)})
    return pd.DataFrame(rows)


def _last_steps(calendar: Calendar, years: Sequence[int] | None) -> dict[int, int]:
    """Return the last quarter of each year.

    Raises:
        SettingError: If a year is none of the calendar.
    """
    first, last = calendar.first_year, calendar.last_year
    asked = [] if years is None else list(years)
    if years is None:
        asked = sorted({min(max(period.end.year, first), last) for period in calendar.periods})
    wrong = [one for one in asked if not whole_number(one) or not first <= one <= last]
    if wrong or not asked:
        named = ", ".join(map(shown, wrong)) or "none"
        problem = f"years: {named}, must be years of the scenario, {first} to {last}"
        raise SettingError(WHERE, [problem])
    return {int(year): (int(year) + 1 - first) * calendar.steps_per_year - 1 for year in asked}


def _told(found: Rest) -> dict[str, float]:
    """Return what a table says of levels at rest."""
    low, middle, high = np.quantile(found.years, [0.05, 0.5, 0.95], method="inverted_cdf").tolist()
    ends = (("low", found.low), ("high", found.high))
    return {
        "two": float(np.mean(np.isinf(found.years))),
        "memory": middle,
        "memory_q05": low,
        "memory_q95": high,
        **{
            f"{end}_{field}": float(np.median(levels[place]))
            for end, levels in ends
            for place, field in enumerate(DOMAINS)
        },
    }


def rest_of(target: Target, theta: Floats, normals: Floats, *, step: int) -> Rest:
    """Return where levels come to rest if all stays as it was at the end of a quarter.

    Args:
        target: Of the scenario and its record, which is held until then.
        theta: Natural values of the parameters, array (k, draw).
        normals: Slow noise until then, array (step, channel, draw).
        step: The quarter.
    """
    parts = [slice(start, start + LANES) for start in range(0, theta.shape[1], LANES)]
    found = [
        _rest_of_block(
            target,
            np.ascontiguousarray(theta[:, part]),
            np.ascontiguousarray(normals[:, :, part]),
            step,
        )
        for part in parts
    ]
    return Rest(*(np.concatenate(one, axis=-1) for one in zip(*found, strict=True)))


def _rest_of_block(target: Target, theta: Floats, normals: Floats, step: int) -> Rest:
    """Return the same of up to 64 draws."""
    count, each = theta.shape[1], target.scenario.calendar().steps_per_year
    lanes, state = _frozen(target, theta, normals, step)
    fields = slice(S.level, S.level + len(DOMAINS))
    ends = [_from(state, 0.0), _from(state, 1.0)]
    apart, quarters = np.zeros(count), target.layout.steps - 1
    last = np.ones(count)
    for _ in range(-(-PATIENCE * each // quarters)):
        passed = []
        for place, numbers in enumerate(ends):
            lanes.take_up(State(0, numbers))
            lanes.advance(quarters + 1)
            passed.append(lanes.values[:, 1:].copy())
            ends[place] = lanes.state().numbers
        gap = np.abs(passed[1] - passed[0]).max(axis=2)
        apart, last = apart + (gap > NEAR).sum(axis=1), gap[:, -1]
        moved = max(np.abs(one[:, -1] - one[:, 0]).max() for one in passed)
        if last.max() <= SETTLED or moved <= STILL:
            break
    low, high = (numbers[fields, :count] for numbers in ends)
    return Rest(low, high, np.where(last > NEAR, np.inf, apart / each))


def _frozen(target: Target, theta: Floats, normals: Floats, step: int) -> tuple[Lanes, State]:
    """Return lanes in which nothing changes from outside, and where they stood in that quarter."""
    room, count = target.room, theta.shape[1]
    ready = room.vectors.ready
    shape, at = ready.frame.shape, rows_of(ready.frame.shape)
    constants, own, observation = room.given(theta)
    state = room.conditioned.end(constants, own, normals, observation, last=step + 1)
    now = np.repeat(ready.world.table[step][:, None], count, axis=1)
    now[list(room.vectors.columns)] = own[step]
    for name in PULSES:
        now[getattr(at, f"given_{name}")] = 0.0
    held: Any = np.array(constants)
    held[at.fixed_item_tabled : at.fixed_item_tabled + shape.items] = NOT_TABLED
    for pull in P.asset_pulls:
        held[pull.back] = 0.0
    steps, channels = target.layout.steps, len(ready.world.all_channels)
    levels = range(S.level, S.level + len(DOMAINS))
    lanes = Lanes(ready, runs=range(count), seed=0, inputs=range(len(now)), keep=levels)
    lanes.take(
        constants=held,
        own=np.repeat(now[None], steps, axis=0),
        normals=np.zeros((steps, target.layout.channels, count)),
        uniforms=np.full((count, channels, steps), NEVER_HAPPENS),
    )
    return lanes, state


def _from(state: State, full: float) -> Floats:
    """Return what lanes are with no cooperation and no assets (0), or full ones (1)."""
    found = state.numbers.copy()
    found[S.level : S.level + len(DOMAINS)] = full
    found[S.general], found[S.mission] = full, 0.0
    return found
