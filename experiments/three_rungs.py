"""Seeing, doing and imagining: three questions about the same two things, and three answers.

python experiments/three_rungs.py --out docs/validation

The two things are how closely both sides operate together from 2005 to 2010, and whether the eighth
formal step is there by the end of 2014. *Seeing*: free runs are sorted by the level that came about
in them. *Doing*: the level is held, in runs with fresh noise. *Imagining*: it is held in the
history that happened, with the noise that made it. Held are the middle values of the halves that
were seen. Below stands the same for an event that happens in every run, of which nothing is seen.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from headline import BASELINE
from in_pieces import write_rows
from numpy.typing import NDArray

from alliance_sim import Ensemble, Scenario, load_scenario, simulate
from alliance_sim.calibration import PosteriorDraws, shipped_posterior
from alliance_sim.counterfactual import whatif

Floats = NDArray[np.float64]

STATE, FIRST, LAST = "level_operations", 2005, 2010
STEP, YEAR = 8, 2014
EVENT = "nine_eleven"
RUNS, UNIFORMS, SEED = 6000, 8, 1
INK, QUIET = "#1a1a1a", "#8a8a8a"


def steps_there(runs: Ensemble) -> Floats:
    """Return whether the formal step is there by the end of the year, array (run,)."""
    last = list(runs.calendar.labels).index(f"{YEAR}Q4")
    return np.asarray(runs.column("rung")[:, last] >= STEP, dtype=float)


def level_of(runs: Ensemble) -> Floats:
    """Return the mean level of the years that are looked at, array (run,)."""
    labels = list(runs.calendar.labels)
    first, last = labels.index(f"{FIRST}Q1"), labels.index(f"{LAST}Q4")
    return np.asarray(runs.column(STATE)[:, first : last + 1].mean(axis=1))


def free_runs(scenario: Scenario, draws: PosteriorDraws) -> Ensemble:
    """Return runs with fresh noise and the parameters of the draws."""
    return simulate(scenario, runs=RUNS, seed=SEED, posterior=draws)


def given_history(base: Scenario, edit: str) -> float:
    """Return the probability of the step in the history that happened, edited."""
    answer = whatif(
        base, [edit], outcome=f"rung>={STEP}@{YEAR}", uniforms=UNIFORMS, runs=1, seed=SEED
    )
    return answer.edited.value


def rows_of(base: Scenario, draws: PosteriorDraws) -> list[dict[str, str]]:
    """Return a row for each question."""
    free = free_runs(base, draws)
    level, there = level_of(free), steps_there(free)
    high = level > np.median(level)
    low_level, high_level = (round(float(np.median(level[half])), 2) for half in (~high, high))
    edits = [f"hold {STATE}={value}@{FIRST}..{LAST}" for value in (low_level, high_level)]
    done = [float(steps_there(free_runs(base.edited(edit), draws)).mean()) for edit in edits]
    kept = [given_history(base, edit) for edit in edits]
    without = float(steps_there(free_runs(base.without(EVENT), draws)).mean())
    about, event = f"{STATE} {FIRST}..{LAST}", EVENT
    return [
        _row("association", about, f"in the half around {low_level}", there[~high].mean(),
             f"in the half around {high_level}", there[high].mean()),
        _row("intervention", about, f"held at {low_level}", done[0],
             f"held at {high_level}", done[1]),
        _row("counterfactual", about, f"held at {low_level}, in this history", kept[0],
             f"held at {high_level}, in this history", kept[1]),
        _row("association", event, "no run is without it", np.nan, "every run has it",
             there.mean()),
        _row("intervention", event, "taken away", without, "as it was", there.mean()),
        _row("counterfactual", event, "taken away, in this history",
             given_history(base, f"without {event}"), "this history", 1.0),
    ]  # fmt: skip


def _row(rung: str, about: str, one: str, less: float, two: str, more: float) -> dict[str, str]:
    known = bool(np.isfinite(less))
    return {
        "rung": rung,
        "about": about,
        "one": one,
        "probability": f"{less:.2f}" if known else "",
        "other": two,
        "its_probability": f"{more:.2f}",
        "difference": f"{more - less:+.2f}" if known else "",
    }


def drawn(rows: list[dict[str, str]], path: Path) -> None:
    """Draw the first three rows: two probabilities each, and what lies between them."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams["font.size"] = 11
    figure = Figure(figsize=(8.4, 3.4), layout="constrained")
    axes = figure.subplots()
    titles = ("Seeing (association)", "Doing (intervention)", "Imagining (counterfactual)")
    for place, (row, title) in enumerate(zip(rows[:3], titles, strict=True)):
        ends = float(row["probability"]), float(row["its_probability"])
        axes.plot(ends, (-place, -place), color=QUIET, linewidth=3, zorder=1)
        axes.scatter(ends[:1], [-place], s=90, facecolor="white", edgecolor=INK, zorder=2)
        axes.scatter(ends[1:], [-place], s=90, color=INK, zorder=2)
        for end, words in zip(ends, (row["one"], row["other"]), strict=True):
            low = end == min(ends)
            axes.annotate(
                f"{words}: {end:.2f}",
                (end, -place),
                xytext=(0, -20 if low else 12),
                textcoords="offset points",
                ha="left" if end < 0.6 else "right",
                fontsize=9.5,
            )
        axes.text(-0.02, -place, title, ha="right", va="center", weight="bold")
    axes.set_xlim(0, 1)
    axes.set_ylim(-2.6, 0.5)
    axes.set_yticks([])
    axes.spines[["left", "top", "right"]].set_visible(False)
    axes.set_xlabel(f"probability of formal step {STEP} by the end of {YEAR}")
    figure.savefig(path, dpi=120, metadata={"Software": None})


def main() -> None:
    """Ask, and write the table and the figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("results") / "three_rungs")
    given = parser.parse_args()
    base = load_scenario(BASELINE)
    draws = shipped_posterior(base)
    if draws is None:
        raise SystemExit(f"no draws come with the package for {BASELINE}")
    given.out.mkdir(parents=True, exist_ok=True)
    rows = rows_of(base, draws)
    write_rows(given.out / "three_rungs.csv", rows)
    drawn(rows, given.out / "three_rungs.png")
    for row in rows:
        print(", ".join(row.values()))


if __name__ == "__main__":
    main()
