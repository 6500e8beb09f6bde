"""Differences between two levels of a sweep, run by run on the same noise.

A level is a scenario, or a value of a factor. The difference is edited minus factual, as
everywhere: luck that both runs share cancels, and what is left is what the edit makes of one course
of events.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alliance_sim.analysis.axes import Axis
from alliance_sim.analysis.columns import EDITED, FACTUAL, refuse_added
from alliance_sim.errors import SettingError, UnknownName, nearest_name, unknown_name
from alliance_sim.scenario.fields import written_number

WHERE = "contrast"
SCENARIO = "scenario"
MINUS = "-−–"
APART = re.compile(rf"\s[{MINUS}]\s")
RUN = ["replicate", "run"]
FORMS = (
    "two scenarios as in 'B - A', one to be held against all others, or two values of a factor as "
    "in 'factor=B - A'"
)


@dataclass(frozen=True)
class Contrast:
    """Two levels that are held against each other.

    Attributes:
        along: "scenario", or the name of a factor.
        edited: The level to subtract from: a label, or a value of the factor.
        factual: The level that is subtracted.
        label: What it is called, such as "no_nine_eleven minus baseline".
    """

    along: str
    edited: object
    factual: object
    label: str


def contrasts_asked(
    text: str, labels: Sequence[str], axes: Sequence[Axis] = ()
) -> tuple[Contrast, ...]:
    """Return the contrasts that a text asks for.

    Args:
        text: "B - A" for two scenarios; "A" for every other scenario minus A; "factor=B - A" for
            two values of a factor, such as "nine_eleven=false - true".
        labels: Labels of the scenarios; a minus sign inside one is no difficulty.
        axes: The factors.

    Raises:
        SettingError: If it names none, with all that could be meant.
    """
    asked = text.strip()
    if asked in labels:
        others = [label for label in labels if label != asked]
        if not others:
            raise SettingError(WHERE, [f"{asked!r} is the only scenario of this sweep"])
        return tuple(_of_scenarios(other, asked) for other in others)
    name, equals, rest = asked.partition("=")
    if equals and name.strip() not in labels:
        return (_of_values(asked, name.strip(), rest, axes),)
    if (pair := _first_pair(asked, labels)) is not None:
        edited, factual = pair
        if edited == factual:
            raise SettingError(WHERE, [f"{edited!r} minus itself is 0; name two scenarios"])
        return (_of_scenarios(edited, factual),)
    sides = sides_of(asked, labels)
    unknown = [unknown_name(SCENARIO, side, labels) for side in sides if side not in labels]
    if len(sides) == 2 or nearest_name(asked, labels):
        raise SettingError(WHERE, unknown)
    factors = f"factors: {', '.join(axis.name for axis in axes) or 'none'}"
    raise SettingError(WHERE, [f"found {text!r}, must be {FORMS}", *unknown, factors])


def contrast_names(text: str, labels: Sequence[str]) -> tuple[str, str]:
    """Return the two scenarios that a text such as "no_nine_eleven - baseline" names.

    Args:
        text: Two labels and a minus sign between them.
        labels: Labels of the scenarios of the sweep; a minus sign inside one is no difficulty.

    Returns:
        The label to subtract from and the label to subtract.

    Raises:
        SettingError: If it does not name two of the scenarios.
    """
    if (pair := _first_pair(text, labels)) is not None:
        return pair
    sides = sides_of(text, labels)
    problems = [unknown_name(SCENARIO, side, labels) for side in sides if side not in labels]
    if len(sides) != 2 or not problems:
        told = f"found {text!r}, must be two scenarios as in 'B - A'"
        problems = [told, f"scenarios: {', '.join(labels)}"]
    raise SettingError(WHERE, problems)


def sides_of(text: str, labels: Sequence[str]) -> tuple[str, ...]:
    """Return what a text that names no two scenarios has on either side of its minus sign.

    Of several signs that is the one with a scenario beside it, else one that stands alone.

    Returns:
        Two names; or the whole text where it has no such sign, or several that stand alone.
    """
    if len(APART.findall(text)) > 1:
        return (text,)
    cuts = [pair for pair in _cut(text) if all(pair)]
    apart = tuple(side.strip() for side in APART.split(text, maxsplit=1))
    alone = [(apart[0], apart[1])] if len(apart) == 2 and all(apart) else []
    beside = [pair for pair in cuts if pair[0] in labels or pair[1] in labels]
    return next(iter([*beside, *alone, *cuts]), (text,))


def _of_scenarios(edited: str, factual: str) -> Contrast:
    return Contrast(SCENARIO, edited, factual, f"{edited} minus {factual}")


def _cut(text: str) -> list[tuple[str, str]]:
    """Return both sides of each minus sign in a text."""
    places = [k for k, letter in enumerate(text) if letter in MINUS]
    return [(text[:k].strip(), text[k + 1 :].strip()) for k in places]


def _first_pair(text: str, labels: Sequence[str]) -> tuple[str, str] | None:
    """Return the first two scenarios with a minus sign between them, None if there are none."""
    return next(((a, b) for a, b in _cut(text) if a in labels and b in labels), None)


def _of_values(text: str, name: str, rest: str, axes: Sequence[Axis]) -> Contrast:
    """Return the contrast of two values of a factor."""
    known = {axis.name: axis for axis in axes}
    if name not in known:
        raise SettingError(WHERE, [unknown_name("factor", name, known)])
    axis = known[name]
    if not axis.values:
        problem = f"factor {name!r} has no list of values, so no two of them can be compared"
        raise SettingError(WHERE, [f"{problem}; give it values in a plan whose design is a grid"])
    by_text = {_written(value): value for value in axis.values}
    pairs = [(a, b.removeprefix(f"{name}=").strip()) for a, b in _cut(rest)]
    found = [(_value(a, by_text), _value(b, by_text)) for a, b in pairs]
    for edited, factual in found:
        if edited is not None and factual is not None and edited != factual:
            told = f"{name} {_written(edited)} minus {_written(factual)}"
            return Contrast(name, edited, factual, told)
    problem = f"found {text!r}, must be two values of {name}, as in"
    example = list(by_text)
    raise SettingError(
        WHERE,
        [f"{problem} '{name}={example[-1]} - {example[0]}' (values: {', '.join(by_text)})"],
    )


def _written(value: object) -> str:
    """Return a value as it is written in a plan."""
    return str(value).lower() if isinstance(value, bool | np.bool_) else str(value)


def _value(text: str, by_text: Mapping[str, object]) -> object:
    """Return the value that a text stands for, None if it stands for none."""
    if text in by_text:
        return by_text[text]
    number = written_number(text)
    alike = [v for v in by_text.values() if type(v) is not bool and v == number]
    return alike[0] if number is not None and alike else None


def differences(
    frame: pd.DataFrame, contrast: Contrast, *, outcomes: Sequence[str], factors: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the difference of two levels, run by run.

    Args:
        frame: One row per run, with columns `scenario`, `point`, `replicate`, `run`, one per factor
            and one per outcome.
        contrast: The levels.
        outcomes: Columns to take the difference of.
        factors: Columns of all factors. Two points are compared if they differ in none but that of
            the contrast.

    Returns:
        The rows of the edited level, with differences in place of outcomes: NaN where either run
        failed. `scenario` tells the contrast, after the scenario where a factor is contrasted. Of
        a single outcome columns "factual" and "edited" hold what it was in both runs.

    Raises:
        SettingError: If no run of one level has a twin in the other, or a factor is called like a
            column that is added.
    """
    refuse_added(WHERE, factors)
    if contrast.along == SCENARIO:
        keys = ["point", *RUN]
    else:
        keys = [SCENARIO, *(name for name in factors if name != contrast.along), *RUN]
    edited, factual = (
        frame[frame[contrast.along] == level] for level in (contrast.edited, contrast.factual)
    )
    beside = factual[[*keys, *outcomes]].drop_duplicates(keys)  # a point given twice is one twin
    both = edited.merge(beside, on=keys, how="inner", suffixes=("", " before"), sort=False)
    if not len(both):
        raise SettingError(WHERE, [_no_twins(contrast)])
    found = both[list(edited.columns)].copy()
    for name in outcomes:
        found[name] = both[name] - both[f"{name} before"]
    if len(outcomes) == 1:
        (name,) = outcomes
        whole = found[name].notna()
        found[EDITED] = both[name].where(whole)
        found[FACTUAL] = both[f"{name} before"].where(whole)
    told = found[SCENARIO].astype(str)
    several = contrast.along != SCENARIO and told.nunique() > 1
    found[SCENARIO] = told + f": {contrast.label}" if several else contrast.label
    return found


def _no_twins(contrast: Contrast) -> str:
    if contrast.along == SCENARIO:
        return f"{contrast.label}: no run of one scenario has a twin in the other"
    return (
        f"{contrast.label}: no two points differ in {contrast.along!r} alone and have the same "
        "runs; use a design of kind 'grid' with noise = \"common\", or make the values scenarios"
    )


def paired(frame: pd.DataFrame, *, outcome: str, first: str, second: str) -> pd.DataFrame:
    """Return the difference of two scenarios run by run: second minus first on the same noise.

    Args:
        frame: One row per run, with columns `scenario`, `point`, `replicate`, `run`, any factors
            and the outcome.
        outcome: Column of the outcome.
        first: Scenario to subtract.
        second: Scenario to subtract from.

    Returns:
        The rows of the second scenario whose outcome is the difference; NaN where either failed.

    Raises:
        UnknownName: If there is no such scenario.
        SettingError: If the two are the same, or do not have the same runs.
    """
    known = [str(name) for name in pd.unique(frame[SCENARIO])]
    for name in (first, second):
        if name not in known:
            raise UnknownName(unknown_name(SCENARIO, name, known))
    if first == second:
        raise SettingError(WHERE, [f"{first!r} minus itself is 0; name two scenarios"])
    keys = ["point", *RUN]
    a, b = (
        frame[frame[SCENARIO] == name].sort_values(keys, kind="stable", ignore_index=True)
        for name in (first, second)
    )
    if len(a) != len(b) or not (a[keys] == b[keys]).all(axis=None):
        raise SettingError(WHERE, [f"{first!r} and {second!r} do not have the same runs"])
    return b.assign(**{outcome: b[outcome] - a[outcome]})


def share_of_runs(values: pd.Series, *, above: bool) -> float:
    """Return the share of runs in which a difference is above, or below, 0; NaN without runs."""
    known = values.dropna().to_numpy(dtype=np.float64)
    return float(np.mean(known > 0 if above else known < 0)) if len(known) else float("nan")
