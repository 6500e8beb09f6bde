"""`rewrite` on the command line: what it prints and writes, and exit code 2 for wrong questions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from alliance_sim.calibration import PosteriorDraws
from tests.cli.test_manifests import SOME, documented
from tests.cli.test_whatif import called

pytestmark = pytest.mark.slow

ISLANDS = "two_islands/baseline"
STEP = "rung>=2@2008"
ASKED = ("--outcome", STEP, "--shifts", "8", "--strengths", "0.5", "--uniforms", "1")
FILES = {"answer.json", "manifest.json", "report.html", "rewrite.png", "tried.csv"}


@pytest.fixture
def draws(islands_posterior: PosteriorDraws, tmp_path: Path) -> Path:
    path = tmp_path / "RID.npz"
    islands_posterior.save(path)
    return path


def test_one_json_object_is_printed_and_the_folder_holds_the_rest(
    draws: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    asked = ("rewrite", ISLANDS, *ASKED, "--posterior", draws, "--out", out)
    code, told, _ = called(*asked, "--json")
    tree = json.loads(told)
    assert code == 0
    assert tree["outcome"] == STEP
    assert {path.name for path in out.iterdir()} == FILES == set(tree["files"])
    page = (out / "report.html").read_text("utf-8")
    assert "It is not evidence about what would have happened outside that model." in page
    assert "alliance-sim rewrite" in page
    kept = json.loads((out / "answer.json").read_text("utf-8"))
    assert kept == {key: value for key, value in tree.items() if key != "files"}
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest["asked"]["outcome"] == STEP
    assert set(manifest) == documented() - SOME | {"asked", "columns"}
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    code, told, _ = called(*asked)
    assert code == 0
    for words in ("As it was: 0 of 100", "worlds were tried", "Label:", "Assumed:", "whatif"):
        assert words in told
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    code, _, error = called(*asked, "--outcome", "rung>=1@2008")
    assert code == 2
    assert f"another question, about {STEP}" in error
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_where_the_fact_is_as_wanted_there_is_nothing_to_rewrite(
    draws: Path, tmp_path: Path
) -> None:
    code, told, _ = called(
        "rewrite", ISLANDS, *ASKED, "--to", "yes", "--posterior", draws, "--out", tmp_path / "out"
    )
    assert code == 0
    assert "Nothing to rewrite" in told
    assert "whatif" not in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "--outcome"),
        (("--outcome", "rnug>=2@2008"), "did you mean 'rung'"),
        (("--outcome", "level_operations@2009"), "is a number, and a rewrite turns"),
        (("--outcome", "rung>=1@2001Q1"), "nothing to search"),
        ((*ASKED, "--to", "yess"), "did you mean 'yes'"),
        ((*ASKED, "--threshold", "0"), "must be a probability between 0 and 1"),
        ((*ASKED, "--threshold", "half"), "must be a number"),
        ((*ASKED, "--budget", "3"), "give --budget"),
        (("--outcome", STEP, "--shifts", "4,x"), "is not a whole number"),
        (("--outcome", STEP, "--strengths", "strong"), "must be a number"),
        ((*ASKED, "--also", "withot great_raid"), "did you mean 'without'"),
        ((*ASKED, "--posterior", "none"), "a rewrite needs draws"),
    ],
)
def test_a_wrong_question_ends_with_2_and_leaves_nothing_behind(
    words: tuple[str, ...], told: str, draws: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    given = words if "--posterior" in words else (*words, "--posterior", draws)
    code, out, error = called("rewrite", ISLANDS, *given)
    assert (code, out) == (2, "")
    assert told in error
    assert list(empty.iterdir()) == []


def test_where_no_draws_ship_it_is_said_how_to_get_some() -> None:
    code, _, error = called("rewrite", ISLANDS, *ASKED)
    assert code == 2
    assert "no draws of a posterior come with the package" in error


def test_an_outcome_beyond_the_range_of_its_state_is_refused_at_once() -> None:
    code, _, error = called("rewrite", ISLANDS, "--outcome", "rung>=88@2008")
    assert code == 2
    assert "is never so, whatever is edited" in " ".join(error.split())
