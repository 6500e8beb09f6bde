"""How far a small difference is carried, or amplified, on its way to what is asked about.

Both sides' slow noise is moved a little, in all fields and in the one quarter in which the edits
begin: up in one run of a history and down in another, with the same numbers, the same other noise
and the same uniforms for all acts. How far apart the levels of both runs lie then, over how far
apart the noise was moved, is |d c / d e|, the size of the impulse response, by central differences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alliance_sim.counterfactual.estimates import HIGH, LOW
from alliance_sim.counterfactual.histories import Histories
from alliance_sim.counterfactual.over_time import LEVEL
from alliance_sim.counterfactual.worlds import TwinWorlds, twin_worlds
from alliance_sim.glossary import decimal, domain_words, percent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.calendar import Calendar
    from alliance_sim.counterfactual.question import Question

    Floats = NDArray[np.float64]

PUSH = 0.1  # standard deviations by which noise is moved, up and down
FACT, EDITED = "fact", "edited"
LEVELS = "levels"  # stands for the mean over the fields, where a state is named
ACTS = ("count_", "passed_", "refused_")  # how states that acts change begin
ACTS_TOO = ("rung", "agreements", "suspensions", "blocked")


class Response(NamedTuple):
    """How far one standard deviation of slow noise moves a level of cooperation in one world.

    All are sizes, of levels from 0 to 1 for each standard deviation, and 0 or above.

    Attributes:
        world: "fact" or "edited".
        state: Name of the level; "levels" for the mean over the fields of what each is moved by.
        title: What it is called, such as "politics".
        year_later: Median over histories a year after the push; None if that is after what is
            asked about.
        most: Largest median in a quarter from the push to what is asked about.
        most_in: That quarter, such as "2005Q4"; None where nothing is moved.
        last: Median in the last quarter of what is asked about.
        low: 5th percentile over histories in that quarter.
        high: 95th percentile.
    """

    world: str
    state: str
    title: str
    year_later: float | None
    most: float
    most_in: str | None
    last: float
    low: float
    high: float

    @property
    def left(self) -> float | None:
        """What is left of the most, `last` over `most`, 0 to 1; None where nothing is moved."""
        return self.last / self.most if self.most > 0.0 else None


@dataclass(frozen=True)
class Amplification:
    """What a small difference in slow noise comes to, in both worlds.

    Attributes:
        pushed_in: The quarter in which slow noise is moved: the first that the edits touch.
        asked: The last quarter of what is asked about.
        push: Standard deviations by which it is moved, up and down.
        responses: By world the mean over the fields, then each field.
        acts_differ: By world the share of histories, 0 to 1, in which an act comes, or stays away,
            in one of both runs alone; there the difference jumps and is no derivative.
    """

    pushed_in: str
    asked: str
    push: float
    responses: tuple[Response, ...]
    acts_differ: Mapping[str, float]

    def of(self, world: str, state: str = LEVELS) -> Response:
        """Return what a level is moved by in one world.

        Args:
            world: "fact" or "edited".
            state: Such as "level_political"; "levels" for the mean over the fields.

        Raises:
            KeyError: If there is no such world or level.
        """
        return {(one.world, one.state): one for one in self.responses}[world, state]

    @property
    def words(self) -> str:
        """What was found, in one or two sentences."""
        mine, fact = self.of(EDITED), self.of(FACT)
        begins = (
            "A small difference on its way (amplification): one standard deviation of slow noise "
            f"on both sides in {self.pushed_in}"
        )
        if mine.left is None:
            return f"{begins} does not move the levels of the edited world by {self.asked}."
        low, high = decimal(mine.low), decimal(mine.high)
        fades = f"it fades, {percent(mine.left)} of that is left"
        goes = fades if mine.left < 1.0 else "it still grows"
        jumps = percent(self.acts_differ[EDITED])
        return (
            f"{begins} moves the levels of the edited world by {decimal(mine.last)} in "
            f"{self.asked} (90 % of the histories: {low} to {high}; of the world as it was by "
            f"{decimal(fact.last)}), at most by {decimal(mine.most)}, in {mine.most_in}: {goes}. "
            f"A push of {self.push:g} either way makes an act come or stay away in {jumps} of the "
            "histories."
        )

    def as_tree(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        return {
            "pushed_in": self.pushed_in,
            "asked": self.asked,
            "push": self.push,
            "responses": [{**one._asdict(), "left": one.left} for one in self.responses],
            "acts_differ": dict(self.acts_differ),
        }


def amplification_of(
    question: Question, worlds: TwinWorlds, past: Histories, *, push: float = PUSH
) -> Amplification | None:
    """Return how far a small difference in slow noise moves the levels of both worlds.

    The record is let go: uniforms that decide acts stay, and what is on record may not come about
    where noise was moved. Each draw counts with its first set of uniforms, so that numbers do not
    depend on how many sets there are.

    Args:
        question: The question, whose last quarter is looked at.
        worlds: Histories and their twins.
        past: The histories.
        push: Standard deviations by which noise is moved, up and down, above 0.

    Returns:
        None where the edits touch nothing by the last quarter, no level is left free of failures,
        or no level is reported by both worlds.
    """
    first, last = worlds.touched, question.outcome.stop - 1
    levels = [name for name in worlds.factual.states if name.startswith(LEVEL)]
    acts = [name for name in worlds.factual.states if name.startswith(ACTS) or name in ACTS_TOO]
    if first is None or first > last or not levels:
        return None
    up, down = (
        twin_worlds(
            worlds.base,
            worlds.edited_scenario,
            _moved(past, first, size),
            states=[*levels, *acts],
        )
        for size in (push, -push)
    )
    calendar, seen = past.vectors.ready.frame.calendar, slice(first, last + 1)
    responses: list[Response] = []
    acts_differ = {}
    for world in (FACT, EDITED):
        one, other = (
            (runs.factual if world == FACT else runs.edited).values[:, seen] for runs in (up, down)
        )
        apart = np.abs(one - other)
        apart = apart[np.isfinite(apart).all(axis=(1, 2))]
        if not len(apart):
            return None
        moved = apart[:, :, : len(levels)] / (2.0 * push)
        acts_differ[world] = float((apart[:, :, len(levels) :] > 0.0).any(axis=(1, 2)).mean())
        responses.append(_response(world, LEVELS, moved.mean(axis=2), calendar, first))
        responses += [
            _response(world, state, moved[:, :, k], calendar, first)
            for k, state in enumerate(levels)
        ]
    return Amplification(
        pushed_in=calendar.label(first),
        asked=calendar.label(last),
        push=push,
        responses=tuple(responses),
        acts_differ=acts_differ,
    )


def _moved(past: Histories, step: int, size: float) -> Histories:
    """Return the first history of each draw with both sides' slow noise moved in one step.

    Args:
        past: The histories.
        step: The step.
        size: Standard deviations.
    """
    world = past.vectors.ready.world
    moods = len(world.axes["threat"])  # they come first, then the slow noise of both sides
    parts = []
    for part in past.parts:
        if part.numbers[0] == part.draws.start:
            normals = part.normals.copy()
            normals[step, moods:] += size
            parts.append(part._replace(normals=normals))
    return Histories(
        past.scenario,
        parts,
        channels=past.channels,
        numbers=past.numbers_of(past.scenario),
        numbers_of=past.numbers_of,
        label=past.label,
        seed=past.seed,
        threads=past.threads,
        until=past.until,
    )


def _response(world: str, state: str, moved: Floats, calendar: Calendar, first: int) -> Response:
    """Return how far a level is moved, from an array (history, quarter) that begins at a step."""
    medians = np.median(moved, axis=0)
    low, high = np.quantile(moved[:, -1], [LOW, HIGH])
    most, year = int(medians.argmax()), calendar.steps_per_year
    return Response(
        world=world,
        state=state,
        title="all fields" if state == LEVELS else domain_words(state.removeprefix(LEVEL)),
        year_later=float(medians[year]) if year < len(medians) else None,
        most=float(medians[most]),
        most_in=calendar.label(first + most) if medians[most] > 0.0 else None,
        last=float(medians[-1]),
        low=float(low),
        high=float(high),
    )
