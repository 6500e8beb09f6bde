"""Scenario files to break: the shipped baseline as a tree, and a way to write a tree down."""

import copy
import datetime as dt
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alliance_sim.shipped import scenarios as shipped_folder

Tree = dict[str, Any]


def in_toml(value: Any) -> str:
    """Return a value as TOML writes it on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dt.date):  # a datetime is one, too
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(in_toml(entry) for entry in value)}]"
    if isinstance(value, dict):
        inside = (f"{json.dumps(key)} = {in_toml(entry)}" for key, entry in value.items())
        return f"{{ {', '.join(inside)} }}"
    return repr(value)


def laid_over(base: Tree, tree: Tree) -> Tree:
    """Return tables in which what one file says stands in the place of what another says."""
    both = {key: base[key] for key in base.keys() & tree.keys() if isinstance(base[key], dict)}
    return base | tree | {key: laid_over(value, tree[key]) for key, value in both.items()}


def whole_tree(name: str) -> Tree:
    """Return a shipped scenario that stands on the defaults, as one tree."""
    defaults, tree = (
        tomllib.loads((shipped_folder() / f"{each}.toml").read_text("utf-8"))
        for each in ("defaults", name)
    )
    assert tree.pop("extends") == "defaults"
    return laid_over(defaults, tree)


@pytest.fixture(scope="session")
def _baseline_tree() -> Tree:
    return whole_tree("japan_nato/baseline")


@pytest.fixture
def tree(_baseline_tree: Tree) -> Tree:
    """The shipped baseline as plain tables and values, free to be changed."""
    return copy.deepcopy(_baseline_tree)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """What writes a tree or a text to a file of the test's own folder."""

    def write_file(content: Tree | str | bytes, name: str = "mine.toml") -> Path:
        path = tmp_path / name
        if isinstance(content, dict):
            content = "".join(f"{json.dumps(k)} = {in_toml(v)}\n" for k, v in content.items())
        if isinstance(content, str):
            content = content.encode()
        path.write_bytes(content)
        return path

    return write_file
