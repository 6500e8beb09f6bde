"""What an outcome of a sweep hangs on, as files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alliance_sim.analysis.contrasts import contrast_names, paired
from alliance_sim.analysis.sensitivity.analyse import Sensitivity, analyse
from alliance_sim.display import Facts, Shown, counted, frame_table
from alliance_sim.errors import SettingError, explains_calls
from alliance_sim.glossary import percent
from alliance_sim.plots.sensitivity import tornado_figure
from alliance_sim.plots.style import Heading
from alliance_sim.report.result_folder import ResultFolder, rows_of
from alliance_sim.report.sweep_view import (
    Column,
    axes_of,
    caveats,
    column_of,
    scenario_named,
    sweep_tree,
    told_of_sweep,
)
from alliance_sim.sweep.plan import origin_of

if TYPE_CHECKING:
    from alliance_sim.engine.simulate import Progress
    from alliance_sim.sweep.sweep import Sweep

METHOD_OF = {"saltelli": "sobol", "morris": "morris"}  # every other design: PAWN
VALUES = {
    "sobol": "share of the variance of the means over runs",
    "morris": "μ*: change over the whole range of a factor: {}",
    "pawn": "PAWN index: how far the distribution moves (0 to 1)",
}


@dataclass(frozen=True, repr=False)
class SweepSensitivity(Shown):
    """A sensitivity analysis of a sweep.

    Attributes:
        sweep: The sweep.
        column: The outcome.
        what: Outcome and contrast in words.
        scenarios: Labels of the scenarios it is about: one, or two for a contrast.
        contrast: The contrast, such as "b - a", or "".
        found: The numbers.
    """

    sweep: Sweep
    column: Column
    what: str
    scenarios: tuple[str, ...]
    contrast: str
    found: Sensitivity

    def _facts(self) -> Facts:
        found = self.found
        more = [
            ("sweep", self.sweep.plan.title),
            ("method", f"{found.method}, intervals 95 %"),
            ("scenarios", ", ".join(self.scenarios)),
        ]
        brief = [found.method, counted(len(found.table), "factor")]
        return Facts(f"“{self.what}”", brief, more, frame_table(found.table))

    def plot(self) -> Any:
        """Return a figure of how much each factor matters.

        Returns:
            A `matplotlib.figure.Figure`; a notebook shows it, `savefig` writes it.
        """
        found, unit = self.found, self.column.label
        return tornado_figure(
            found.table,
            Heading(self.title(), _about(self)),
            method=found.method,
            value=VALUES[found.method].format(f"difference, {unit}" if self.contrast else unit),
            pairs=found.pairs,
        )

    def title(self) -> str:
        """Return what the figure is called."""
        return f"What it hangs on: {self.what}"

    def words(self) -> list[str]:
        """Return what the numbers rest on and what they are not."""
        plan = self.sweep.plan
        told = []
        if not self.contrast and len(plan.labels) > 1:
            told.append(
                f"Scenario {self.scenarios[0]}, of {', '.join(plan.labels)}; choose with "
                "--scenario, or compare two with --contrast."
            )
        return [*told, *self.found.words(), *caveats(plan, self.scenarios)]


@explains_calls
def sweep_sensitivity(
    sweep: Sweep,
    outcome: str,
    *,
    method: str | None = None,
    contrast: str | None = None,
    scenario: str | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> SweepSensitivity:
    """Return what an outcome of a sweep hangs on.

    Args:
        sweep: The sweep.
        outcome: As for `report.sweep_view.column_of`.
        method: "sobol", "morris" or "pawn"; what fits the design if left out.
        contrast: "B - A" for the difference of two scenarios of the sweep, run by run.
        scenario: Label of a scenario, the first if left out.
        workers: How many processes simulate, if runs have to be simulated again.
        progress: Called with (runs done, runs asked for) while they are.

    Raises:
        UnknownName: If there is no such outcome, method or scenario.
        SettingError: If the design does not allow it.
        MissingExtra: If SALib is not installed.
    """
    plan = sweep.plan
    if contrast is not None and scenario is not None:
        raise SettingError("sensitivity", ["give either a contrast or a scenario, not both"])
    pair = None if contrast is None else contrast_names(contrast, list(plan.labels))
    label = scenario_named(plan, scenario)
    column = column_of(sweep, outcome, workers=workers, progress=progress)
    if pair is None:
        frame, what = column.of(label), column.title
    else:
        minuend, subtrahend = pair
        frame = paired(column.frame, outcome=column.name, first=subtrahend, second=minuend)
        what = f"{column.title}: {minuend} minus {subtrahend}"
    found = analyse(
        frame,
        axes=axes_of(plan),
        outcome=column.name,
        method=method or METHOD_OF.get(plan.design.kind, "pawn"),
        levels=plan.design.levels if plan.design.kind == "morris" else None,
        seed=plan.seed,
    )
    text = "" if pair is None else " - ".join(pair)
    return SweepSensitivity(sweep, column, what, pair or (label,), text, found)


def write_sensitivity(
    result: SweepSensitivity, *, out: str | os.PathLike[str], command: str
) -> dict[str, Any]:
    """Write the table, the figure and all of it as JSON; return what `--json` prints.

    Raises:
        SettingError: If the folder or a file in it cannot be written.
    """
    plan, found, column = result.sweep.plan, result.found, result.column
    about = result.contrast.replace(" - ", " minus ") or result.scenarios[0]
    folder = ResultFolder(
        out,
        kind="sensitivity",
        stem=f"{column.name}_{about}_{found.method}",
        origin=origin_of(
            plan,
            result.scenarios,
            engine=result.sweep.engine,
            runs=found.means.runs,
            failed=found.means.failed,
            command=command,
        ),
    )
    folder.table("", found.table, found.method)
    if found.pairs is not None:
        folder.table("pairs", found.pairs)
    folder.figure("", result.plot(), result.title())
    tree = _tree(result)
    return {**tree, "files": folder.close(result=tree)}


def _tree(result: SweepSensitivity) -> dict[str, Any]:
    found, luck = result.found, result.found.means.luck
    return {
        "sweep": sweep_tree(result.sweep),
        "outcome": result.column.name,
        "outcome_words": result.column.title,
        "scenarios": list(result.scenarios),
        "contrast": result.contrast or None,
        "method": found.method,
        "blocks": found.blocks,
        "blocks_lost": found.lost,
        "runs": found.means.runs,
        "failed_runs": found.means.failed,
        "luck_within_points": None if luck is None else luck.within,
        "luck_left_in_means": None if luck is None else luck.left,
        "factors": rows_of(found.table),
        "pairs": None if found.pairs is None else rows_of(found.pairs),
        "words": result.words(),
    }


def _about(result: SweepSensitivity) -> str:
    """Return the lines under the title of the figure."""
    luck = result.found.means.luck
    within = "unknown, with one run a point" if luck is None else percent(luck.within)
    what = "run by run on the same noise; " if result.contrast else ""
    failed = result.found.means.failed
    lost = f" {failed} runs failed." if failed else ""
    told = told_of_sweep(result.sweep.plan, result.scenarios, result.column)
    return (
        f"{told}{lost} Variance of single runs that is luck and no factor explains: {within}. "
        f"Intervals: 95 %, {what}over the ranges of the plan."
    )
