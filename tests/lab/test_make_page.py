"""The page that ships is made by a command, which knows when it is stale."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from alliance_sim.lab.exporting import CHARSET
from tests.lab.blank import PAGE


def loaded() -> Any:
    """Return `engines/make_page.py`, which is no part of the package."""
    path = Path(__file__).parents[2] / "engines" / "make_page.py"
    spec = importlib.util.spec_from_file_location("make_page", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make_page = loaded()


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sources of a page, small enough to be looked at."""
    folder = tmp_path / "page"
    for name in ("index.html", "src/main.ts", "tests/one.test.ts", "node_modules/x/index.js"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    monkeypatch.setattr(make_page, "PAGE", folder)
    monkeypatch.setattr(make_page, "BUILT", folder / "build" / "index.html")
    monkeypatch.setattr(make_page, "LOCK", folder / "package-lock.json")
    monkeypatch.setattr(make_page, "INSTALLED", folder / "node_modules" / ".package-lock.json")
    return folder


@pytest.mark.parametrize(("name", "counts"), [("src/main.ts", True), ("tests/one.test.ts", False)])
def test_the_digest_is_of_what_the_page_is_built_from(page: Path, name: str, counts: bool) -> None:
    before = make_page.sources()
    (page / name).write_text("other")
    assert (make_page.sources() != before) == counts
    (page / "src" / "new.ts").write_text("")
    assert make_page.sources() != before


def test_a_file_that_moves_changes_the_digest(page: Path) -> None:
    before = make_page.sources()
    (page / "src" / "main.ts").rename(page / "src" / "mine.ts")
    assert make_page.sources() != before


def test_a_page_says_what_it_was_made_from(
    page: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def build(*words: str) -> None:
        if words[1] == "run":
            (page / "build").mkdir()
            (page / "build" / "index.html").write_bytes(PAGE)

    monkeypatch.setattr(make_page, "_run", build)
    made = make_page.built()
    assert make_page.is_of_these_sources(made)
    assert made.count(CHARSET) == 1
    (page / "src" / "main.ts").write_text("other")
    assert not make_page.is_of_these_sources(made)
    ships = tmp_path / "page.html"
    monkeypatch.setattr(make_page, "TEMPLATE", ships)
    assert list(make_page.problems()) == ["page.html is not there"]
    ships.write_bytes(made)
    assert list(make_page.problems()) == ["page.html was made from other sources than those here"]


def test_without_node_it_is_told_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(SystemExit, match="Node is missing"):
        make_page.built()


def test_tools_are_brought_where_the_lock_asks_for_others(page: Path) -> None:
    def lock(path: Path, **versions: str) -> None:
        packages = {name: {"version": version} for name, version in versions.items()}
        packages["more"] = {"version": "1", "optional": True}  # type: ignore[dict-item]
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"packages": packages}))

    assert not make_page._installed()
    lock(make_page.LOCK, vite="2")
    lock(make_page.INSTALLED, vite="1")
    assert not make_page._installed()
    lock(make_page.INSTALLED, vite="2")
    assert make_page._installed()
    make_page.INSTALLED.write_text(json.dumps({"packages": {"vite": {"version": "2"}}}))
    assert make_page._installed()
    make_page.INSTALLED.write_text("[")
    assert not make_page._installed()
