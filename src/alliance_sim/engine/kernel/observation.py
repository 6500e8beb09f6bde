"""A record by the quarters of a scenario: as arrays, with what the engine cannot hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alliance_sim.engine.kernel.batch import Ready
from alliance_sim.engine.kernel.history import History
from alliance_sim.errors import unknown_name
from alliance_sim.rules.council import WEIGHTED_MAJORITY
from alliance_sim.rules.events import ALLIANCE, BOTH, SINGLE_ALLY, STATE
from alliance_sim.scenario.fields import SERIES

Floats = NDArray[np.float64]
PARTS = ("counts", "ladder", "agreements", "laws", "marks", "suspensions")
USUAL_PARTS = PARTS[:5]
WHICH_SERIES = ("all", "alliance", "salience2")
SALIENCES = (1, 2, 3)
SIDES = {"member": SINGLE_ALLY, "both": BOTH, "state": STATE, "alliance": ALLIANCE}
OF_ALL = ("initiator", "initiator_gap", "joint", "top_salience")
OF_A_KIND = ("weight", "from_level", "assets_pull", "salience", "single_ally")
MOST_ANSWERING = 12  # members of whom all combinations of answers are gone through


class Mark(NamedTuple):
    """What is told of an act.

    Attributes:
        step: Its quarter.
        series: Its domain.
        kind: Its kind.
        salience: 1, 2 or 3.
        who: "state", "alliance" or "both" began it; "member" if a single ally did.
    """

    step: int
    series: str
    kind: str
    salience: int
    who: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Observed:
    """A record by the quarters of a scenario.

    Attributes:
        first: First step in which an act could have been found; nothing before it is scored.
        counts: Array (step, series) of acts, in the order of `SERIES`.
        rung: Rung held at the end of each step.
        blocked: Steps in which the next rung was tried and refused.
        agreements: Steps in which a single ally signed; None if that is not known, which leaves
            them without any.
        suspensions: Steps in which operations were suspended; None if that is not known.
        laws: Step in which each law passed that the scenario draws; None for never.
        items: Whether each item that was tabled passed; those left out are not known.
        marks: What is told of acts, in any order.
        era: Per step, which row of `coded` holds.
        coded: Array (era, salience): probability that an act is in the record.
        series: "all"; "alliance", without acts that a single ally began; or "salience2", without
            those of salience 1. `counts` and `marks` hold only these.
    """

    first: int
    counts: NDArray[np.int64]
    rung: NDArray[np.int64]
    era: NDArray[np.int64]
    coded: Floats
    blocked: Sequence[int] = ()
    agreements: Sequence[int] | None = None
    suspensions: Sequence[int] | None = None
    laws: Mapping[str, int | None] = field(default_factory=dict)
    items: Mapping[str, bool] = field(default_factory=dict)
    marks: Sequence[Mark] = ()
    series: str = "all"


def dated_laws(ready: Ready) -> list[tuple[str, int, int]]:
    """Return laws with a hazard whose dates are inputs: name, first step, and step of passing.

    A law can pass from the quarter after the last of what it follows, or in the quarter in which it
    did if that is sooner; from the second quarter if it follows nothing.
    """
    world, calendar = ready.world, ready.frame.calendar
    dates = {j.name: j.date for j in world.scenario.junctures}
    missing = dict(zip(world.recipe.names("juncture"), world.settled.missing, strict=True))
    drawn = {law.name for law in world.drawn_laws}
    found = []
    for law in world.scenario.junctures:
        step = calendar.index(law.date)
        gone = not law.present or missing[law.name] >= 0.0 or law.name in drawn
        if law.log_hazard is None or gone or not 0 < step < calendar.steps:
            continue
        causes = [calendar.index(dates[name]) + 1 for name in law.follows if name in dates]
        found.append((law.name, min(step, max(1, 1, *causes)), step))
    return found


def history_of(ready: Ready, observed: Observed, kinds: Sequence[Any]) -> History:
    """Return what happened, for the compiled engine."""
    world, steps = ready.world, ready.frame.shape.steps
    places = {(kind.domain, kind.name): k for k, kind in enumerate(kinds)}
    marks = sorted(observed.marks)
    table = [(m.step, places.get((m.series, m.kind), -1), m.salience, SIDES[m.who]) for m in marks]
    suspended = np.full(steps, -1 if observed.suspensions is None else 0)
    suspended[list(observed.suspensions or ())] = 1
    blocked = np.zeros(steps)
    blocked[list(observed.blocked)] = 1
    signed = np.zeros(steps)
    np.add.at(signed, list(observed.agreements or ()), 1)
    laws = [observed.laws.get(law.name) for law in world.drawn_laws]
    items = [observed.items.get(name) for name in world.axes["item"]]
    numbers = {
        "rung": observed.rung,
        "blocked": blocked,
        "agreements": np.cumsum(signed),
        "suspended": suspended,
        "laws": [-1 if law is None else law for law in laws],
        "items": [-1 if item is None else int(item) for item in items],
        "counts": observed.counts,
        "marks": np.array(table).reshape(-1, 4),
        "first_mark": np.searchsorted([m.step for m in marks], np.arange(steps + 1)),
    }
    return History(
        **{name: np.ascontiguousarray(found, dtype=np.int64) for name, found in numbers.items()}
    )


def problems_of(ready: Ready, observed: Observed, parts: Sequence[str]) -> list[str]:
    """Return in a sentence each what cannot be held or scored."""
    world, steps = ready.world, ready.frame.shape.steps
    label = ready.frame.calendar.label
    problems = [unknown_name("part", part, PARTS) for part in parts if part not in PARTS]
    for name, array, shape in (
        ("counts", observed.counts, (steps, len(SERIES))),
        ("rung", observed.rung, (steps,)),
        ("era", observed.era, (steps,)),
        ("coded", observed.coded, (len(observed.coded), len(SALIENCES))),
    ):
        if np.shape(array) != shape:
            problems.append(f"{name} has the shape {np.shape(array)}, must have {shape}")
    drawn = [law.name for law in world.drawn_laws]
    problems += [unknown_name("drawn law", law, drawn) for law in observed.laws if law not in drawn]
    known = world.axes["item"]
    problems += [unknown_name("item", item, known) for item in observed.items if item not in known]
    if observed.series not in WHICH_SERIES:
        problems.append(unknown_name("series", observed.series, WHICH_SERIES))
    problems += [unknown_name("side", m.who, SIDES) for m in observed.marks if m.who not in SIDES]
    if problems:
        return problems
    moves = np.diff(observed.rung)
    problems += [
        f"rung goes from {observed.rung[step]} to {observed.rung[step + 1]} in {label(step + 1)}, "
        "and moves by one at a time"
        for step in np.flatnonzero(np.abs(moves) > 1).tolist()
    ]
    if observed.rung[0] != 0:
        problems.append(f"rung is {observed.rung[0]} in {label(0)}, and every run begins at 0")
    signed = list(observed.agreements or ())
    problems += [
        f"{signed.count(step)} agreements are signed in {label(step)}, and one a quarter can be"
        for step in sorted({step for step in signed if signed.count(step) > 1})
    ]
    majority = world.coefficients.decision == WEIGHTED_MAJORITY
    if majority and len(world.members) > MOST_ANSWERING:
        problems.append(
            f"a weighted majority of {len(world.members)} members has too many ways to agree; "
            f"at most {MOST_ANSWERING} are gone through"
        )
    return problems
