"""What is declared once: a copy of the package gets more states and a coefficient, and no list."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alliance_sim import load_scenario, simulate
from alliance_sim.engine.kernel.layout import P, rows_of, shape_of, state_rows
from alliance_sim.noise import channel
from alliance_sim.scenario import shipped
from alliance_sim.world import build_world
from alliance_sim.world.coefficients import Coefficients, coefficients
from alliance_sim.world.declaration import declared, flattened, size
from alliance_sim.world.state import (
    CONSTANTS,
    PHASES,
    STATES,
    Channels,
    Inputs,
    Marks,
    channel_names,
    reported,
    state_names,
)

ROOT = Path(__file__).parents[2]
BASELINE = load_scenario("japan_nato/baseline")
WORLD = build_world(BASELINE)


def test_a_name_is_declared_once() -> None:
    names = [state.name for state in STATES]
    assert len(set(names)) == len(names)
    assert {state.phase for state in STATES} <= {phase.name for phase in PHASES}
    channels = channel_names(Channels, "r", WORLD.axes) + channel_names(Marks, "r", WORLD.axes)
    assert len(set(channels)) == len(channels)
    assert len({channel(name) for name in channels}) == len(channels)


@pytest.mark.parametrize("kind", [Inputs, Channels, Marks, Coefficients])
def test_every_entry_says_what_it_means(kind: type) -> None:
    for entry in declared(kind).values():
        assert entry.meaning
        assert set(entry.per) <= set(WORLD.axes)


def test_channels_that_decide_every_quarter_come_first() -> None:
    often = [entry.often for entry in declared(Channels).values()]
    assert often == sorted(often, reverse=True)


@pytest.mark.parametrize("name", sorted(shipped()))
def test_rows_hold_exactly_what_a_world_has(name: str) -> None:
    world = build_world(load_scenario(name))
    shape = shape_of(world)
    at, rows = rows_of(shape), state_rows(shape)
    taken = sorted(row for stretch in rows.values() for row in stretch)
    assert taken == list(range(at.all_states))
    assert at.all_inputs == world.table.shape[1] == len(flattened(world.inputs[0]))
    assert at.all_channels == len(world.all_channels) == len(world.channel_names)
    fixed = sum(size(entry.per, world.counts) for entry in CONSTANTS.values())
    assert at.all_constants == len(flattened(coefficients(world.scenario))) + fixed
    assert flattened(P) == list(range(len(flattened(P))))


def test_what_is_reported_and_what_comes_in_lies_in_the_declared_range() -> None:
    found = simulate(BASELINE, runs=3, seed=1)
    for name, state, _ in reported(BASELINE):
        values = found.column(name)
        assert values.min() >= state.low, name
        assert values.max() <= state.high + 1e-12, name
    columns = iter(WORLD.table.T)
    for name, entry in declared(Inputs).items():
        for _ in range(size(entry.per, WORLD.counts)):
            column = next(columns)
            assert column.min() >= entry.low, name
            assert column.max() <= entry.high, name


EDITS = {
    "src/alliance_sim/rules/levels.py": (
        "",
        '''

@rule
def momentum(lively: float, before: float, now: float) -> float:
    """Return how fast something moves."""
    return lively * (now - before)
''',
    ),
    "src/alliance_sim/world/state.py": (
        "STATES: tuple[Variable, ...] = (",
        """
    Variable(
        *("momentum", "how fast operations move", "sum_up", levels.momentum),
        *("partnership.momentum", (), "1", -1.0),
        reported="momentum",
        of=("coefficient.lively", "was.level.operations", "level.operations"),
    ),
    Variable(
        *("alarm", "how fast a threat grows", "sum_up", levels.momentum),
        *("threats.alarm", ("threat",), "1", -1.0),
        reported="alarm_{threat}",
        of=("coefficient.lively", "was.hostility", "hostility"),
    ),""",
    ),
    "engines/c/rules.h": (
        "/* levels */",
        """
rule double momentum(double lively, double before, double now) { return lively * (now - before); }
""",
    ),
}
COEFFICIENT = (
    ("class Coefficients(NamedTuple):", '    lively: Annotated[float, Coefficient("made up")]\n'),
    ("    return Coefficients(\n", "        lively=n.levels.pace,\n"),
)
# The kernel runs as the Python that it is, with noise that is there already: to compile a changed
# one takes most of a minute, and what that makes of the rules is tested where they are as they are.
PROGRAM = """
import contextlib, hashlib, pathlib, sys
from alliance_sim import Kernel, load_scenario, simulate
from alliance_sim.compiled import jit
from alliance_sim.engine.own_noise import noise_of_seed
sys.path.insert(0, sys.argv[1])
from engines import c

jit.Jitted.ready = lambda self, arguments: self.function
scenario = load_scenario("japan_nato/no_nine_eleven")
kernel = Kernel(noise=noise_of_seed(scenario, runs=2, seed=1))
engines = {"kernel": kernel, "mesa": "mesa", "c": "kernel"}
library = None
if c.compiler() is not None:
    library = c.Library.build(pathlib.Path(sys.argv[1]))
for name, engine in engines.items():
    if name == "c" and library is None:
        continue
    with c.blocks_in_c(library) if name == "c" else contextlib.nullcontext():
        found = simulate(scenario, runs=2, seed=1, engine=engine)
    print(hashlib.sha256(found.values.tobytes()).hexdigest())
assert library is None or library.calls == 1
print(*found.states)
found.save(pathlib.Path(sys.argv[1]) / "found.parquet")
"""


def put_in(path: Path, before: str, text: str) -> None:
    """Put a text behind another in a file, or at its end."""
    found = path.read_text(encoding="utf-8")
    changed = found.replace(before, before + text, 1) if before else found + text
    assert changed != found, path
    path.write_text(changed, encoding="utf-8")


@pytest.mark.slow
def test_made_up_states_and_a_coefficient_touch_no_second_list(tmp_path: Path) -> None:
    for folder in ("src", "engines", "scenarios"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for file, (before, text) in EDITS.items():
        put_in(tmp_path / file, before, text)
    path = tmp_path / "src/alliance_sim/world/coefficients.py"
    source = path.read_text(encoding="utf-8")
    (head, field), (call, value) = COEFFICIENT
    docstring_end = source.index("\n\n", source.index(head)) + 2
    source = source[:docstring_end] + field + source[docstring_end:]
    path.write_text(source.replace(call, call + value, 1), encoding="utf-8")
    environment = os.environ | {
        "PYTHONPATH": str(tmp_path / "src"),
        "ALLIANCE_SIM_CACHE": str(tmp_path / "cache"),
    }
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    *digests, states = finished.stdout.splitlines()
    assert len(set(digests)) == 1
    before_edit = state_names(load_scenario("japan_nato/no_nine_eleven"))
    alarms = [f"alarm_{threat}" for threat in WORLD.threats]
    assert states.split() == ["momentum", *alarms, *before_edit]
    check_values(tmp_path / "found.parquet")


def check_values(path: Path) -> None:
    """Compare made-up states with what they are made from, and all others with the package's."""
    from alliance_sim.results import Ensemble

    found: Any = Ensemble.load(path)
    lively = BASELINE.levels.pace.value
    pairs = [("momentum", "level_operations")]
    pairs += [(f"alarm_{threat}", f"hostility_{threat}") for threat in WORLD.threats]
    for made_up, source in pairs:
        steps = np.diff(found.column(source), axis=1, prepend=0.0)
        assert np.array_equal(found.column(made_up), lively * steps)
    scenario = load_scenario("japan_nato/no_nine_eleven")
    plain = simulate(scenario, runs=2, seed=1)
    assert np.array_equal(found.block(plain.states), plain.values)
    assert math.isfinite(found.values.sum())
