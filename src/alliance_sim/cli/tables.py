"""Frames as tables for a terminal."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.comparison.history import Comparison


def claims_table(comparison: Comparison) -> Table:
    """Return the 28 claims: share of runs in which each holds, beside what the record says."""
    from alliance_sim.comparison.history import HELD

    table = Table(title="The claims of the described history", title_justify="left")
    table.add_column("id")
    table.add_column("claim", ratio=1, overflow="fold")
    table.add_column("record says", no_wrap=True)
    table.add_column("holds in", justify="right", no_wrap=True)
    for row in comparison.claims.to_dict(orient="records"):
        held = float(row["share"])
        share = "not applicable" if row["applicable"] == 0 else f"{held:.0%} of runs"
        style = "bold" if row["record"] == "supported" and not held >= HELD else ""
        texts = (Text(str(row[key])) for key in ("id", "claim", "record"))
        table.add_row(*texts, share, style=style)
    return table


def counts_table(comparison: Comparison) -> Table:
    """Return observed against simulated counts by period and domain, in all three series."""
    table = Table(
        title="Events by period and domain: observed, and simulated mean (90 % interval)",
        title_justify="left",
    )
    names = {"all": "all rows", "alliance": "Alliance only", "salience2": "salience 2 and 3"}
    table.add_column("period")
    table.add_column("domain")
    for name in names.values():
        table.add_column(name, justify="right", no_wrap=True)
    counts = comparison.counts
    for (period, domain), rows in counts.groupby(["period", "domain"], sort=False):
        cells = {str(row["series"]): _cell(row) for row in rows.to_dict(orient="records")}
        table.add_row(Text(str(period)), Text(str(domain)), *(cells[series] for series in names))
    return table


def _cell(row: dict[Hashable, Any]) -> str:
    mark = " " if row["inside"] else "*"
    return f"{row['observed']}{mark} {row['mean']:.1f} ({row['low']:.0f} to {row['high']:.0f})"


def frame_table(frame: pd.DataFrame, title: str) -> Table:
    """Return any small frame as a table."""
    table = Table(title=escape(title), title_justify="left")
    for column in frame.columns:
        table.add_column(Text(str(column)), overflow="fold")
    for row in frame.itertuples(index=False):
        table.add_row(*(Text(f"{x:.3f}" if isinstance(x, float) else str(x)) for x in row))
    return table
