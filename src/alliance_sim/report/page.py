"""One page to read: self-contained, plain, and no prouder than the model."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Any

from alliance_sim import provenance
from alliance_sim.comparison.history import HELD
from alliance_sim.plots.history import RUNGS
from alliance_sim.plots.style import STATEMENT
from alliance_sim.report.alt_text import counts_alt, history_alt
from alliance_sim.report.result_folder import rows_of
from alliance_sim.report.words import (
    CONTESTED,
    NOT_FITTED,
    READING,
    RECORD_WORDS,
    SERIES_WORDS,
    WEAKNESSES,
    beside,
    number,
    percent,
)
from alliance_sim.results import OK
from alliance_sim.scenario.edit import as_tree
from alliance_sim.scenario.path import numbers

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.comparison.history import Comparison

PAGE = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def history_page(comparison: Comparison, *, images: Mapping[str, bytes], command: str) -> str:
    """Return a comparison with the record as an HTML page that needs no other file.

    Args:
        comparison: A scenario held against the record.
        images: The figures "history" and "counts".
        command: The command line that makes the page again.
    """
    parts = [
        *_opening(comparison),
        _figure(images["history"], history_alt(comparison), _history_caption()),
        *_claims(comparison),
        "<h2>How many acts, and when</h2>",
        _figure(images["counts"], counts_alt(comparison), _counts_caption()),
        _counts(comparison),
        *_rungs(comparison.rungs),
        *_limits(comparison),
        *_origin(comparison, command=command),
    ]
    style = resources.files("alliance_sim.report").joinpath("page.css").read_text("utf-8")
    title = f"Model and record: {comparison.ensemble.scenario}"
    return PAGE.format(title=escape(title), style=style, body="\n".join(parts))


def _paragraph(text: str, *, kind: str = "") -> str:
    """Return a text as one paragraph."""
    mark = f' class="{kind}"' if kind else ""
    return f"<p{mark}>{escape(' '.join(text.split()))}</p>"


def _opening(comparison: Comparison) -> list[str]:
    ensemble, scenario = comparison.ensemble, comparison.scenario
    failed = sum(status != OK for status in ensemble.status)
    lost = f" {failed} of them failed and are left out." if failed else ""
    edits = [
        "<p>What was changed against the scenario that it extends:</p>",
        f"<ul>{''.join(f'<li>{escape(edit)}</li>' for edit in scenario.edits)}</ul>",
    ]
    return [
        "<h1>Does the model tell the described history?</h1>",
        _paragraph(
            f"{scenario.title}. Scenario {ensemble.scenario}, {ensemble.runs} simulated runs of "
            f"{ensemble.calendar.first_year} to {ensemble.calendar.last_year}, seed "
            f"{ensemble.seed}.{lost}",
            kind="quiet",
        ),
        *(edits if scenario.edits else []),
        _paragraph(comparison.verdict(), kind="verdict"),
        _paragraph(STATEMENT),
    ]


def _figure(image: bytes, alt: str, caption: str) -> str:
    data = base64.b64encode(image).decode()
    return (
        f'<figure><img src="data:image/png;base64,{data}" alt="{escape(alt)}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def _history_caption() -> str:
    return (
        "Top: simulated level of cooperation in each domain; line, median of runs, bands, middle "
        "50 % and 90 %. Below it the coded acts of the record, one tick each. Third: the formal "
        "ladder, simulated, with the dates at which the record reached each rung. Bottom: how far "
        "the threats that the two sides perceive overlap, simulated. The record holds acts, not "
        "levels, so the two are never drawn on one scale."
    )


def _counts_caption() -> str:
    return (
        "Number of acts in each stage: bars span 90 % of runs, markers are the record, hollow "
        "where they lie outside the bar. A suspension counts as an act. The first stage counts "
        "from 1950. The scale is the square root of the number."
    )


def _table(caption: str, head: Iterable[tuple[str, str]], body: str) -> str:
    """Return a table that scrolls sideways by itself where the screen is narrow."""
    cells = "".join(f'<th scope="col"{_kind(kind)}>{escape(name)}</th>' for name, kind in head)
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption>"
        f"<thead><tr>{cells}</tr></thead>{body}</table></div>"
    )


def _kind(kind: str) -> str:
    return f' class="{kind}"' if kind else ""


def _claims(comparison: Comparison) -> list[str]:
    head = [
        ("Claim", ""),
        ("What it says, and how it is read here", ""),
        ("The record", ""),
        ("Same test on the record", ""),
        ("Share of runs", ""),
        ("Model and record", ""),
    ]
    holds: dict[str, object] = dict(
        comparison.record_checks[["id", "holds"]].itertuples(index=False)
    )
    rows = rows_of(comparison.claims.assign(on_record=comparison.claims["id"].map(holds)))
    body = ""
    for stage, name in _stages(comparison).items():
        lines = "".join(_claim(row) for row in rows if row["period"] == stage)
        words = name if stage == "all" else f"{name} ({stage})"
        body += _group(words, lines, columns=len(head))
    caption = "The 28 claims by stage: share of simulated runs in which each holds, and the record"
    return [
        '<h2 id="claims">The 28 claims</h2>',
        _paragraph(READING),
        _paragraph(
            f"Where the record supports a claim, “agrees” means that it holds in at least "
            f"{HELD * 100:.0f} % of runs and “differs” in at most {100 - HELD * 100:.0f} %; "
            "“falls short” is what lies between. Claims that the record bears out only in part "
            "are left open."
        ),
        *_parted(rows),
        _table(caption, head, body),
    ]


def _stages(comparison: Comparison) -> dict[str, str]:
    """Return the stages by id, after "all"."""
    periods = comparison.ensemble.calendar.periods
    return {"all": "All stages"} | {period.id: period.name for period in periods}


def _group(words: str, lines: str, *, columns: int) -> str:
    """Return rows of a table under a heading of their own."""
    title = f'<tr><th colspan="{columns}" scope="rowgroup">{escape(words)}</th></tr>'
    return f'<tbody class="group">{title}{lines}</tbody>'


def _claim(row: dict[str, Any]) -> str:
    share, applicable = row["share"], row["applicable"]
    kind, words = beside(row["record"], share)
    some = f'<span class="read">of the {percent(applicable)} it applies to</span>'
    tested = {True: "passes", False: "fails", None: "–"}[row["on_record"]]
    read = f'<span class="read">Read as: {escape(row["reading"])}</span>'
    return (
        f'<tr><th scope="row">{escape(row["id"])}</th><td>{escape(row["claim"])}{read}</td>'
        f"<td>{escape(RECORD_WORDS[row['record']])}</td><td>{tested}</td>"
        f'<td class="share" style="background-size:{100 * (share or 0):.1f}% 0.3rem">'
        f"{percent(share)}{some if 0 < applicable < 1 else ''}</td>"
        f'<td><span class="{kind}">{words}</span></td></tr>'
    )


def _parted(rows: list[dict[str, Any]]) -> list[str]:
    """Return the list of claims on which model and record part."""
    parted = [row for row in rows if beside(row["record"], row["share"])[0] in {"short", "differs"}]
    if not parted:
        return [_paragraph("Model and record part on none of the claims.")]
    items = "".join(
        f"<li><strong>{escape(row['id'])}</strong> {escape(row['claim'])}: the record "
        f"{escape(RECORD_WORDS[row['record']])}; it holds in {percent(row['share'])} of runs.</li>"
        for row in parted
    )
    return [f"<p>Where model and record part ({len(parted)}):</p>", f"<ul>{items}</ul>"]


def _counts(comparison: Comparison) -> str:
    head = [
        ("Stage", ""),
        ("Domain", ""),
        ("Record", "number"),
        ("Runs: mean", "number"),
        ("Runs: 90 %", "number"),
        ("Record inside", ""),
    ]
    rows, stages = rows_of(comparison.counts), _stages(comparison)
    body = ""
    for series, words in SERIES_WORDS.items():
        lines = "".join(_count(row, stages) for row in rows if row["series"] == series)
        body += _group(words, lines, columns=len(head))
    return _table("Acts by series, stage and domain: the record and the runs", head, body)


def _count(row: dict[str, Any], stages: Mapping[str, str]) -> str:
    kind, inside = ("agrees", "yes") if row["inside"] else ("differs", "no")
    return (
        f'<tr><th scope="row">{escape(stages[row["period"]])}</th>'
        f"<td>{escape(row['domain'])}</td>"
        f'<td class="number">{row["observed"]}</td><td class="number">{row["mean"]:.1f}</td>'
        f'<td class="number">{number(row["low"])} to {number(row["high"])}</td>'
        f'<td><span class="{kind}">{inside}</span></td></tr>'
    )


def _rungs(rungs: pd.DataFrame) -> list[str]:
    head = [
        ("Rung", "number"),
        ("Name", ""),
        ("Record", ""),
        ("Median run", ""),
        ("90 % of runs", ""),
        ("Runs that reach it", "number"),
    ]
    rows = "".join(_rung(row) for row in rows_of(rungs))
    return [
        "<h2>The formal ladder</h2>",
        _paragraph(
            "A rung is a formal step such as an agreement or an accredited mission. Months of runs "
            "are those in which the quarter of the step begins."
        ),
        _table("When each rung was first reached", head, f"<tbody>{rows}</tbody>"),
    ]


def _rung(row: dict[str, Any]) -> str:
    median, low, high = (row[key] or "never" for key in ("median", "low", "high"))
    return (
        f'<tr><th scope="row" class="number">{row["rung"]}</th>'
        f"<td>{escape(RUNGS[row['rung']])}</td><td>{escape(row['observed'])}</td>"
        f"<td>{median}</td><td>{low} to {high}</td>"
        f'<td class="number">{percent(row["reached"])}</td></tr>'
    )


def _limits(comparison: Comparison) -> list[str]:
    whole = len(list(numbers(as_tree(comparison.scenario))))
    points = "".join(f"<li>{escape(text.strip())}</li>" for text in WEAKNESSES.split("\n\n"))
    return [
        "<h2>What this rests on</h2>",
        _paragraph(
            f"{comparison.assumed_numbers()} of the {whole} numbers in the scenario are assumed: "
            "judgements of ours within a stated range. " + NOT_FITTED
        ),
        _paragraph(CONTESTED),
        "<h2>What the record cannot bear</h2>",
        f"<ul>{points}</ul>",
    ]


def _origin(comparison: Comparison, *, command: str) -> list[str]:
    ensemble = comparison.ensemble
    first = ensemble.first_run + ensemble.status.index(OK)
    facts = {
        "Command": f"<code>{escape(command)}</code>",
        "Scenario": f"{escape(ensemble.scenario)}, digest <code>{escape(ensemble.digest)}</code>",
        "Runs": f"{ensemble.first_run} to {ensemble.first_run + ensemble.runs - 1}",
        "Seed": str(ensemble.seed),
        "Program": f"alliance-sim {escape(provenance.version())}, engine {escape(ensemble.engine)}",
    }
    rows = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in facts.items())
    return [
        "<h2>How to make this page again</h2>",
        f"<dl>{rows}</dl>",
        _paragraph(
            "The same command on the same version gives the same numbers. Beside this page lie "
            "claims.csv, counts.csv, rungs.csv, every run in trajectories.parquet, run "
            f"{first} as a list of dated events in chronology.csv, and manifest.json with the "
            "versions used and a checksum of every file."
        ),
    ]
