"""How fast the page's engine is: its WebAssembly modules in Node, beside the compiled engine here.

    python benchmarks/page_engine.py            # the described history, 10 CPU seconds each

The states are kept that a page draws by quarter. The compiled engine does the same in one thread.
Times are CPU seconds, which other programs on the machine disturb least. Needs Node.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from alliance_sim import load_scenario
from alliance_sim.engine.cases import Case, trajectories_of_cases
from alliance_sim.lab import module
from alliance_sim.lab.frame import frame_of

NAME = "japan_nato/baseline"
STATES = (
    *("level_political", "level_operations", "level_equipment"),
    *("rung", "agenda_overlap"),
)
RUNS = 1024  # of the compiled engine at a time
SCRIPT = Path(__file__).with_suffix(".mjs")
PATIENCE = 60.0  # times what is asked for, before Node is given up


def in_node(seconds: float) -> dict[str, Any]:
    """Return what Node says of all modules.

    Raises:
        SystemExit: If there is no Node, or if it fails.
    """
    node = shutil.which("node")
    if node is None:
        raise SystemExit("this needs Node, and there is no `node` here")
    with tempfile.TemporaryDirectory() as folder:
        frame = Path(folder) / "frame.json"
        frame.write_text(frame_of(load_scenario(NAME), states=STATES).to_json(), encoding="utf-8")
        files = [Path(folder) / f"{name}.wasm" for name in module.NAMES]
        for file in files:
            file.write_bytes(module.usable(file.stem))
        command = [node, str(SCRIPT), str(frame), str(seconds), *map(str, files)]
        done = subprocess.run(  # noqa: S603 - Node, and a script beside this one
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE * (1.0 + seconds),
        )
    if done.returncode:
        raise SystemExit(f"Node failed: {done.stderr.strip()}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def compiled(seconds: float) -> float:
    """Return runs per CPU second of the compiled engine in one thread."""
    world = load_scenario(NAME)
    cases = [Case(world, run) for run in range(RUNS)]
    trajectories_of_cases(cases[:1], seed=1, states=STATES)
    runs, before = 0, time.process_time()
    while time.process_time() - before < seconds:
        trajectories_of_cases(cases, seed=1, states=STATES)
        runs += RUNS
    return runs / (time.process_time() - before)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=10.0, help="CPU seconds for each engine")
    seconds = parser.parse_args().seconds
    told = in_node(seconds)
    native = compiled(seconds)
    print(f"Node {told['node']}, vectors {'are' if told['vectors'] else 'are not'} there\n")
    print(
        "| engine | KB (gz) | compile, start, lay out, ms | prepare, ms | runs per CPU s | bits |"
    )
    print("|---|---|---|---|---|---|")
    print(f"| compiled, one thread | | | | {native:,.0f} | |")
    for name, found in zip(module.NAMES, told["results"], strict=True):
        content = module.usable(name)
        size = f"{len(content) / 1000:,.0f} ({len(gzip.compress(content, 9)) / 1000:,.0f})"
        begin = ", ".join(
            f"{found[key]:.1f}" for key in ("compile_ms", "instantiate_ms", "lay_out_ms")
        )
        same = "the same" if found["same"] else "OTHERS"
        print(
            f"| {name} | {size} | {begin} | {found['prepare_ms']:.2f} "
            f"| {found['runs_per_cpu_second']:,.0f} | {same} |"
        )
    if not all(found["same"] for found in told["results"]):
        raise SystemExit("a module gives other bits than the compiled engine")


if __name__ == "__main__":
    main()
