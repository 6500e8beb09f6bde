"""Two codings of the same acts, as tables for a terminal."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from alliance_sim.cli.adaptive_table import AdaptiveTable
from alliance_sim.glossary import decimal

if TYPE_CHECKING:
    from alliance_sim.comparison.codings import Codings

ERAS = {"": "any time", dt.date.min.isoformat(): "the beginning"}
TRUTH = {True: "holds", False: "fails", None: "–"}


def codings_tables(codings: Codings) -> list[AdaptiveTable]:
    """Return agreement, captures, chances and claims, in this order."""
    found = [_agreement(codings), _captures(codings), _chances(codings)]
    return found if codings.claims.empty else [*found, _claims(codings)]


def _agreement(codings: Codings) -> AdaptiveTable:
    rows = tuple(
        (
            str(row["column"]),
            str(row["acts"]),
            decimal(row["agree"]),
            decimal(row["kappa"]),
            f"{decimal(row['low'])} to {decimal(row['high'])}",
        )
        for row in codings.agreement.to_dict("records")
    )
    heads = ("column", "acts in both", "coded alike", "kappa", "95 % interval")
    return AdaptiveTable(title="How far the two codings agree", heads=heads, rows=rows)


def _captures(codings: Codings) -> AdaptiveTable:
    rows = tuple(
        (
            str(row["period"]),
            str(row["salience"]),
            *(str(row[name]) for name in ("first", "second", "both")),
            "–" if row["chance"] != row["chance"] else decimal(row["chance"]),
            f"{row['total']:.1f}",
            f"{row['se']:.1f}",
        )
        for row in codings.captures.to_dict("records")
    )
    heads = (
        *("stage", "salience", "first list", "second list", "both"),
        *("chance in first", "acts (Chapman)", "standard error"),
    )
    return AdaptiveTable(title="What each list holds", heads=heads, rows=rows, words=2)


def _chances(codings: Codings) -> AdaptiveTable:
    rows = tuple(
        (
            ERAS.get(row["era"], row["era"]),
            str(row["salience"]),
            f"Beta({row['a']}, {row['b']})",
            *(decimal(row[name]) for name in ("in_first", "in_second", "in_either")),
        )
        for row in codings.chances.to_dict("records")
    )
    heads = ("from", "salience", "in the first list", "mean", "in the second", "in either")
    return AdaptiveTable(title="Chances of being coded", heads=heads, rows=rows, words=2)


def _claims(codings: Codings) -> AdaptiveTable:
    rows = tuple(
        (
            str(row["id"]),
            str(row["claim"]),
            row["basis"] or "–",
            row["verdict_first"] or "–",
            str(row["verdict"]),
            *(TRUTH[row[name]] for name in ("on_first", "on_second", "on_record")),
        )
        for row in codings.claims.to_dict("records")
    )
    heads = (
        *("id", "claim", "whose", "first edition", codings.name),
        *("first list", "second list", "this edition"),
    )
    title = "The coder's verdicts, and the same test on each coding"
    return AdaptiveTable(title=title, heads=heads, rows=rows, words=5)
