"""A sweep that is killed at random moments finishes as if nothing had happened."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.sweep.conftest import PROGRAMS, content

KILLS = 5  # `benchmarks/kills.py` does a hundred
SCRIPT = Path(__file__).parents[2] / "benchmarks" / "kills.py"


@pytest.fixture(scope="module")
def stress() -> Any:
    spec = importlib.util.spec_from_file_location("stress_kills", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_killed_again_and_again_no_row_is_lost_or_doubled_and_no_byte_changed(
    stress: Any, plan_file: Path, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    def command(out: Path, workers: int, block: int) -> list[str]:
        words = [PROGRAMS / "quick.py", plan_file, out, workers, block, 0.006, 256, 64]
        return [sys.executable, *map(str, words)]

    counts = stress.kill_again_and_again(
        command, tmp_path / "out", kills=KILLS, blocks=[16, 24], seed=5
    )
    assert sum(counts.values()) == KILLS
    assert counts["finished"] <= 1
    assert content(tmp_path / "out") == undisturbed
