"""What comes after a sweep, as tables for a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from alliance_sim.analysis.boxes import Limit
    from alliance_sim.analysis.discovery import Discovery
    from alliance_sim.analysis.sensitivity import Sensitivity
    from alliance_sim.report.sweep import SweepSummary

MEASURES = {
    "sobol": (("first", "alone (first order)"), ("total", "with all interactions (total)")),
    "morris": (("mu_star", "mu*"),),
    "pawn": (("pawn", "PAWN index"),),
}
MOST_LEAVES = 12


def ranges_table(summary: SweepSummary) -> Table:
    """Return what the points come to, one row per outcome and scenario."""
    ranges = summary.ranges()
    one = bool((ranges["points"] == 1).all())
    title = "Mean ± standard error" if one else "Means of the points: least, median, greatest"
    table = Table(title=f"{title} (share of runs: 95 % interval)", title_justify="left")
    table.add_column("outcome", ratio=3, overflow="fold")
    table.add_column("scenario", ratio=1, overflow="fold")
    for column in ("mean",) if one else ("least", "median", "greatest"):
        table.add_column(column, justify="right", no_wrap=True)
    counts = ["runs", "failed"] if ranges["failed"].any() else ["runs"]
    for column in counts:
        table.add_column(column, justify="right", no_wrap=True)
    before = ""
    for row in ranges.to_dict(orient="records"):
        told = "" if row["outcome"] == before else f"{row['words']} ({row['outcome']})"
        before = str(row["outcome"])
        ends = [_end(row, "least"), number(row["middle"]), _end(row, "greatest")]
        table.add_row(
            escape(told),
            escape(str(row["scenario"])),
            *(ends[:1] if one else ends),
            *(str(row[key]) for key in counts),
        )
    return table


def _end(row: Any, name: str) -> str:
    """Return a mean with its error, or a share with its interval."""
    if not math.isnan(row[f"{name}_low"]):
        low, high = number(row[f"{name}_low"]), number(row[f"{name}_high"])
        return f"{number(row[name])} ({low} to {high})"
    error = "" if math.isnan(row[f"{name}_se"]) else f" ± {number(row[f'{name}_se'])}"
    return f"{number(row[name])}{error}"


def number(value: float) -> str:
    """Return a number with three digits after the point, fewer for years and the like."""
    if math.isnan(value):
        return "–"
    return f"{value:.1f}" if abs(value) >= 100 else f"{value:.3f}"


def sensitivity_table(found: Sensitivity, what: str) -> Table:
    """Return the factors, the one that matters most first."""
    measures = MEASURES[found.method]
    key = measures[-1][0]
    table = Table(title=f"What it hangs on: {escape(what)} (95 % intervals)", title_justify="left")
    table.add_column("factor", ratio=1, overflow="fold")
    for _, title in measures:
        table.add_column(title, justify="right", no_wrap=True)
    if found.method == "morris":
        table.add_column("mu", justify="right", no_wrap=True)
        table.add_column("sigma", justify="right", no_wrap=True)
    idle = bool((found.table["idle"] != 0).any())
    if idle:
        table.add_column("idle", justify="right", no_wrap=True)
    rows = found.table.sort_values(key, ascending=False, kind="stable")
    for row in rows.to_dict(orient="records"):
        cells = [
            f"{number(row[name])} ({number(row[f'{name}_low'])} to {number(row[f'{name}_high'])})"
            for name, _ in measures
        ]
        if found.method == "morris":
            cells += [number(row["mu"]), number(row["sigma"])]
        if idle:
            cells.append(number(row["idle"]))
        table.add_row(escape(f"{row['label']} ({row['factor']})"), *cells)
    return table


def pairs_table(pairs: pd.DataFrame, most: int = 6) -> Table:
    """Return the largest interactions of two factors."""
    table = Table(title="Two factors together (second order)", title_justify="left")
    for column in ("factor", "with"):
        table.add_column(column, overflow="fold")
    table.add_column("index", justify="right", no_wrap=True)
    order = pairs["index"].abs().sort_values(ascending=False, kind="stable").index
    for row in pairs.loc[order].head(most).to_dict(orient="records"):
        text = f"{number(row['index'])} ({number(row['low'])} to {number(row['high'])})"
        table.add_row(escape(str(row["first_factor"])), escape(str(row["second_factor"])), text)
    return table


def boxes_table(found: Discovery, title: str) -> Iterator[Table]:
    """Yield the boxes with their conditions, and for a tree all leaves."""
    shown = found.leaves[:MOST_LEAVES] if found.method == "cart" else found.boxes
    if not shown:
        return
    what = "Leaves" if found.method == "cart" else "Boxes"
    table = Table(title=f"{what}: {escape(title)}", title_justify="left", show_lines=True)
    table.add_column("", no_wrap=True)
    table.add_column("if all of this holds", ratio=1, overflow="fold")
    table.add_column("density (95 %)", justify="right", no_wrap=True)
    for column in ("coverage", "mass", "runs"):
        table.add_column(column, justify="right", no_wrap=True)
    for position, box in enumerate(shown, start=1):
        lines = [f"{limit.words()}{_chance(limit)}" for limit in box.limits]
        table.add_row(
            str(position),
            escape("\n".join(lines) or "all runs"),
            f"{box.density:.3f} ({box.density_low:.3f} to {box.density_high:.3f})",
            f"{box.coverage:.2f}",
            f"{box.mass:.3f}",
            str(box.runs),
        )
    yield table


def _chance(limit: Limit) -> str:
    """Return the quasi-p values of a condition, such as " (quasi-p 3e-05)"."""
    found = [f"{p:.1g}" for p in (limit.qp_low, limit.qp_high) if not math.isnan(p)]
    return f" (quasi-p {', '.join(found)})" if found else ""


def again_table(again: pd.DataFrame) -> Table:
    """Return how often factors are limited again in halves of the runs."""
    table = Table(
        title="Limited again in random halves of the runs, share of halves", title_justify="left"
    )
    table.add_column("factor", overflow="fold")
    for column in ("at the same density", "at the same coverage"):
        table.add_column(column, justify="right", no_wrap=True)
    for row in again.to_dict(orient="records"):
        table.add_row(
            escape(f"{row['label']} ({row['factor']})"),
            f"{row['same_density']:.1f}",
            "–" if math.isnan(row["same_coverage"]) else f"{row['same_coverage']:.1f}",
        )
    return table
