# ruff: noqa: E402, INP001, TID253 - a program beside the pages that it writes into
"""Write every number of the lesson into its pages and slides, so that none is typed by hand.

    python docs/teaching/write.py            # says which pages are out of date, and writes nothing
    python docs/teaching/write.py --write    # brings them up to date

Pages hold blocks that begin with a mark and a name; the slides are written whole. The same seed
gives the same text on every machine.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import re
import sys
from collections.abc import Callable, Iterable
from functools import cache, partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]  # where `lessons` and `cells` stand

import jinja2
import lessons
import pandas as pd
from cells import table, text
from markdown_it import MarkdownIt

import alliance_sim
from alliance_sim.glossary import percent
from alliance_sim.plots.history import history_figure
from alliance_sim.scenario.file import shipped_scenarios

FACTUAL, EDITED = "japan_nato/baseline", "japan_nato/no_nine_eleven"
SEED, RUNS, HISTORY_RUNS, SHOWN = 1, 200, 50, 6
BLOCK = re.compile(
    r"(<!-- written by docs/teaching/write.py: (\w+) -->\n)(.*?)(<!-- end of what is written -->)",
    re.DOTALL,
)
PRINTED = ("handout.md", "answers.md")
LESSON_SLIDES = "slides_lessons.html"
SHEET = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
  @page {{ size: A4; margin: 16mm; }}
  body {{ max-width: 178mm; margin: 0 auto; padding: 8px; font: 11pt/1.4 sans-serif; }}
  h1 {{ font-size: 17pt; margin: 0 0 8pt; }} h2 {{ font-size: 13pt; margin: 12pt 0 4pt; }}
  h2, thead {{ break-after: avoid; }} tr, li, blockquote {{ break-inside: avoid; }}
  p, ul, ol {{ margin: 4pt 0; }} code {{ font-size: 9.5pt; overflow-wrap: anywhere; }}
  table {{ border-collapse: collapse; width: 100%; margin: 6pt 0; font-size: 10pt; }}
  th, td {{ border: 1px solid #777; padding: 3pt 5pt; text-align: left; vertical-align: top; }}
  blockquote {{ margin: 6pt 0; padding: 4pt 10pt; border-left: 3pt solid #777; line-height: 1.9; }}
</style>
</head>
<body>
<main>
{body}</main>
</body>
</html>
"""
PICTURE = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=]+")
ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE), autoescape=True, undefined=jinja2.StrictUndefined
)
STEP_MOVED = 0.1  # share of histories by which a step has to come more or less often to be told
STARTED = 0.15  # level from which a domain counts as begun, as claim C23 is read


@cache
def history() -> Any:
    """Return the described history beside the record."""
    scenario = alliance_sim.load_scenario(FACTUAL)
    return alliance_sim.compare_history(scenario, runs=HISTORY_RUNS, seed=SEED)


def what_ifs() -> dict[str, tuple[str, str]]:
    """Return title and question of every shipped what-if of the lesson's relationship, by name."""
    room = FACTUAL.partition("/")[0]
    told = shipped_scenarios()
    return {name: words for name, words in told.items() if name.startswith(room) and words[1]}


@cache
def compared(*names: str) -> alliance_sim.Comparison:
    """Return what-ifs beside the described history, as who types `compare` and their names."""
    return alliance_sim.compare(*names, runs=RUNS, seed=SEED)


def number(value: float, places: int = 2, *, signed: bool = True) -> str:
    """Return a number with a real minus sign, and with a plus where differences are told."""
    plain = f"{value:+.{places}f}" if signed else f"{value:.{places}f}"
    return plain.lstrip("+-") if float(plain) == 0.0 else plain.replace("-", "−")


def band(row: Any, places: int = 2) -> str:
    """Return a difference with the span that holds 90 % of the pairs."""
    low, high = number(row.low, places), number(row.high, places)
    return f"{number(row.difference, places)} ({low} to {high})"


def choices() -> str:
    """Return the what-ifs that pairs of students choose from."""
    rows = [
        (str(position), text(title), f"`alliance-sim compare {Path(name).name}`", text(question))
        for position, (name, (title, question)) in enumerate(what_ifs().items(), 1)
    ]
    return table(("no.", "what if", "what you type", "question"), rows)


def guesses() -> str:
    """Return the answers to the guesses."""
    ensemble, words = history().ensemble, history().words
    began = []
    for domain in ("political", "operations", "equipment"):
        middle = pd.DataFrame(ensemble.column(f"level_{domain}")).median()
        first = int((middle >= STARTED).to_numpy().argmax())
        began.append((first, f"{words.domain(domain)} in {ensemble.calendar.label(first)[:4]}"))
    record = history().record
    verdicts = record.claims["record"].value_counts()
    supported = f"{verdicts['supported']} of {verdicts.sum()}"
    done = record.events["kind"] != "suspension"
    events = record.events[done]
    by_decade = events.groupby(events["when"].dt.year // 10 * 10).size()
    decades = ", ".join(f"{decade}s {count}" for decade, count in by_decade.items())
    order = ", ".join(words for _, words in sorted(began))
    return (
        f"- **A1, A2.** In the model a level of {STARTED:g} is reached by {order} (the middle of "
        f"{HISTORY_RUNS} runs). Recorded acts by decade, without the {(~done).sum()} that stop or "
        f"suspend something, {done.sum()} of {len(done)}: {decades}.\n"
        f"- **A3.** {supported} claims are supported by the record."
    )


def described() -> str:
    """Return what the report on the described history comes to."""
    return f"> {history().verdict()}"


def nine_eleven() -> str:
    """Return what is different without the attacks."""
    comparison = compared(EDITED)
    rows = [
        (
            text(row.title),
            number(row.factual, places, signed=False),
            number(row.edited, places, signed=False),
            band(row, places),
            percent(row.below),
        )
        for row in comparison.table.itertuples()
        for places in [0 if row.state == "rung" else 2]
    ]
    head = ("what", "with 9/11", "without", "difference (90 % of pairs)", "lower in")
    largest, left = extremes(EDITED)
    return (
        f"{table(head, rows)}\n\n"
        f"The difference is largest in {largest.domain} at the end of {largest.year}: "
        f"{band(largest)}. Of it {number(left.difference)} is left at the end of {left.year}.\n\n"
        f"> {next(iter(comparison.sentences.values()))}"
    )


def extremes(name: str) -> tuple[Any, Any]:
    """Return the largest difference of a level at the end of a year, and the same in the last."""
    yearly = compared(name).yearly
    found = yearly[yearly["state"].str.startswith("level_")]
    domains = found["state"].str.removeprefix("level_").map(history().words.domain)
    found = found.assign(domain=domains)
    largest = found.loc[found["difference"].abs().idxmax()]
    same = found[(found["state"] == largest.state) & (found["year"] == found["year"].max())]
    return largest, same.iloc[0]


def results() -> str:
    """Return what every what-if comes to, in one line each."""
    rows = []
    for position, (name, (title, _)) in enumerate(what_ifs().items(), 1):
        largest, left = extremes(name)
        steps = compared(name).table.query("state == 'rung'").iloc[-1]
        rows.append((
            str(position),
            text(title),
            f"{largest.domain}, {largest.year}",
            band(largest),
            number(left.difference),
            percent(steps.below),
            step(name),
        ))  # fmt: skip
    head = (
        *("no.", "what if", "largest difference, end of"),
        *("by how much (90 % of pairs)", "left in the last year", "fewer formal steps at the end"),
        "step that changes most: in how many histories it comes",
    )
    return table(head, rows)


def step(name: str) -> str:
    """Return the formal step or proposal that comes in many more or many fewer histories."""
    steps = compared(name).steps
    by = (steps["edited"] - steps["factual"]).abs()
    if by.max() < STEP_MOVED:
        return f"none by {percent(STEP_MOVED)}"
    most = steps.loc[by.idxmax()]
    return f"{text(most.title)}: {percent(most.factual)} → {percent(most.edited)}"


def sentence() -> str:
    """Return a sentence worth five points, about the what-if that all classes ask."""
    row = next(r for r in compared(EDITED).table.itertuples() if r.state == "level_operations")
    way = "lower" if row.difference < 0.0 else "higher"
    low, high = number(row.low), number(row.high)
    return (
        "> In this model, without the attacks of 2001 and what followed from them, the level of "
        f"operations would be {number(abs(row.difference), signed=False)} {way} at the end of "
        f"{row.year} (90 % of the pairs: {low} to {high}), because missions in Afghanistan fall "
        "away and two Japanese laws are left to chance. This would be wrong if the archives showed "
        "that the refuelling law, or one like it, was ready before September 2001."
    )


def acts() -> str:
    """Return some of the dated acts that differ in one pair of histories."""
    comparison = compared(EDITED)
    found = comparison.acts
    elsewhere = found[found["factual_date"] != found["edited_date"]]  # gone, new, or on another day
    first = elsewhere.sort_values(
        ["salience", "factual_date"], ascending=[False, True], kind="stable"
    )
    rows = [
        (_day(row.factual_date), _day(row.edited_date), text(row.factual_title or row.edited_title))
        for row in first.head(SHOWN).sort_values("factual_date").itertuples()
    ]
    return (
        f"In run {comparison.shown_run} of seed {SEED}, {len(found)} dated acts differ. "
        f"{len(rows)} of the most important:\n\n{table(('with 9/11', 'without', 'act'), rows)}"
    )


def _day(date: Any) -> str:
    return "–" if pd.isna(date) else f"{date:%Y-%m-%d}"


BLOCKS: dict[str, Callable[[], str]] = {
    "acts": acts,
    "choices": choices,
    "described": described,
    "guesses": guesses,
    "nine_eleven": nine_eleven,
    "results": results,
    "sentence": sentence,
} | lessons.BLOCKS


def page(path: Path) -> str:
    """Return a page with its blocks as they should be."""

    def block(match: re.Match[str]) -> str:
        return f"{match[1]}\n{BLOCKS[match[2]]()}\n\n{match[4]}"

    return BLOCK.sub(block, path.read_text("utf-8"))


def slides(*, pictures: bool) -> str:
    """Return the slides, one file that needs nothing else; without pictures for comparing."""
    comparison = compared(EDITED)
    runs = (history().ensemble, comparison.factual_runs, *comparison.edited_runs.values())
    digest = hashlib.sha256(b"".join(one.values.tobytes() for one in runs)).hexdigest()
    largest, left = extremes(EDITED)
    return ENVIRONMENT.get_template("slides.j2").render(
        picture={name: _picture(draw) if pictures else "" for name, draw in FIGURES.items()},
        digest=digest,
        runs={"history": HISTORY_RUNS, "edited": RUNS},
        seed=SEED,
        claims=len(history().claims),
        taken=what_ifs()[EDITED][0],
        responds=_responses(comparison),
        largest={"domain": largest.domain, "year": largest.year, "by": band(largest)},
        left={"year": left.year, "by": number(left.difference)},
        factual=comparison.factual.title,
    ) + "\n"  # fmt: skip


def lesson_slides(*, pictures: bool) -> str:
    """Return the slides of the page's lessons, one file that needs nothing else."""
    decks = [
        lessons.deck(name)
        | {"name": name, "curve": _picture(partial(lessons.picture, name)) if pictures else ""}
        for name in lessons.LESSONS
    ]
    template = ENVIRONMENT.get_template("lesson_slides.j2")
    return template.render(decks=decks) + "\n"  # fmt: skip


def _responses(comparison: alliance_sim.Comparison) -> list[str]:
    """Return the titles of what falls away, or is left to chance, because of an edit."""
    edits = next(iter(comparison.edits.values()))
    return [edit.words.partition(":")[0] for edit in edits if edit.responds]


FIGURES: dict[str, Callable[[], Any]] = {
    "history": lambda: history_figure(
        history().ensemble, record=history().record, words=history().words
    ),
    "edited": lambda: compared(EDITED).plot(),
}


def _picture(draw: Callable[[], Any]) -> str:
    """Return a figure as the address of a picture."""
    file = io.BytesIO()
    draw().savefig(file, format="png", dpi=110, metadata={"Software": None})
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"


def printed(name: str) -> str:
    """Return a page as one file to print, with its blocks as they should be."""
    markdown = MarkdownIt("commonmark").enable("table")
    source = re.sub(r"<!--.*?-->\n", "", page(HERE / name), flags=re.DOTALL)
    body = markdown.render(source)
    title = re.sub(r"<[^>]+>", "", body.partition("</h1>")[0]).strip()
    return SHEET.format(title=title, body=body)


def pages() -> Iterable[Path]:
    """Return the pages that hold blocks."""
    return [path for path in sorted(HERE.glob("*.md")) if BLOCK.search(path.read_text("utf-8"))]


def outdated() -> list[str]:
    """Return the names of pages that do not say what this program says."""
    found = [path.name for path in pages() if page(path) != path.read_text("utf-8")]
    made = {"slides.html": slides(pictures=False)}
    made[LESSON_SLIDES] = lesson_slides(pictures=False)
    made |= {Path(name).with_suffix(".html").name: printed(name) for name in PRINTED}
    for name, text_of in made.items():
        file = HERE / name
        kept = PICTURE.sub("", file.read_text("utf-8")) if file.exists() else ""
        found += [name] * (kept != text_of)
    return found


def main() -> int:
    """Compare or write, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="bring the pages up to date")
    if parser.parse_args().write:
        for path in pages():
            path.write_text(page(path), "utf-8")
        (HERE / "slides.html").write_text(slides(pictures=True), "utf-8")
        (HERE / LESSON_SLIDES).write_text(lesson_slides(pictures=True), "utf-8")
        for name in PRINTED:
            (HERE / name).with_suffix(".html").write_text(printed(name), "utf-8")
    late = outdated()
    if late:
        sys.stderr.write(f"out of date: {', '.join(late)}; type: python {sys.argv[0]} --write\n")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
