"""How an effect changes with how much earlier or later a juncture comes: words and a table.

What follows a juncture is not moved with it. Where it then comes before its cause it falls away or
is left to chance, and there the effect may jump: that is told beside the numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from alliance_sim import display
from alliance_sim.counterfactual.answer import MEDIAN, PROBABILITY, in_100, of_100
from alliance_sim.counterfactual.answer_parts import cells
from alliance_sim.counterfactual.assumed import doubted
from alliance_sim.counterfactual.couplings import ANEW
from alliance_sim.counterfactual.estimates import LEAST, Estimate
from alliance_sim.counterfactual.labels import SENTENCE, sign_of
from alliance_sim.counterfactual.shifts import Shift, far
from alliance_sim.display import Facts, Shown, frame_table
from alliance_sim.glossary import decimal, is_whole, signed
from alliance_sim.results.outcome_words import outcome_title
from alliance_sim.results.outcomes import Outcome, is_binary
from alliance_sim.results.state_metadata import meaning
from alliance_sim.world.state import meanings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.scenario import Scenario


class AtShift(NamedTuple):
    """What an outcome comes to with a juncture so many quarters later.

    Attributes:
        shift: By how much, and to which day.
        edited: The outcome in the shifted world.
        effect: Shifted minus as it was.
        error: Standard error of that, from having so many draws and re-runs; NaN of one draw.
        above: Share of the draws (of a number, of the histories) in which it is above 0.
        below: Share in which it is below.
        responds: What becomes of junctures that follow the one that is moved.
        failed: How many histories failed in one of both worlds, and are left out.
    """

    shift: Shift
    edited: Estimate
    effect: Estimate
    error: float
    above: float
    below: float
    responds: tuple[str, ...] = ()
    failed: int = 0

    @classmethod
    def as_it_was(cls, shift: Shift, fact: Estimate) -> AtShift:
        """Return what no shift comes to: nothing differs, in any history."""
        return cls(shift, fact, Estimate(0.0, 0.0, 0.0), 0.0, 0.0, 0.0)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ShiftResponse(Shown):
    """How an effect changes with how much earlier or later a juncture comes.

    Attributes:
        scenario: The factual scenario.
        outcome: What is looked at.
        juncture: What is moved.
        called: Its title.
        kept: Junctures that follow it and stay as dated all the same.
        shifts: All shifts, the earliest first, that of no quarters among them.
        points: What those that can be had come to, in the same order.
        fact: The outcome as it was: its probability, or its median where it is a number.
        posterior: Draws of parameters and noise.
        histories: How many histories there are: draws times sets of uniforms.
        coupling: How acts of the worlds hang together.
        seed: Seed of what the record leaves open.
    """

    scenario: Scenario
    outcome: Outcome
    juncture: str
    called: str
    kept: tuple[str, ...]
    shifts: tuple[Shift, ...]
    points: tuple[AtShift, ...]
    fact: Estimate
    posterior: PosteriorDraws
    histories: int
    coupling: str
    seed: int

    @property
    def binary(self) -> bool:
        """Whether the outcome happens or does not."""
        return is_binary(self.outcome)

    @property
    def measure(self) -> str:
        """What estimates are: "probability", or "median" for a number."""
        return PROBABILITY if self.binary else MEDIAN

    @property
    def over(self) -> str:
        """What intervals are over: "draws" of a yes or no, "histories" of a number."""
        return "draws" if self.binary else "histories"

    @property
    def title(self) -> str:
        """The outcome in words."""
        return outcome_title(self.outcome, self.scenario.calendar(), meanings_of(self.scenario))

    @property
    def apart(self) -> tuple[int, ...]:
        """Shifts whose interval lies on one side of 0, of a yes or no by 1 in 200 or more."""
        least = LEAST if self.binary else 0.0
        return tuple(
            point.shift.by
            for point in self.points
            if sign_of(point.effect.low, least) == sign_of(point.effect.high, least) != 0
        )

    @property
    def most(self) -> AtShift:
        """The shift that moves the outcome most, of those as large the smallest.

        Where it is `still` none moves it, and this is but the smallest shift.
        """
        moved = [point for point in self.points if point.shift.by]
        return max(moved, key=lambda point: (abs(point.effect.value), -abs(point.shift.by)))

    @property
    def still(self) -> bool:
        """Whether no shift moves the chance or the median at all."""
        return not any(point.effect.value for point in self.points)

    @property
    def turns(self) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """From which shift on what follows the juncture falls away or is left to chance."""
        found = []
        early = [point for point in reversed(self.points) if point.shift.by <= 0]
        late = [point for point in self.points if point.shift.by >= 0]
        for side in (early, late):
            for before, after in pairwise(side):
                fresh = tuple(one for one in after.responds if one not in before.responds)
                found += [(after.shift.by, fresh)] if fresh else []
        return tuple(found)

    @property
    def gaps(self) -> tuple[tuple[int, int, str], ...]:
        """Shifts that cannot be had, next to each other and for one reason: first, last, why."""
        found: list[tuple[int, int, str]] = []
        for shift in self.shifts:
            if not shift.problem:
                found.append((shift.by, shift.by, ""))
            elif found and found[-1][2] == shift.problem:
                found[-1] = (found[-1][0], shift.by, shift.problem)
            else:
                found.append((shift.by, shift.by, shift.problem))
        return tuple(gap for gap in found if gap[2])

    @property
    def answer(self) -> str:
        """What it comes to, in one sentence."""
        if self.still:
            return self._nothing_moves
        most, tried = self.most.shift, [p.shift.by for p in self.points if p.shift.by]
        where = f"“{self.called}” {far(most.by)} ({most.date})"
        if not self.apart:
            return (
                f"In the model no shift of “{self.called}” that was tried, {_by(min(tried))} to "
                f"{_by(max(tried))} quarters, makes a difference to {self.title} that can be told "
                f"from none; the largest is with {where}: {self._told(self.most)}."
            )
        return (
            f"In the model {self.title} is moved most by {where}: {self._told(self.most)}; the "
            f"interval lies on one side of 0 at {self._runs(self.apart)} quarters."
        )

    @property
    def _nothing_moves(self) -> str:
        """What it comes to where no shift moves the chance or the median at all."""
        tried = [point.shift.by for point in self.points if point.shift.by]
        what = "chance" if self.binary else MEDIAN
        told = (
            f"In the model no shift of “{self.called}” that was tried, {_by(min(tried))} to "
            f"{_by(max(tried))} quarters, moves the {what} of {self.title}"
        )
        ends = {point.shift.by: (point.effect.low, point.effect.high) for point in self.points}
        reach = [by for by, (low, high) in ends.items() if low or high]
        if not reach:
            return f"{told}; 90 % of the {self.over} lie at 0 throughout."
        low, high = min(low for low, _ in ends.values()), max(high for _, high in ends.values())
        return (
            f"{told}; 90 % of the {self.over} differ by {self._difference(low)} to "
            f"{self._difference(high)} at most, at {self._runs(reach)} quarters."
        )

    def _difference(self, value: float) -> str:
        """Return a difference of the outcome in words."""
        return f"{in_100(value)} in 100" if self.binary else signed(value, self._unit)

    @property
    def _unit(self) -> str:
        """The unit of an outcome that is a number."""
        unit = meaning(self.outcome.state, meanings_of(self.scenario)).unit
        return "1" if self.outcome.compare else unit

    @property
    def whole(self) -> bool:
        """Whether the outcome is a number that is whole in every history, as a formal step is."""
        return not self.binary and is_whole(self._unit)

    def _told(self, point: AtShift) -> str:
        """Return what a shift comes to."""
        effect = point.effect
        if self.binary:
            low, high = in_100(effect.low), in_100(effect.high)
            return (
                f"in {of_100(point.edited.value)} of 100 re-runs, in {of_100(self.fact.value)} of "
                f"100 as it was (90 % of the draws: a difference of {low} to {high} in 100)"
            )
        unit = self._unit
        return (
            f"{decimal(point.edited.value, unit)}, {decimal(self.fact.value, unit)} as it was, a "
            f"difference of {signed(effect.value, unit)} (90 % of the histories: "
            f"{signed(effect.low, unit)} to {signed(effect.high, unit)})"
        )

    def _runs(self, shifts: Sequence[int]) -> str:
        """Return shifts in words, those that stand next to each other as one."""
        parts: list[list[int]] = []
        before = None
        for shift in self.shifts:
            if shift.by in shifts:
                if parts and before in parts[-1]:
                    parts[-1].append(shift.by)
                else:
                    parts.append([shift.by])
            before = shift.by
        return " and ".join(_span(part[0], part[-1]) for part in parts)

    @property
    def answering(self) -> str:
        """What becomes of what follows the juncture, in a sentence; "" if nothing does."""
        told = [f"from {_by(by)} quarters on {' and '.join(words)}" for by, words in self.turns]
        titles = {one.name: one.title for one in self.scenario.junctures}
        told += [f"“{titles[name]}” is kept as dated" for name in self.kept]
        return f"What follows it is not moved with it: {'; '.join(told)}." if told else ""

    @property
    def missing(self) -> str:
        """Which shifts cannot be had, and why, in a sentence; "" if all can."""
        told = [f"{_span(first, last)} quarters (it {why})" for first, last, why in self.gaps]
        return f"Cannot be had: {'; '.join(told)}." if told else ""

    @property
    def about(self) -> str:
        """Which model, draws and coded list it is a statement about."""
        held = self.posterior.held
        failed = max(point.failed for point in self.points)
        anew = ", under which luck is new from where a shift begins" * (self.coupling in ANEW)
        rest = f" Of one shift at most {failed} of them failed, and are left out." * bool(failed)
        return (
            f"Model: {self.scenario.name} under theory {self.posterior.theory} alone, "
            f"{self.histories} histories of {len(self.posterior)} posterior draws. Coded list: "
            f"{held.record}, series {held.series}. Coupling: {self.coupling}{anew}. All shifts "
            "are of the same histories, so their errors go together."
            f"{rest}{''.join(f' {one}' for one in doubted(self.posterior))}"
        )

    @property
    def sentence(self) -> str:
        """All of it: what it comes to, what answers, what cannot be had, what it is about."""
        told = (self.answer, self.answering, self.missing, self.about, SENTENCE)
        return " ".join(one for one in told if one)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row for each shift, the earliest first.

        Columns `shift` (quarters), `date` (of the juncture), `edited` and `effect` (probability or
        median, shifted minus as it was) with `_low` and `_high`, `effect_error`, `above` and
        `below` (shares in which it is above or below 0), `responds`, and `problem`: why there are
        no numbers, "" where there are.
        """
        import pandas as pd

        by = {point.shift.by: point for point in self.points}
        return pd.DataFrame(_row(shift, by.get(shift.by)) for shift in self.shifts)

    def as_tree(self) -> dict[str, Any]:
        """Return the whole response as plain values fit for JSON; None where there is no number."""
        by = {point.shift.by: point for point in self.points}
        rows = [_row(shift, by.get(shift.by)) for shift in self.shifts]
        return {
            "answer": self.answer,
            "juncture": self.juncture,
            "kept": list(self.kept),
            "outcome": self.outcome.text,
            "measure": self.measure,
            "fact": {self.measure: self.fact.value, "low": self.fact.low, "high": self.fact.high},
            "shifts": [{key: _plain(value) for key, value in row.items()} for row in rows],
            "apart": list(self.apart),
            "most": None if self.still else self.most.shift.by,
            "coupling": self.coupling,
            "theory": self.posterior.theory,
            "draws": len(self.posterior),
            "histories": self.histories,
            "seed": self.seed,
            "sentence": self.sentence,
        }

    def plot(self) -> Any:
        """Return a figure of the effect by how much earlier or later the juncture comes.

        Returns:
            A `matplotlib.figure.Figure`; a notebook shows it, `savefig` writes it.
        """
        return display.figure(self)

    def _facts(self) -> Facts:
        columns = ["shift", "date", "effect", "effect_low", "effect_high", "problem"]
        most = f"none moves the {'chance' if self.binary else MEDIAN}"
        most = most if self.still else f"most at {self.most.shift.by:+d} quarters"
        return Facts(
            f"{self.juncture}: {self.outcome.text}",
            [f"{len(self.points)} shifts", most],
            [("answer", self.answer), ("what follows", self.answering),
             ("missing", self.missing), ("about", self.about), ("", SENTENCE)],
            frame_table(self.frame, columns),
        )  # fmt: skip


def _row(shift: Shift, point: AtShift | None) -> dict[str, Any]:
    """Return what a shift comes to as a row of a table; NaN where it cannot be had."""
    return {
        "shift": shift.by,
        "date": "" if shift.date is None else shift.date.isoformat(),
        **cells("edited", None if point is None else point.edited),
        **cells("effect", None if point is None else point.effect),
        "effect_error": math.nan if point is None else point.error,
        "above": math.nan if point is None else point.above,
        "below": math.nan if point is None else point.below,
        "responds": "" if point is None else "; ".join(point.responds),
        "problem": shift.problem,
    }


def _by(quarters: int) -> str:
    return signed(quarters, places=0)


def _span(first: int, last: int) -> str:
    return _by(first) if first == last else f"{_by(first)} to {_by(last)}"


def _plain(value: Any) -> Any:
    """Return a cell for JSON, which has no NaN."""
    return None if value == "" or (isinstance(value, float) and math.isnan(value)) else value
