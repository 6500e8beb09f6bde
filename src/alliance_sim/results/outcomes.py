"""Outcomes: one number per run, computed from its states by quarter.

An outcome is written in one line of text:

    level_political@2014                       a state at the end of 2014
    rung@2014Q2                                in the second quarter of 2014
    rung>=8@2014                               1 if it holds then, else 0
    mean(level_political)@2001Q4..2012Q4       over these quarters, both included
    sum(count_political)                       over the whole run
    max(level_operations)@1990..2000           from the first quarter of 1990 to the last of 2000
    mean(rung>=8)@1990..2000                   share of quarters in which it holds
    first(rung>=8)                             year in which it first holds
    sum(count_operations)@2001..2012>=20       1 if what was folded is so large, else 0

Where a comparison never holds in the steps that `first` looks at, the outcome is the last year of
the run plus one, also if only earlier years were asked about.

A year means its last step where one moment is asked for, and all of its steps in a span. Where
steps are not quarters, `2014H1` is a half-year and `2014M05` a month.
"""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from alliance_sim.calendar import UNITS, Calendar, moment
from alliance_sim.errors import SettingError, UnknownName, unknown_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

AT = "at"
FLAGS = ("passed_", "refused_", "suspensions")  # states that are 0 or 1 by nature
COMPARES = (">=", ">", "<=", "<")
HOLDS = {">=": np.greater_equal, ">": np.greater, "<=": np.less_equal, "<": np.less}
IN_NAMES = {">=": "ge", ">": "gt", "<=": "le", "<": "lt"}
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
UNQUOTED = (  # of a state alone, which is what a shell leaves of rung>=8@2014
    "if it was typed with a comparison, quote it, as a shell takes > for itself: 'rung>=8@2014'"
)
WHOLE_RUN = "whole_run"  # in names, where no time tells apart what is compared, states or fold
LIKE_A_YEAR = re.compile(r"\.(?=\d{4}(?!\d))")  # of 0.2014, which @2014 would be called like
LONGEST = 300  # characters of a text that is read
SHAPES = (
    "level_political@2014, rung>=8@2014Q2, mean(level_political)@2001Q4..2012Q4, first(rung>=8), "
    "sum(count_political)@2001..2012>=20"
)

FOLDED = re.compile(
    r"(?P<fold>\w+)\s*\((?P<signal>[^()]*)\)\s*(?:@(?P<when>[^<>=!]*))?"
    r"(?:(?P<passes>[<>=!]+)\s*(?P<mark>.*))?"
)
PLAIN = re.compile(r"(?P<signal>[^()@]*?)\s*(?:@(?P<when>.*))?")
SIGNAL = re.compile(r"(?P<state>\w+)\s*(?:(?P<compare>[<>=!]+)\s*(?P<threshold>[^\s<>=!]\S*))?")


@dataclass(frozen=True)
class Outcome:
    """One number per run.

    Attributes:
        name: A valid identifier, used as a column name.
        text: Canonical text, which reads back to the same outcome.
        state: A reported state.
        compare: "" for the state itself, or one of ">=", ">", "<=", "<".
        threshold: What it is compared with; 0.0 without a comparison.
        fold: How quarters become one number: "at", "mean", "sum", "max", "min" or "first".
        start: First step counted.
        stop: One past the last step counted.
        passes: "" for what was folded itself, or one of ">=", ">", "<=", "<".
        mark: What it is compared with; 0.0 without a comparison.
    """

    name: str
    text: str
    state: str
    compare: str
    threshold: float
    fold: str
    start: int
    stop: int
    passes: str = ""
    mark: float = 0.0


def _sum(signal: NDArray[np.float64], _: Outcome, __: Calendar) -> NDArray[np.float64]:
    # A cumulative sum adds step by step; adding 0 makes it the sum that starts at 0.
    total: NDArray[np.float64] = np.cumsum(signal, axis=1)[:, -1] + 0.0
    return total


def _mean(signal: NDArray[np.float64], of: Outcome, calendar: Calendar) -> NDArray[np.float64]:
    mean: NDArray[np.float64] = _sum(signal, of, calendar) / signal.shape[1]
    return mean


def _max(signal: NDArray[np.float64], _: Outcome, __: Calendar) -> NDArray[np.float64]:
    best = signal[:, 0]
    for step in range(1, signal.shape[1]):
        best = np.where(signal[:, step] > best, signal[:, step], best)
    return best


def _min(signal: NDArray[np.float64], _: Outcome, __: Calendar) -> NDArray[np.float64]:
    best = signal[:, 0]
    for step in range(1, signal.shape[1]):
        best = np.where(signal[:, step] < best, signal[:, step], best)
    return best


def _first(signal: NDArray[np.float64], of: Outcome, calendar: Calendar) -> NDArray[np.float64]:
    years = np.array([*calendar.years[of.start : of.stop], calendar.last_year + 1.0])
    holds = signal > 0.0
    first: NDArray[np.float64] = years[
        np.where(holds.any(axis=1), holds.argmax(axis=1), signal.shape[1])
    ]
    return first


class Fold(NamedTuple):
    """How the quarters of a run become one number. The kernel computes it too, one by one.

    Attributes:
        compute: Returns one number per run from an array (run, step counted).
        words: An outcome of it in words, around those of a state.
        words_compared: The same around those of a comparison.
        unit_compared: What it counts where a state is compared.
        one_moment: Whether it takes the value of one quarter, so that a comparison stays 0 or 1.
    """

    compute: Callable[[NDArray[np.float64], Outcome, Calendar], NDArray[np.float64]]
    words: str
    words_compared: str
    unit_compared: str
    one_moment: bool = False


FOLDS = {
    "mean": Fold(_mean, "mean {}", "share of quarters with {}", "share of quarters"),
    "sum": Fold(_sum, "number of {}", "quarters with {}", "quarters"),
    "max": Fold(_max, "highest {}", "ever {}", "share of runs", one_moment=True),
    "min": Fold(_min, "lowest {}", "always {}", "share of runs", one_moment=True),
    "first": Fold(_first, "", "first year with {}", "year"),
}
ONE_QUARTER = Fold(_sum, "{}", "{}", "share of runs", one_moment=True)  # of no fold: @2014


def fold_of(outcome: Outcome) -> Fold:
    """Return how the quarters of an outcome become one number."""
    return ONE_QUARTER if outcome.fold == AT else FOLDS[outcome.fold]


class _Signal(NamedTuple):
    """What is looked at in each step."""

    state: str
    compare: str = ""
    threshold: float = 0.0


def parse_outcome(
    text: str, *, name: str | None = None, states: Sequence[str], calendar: Calendar
) -> Outcome:
    """Return the outcome that a text describes.

    Args:
        text: Such as "rung>=8@2014"; see the top of this module.
        name: Column name; made from the text if left out.
        states: Names of the reported states.
        calendar: The steps of a run.

    Raises:
        SettingError: Naming all that is wrong with the text: state, comparison, fold, times, name.
    """
    where = f"outcome {_shown(text)}"
    if not _is_short_text(text):
        raise SettingError(where, [f"must be a text of at most {LONGEST} characters"])
    found = FOLDED.fullmatch(text.strip()) or PLAIN.fullmatch(text.strip())
    if found is None or not found["signal"].strip():
        raise SettingError(where, [f"cannot be read; write it like {SHAPES}"])
    problems: list[str] = []
    fold = found.groupdict().get("fold") or AT
    if fold not in (*FOLDS, AT) or (fold == AT and "fold" in found.groupdict()):
        problems.append(unknown_name("fold", fold, FOLDS))
    signal = _signal(found["signal"].strip(), states, problems)
    span = _span(found["when"], fold, calendar, problems)
    if span is None and signal is not None and text.strip() == signal.state:
        problems[-1] += f"; {UNQUOTED}"
    passes = _passing(found.groupdict(), problems)
    if fold == "first" and signal is not None and not signal.compare:
        problems.append(f"first needs a comparison, such as first({signal.state}>=1)")
    if name is not None and not _is_column(name):
        problems.append(
            f"name is {name!r}, must be of lower-case letters, digits and underscores, begin with "
            "a letter and be no word of Python"
        )
    if problems or signal is None or span is None:
        raise SettingError(where, problems)
    return _outcome(name, signal, fold, span, calendar, passes)


def standard_outcomes(states: Sequence[str], calendar: Calendar, rungs: int) -> tuple[Outcome, ...]:
    """Return the outcomes that every sweep keeps: about 80, in a stable order.

    Means and sums by period leave out periods that the calendar does not reach.

    Args:
        states: Names of the reported states.
        calendar: The steps of a run.
        rungs: Number of rungs of the formal ladder.
    """
    steps = {p.id.lower(): calendar.steps_of(p) for p in calendar.periods_reached}
    periods = {p: (s.start, s.stop) for p, s in steps.items()}
    whole = (0, calendar.steps)
    last = (calendar.steps - 1, calendar.steps)

    def chosen(*beginnings: str) -> list[str]:
        return [state for state in states if state.startswith(beginnings)]

    kept = [
        *chosen("level_", "win_set_"),
        *(s for s in states if s in ("agenda_overlap", "rung", "agreements")),
        *chosen("assets_"),
    ]
    named = [(f"{s}_mean_{p}", s, "mean", at) for s in kept for p, at in periods.items()]
    named += [(f"{s}_sum_{p}", s, "sum", at) for s in chosen("count_") for p, at in periods.items()]
    named += [(f"{s}_sum", s, "sum", whole) for s in states if s in ("suspensions", "blocked")]
    at_end = [s for s in kept if not s.startswith(("win_set_", "assets_"))] + chosen("passed_")
    named += [(f"{s}_end", s, AT, last) for s in at_end]
    plain = [_outcome(name, _Signal(s), fold, at, calendar) for name, s, fold, at in named]
    climbed = [
        _outcome(f"rung_{n}_first", _Signal("rung", ">=", float(n)), "first", whole, calendar)
        for n in range(1, rungs + 1)
        if "rung" in states
    ]
    return (*plain, *climbed)


class Runs(Protocol):
    """Runs as outcomes look at them, such as an ensemble."""

    @property
    def states(self) -> Sequence[str]:
        """Names of the states, in the order of the last axis of `values`."""

    @property
    def values(self) -> NDArray[np.float64]:
        """Array (run, quarter, state)."""

    @property
    def calendar(self) -> Calendar:
        """The steps of the time axis."""


def evaluate(
    outcomes: Sequence[Outcome],
    states: Sequence[str],
    values: NDArray[np.float64],
    calendar: Calendar,
) -> NDArray[np.float64]:
    """Return the outcomes of runs.

    Sums add one step after the other, from the first on, starting at 0.

    Args:
        outcomes: What to compute.
        states: Names of the states, in the order of the last axis of `values`.
        values: Array (run, quarter, state).
        calendar: The steps of the time axis.

    Returns:
        Array (run, outcome). A run with a state that is not a number, as a failed one has, is NaN
        throughout.

    Raises:
        UnknownName: If an outcome asks for a state that is not there.
        SettingError: If an outcome asks for steps that are not there.
    """
    result = np.full((values.shape[0], len(outcomes)), np.nan)
    positions = {state: position for position, state in enumerate(states)}
    worked = ~np.isnan(values).any(axis=(1, 2))
    for column, outcome in enumerate(outcomes):
        if outcome.state not in positions:
            raise UnknownName(unknown_name("state", outcome.state, states))
        if not 0 <= outcome.start < outcome.stop <= min(values.shape[1], calendar.steps):
            problem = f"steps {outcome.start} to {outcome.stop - 1} are not in the run"
            raise SettingError(f"outcome {outcome.text!r}", [problem])
        signal = values[worked, outcome.start : outcome.stop, positions[outcome.state]]
        compute = fold_of(outcome).compute
        result[worked, column] = compute(_compared(outcome, signal), outcome, calendar)
    return passed(outcomes, result)


def outcome_by_run(outcome: Outcome, runs: Runs) -> NDArray[np.float64]:
    """Return one outcome of every run, array (run,); raises what `evaluate` does."""
    return evaluate([outcome], runs.states, runs.values, runs.calendar)[:, 0]


def passed(outcomes: Sequence[Outcome], folded: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return outcomes after the comparisons of what was folded, the first array where none is.

    Args:
        outcomes: The outcomes.
        folded: Array (run, outcome) of what the quarters were folded into.

    Returns:
        Array (run, outcome); 1 and 0 where an outcome compares, NaN where there was none.
    """
    if not any(outcome.passes for outcome in outcomes):
        return folded
    result = folded.copy()
    for column, outcome in enumerate(outcomes):
        if outcome.passes:
            holds = HOLDS[outcome.passes](folded[:, column], outcome.mark).astype(np.float64)
            result[:, column] = np.where(np.isnan(folded[:, column]), np.nan, holds)
    return result


def is_binary(outcome: Outcome) -> bool:
    """Return whether an outcome is 1 or 0: something that happens or does not."""
    flag = bool(outcome.compare) or outcome.state.startswith(FLAGS)
    return bool(outcome.passes) or (fold_of(outcome).one_moment and flag)


def _compared(outcome: Outcome, signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the states of some steps, or 1 and 0 where they are compared."""
    if not outcome.compare:
        return signal
    return HOLDS[outcome.compare](signal, outcome.threshold).astype(np.float64)


def _passing(found: Mapping[str, str | None], problems: list[str]) -> tuple[str, float]:
    """Return the comparison of what was folded, ("", 0.0) for none, or add what is wrong."""
    sign, text = found.get("passes") or "", (found.get("mark") or "").strip()
    if not sign:
        return "", 0.0
    mark = threshold_read(text)
    if sign not in COMPARES:
        problems.append(f"comparison is {sign!r}, must be one of {', '.join(COMPARES)}")
    if mark is None:
        before, at, when = text.partition("@")
        hint = f"; the time comes first, as in @{when.strip()}{sign}{before.strip()}" if at else ""
        problems.append(f"compares with {text!r}, must be a finite number{hint}")
    return sign, mark or 0.0


def _signal(text: str, states: Sequence[str], problems: list[str]) -> _Signal | None:
    """Return what a text looks at in each step, or add what is wrong with it."""
    found = SIGNAL.fullmatch(text)
    if found is None:
        problems.append(
            f"{text!r} cannot be read; write a state, or a comparison like rung>=8@2014"
        )
        return None
    before = len(problems)
    if found["state"] not in states:
        problems.append(unknown_name("state", found["state"], states))
    if not found["compare"]:
        return _Signal(found["state"]) if len(problems) == before else None
    if found["compare"] not in COMPARES:
        problems.append(f"comparison is {found['compare']!r}, must be one of {', '.join(COMPARES)}")
    threshold = threshold_read(found["threshold"])
    if threshold is None:
        problems.append(f"compares with {found['threshold']!r}, must be a finite number")
    if len(problems) > before or threshold is None:
        return None
    return _Signal(found["state"], found["compare"], threshold)


def threshold_read(text: str) -> float | None:
    """Return the finite number that a text compares with, None if it is none."""
    if not text.isascii() or "_" in text:
        return None  # Python alone would read it
    try:
        number = float(text)
    except ValueError:
        return None
    return number + 0.0 if math.isfinite(number) else None


def _span(
    when: str | None, fold: str, calendar: Calendar, problems: list[str]
) -> tuple[int, int] | None:
    """Return the first step counted and one past the last, or add what is wrong."""
    if when is None:
        if fold == AT:
            problems.append(
                "says no time: add one, such as @2014 or @2014Q2, or fold the run, as in mean(...)"
            )
        return None if fold == AT else (0, calendar.steps)
    start_text, dots, stop_text = when.partition("..")
    if fold == AT and dots:
        problems.append(f"@{when.strip()} is a span: fold it, as in mean(...), or name one moment")
        return None
    first = moment(start_text.strip(), calendar, problems)
    last = moment(stop_text.strip(), calendar, problems) if dots else first
    if first is None or last is None:
        return None
    if last[1] <= first[0]:
        problems.append(f"@{when.strip()} ends before it begins")
        return None
    return (last[1] - 1, last[1]) if fold == AT else (first[0], last[1])


def _outcome(
    name: str | None,
    signal: _Signal,
    fold: str,
    span: tuple[int, int],
    calendar: Calendar,
    passes: tuple[str, float] = ("", 0.0),
) -> Outcome:
    """Return an outcome with its canonical text."""
    start, stop = span
    body = signal.state
    if signal.compare:
        body += f"{signal.compare}{_plain(signal.threshold)}"
    when = _when(fold, start, stop, calendar)
    text = f"{body}@{when}" if fold == AT else f"{fold}({body})" + (f"@{when}" if when else "")
    sign, mark = passes
    text += f"{sign}{_plain(mark)}" if sign else ""
    # Without a time mean(rung)>=8 would be called like mean(rung>=8).
    named = text if when else text.replace(")", f"_{WHOLE_RUN})", 1) if sign else text
    return Outcome(
        name or _identifier(named), text, *signal, fold, start, stop, passes=sign, mark=mark
    )


def _when(fold: str, start: int, stop: int, calendar: Calendar) -> str:
    """Return a span in words, "" for the whole run."""
    first, last = _label(start, calendar, end=False), _label(stop - 1, calendar, end=True)
    if fold == AT:
        return last
    if (start, stop) == (0, calendar.steps):
        return ""
    if stop - start == 1:
        # A year without its part would mean all of its steps.
        return _part(start, calendar)
    return first if first == last else f"{first}..{last}"


def _label(step: int, calendar: Calendar, *, end: bool) -> str:
    """Return a step as a year if it is the first (or last) of it, else as a part of a year."""
    edge = calendar.steps_per_year - 1 if end else 0
    if step % calendar.steps_per_year == edge:
        return str(calendar.first_year + step // calendar.steps_per_year)
    return _part(step, calendar)


def _part(step: int, calendar: Calendar) -> str:
    """Return a step as a part of its year."""
    year = calendar.first_year + step // calendar.steps_per_year
    letter = UNITS.get(calendar.steps_per_year, "")
    width = 2 if letter == "M" else 1
    part = step % calendar.steps_per_year + 1
    return f"{year}{letter}{part:0{width}}" if letter else str(year)


def _plain(number: float) -> str:
    """Return a number in the shortest form that reads back to it."""
    return repr(number).removesuffix(".0")


def _identifier(text: str) -> str:
    """Return a column name made from a canonical text, another one for every text."""
    for sign, word in IN_NAMES.items():
        text = text.replace(sign, f"_{word}_")
    text = text.replace("..", "_to_").replace("-", "_minus_").replace("+", "_")
    text = LIKE_A_YEAR.sub("_point_", text)
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def _is_column(name: object) -> bool:
    return (
        isinstance(name, str)
        and IDENTIFIER.fullmatch(name) is not None
        and not keyword.iskeyword(name)
    )


def _is_short_text(text: object) -> bool:
    return isinstance(text, str) and len(text) <= LONGEST


def _shown(text: object) -> str:
    shown = repr(text)
    return shown if len(shown) <= LONGEST // 5 else f"{shown[: LONGEST // 5]}..."
