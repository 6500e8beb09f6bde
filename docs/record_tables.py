# ruff: noqa: INP001 - beside conf.py, not in a package
"""Tables of the documentation about editions and codings of the record, and about its licences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cells import day, table, text

import alliance_sim
from alliance_sim.record.decisions import DECISIONS, read_decisions

if TYPE_CHECKING:
    from alliance_sim.comparison.codings import Codings

BASELINE = "japan_nato/baseline"
RECORD = Path(alliance_sim.__file__).parent / "record" / "japan_nato"
OWNERS = {  # what a source begins with or holds, and whose data they then are
    "Correlates of War": "Correlates of War project",
    "SIPRI": "SIPRI",
    "Global Terrorism Database": "Global Terrorism Database (START)",
    "RAND": "RAND",
    "CNS": "CNS, as copied by nagix/nk-missile-tests",
    "IMB": "International Maritime Bureau, as quoted by the press",
    "UK Ministry of Defence": "UK Ministry of Defence",
    "Derived": "this package, from its own record",
}
OTHERS = "the press and ministries, each number by itself"


@cache
def codings() -> Codings:
    """Return the two codings of the record, compared once."""
    from alliance_sim.comparison.codings import compare_codings

    return compare_codings(alliance_sim.load_scenario(BASELINE))


def kappas() -> str:
    """Return how far the two codings agree, column by column."""
    rows = [
        (
            f"`{row.column}`",
            row.acts,
            f"{row.agree:.2f}",
            f"{row.kappa:.2f}",
            f"{row.low:.2f} to {row.high:.2f}",
        )
        for row in codings().agreement.itertuples()
    ]
    return table(("column", "acts in both", "coded alike", "kappa", "95 % interval"), rows)


def same_days() -> str:
    """Return in one sentence how many dated acts stand on the same day."""
    full, alike = codings().days
    return f"Of {full} acts with a full day in both lists {alike} stand on the same day."


def captures() -> str:
    """Return what each list holds by stage and salience, and how many acts there were."""
    rows = [
        (
            row.period,
            row.salience,
            row.first,
            row.second,
            row.both,
            "–" if row.second == 0 else f"{row.chance:.2f}",
            f"{row.total:.1f}",
            f"{row.se:.1f}",
        )
        for row in codings().captures.itertuples()
    ]
    head = (
        *("stage", "salience", "first list", "second list", "both"),
        *("chance in the first", "acts (Chapman)", "standard error"),
    )
    return table(head, rows)


def chances() -> str:
    """Return the chances of being coded, by era and salience."""
    rows = [
        (
            day(row.era) if row.era else "any time",
            row.salience,
            f"Beta({row.a}, {row.b})",
            *(f"{x:.2f}" for x in (row.in_first, row.in_second, row.in_either)),
        )
        for row in codings().chances.itertuples()
    ]
    head = ("from", "salience", "in the first list", "mean", "in the second", "in either")
    return table(head, rows)


def codings_claims() -> str:
    """Return the coder's verdicts in both editions, and the same test on each coding."""
    said = {True: "holds", False: "fails", None: "–"}
    rows = [
        (
            row.id,
            text(row.claim),
            row.basis,
            row.verdict_first or "–",
            row.verdict,
            *(said[holds] for holds in (row.on_first, row.on_second, row.on_record)),
        )
        for row in codings().claims.itertuples()
    ]
    head = (
        *("id", "claim", "whose", "first edition", "second edition"),
        *("test: first list", "second list", "second edition"),
    )
    return table(head, rows)


def editions() -> str:
    """Return the acts of both editions by stage and field."""
    found = {n: alliance_sim.Record.of(f"japan_nato@{n}").counts() for n in (1, 2)}
    rows = [
        (
            period,
            *(f"{found[1][domain][period]} → {found[2][domain][period]}" for domain in found[1]),
            f"{found[1].loc[period].sum()} → {found[2].loc[period].sum()}",
        )
        for period in found[1].index
    ]
    return table(("stage", *found[1].columns, "all"), rows)


def decisions_tally() -> str:
    """Return in one sentence how many proposals came to what."""
    by_proposal: dict[str, set[str]] = {}
    for row in read_decisions(RECORD / "edition_2"):
        by_proposal.setdefault(row["proposal"], set()).add(row["decision"])
    known = [found for name, found in by_proposal.items() if name.partition(" ")[2].isdigit()]
    count = {of: sum(of in found for found in known) for of in DECISIONS}
    return (
        f"Of {len(known)} proposals, checks and unmatched acts {count['applied']} were taken as "
        f"they are, {count['applied with change']} with a change and {count['not applied']} not; "
        "most of the last are checks that confirm a row."
    )


def decisions() -> str:
    """Return what became of each proposal, with its reason."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for row in read_decisions(RECORD / "edition_2"):
        key = (row["proposal"], row["decision"], row["reason"])
        rows.setdefault(key, []).append(_place(row))
    told = [
        (text(proposal), decision, "; ".join(dict.fromkeys(filter(None, places))), text(reason))
        for (proposal, decision, reason), places in rows.items()
    ]
    return table(("proposal", "decision", "where", "reason"), told)


def _place(row: Mapping[str, str]) -> str:
    if not row["table"]:
        return ""
    if not row["line"]:
        added = row["new"].partition(",")[0]
        return f"{row['table']}: new, {day(added)}" if row["new"] else row["table"]
    what = {"": "", "row": ", dropped"}.get(row["column"], f", `{row['column']}`")
    return f"{row['table']} line {row['line']}{what}"


def series() -> str:
    """Return the published series that the package carries, by owner, with their sources."""
    frame = _series()
    rows = []
    for (owner, indicator), found in frame.groupby(["owner", "indicator"], sort=True):
        sources = list(dict.fromkeys(found["source"]))
        more = f", and {len(sources) - 2} more" if len(sources) > 2 else ""
        years = f"{found['year'].min()} to {found['year'].max()}"
        words = text("; ".join(sources[:2]) + more)
        rows.append((text(owner), f"`{indicator}`", len(found), years, words))
    return table(("whose data", "indicator", "numbers", "years", "as the file names it"), rows)


def _series() -> Any:
    import pandas as pd

    from alliance_sim.shipped import scenarios

    frame = pd.read_csv(scenarios() / "japan_nato" / "threat_indicators.csv")
    return frame.assign(owner=[owner_of(source) for source in frame["source"]])


def owner_of(source: str) -> str:
    """Return whose data a row of the series holds, by what its source says."""
    return next((owner for mark, owner in OWNERS.items() if mark in source), OTHERS)


def kinds() -> str:
    """Return which kinds of acts each field has in the scenarios that ship."""
    found: dict[str, dict[str, None]] = {}
    for name in (BASELINE, "two_islands/baseline"):
        for kind in alliance_sim.load_scenario(name).kinds:
            found.setdefault(kind.domain, {})[f"`{kind.name}`"] = None
    found = {field: names | {"`suspension`": None} for field, names in found.items()}
    return table(("`domain`", "`kind`"), [(f"`{f}`", ", ".join(n)) for f, n in found.items()])


RECORD_TABLES: dict[str, Callable[..., str]] = {
    "captures": captures,
    "chances": chances,
    "codings_claims": codings_claims,
    "decisions": decisions,
    "decisions_tally": decisions_tally,
    "editions": editions,
    "kappas": kappas,
    "kinds": kinds,
    "same_days": same_days,
    "series": series,
}
