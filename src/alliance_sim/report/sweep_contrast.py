"""What two levels of a sweep differ in, as a table and in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from alliance_sim.analysis.axes import Axis
from alliance_sim.analysis.bands import OutcomeView, bands_along
from alliance_sim.analysis.columns import EDITED, FACTUAL
from alliance_sim.analysis.contrasts import (
    SCENARIO,
    Contrast,
    differences,
    share_of_runs,
)

if TYPE_CHECKING:
    from alliance_sim.report.sweep_view import Column
    from alliance_sim.sweep.plan import Plan

SAME_NOISE = (
    "Differences are edited minus factual, run by run on the same noise. The band holds 90 % of "
    "runs; the interval, 95 %, is that of the mean difference."
)
ALL = "all points"
SIGN = re.compile(r"(?:(?<!\w)|(?<=\de))-(?=\.?\d)")  # of a number or of its exponent


def compared(column: Column, contrasts: Sequence[Contrast], plan: Plan) -> Column:
    """Return the differences of an outcome; of one that happens or not, those of its share."""
    factors = [factor.name for factor in plan.factors]
    parts = [
        differences(column.frame, contrast, outcomes=[column.name], factors=factors)
        for contrast in contrasts
    ]
    what = "share of runs" if column.binary else "outcome"
    return replace(
        column,
        frame=pd.concat(parts, ignore_index=True),
        label=f"difference of the {what}, edited minus factual (above 0: more if edited)",
    )


def contrast_table(columns: Sequence[Column], plan: Plan) -> pd.DataFrame:
    """Return what each contrast comes to over all points.

    Args:
        columns: From `compared`.
        plan: The plan of the sweep.

    Returns:
        One row per outcome and contrast: `outcome`, `words`, `contrast`, `runs` (pairs that did not
        fail), `failed`, `factual` and `edited` (means of those pairs; shares where the outcome
        happens or not), `difference` (mean), `low` and `high` (its 95 % interval, which holds the
        choice of points unless they are a grid), `q05` and `q95` (of the differences run by run),
        `above` and `below` (share of pairs in which the edited run has more, and less).
    """
    sampled = bool(plan.factors) and plan.design.kind != "grid"
    axis = Axis("everywhere", ALL, "choice", (ALL,))
    rows = []
    for column in columns:
        frame = column.frame.assign(everywhere=ALL)
        bands = bands_along(frame, OutcomeView(column.name, sampled=sampled), axis=axis)
        for band in bands.to_dict(orient="records"):
            here = frame[frame["scenario"] == band["scenario"]]
            rows.append(
                {
                    "outcome": column.name,
                    "words": column.title,
                    "contrast": band["scenario"],
                    "runs": band["runs"],
                    "failed": len(here) - band["runs"],
                    "factual": here[FACTUAL].mean(),
                    "edited": here[EDITED].mean(),
                    "difference": band["mean"],
                    "low": band["mean_low"],
                    "high": band["mean_high"],
                    "q05": band["q05"],
                    "q95": band["q95"],
                    "above": share_of_runs(here[column.name], above=True),
                    "below": share_of_runs(here[column.name], above=False),
                }
            )
    return pd.DataFrame(rows)


def stem_of(contrasts: Sequence[Contrast]) -> str:
    """Return how the names of files of contrasts begin; signs of numbers are words in it."""
    first = contrasts[0]
    told = first.label if len(contrasts) == 1 else f"against {first.factual}"
    return f"contrast {SIGN.sub('minus ', told)}"


def figure_title(column: Column, contrasts: Sequence[Contrast], plan: Plan) -> str:
    """Return the title of a figure of an outcome; several contrasts are told over its panels."""
    title = f"{column.title[:1].upper()}{column.title[1:]}"
    if len(contrasts) != 1:
        return title
    (contrast,) = contrasts
    if contrast.along != SCENARIO:
        return f"{title}: {contrast.label}"
    titles = dict(zip(plan.labels, plan.scenarios, strict=True))
    return f"{title}: {titles[str(contrast.edited)].title}"


def told_of_runs(column: Column, contrasts: Sequence[Contrast]) -> str:
    """Return what a figure draws of the runs, in words."""
    if contrasts:
        return f"Edited minus factual, {'of shares of' if column.binary else 'run by run, over'}"
    return "Share of" if column.binary else "Spread over"
