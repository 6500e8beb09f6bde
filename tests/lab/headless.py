"""The page's engine in Node: its sources put together by the page's own tools."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

PAGE = Path(__file__).parents[2] / "src" / "alliance_sim" / "lab" / "page"
BUNDLER = PAGE / "node_modules" / "rolldown" / "bin" / "cli.mjs"
NODE = shutil.which("node")

needs_page = pytest.mark.skipif(
    NODE is None or not BUNDLER.is_file(),
    reason="there is no Node here, or npm ci was not run in the page's folder",
)


@cache
def engine() -> Path:
    """The page's engine as one file that Node reads."""
    folder = Path(mkdtemp(prefix="alliance-sim-page-"))
    made = folder / "headless.mjs"
    source = PAGE / "src" / "engine" / "headless.ts"
    words = [str(NODE), str(BUNDLER), str(source), "--file", str(made), "--format", "esm"]
    done = subprocess.run(words, cwd=PAGE, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return made


def answer(script: str, given: dict[str, Any], tmp_path: Path) -> Any:
    """Return what a script says, as JSON, that finds the engine and what it is given."""
    (tmp_path / "given.json").write_text(json.dumps(given), encoding="utf-8")
    (tmp_path / "run.mjs").write_text(script, encoding="utf-8")
    words = [str(NODE), "run.mjs", engine().as_uri(), "given.json"]
    done = subprocess.run(
        words, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
