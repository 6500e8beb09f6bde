# ruff: noqa: INP001 - a page-building extension beside conf.py, not a package
"""Tables of the documentation that are made from the package while the pages are built.

A page holds a fence such as

    ```{from-package} claims
    What stands here is shown where pages are read without being built.
    ```

and the build puts the table in its place, so that no number in it can go stale.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cells import day, signed, table, text
from data_tables import formats, outcomes_dictionary, row_labels, states_dictionary, table_columns
from declared_tables import carried, channels, inputs, phases, states
from docutils import nodes
from prior_shares import share_below
from record_tables import RECORD_TABLES
from sphinx.util.docutils import SphinxDirective
from validation_tables import VALIDATION_TABLES
from what_ifs import what_ifs, what_ifs_command

import alliance_sim
from alliance_sim.glossary import unit_words
from alliance_sim.scenario.describe import effect_in_words
from alliance_sim.scenario.path import follow, numbers
from alliance_sim.scenario.priors import places
from alliance_sim.world.state import STATES

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from alliance_sim import Scenario
    from alliance_sim.scenario.schema import Juncture

BASELINE = "japan_nato/baseline"
SERIES = {"all": "All rows", "alliance": "Alliance-only", "salience2": "Salience 2 and 3"}
SCALARS = (
    *("time", "theory", "willingness", "levels", "assets", "perception", "threat_dynamics"),
    *("domestic", "council", "ladder", "network", "motives", "observation"),
)


FENCES = re.DOTALL | re.MULTILINE
LETTERS = {"political": "P", "operations": "O", "equipment": "E", "institution": "F"}
PROJECT = Path(__file__).parents[1] / "pyproject.toml"
MODEL = Path(__file__).with_name("reference") / "model.md"


@cache
def symbols() -> dict[str, str]:
    """Return the symbol of each number, by path, as the page of the model gives it.

    They stand in the fences of numbers, as `path = symbol`; {d} stands for a domain or a series.
    """
    fences = re.findall(r"^```\{from-package\} numbers.*?^```$", MODEL.read_text("utf-8"), FENCES)
    pairs = re.findall(r"^(\S+) = (.+)$", "\n".join(fences), re.MULTILINE)
    return dict(pairs)


def symbol_index() -> str:
    """Return every symbol of the equations: what it stands for, and where it is defined."""
    rows = []
    for state in STATES:
        if state.symbol:
            marks = (f"{state.symbol} &= ", f" {state.symbol} = ", f"`{state.rule.__name__}`")
            where = _section(next(mark for mark in marks if mark in _submodels()))
            name = f"`{state.reported or state.name}`"
            rows.append((f"${state.symbol}$", "state", name, text(state.meaning), where))
    named = dict(scalar_numbers())
    for pattern, symbol in symbols().items():
        filled = [pattern.replace("{d}", word) for word in LETTERS]
        path = next(one for one in (pattern, *filled) if one in named)
        unit = text(unit_words(named[path]["unit"])) or "a share, or without unit"
        where = _section(f"\n{pattern} = ")
        rows.append((f"${symbol}$", "number", f"`{pattern}`", unit, where))
    rows.sort(key=lambda row: (re.sub(r"[^A-Za-z]", "", row[0]).casefold(), row[0], row[2]))
    return table(("symbol", "kind", "name or path", "what it is, or its unit", "page"), rows)


def _submodels() -> str:
    page = MODEL.read_text("utf-8")
    return page[page.index("\n### 7.1") :]


def _section(mark: str) -> str:
    """Return a link to the section of the model's page in which something first stands."""
    page = _submodels()
    place = page.index(mark)
    (title,) = re.findall(r"^### (.+)$", page[:place], re.MULTILINE)[-1:]
    anchor = re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
    return f"[{title}](model.md#{anchor})"


def symbol_of(path: str) -> str:
    """Return the symbol of a number in the equations, a dash if it has none."""
    parts = path.split(".")
    for word, letter in LETTERS.items():
        pattern = ".".join("{d}" if part == word else part for part in parts)
        if word in parts and pattern in symbols():
            return f"${symbols()[pattern].replace('{d}', letter)}$"
    return f"${symbols()[path]}$" if path in symbols() else "–"


@cache
def baseline() -> Scenario:
    """Return the described history, read once."""
    return alliance_sim.load_scenario(BASELINE)


@cache
def tree() -> dict[str, Any]:
    """Return the described history as plain tables."""
    return baseline().model_dump()


def number_table(*prefixes: str) -> str:
    """Return the numbers under some paths: symbol, start, range, unit and source."""
    rows = []
    for path, number in scalar_numbers():
        if any(path == prefix or path.startswith(f"{prefix}.") for prefix in prefixes):
            span = f"{number['low']:g} to {number['high']:g}".replace(" ", "\u00a0")
            source = number["source"].replace("assumed; inside the prior of", "assumed, prior of")
            start = signed(f"{number['value']:g}")
            cells = (start, signed(span), text(number["unit"]), text(source))
            rows.append((symbol_of(path), f"`{path}`", *cells))
    if not rows:
        raise ValueError(f"no number of the baseline lies under {', '.join(prefixes)}")
    return table(("symbol", "path", "start", "range", "unit", "source"), rows)


def scalar_numbers() -> list[tuple[str, dict[str, Any]]]:
    """Return the path and the five fields of every number that is not in a list of tables."""
    kept = {key: tree()[key] for key in SCALARS}
    return [(path, dict(node)) for path, node in numbers(kept)]


def _truth(value: bool | None) -> str:  # noqa: FBT001 - a verdict, as the frame holds it
    if value is None:
        return "cannot be decided"
    return "holds" if value else "fails"


@cache
def _record_checks() -> dict[str, tuple[str, str]]:
    from alliance_sim.comparison.claims import check_record

    described = alliance_sim.load_scenario("japan_nato/baseline")
    record = alliance_sim.Record.of(described)
    frame = check_record(record, "japan_nato", described.calendar())
    holds = frame["holds"].astype(object).where(frame["holds"].notna(), None)
    answers = zip(holds, frame["reading"], strict=True)
    return {
        name: (_truth(answer), str(reading))
        for name, (answer, reading) in zip(frame["id"], answers, strict=True)
    }


def claims() -> str:
    """Return the patterns: claim, operational reading, what the record says."""
    from alliance_sim.record.checks import checks_of

    frame, checks = alliance_sim.Record.of("japan_nato").claims, checks_of("japan_nato")
    rows = [
        (c.claim_id, text(c.claim), text(checks[c.claim_id].reading), text(c.record))
        for c in frame.itertuples()
    ]
    return table(("id", "claim", "how it is read here", "record"), rows)


def verdicts() -> str:
    """Return the coder's verdict in words, beside the same test put to the record."""
    rows = []
    for claim in alliance_sim.Record.of("japan_nato").claims.itertuples():
        holds, reading = _record_checks()[claim.claim_id]
        about = f"{claim.claim} ({claim.period}, {claim.domain})"
        verdict = text(claim.verdict_from_coding)
        rows.append((claim.claim_id, text(about), verdict, f"**{holds}**: {text(reading)}"))
    head = ("id", "claim (period, domain)", "verdict of the coder", "the same test on the record")
    return table(head, rows)


def tally() -> str:
    """Return how the verdicts of the coder and the tests on the record are spread."""
    record = alliance_sim.Record.of("japan_nato").claims["record"]
    verdict = ", ".join(f"{n} {word}" for word, n in record.value_counts().items())
    answers = [holds for holds, _ in _record_checks().values()]
    counted = {word: answers.count(word) for word in ("holds", "fails", "cannot be decided")}
    tests = ", ".join(f"{n} {word}" for word, n in counted.items())
    return f"Verdicts of the coder: {verdict}. The tests on the record alone: {tests}."


def counts() -> str:
    """Return the coded events by period and domain, in the three series."""
    record = alliance_sim.Record.of("japan_nato")
    rows = []
    for series, title in SERIES.items():
        for period, row in record.counts(series).iterrows():
            rows.append((title, period, *(int(n) for n in row), int(row.sum())))
    return table(("series", "period", *LETTERS, "all"), rows)


def rates() -> str:
    """Return salience-weighted events per year."""
    frame = alliance_sim.Record.of("japan_nato").rates()
    rows = [
        (period, *(f"{x:.2f}" for x in row), f"{row.sum():.2f}") for period, row in frame.iterrows()
    ]
    return table(("period", *LETTERS, "all"), rows)


def files() -> str:
    """Return the size of each table of the record."""
    record = alliance_sim.Record.of("japan_nato")
    what = {
        "events": ("events.csv", "dated acts between the two sides"),
        "rungs": ("institutions.csv", "the formal ladder, rung 0 to 11"),
        "agreements": ("agreements.csv", "the first binding agreement with each single ally"),
        "claims": ("article_claims.csv", "the claims of the described history"),
        "context": ("context.csv", "dated facts around the relationship"),
    }
    rows = [
        (f"`{file}`", f"`record.{name}`", len(getattr(record, name)), words)
        for name, (file, words) in what.items()
    ]
    return table(("file", "after loading", "rows", "what it holds"), rows)


def periods() -> str:
    """Return the settings of the four periods."""
    found = sorted(tree()["period"], key=lambda p: p["start"])
    paths = [path for path, _ in numbers(found[0])]
    rows = [(f"`{path}`", *(f"{follow(p, path)['value']:g}" for p in found)) for path in paths]
    return table(("setting", *(f"`{p['name']}` from {day(p['start'])}" for p in found)), rows)


def threats() -> str:
    """Return the threats and the series that their capability follows, and that of the state."""
    rows = []
    own = {"name": "the state itself", "capability": tree()["partners"]["state_capability"]}
    for threat in [*sorted(tree()["threat"], key=lambda t: t["name"]), own]:
        given = threat["capability"]
        series = f"`{given['series']}` ÷ {given['divide_by']['value']:g}, ± {given['window']} years"
        offence = f"{threat['offence']['value']:g}" if "offence" in threat else "–"
        distracts = {True: "yes", False: "no"}.get(threat.get("distracts"), "–")
        floor = f"{given['floor']['value']:g}"
        about = (text(threat["name"]), text(threat.get("region", "–")), distracts, offence)
        rows.append((*about, series, given["outside"], floor))
    head = (
        "threat",
        "region",
        "distracts",
        "offence $O_k$",
        "capability $A_k$",
        "outside",
        "floor",
    )
    return table(head, rows)


def members() -> str:
    """Return the members: offset, exposures, and when how many states joined."""
    rows = []
    for member in sorted(tree()["member"], key=lambda m: m["name"]):
        exposure = ", ".join(f"{k} × {x['value']:g}" for k, x in sorted(member["exposure"].items()))
        joined = "; ".join(
            f"{day(a['date'])}: {a['states']} ({a['weight']['value']:g})"
            for a in member["accession"]
        )
        name = f"`{member['name']}`" + (" (guarantor)" if member["guarantor"] else "")
        rows.append(
            (name, f"{member['offset']['value']:g}", text(exposure or "as the alliance"), joined)
        )
    return table(("member", "offset $d_m$", "exposure", "joined: states (weight)"), rows)


def leaders() -> str:
    """Return the spells in office."""
    rows = [
        (text(s["title"]), s["partner"], day(s["start"]), day(s["end"]), f"{s['push']['value']:+g}")
        for s in sorted(tree()["leader"], key=lambda s: (s["partner"], s["start"]))
    ]
    return table(("leader", "side", "from", "to", "push"), rows)


def junctures() -> str:
    """Return the cards of the dated shocks."""
    rows = []
    for card in sorted(baseline().junctures, key=lambda j: (j.date, j.name)):
        dates = day(card.date) + (f" to {day(card.end)}" if card.end else "")
        effects = "; ".join(effect_in_words(effect) for effect in card.effects)
        name = f"`{card.name}` ({card.kind})"
        rows.append((dates, name, text(effects), _descent(card)))
    return table(("date", "juncture", "what it moves", "if its cause is missing"), rows)


def _descent(card: Juncture) -> str:
    if card.when_cause_removed == "stays":
        return "stays as dated"
    causes = ", ".join(f"`{name}`" for name in card.follows)
    if card.log_hazard is None:
        return f"follows {causes}: falls away"
    return f"follows {causes}: drawn, log hazard {card.log_hazard.value:g} a year"


def rungs() -> str:
    """Return the ladder as the model asks for it, with the date of the record."""
    record = alliance_sim.Record.of("japan_nato").rungs
    coded = dict(zip(record["rung"], record["date"], strict=True))
    rows = [
        (
            r["number"],
            text(r["title"]),
            day(coded.get(r["number"], "–")),
            *(f"{r[key]['value']:g}" for key in ("log_hazard", "demand", "domestic_demand")),
            "granted to all" if r["granted"] else "asked for",
        )
        for r in sorted(tree()["rung"], key=lambda r: r["number"])
    ]
    head = ("rung", "step", "record", "log hazard $a_k$", "demand $q_k$", "at home $q^J_k$", "how")
    return table(head, rows)


def kinds() -> str:
    """Return the kinds of events."""
    fields = ("weight", "from_level", "assets_pull", "salience", "single_ally")
    rows = [
        (k["domain"], f"`{k['name']}`", *(f"{k[field]['value']:g}" for field in fields))
        for k in sorted(tree()["kind"], key=lambda k: (list(LETTERS).index(k["domain"]), k["name"]))
    ]
    return table(("domain", "kind", *(text(field) for field in fields)), rows)


def priors() -> str:
    """Return what is believed before a fit, and where the start lies in it."""
    rows = []
    for prior in tree()["prior"]:
        values = [follow(tree(), path)["value"] for path in places(tree(), prior["path"])]
        given = ", ".join(f"{x:g}" for x in prior["parameters"])
        family = prior["family"].replace("_", "-")
        told = f"{family}({given})" if prior["group"] is None else f"{family} of {prior['group']}"
        scale = "" if prior["scale"] is None else f", {prior['scale'].replace('_', '-')}"
        path = f"`{prior['path']}`" + (", difference" if prior["difference"] else "")
        start = " to ".join(f"{x:g}" for x in sorted({min(values), max(values)}))
        rows.append(
            (symbol_of(prior["path"]), path, told + scale, start, share_below(prior, values))
        )
    return table(("symbol", "path", "prior", "start", "prior below it"), rows)


def openings() -> str:
    """Return what the dated laws open, beside the prior of the method on the cumulative opening."""
    from alliance_sim.world import build_world

    world = build_world(baseline())
    asked = (
        ("operations", 1, ((1991, "0 to 0.05"), (1999, "0.1 to 0.3"), (2005, "0.25 to 0.5"),
                           (2012, "0.25 to 0.5"), (2018, "0.6 to 0.95"), (2024, "0.8 to 1"))),
        ("equipment", 2, ((2010, "0 to 0.05"), (2013, "0.1 to 0.3"), (2018, "0.5 to 0.9"),
                          (2024, "0.7 to 1"))),
    )  # fmt: skip
    rows = []
    for domain, position, years in asked:
        for year, span in years:
            shut = world.inputs[world.calendar.index(_mid(year))].shut[position]
            rows.append((domain, f"mid-{year}", f"{1.0 - shut:.2f}", span))
    return table(("domain", "when", "opening in the baseline", "range in the method"), rows)


def _mid(year: int) -> Any:
    import datetime as dt

    return dt.date(year, 7, 1)


def assumed() -> str:
    """Return in one sentence how many numbers are judgements."""
    from alliance_sim.scenario.describe import assumed_numbers

    every = len(list(numbers(tree())))
    return f"The baseline holds {every} numbers; {assumed_numbers(baseline())} of them are assumed."


def layers() -> str:
    """Return who may import whom, from the highest layer down, as the import contract says it."""
    contracts = tomllib.loads(PROJECT.read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (found,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    built = (layer for layer in found if not layer.startswith("("))
    return "\n".join(["```text", *built, "```"])


def glossary() -> str:
    """Return the words that people meet, each with its technical term."""
    from alliance_sim.glossary import terms

    rows = [
        (f"**{text(entry.plain)}**", text(entry.term), text(entry.meaning))
        for entry in sorted(terms(), key=lambda entry: entry.plain.lower())
    ]
    return table(("word", "technical term", "what it means"), rows)


def units() -> str:
    """Return the units that are explained where they are shown."""
    from alliance_sim.glossary import explained_units

    rows = [(f"`{unit}`", text(words or "nothing: a number without unit"))
            for unit, words in explained_units().items()]  # fmt: skip
    return table(("unit", "shown as"), rows)


TABLES: dict[str, Callable[..., str]] = {
    "assumed": assumed,
    "carried": carried,
    "channels": channels,
    "claims": claims,
    "counts": counts,
    "files": files,
    "formats": formats,
    "glossary": glossary,
    "inputs": inputs,
    "junctures": junctures,
    "kinds": kinds,
    "layers": layers,
    "leaders": leaders,
    "members": members,
    "numbers": number_table,
    "openings": openings,
    "outcomes_dictionary": outcomes_dictionary,
    "periods": periods,
    "phases": phases,
    "priors": priors,
    "rates": rates,
    "row_labels": row_labels,
    "rungs": rungs,
    "states": states,
    "states_dictionary": states_dictionary,
    "symbols": symbol_index,
    "table_columns": table_columns,
    "tally": tally,
    "threats": threats,
    "units": units,
    "verdicts": verdicts,
    "what_ifs": what_ifs,
    "what_ifs_command": what_ifs_command,
} | {**RECORD_TABLES, **VALIDATION_TABLES}


class FromPackage(SphinxDirective):
    """Puts a table made from the package where the fence stands."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the nodes of the table."""
        self.env.note_reread()  # the package may have changed though the page has not
        name, *arguments = self.arguments[0].split()
        return self.parse_text_to_nodes(TABLES[name](*arguments))


def setup(app: Sphinx) -> dict[str, Any]:
    """Tell Sphinx about the fence."""
    app.add_directive("from-package", FromPackage)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
