"""`whatif` on the command line: what it prints and writes, and exit code 2 for wrong questions."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alliance_sim.calibration import PosteriorDraws
from alliance_sim.cli import app
from alliance_sim.shipped import scenarios
from tests.cli.test_manifests import SOME, documented

ISLANDS = "two_islands/baseline"
ASKED = ("--outcome", "rung>=2@2008", "--uniforms", "1", "--runs", "30")
FILES = {
    *("acts.csv", "answer.json", "card.csv", "couplings.csv", "manifest.json", "over_time.csv"),
    *("partings.csv", "report.html", "robustness.csv", "robustness.png", "steps.csv"),
    *("theories.csv", "whatif.png"),
}


@pytest.fixture
def draws(islands_posterior: PosteriorDraws, tmp_path: Path) -> Path:
    path = tmp_path / "RID.npz"
    islands_posterior.save(path)
    return path


def called(*words: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "160"})
    return result.exit_code, result.stdout, result.stderr


def test_one_json_object_is_printed_and_the_folder_holds_the_rest(
    draws: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    code, told, _ = called(
        "whatif", ISLANDS, "--without", "great_raid", "--council", "leader", *ASKED,
        "--posterior", draws, "--out", out, "--json",
    )  # fmt: skip
    tree = json.loads(told)
    assert code == 0
    assert tree["edits"] == ["without great_raid", "council leader"]
    assert tree["outcome"] == "rung>=2@2008"
    assert {path.name for path in out.iterdir()} == FILES == set(tree["files"])
    page = (out / "report.html").read_text("utf-8")
    assert "It is not evidence about what would have happened outside that model." in page
    assert "--without great_raid" in page
    assert "A small difference on its way (amplification)" in page
    assert tree["amplification"]["pushed_in"] == "2001Q1"
    assert not re.search(r'class="number">[^<]*(?<!\d)-\d', page)  # a hyphen for a minus sign
    kept = json.loads((out / "answer.json").read_text("utf-8"))
    assert kept == {key: value for key, value in tree.items() if key != "files"}
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    asked = manifest["asked"]
    assert {key: asked[key] for key in ("question", "edits", "outcome")} == {
        key: tree[key] for key in ("question", "edits", "outcome")
    }
    assert set(manifest) == documented() - SOME | {"asked", "columns"}


@pytest.mark.usefixtures("blank_pictures")
def test_the_answer_is_told_in_words_with_all_that_it_hangs_on(draws: Path, tmp_path: Path) -> None:
    code, told, _ = called(
        "whatif", ISLANDS, "--without", "great_raid", *ASKED, "--posterior", draws,
        "--out", tmp_path / "out",
    )  # fmt: skip
    assert code == 0
    for words in ("of 100 re-runs", "redraw_after", "cotenability", "Label:", "Assumed:", "PNS"):
        assert words in told
    assert told.count("A small difference on its way (amplification)") == 1


@pytest.mark.slow
@pytest.mark.usefixtures("blank_pictures")
def test_a_folder_of_another_question_is_not_written_over(draws: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked = ("--posterior", draws, "--out", out, "--uniforms", 1, "--runs", 10)
    raid = ("whatif", ISLANDS, "--without", "great_raid")
    assert called(*raid, "--outcome", "rung>=2@2008", *asked)[0] == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    code, _, told = called(*raid, "--outcome", "rung>=1@2008", *asked)
    assert code == 2
    assert "another question, about rung>=2@2008" in told
    code, _, told = called(
        "whatif", ISLANDS, "--without", "joint_patrol", "--outcome", "rung>=2@2008", *asked
    )
    assert code == 2
    assert "choose another folder" in told
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--without", "great_raid"), "--outcome"),
        (("--without", "great_rad"), "did you mean 'great_raid'"),
        (("--without", "great_rade", *ASKED), "did you mean 'great_raid'"),
        (("--leader", "admirl=none", *ASKED), "did you mean 'admiral'"),
        (("--member", "hils:offset=0", *ASKED), "did you mean 'hills'"),
        (("--without", "great_raid", "--outcome", "rung>=2@2002"), "looks at nothing after"),
        (("--without", "great_raid", "--outcome", "sum(rung"), "cannot be read"),
        (("--council", "consensus", *ASKED), "changes nothing"),
        (("--without", "great_raid", *ASKED), "no draws of a posterior come with the package"),
        (("--without", "great_raid", *ASKED, "--posterior", "none"), "a what-if needs draws"),
        (("--without", "great_raid", *ASKED, "--posterior", "no.npz"), "no.npz"),
        (("--without", "great_raid", *ASKED, "--runs", "0"), "must be a whole number"),
    ],
)
def test_a_wrong_question_ends_with_2_and_leaves_nothing_behind(
    words: tuple[str, ...], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, error = called("whatif", ISLANDS, *words)
    assert (code, out) == (2, "")
    assert told in error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.usefixtures("blank_pictures")
def test_commands_that_are_told_name_the_file_of_somebodys_own_scenario(
    draws: Path, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    own, edited = there / "my own.toml", there / "edited.toml"
    shutil.copytree((scenarios() / ISLANDS).parent, there)  # with its record
    (there / "baseline.toml").rename(own)
    edited.write_text('extends = "my own.toml"\nwithout = ["great_raid"]\n')
    for file, more in ((own, ("--without", "great_raid")), (edited, ())):
        out = tmp_path / f"out {file.stem}"
        code, told, problems = called(
            "whatif", file, *more, *ASKED, "--posterior", draws, "--out", out, "--json"
        )
        assert code == 0, problems
        reasons = " ".join(json.loads(told)["reasons"])
        assert f"alliance-sim calibrate '{own}' --theory" in reasons
        assert f"alliance-sim posterior vary '{own}' --posterior {draws}" in reasons
