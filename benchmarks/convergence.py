"""How many runs are enough? How far answers of so many runs scatter, tried out on blocks of runs.

    python benchmarks/convergence.py            # some ten seconds
    python benchmarks/convergence.py --write    # puts the tables into the page on it

A set of runs is cut into blocks of N. Each block gives one answer; 1.96 times the standard
deviation of the answers is how far one of them may be off, in 95 of 100 cases. The same seed gives
the same tables on every machine.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from alliance_sim import run_points

PAGE = Path(__file__).resolve().parents[1] / "docs" / "explanation" / "how_many_runs.md"
BEGIN, END = "<!-- written by benchmarks/convergence.py -->", "<!-- end of what is written -->"
FACTUAL, EDITED = "japan_nato/baseline", "japan_nato/no_nine_eleven"
SEED, RUNS = 1, 25_600
SIZES = (10, 25, 50, 100, 200, 400, 800)
LEVEL, STEP, YEAR, ACTS = OUTCOMES = (
    *("level_operations@2014", "rung>=8@2014", "first(rung>=8)"),
    "sum(count_operations)",
)
Array = NDArray[np.float64]
Answer = Callable[[Array], Array]  # from (block, run) to one number per block


class Column(NamedTuple):
    """One thing that is asked of a block of runs."""

    head: str
    outcome: str
    answer: Answer
    form: str


def mean(blocks: Array) -> Array:
    """Return the mean of each block."""
    return np.asarray(blocks.mean(axis=1))


def percent(blocks: Array) -> Array:
    """Return the mean of each block, in percent."""
    return 100.0 * mean(blocks)


def median(blocks: Array) -> Array:
    """Return the median of each block."""
    return np.asarray(np.median(blocks, axis=1))


def high(blocks: Array) -> Array:
    """Return the upper end of the 90 % band of each block."""
    return np.asarray(np.quantile(blocks, 0.95, axis=1))


ONE = (
    Column("mean level of operations, end of 2014", LEVEL, mean, ".4f"),
    Column("share of runs with formal step 8 by 2014, percentage points", STEP, percent, ".1f"),
    Column("median year of formal step 8", YEAR, median, ".2f"),
    Column("mean number of acts in operations", ACTS, mean, ".1f"),
    Column("upper end of their 90 % band", ACTS, high, ".1f"),
)
TWO = (
    Column("mean level of operations, end of 2014", LEVEL, mean, ".4f"),
    Column("share of runs with formal step 8 by 2014, percentage points", STEP, percent, ".1f"),
    Column("mean number of acts in operations", ACTS, mean, ".1f"),
)


def outcomes_of(scenario: str, runs: int) -> dict[str, Array]:
    """Return each outcome of runs 0 to `runs` of a scenario, an array (run)."""
    found = run_points(
        np.zeros((runs, 0)), [], scenario=scenario, run=range(runs), rng=SEED, outcomes=OUTCOMES
    )
    return dict(zip(OUTCOMES, np.asarray(found).T, strict=True))


def error(values: Array, size: int, answer: Answer) -> float:
    """Return how far the answer of one block may be off, in 95 of 100 cases.

    Args:
        values: Array (run); what is left after the last whole block is not used.
        size: Runs in a block.
        answer: What is asked of a block.
    """
    blocks = values[: len(values) // size * size].reshape(-1, size)
    return float(1.96 * answer(blocks).std(ddof=1))


def one_table(factual: dict[str, Array]) -> list[str]:
    """Return how far answers about one scenario may be off, by number of runs."""
    rows = [
        [str(size), *(f"± {error(factual[c.outcome], size, c.answer):{c.form}}" for c in ONE)]
        for size in SIZES
    ]
    return table(["runs", *(column.head for column in ONE)], rows)


def two_table(factual: dict[str, Array], edited: dict[str, Array]) -> list[str]:
    """Return how far answers about the difference of two scenarios may be off.

    With the same luck run r of one is subtracted from run r of the other; with other luck from a
    run of another block.
    """
    heads, rows = ["runs of each"], [[str(size)] for size in SIZES]
    for column in TWO:
        heads += [f"{column.head}: same luck", "other luck"]
        for size, row in zip(SIZES, rows, strict=True):
            for shift in (0, size):
                difference = edited[column.outcome] - np.roll(factual[column.outcome], shift)
                row.append(f"± {error(difference, size, column.answer):{column.form}}")
    return table(heads, rows)


def saved(factual: dict[str, Array], edited: dict[str, Array]) -> str:
    """Return in a sentence how many runs the same luck saves."""
    told = []
    for column in TWO:
        mine, its = factual[column.outcome], edited[column.outcome]
        apart = mine.var() + its.var()
        told.append(f"{apart / (its - mine).var():.1f}")
    return (
        "For the same error, other luck takes so many times the runs, in the order of the columns: "
        f"{', '.join(told)}."
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a Markdown table."""
    lines = [heads, ["---:"] * len(heads), *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]


def tables(runs: int = RUNS) -> str:
    """Return all that stands on the page between its marks."""
    factual, edited = outcomes_of(FACTUAL, runs), outcomes_of(EDITED, runs)
    lines = [
        f"One scenario, `{FACTUAL}`:",
        "",
        *one_table(factual),
        "",
        f"The difference of two, `{EDITED}` minus `{FACTUAL}`:",
        "",
        *two_table(factual, edited),
        "",
        saved(factual, edited),
        "",
        f"From {runs:,} runs of each, seed {SEED}.",
    ]
    return "\n".join(lines)


def main() -> None:
    """Read what is asked for, compute and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--write", action="store_true", help=f"write to docs/explanation/{PAGE.name}"
    )
    given = parser.parse_args()
    text = tables()
    print(text)
    if given.write:
        before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
