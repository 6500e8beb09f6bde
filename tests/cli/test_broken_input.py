"""Every kind of broken scenario file, given to the command line all at once."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alliance_sim.cli import app

EDITS = Path(__file__).parents[1] / "scenario" / "broken_edits.toml"
HEAD = 'extends = "japan_nato/baseline"\ntitle = "Mine"\ndescription = "Mine."\n'
CONTENTS: dict[str, bytes] = {
    "empty": b"",
    "comment": b"# nothing\n",
    "binary": bytes(range(256)),
    "picture": b"\x89PNG\r\n\x1a\n",
    "huge": b"# " + b"x" * 2_100_000,
    "not_toml": b"{]",
    "json": b'{"title": "x"}',
}


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "folder.toml", tmp_path / "nowhere.toml"]
    paths[0].mkdir()
    for name, content in CONTENTS.items():
        paths.append(tmp_path / f"{name}.toml")
        paths[-1].write_bytes(content)
    for number, case in enumerate(tomllib.loads(EDITS.read_text("utf-8"))["broken"]):
        folder = tmp_path / str(number)
        folder.mkdir()
        paths.append(folder / "mine.toml")
        paths[-1].write_text(case.get("file") or HEAD + case["edits"], encoding="utf-8")
    return paths


def test_every_broken_file_is_told_by_name_without_a_traceback(files: list[Path]) -> None:
    result = CliRunner().invoke(app, ["validate", *map(str, files)])
    assert len(files) >= 30
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    told = "".join(result.stderr.split())
    assert [path.name for path in files if f"{path}:" not in told] == []


def test_the_same_as_json_lists_the_problems_of_each_file(files: list[Path]) -> None:
    result = CliRunner().invoke(app, ["validate", "--json", *map(str, files)])
    assert result.exit_code == 2
    found = json.loads(result.stdout)["files"]
    assert [entry["file"] for entry in found] == [str(path) for path in files]
    assert all(entry["problems"] and not entry["ok"] for entry in found)
