# ruff: noqa: INP001 - beside the pages, not in a package
"""What the pages of both lessons hold: plan, answers, what-ifs, tasks, homework, time to read.

All of it is read from the lessons' files, the record, the draws that ship and the page's texts.
"""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import jinja2
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
STEEP = 20  # of 100, from one year to the next
UNIFORMS, SEED = 4, 1  # as the page begins, see link.ts
HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]  # an installation has no sources of the page
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
    return text(" ".join(told.replace("{known}", known).replace("{by}", until(by)).split()))


def until(day: str) -> str:
    """Return a last day as the page says it: the end of a year or a month, or the day itself."""
    if not day:
        return ""
    last = dt.date.fromisoformat(day)
    if (last + dt.timedelta(days=1)).day != 1:
        return day
    return f"the end of {last.year}" if last.month == 12 else f"the end of {last:%B %Y}"


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


@cache
def curve(name: str) -> Any:
    """Return the inevitability curve that a lesson draws."""
    asked = lessons()[name]["curve"]
    return shipped_curve(ask(scenario(), edits=asked["edits"], outcome=asked["outcome"]))


def drawn(name: str) -> list[int]:
    """Return the five years for which students say how certain it was."""
    decided: int = curve(name).decided
    return [decided - back for back in (16, 8, 4, 2, 1)]


def picture(name: str) -> Any:
    """Return that curve with words and marks that can be read from the back of a room."""
    import matplotlib.pyplot as plt

    years, world = drawn(name), lessons()[name]["curve"]["world"]
    told = 100 * curve(name).frame.set_index("year")[world].loc[years[0] :]
    with plt.rc_context({"font.size": 20}):
        figure, axes = plt.subplots(figsize=(11.4, 4.6), layout="constrained")
        axes.plot(told.index, told, color="#005a8c", linewidth=3)
        axes.plot(years, told[years], "o", color="#005a8c", markersize=11)
        for year in years:
            steep = told[year + 1] > told[year] + STEEP  # the line would run through its number
            axes.annotate(
                str(round(told[year])), (year, told[year]), (12, -8) if steep else (0, 12),
                textcoords="offset points", ha="left" if steep else "center",
            )  # fmt: skip
        axes.set(ylim=(0, 112), yticks=[0, 50, 100], xticks=years, ylabel="certain, of 100")
        lower = {years[-2]: "\n"}  # the last two are too near each other for one line
        axes.set_xticks(years, [f"{lower.get(year, '')}{year}" for year in years])
        axes.set_xlabel("known to the end of")
        axes.spines[["top", "right"]].set_visible(False)
    plt.close(figure)
    return figure


def certain(name: str) -> str:
    """Return the model's curve in the five years that students draw."""
    asked, found = lessons()[name]["curve"], curve(name)
    world = asked["world"]
    frame = found.frame.set_index("year")
    rows = [(year, round(100 * frame.loc[year, world])) for year in drawn(name)]
    return table(("known to the end of", "certain, of 100"), rows)


@cache
def walked() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return how the lessons were gone through, and what that came to, both by lesson."""
    given = tomllib.loads((HERE / "walk.toml").read_text("utf-8"))
    return given, json.loads((HERE / "walk.json").read_text("utf-8"))["lessons"]


def times(name: str) -> str:
    """Return how long each step takes a student, beside the minutes that it has."""
    given, measured = walked()
    speed, think = given["pace"], given["lesson"][name]["think"]
    planned = {step["kind"]: step["minutes"] for step in lessons()[name]["steps"]}
    rows: list[tuple[Any, ...]] = []
    sums = [0.0] * 4
    for one in measured[name]:
        kind = one["step"]
        parts = [
            one["words"] / speed["words"],
            one["letters"] / speed["letters"] + one["numbers"] * speed["seconds"] / 60,
            think[kind]["minutes"],
        ]
        whole = sum(parts) + one["waits"] / 60
        sums = [a + b for a, b in zip(sums, [*parts, whole], strict=True)]
        title = words(name)["steps"][kind]["title"].replace("{known}", "that day")
        rows.append((
            *(text(title), planned[kind], f"{whole:.1f}", one["words"]),
            *(f"{part:.1f}" for part in parts),
            *(text(think[kind]["what"]), f"{one['waits']:.1f}"),
        ))  # fmt: skip
    totals = [f"{value:.1f}" for value in sums]
    read = sum(one["words"] for one in measured[name])
    waits = sum(one["waits"] for one in measured[name])
    last = ("whole lesson", sum(planned.values()), totals[3], read, *totals[:3], "", f"{waits:.1f}")
    rows.append(last)
    head = (
        *("step", "minutes planned", "minutes taken", "words to read", "to read"),
        *("to type", "to think and talk", "for what", "waits, seconds"),
    )
    return table(head, rows)


def pace() -> str:
    """Return at what pace the lessons were gone through, in words."""
    given = walked()[0]["pace"]
    return (
        f"Reading: {given['words']} words a minute, counted on the screen. Typing: "
        f"{given['letters']} letters a minute. A number: {given['seconds']} seconds. Thinking and "
        "talking: what was allowed, and for what. Waits of the page: measured, on two busy cores."
    )


def deck(name: str) -> dict[str, Any]:
    """Return what the slides of a lesson say."""
    told = words(name)
    known = lessons()[name]["known_day"]
    return {
        "title": told["title"],
        "question": told["question"],
        "texts": {kind: plain(one["text"], name) for kind, one in told["steps"].items()},
        "steps": {kind: plain(one["title"], name) for kind, one in told["steps"].items()},
        "causes": told["causes"],
        "known": known,
        "belief": plain(told["belief"], name),
        "years": drawn(name),
        "items": [
            (told["items"][one["name"]]["text"].replace("{by}", until(one["by"])), one["happened"])
            for one in lessons()[name]["items"]
        ],
        "what_ifs": [
            (title, result, round(100 * fact), round(100 * edited))
            for title, result, fact, edited in shares(name)
        ],
    }


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


def handout(name: str) -> str:
    """Return a lesson's hand-out, for who has too few devices."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=jinja2.select_autoescape(),  # which leaves Markdown as it is
        undefined=jinja2.StrictUndefined,
    )
    years = drawn(name)
    return environment.get_template("handout_lesson.j2").render(
        statements=statements(name),
        curves=plain(words(name)["steps"]["curves"]["text"], name),
        years=table(("end of", *map(str, years)), [("of 100", *("" for _ in years))]),
        choices=choices(name),
        blank=lambda letters: r"\_" * letters,
    )


BLOCKS: dict[str, Callable[[], str]] = {
    "misconceptions": misconceptions,
    "homework": homework,
    "pace": pace,
} | {
    f"{what.__name__}_{name}": partial(what, name)
    for name in LESSONS
    for what in (plan, answers, what_ifs, certain, times, handout)
}
