"""Private words that once named modules and classes stay gone; newcomers search for other ones."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "alliance_sim"
REFUSED = {
    "one_run": ("", "call", "base", "names"),
    "cli": ("after", "fitted", "words", "told"),
    "report": ("sheaf", "source", "rows", "as_json", "alt"),
    "analysis": ("luck", "points", "slices", "layout", "extras"),
    "experiment": ("", "filling", "growth", "sound", "blocks", "runner", "store"),
    "experiment/folder": ("", "recipe", "contents", "claims", "disk", "rows", "tables"),
    "sweep": ("filling", "growth", "sound", "blocks", "runner"),
    "sweep/store": ("recipe", "contents", "claims", "disk", "rows", "tables"),
    "world": ("cards", "touched", "parts", "prepare", "states"),
    "engine/kernel": ("lanes", "sides", "formal", "draws", "blocks"),
    "results": ("meaning",),
    "interop": ("call", "base", "names"),
}
CLASSES = {"Kept", "Asked", "Given", "Found", "Space", "Told", "Eyes", "Base"}


@pytest.mark.parametrize(
    "place", [f"{room}/{name}" for room, names in REFUSED.items() for name in names]
)
def test_a_private_word_names_no_module(place: str) -> None:
    path = PACKAGE / place
    assert not path.with_suffix(".py").exists()
    assert not (path / "__init__.py").exists()


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_a_private_word_names_no_class(path: Path) -> None:
    """Classes, and names given to a type or a named tuple."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.ImportFrom | ast.Import):
            found |= {alias.asname for alias in node.names if alias.asname}
    assert not CLASSES & found
