"""Which edits a rewrite of history is put together from: those that have a cost, and come in time.

Each juncture that happened before the outcome's end is taken out; moved by some quarters, not
before what it follows and not past that end; and made weaker or stronger where the sizes of all
that it moves were fitted, so that the data say how far that goes. Leaders whose push was fitted
are replaced by nobody, and by the strongest and the weakest of the same office.
"""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alliance_sim.counterfactual.edit_cost import EditParts, cost_of, edit_parts
from alliance_sim.counterfactual.shifts import LONGEST_SHIFT, far, shift_of
from alliance_sim.errors import ScenarioError, ScenarioWarning, SettingError, shown
from alliance_sim.scenario.edit_texts import EditText, idle, read_edits
from alliance_sim.scenario.edits_in_words import changes_between, words_of
from alliance_sim.several import several

if TYPE_CHECKING:
    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.scenario import Scenario
    from alliance_sim.scenario.schema import Juncture

SHIFTS = (4, 8, 16, 32)  # quarters, later and earlier
STRENGTHS = (0.5, 0.75, 1.5, 2.0)
MOST_GRID = 20
MOST_TIMES = 100.0
LEADERSHIP = "leadership"


@dataclass(frozen=True)
class Candidate:
    """One edit that a rewrite may hold.

    Attributes:
        text: The edit, as `Scenario.edited` takes it.
        words: The same, to be read.
        subject: What it is about; of each subject a rewrite holds one edit at most.
        date: The day of that; None for what holds throughout.
        parts: What goes into its cost.
        bits: What it costs alone.
    """

    text: str
    words: str
    subject: str
    date: dt.date | None
    parts: EditParts
    bits: float


@dataclass(frozen=True)
class Candidates:
    """All candidates of a question.

    Attributes:
        edits: The candidates, in the order of their days.
        without_cost: Junctures whose strength has no cost: sizes that are known and not fitted.
        late: How many junctures come after the outcome's end.
    """

    edits: tuple[Candidate, ...]
    without_cost: tuple[str, ...]
    late: int


def candidates_of(
    base: Scenario,
    posterior: PosteriorDraws,
    *,
    until: dt.date,
    shifts: Sequence[int] = SHIFTS,
    strengths: Sequence[float] = STRENGTHS,
    also: Sequence[str] = (),
) -> Candidates:
    """Return the edits that a rewrite may be put together from.

    Args:
        base: The factual scenario.
        posterior: The draws, which say what was fitted.
        until: Last day that the outcome looks at.
        shifts: By how many quarters junctures are moved, later and earlier.
        strengths: How many times as strong they are made.
        also: More edits, as texts.

    Raises:
        SettingError: Naming all that is wrong with the grid and with further edits.
    """
    problems = _grid_problems(shifts, strengths)
    further = _further(base, also, problems)
    if problems:
        raise SettingError("rewrite", problems)
    there = [j for j in base.junctures if j.present]
    early = [j for j in there if j.date <= until]
    lacks = tuple(j.name for j in early if j.effects and not _fitted_all(j, posterior))
    found: dict[str, Candidate] = {}
    for juncture in sorted(early, key=lambda j: (j.date, j.name)):
        fitted = juncture.name not in lacks and bool(juncture.effects)
        for text in _of_juncture(base, juncture, until, shifts, strengths if fitted else ()):
            _add(found, text, juncture.name, juncture.date, (base, posterior, until))
    for leader in base.leaders:
        if leader.start <= until and f"leader.{leader.name}.push" in posterior.names:
            for text in _of_leader(base, leader.name):
                _add(found, text, f"leader {leader.name}", leader.start, (base, posterior, until))
    for one in further:
        _add(found, one.text, _subject(one), _day(base, one), (base, posterior, until))
    lost = [one.text for one in further if one.text not in found]
    if lost:
        told = "what it rewrites has no cost in bits; leave it out of `also`"
        raise SettingError("rewrite", [f"{text}: {told}" for text in lost])
    return Candidates(tuple(found.values()), lacks, len(there) - len(early))


def _grid_problems(shifts: Sequence[object], strengths: Sequence[object]) -> list[str]:
    problems = [
        f"shift is {shown(by)}, must be a whole number of quarters from 1 to {LONGEST_SHIFT}"
        for by in shifts
        if type(by) is not int or not 1 <= by <= LONGEST_SHIFT
    ]
    problems += [
        f"strength is {shown(times)}, must be a number from 0 to {MOST_TIMES:g} other than 1"
        for times in strengths
        if isinstance(times, bool)
        or not isinstance(times, int | float)
        or not 0.0 <= times <= MOST_TIMES
        or times == 1.0
    ]
    problems += [
        f"{len(grid)} {what} are given, must be at most {MOST_GRID}"
        for what, grid in (("shifts", shifts), ("strengths", strengths))
        if len(grid) > MOST_GRID
    ]
    return problems


def _further(base: Scenario, also: Sequence[str], problems: list[str]) -> list[EditText]:
    """Return further edits, each read by itself, or add what is wrong with them."""
    found = []
    for text in several(also):
        try:
            (one,) = read_edits(base, [text])
        except ScenarioError as error:
            problems += error.problems
            continue
        if one.text.partition(" ")[0] in ("theory", "keep", "hold"):
            problems.append(f"{one.text}: is no rewrite of history; leave it out of `also`")
        elif void := list(idle(base, [one])):
            problems += void
        else:
            found.append(one)
    return found


def _fitted_all(juncture: Juncture, posterior: PosteriorDraws) -> bool:
    paths = [f"juncture.{juncture.name}.effect.{k}.size" for k in range(len(juncture.effects))]
    return all(path in posterior.names for path in paths)


def _of_juncture(
    base: Scenario,
    juncture: Juncture,
    until: dt.date,
    shifts: Sequence[int],
    strengths: Sequence[float],
) -> Iterator[str]:
    """Yield the edits of a juncture."""
    yield f"without {juncture.name}"
    for by in dict.fromkeys([*sorted(shifts), *(-by for by in sorted(shifts))]):
        shift = shift_of(base, juncture, by, until=until)
        if not shift.problem:
            yield shift.text
    yield from (f"strength {juncture.name}:{times:g}" for times in dict.fromkeys(strengths))
    if juncture.kind == "leader" and any(e.moves == LEADERSHIP for e in juncture.effects):
        yield f"leader {juncture.name}=none"


def _of_leader(base: Scenario, name: str) -> Iterator[str]:
    """Yield who may stand in a leader's place: nobody, the strongest and the weakest."""
    own = next(leader for leader in base.leaders if leader.name == name)
    yield f"leader {name}=none"
    others = [one for one in base.leaders if one.partner == own.partner and one.name != name]
    if others:
        by_push = sorted(others, key=lambda one: (one.push.value, one.name))
        for other in dict.fromkeys([by_push[-1].name, by_push[0].name]):
            yield f"leader {name}={other}"


def _add(
    found: dict[str, Candidate],
    text: str,
    subject: str,
    date: dt.date | None,
    asked: tuple[Scenario, PosteriorDraws, dt.date],
) -> None:
    """Add a candidate, unless it cannot be done, has no cost or is there already."""
    base, posterior, until = asked
    if text in found:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ScenarioWarning)
            edited = base.edited(text)
    except ScenarioError:
        return  # such as a strength outside of a size's range
    parts = edit_parts(base, edited, posterior, until=until)
    cost = cost_of([parts], base, posterior)
    if cost is None:
        return
    found[text] = Candidate(text, _words(base, edited, text), subject, date, parts, cost.bits)


def _words(base: Scenario, edited: Scenario, text: str) -> str:
    """Return an edit as it is read best."""
    kind, _, rest = text.partition(" ")
    name, _, by = rest.partition(":")
    title = next((f"“{j.title}”" for j in base.junctures if j.name == name), "")
    if kind == "shift" and title and by[:1] in ("+", "-") and by[1:].isdigit():
        return f"{title} {far(int(by))}"
    if kind == "leader":
        name, _, other = rest.partition("=")
        titles = {leader.name: leader.title for leader in base.leaders}
        titles |= {juncture.name: juncture.title for juncture in base.junctures}
        stands = "nobody" if other == "none" else titles.get(other, other)
        return f"{stands} in place of {titles.get(name, name)}"
    told = (words_of(change, edited) for change in changes_between(base, edited))
    return ", ".join(dict.fromkeys(told))


def _subject(one: EditText) -> str:
    """Return what an edit is about: a juncture, or the place that it changes."""
    head, _, rest = one.edits[0].change.path.partition(".")
    return rest.partition(".")[0] if head == "juncture" else one.edits[0].change.path


def _day(base: Scenario, one: EditText) -> dt.date | None:
    return next((j.date for j in base.junctures if j.name == _subject(one)), None)
