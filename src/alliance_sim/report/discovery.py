"""Under which conditions something happens in a sweep, as files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim.analysis.axes import value_text
from alliance_sim.analysis.discovery.boxes import Box, Cases, box_frame, limit_frame, outside_of
from alliance_sim.analysis.discovery.discover import Discovery, Search, discover
from alliance_sim.display import Facts, Shown, Table
from alliance_sim.errors import SettingError, explains_calls
from alliance_sim.glossary import percent
from alliance_sim.plots.discovery import Side, box_figure, leaves_figure, peeling_figure
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
    import pandas as pd

    from alliance_sim.engine.simulate import Progress
    from alliance_sim.sweep.sweep import Sweep

FIGURES = 3  # boxes drawn


@dataclass(frozen=True, repr=False)
class SweepDiscovery(Shown):
    """Conditions found in a sweep.

    Attributes:
        sweep: The sweep.
        column: What happens.
        scenario: Label of the scenario.
        found: The boxes.
    """

    sweep: Sweep
    column: Column
    scenario: str
    found: Discovery

    def _facts(self) -> Facts:
        found = self.found
        boxes = found.leaves or found.boxes
        rows = [
            (f"{number}", "; ".join(box.words()), percent(box.density), percent(box.coverage))
            for number, box in enumerate(boxes, start=1)
        ]
        more = [
            ("sweep", self.sweep.plan.title),
            ("method", found.method),
            ("scenario", self.scenario),
            ("happens in", f"{percent(found.cases.share, 1)} of {len(found.cases.y)} runs"),
        ]
        kind = "leaves" if found.leaves else "boxes"
        brief = [found.method, f"{len(boxes)} {kind}"]
        head = ("box", "conditions", "density", "coverage")
        return Facts(f"“{self.column.title}”", brief, more, Table(head, rows) if rows else None)

    def plot(self, box: int = 1) -> Any:
        """Return a figure of a box that PRIM found, or of all leaves of CART.

        Args:
            box: Number of the box.

        Returns:
            A `matplotlib.figure.Figure`; a notebook shows it, `savefig` writes it.

        Raises:
            SettingError: If there is no such box.
        """
        boxes = self.found.boxes
        if self.found.leaves:
            return _leaves_figure(self)
        if not 1 <= box <= len(boxes):
            raise SettingError("plot", [f"box is {box}, must be from 1 to {len(boxes)}"])
        return _box_figure(self, boxes[box - 1], box)

    def title(self) -> str:
        """Return what the figures are called."""
        return f"When it happens: {self.column.title}"

    def words(self) -> list[str]:
        """Return what the boxes rest on and what they are not."""
        plan = self.sweep.plan
        several = len(plan.labels) > 1
        told = [f"Scenario {self.scenario}, of {', '.join(plan.labels)}."] if several else []
        return [*told, *self.found.words(), *caveats(plan, [self.scenario])]


@explains_calls
def sweep_discovery(
    sweep: Sweep,
    outcome: str,
    *,
    method: str = "prim",
    scenario: str | None = None,
    search: Search = Search(),  # noqa: B008 - frozen
    workers: int = 1,
    progress: Progress | None = None,
) -> SweepDiscovery:
    """Return the conditions under which an outcome of a sweep happens.

    Args:
        sweep: The sweep.
        outcome: As for `report.sweep_view.column_of`; 0 or 1.
        method: "prim" or "cart".
        scenario: Label of a scenario, the first if left out.
        search: How PRIM looks for boxes.
        workers: How many processes simulate, if runs have to be simulated again.
        progress: Called with (runs done, runs asked for) while they are.

    Raises:
        UnknownName: If there is no such outcome, method or scenario.
        SettingError: If there is nothing to discover, with the reason.
        MissingExtra: If EMA Workbench is not installed.
    """
    plan = sweep.plan
    label = scenario_named(plan, scenario)
    column = column_of(sweep, outcome, workers=workers, progress=progress)
    found = discover(
        column.of(label),
        axes=axes_of(plan),
        outcome=column.name,
        method=method,
        search=search,
        seed=plan.seed,
    )
    return SweepDiscovery(sweep, column, label, found)


def write_discovery(
    result: SweepDiscovery, *, out: str | os.PathLike[str], command: str
) -> dict[str, Any]:
    """Write tables, figures and all of it as JSON; return what `--json` prints.

    Raises:
        SettingError: If the folder or a file in it cannot be written.
    """
    plan, found, column = result.sweep.plan, result.found, result.column
    folder = ResultFolder(
        out,
        kind="discover",
        stem=f"{column.name}_{result.scenario}_{found.method}",
        origin=origin_of(
            plan,
            [result.scenario],
            engine=result.sweep.engine,
            runs=len(found.cases.y),
            failed=found.cases.failed,
            command=command,
        ),
    )
    boxes, limits = box_frame(found.boxes), limit_frame(found.boxes)
    folder.table("boxes", boxes)
    folder.table("limits", limits)
    about = told_of_sweep(plan, [result.scenario], column)
    for number, box in enumerate(found.boxes[:FIGURES], start=1):
        folder.figure(f"box{number}", _box_figure(result, box, number), result.title())
    if found.peeling is not None:
        folder.table("peeling", found.peeling)
        title = f"Coverage against density: {column.title}"
        figure = peeling_figure(
            found.peeling[found.peeling["box"] == 1],
            Heading(title, _peeling_words(found.peeling, about)),
            share=found.cases.share,
        )
        folder.figure("peeling", figure, title)
    if found.leaves:
        folder.table("leaves", box_frame(found.leaves), "boxes")
        folder.figure("leaves", _leaves_figure(result), result.title())
    if found.again is not None:
        folder.table("again", found.again)
    tree = _tree(result, boxes=rows_of(boxes), limits=rows_of(limits))
    return {**tree, "files": folder.close(result=tree)}


def _peeling_words(peeling: pd.DataFrame, about: str) -> str:
    """Return the lines under the title of the figure of a peeling."""
    told = "Each dot is a step of the peeling of the first box; its number goes with --step."
    if peeling["lifted"][peeling["box"] == 1].any():
        told += " Dots off the line: limits that may be chance are lifted."
    return f"{told} {about}"


def _tree(result: SweepDiscovery, *, boxes: Any, limits: Any) -> dict[str, Any]:
    found = result.found
    elsewhere = found.elsewhere
    return {
        "sweep": sweep_tree(result.sweep),
        "outcome": result.column.name,
        "outcome_words": result.column.title,
        "scenario": result.scenario,
        "method": found.method,
        "runs": len(found.cases.y),
        "failed_runs": found.cases.failed,
        "of_interest": found.cases.of_interest,
        "boxes": boxes,
        "limits": limits,
        "elsewhere": None
        if elsewhere is None or np.isnan(elsewhere.density)
        else {"density": elsewhere.density, "coverage": elsewhere.coverage},
        "again": None if found.again is None else rows_of(found.again),
        "words": result.words(),
    }


def _leaves_figure(result: SweepDiscovery) -> Any:
    """Return all leaves of a tree."""
    found = result.found
    about = told_of_sweep(result.sweep.plan, [result.scenario], result.column)
    told = ["; ".join(leaf.words()) for leaf in found.leaves]
    table, share = box_frame(found.leaves).assign(conditions=told), found.cases.share
    return leaves_figure(table, Heading(result.title(), about), share=share)


def _box_figure(result: SweepDiscovery, box: Box, number: int) -> Any:
    """Return the pair plot of a box, without the points that lie in boxes before it."""
    about = told_of_sweep(result.sweep.plan, [result.scenario], result.column)
    cases, elsewhere = result.found.cases, result.found.elsewhere
    drawn_of = cases.part(outside_of(result.found.boxes[: box.before], cases))
    points, codes = np.unique(drawn_of.point, return_inverse=True)
    share = np.bincount(codes, drawn_of.y) / np.bincount(codes)
    numbers = [
        f"density {percent(box.density)} of {box.runs} runs",
        f"    95 % interval {percent(box.density_low)} to {percent(box.density_high)}",
        f"coverage {percent(box.coverage)} of {cases.of_interest} cases",
        f"mass {percent(box.mass, 1)} of {len(cases.y)} runs",
        f"over all runs it happens in {percent(cases.share, 1)}",
    ]
    if number == 1 and elsewhere is not None and not np.isnan(elsewhere.density):
        numbers.append(
            f"on other points: density {percent(elsewhere.density)}, "
            f"coverage {percent(elsewhere.coverage)}"
        )
    if box.before:
        numbers.append(
            "limits alone, runs of boxes before included:\n"
            f"    density {percent(box.density_all)}, coverage {percent(box.coverage_all)}"
        )
    several = len(drawn_of.y) > len(points)
    dots = "its colour the share of its runs in which it happens" if several else "dark if so"
    drawn = "Share of runs along the factor."
    if len(box.limits) > 1:
        drawn = f"A dot is a design point, {dots}. Diagonal: share of runs along one factor."
    which = ""
    if box.before:
        which = f" Box {number}; points in boxes before it are left out."
    return box_figure(
        [_side(drawn_of, limit.axis.name, box) for limit in box.limits],
        share,
        Heading(result.title(), f"{drawn}{which} {about}"),
        conditions=box.words(),
        numbers=numbers,
        happens="share of the runs at a point in which it happens",
    )


def _side(cases: Cases, name: str, box: Box) -> Side:
    """Return one factor of a box as it is drawn."""
    limit = next(limit for limit in box.limits if limit.axis.name == name)
    axis = limit.axis
    position = [a.name for a in cases.axes].index(name)
    _, first = np.unique(cases.point, return_index=True)
    choice = axis.kind == "choice"
    return Side(
        label=axis.brief,
        values=cases.x[first, position],
        low=limit.low,
        high=limit.high,
        names=tuple(value_text(v) for v in axis.values) if choice else (),
        kept=limit.kept,
        tick=axis.tick,
    )
