"""A small plan, a stand-in for the engine, and files small enough that there are several."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alliance_sim.sweep.plan import Plan
from alliance_sim.sweep.plan_file import load_plan
from alliance_sim.sweep.run import run_sweep
from alliance_sim.sweep.store import metadata

PROGRAMS = Path(__file__).parent / "programs"
PLAN = """
title = "Files"
question = "Does the folder hold?"
scenarios = ["japan_nato/baseline", "japan_nato/council_majority"]
seed = 7
replicates = 20
[design]
kind = "sobol"
points = 16
[[factor]]
name = "threat_pull"
number = "willingness.threat_state"
[[factor]]
name = "nine_eleven"
present = "nine_eleven"
[[factor]]
name = "abe_from"
date = "abe_second_government"
low = 2006-01-01
high = 2016-01-01
[outcomes]
office_by_2014 = "rung>=8@2014"
"""


EVERY_KIND = """
title = "A plan"
question = "What then?"
scenarios = ["japan_nato/baseline", "japan_nato/no_second_abe"]
seed = 7
replicates = 3
[design]
kind = "sobol"
points = 8
[[factor]]
name = "threat_pull"
number = "willingness.threat_state"
low = 0.5
high = 2.5
[[factor]]
name = "nine_eleven"
present = "nine_eleven"
[[factor]]
name = "isaf_from"
date = "isaf"
low = 2002-01-01
high = 2005-01-01
[[factor]]
name = "council_rule"
setting = "council.rule"
values = ["consensus", "leader"]
[outcomes]
office_by_2014 = "rung>=8@2014"
"""  # a plan with a factor of every kind


@pytest.fixture(scope="session")
def quick() -> Any:
    """The program that stands in for the engine; worker processes find it as well."""
    if str(PROGRAMS) not in sys.path:
        sys.path.append(str(PROGRAMS))
    return importlib.import_module("quick")


@pytest.fixture(scope="session")
def plan_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan of 640 rows: 16 points, 2 scenarios, 20 replicates; runs 7 fail."""
    path = tmp_path_factory.mktemp("plan") / "files.toml"
    path.write_text(PLAN, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def plan(plan_file: Path) -> Plan:
    return load_plan(plan_file)


def make_files_small(patch: pytest.MonkeyPatch) -> None:
    """Let folders that are begun now have files of 256 rows, in groups of 64."""
    patch.setattr(metadata, "FILE_ROWS", 256)
    patch.setattr(metadata, "GROUP_ROWS", 64)


@pytest.fixture
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders that are begun now have small files."""
    make_files_small(monkeypatch)


def content(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


Run = Callable[..., Any]
Begun = Callable[..., None]


@pytest.fixture(scope="session")
def run(plan: Plan, quick: Any) -> Run:
    """Run the plan in a folder; with `stop`, interrupt it once so many rows are kept."""

    def run(out: Path, *, stop: int | None = None, **settings: Any) -> Any:
        def look(done: int, total: int) -> None:
            if stop is not None and done >= stop:
                raise KeyboardInterrupt

        settings = {"block": 32, "summarise": quick.summarise, "progress": look, **settings}
        if stop is None:
            return run_sweep(settings.pop("plan", plan), out, **settings)
        with pytest.raises(KeyboardInterrupt):
            run_sweep(plan, out, **settings)
        return None

    return run


@pytest.fixture(scope="session")
def undisturbed(
    plan: Plan, quick: Any, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, bytes]:
    """What the folder of a sweep holds that nothing has disturbed, in small files."""
    out = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        make_files_small(patch)
        run_sweep(plan, out, summarise=quick.summarise)
    return content(out)


@pytest.fixture(scope="session")
def begun_once(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Callable[[int | None], Path]:
    """Return the folder of a sweep in small files that was stopped, or not, made once for all."""
    made: dict[int | None, Path] = {}

    def folder(stop: int | None) -> Path:
        if stop not in made:
            out = tmp_path_factory.mktemp("begun") / "out"
            with pytest.MonkeyPatch.context() as patch:
                make_files_small(patch)
                run(out, stop=stop)
            made[stop] = out
        return made[stop]

    return folder


@pytest.fixture
def begun(begun_once: Callable[[int | None], Path]) -> Begun:
    """Put a copy of such a folder somewhere, as `run` with `stop` would leave it there."""

    def copied(out: Path, *, stop: int | None) -> None:
        shutil.copytree(begun_once(stop), out, dirs_exist_ok=True)

    return copied
