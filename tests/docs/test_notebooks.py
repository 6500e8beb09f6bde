"""Every notebook runs from its first cell to its last, and is kept without output."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
MANY_RUNS = re.compile(r"\bruns=\d+")
LONGEST = 30  # cells
SECONDS = 300


def read(path: Path) -> Any:
    return nbformat.reads(path.read_text("utf-8"), as_version=4)  # type: ignore[no-untyped-call]


def code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_is_one_for_a_lesson_a_sweep_and_an_agent_of_ones_own() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["own_agent", "sweep", "what_if"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_keeps_no_output_and_names_no_machine(path: Path) -> None:
    notebook = read(path)
    assert [cell.source for cell in code(notebook) if cell.outputs or cell.execution_count] == []
    assert notebook.metadata.language_info == {"name": "python"}
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert len(notebook.cells) <= LONGEST


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_tables_and_figures(path: Path, tmp_path: Path) -> None:
    notebook = read(path)
    for cell in code(notebook):
        cell.source = MANY_RUNS.sub("runs=2", cell.source)
    NotebookClient(
        notebook, timeout=SECONDS, resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    outputs = [output for cell in code(notebook) for output in cell.outputs]
    kinds = {kind for output in outputs for kind in output.get("data", {})}
    assert {"image/png", "text/html"} <= kinds
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []
    shares = [int(share) for share in re.findall(r"passes in (\d+)%", streamed(outputs))]
    assert shares == sorted(set(shares))  # an agent of one's own makes a difference


def streamed(outputs: list[Any]) -> str:
    return "".join(output.text for output in outputs if output.get("name") == "stdout")
