"""How an effect changes with how much earlier or later a juncture comes, on one history.

Each shift is a what-if of its own: the twin of every history, on the same noise, with the juncture
so many quarters earlier or later. Histories are made once, so that shifts differ in nothing else.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alliance_sim.counterfactual.all_twins import (
    UnderCoupling,
    error_over_draws,
    share_error,
    under_coupling,
)
from alliance_sim.counterfactual.couplings import QUANTILE, checked_coupling
from alliance_sim.counterfactual.estimates import (
    LEAST,
    both_worlds,
    likely,
)
from alliance_sim.counterfactual.histories import Histories
from alliance_sim.counterfactual.posteriors import posteriors_of
from alliance_sim.counterfactual.question import (
    Question,
    ask,
    beyond_the_range,
    read_outcome,
)
from alliance_sim.counterfactual.shift_result import AtShift, ShiftResponse
from alliance_sim.counterfactual.shifts import LONGEST_SHIFT, Shift, shift_of
from alliance_sim.counterfactual.worlds import EditedWorld
from alliance_sim.errors import ScenarioError, SettingError, explains_calls, shown
from alliance_sim.noise import as_seed
from alliance_sim.results.draws import USUAL
from alliance_sim.results.outcomes import Outcome
from alliance_sim.scenario.causes import missing_causes
from alliance_sim.scenario.describe import without_cause
from alliance_sim.scenario.edit_texts import read_edits
from alliance_sim.scenario.schema import unknown_juncture
from alliance_sim.scenario.theories import theory_of, with_theory
from alliance_sim.several import several
from alliance_sim.whole_numbers import whole_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.counterfactual.worlds import TwinWorlds
    from alliance_sim.engine.simulate import Progress
    from alliance_sim.scenario import Scenario
    from alliance_sim.scenario.schema import Juncture

    Floats = NDArray[np.float64]

WHERE = "shift response"
SHIFTS = range(-20, 21, 2)  # quarters
MOST_SHIFTS, MOST_NAMED = 201, 3
UNIFORMS = 8  # as for a what-if


class ShiftQuestion(NamedTuple):
    """A question that makes sense.

    Attributes:
        juncture: What is moved.
        outcome: What is looked at.
        shifts: The shifts, the earliest first, that of no quarters among them.
        asked: The what-if that each comes to, by its quarters; that of no quarters and those that
            cannot be asked have none.
    """

    juncture: Juncture
    outcome: Outcome
    shifts: tuple[Shift, ...]
    asked: dict[int, Question]


@explains_calls
def shift_response(  # noqa: PLR0913 - what is asked of one question, by name
    base: Scenario,
    juncture: str,
    *,
    outcome: str,
    shifts: Sequence[int] = SHIFTS,
    keep: str | Sequence[str] = (),
    posterior: PosteriorDraws | str | os.PathLike[str] = USUAL,
    theory: str | None = None,
    coupling: str = QUANTILE,
    uniforms: int = UNIFORMS,
    seed: int | str = 1,
    threads: int | None = None,
    progress: Progress | None = None,
) -> ShiftResponse:
    """Return how an effect changes with how much earlier or later a juncture comes.

    Of each shift the numbers are those of `whatif(base, "shift JUNCTURE:+QUARTERS", ...)` with the
    same draws, uniforms and seed.

    Args:
        base: The factual scenario.
        juncture: The juncture that is moved. What follows it is not moved with it: where its cause
            then comes too late it falls away or is left to chance, as its card says.
        outcome: What is looked at, such as "rung>=8@2014".
        shifts: By how many quarters, below 0 earlier; no shift at all is added.
        keep: Junctures that follow it and stay as dated all the same, one or several.
        posterior: Draws of parameters and noise, as for `whatif`.
        theory: Theory that all worlds are under; that of the scenario if left out.
        coupling: How acts of the worlds hang together.
        uniforms: Sets of uniforms for each draw.
        seed: Seed of what the record leaves open.
        threads: Threads to use, all processors if None; numbers do not depend on it.
        progress: Called with (shifts run, shifts in all).

    Raises:
        SettingError: Naming all that is wrong: a juncture that is unknown or does not happen, an
            outcome that cannot be read, shifts that are no quarters; that none of them can be had;
            or that there are no draws.
        ResultError: If the draws cannot be read, or no longer hold.
    """
    question = checked(
        base, juncture, outcome, shifts=shifts, keep=several(keep), coupling=coupling
    )
    main = posteriors_of(posterior, base, theory, rivals=False).main
    under = with_theory(base, theory_of(main.theory))
    past = Histories.of_posterior(
        main, under, uniforms=uniforms, seed=as_seed(seed), threads=threads
    )
    ran = _ran(question, past, main.theory, coupling, progress)
    fact = next(comes.fact for comes, _ in ran.values())
    return ShiftResponse(
        scenario=under,
        outcome=question.outcome,
        juncture=juncture,
        called=question.juncture.title,
        kept=tuple(several(keep)),
        shifts=question.shifts,
        points=tuple(
            ran[shift.by][1] if shift.by else AtShift.as_it_was(shift, fact)
            for shift in question.shifts
            if not shift.problem
        ),
        fact=fact,
        posterior=main,
        histories=len(past),
        coupling=coupling,
        seed=past.seed,
    )


def _ran(
    question: ShiftQuestion,
    past: Histories,
    theory: str,
    coupling: str,
    progress: Progress | None,
) -> dict[int, tuple[UnderCoupling, AtShift]]:
    """Return what each shift that can be had comes to, by its quarters."""
    found: dict[int, tuple[UnderCoupling, AtShift]] = {}
    for shift in question.shifts:
        if shift.by not in question.asked:
            continue
        asked = question.asked[shift.by]
        world = EditedWorld(past, asked.under(theory)[1])
        twins = world.twins(coupling, states=[asked.outcome.state])
        comes = under_coupling(asked, twins)
        found[shift.by] = comes, _at(shift, asked, twins, comes)
        if progress is not None:
            progress(len(found), len(question.asked))
    return found


def checked(
    base: Scenario,
    juncture: str,
    outcome: str,
    *,
    shifts: Sequence[int],
    keep: Sequence[str],
    coupling: str,
) -> ShiftQuestion:
    """Return a question that makes sense.

    Raises:
        SettingError: Naming all that is wrong.
    """
    problems: list[str] = []
    found = read_outcome(base, outcome, problems)
    if found is not None:
        problems += beyond_the_range(base, found)
    try:
        checked_coupling(coupling)
    except SettingError as error:
        problems += error.problems
    moved = next((one for one in base.junctures if one.name == juncture), None)
    if moved is None:
        problems.append(unknown_juncture(juncture, base.junctures))
    elif not moved.present:
        problems.append(f"juncture {juncture!r} does not happen in {base.name}: nothing to move")
    held = [f"keep {name}" for name in keep]
    try:
        read_edits(base, held)
    except ScenarioError as error:
        problems += error.problems
    problems += _wrong_shifts(shifts)
    if problems or found is None or moved is None:
        raise SettingError(WHERE, problems)
    return _asked(base, moved, found, sorted({0, *map(int, shifts)}), held)


def _wrong_shifts(shifts: Sequence[object]) -> Iterator[str]:
    wrong = [by for by in shifts if not whole_number(by) or abs(by) > LONGEST_SHIFT]
    if wrong:
        named = ", ".join(shown(by) for by in wrong[:MOST_NAMED])
        more = f" and {len(wrong) - MOST_NAMED} more" if len(wrong) > MOST_NAMED else ""
        yield (
            f"shift is {named}{more}, must be a whole number of quarters from -{LONGEST_SHIFT} to "
            f"{LONGEST_SHIFT}"
        )
    if len(shifts) > MOST_SHIFTS:
        yield f"{len(shifts):,} shifts are given, must be at most {MOST_SHIFTS}"
    if not any(by != 0 for by in shifts):
        yield "no shift is given; give one, such as 4 for a year later"


def _asked(
    base: Scenario,
    juncture: Juncture,
    outcome: Outcome,
    shifts: Sequence[int],
    held: Sequence[str],
) -> ShiftQuestion:
    """Return the what-ifs that shifts come to, and why others come to none.

    Raises:
        SettingError: If none of them comes to one.
    """
    until = base.calendar().start_of(outcome.stop) - dt.timedelta(days=1)
    asked: dict[int, Question] = {}
    found = list[Shift]()
    for by in shifts:
        shift = shift_of(base, juncture, by, until=until)
        if by == 0:
            shift = shift._replace(date=juncture.date, problem="")
        elif not shift.problem:
            try:
                asked[by] = ask(base, [shift.text, *held], outcome.text)
            except SettingError as error:
                why = "; ".join(error.problems)
                shift = shift._replace(problem=f"cannot be asked: {why}")
        found.append(shift)
    if not asked:
        reasons = dict.fromkeys(shift.problem for shift in found if shift.problem)
        names = f"juncture {juncture.name!r} of {juncture.date}"
        problem = f"{names}: none of the shifts can be had: each {'; or '.join(reasons)}"
        raise SettingError(WHERE, [problem])
    return ShiftQuestion(juncture, outcome, tuple(found), asked)


def _at(shift: Shift, asked: Question, twins: TwinWorlds, comes: UnderCoupling) -> AtShift:
    """Return what a what-if comes to among histories and their twins."""
    fact, edited = both_worlds(asked, twins)
    effects = edited - fact
    whole = np.isfinite(effects)
    spread = likely(effects, twins.draws, binary=asked.binary)
    spread = spread[np.isfinite(spread)]
    told = np.abs(spread) >= (LEAST if asked.binary else 0.0)
    return AtShift(
        shift=shift,
        edited=comes.edited,
        effect=comes.effect,
        error=_error(effects[whole], twins.draw[whole], binary=asked.binary),
        above=float(((spread > 0.0) & told).mean()),
        below=float(((spread < 0.0) & told).mean()),
        responds=_responding(asked),
        failed=int((~whole).sum()),
    )


def _error(effects: Floats, draw: NDArray[np.int64], *, binary: bool) -> float:
    """Return the standard error of a mean effect, or of a median one, from draws and re-runs.

    Histories of one draw are alike, so it is that of a ratio of sums over draws; of a median it is
    half of the way between the quantiles that lie one such error to both sides (Woodruff 1952).
    """
    if binary:
        found = error_over_draws(effects, draw)
        return float("nan") if found is None else found
    share = share_error(effects <= np.median(effects), draw) or 0.0
    low, high = np.quantile(effects, np.clip([0.5 - share, 0.5 + share], 0.0, 1.0))
    return float(high - low) / 2.0


def _responding(asked: Question) -> tuple[str, ...]:
    """Return what becomes of junctures that follow the one that is moved, in words."""
    end = asked.base.calendar().start_of(asked.outcome.stop)
    before, after = (missing_causes(one.junctures) for one in (asked.base, asked.edited))
    return tuple(
        f"“{one.title}” {'is ' if one.when_cause_removed == 'drawn' else ''}{without_cause(one)}"
        for one in sorted(asked.edited.junctures, key=lambda one: (one.date, one.name))
        if one.name in after and one.name not in before and one.date < end
    )
