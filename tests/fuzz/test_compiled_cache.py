"""Compiled code that was damaged or planted: no wrong number, no crash, and nothing of it runs."""

from __future__ import annotations

import os
import pickle
import random
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alliance_sim import load_scenario, simulate
from alliance_sim.compiled import cache, jit, objects
from alliance_sim.compiled.function import Compiled
from alliance_sim.compiled.jit import CODE, Jitted
from alliance_sim.engine.kernel import batch
from alliance_sim.world import build_world
from alliance_sim.world.fill import fill

WORLD = "japan_nato/baseline"
RUNS = 3


def compiled_by_numba() -> Compiled:
    """Return what fills in worlds, by Numba and not as the package brings it.

    What is kept of the engine itself goes the same way, and takes several times as long to make.
    """
    return Compiled(fill, sources=batch.sources_digest, check=batch.fills_as_in_plain_python)


def filled(by: Compiled) -> bytes:
    """Return every number of a world that was filled in by compiled code."""
    return build_world(load_scenario(WORLD), fill=by).table.tobytes()


@pytest.fixture(scope="module")
def kept() -> Path:
    """What fills in worlds, as this machine keeps it."""
    compiled = compiled_by_numba()
    filled(compiled)
    assert compiled.place is not None
    return compiled.place.with_suffix(CODE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own for compiled code."""
    monkeypatch.setenv(cache.FOLDER, str(tmp_path / "kept"))
    monkeypatch.setattr(jit, "_told", set())
    return cache.opened()


def damaged(whole: bytes, chance: random.Random) -> bytes:
    """Return a file with a mistake of a disk, of a transfer, or of somebody's editor."""
    place, other = sorted(chance.randrange(len(whole)) for _ in range(2))
    # Half of them in the first thousand bytes, where whatever says what the rest is would stand.
    place = place if chance.random() < 0.5 else place % 1000
    flipped = bytes([whole[place] ^ (1 << chance.randrange(8))])
    return chance.choice(
        [
            whole[:place] + flipped + whole[place + 1 :],
            whole[:place],
            whole[:place] + whole[place + 1 :],
            whole[:place] + bytes(min(4096, len(whole) - place)) + whole[place + 4096 :],
            whole[:place] + chance.randbytes(64) + whole[place + 64 :],
            whole + chance.randbytes(1 + chance.randrange(64)),
            whole[:place] + whole[other:],
            whole[other:] + whole[:other],
        ]
    )


@pytest.mark.slow
def test_no_damaged_code_is_loaded_and_numbers_stay_the_same(
    kept: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, inputs: int
) -> None:
    chance, whole = random.Random(1), kept.read_bytes()
    values, tried = filled(batch.compiled_fill), compiled_by_numba()
    (folder / kept.name).write_bytes(whole)
    (folder / kept.name).chmod(0o600)
    assert filled(tried) == values
    right, anew = tried._dispatcher, []

    def compiled(_: Any, _types: Any) -> tuple[Any, bytes]:
        anew.append(True)  # here a minute would go by
        return right, whole[len(cache.HEAD) + cache.DIGITS + 1 :]

    monkeypatch.setattr(Jitted, "_compiled", compiled)
    same = 0
    for _ in range(inputs):
        content = damaged(whole, chance)
        (folder / kept.name).write_bytes(content)
        (folder / kept.name).chmod(0o600)
        monkeypatch.setattr(tried, "_dispatcher", None)
        assert filled(tried) == values
        assert (folder / kept.name).read_bytes() == whole  # what was damaged is whole again
        same += content == whole
    assert len(anew) == inputs - same


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what comes with the package, to be damaged."""
    copied = tmp_path / "made"
    shutil.copytree(objects.FOLDER, copied)
    monkeypatch.setattr(objects, "FOLDER", copied)
    return copied


def test_what_comes_with_the_package_damaged_gives_no_wrong_number(
    made: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, inputs: int
) -> None:
    here = [f"{name}.o" for name in objects.targets_here()]
    if objects.loaded() is None or not here:
        pytest.skip("nothing of the package's own code is used here")
    chance, used = random.Random(2), set[str]()
    whole = {name: (made / name).read_bytes() for name in (*here, objects.IR)}
    values = simulate(WORLD, runs=RUNS, seed=5).values.tobytes()
    right = {c: c._dispatcher for c in (batch.compiled_block, batch.compiled_fill)}
    object_of_ir = objects.read(here[0]).code
    monkeypatch.setattr(objects, "finished", lambda _: object_of_ir)  # ten seconds would go by
    monkeypatch.setattr(Compiled, "_jitted", lambda self, _: right[self])
    for _ in range(inputs):
        some = chance.sample(list(whole), chance.randint(1, len(whole)))
        for name, content in whole.items():
            (made / name).write_bytes(damaged(content, chance) if name in some else content)
        monkeypatch.setattr(objects, "_loaded", [])
        for compiled in right:
            monkeypatch.setattr(compiled, "_dispatcher", None)
        assert simulate(WORLD, runs=RUNS, seed=5).values.tobytes() == values
        code = objects.loaded()
        used.add(code.name if code else "none")
        assert code is None or f"{code.name}.o" not in some
    assert used == {*objects.targets_here(), "this machine", "none"}


class Planted:
    """What leaves a trace when it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return os.mkdir, (str(self.trace),)


def total(values: Any) -> Any:
    found = 0.0
    for value in values:
        found += value
    return found


VALUES = np.arange(4.0)


def as_it_is(_: Path) -> None:
    pass


def open_to_all(file: Path) -> None:
    file.parent.chmod(0o777)


def file_open_to_all(file: Path) -> None:
    file.chmod(0o666)


def of_somebody_else(file: Path, *, parent: bool) -> None:
    os.chown(file.parent if parent else file, 12345, -1)


def linked(file: Path) -> None:
    file.symlink_to(shutil.move(file, file.parent / "elsewhere"))


def second_name(file: Path) -> None:
    file.with_name("elsewhere").hardlink_to(file)


def without_its_digest(file: Path) -> None:
    file.write_bytes(file.read_bytes().split(b"\n", 2)[2])


def with_another_digest(file: Path) -> None:
    head, digest, code = file.read_bytes().split(b"\n", 2)
    file.write_bytes(b"\n".join([head, digest[::-1], code]))


@pytest.mark.skipif(os.name == "nt", reason="there are no modes")
@pytest.mark.parametrize(
    ("put_there", "runs"),
    [
        (as_it_is, True),  # who can write what only its owner can write is its owner
        (open_to_all, False),
        (file_open_to_all, False),
        (partial(of_somebody_else, parent=True), False),
        (partial(of_somebody_else, parent=False), False),
        (linked, False),
        (second_name, False),
        (without_its_digest, False),
        (with_another_digest, False),
    ],
)
def test_a_planted_file_runs_nothing(
    put_there: Callable[[Path], None], runs: bool, folder: Path, tmp_path: Path
) -> None:
    if isinstance(put_there, partial) and os.geteuid() != 0:
        pytest.skip("only root can give files away")

    def work() -> Compiled:
        return Compiled(total, sources=lambda: "these", check=lambda _: True)

    first = work()
    assert first(VALUES) == 6.0
    assert first.place is not None
    trace, place = tmp_path / "trace", first.place.with_suffix(CODE)
    types = (jit.numba.typeof(VALUES),)
    key = Jitted(total, lambda: "these", lambda _: True)._key(types)
    cache.write(place, pickle.dumps(Planted(trace)), key)
    put_there(place)
    assert work()(VALUES) == 6.0
    assert trace.exists() == runs
