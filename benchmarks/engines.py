"""How fast is each engine? The same model and seeds, in turn, in one go on one machine.

    python benchmarks/engines.py                # a few minutes
    python benchmarks/engines.py --quick        # under a minute, says less
    python benchmarks/engines.py --write        # puts the tables into docs/explanation/engines.md

Every way of running is measured once a round, one after the other, so that all see the same
moments of a machine that others may use too; the tables give medians and quartiles over rounds.
One worker is measured in CPU seconds of the process, two workers in seconds on the wall. Every
way has run before it is timed, so nothing is compiled on the clock; a first start, which
compiles, is measured by itself.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # `experiments` itself

from alliance_sim import Kernel, Mesa, simulate
from benchmarks.members_in_numpy import Part, nanoseconds
from benchmarks.mesa_batch import NAME, SEED
from benchmarks.ways_to_run import Way, baseline, library, outcomes_of, ways
from engines.c import blocks_in_c, compiler

PAGE = Path(__file__).resolve().parents[1] / "docs" / "explanation" / "engines.md"
BEGIN, END = "<!-- written by benchmarks/engines.py -->", "<!-- end of what is written -->"
LOOK = 0.05  # seconds between two looks at memory
RUNS_IN_NUMPY = (1024, 4096, 16384)
COLUMNS = (
    "engine",
    "microseconds per run (quartiles)",
    "runs per second",
    "times `batch_run`, per core",
    "share of C's speed",
    "times one worker",
    "peak memory, MB",
)
PARTS = (
    "both sides look at threats, members weigh cooperation",
    "nanoseconds per run and quarter",
    "times the compiled engine",
)


class Cost(NamedTuple):
    """Seconds per run, in one round."""

    wall: float
    cpu: float


def measured(chosen: Sequence[Way], rounds: int, *, quick: bool) -> dict[str, list[Cost]]:
    """Return what a run costs in each way, in each round."""
    costs: dict[str, list[Cost]] = {way.key: [] for way in chosen}
    for number in range(rounds):
        for way in chosen:
            runs = way.runs[1 if quick else 0]
            with way.opened() as run:
                if way.warm:
                    run(runs)
                elif number == 0 and not way.children:
                    run(1)
                wall, cpu = time.perf_counter(), time.process_time()
                run(runs)
                wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            costs[way.key].append(Cost(wall / runs, cpu / runs))
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return costs


def agreed() -> str:
    """Return a sentence that says which engines gave the same bits for the same runs.

    Raises:
        RuntimeError: If they did not.
    """
    scenario, _ = baseline()
    compiled = simulate(scenario, runs=2, seed=SEED, engine=Kernel(threads=1))
    same = {"the Mesa model": simulate(scenario, runs=2, seed=SEED, engine=Mesa(workers=1))}
    if compiler() is not None:
        with blocks_in_c(library()[0]):
            same["C"] = simulate(scenario, runs=2, seed=SEED, engine=Kernel(threads=1))
    for name, ensemble in same.items():
        if ensemble.values.tobytes() != compiled.values.tobytes():
            raise RuntimeError(f"{name} and the compiled engine disagree")
    return f"The compiled engine, {' and '.join(same)} gave the same bits before they were timed."


def table_of(
    chosen: Sequence[Way], costs: dict[str, list[Cost]], memory: dict[str, float]
) -> list[str]:
    """Return the table of all ways, as lines of Markdown."""
    middle = {
        key: Cost(*(statistics.median(values) for values in zip(*rounds, strict=True)))
        for key, rounds in costs.items()
    }

    def clock(cost: Cost, way: Way) -> float:
        return cost.cpu if way.workers == 1 else cost.wall

    lines = [*head(COLUMNS)]
    for way in chosen:
        ours = clock(middle[way.key], way)
        low, _, high = quartiles([clock(cost, way) for cost in costs[way.key]])
        per_core = middle["batch_run"].cpu / (ours * way.workers)
        in_c = middle.get(f"c_{way.workers}")
        cells = (
            way.words,
            f"{plain(1e6 * ours)} ({plain(1e6 * low)} to {plain(1e6 * high)})",
            plain(1.0 / ours),
            plain(per_core),
            "" if in_c is None else plain(clock(in_c, way) / ours),
            f"{middle[way.single].wall / middle[way.key].wall:.2f}" if way.single else "",
            f"{memory[way.key]:,.0f}" if way.key in memory else "",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def head(columns: Sequence[str]) -> tuple[str, str]:
    """Return the two lines that begin a table."""
    return f"| {' | '.join(columns)} |", "|" + "---|" * len(columns)


def plain(number: float) -> str:
    """Return a number with three digits at least, and never as a power of ten."""
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 10 else f"{number:.2g}" if number < 1 else f"{number:.2f}"


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the quartiles of a few values."""
    if len(values) == 1:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high


def peak_memory(chosen: Iterable[Way]) -> dict[str, float]:
    """Return the peak memory of each way in megabytes, each in processes of its own (Linux)."""
    if not Path("/proc/self/smaps_rollup").exists():
        return {}
    return {way.key: peak_of([sys.executable, __file__, "--only", way.key]) for way in chosen}


def peak_of(command: list[str]) -> float:
    """Return the most megabytes that a command and all its processes held at a time.

    Pages that several of them share are counted once.
    """
    most = 0.0
    with subprocess.Popen(command) as process:  # noqa: S603
        while process.poll() is None:
            most = max(most, sum(memory_of(number) for number in family(process.pid)))
            time.sleep(LOOK)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return most


def family(number: int) -> Iterator[int]:
    """Yield a process and all that descend from it."""
    yield number
    for of_thread in Path(f"/proc/{number}/task").glob("*/children"):
        try:
            children = of_thread.read_text().split()
        except OSError:
            continue  # the thread is gone
        for child in children:
            yield from family(int(child))


def memory_of(number: int) -> float:
    """Return the megabytes of a process, its share of what it shares; 0 if it is gone."""
    try:
        lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1000.0


def numpy_table(*, quick: bool) -> list[str]:
    """Return the table of one part of a quarter in NumPy and compiled.

    Raises:
        RuntimeError: If the two do not compute the same.
    """
    scenario, _ = baseline()
    part = Part(scenario, SEED)
    apart, seconds = part.farthest(), 0.3 if quick else 2.0
    if apart > 1e-12:
        raise RuntimeError(f"NumPy and the compiled engine differ by {apart:.0e}")
    compiled = part.compiled()
    ours = nanoseconds(lambda: compiled(100), 6400, seconds)
    lines = [*head(PARTS), f"| compiled engine, blocks of 64 runs | {ours:,.0f} | 1 |"]
    for runs in RUNS_IN_NUMPY:
        theirs = nanoseconds(part.in_numpy(runs), runs, seconds)
        lines.append(f"| NumPy, {runs:,} runs at once | {theirs:,.0f} | {theirs / ours:.1f} |")
    return [*lines, "", f"The two agree to {apart:.0e} of each number."]


def starts() -> list[str]:
    """Return sentences about a first start, with the package's own code and without."""
    script = f"import alliance_sim as a; a.simulate({NAME!r}, runs=64, seed={SEED})"
    without = "from alliance_sim.compiled import objects; objects.loaded = lambda: None; "
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for words in (script, without + script, without + script):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            environment = {**os.environ, "ALLIANCE_SIM_CACHE": folder}
            subprocess.run([sys.executable, "-c", words], check=True, env=environment)  # noqa: S603
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    shipped, first, later = found
    words = f"- A first start, which simulates 64 runs: {shipped:.1f} CPU seconds. Where rules were"
    lines = [f"{words} changed, so that Numba compiles them: {first:.1f}; later ones {later:.1f}."]
    if compiler() is not None:
        lines.append(f"- The C compiler takes {library()[1]:.1f} seconds.")
    return lines


def circumstances(rounds: int) -> Iterator[str]:
    """Yield on what machine and with what all this was measured."""
    cpu = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        names = [line for line in information.read_text().splitlines() if "model name" in line]
        cpu = names[0].partition(":")[2].strip() if names else cpu
    yield f"- {os.cpu_count()} processors ({cpu}), {platform.system()}; {rounds} rounds."
    packages = ("mesa", "numba", "numpy", "distributed")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    found = compiler()
    if found is not None:
        command = [found, "--version"]
        said = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
        versions += f", {said.stdout.splitlines()[0]}"
    yield f"- Python {platform.python_version()}, {versions}."


def write(lines: Iterable[str]) -> None:
    """Put the tables into the page, between its two marks."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    text = "\n".join(lines)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def compared(rounds: int, *, quick: bool) -> list[str]:
    """Measure everything and return the tables."""
    chosen = list(ways().values())
    same = agreed()
    outcomes_of(0, 1, 1)
    costs = measured(chosen, rounds, quick=quick)
    memory = {} if quick else peak_memory(chosen)
    return [
        *table_of(chosen, costs, memory),
        "",
        *numpy_table(quick=quick),
        "",
        *circumstances(rounds),
        *([] if quick else starts()),
        f"- {same}",
    ]


def main() -> None:
    """Read what is asked for, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=0, help="rounds (9, or 2 with --quick)")
    parser.add_argument("--quick", action="store_true", help="few runs, no memory, no starts")
    parser.add_argument(
        "--write", action="store_true", help=f"write to docs/explanation/{PAGE.name}"
    )
    parser.add_argument("--only", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        way = ways()[given.only]
        with way.opened() as run:
            run(way.runs[0])
        return
    lines = compared(given.rounds or (2 if given.quick else 9), quick=given.quick)
    print("\n".join(lines))
    if given.write:
        write(lines)


if __name__ == "__main__":
    main()
