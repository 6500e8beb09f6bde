"""What tests of other people's tools share."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Program = Callable[[str], Any]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Return what runs a script of a user's in a process of its own, and reads what it prints.

    Tools that start processes fork them where the system can. A test process has threads by then,
    which a script of a user's has not.
    """

    def run(text: str) -> Any:
        path = tmp_path / "script.py"
        path.write_text(text, encoding="utf-8")
        finished = subprocess.run(
            [sys.executable, str(path)], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert finished.returncode == 0, finished.stderr
        return json.loads(finished.stdout.splitlines()[-1])

    return run
