"""What commands find, as tables for a terminal."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from alliance_sim.cli.adaptive_table import AdaptiveTable
from alliance_sim.glossary import decimal, percent, plain, series_words, signed
from alliance_sim.results.state_metadata import meaning
from alliance_sim.scenario.fields import DOMAINS

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.analysis.discovery.boxes import Limit
    from alliance_sim.analysis.discovery.discover import Discovery
    from alliance_sim.analysis.sensitivity.analyse import Sensitivity
    from alliance_sim.calendar import Period
    from alliance_sim.calibration.record_among_runs import PredictiveChecks
    from alliance_sim.comparison.history import HistoryComparison
    from alliance_sim.record.words import Words
    from alliance_sim.report.sweep import SweepSummary
    from alliance_sim.results import Ensemble
    from alliance_sim.scenario.describe import Difference

MEASURES = {
    "sobol": (("first", "alone (first order)"), ("total", "with all interactions (total)")),
    "morris": (("mu_star", "mu*"),),
    "pawn": (("pawn", "PAWN index"),),
}
MOST_LEAVES = 12
COUNTED = "agreements"  # a unit of whole numbers


def claims_table(comparison: HistoryComparison) -> AdaptiveTable:
    """Return the claims: share of runs in which each holds, beside what the record says."""
    from alliance_sim.report.page import RECORD_WORDS, beside

    rows, missed = [], set()
    for position, row in enumerate(_rows(comparison.claims)):
        share = None if row["applicable"] == 0 else float(row["share"])
        kind, stands = beside(str(row["record"]), share)
        if kind in ("short", "differs"):
            missed.add(position)
        said = RECORD_WORDS[str(row["record"])]
        rows.append((str(row["id"]), str(row["claim"]), said, percent(share), stands))
    return AdaptiveTable(
        title="The claims of the described history, in the record and in the simulated histories",
        heads=("id", "claim", "the record", "holds in", "model and record"),
        rows=tuple(rows),
        words=2,
        marked=frozenset(missed),
    )


def changes_table(comparison: HistoryComparison) -> AdaptiveTable | None:
    """Return the claims that change against the factual scenario; None if none does."""
    from alliance_sim.comparison.claims import AS_BEFORE
    from alliance_sim.report.page import RECORD_WORDS

    rows = tuple(
        (
            str(row["id"]),
            f"{row['claim']} (the record {RECORD_WORDS[str(row['record'])]})",
            f"{percent(row['factual'])} → {percent(row['edited'])}",
            str(row["change"]),
        )
        for row in _rows(comparison.claim_changes())
        if row["change"] != AS_BEFORE
    )
    if not rows:
        return None
    return AdaptiveTable(
        title="Claims that change: shares of simulated histories with the same luck",
        heads=("id", "claim", "factual → edited", "change"),
        rows=rows,
        words=2,
    )


def _rows(table: pd.DataFrame | None) -> list[dict[Hashable, Any]]:
    """Return the rows of a table, none where there is no table."""
    return [] if table is None else table.to_dict(orient="records")


def counts_table(comparison: HistoryComparison) -> AdaptiveTable:
    """Return observed against simulated counts by period and domain, in all three series."""
    stages = {period.id: period.name for period in comparison.ensemble.calendar.periods}
    cells: dict[tuple[str, str], dict[str, str]] = {}
    for row in _rows(comparison.counts):
        key = (str(row["period"]), str(row["domain"]))
        cells.setdefault(key, {})[str(row["series"])] = _count(row)
    series = list(dict.fromkeys(name for counts in cells.values() for name in counts))
    rows, before = [], ""
    for (period, domain), counts in cells.items():
        stage = "" if period == before else stages[period]
        rows.append((stage, comparison.words.domain(domain), *(counts[name] for name in series)))
        before = period
    return AdaptiveTable(
        title=f"Acts by stage and field, from {comparison.counted_from()}: in the record, and what "
        "would be coded of the histories, mean (90 % of them)",
        heads=("stage", "field", *map(series_words, series)),
        rows=tuple(rows),
        words=2,
    )


def _count(row: dict[Hashable, Any]) -> str:
    mark = " " if row["inside"] else "*"
    return f"{row['observed']}{mark} {row['mean']:.1f} ({row['low']:.0f} to {row['high']:.0f})"


def medians_table(frame: pd.DataFrame, ensemble: Ensemble, words: Words) -> AdaptiveTable:
    """Return the middle run at the end of each stage, as `analysis.summaries.period_table`."""
    stages = {period.id: period.name for period in ensemble.calendar.periods}
    heads = {f"level_{domain}": words.domain(domain) for domain in DOMAINS}
    heads |= {"agenda_overlap": plain("agenda overlap")}
    heads |= {"rung": plain("rung")}
    units = {state: meaning(state, ensemble.meanings).unit for state in heads}
    most = {"rung": f" of {len(words.rungs) - 1}"}
    rows = tuple(
        (
            stages[row["period"]],
            row["quarter"],
            *(decimal(row[state], units[state]) + most.get(state, "") for state in heads),
        )
        for row in frame.to_dict(orient="records")
    )
    return AdaptiveTable(
        title="At the end of each stage, half of the simulated histories lie above and half below: "
        "level of cooperation by field (0 to 1), shared fears (0 to 1), formal step reached",
        heads=("stage", "quarter", *heads.values()),
        rows=rows,
    )


def differences_table(
    first: str, second: str, found: Sequence[Difference], titles: Mapping[str, str]
) -> AdaptiveTable:
    """Return what two scenarios differ in; a juncture with its title, by its name."""
    return AdaptiveTable(
        title=f"{first} and {second}",
        heads=("path", first, second),
        rows=tuple((_titled(row.path, titles), str(row.first), str(row.second)) for row in found),
        words=3,
    )


def theories_table(table: pd.DataFrame) -> AdaptiveTable:
    """Return what each theory came to in a fit, the most likely one first."""
    rows = table.sort_values("log_evidence", ascending=False).to_dict(orient="records")
    return AdaptiveTable(
        title="Theories",
        heads=("theory", "parameters", "log evidence", "log likelihood", "R-hat", "nested", "ESS"),
        rows=tuple(
            (
                *(str(row["theory"]), str(row["parameters"])),
                f"{row['log_evidence']:.1f} ± {row['error']:.1f}",
                f"{row['log_likelihood']:.1f}",
                *(f"{row['rhat']:.3f}", f"{row['nested_rhat']:.3f}"),
                f"{min(row['ess_bulk'], row['ess_tail']):,.0f}",
            )
            for row in rows
        ),
        words=1,
    )


def _titled(path: str, titles: Mapping[str, str]) -> str:
    """Return a path, with the title of the juncture that it leads to on a line below."""
    kind, _, rest = path.partition(".")
    title = titles.get(rest.partition(".")[0]) if kind == "juncture" else None
    return path if title is None else f"{path}\n({title})"


def posterior_table(table: pd.DataFrame) -> AdaptiveTable:
    """Return prior and posterior of each parameter, as `PosteriorDraws.parameters`."""
    rows, marked = [], set()
    for place, row in enumerate(_rows(table)):
        if not row["set_by_the_prior"]:
            marked.add(place)
        cells = (
            f"{row[f'{of}median']:.3g} ({row[f'{of}q05']:.3g} to {row[f'{of}q95']:.3g})"
            for of in ("", "prior_")
        )
        said = "the prior" if row["set_by_the_prior"] else percent(float(row["sd_ratio"]))
        rows.append((str(row["name"]), *cells, said))
    return AdaptiveTable(
        title="Median (and middle 90 %) of each parameter; what is left of the prior's spread",
        heads=("parameter", "posterior", "prior", "left of the prior's spread"),
        rows=tuple(rows),
        words=1,
        marked=frozenset(marked),
    )


def checks_table(checks: PredictiveChecks, stages: Sequence[Period]) -> AdaptiveTable:
    """Return the checks that are least likely, those that are flagged at least."""
    from alliance_sim.calibration.record_among_runs import TITLES, told_value

    names = {stage.id: stage.name for stage in stages}
    rows, marked = [], set()
    for place, row in enumerate(_rows(checks.least_likely())):
        if row["flagged"]:
            marked.add(place)
        record, middle, low, high = (
            told_value(str(row["statistic"]), float(row[name]), checks.calendar)
            for name in ("record", "median", "q05", "q95")
        )
        rows.append(
            (TITLES[str(row["statistic"])], str(row["what"]), names.get(str(row["stage"]), "all"),
             record, f"{middle} ({low} to {high})", f"{float(row['p']):.3f}")
        )  # fmt: skip
    return AdaptiveTable(
        title="What of the record is least like the runs: median (and middle 90 %) of the runs",
        heads=("what", "of", "stage", "record", "runs", "p"),
        rows=tuple(rows),
        words=2,
        marked=frozenset(marked),
    )


def periods_table(periods: Sequence[dict[str, Any]]) -> AdaptiveTable:
    """Return the periods that `explain` tells of."""
    numbers = ("commitment", "networking", "link")
    return AdaptiveTable(
        title="Stages",
        heads=("stage", "from", "guarantor's commitment", "networked", "theatres linked"),
        rows=tuple((p["title"], p["start"], *(f"{p[key]:g}" for key in numbers)) for p in periods),
    )


def junctures_table(junctures: Sequence[dict[str, Any]]) -> AdaptiveTable:
    """Return the junctures that `explain` tells of."""
    rows = []
    for juncture in junctures:
        name = juncture["name"]
        if juncture["standing"] != "as dated":
            name += f"\n({juncture['standing'].split(',')[0]})"
        moves = "\n".join(juncture["effects"])
        rows.append((juncture["date"], name, moves, juncture["when_removed"]))
    return AdaptiveTable(
        title="Turning points (junctures)",
        heads=("date", "name", "what it moves", "if it is removed"),
        rows=tuple(rows),
        words=4,
        lines=True,
    )


def ranges_table(summary: SweepSummary) -> AdaptiveTable:
    """Return what the points come to, one row per outcome and scenario."""
    ranges = summary.ranges()
    one = bool((ranges["points"] == 1).all())
    title = "Mean ± standard error" if one else "Means of the points: least, median, greatest"
    heads = ["mean", "runs"] if one else ["least", "median", "greatest", "runs × points"]
    if ranges["failed"].any():
        heads.append("failed")
    each = summary.sweep.plan.replicates
    rows = []
    before = ""
    for row in ranges.to_dict(orient="records"):
        told = "" if row["outcome"] == before else f"{row['words']} ({row['outcome']})"
        before = str(row["outcome"])
        cells = [told, str(row["scenario"]), _end(row, "least")]
        if one:
            cells.append(str(row["runs"]))
        else:
            cells += [number(row["middle"]), _end(row, "greatest"), f"{each} × {row['points']}"]
        if "failed" in heads:
            cells.append(str(row["failed"]))
        rows.append(tuple(cells))
    return AdaptiveTable(
        title=f"{title} (share of runs: 95 % interval)",
        heads=("outcome", "scenario", *heads),
        rows=tuple(rows),
        words=2,
    )


def contrasts_table(summary: SweepSummary) -> AdaptiveTable:
    """Return what the contrasts of a sweep come to, one row per outcome and contrast."""
    shares = {column.name for column in summary.columns if column.binary}
    counts = {c.name for c in summary.columns if (c.frame[c.name].dropna() % 1 == 0).all()}
    several = len(summary.groups) > 1
    rows, before = [], ""
    for row in _rows(summary.differences()):
        told = "" if row["outcome"] == before else str(row["words"])
        before = str(row["outcome"])
        unit = COUNTED if before in counts else "1"
        runs = f"{signed(row['q05'], unit)} to {signed(row['q95'], unit)}"
        rows.append(
            (
                *(told, *([str(row["contrast"])] if several else [])),
                *(decimal(row["factual"]), decimal(row["edited"])),
                f"{signed(row['difference'])} [{signed(row['low'])}, {signed(row['high'])}]",
                "–" if before in shares else runs,
                *(percent(row["above"]), percent(row["below"]), str(row["runs"])),
            )
        )
    which = "Edited minus factual" if several else summary.groups[0]
    return AdaptiveTable(
        title=f"{which}, run by run on the same noise, over all points",
        heads=(
            *("outcome", *(["contrast"] if several else [])),
            *("factual", "edited", "mean [95 %]", "90 % of runs", "more in", "less in", "runs"),
        ),
        rows=tuple(rows),
        words=2 if several else 1,
    )


def _end(row: Any, name: str) -> str:
    """Return a mean with its error, or a share with its interval."""
    if not math.isnan(row[f"{name}_low"]):
        return _interval(row[name], row[f"{name}_low"], row[f"{name}_high"])
    error = "" if math.isnan(row[f"{name}_se"]) else f" ± {number(row[f'{name}_se'])}"
    return f"{number(row[name])}{error}"


def number(value: float) -> str:
    """Return a number with three digits after the point, fewer for years and the like."""
    if math.isnan(value):
        return "–"
    return f"{value:.1f}" if abs(value) >= 100 else f"{value:.3f}"


def sensitivity_table(found: Sensitivity, what: str) -> AdaptiveTable:
    """Return the factors, the one that matters most first."""
    measures = MEASURES[found.method]
    heads = ["factor", *(title for _, title in measures)]
    if found.method == "morris":
        heads += ["mu", "sigma"]
    if (found.table["idle"] != 0).any():
        heads.append("idle")
    rows = []
    order = found.table.sort_values(measures[-1][0], ascending=False, kind="stable")
    for row in order.to_dict(orient="records"):
        cells = [f"{row['label']} ({row['factor']})"]
        cells += [
            _interval(row[name], row[f"{name}_low"], row[f"{name}_high"]) for name, _ in measures
        ]
        cells += [number(row[head]) for head in heads[len(cells) :]]
        rows.append(tuple(cells))
    return AdaptiveTable(
        title=f"What it hangs on: {what} (95 % intervals)", heads=tuple(heads), rows=tuple(rows)
    )


def _interval(value: float, low: float, high: float) -> str:
    return f"{number(value)} ({number(low)} to {number(high)})"


def pairs_table(pairs: pd.DataFrame, most: int = 6) -> AdaptiveTable:
    """Return the largest interactions of two factors."""
    order = pairs["index"].abs().sort_values(ascending=False, kind="stable").index
    rows = tuple(
        (
            str(row["first_factor"]),
            str(row["second_factor"]),
            _interval(row["index"], row["low"], row["high"]),
        )
        for row in pairs.loc[order].head(most).to_dict(orient="records")
    )
    return AdaptiveTable(
        title="Two factors together (second order)",
        heads=("factor", "with", "index"),
        rows=rows,
        words=2,
    )


def boxes_table(found: Discovery, title: str) -> Iterator[AdaptiveTable]:
    """Yield the boxes with their conditions, and for a tree all leaves."""
    shown = found.leaves[:MOST_LEAVES] if found.method == "cart" else found.boxes
    if not shown:
        return
    what = "Leaves" if found.method == "cart" else "Boxes"
    rows = []
    for position, box in enumerate(shown, start=1):
        lines = [f"{limit.words()}{_chance(limit)}" for limit in box.limits] + box.outside()
        rows.append(
            (
                str(position),
                "\n".join(lines) or "all runs",
                f"{box.density:.3f} ({box.density_low:.3f} to {box.density_high:.3f})",
                f"{box.coverage:.2f}",
                f"{box.mass:.3f}",
                str(box.runs),
            )
        )
    yield AdaptiveTable(
        title=f"{what}: {title}",
        heads=("", "if all of this holds", "density (95 %)", "coverage", "mass", "runs"),
        rows=tuple(rows),
        words=2,
        lines=True,
    )


def _chance(limit: Limit) -> str:
    """Return the quasi-p values of a condition, such as " (quasi-p 3e-05)"."""
    found = [f"{p:.1g}" for p in (limit.qp_low, limit.qp_high) if not math.isnan(p)]
    return f" (quasi-p {', '.join(found)})" if found else ""


def again_table(again: pd.DataFrame) -> AdaptiveTable:
    """Return how often factors are limited again in halves of the runs."""
    rows = tuple(
        (
            f"{row['label']} ({row['factor']})",
            f"{row['same_density']:.1f}",
            "–" if math.isnan(row["same_coverage"]) else f"{row['same_coverage']:.1f}",
        )
        for row in again.to_dict(orient="records")
    )
    return AdaptiveTable(
        title="Limited again in random halves of the runs, share of halves",
        heads=("factor", "at the same density", "at the same coverage"),
        rows=rows,
    )
