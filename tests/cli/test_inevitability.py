"""`inevitability` and `attribute` on the command line: what they print and write, and refuse."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from PIL import Image

from alliance_sim.calibration import PosteriorDraws
from alliance_sim.calibration.refits import RefitSettings
from alliance_sim.errors import SettingError
from tests.cli.test_manifests import SOME, documented
from tests.cli.test_whatif import ISLANDS, called

pytestmark = pytest.mark.slow

RAID = ("--without", "nine_eleven", "--outcome", "rung>=8@2014")
PLAYERS = ("--juncture", "great_raid", "--juncture", "joint_patrol")
SMALL = ("--outcome", "level_operations>0.3@2010", "--uniforms", "1")


@pytest.fixture
def draws(islands_posterior: PosteriorDraws, tmp_path: Path) -> Path:
    path = tmp_path / "RID.npz"
    islands_posterior.save(path)
    return path


def test_a_shipped_curve_is_written_as_figure_table_page_and_json(tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, told, _ = called("inevitability", *RAID, "--out", out, "--json")
    tree = json.loads(told)
    assert code == 0
    assert tree["edits"] == ["without nine_eleven"]
    assert tree["nine_in_ten_since"] == 2014
    by_year = {row["year"]: row for row in tree["years"]}
    assert by_year[2014]["fact"] == 1.0
    assert by_year[2014]["alternative"] == 0.0
    assert by_year[1969]["draws_from"] == "prior"
    names = {"answer.json", "curve.csv", "inevitability.png", "manifest.json", "report.html"}
    assert {path.name for path in out.iterdir()} == names == set(tree["files"])
    kept = json.loads((out / "answer.json").read_text("utf-8"))
    assert kept == {key: value for key, value in tree.items() if key != "files"}
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert set(manifest) == documented() - SOME | {"asked", "columns"}
    with (out / "curve.csv").open(encoding="utf-8") as table:
        assert set(next(table).strip().split(",")) == set(manifest["columns"]["curve.csv"])
    page = (out / "report.html").read_text("utf-8")
    assert "It is not evidence about what would have happened outside that model." in page
    with Image.open(out / "inevitability.png") as image:
        assert image.width in {1999, 2000}


@pytest.mark.usefixtures("blank_pictures")
def test_a_curve_is_told_in_words_and_other_outcomes_need_another_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, told, _ = called("inevitability", *RAID, "--out", out)
    assert code == 0
    assert "9 in 10 from 2014 on" in " ".join(told.split())
    (share,) = re.findall(r"(\d+) of 100 edited", " ".join(told.split()))
    (row,) = [line for line in told.splitlines() if "2014 │" in line]
    assert f"│   0.{share} │" in row  # 0.805, which a sentence and a table could round otherwise
    start = "japan_nato/no_second_abe"
    other = ("--outcome", "level_equipment>0.5@2024")
    assert called("inevitability", start, *other, "--out", tmp_path / "abe")[0] == 0
    code, _, why = called("inevitability", start, *other, "--out", out)
    assert code == 2
    assert "another" in why


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("inevitability", "--without", "isaf"), "--outcome"),
        (("inevitability", "--outcome", "rung>=8@2014", "--without", "isaf"), "--years FOLDER"),
        (("inevitability", "--outcome", "level_equipment@2014", "--without", "isaf"), "a number"),
        (("inevitability", *RAID, "--years", "nowhere"), "is no folder"),
        (("inevitability", *RAID, "--uniforms", "0"), "uniforms"),
        (("inevitability", *RAID, "--uniforms", "50", "--seed", "7"), "--uniforms, --seed: curves"),
        (("inevitability", *RAID, "--posterior", "none"), "--years FOLDER or --years make"),
        (("inevitability", *RAID, "--years", "make", "--posterior", "none"), "a curve needs draws"),
        (("attribute",), "--outcome"),
        (("attribute", "--outcome", "rung>=8@2014", "--juncture", "isef"), "did you mean 'isaf'"),
        (("attribute", "--outcome", "rung>=8@2014", "--groups", "stage"), "must be period, actor"),
        (("attribute", "--outcome", "rung>=8@2014", "--most", "16"), "from 1 to 15"),
        (
            ("attribute", "--outcome", "rung>=8@2014", "--juncture", "isaf", "--most", "3"),
            "is of use where no juncture is named",
        ),
        (
            ("attribute", "--outcome", "rung>=8@2014", "--posterior", "none"),
            "an attribution needs draws",
        ),
    ],
)
def test_a_wrong_question_is_refused_with_the_reason(
    words: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    code, out, why = called(*words, "--out", tmp_path / "out")
    assert code == 2
    assert out == ""
    assert told in " ".join(why.split())
    assert "Traceback" not in why


@pytest.mark.parametrize(("asked", "seed", "name"), [((), 1, ""), (("--seed", "7"), 7, "_7")])
def test_draws_of_each_year_are_made_with_the_seed_that_is_asked_for(
    asked: tuple[str, ...], seed: int, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[Path, int]] = []

    def refit(_: object, place: Path, settings: RefitSettings, *__: object) -> None:
        seen.append((place, settings.seed))
        raise SettingError("refit", ["is seen"])

    monkeypatch.setattr("alliance_sim.cli.refit.refitted", refit)
    out = tmp_path / "out"
    code, _, why = called("inevitability", *RAID, "--years", "make", *asked, "--out", out)
    assert (code, "is seen" in why) == (2, True)
    assert seen == [(tmp_path / f"out_refits{name}", seed)]


def test_an_attribution_is_written_and_begins_with_whether_conventions_agree(
    draws: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    asked = ("attribute", ISLANDS, *PLAYERS, *SMALL, "--posterior", draws, "--out", out)
    code, told, _ = called(*asked, "--groups", "actor", "--json")
    tree = json.loads(told)
    assert code == 0
    assert next(iter(tree)) == "verdict"
    assert tree["players"] == ["great_raid", "joint_patrol"]
    whole = sum(one["mean"] for one in tree["contributions"]["shapley"].values())
    assert whole == pytest.approx(tree["effect"]["mean"])
    names = {"answer.json", "attribution.png", "contributions.csv", "groups.csv"}
    names |= {"manifest.json", "report.html"}
    assert {path.name for path in out.iterdir()} == names
    page = (out / "report.html").read_text("utf-8")
    assert page.index(tree["verdict"][:40]) < page.index("Owen")
    code, told, _ = called(*asked, "--groups", "actor")
    assert code == 0
    assert " ".join(told.split()).startswith(" ".join(tree["verdict"].split())[:60])
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    for other, says in (
        (asked, "with groups actor in place of period"),
        ((*asked[:4], *asked[6:], "--groups", "actor"), "named junctures great_raid, joint_patrol"),
    ):
        code, _, why = called(*other)
        assert code == 2
        assert says in " ".join(why.split())
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    code, _, why = called(*asked[:6], "--outcome", "rung>=1@2010", *asked[8:])
    assert code == 2
    assert "holds the attribution of another outcome" in " ".join(why.split())
