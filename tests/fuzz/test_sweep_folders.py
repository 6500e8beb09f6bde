"""A sweep's folder that was damaged is refused by name, or gives the rows that were computed."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import random
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from alliance_sim import AllianceSimError
from alliance_sim.sweep.plan import Plan
from alliance_sim.sweep.plan_file import load_plan
from alliance_sim.sweep.run import run_sweep
from alliance_sim.sweep.store import metadata
from alliance_sim.sweep.store.inventory import damages
from alliance_sim.sweep.sweep import open_sweep, status, sweep_in

PROGRAMS = Path(__file__).parents[1] / "sweep" / "programs"
PLAN = """
title = "Small"
question = "Is it refused, or whole?"
scenarios = ["japan_nato/baseline"]
seed = 7
replicates = 4
[design]
kind = "sobol"
points = 4
[[factor]]
name = "threat_pull"
number = "willingness.threat_state"
"""
Files = dict[str, bytes]
STRANGE: tuple[Any, ...] = (
    *(None, True, -1, 0, 1, 8, 2**31, 2**53, 2**63, 10**400, 0.5, 1e308, float("nan"), "", "x"),
    *("../../home/thesis.txt", "/etc/passwd", "ü\x00\x1b", "a" * 5000, [], [[]], {}, {"x": 1}),
    *("0" * 64, "rung>=9@2015", "part-000000000000-000000000004.parquet", "runs-00000.parquet"),
)
NAMES = (
    *("sweep.json", "manifest.json", ".lock", "work/parts.jsonl", "rows/runs-00000.parquet"),
    *("rows/runs-00001.parquet", "rows/runs-00002.parquet", "rows/notes.txt", "rows/_x", "work"),
    *("work/part-000000000000-000000000004.parquet", "work/part-000000000012-000000000016.parquet"),
    *("work/manifest.json.0a1b2c3d.tmp", "work/part-x.parquet", "rows", "extra", "extra/x"),
)


def flips(rng: random.Random, content: bytes) -> bytes:
    changed = bytearray(content or b"x")
    for _ in range(rng.choice((1, 1, 2, 8))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def cut(rng: random.Random, content: bytes) -> bytes:
    place, size = rng.randrange(len(content) + 1), rng.choice((1, 7, 64, 100_000))
    middle = rng.choice((b"", b"", bytes(size), rng.randbytes(min(size, 64))))
    return content[:place] + middle + rng.choice((b"", content[place + size :], content))


def foreign(rng: random.Random, content: bytes) -> bytes:
    return rng.choice(
        (
            *(
                b"",
                bytes(5000),
                b"PAR1" + bytes(64) + b"PAR1",
                b"[" * 100_000,
                b"\xff\xfe{}",
                b"{}",
            ),
            *(b'{"a":' * 100_000, b'{"format": 1}', b'{"format": 2,\n"sha256": ""}', b"9" * 5000),
        )
    )


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return where something stands in a tree."""
    keys: Any = (
        node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    )
    return [place for key in keys for place in ((*path, key), *places(node[key], (*path, key)))]


def changed_tree(rng: random.Random, tree: Any) -> Any:
    """Change a value of a tree, or take it out, mostly near its top."""
    known = places(tree)
    near = [place for place in known if len(place) < 3]
    *way, last = rng.choice(near if rng.random() < 0.5 else known)
    owner = tree
    for key in way:
        owner = owner[key]
    if rng.random() < 0.2:
        del owner[last]
    elif type(owner[last]) is int and rng.random() < 0.5:
        owner[last] += rng.choice((-1, 1, 1000))
    else:
        owner[last] = rng.choice(STRANGE)
    return tree


def reword(rng: random.Random, content: bytes) -> bytes:
    """Change a description as an editor would, or as somebody who knows how it ends."""
    tree = json.loads(content)
    tree.pop("sha256")
    changed = changed_tree(rng, tree)
    if rng.random() < 0.3:
        return json.dumps({**changed, "sha256": "0" * 64}).encode()
    return metadata.sealed(changed)


def rewritten_lines(rng: random.Random, content: bytes) -> bytes:
    """Change lines of a journal, with checksums that are right; leave some out, or shuffle them."""
    lines = [line for line in content.split(b"\n") if line]
    if rng.random() < 0.5:
        tree = json.loads(rng.choice(lines))
        tree.pop("check")
        tree = changed_tree(rng, tree)
        line = json.dumps(tree, sort_keys=True).encode()[:-1]
        check = hashlib.sha256(line).hexdigest()[:16].encode()
        lines.insert(rng.randrange(len(lines) + 1), b'%b, "check": "%b"}' % (line, check))
    elif rng.random() < 0.5:
        rng.shuffle(lines)
    else:
        lines = rng.choices(lines, k=rng.randrange(9))
    return b"".join(b"\n" + line + b"\n" for line in lines)


def in_place(rng: random.Random, path: Path, home: Path) -> None:
    """Put something else where a file or a folder stands."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = rng.randrange(6)
    if kind == 0:
        os.mkfifo(path)
    elif kind == 1:
        path.mkdir()
    elif kind == 2:
        with path.open("wb") as file:
            file.truncate(1 << 42)
    else:
        inside = ("/dev/zero", "nowhere", path.name, home, home / "thesis.txt", home / "sweep.json")
        path.symlink_to(rng.choice(inside))


def small_file(path: Path) -> bool:
    """Whether a file stands there that no link leads to, so that only the folder is damaged."""
    return path.is_file() and lies_here(path) and path.stat().st_size < 1 << 20


def new(path: Path) -> bool:
    return not os.path.lexists(path) and lies_here(path)


def lies_here(path: Path) -> bool:
    """Whether no link stands on the way to a path, nor at it."""
    return os.path.realpath(path) == str(path)


def damage(rng: random.Random, out: Path, files: Files, home: Path) -> None:
    """Damage a folder in one to three ways."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        with suppress(OSError):  # an earlier damage left nothing to change
            one_damage(rng, out, files, home)


def one_damage(rng: random.Random, out: Path, files: Files, home: Path) -> None:
    there = [name for name in files if small_file(out / name)]
    if not there:
        return
    name, other = rng.choice(there), rng.choice((*there, *NAMES))
    path, target = out / name, out / other
    kind = rng.randrange(10)
    if kind < 3:
        path.write_bytes(rng.choice((flips, cut, foreign))(rng, path.read_bytes()))
    elif kind < 6:
        named = [n for n in there if n.endswith((".json", ".jsonl"))] or [name]
        path = out / rng.choice(named)
        try:
            change = rewritten_lines if path.suffix == ".jsonl" else reword
            path.write_bytes(change(rng, path.read_bytes()))
        except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
            path.write_bytes(b"")  # an earlier damage left nothing to change
    elif kind == 6:
        path.unlink()
    elif kind == 7 and (small_file(target) or new(target)):
        target.parent.mkdir(parents=True, exist_ok=True)
        one, two = path.read_bytes(), target.read_bytes() if target.exists() else b""
        target.write_bytes(one)
        path.write_bytes(two) if two else path.unlink()
    elif kind == 8 and (small_file(target) or new(target)):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    elif lies_here(target.parent):
        in_place(rng, target, home)


def laid(out: Path, files: Files) -> None:
    """Lay a folder out anew."""
    shutil.rmtree(out, ignore_errors=True)
    for folder in ("rows", "work") if "manifest.json" not in files else ("rows",):
        (out / folder).mkdir(parents=True)
    for name, content in files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content)


def content(folder: Path) -> Files:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def quick() -> Any:
    if str(PROGRAMS) not in sys.path:
        sys.path.append(str(PROGRAMS))
    return importlib.import_module("quick")


@pytest.fixture(scope="module")
def small() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metadata, "FILE_ROWS", 8)
        patch.setattr(metadata, "GROUP_ROWS", 4)
        yield


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    path = tmp_path_factory.mktemp("plan") / "small.toml"
    path.write_text(PLAN, encoding="utf-8")
    return load_plan(path)


def whole_and_begun(plan: Plan, quick: Any, folder: Path) -> tuple[pd.DataFrame, list[Files]]:
    """Return the rows of a sweep, its folder when finished and its folder half-way."""

    def stop(done: int, _: int) -> None:
        if done >= 12:
            raise KeyboardInterrupt

    settings: dict[str, Any] = {"block": 2, "summarise": quick.fails_more}
    sweep = run_sweep(plan, folder / "whole", **settings)
    with pytest.raises(KeyboardInterrupt):
        run_sweep(plan, folder / "begun", progress=stop, **settings)
    return sweep.frame(), [content(folder / name) for name in ("whole", "begun")]


def look(out: Path, rows: pd.DataFrame) -> None:
    """Say what is there, as `--status` does."""
    found = sweep_in(out)
    wrong = damages(out, found.metadata, found.inventory)
    told = status(found, wrong)
    assert json.dumps(told)
    assert told["rows"] == len(rows)
    assert wrong or told["done"] <= len(rows)


def read(out: Path, rows: pd.DataFrame) -> None:
    """Read the rows, as `summarise` does, or those that are there."""
    frame = open_sweep(out, unfinished=True).frame()
    kept = rows.iloc[frame["row"].to_numpy()].reset_index(drop=True)
    pd.testing.assert_frame_equal(frame, kept)


@pytest.mark.skipif(os.name != "posix", reason="links and pipes of POSIX")
def test_a_folder_that_was_damaged_is_refused_by_name_or_gives_the_rows_that_were_computed(
    inputs: int,
    quickly: Callable[[], AbstractContextManager[None]],
    small: None,
    plan: Plan,
    quick: Any,
    tmp_path: Path,
) -> None:
    rows, folders = whole_and_begun(plan, quick, tmp_path)
    home, out = tmp_path / "home", tmp_path / "results" / "out"
    laid(home, {**folders[0], "thesis.txt": b"two years of work\n"})
    ours = content(home)

    def resume(out: Path, rows: pd.DataFrame) -> None:
        settings: dict[str, Any] = {"block": 3, "summarise": quick.fails_more}
        found = run_sweep(rng.choice((plan, out)), out, **settings)
        assert found.complete
        pd.testing.assert_frame_equal(found.frame(), rows)

    counts: Counter[str] = Counter()
    for number in range(inputs):
        rng = random.Random(number)
        files = rng.choice(folders)
        laid(out, files)
        damage(rng, out, files, home)
        act = rng.choice((look, read, resume))
        try:
            with quickly():
                act(out, rows)
        except AllianceSimError as error:
            if str(out) not in str(error):
                raise AssertionError(f"input {number}: no file is named") from error
            counts[f"{act.__name__}: refused"] += 1
        except Exception as error:
            raise AssertionError(f"input {number}, {act.__name__}") from error
        else:
            counts[f"{act.__name__}: as computed"] += 1
        assert content(home) == ours, f"input {number} reached a file outside"
    assert len(counts) == 6, counts
