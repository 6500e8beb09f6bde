"""`shift` on the command line: what it prints and writes, and exit code 2 for wrong questions."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from alliance_sim.calibration import PosteriorDraws
from tests.cli.test_manifests import SOME, documented
from tests.cli.test_whatif import ISLANDS, called

pytestmark = pytest.mark.slow

RAID = ("--juncture", "great_raid", "--outcome", "level_operations>0.3@2010")
SMALL = (*RAID, "--uniforms", "1", "--quarters", "-8:32:8")
FILES = {"answer.json", "manifest.json", "report.html", "shift.png", "shifts.csv"}


@pytest.fixture
def draws(islands_posterior: PosteriorDraws, tmp_path: Path) -> Path:
    path = tmp_path / "RID.npz"
    islands_posterior.save(path)
    return path


def test_a_response_is_written_as_figure_table_page_and_json_and_made_again(
    draws: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    asked = ("shift", ISLANDS, *SMALL, "--keep", "ports_act", "--posterior", draws)
    code, told, _ = called(*asked, "--out", out, "--json")
    tree = json.loads(told)
    assert code == 0
    assert next(iter(tree)) == "answer"
    assert [row["shift"] for row in tree["shifts"]] == [-8, 0, 8, 16, 24, 32]
    assert [row["effect"] is None for row in tree["shifts"]] == [False] * 5 + [True]
    assert tree["shifts"][-1]["problem"].startswith("comes after all that")
    assert tree["kept"] == ["ports_act"]
    assert {path.name for path in out.iterdir()} == FILES == set(tree["files"])
    kept = json.loads((out / "answer.json").read_text("utf-8"))
    assert kept == {key: value for key, value in tree.items() if key != "files"}
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert set(manifest) == documented() - SOME | {"asked", "columns"}
    question = {"outcome": RAID[3], "juncture": "great_raid", "keep": ["ports_act"]}
    assert manifest["asked"] == {**question, "theory": None, "coupling": "quantile"}
    with (out / "shifts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert set(rows[0]) == set(manifest["columns"]["shifts.csv"])
    assert [row["effect"] for row in rows][1] == "0.0"
    page = (out / "report.html").read_text("utf-8")
    for words in (tree["answer"][:40], "cannot be had: it comes after", "--quarters -8:32:8"):
        assert words in page
    assert '<th scope="row" class="number">−8</th><td class="number">2002-05-10</td>' in page
    before = {name: (out / name).read_bytes() for name in FILES}
    assert called(*asked, "--out", out, "--workers", "1")[0] == 0
    assert {name: (out / name).read_bytes() for name in FILES} == before


@pytest.mark.usefixtures("blank_pictures")
def test_it_is_told_in_a_sentence_and_a_table_and_keeps_other_answers(
    draws: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    code, told, _ = called("shift", ISLANDS, *SMALL, "--posterior", draws, "--out", out)
    flat = " ".join(told.split())
    assert code == 0
    assert flat.startswith(
        "In the model no shift of “The great raid” that was tried, −8 to +24 quarters"
    )
    assert "“Ports act” is left to chance" in flat
    assert "2004-05-10" in flat
    assert "It is not evidence about what would have happened outside that model." in flat
    for other, says in (
        (("--juncture", "trade_act"), "with juncture great_raid in place of trade_act"),
        (("--outcome", "rung>=1@2010"), "holds the shift response of another outcome"),
        (("--coupling", "thinning"), "with coupling quantile in place of thinning"),
    ):
        code, _, why = called("shift", ISLANDS, *SMALL, *other, "--posterior", draws, "--out", out)
        assert code == 2
        assert says in " ".join(why.split())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), ("2 problems", "--juncture is missing", "--outcome is missing")),
        ((*RAID, "--quarters", "8:-8"), ("--quarters is '8:-8', must be FROM:TO",)),
        (
            ("--juncture", "great_rade", "--quarters", "5:9:0"),
            ("3 problems", "--outcome is missing", "is '5:9:0'", "did you mean 'great_raid'"),
        ),
        ((*RAID, "--quarters", "a year"), ("in whole quarters",)),
        ((*RAID, "--juncture", "great_rade"), ("did you mean 'great_raid'",)),
        ((*RAID, "--quarters", "0:900:90"), ("shift is 450, 540, 630 and 3 more, must",)),
        (
            ("--juncture", "ports_akt", "--outcome", "levl@2010", "--coupling", "thining"),
            ("3 problems", "did you mean 'ports_act'", "unknown state 'levl'", "'thinning'"),
        ),
        ((*RAID, "--uniforms", "0"), ("uniforms",)),
        ((*RAID, "--posterior", "none"), ("a shift response needs draws",)),
    ],
)
def test_a_wrong_question_is_refused_with_all_reasons(
    words: tuple[str, ...], told: tuple[str, ...], tmp_path: Path
) -> None:
    code, out, why = called("shift", ISLANDS, *words, "--out", tmp_path / "out")
    assert code == 2
    assert out == ""
    for one in told:
        assert one in " ".join(why.split())
    assert "Traceback" not in why
