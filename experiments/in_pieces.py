"""Long validations in numbered pieces: what is done is kept, and the same command goes on."""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alliance_sim import model
from alliance_sim.calibration import (
    Checkpoint,
    Layout,
    Tempered,
    TemperedSettings,
    run_to_end,
)

Floats = NDArray[np.float64]


USUAL = "two_islands/baseline"  # a scenario with a record, whichever
CYCLES = ((2, 4, 6, 12), (1, 1, 1, 1))  # sweeps of particles, and in quick runs


def made_of(scenario: str, theory: str | None = None) -> dict[str, str]:
    """Return digests of rules, scenario, priors and record, which numbers hang on."""
    return model(scenario, theory).digests


def fit_options(
    script: str | None, quick: Mapping[str, Any], *, particles: int, until: int | None = None
) -> argparse.Namespace:
    """Return what is asked of a script that fits a scenario of one's choice by particles.

    Args:
        script: What the script says of itself.
        quick: What `--quick` asks in place of what is given.
        particles: How many, if none are given.
        until: Last year that is looked at, if none is given; the last of all if None.
    """
    parser = argparse.ArgumentParser(description=script)
    parser.add_argument("--scenario", default="japan_nato/baseline")
    parser.add_argument("--until", type=int, default=until, help="Last year that is looked at.")
    parser.add_argument("--particles", type=int, default=particles)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("results/validation"))
    parser.add_argument("--quick", action="store_true", help="Small numbers, to try it out.")
    given = parser.parse_args()
    if given.quick:
        vars(given).update(quick)
    return given


def tempered_fit(
    seen: Callable[[Floats], Floats],
    layout: Layout,
    given: argparse.Namespace,
    checkpoint: Checkpoint,
    called: str,
) -> Tempered:
    """Return particles that were tempered to the end, from their checkpoint on if there is one.

    Args:
        seen: The log likelihood of each column of unknowns.
        layout: Of the unknowns.
        given: What `fit_options` returned.
        checkpoint: Where they are kept while they are under way.
        called: What is said beside how far they are.
    """
    settings = TemperedSettings(particles=given.particles, cycles=CYCLES[given.quick])
    job = Tempered(seen, layout, seed=given.seed, settings=settings)
    return run_to_end(
        job,
        checkpoint=checkpoint,
        callback=lambda j: print(f"{called}: power {j.power:.3g}", flush=True),
    )


class Pieces:
    """Pieces of work, each of which gives as many numbers as the others.

    Attributes:
        found: Array (piece, number); NaN where a piece is not done yet.
        cpu: Array (piece,), the CPU seconds of each.
    """

    def __init__(self, work: Callable[[int], Sequence[float]], count: int, width: int) -> None:
        """Prepare; nothing is computed yet."""
        self._work = work
        self.found, self.cpu = np.full((count, width), np.nan), np.full(count, np.nan)

    @property
    def finished(self) -> bool:
        """Whether all pieces are done."""
        return not np.isnan(self.cpu).any()

    def advance(self, executor: Executor | None = None) -> None:
        """Do the next piece, here."""
        del executor
        piece, before = int(np.flatnonzero(np.isnan(self.cpu))[0]), time.process_time()
        self.found[piece] = self._work(piece)
        self.cpu[piece] = time.process_time() - before

    def state(self) -> dict[str, NDArray[Any]]:
        """Return what is done."""
        return {"found": self.found.copy(), "cpu": self.cpu.copy()}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take up what was done."""
        self.found, self.cpu = state["found"].copy(), state["cpu"].copy()


def in_pieces(
    name: str,
    work: Callable[[int], Sequence[float]],
    count: int,
    width: int,
    *,
    out: Path,
    what: Mapping[str, Any],
) -> Pieces:
    """Return all pieces done, from wherever the folder stands.

    Args:
        name: Of the file that keeps what is under way.
        work: From the number of a piece to its numbers.
        count: How many pieces.
        width: How many numbers each gives.
        out: The folder; what is under way is kept in `under_way` in it.
        what: All that decides the numbers, but for the rules.
    """
    what = {"rules": made_of(USUAL)["rules"], **what}
    place = out / "under_way"
    place.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()

    def told(job: Pieces) -> None:
        done = int((~np.isnan(job.cpu)).sum())
        spent = np.nansum(job.cpu)
        passed = time.monotonic() - start
        print(f"{name}: {done} of {count}, {spent:.0f} CPU s, {passed:.0f} s here", flush=True)

    checkpoint = Checkpoint(place / f"{name}.npz", {**what, "pieces": count}, every=0.0)
    return run_to_end(Pieces(work, count, width), checkpoint=checkpoint, callback=told)


def write_rows(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows with the same keys as a table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
