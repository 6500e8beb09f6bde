"""Do the ten headline answers survive other choices that would have been as reasonable?

python experiments/multiverse.py --out docs/validation
python experiments/multiverse.py --draws alliance=DRAWS.npz --draws R=FIT --out results/multiverse

Each question is asked again under every combination of the coupling of the noise, of what follows
from the edit (it responds, or is kept as dated), and of either the draws (those that ship, and any
that are named) or the year of the outcome (as asked, a year before, a year after); and under other
seeds. What is done is kept; the same command goes on, and other draws can be added to it.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from textwrap import fill
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from headline import Headline, every_headline
from in_pieces import in_pieces

from alliance_sim import SettingError, load_scenario
from alliance_sim.calibration import PosteriorDraws
from alliance_sim.counterfactual import WhatIf, whatif

SHIPPED = "shipped"
COUPLINGS = ("quantile", "thinning", "redraw_after", "independent")
NUMBERS = ("effect", "effect_low", "effect_high", "necessity")
RESPONDS, KEPT = "responds", "kept"
YEARS = (-1, 0, 1)
SEEDS = (2, 3)  # beside the usual one
UNIFORMS, RUNS, SEED = 4, 200, 1
LEAST = 0.01  # an effect that is told
CHOSEN = {
    "coupling": "",
    "draws": "draws",
    "years": "year",
    "follow": "what follows",
    "seed": "seed",
}
USUAL: dict[str, str | int] = {
    "coupling": COUPLINGS[0], "draws": SHIPPED, "years": 0, "follow": RESPONDS, "seed": SEED,
}  # fmt: skip
ORDER: dict[object, tuple[int, str]] = {
    **{name: (place, "") for place, name in enumerate(COUPLINGS)}, SHIPPED: (0, ""),
}  # fmt: skip
INK, QUIET, FAINT = "#1a1a1a", "#8a8a8a", "#d4d4d4"
LOOKS = (("#0072b2", "o"), ("#009e73", "s"), ("#d55e00", "^"), ("#7b3294", "v"))
THEORIES = ("N", "R", "I", "D", "RI", "RD", "ID", "RID")


class Choice(NamedTuple):
    """One way to ask a question."""

    question: str
    draws: str
    years: int
    follow: str
    seed: int


def choices(questions: dict[str, Headline], draws: str) -> Iterator[Choice]:
    """Yield every way to ask every question with some draws."""
    for name, asked in questions.items():
        for years in YEARS if draws == SHIPPED else (0,):
            for follow in (RESPONDS, KEPT) if asked.follow else (RESPONDS,):
                if asked_in(asked, years) is not None:
                    yield Choice(name, draws, years, follow, SEED)
        for seed in SEEDS if draws == SHIPPED else ():
            yield Choice(name, draws, 0, RESPONDS, seed)


def theory_of(choice: Choice) -> str:
    """Return the theory that draws are of: that in their name, else the whole."""
    return choice.draws if choice.draws in THEORIES else THEORIES[-1]


def asked_in(asked: Headline, years: int) -> str | None:
    """Return the outcome some years later, None where the run is over before."""
    at = re.fullmatch(r"(.*@)(\d{4})", asked.outcome)
    if at is None:
        raise ValueError(asked.outcome)
    year = int(at[2]) + years
    return f"{at[1]}{year}" if year <= asked.base.time.last_year else None


def answer_to(asked: Headline, choice: Choice, places: dict[str, str]) -> WhatIf | None:
    """Return the answer to a question asked in one way, None where nothing can differ by then."""
    outcome = asked_in(asked, choice.years)
    kept = [f"keep {one}" for one in asked.follow] if choice.follow == KEPT else []
    theory = [f"theory {choice.draws}"] if choice.draws in THEORIES else []
    place = places[choice.draws]
    posterior: PosteriorDraws | str = place
    if place != SHIPPED:
        posterior = PosteriorDraws.load(place, asked.base, theory=theory_of(choice))
    start = load_scenario(asked.start) if asked.start else None
    try:
        return whatif(
            asked.base,
            [*asked.edits, *kept, *theory],
            outcome=str(outcome),
            start=start,
            posterior=posterior,
            uniforms=UNIFORMS,
            runs=RUNS,
            seed=choice.seed,
        )
    except SettingError as error:
        print(f"{choice}: {error}")
        return None


def found_in(
    todo: Sequence[Choice], questions: dict[str, Headline], places: dict[str, str], piece: int
) -> list[float]:
    """Return what one choice comes to."""
    choice = todo[piece]
    return numbers(answer_to(questions[choice.question], choice, places))


def numbers(answer: WhatIf | None) -> list[float]:
    """Return effect, its interval and necessity under every coupling."""
    if answer is None:
        return [np.nan] * (len(COUPLINGS) * len(NUMBERS))
    table = answer.couplings_frame.set_index("coupling")
    found = table.loc[list(COUPLINGS), list(NUMBERS)].astype(float)
    return [float(value) for value in found.to_numpy().ravel()]


def table_of(todo: Sequence[Choice], found: Any) -> pd.DataFrame:
    """Return a row for each question, choice and coupling."""
    rows = [
        {**choice._asdict(), "coupling": name, **dict(zip(NUMBERS, of_one, strict=True))}
        for choice, of_all in zip(todo, found, strict=True)
        for name, of_one in zip(COUPLINGS, np.reshape(of_all, (len(COUPLINGS), -1)), strict=True)
        if np.isfinite(of_one[0])
    ]
    return pd.DataFrame(rows)


def is_usual(table: pd.DataFrame) -> pd.Series:
    """Return which rows are as the headline asks."""
    return table[list(USUAL)].eq(pd.Series(USUAL)).all(axis=1)


def moved_by(table: pd.DataFrame, key: str) -> float:
    """Return how far the effect moves, on average, where one choice only is not the usual one."""
    others = [name for name in CHOSEN if name != key]
    usual = table[table[key].eq(USUAL[key])].set_index(others)["effect"]
    rest = table[table[key].ne(USUAL[key])].set_index(others)["effect"]
    moved = (rest - usual.reindex(rest.index)).abs().dropna()
    return float(moved.mean()) if len(moved) else 0.0


def summary(every: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each question: how far its answer hangs on what was chosen."""
    rows = []
    for name, table in every.groupby("question"):
        effect, asked = table["effect"], float(table.loc[is_usual(table), "effect"].iloc[0])
        large = effect.abs() >= LEAST
        same = np.sign(effect) == np.sign(asked)
        spans = {key: moved_by(table, key) for key in CHOSEN}
        rows.append(
            {
                "question": name,
                "choices": len(table),
                "as_asked": asked,
                "lowest": effect.min(),
                "median": effect.median(),
                "highest": effect.max(),
                "same_sign": float((large & same).mean()),
                "other_sign": float((large & ~same).mean()),
                "within_0.01": float((~large).mean()),
                "moved_most_by": max(spans, key=lambda key: spans[key]),
            }
        )
    return pd.DataFrame(rows)


def drawn(every: pd.DataFrame, path: Path) -> None:
    """Draw a specification curve for each question: effects in order, and what was chosen."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams["font.size"] = 9
    questions = list(every["question"].unique())
    figure = Figure(figsize=(13.5, 4.6 * ((len(questions) + 1) // 2)), layout="constrained")
    parts = figure.subfigures((len(questions) + 1) // 2, 2, squeeze=False)
    for part, name in zip(parts.ravel(), questions, strict=False):
        table = every[every["question"] == name].sort_values("effect", kind="stable")
        curve, marks = part.subplots(2, 1, sharex=True, height_ratios=(1, 1.15))
        _curve(curve, table)
        _marks(marks, table)
        title = str(import_module(f"headline_{name}").__doc__).partition("\n")[0]
        curve.set_title(fill(title, 58), loc="left", weight="bold", fontsize=9)
    figure.savefig(path, dpi=90, metadata={"Software": None})


def _curve(axes: Any, table: pd.DataFrame) -> None:
    place = np.arange(len(table))
    axes.axhline(0, color=QUIET, linewidth=0.8)
    axes.vlines(place, table["effect_low"], table["effect_high"], color=FAINT, linewidth=2)
    for coupling, (colour, mark) in zip(COUPLINGS, LOOKS, strict=True):
        here = table["coupling"].eq(coupling).to_numpy()
        effects = table["effect"].to_numpy()[here]
        axes.scatter(place[here], effects, s=18, color=colour, marker=mark, zorder=3)
    usual = int(np.flatnonzero(is_usual(table).to_numpy())[0])
    axes.axvline(usual, color=INK, linewidth=0.8, linestyle=":")
    axes.annotate("as asked", (usual, 1), xycoords=("data", "axes fraction"), xytext=(2, -9),
                  textcoords="offset points", fontsize=8)  # fmt: skip
    axes.set_ylabel("effect on the\nprobability")
    axes.spines[["top", "right"]].set_visible(False)


def _marks(axes: Any, table: pd.DataFrame) -> None:
    """Draw a row for each choice, with a mark wherever it was made."""
    rows: list[str] = []
    for key, words in CHOSEN.items():
        values = sorted(table[key].unique(), key=lambda value: ORDER.get(value, (9, str(value))))
        for value in values if len(values) > 1 else ():
            here = np.flatnonzero(table[key].eq(value))
            colour = LOOKS[COUPLINGS.index(value)][0] if key == "coupling" else INK
            axes.scatter(here, np.full(len(here), -len(rows)), s=9, marker="|", color=colour)
            shown = f"{value:+d}" if key == "years" and value else str(value)
            rows.append(f"{words} {shown}".strip())
    axes.set_yticks([-k for k in range(len(rows))], rows, fontsize=7)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[["top", "right", "bottom", "left"]].set_visible(False)


def main() -> None:
    """Ask all questions in all ways, and write the table and the figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", action="append", default=[], metavar="NAME=FILE")
    parser.add_argument("--question", action="append", help="only these; all if left out")
    parser.add_argument("--out", type=Path, default=Path("results") / "multiverse")
    given = parser.parse_args()
    places = {SHIPPED: SHIPPED, **dict(text.split("=", 1) for text in given.draws)}
    questions = {
        name: asked
        for name, asked in every_headline().items()
        if given.question is None or name in given.question
    }
    tables = []
    for draws in places:
        todo = list(choices(questions, draws))
        done = in_pieces(
            f"multiverse_{draws}",
            partial(found_in, todo, questions, places),
            len(todo),
            len(COUPLINGS) * len(NUMBERS),
            out=given.out,
            what={"choices": [list(one) for one in todo], "uniforms": UNIFORMS, "runs": RUNS},
        )
        tables.append(table_of(todo, done.found))
    every = pd.concat(tables, ignore_index=True)
    for name, table in (("multiverse_choices", every), ("multiverse", summary(every))):
        path = given.out / f"{name}.csv"
        table.to_csv(path, index=False, lineterminator="\n", float_format="%.2f")
    drawn(every, given.out / "multiverse.png")


if __name__ == "__main__":
    main()
