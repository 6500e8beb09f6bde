"""Files in JSON that a command writes and a test holds to what the package says today."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def as_json(made: Any) -> str:
    """Return values as such a file holds them."""
    return json.dumps(made, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def compare_or_write(text: Callable[[], str], place: Path, *, name: str, about: str | None) -> int:
    """Hold a file to a text, or write it with `--write`; return the exit code of a command.

    Args:
        text: Returns the text as it should be.
        place: The file.
        name: Of the module that is the command.
        about: What `--help` says.
    """
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--write", action="store_true", help="write what the package says")
    if parser.parse_args().write:
        place.write_text(text(), "utf-8")
        return 0
    late = place.read_text("utf-8") != text()
    if late:
        sys.stderr.write(f"late; type: python -m {name} --write\n")
    return 1 if late else 0
