"""Edited scenarios beside the factual one, as a folder of files and as a page."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from alliance_sim.comparison.acts import ANOTHER, GONE, MOVED, NEW
from alliance_sim.errors import explains_calls
from alliance_sim.glossary import MISSING, signed
from alliance_sim.plots.comparison import comparison_figure
from alliance_sim.plots.origin import origin_of
from alliance_sim.provenance import STATEMENT
from alliance_sim.report import page
from alliance_sim.report.page import render
from alliance_sim.report.result_folder import (
    Picture,
    ResultFolder,
    answer_folder,
    file_name,
    rows_of,
)

if TYPE_CHECKING:
    from alliance_sim.comparison.scenarios import Comparison
    from alliance_sim.provenance import Origin
    from alliance_sim.scenario import Scenario

log = logging.getLogger("alliance_sim")

KIND = "compare"
LONGEST_NAME = 80  # letters of a scenario in the name of a figure
MOST_ACTS = 40  # on a page, of each scenario; all are in acts.csv
DATES = ("factual_date", "edited_date")
WEIGHTS = {MOVED: 9, NEW: 2, GONE: 2, ANOTHER: 0}  # with salience: shown first
SIMULATED = " (simulated, not on record)"  # after the title of a factual act
TITLE = "What would have been different, in this model"


@explains_calls
def write_comparison(
    comparison: Comparison,
    *,
    run: int,
    out: str | os.PathLike[str],
    command: str,
    asked: Mapping[str, Any] | None = None,
) -> dict[str, str]:
    """Write figures, tables, differences, a page and a manifest; return names and paths.

    The tables depend on the numbers only: the same seed gives the same bytes.

    Args:
        comparison: Edited scenarios beside the factual one.
        run: The run whose dated acts are told.
        out: The folder, made if need be.
        command: The command line that makes the files again.
        asked: What was asked for beside the scenarios, by name, as values that JSON can hold:
            where another value is asked for, the folder is another's.

    Raises:
        SettingError: If the folder or a file in it cannot be written, or holds other results.
    """
    factual, others = comparison.factual_runs, comparison.edited_runs
    origin = origin_of(factual, command=command, others=tuple(others.values()))
    result = ResultFolder(out, kind=KIND, origin=origin)
    log.debug("drawing")
    draw = partial(comparison_figure, comparison)
    images = {"": result.picture("comparison", draw, TITLE)}
    for label, name in _file_names(comparison).items() if len(others) > 1 else ():
        log.debug("drawing %s", label)
        images[label] = result.picture(f"comparison_{name}", partial(draw, label), label)
    acts = comparison.acts_of(run)
    result.table("differences", comparison.table)
    result.table("differences_by_year", comparison.yearly, "differences")
    result.table("steps", comparison.steps)
    result.table("acts", acts)
    result.write("differences", "parquet", lambda part: _differences(comparison, part))
    html = comparison_page(comparison, acts, run=run, images=images, origin=origin)
    result.page("report", html)
    return result.close(shown_run=run, asked=dict(asked or {}))


def comparison_folder(
    out: str | os.PathLike[str], scenarios: Sequence[Scenario], asked: Mapping[str, Any]
) -> Path:
    """Return a folder that a comparison may be written to, made when it is; ask first.

    Args:
        out: The folder.
        scenarios: The scenarios, the factual one first.
        asked: What is asked for beside them, as `write_comparison` takes it.

    Raises:
        SettingError: If it cannot be written, or holds other results.
    """
    return answer_folder(out, kind=KIND, scenarios=scenarios, asked=asked)


def _file_names(comparison: Comparison) -> dict[str, str]:
    """Return a name for the figure of each edited scenario, numbered where names are alike."""
    found: dict[str, str] = {}
    for position, (label, scenario) in enumerate(comparison.edited.items(), start=1):
        name = file_name(scenario.name.rpartition("/")[2])[:LONGEST_NAME]
        while name in found.values():
            name = f"{name}_{position}"
        found[label] = name
    return found


def comparison_page(
    comparison: Comparison,
    acts: pd.DataFrame,
    *,
    run: int,
    images: dict[str, Picture],
    origin: Origin,
) -> str:
    """Return a comparison as an HTML page that needs no other file.

    Args:
        comparison: Edited scenarios beside the factual one.
        acts: Acts that differ in one run.
        run: Which run that is.
        images: Figures: of all together under "", and of each scenario by label where there are
            several.
        origin: Where the numbers come from.
    """
    questions = [scenario.question for scenario in comparison.edited.values()]
    parts = [
        {
            "label": label,
            "scenario": scenario,
            "sentence": comparison.sentences[label],
            "edits": [edit for edit in comparison.edits[label] if not edit.responds],
            "responses": [edit for edit in comparison.edits[label] if edit.responds],
            "touched": comparison.touched[label],
            "same": comparison.same(label),
            "image": images.get(label),
            "alt": figure_alt(comparison, label),
            "rows": comparison.table[comparison.table["scenario"] == label].to_dict("records"),
            "steps": rows_of(comparison.moved_steps(label)),
            "alike_until": comparison.alike_until(label),
            "acts": acts_told(acts[acts["scenario"] == label], MOST_ACTS),
            "acts_counted": acts_counted(acts[acts["scenario"] == label]),
        }
        for label, scenario in comparison.edited.items()
    ]
    alt = " ".join(str(part["alt"]) for part in parts)
    return render(
        "comparison.html",
        title=f"{'; '.join(comparison.edited)}: what would have been different",
        question=questions[0] if len(questions) == 1 else "",
        factual=comparison.factual,
        calendar=comparison.factual_runs.calendar,
        parts=parts,
        image=images[""],
        alt=alt,
        run=run,
        statement=STATEMENT,
        words=page,
        origin=origin,
    )


def figure_alt(comparison: Comparison, label: str) -> str:
    """Return the differences of one scenario in the last year looked at, in a sentence."""
    table = comparison.table[comparison.table["scenario"] == label]
    last = table[table["year"] == table["year"].max()]
    told = [
        f"{row['title']} {signed(row['difference'], row['unit'])}"
        for row in last.to_dict("records")
    ]
    return f"{label}. Median difference, edited minus factual: {'; '.join(told)}."


def acts_told(acts: pd.DataFrame, most: int, *, of_record: bool = False) -> list[dict[str, str]]:
    """Return acts that differ in words: formal ones before others, then by salience, if many.

    Args:
        acts: Of one scenario, as `Comparison.acts_of` returns them.
        most: How many at most.
        of_record: Whether the factual run comes to the record, so that acts which are none of its
            are told as such.

    Returns:
        By date, each with `factual_date` and `edited_date`, `change` and `act`.
    """
    weight = acts["salience"] + acts["change"].map(WEIGHTS)
    chosen = weight.sort_values(ascending=False, kind="stable").index[:most]
    return [
        _told(row, of_record=of_record) for row in acts.loc[chosen].sort_index().to_dict("records")
    ]


def acts_counted(acts: pd.DataFrame) -> str:
    """Return how many acts differ in which way, such as "3 gone, 1 moved"."""
    found = acts["change"].value_counts()
    return ", ".join(f"{n} {change}" for change, n in found.items()) or "none"


def _told(row: dict[Any, Any], *, of_record: bool) -> dict[str, str]:
    old, new = str(row["factual_title"]), str(row["edited_title"])
    if of_record and old and not row["recorded"]:
        old = f"{old}{SIMULATED}"
    dates = {name: row[name] for name in DATES}
    return {
        **{
            name: f"{day:%Y-%m-%d}" if day is not pd.NaT else MISSING for name, day in dates.items()
        },
        "change": str(row["change"]),
        "act": f"{old} → {new}" if row["change"] == ANOTHER else old or new,
    }


def _differences(comparison: Comparison, path: Path) -> None:
    """Write the differences of all scenarios by run and quarter."""
    frames: list[pd.DataFrame] = []
    for label in comparison.edited:
        frame = comparison.differences(label)
        frame.insert(0, "scenario", label)
        frames.append(frame)
    pd.concat(frames, ignore_index=True).to_parquet(path, index=False)
