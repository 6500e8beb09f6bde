# ruff: noqa: INP001 - beside the pages, not in a package
"""What the pages of both lessons hold: plan, answers, what-ifs, tasks, homework, time to read.

All of it is read from the lessons' files, the record, the draws that ship and the page's texts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from cells import table, text

import alliance_sim
from alliance_sim.counterfactual.histories import Histories
from alliance_sim.counterfactual.posteriors import posteriors_of
from alliance_sim.counterfactual.question import ask
from alliance_sim.counterfactual.stored_curves import shipped_curve
from alliance_sim.counterfactual.worlds import twin_worlds
from alliance_sim.lab.known import known_world
from alliance_sim.lab.lessons import lessons_of
from alliance_sim.results.draws import USUAL
from alliance_sim.results.outcomes import evaluate

SCENARIO = "japan_nato/baseline"
LESSONS = ("was_it_abe", "who_blocked_the_office")
UNIFORMS, SEED = 4, 1  # as the page begins, see link.ts
WORDS_A_MINUTE = 130  # read slowly, by somebody of sixteen, in a classroom
CHECKOUT = Path(__file__).resolve().parents[2]  # an installation has no sources of the page
TEXTS = CHECKOUT / "src" / "alliance_sim" / "lab" / "page" / "src" / "text" / "en.json"


@cache
def scenario() -> Any:
    """Return what both lessons run."""
    return alliance_sim.load_scenario(SCENARIO)


@cache
def lessons() -> Mapping[str, dict[str, Any]]:
    """Return the lessons as the page reads them, by name."""
    return {one["name"]: one for one in lessons_of(scenario())}


def words(name: str) -> dict[str, Any]:
    """Return the English words of a lesson."""
    found: dict[str, Any] = lessons()[name]["texts"]["en"]
    return found


def plain(told: str, name: str, by: str = "") -> str:
    """Return a text with its dates filled in, fit for a cell or a paragraph."""
    known = lessons()[name]["known_day"]
    return text(" ".join(told.replace("{known}", known).replace("{by}", by).split()))


def plan(name: str) -> str:
    """Return what happens when, and what the teacher says."""
    start, rows = 0, []
    for step in lessons()[name]["steps"]:
        told = words(name)["steps"][step["kind"]]
        end = start + step["minutes"]
        notes = " ".join(plain(note, name) for note in told["notes"])
        rows.append(
            (f"{start}–{end}", plain(told["title"], name), plain(told["text"], name), notes)
        )
        start = end
    return table(("minutes", "step", "students read", "notes for you"), rows)


def answers(name: str) -> str:
    """Return what became of each statement, and where the record has it from."""
    rows = []
    for item in lessons()[name]["items"]:
        told = words(name)["items"][item["name"]]
        shown = "; ".join(
            f"{a['day']} {text(a['title'])} ({text(a['source'])})" for a in item["acts"]
        )
        rows.append(
            (plain(told["text"], name, item["by"]), "yes" if item["happened"] else "no", shown)
        )
    return table(("statement", "came about", "what the record holds"), rows)


@cache
def shares(name: str) -> tuple[tuple[str, str, float, float], ...]:
    """Return title, result and shares of each what-if: as it was, and changed, given the record."""
    draws = posteriors_of(USUAL, scenario()).main
    past = Histories.of_posterior(draws, scenario(), uniforms=UNIFORMS, seed=SEED)
    found = []
    for one in lessons()[name]["suggestions"]:
        told = words(name)["suggestions"][one["name"]]
        question = ask(scenario(), edits=one["edits"], outcome=one["outcome"])
        state = question.outcome.state
        worlds = twin_worlds(question.base, question.edited, past, states=[state])
        fact, edited = (
            float(evaluate([question.outcome], side.states, side.values, side.calendar).mean())
            for side in (worlds.factual, worlds.edited)
        )
        found.append((told["title"], told["result"], fact, edited))
    return tuple(found)


def what_ifs(name: str) -> str:
    """Return what the page answers to each what-if, as it opens."""
    rows = [
        (plain(title, name), plain(result, name), round(100 * fact), round(100 * edited))
        for title, result, fact, edited in shares(name)
    ]
    head = ("what if", "result", "as it was, of 100 histories", "changed, of 100 histories")
    return table(head, rows)


def curve(name: str) -> Any:
    """Return the inevitability curve that a lesson draws."""
    asked = lessons()[name]["curve"]
    return shipped_curve(ask(scenario(), edits=asked["edits"], outcome=asked["outcome"]))


def certain(name: str) -> str:
    """Return the model's curve in the five years that students draw."""
    asked, found = lessons()[name]["curve"], curve(name)
    world = asked["world"]
    frame = found.frame.set_index("year")
    years = [found.decided - back for back in (16, 8, 4, 2, 1)]
    rows = [(year, round(100 * frame.loc[year, world])) for year in years]
    return table(("known to the end of", "certain, of 100"), rows)


def reading(name: str) -> str:
    """Return how long each step takes to read, beside the minutes that it has."""
    start, rows = 0, []
    for step in lessons()[name]["steps"]:
        kind = step["kind"]
        count = sum(len(told.split()) for told in read(name, kind))
        minutes = count / WORDS_A_MINUTE
        rows.append((words(name)["steps"][kind]["title"].replace("{known}", "that day"),
                     step["minutes"], count, f"{minutes:.1f}"))  # fmt: skip
        start += step["minutes"]
    total = sum(float(row[3]) for row in rows)
    rows.append(("whole lesson", start, sum(row[2] for row in rows), f"{total:.1f}"))
    return table(("step", "minutes planned", "words to read", "minutes to read"), rows)


def read(name: str, kind: str) -> Iterator[str]:
    """Yield what a student reads in a step."""
    told = words(name)
    yield told["steps"][kind]["text"]
    if kind == "before":
        yield from (f"{cause['title']} {cause['text']}" for cause in told["causes"])
        yield told["summary"]
    if kind in ("predict", "reveal"):
        yield from (item["text"] for item in told["items"].values())
    if kind == "reveal":
        yield from (item["after"] for item in told["items"].values())
        items = lessons()[name]["items"]
        yield from (act["title"] for item in items for act in item["acts"])
    if kind in ("predict", "exit"):
        yield told["belief"]
    if kind == "run":
        yield from (one["title"] for one in told["suggestions"].values())
        yield from next(iter(told["suggestions"].values())).values()
    page = json.loads(TEXTS.read_text("utf-8"))["lesson"]
    yield from flat(page.get(kind, {}))


def slides(name: str) -> dict[str, Any]:
    """Return what the slides of a lesson say."""
    told = words(name)
    known = lessons()[name]["known_day"]
    return {
        "title": told["title"],
        "question": told["question"],
        "causes": told["causes"],
        "known": known,
        "items": [
            (told["items"][one["name"]]["text"].replace("{by}", one["by"]), one["happened"])
            for one in lessons()[name]["items"]
        ],
        "what_ifs": [
            (title, result, round(100 * fact), round(100 * edited))
            for title, result, fact, edited in shares(name)
        ],
    }


def flat(tree: Any) -> Iterator[str]:
    """Yield every text below a key of the page's words; of plurals one."""
    if isinstance(tree, str):
        yield tree
    else:
        for key, value in tree.items():
            if key != "one":
                yield from flat(value)


def misconceptions() -> str:
    """Return each task with its answers, and what is said to each."""
    tasks = json.loads(TEXTS.read_text("utf-8"))["lesson"]["tasks"]
    told = []
    for place, one in enumerate((one for one in tasks.values() if "task" in one), 1):
        lines = [f"## {place}. {text(one['title'])}", "", text(one["task"]), ""]
        lines += [f"- *{text(one[key])}* {text(one[f'say_{key}'])}" for key in "abc"]
        told.append("\n".join(lines))
    return "\n\n".join(told)


@cache
def made() -> dict[str, Any]:
    """Return the made world of the homework."""
    truth: dict[str, Any] = known_world()["truth"]
    return truth


def homework() -> str:
    """Return the questions of the homework with their true answers."""
    rows = [
        (text(row["title"]["en"]), "yes" if row["fact"] else "no", "yes" if row["edited"] else "no",
         round(100 * row["share"]))
        for row in made()["questions"]
    ]  # fmt: skip
    head = ("what if", "in the history as made", "the true answer", "yes in free runs, of 100")
    told = (
        f"The history is run {made()['run']} of seed {made()['seed']} of `{made()['scenario']}`; "
        f"{len(made()['acts'])} of its acts are recorded. Free runs: {made()['free']}."
    )
    return f"{table(head, rows)}\n\n{told}"


def statements(name: str) -> str:
    """Return the table that students fill in."""
    rows = [
        (plain(words(name)["items"][item["name"]]["text"], name, item["by"]), "", "", "")
        for item in lessons()[name]["items"]
    ]
    rows.append((plain(words(name)["belief"], name), "", "nobody knows", "–"))
    return table(("statement", "your number, 0 to 100", "came about? 1 or 0", "score"), rows)


def choices(name: str) -> str:
    """Return the what-ifs that students choose from."""
    return "\n".join(
        f"- ☐ {plain(one['title'], name)}" for one in words(name)["suggestions"].values()
    )


BLOCKS: dict[str, Callable[[], str]] = {
    "misconceptions": misconceptions,
    "homework": homework,
} | {
    f"{what.__name__}_{name}": partial(what, name)
    for name in LESSONS
    for what in (plan, answers, what_ifs, certain, reading, statements, choices)
}
