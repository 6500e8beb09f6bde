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

from alliance_sim import simulate
from alliance_sim.compiled import cache, function
from alliance_sim.compiled.function import CODE, Compiled
from alliance_sim.engine.kernel import batch

WORLD = "japan_nato/baseline"
RUNS = 3


@pytest.fixture(scope="module")
def kept() -> Path:
    """The compiled engine as this machine keeps it."""
    simulate(WORLD, runs=1, seed=1)
    assert batch.compiled_block.place is not None
    return batch.compiled_block.place.with_suffix(CODE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own for compiled code."""
    monkeypatch.setenv(cache.FOLDER, str(tmp_path / "kept"))
    monkeypatch.setattr(function, "_told", set())
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


def test_no_damaged_code_is_loaded_and_numbers_stay_the_same(
    kept: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, inputs: int
) -> None:
    chance, whole = random.Random(1), kept.read_bytes()
    values = simulate(WORLD, runs=RUNS, seed=5).values.tobytes()
    right, anew = batch.compiled_block._dispatcher, []

    def compiled(_: Any, _types: Any) -> tuple[Any, bytes, bytes]:
        anew.append(True)  # here a minute would go by
        return right, whole[len(cache.HEAD) + cache.DIGITS + 1 :], b""

    monkeypatch.setattr(Compiled, "_compiled", compiled)
    same = 0
    for _ in range(inputs):
        content = damaged(whole, chance)
        (folder / kept.name).write_bytes(content)
        (folder / kept.name).chmod(0o600)
        monkeypatch.setattr(batch.compiled_block, "_dispatcher", None)
        assert simulate(WORLD, runs=RUNS, seed=5).values.tobytes() == values
        assert (folder / kept.name).read_bytes() == whole  # what was damaged is whole again
        same += content == whole
    assert len(anew) == inputs - same


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
    key = first._key((function.numba.typeof(VALUES),))
    cache.write(place, pickle.dumps(Planted(trace)), key)
    put_there(place)
    assert work()(VALUES) == 6.0
    assert trace.exists() == runs
