"""Every mistake of the list is typed; what people are told holds all that they need to mend it."""

from __future__ import annotations

import re
import shutil
import tomllib
import warnings
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import alliance_sim
from alliance_sim.cli import app
from alliance_sim.errors import AllianceSimError

MISTAKES = tomllib.loads(Path(__file__).with_name("mistakes.toml").read_text("utf-8"))["mistake"]
TYPED = [mistake for mistake in MISTAKES if "type" in mistake]
IN_PYTHON = [mistake for mistake in MISTAKES if "python" in mistake]
LONGEST = 1200  # letters of a message that is read
RIGHT = 'without = ["isaf"]\n'
PLAN = """
title = "Right"
scenarios = ["japan_nato/baseline"]
seed = 1
design = { kind = "grid" }
[[factor]]
name = "pull"
number = "willingness.threat_state"
values = [0.5, 1.5]
[outcomes]
programme_by_2014 = "rung>=8@2014"
"""
JARGON = ("Traceback", "NoneType", "pydantic", "validation error", "tuple", "fault of the program")


def kinds(mistakes: list[dict[str, Any]]) -> list[str]:
    return [mistake["kind"] for mistake in mistakes]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what is named at the top of the list."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "right.toml").write_text(RIGHT, "utf-8")
    (folder / "plan.toml").write_text(PLAN, "utf-8")
    (folder / "points.csv").write_text("pull\n0.5\n", "utf-8")
    (folder / "fake.png").write_text("no picture", "utf-8")
    (folder / "notes.docx").write_bytes(b"PK\x03\x04 and so on")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for line in (
            "run right.toml --runs 1 --out results/run",
            "plot results/run --out figure.png",
            "sweep plan.toml --out results/sweep --threads 1",
        ):
            result = CliRunner().invoke(app, line.split())
            assert result.exit_code == 0, result.output
    shutil.copytree(folder / "results" / "run", folder / "results" / "answer")
    (folder / "results" / "answer" / "trajectories.parquet").unlink()
    shutil.copytree(folder / "results" / "sweep", folder / "results" / "broken")
    (folder / "results" / "broken" / "sweep.json").unlink()
    return folder


def told(mistake: dict[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Return how the line of a mistake ends, and what it says, in one line."""
    if "file" in mistake:
        (folder / "mine.toml").write_text(mistake["file"].lstrip("\n"), "utf-8")
    if "hex" in mistake:
        (folder / "mine.toml").write_bytes(bytes.fromhex(mistake["hex"]))
    monkeypatch.chdir(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        result = CliRunner().invoke(app, mistake["type"].split())
    return result.exit_code, " ".join(result.stderr.split())


@pytest.mark.parametrize("mistake", TYPED, ids=kinds(TYPED))
def test_a_mistake_is_told_with_place_and_what_to_do(
    mistake: dict[str, Any], made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(made, tmp_path / "here")
    code, text = told(mistake, tmp_path / "here", monkeypatch)
    assert [word for word in mistake["says"] if word not in text] == [], text
    assert mistake["next"] in text, text
    assert code == mistake.get("code", 2), text
    assert [word for word in JARGON if word in text] == [], text
    assert len(text) <= LONGEST


@pytest.mark.parametrize("mistake", IN_PYTHON, ids=kinds(IN_PYTHON))
def test_a_mistake_in_python_is_told_as_well(mistake: dict[str, Any]) -> None:
    base = alliance_sim.load_scenario("japan_nato/baseline")
    with pytest.raises((AllianceSimError, AttributeError)) as caught:
        eval(mistake["python"], {"a": alliance_sim, "base": base})
    text = " ".join(str(caught.value).split())
    assert [word for word in mistake["says"] if word not in text] == [], text
    assert mistake["next"] in text, text


def test_the_list_holds_every_kind_once_and_each_message_says_more_than_no() -> None:
    assert len(MISTAKES) >= 67
    assert sorted(set(kinds(MISTAKES))) == sorted(kinds(MISTAKES))
    for mistake in MISTAKES:
        assert mistake["says"]
        assert re.search(r"\w", mistake["next"])
