"""What pages show of commands is what the commands print."""

from __future__ import annotations

import importlib.util
import shlex
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

from alliance_sim.cli.app import app

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def command_output() -> ModuleType:
    spec = importlib.util.spec_from_file_location("command_output", DOCS / "command_output.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["command_output"] = module
    spec.loader.exec_module(module)
    return module


def test_every_block_is_of_a_command_and_holds_something(command_output: ModuleType) -> None:
    pages = command_output.pages()
    assert DOCS / "tutorials" / "your_first_what_if.md" in pages
    for page in pages:
        text = page.read_text("utf-8")
        assert text.count("<!-- output: ") == len(command_output.commands(page))
        for match in command_output.BLOCK.finditer(text):
            assert match["what"].startswith("alliance-sim ")
            assert match["text"].strip()


def test_a_part_goes_from_one_line_to_another(command_output: ModuleType) -> None:
    lines = ["one", "", "Label: x", "  - why", "", "Assumed:", "  - y"]
    assert command_output.part(lines, "Label:", "Assumed:") == "Label: x\n  - why\n"
    assert command_output.part(lines, "", "Label:") == "one\n"
    assert command_output.part(lines, "Assumed:", "") == "Assumed:\n  - y\n"
    with pytest.raises(SystemExit, match="no line begins with 'Two'"):
        command_output.part(lines, "Two", "")


@pytest.mark.slow
@pytest.mark.usefixtures("blank_pictures")
def test_pages_hold_what_their_commands_print(
    command_output: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this process, which reads the draws once; the shortest is run in one of its own, too."""

    @cache
    def printed(command: str) -> list[str]:
        columns = {"COLUMNS": str(command_output.WIDTH)}
        found = CliRunner().invoke(app, shlex.split(command)[1:], env=columns)
        assert found.exit_code in {0, 2}, found.output
        return [line.rstrip() for line in (found.stdout or found.stderr).splitlines()]

    monkeypatch.chdir(tmp_path)
    apart = command_output.printed
    monkeypatch.setattr(command_output, "printed", printed)
    shown = set()
    for page in command_output.pages():
        assert page.read_text("utf-8") == command_output.written(page), page.name
        shown |= set(command_output.commands(page))
    shortest = min(shown, key=len)
    assert apart(shortest) == printed(shortest)
