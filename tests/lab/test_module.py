"""The page's modules: the same bits as the engine and plain Python, whatever is edited."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alliance_sim import Scenario, load_scenario, simulate
from alliance_sim.engine.cases import Case, summarise_cases
from alliance_sim.engine.kernel.layout import LANES
from alliance_sim.errors import EngineError, SettingError
from alliance_sim.lab import module
from alliance_sim.lab.entries import prepare
from alliance_sim.lab.frame import GOLDEN_RUN, GOLDEN_SEED, frame_of
from alliance_sim.results.outcomes import standard_outcomes
from alliance_sim.world.build import build_world
from alliance_sim.world.divergence import first_touched
from alliance_sim.world.state import state_names
from alliance_sim.world.tables import recipe_of
from tests.lab.worlds import WORLDS, Host, edited, frame, host, needs_module, prepared, text

pytestmark = pytest.mark.slow

RUNS = 5


def paths(running: Host, name: str, world: Scenario, *, seed: int, first_run: int = 0) -> Any:
    """Return all states of some runs, by the module."""
    prepared(running, name, world)
    running.ask(seed, first_run)
    running.begin()
    return running.advance(0, frame(name).shape.steps, RUNS)


@needs_module
@pytest.mark.parametrize("kind", module.NAMES)
@pytest.mark.parametrize("name", WORLDS)
def test_plain_python_engine_and_module_give_one_golden_digest(name: str, kind: str) -> None:
    plain = simulate(name, runs=1, seed=GOLDEN_SEED, first_run=GOLDEN_RUN, engine="mesa")
    running = host(name, kind)
    prepared(running, name, load_scenario(name))
    running.ask(GOLDEN_SEED, GOLDEN_RUN)
    found = running.advance(0, frame(name).shape.steps, 1)
    wanted = json.loads(text(name))["golden"]["sha256"]
    assert hashlib.sha256(found.tobytes()).hexdigest() == wanted
    assert hashlib.sha256(np.ascontiguousarray(plain.values).tobytes()).hexdigest() == wanted


@needs_module
@pytest.mark.parametrize("kind", module.NAMES)
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", WORLDS)
def test_every_edit_in_one_frame_gives_every_state_as_the_engine_does(
    name: str, seed: int, kind: str
) -> None:
    world = edited(name, seed)
    big = 2**63 + seed
    found = paths(host(name, kind), name, world, seed=big, first_run=2**32 - 100)
    wanted = simulate(world, runs=RUNS, seed=big, first_run=2**32 - 100).values
    assert found.tobytes() == wanted.tobytes()


@needs_module
@pytest.mark.parametrize("name", WORLDS)
def test_an_edited_world_is_the_same_in_plain_python(name: str) -> None:
    world = edited(name, 101)
    found = paths(host(name, "simd"), name, world, seed=3)
    wanted = simulate(world, runs=RUNS, seed=3, engine="mesa").values
    assert found.tobytes() == wanted.tobytes()


@needs_module
@pytest.mark.parametrize("seed", [7, 8, 9])
@pytest.mark.parametrize("name", WORLDS)
def test_a_recipe_is_made_ready_in_plain_python_as_in_the_module(name: str, seed: int) -> None:
    world = edited(name, seed)
    running = prepared(host(name, "simd"), name, world)
    given = dict(frame_of(world).given["prepare"]) | {"last_lane": 1}
    prepare(*given.values())
    ready = given["ready"]
    assert running["ready.constants"][:, 0].tobytes() == ready.constants[:, 0].tobytes()
    assert running["into.table"].tobytes() == ready.table.tobytes()
    assert running["ready.after"].tolist() == ready.after.tolist()


@needs_module
@pytest.mark.parametrize("seed", range(20, 26))
@pytest.mark.parametrize("name", WORLDS)
def test_an_edited_world_goes_on_from_the_first_quarter_that_the_edit_touches(
    name: str, seed: int
) -> None:
    running, base, world = host(name, "simd"), load_scenario(name), edited(name, seed)
    steps = frame(name).shape.steps
    prepared(running, name, base)
    running.call("prepare")
    for part in ("constants", "asian", "distracting", "after"):
        running[f"before.{part}"][...] = running[f"ready.{part}"]
    running["before.table"][...] = running["into.table"]
    prepared(running, name, world)
    running.call("touched", n=LANES)
    first = int(running["found"][0])
    native = first_touched(build_world(base), build_world(world))
    assert first == (steps if native is None else native)
    prepared(running, name, base)
    running.ask(5)
    running.advance(0, first, RUNS)
    prepared(running, name, world)
    found = running.advance(first, steps, RUNS) if first < steps else running.advance(0, 0, RUNS)
    assert found.tobytes() == simulate(world, runs=RUNS, seed=5).values.tobytes()


@needs_module
def test_a_state_that_was_kept_is_taken_up_any_number_of_times() -> None:
    name = WORLDS[1]
    running = prepared(host(name, "simd"), name, load_scenario(name))
    running.ask(11)
    whole = running.advance(0, 304, RUNS)
    running.advance(0, 137, RUNS)
    kept = running.state()
    for _ in range(2):
        running["kept.trajectories"][:, 137:] = 0.0
        running.take_up(kept)
        assert running.advance(137, 304, RUNS).tobytes() == whole.tobytes()


@needs_module
@pytest.mark.parametrize("kind", module.NAMES)
@pytest.mark.parametrize("name", WORLDS)
def test_outcomes_are_folded_as_the_engine_folds_them(name: str, kind: str) -> None:
    world = load_scenario(name)
    calendar = recipe_of(world).calendar
    outcomes = standard_outcomes(state_names(world), calendar, len(world.rungs))
    laid_out = frame_of(world, states=["rung"], outcomes=outcomes)
    tree = json.loads(laid_out.to_json())
    running = Host(module.usable(kind), tree)
    running.call("prepare")
    running.ask(4)
    running.advance(0, laid_out.shape.steps, RUNS)
    lengths = np.array([told["divide_by"] for told in tree["outcomes"]])
    found = running["kept.summaries"][:, :RUNS].T / lengths
    wanted = summarise_cases([Case(world, run) for run in range(RUNS)], seed=4, outcomes=outcomes)
    plain = [k for k, told in enumerate(tree["outcomes"]) if not told["passes"]]
    assert len(plain) > 20
    assert found[:, plain].tobytes() == wanted.values[:, plain].tobytes()
    assert (running["kept.failures"] == -1).all()


@needs_module
@pytest.mark.parametrize("kind", module.NAMES)
def test_a_module_asks_for_nothing_from_outside_and_is_small(kind: str) -> None:
    import wasmtime

    content = module.usable(kind)
    loaded = wasmtime.Module(wasmtime.Engine(), content)
    assert loaded.imports == []
    assert {found.name for found in loaded.exports} == {
        *("memory", "heap_base", "prepare", "touched", "advance_block", "mark_events"),
        *("hold_states", "thin_counts", "draw_uniforms", "normals_of_ranks", "weigh_terms"),
    }
    assert len(content) < 500_000


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of modules, a copy to be changed."""
    copied = tmp_path / "made"
    shutil.copytree(module.FOLDER, copied)
    monkeypatch.setattr(module, "FOLDER", copied)
    return copied


@needs_module
def test_a_module_made_from_other_rules_is_never_handed_out(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert module.usable("simd") == (made / "simd.wasm").read_bytes()
    monkeypatch.setattr(module, "sources", lambda: "other")
    assert module.usable("simd")  # comments alone have changed
    monkeypatch.setattr(module, "syntax", lambda: "other")
    with pytest.raises(
        EngineError, match=r"simd\.wasm: it was made from other rules than those here; make it anew"
    ):
        module.usable("simd")


@needs_module
@pytest.mark.parametrize("harm", ["cut", "bit", "note", "gone", "text"])
def test_a_damaged_module_is_never_handed_out(made: Path, harm: str) -> None:
    path = made / "scalar.wasm"
    content = bytearray(path.read_bytes())
    if harm == "cut":
        path.write_bytes(content[:-200])
    elif harm == "gone":
        path.unlink()
    elif harm == "text":
        path.write_bytes(b"\0asm\1\0\0\0 no module")
    else:
        content[5000 if harm == "bit" else -100] ^= 1
        path.write_bytes(content)
    with pytest.raises(EngineError, match=r"scalar\.wasm .*; make it anew: python -m engines"):
        module.usable("scalar")


def test_a_module_of_another_name_is_told_with_the_nearest() -> None:
    with pytest.raises(EngineError, match="did you mean 'simd'"):
        module.usable("simmd")


def test_a_frame_of_states_that_are_not_there_is_refused() -> None:
    with pytest.raises(SettingError, match="did you mean 'level_political'"):
        frame_of(load_scenario(WORLDS[0]), states=["level_politcal"])


def test_numbers_of_a_recipe_with_other_rows_are_refused() -> None:
    other = recipe_of(load_scenario(WORLDS[0]))
    with pytest.raises(SettingError, match=r"table 'juncture' of .* has other rows"):
        frame(WORLDS[1]).numbers_of(other)


def test_what_is_compiled_for_the_page_needs_its_table_of_values_in_the_order_of_recipes() -> None:
    from alliance_sim.world.recipe import COEFFICIENTS, rows_wanted

    for name in WORLDS:
        recipe = recipe_of(load_scenario(name))
        assert all(recipe.tables[table].rows == rows_wanted(table) for table in COEFFICIENTS)
