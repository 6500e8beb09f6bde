"""What the button Start does, seen in what the page sends to a browser; none is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

solara = pytest.importorskip("solara", reason="needs the extra viz")

from alliance_sim.viz.one_run import one_run  # noqa: E402
from alliance_sim.viz.page import page_of  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MINE = 'extends = "two_islands/baseline"\ntitle = "{}"\nwithout = ["great_raid"]\n'


def parts(widget: Any) -> Iterator[Any]:
    """Yield a widget and all inside it."""
    yield widget
    for child in getattr(widget, "children", None) or []:
        if hasattr(child, "trait_names"):
            yield from parts(child)


def heading(box: Any) -> str:
    texts = [str(getattr(part, "unsafe_innerHTML", "")) for part in parts(box)]
    return next(text for text in texts if "<h1>" in text)


def start(box: Any) -> None:
    """Press Start with what stands in the fields."""
    (controls,) = [part for part in parts(box) if "vue_event_start" in dir(part)]
    controls.vue_event_start(list(controls.state["asked"]))


def test_start_shows_a_file_as_it_stands_by_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = []

    def counted(*asked: str, **more: Any) -> Any:
        runs.append(asked)
        return one_run(*asked, **more)

    monkeypatch.setattr("alliance_sim.viz.page.one_run", counted)
    mine = tmp_path / "mine.toml"
    mine.write_text(MINE.format("Before"), "utf-8")
    box, shown = solara.render(page_of(scenarios=[str(mine)])(), handle_error=False)
    assert "Before" in heading(box)
    start(box)
    assert len(runs) == 1  # nothing has changed, so nothing is run again
    mine.write_text(MINE.format("After"), "utf-8")
    start(box)
    assert "After" in heading(box)
    mine.write_text("no scenario", "utf-8")
    start(box)
    assert "After" not in heading(box)
    assert len(runs) == 3
    shown.close()
