"""What a sweep gives to analyses and figures: frames, factors as axes, outcomes in words."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim import provenance
from alliance_sim.analysis.axes import Axis, Kind, year_of
from alliance_sim.errors import SettingError, UnknownName, unknown_name
from alliance_sim.glossary import unit_words
from alliance_sim.provenance import STATEMENT
from alliance_sim.results.outcome_words import compared_words, outcome_label, outcome_title
from alliance_sim.results.outcomes import (
    FOLDS,
    IN_NAMES,
    LONGEST,
    WHOLE_RUN,
    fold_of,
    is_binary,
    threshold_read,
)
from alliance_sim.scenario.describe import assumed_numbers, explain
from alliance_sim.world.state import meanings_of

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.engine.simulate import Progress
    from alliance_sim.results.outcomes import Outcome
    from alliance_sim.sweep.factors import Factor
    from alliance_sim.sweep.plan import Plan
    from alliance_sim.sweep.sweep import Sweep

COMPARISON = re.compile(
    r"\s*(?P<name>[a-z]\w*)\s*(?P<sign>>=|<=|>|<)\s*(?P<number>[^\s<>=!]\S*)\s*"
)
COMPARES = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}


@dataclass(frozen=True)
class Column:
    """One outcome of every run of a sweep.

    Attributes:
        name: Its column in `frame`; part of the names of files.
        title: What it is, in words.
        rung: Number and title of the rung that it asks for, such as "8: Individual partnership
            programme"; "" if it asks for none.
        label: Label of an axis, with unit.
        binary: Whether it is 1 or 0 and nothing else.
        frame: One row per run: `point`, `scenario`, `replicate`, `run`, the factors, the outcome.
    """

    name: str
    title: str
    label: str
    binary: bool
    frame: pd.DataFrame
    rung: str = ""

    def of(self, scenario: str) -> pd.DataFrame:
        """Return the rows of one scenario."""
        rows: pd.DataFrame = self.frame[self.frame["scenario"] == scenario]
        return rows.reset_index(drop=True)


def axes_of(plan: Plan) -> tuple[Axis, ...]:
    """Return the factors of a plan as analyses see them."""
    return tuple(_axis(factor) for factor in plan.factors)


def _axis(factor: Factor) -> Axis:
    dated = factor.dated or factor.kind == "date"
    kind: Kind = "date" if dated else "number" if factor.kind == "number" else "choice"
    low, high = _end(factor.low), _end(factor.high)
    if factor.values and kind != "choice":
        ends = [_end(value) for value in factor.values]
        low, high = min(ends), max(ends)
    return Axis(
        factor.name, factor.words(), kind, factor.values, low, high, unit_words(factor.unit)
    )


def _end(value: Any) -> float:
    """Return an end of a range as a number, NaN if there is none."""
    if value is None or isinstance(value, bool):
        return float("nan")
    return year_of(value) if isinstance(value, str) else float(value)


def column_of(
    sweep: Sweep, text: str, *, workers: int = 1, progress: Progress | None = None
) -> Column:
    """Return an outcome of a sweep.

    Args:
        sweep: The sweep.
        text: The name of an outcome that is kept, also of one added; a comparison of one with a
            number, such as "level_political_mean_p4>=0.5"; or the text of any outcome, such as
            "rung>=8@2014", for which the runs are simulated again if it was not kept.
        workers: How many processes simulate them.
        progress: Called with (runs done, runs asked for) while that happens.

    Raises:
        UnknownName: If there is no such outcome.
        SettingError: If the text cannot be read.
    """
    plan = sweep.plan
    compared = COMPARISON.fullmatch(text) if len(text) <= LONGEST else None
    if compared is not None and compared["name"] in sweep.kept():
        whole = column_of(sweep, compared["name"], workers=workers, progress=progress)
        return _compared(sweep, compared, whole)
    outcome = sweep.outcome_called(text)
    name, frame = sweep.outcome(text, workers=workers, progress=progress)
    meanings = meanings_of(plan.scenarios[0])
    return Column(
        name=name,
        title=outcome_title(outcome, plan.calendar, meanings),
        label=outcome_label(outcome, plan.calendar, meanings),
        binary=is_binary(outcome),
        frame=frame,
        rung=_rung(plan, outcome, outcome.compare, outcome.threshold),
    )


def _compared(sweep: Sweep, found: re.Match[str], column: Column) -> Column:
    """Return whether an outcome that is kept is on one side of a number."""
    outcome = sweep.outcome_called(found["name"])
    number = threshold_read(found["number"])
    if number is None:
        problem = f"compares with {found['number']!r}, must be a finite number"
        before, at, when = found["number"].partition("@")
        if at:
            problem = (
                f"{outcome.name!r} has its time already: compare it as it is, as in "
                f"{outcome.name}{found['sign']}{before}, or the state at another time, as in "
                f"{outcome.state}{found['sign']}{before}@{when}"
            )
        raise SettingError(f"outcome {found[0].strip()!r}", [problem])
    values = column.frame[column.name].to_numpy(dtype=np.float64)
    holds = COMPARES[found["sign"]](values, number).astype(np.float64)
    name = _compared_name(sweep.plan, column.name, found["sign"], number)
    frame = column.frame.drop(columns=column.name)
    frame[name] = np.where(np.isnan(values), np.nan, holds)
    title = compared_words(column.title, outcome.state, found["sign"], number)
    rung = _rung(sweep.plan, outcome, found["sign"], number) if not outcome.compare else ""
    return Column(name, title, "share of runs", binary=True, frame=frame, rung=rung)


def _compared_name(plan: Plan, name: str, sign: str, number: float) -> str:
    """Return what the comparison of an outcome that is kept is called, as nothing else is."""
    word = re.sub(r"[^0-9a-z]+", "_", repr(number).removesuffix(".0").replace("-", "minus_"))
    fold, _, state = name.partition("_")
    if fold in FOLDS and state in plan.states:
        name += f"_{WHOLE_RUN}"  # mean_rung>=8 would be called like mean(rung>=8)
    name += f"_{IN_NAMES[sign]}_{word}"
    taken = {outcome.name for outcome in plan.outcomes}
    while name in taken:
        name += "_"
    return name


def _rung(plan: Plan, outcome: Outcome, sign: str, number: float) -> str:
    """Return number and title of the rung that a comparison asks for, if it is one rung."""
    if outcome.state != "rung" or not fold_of(outcome).one_moment or sign not in {">=", ">"}:
        return ""
    least = math.ceil(number) if sign == ">=" else math.floor(number) + 1
    ladders = [{rung.number: rung.title for rung in s.rungs} for s in plan.scenarios]
    titles = {ladder.get(least, "") for ladder in ladders}
    title = titles.pop()
    return f"{least}: {title}" if title and not titles else ""


def scenario_named(plan: Plan, label: str | None) -> str:
    """Return a scenario of a plan: the one of that label, the first if none is given.

    Raises:
        UnknownName: If there is no such scenario.
    """
    if label is None:
        return plan.labels[0]
    if label not in plan.labels:
        raise UnknownName(unknown_name("scenario", label, plan.labels))
    return label


def titles_of(plan: Plan) -> dict[str, str]:
    """Return the titles of scenarios by label; labels where titles do not tell them apart."""
    titles = [scenario.title for scenario in plan.scenarios]
    shown = titles if len(set(titles)) == len(titles) else plan.labels
    return dict(zip(plan.labels, shown, strict=True))


def titled(plan: Plan, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with titles in place of the labels of scenarios, for a figure."""
    titles = titles_of(plan)
    names = frame["scenario"].astype(str)
    return frame.assign(scenario=[titles.get(name, name) for name in names])


def told_of_sweep(plan: Plan, scenarios: Sequence[str], column: Column | None = None) -> str:
    """Return which outcome, if it is one, and which runs of what a figure shows."""
    titles = titles_of(plan)
    names = ", ".join(f"“{titles[label]}”" for label in scenarios)
    which = f"scenario {names}" if len(scenarios) == 1 else f"scenarios {names}"
    if len(scenarios) > 3:
        which = f"{len(scenarios)} scenarios"
    plural = "" if plan.replicates == 1 else "s"
    outcome = ""
    if column is not None:
        rung = f" (rung {column.rung})" if column.rung else ""
        outcome = f"Outcome {column.name}{rung}. "
    points = f"{plan.points} point{'' if plan.points == 1 else 's'}"
    return (
        f"{outcome}Sweep “{plan.title}”, {which}, {points} with "
        f"{plan.replicates} run{plural} each, seed {plan.seed}."
    )


def assumptions(plan: Plan, scenarios: Sequence[str]) -> str:
    """Return how many numbers of each scenario are assumed, in one sentence."""
    told = []
    for label in scenarios:
        scenario = plan.scenarios[plan.labels.index(label)]
        told.append((label, assumed_numbers(scenario), explain(scenario)["numbers"]))
    if len({(assumed, numbers) for _, assumed, numbers in told}) == 1:
        _, assumed, numbers = told[0]
        which = "the scenario" if len(told) == 1 else "each scenario"
        return f"{assumed} of the {numbers} numbers of {which} are assumed."
    parts = ", ".join(f"{assumed} of {numbers} in {label}" for label, assumed, numbers in told)
    return f"Numbers that are assumed: {parts}."


def caveats(plan: Plan, scenarios: Sequence[str]) -> list[str]:
    """Return what has to be said of every result of a sweep."""
    return [assumptions(plan, scenarios), STATEMENT]


def sweep_tree(sweep: Sweep) -> dict[str, Any]:
    """Return what a sweep is, as plain values fit for JSON."""
    plan = sweep.plan
    return {
        "title": plan.title,
        "question": plan.question,
        "digest": plan.digest,
        "version": provenance.version(),
        "seed": plan.seed,
        "noise": plan.noise,
        "design": plan.design.kind,
        "points": plan.points,
        "scenarios": list(plan.labels),
        "replicates": plan.replicates,
        "factors": [factor.name for factor in plan.factors],
        "runs": sweep.rows,
        "failed_runs": sweep.failed,
    }
