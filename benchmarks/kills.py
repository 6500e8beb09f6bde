"""Does a sweep that is killed again and again lose a run, double one, or change a byte?

One sweep of 20,000 runs is killed with SIGKILL at random moments: the runner alone, the runner and
its workers, one worker, or one of two runners that share the folder. Workers, block sizes and hash
seeds change from life to life. How long a life lasts is counted in rows that it keeps, so that a
slow machine and a quick one see the same. Then the sweep is left to finish, and compared with an
undisturbed one.

python benchmarks/kills.py --kills 100 --seed 1
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from alliance_sim.errors import ResultError
from alliance_sim.sweep.run import run_sweep
from alliance_sim.sweep.store import metadata
from alliance_sim.sweep.store.inventory import inventory_of
from alliance_sim.sweep.store.metadata import read_metadata
from alliance_sim.sweep.sweep import open_sweep

PLAN = """
title = "20,000 runs"
question = "Does the folder outlive whoever writes to it?"
scenarios = ["japan_nato/baseline", "japan_nato/council_majority"]
seed = 1
replicates = 40
[design]
kind = "sobol"
points = 256
[[factor]]
name = "threat_pull"
number = "willingness.threat_state"
[[factor]]
name = "nine_eleven"
present = "nine_eleven"
"""
FILE_ROWS, GROUP_ROWS = 4096, 1024  # several files, so that kills meet their making as well
LONGEST = 300  # seconds after which a life counts as stuck
EARLY = 0.3  # share of lives that end before they keep anything
LOOK = 0.005  # seconds between two looks at the folder
ALONE, GROUP, WORKER, PAIR = "runner alone", "runner and workers", "one worker", "one of two"

Command = Callable[[Path, int, int], list[str]]  # folder, workers, rows of a block


def child(plan: str, out: str, workers: int, block: int) -> None:
    """Run the sweep, as the process that is to be killed."""
    metadata.FILE_ROWS, metadata.GROUP_ROWS = FILE_ROWS, GROUP_ROWS
    run_sweep(plan, out, workers=workers, block=block)


def start(command: list[str], dice: random.Random) -> subprocess.Popen[bytes]:
    """Start a runner in a process group of its own."""
    environment = {**os.environ, "PYTHONHASHSEED": str(dice.randrange(1000))}
    return subprocess.Popen(  # noqa: S603 - our own program
        command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True
    )


def journal_size(out: Path) -> int:
    """Return the size of the file of events; it grows with every part."""
    try:
        return (out / "work" / "parts.jsonl").stat().st_size
    except OSError:
        return 0


def rows_in(out: Path) -> tuple[int, int]:
    """Return how many rows are kept and how many are asked for; (0, 0) before there is a folder."""
    try:
        held = inventory_of(out, read_metadata(out))
    except ResultError:
        return 0, 0
    return held.done, held.rows


def workers_of(pid: int) -> list[int]:
    """Return the workers that a runner has started (Linux)."""
    try:
        started = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        lines = [(int(word), Path(f"/proc/{word}/cmdline").read_bytes()) for word in started]
    except OSError:
        return []
    return [number for number, line in lines if b"spawn_main" in line]


def alive(group: int) -> list[int]:
    """Return the processes of a group that still run (Linux)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = entry.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(words[2]) == group and words[0] != "Z":
            found.append(int(entry.parent.name))
    return found


def strike(runner: subprocess.Popen[bytes], how: str) -> None:
    """Kill what is to be killed, and wait until the runner is gone."""
    workers = workers_of(runner.pid)
    if how == GROUP:
        os.killpg(runner.pid, signal.SIGKILL)
    elif how == WORKER and workers:
        os.kill(workers[-1], signal.SIGKILL)
    else:
        runner.kill()
    if how == WORKER and workers and runner.wait(LONGEST) not in (0, 1):
        raise SystemExit(f"a runner without its worker ended with {runner.returncode}")
    runner.wait(LONGEST)


class Pace:
    """How quick runners are on this machine, as far as was seen.

    Attributes:
        to_start: Seconds from a runner's start to the first part that it kept; None if unknown.
        to_keep: Seconds from one part to the next.
    """

    to_start: float | None = None
    to_keep: float = 0.0


def live_and_die(
    runner: subprocess.Popen[bytes], out: Path, life: tuple[int, float], how: str, pace: Pace
) -> bool:
    """Let a runner live for a while, then kill it; return whether it was alive until then.

    Args:
        runner: The runner.
        out: Its folder.
        life: How many rows it may keep, 0 for none; and where, from 0 to 1, between the last of
            them and the next thing that it is expected to do it dies.
        how: What is killed.
        pace: What to expect; it learns from this life.
    """
    rows, moment = life
    began = news = time.monotonic()
    size, first = journal_size(out), rows_in(out)[0]
    while runner.poll() is None:
        now, seen = time.monotonic(), journal_size(out)
        if seen != size:
            if news == began:
                pace.to_start = pace.to_start or now - began
            else:
                pace.to_keep = now - news
            news, size = now, seen
            if rows_in(out)[0] - first >= rows:
                time.sleep(moment * pace.to_keep)
                break
        if rows == 0 and pace.to_start is not None and now - began > moment * pace.to_start:
            break
        if now - news > LONGEST:
            raise SystemExit("a runner kept nothing for minutes")
        time.sleep(LOOK)
    was_alive = runner.poll() is None
    if was_alive:
        strike(runner, how)
    return was_alive


def no_orphans(group: int) -> bool:
    """Whether the workers of a killed runner end by themselves within seconds."""
    until = time.monotonic() + 20
    while alive(group):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def kill_again_and_again(
    command: Command, out: Path, *, kills: int, blocks: list[int], seed: int
) -> Counter[str]:
    """Begin a sweep and kill it so many times, then let it finish.

    Args:
        command: Makes the command that runs it.
        out: Its folder.
        kills: How many kills.
        blocks: Sizes of blocks to choose from.
        seed: Seed of the dice.

    Returns:
        How many kills of each kind; under "finished", lives that ended before their kill.
    """
    dice = random.Random(seed)  # noqa: S311 - nothing secret
    counts: Counter[str] = Counter()
    pace = Pace()
    while sum(counts.values()) < kills:
        how = dice.choices([ALONE, GROUP, WORKER, PAIR], [4, 3, 2, 2])[0]
        workers = dice.choice([2, 3]) if how == WORKER else dice.choice([1, 2, 3])
        line = command(out, workers, dice.choice(blocks))
        runners = [start(line, dice) for _ in range(2 if how == PAIR else 1)]
        done, rows = rows_in(out)
        share = (rows - done) / (kills - sum(counts.values()))
        life = 0 if dice.random() < EARLY else round(dice.uniform(1, max(1, share)))
        struck = live_and_die(runners[0], out, (life, dice.random()), how, pace)
        counts[how if struck else "finished"] += 1
        for other in runners[1:]:
            other.terminate() if dice.random() < 0.5 else other.kill()
            other.wait(LONGEST)
        if not all(no_orphans(runner.pid) for runner in runners):
            raise SystemExit("workers of a killed runner live on")
    subprocess.run(command(out, 2, max(blocks)), check=True)  # noqa: S603 - as above
    return counts


def differences(one: Path, other: Path) -> list[str]:
    """Return the files in which two folders differ."""
    names = {p.relative_to(r) for r in (one, other) for p in r.rglob("*") if p.is_file()}
    same = {
        name
        for name in names
        if (one / name).exists()
        and (other / name).exists()
        and (one / name).read_bytes() == (other / name).read_bytes()
    }
    return sorted(map(str, names - same))


def main() -> None:
    """Ask the question, run the design, print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        plan, out, workers, block = given.child
        child(plan, out, int(workers), int(block))
        return
    with tempfile.TemporaryDirectory() as folder:
        plan_file, whole, killed = (Path(folder) / name for name in ("plan.toml", "whole", "out"))
        plan_file.write_text(PLAN, encoding="utf-8")
        child(str(plan_file), str(Path(folder) / "first"), 1, 4096)  # the engine is compiled now
        began = time.monotonic()
        child(str(plan_file), str(whole), 1, 4096)
        print(f"undisturbed: {open_sweep(whole).rows:,} runs in {time.monotonic() - began:.1f} s")

        def command(out: Path, workers: int, block: int) -> list[str]:
            words = [plan_file, out, workers, block]
            return [sys.executable, __file__, "--child", *map(str, words)]

        began = time.monotonic()
        counts = kill_again_and_again(
            command,
            killed,
            kills=given.kills,
            blocks=[64, 100, 256],
            seed=given.seed,
        )
        for what, count in sorted(counts.items()):
            print(f"{count:4d} {what}")
        rows = open_sweep(killed).frame([])
        doubled = int(rows.duplicated(["point", "scenario", "replicate"]).sum())
        different = differences(whole, killed)
        print(f"{time.monotonic() - began:.0f} s; {len(rows):,} rows, {doubled} doubled")
        print(f"files that differ: {', '.join(different) or 'none'}")
        if different or doubled:
            raise SystemExit(1)


if __name__ == "__main__":
    main()
