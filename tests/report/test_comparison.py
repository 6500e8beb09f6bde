"""The page and the figures of a comparison say what was compared, and what came of it."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

from alliance_sim import Comparison, compare, load_scenario
from alliance_sim.errors import UnknownName
from alliance_sim.plots.origin import read_origin
from alliance_sim.report import write_comparison
from alliance_sim.report.result_folder import usual_folder

ONE = "japan_nato/no_nine_eleven"
TWO = (ONE, "japan_nato/abe_returns_2016")


@pytest.fixture(scope="module")
def found() -> Comparison:
    return compare(*TWO, runs=4, seed=3, years=[2012, 2025])


@pytest.fixture(scope="module")
def folder(found: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("compared")
    write_comparison(found, run=2, out=out, command="alliance-sim compare")
    return out


def said(folder: Path) -> str:
    page = (folder / "report.html").read_text("utf-8")
    return " ".join(
        html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)).split()
    )


@pytest.mark.slow
def test_the_page_holds_every_sentence_edit_and_act(found: Comparison, folder: Path) -> None:
    words = said(folder)
    for label, sentence in found.sentences.items():
        assert sentence in words
        for edit in found.edits[label]:
            assert edit.words in words
    moved = found.acts_of(2).query("change == 'moved'")
    assert len(moved)
    assert all(title in words for title in moved["factual_title"])


def test_every_scenario_has_a_figure_of_its_own_beside_that_of_all(folder: Path) -> None:
    pictures = {path.name for path in folder.glob("*.png")}
    names = ["comparison", "comparison_no_nine_eleven", "comparison_abe_returns_2016"]
    assert pictures == {f"{name}.png" for name in names}
    origin = read_origin(folder / "comparison.png")
    assert [other.scenario for other in origin.others] == list(TWO)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert set(manifest["files"]) == {path.name for path in folder.iterdir()} - {"manifest.json"}


@pytest.mark.usefixtures("blank_pictures")
def test_the_page_asks_the_question_of_a_single_what_if(tmp_path: Path) -> None:
    one = compare(ONE, runs=2, seed=3)
    write_comparison(one, run=0, out=tmp_path, command="alliance-sim compare")
    assert "Would the relationship have formed without the attacks of 2001?" in said(tmp_path)
    assert [path.name for path in tmp_path.glob("*.png")] == ["comparison.png"]


@pytest.mark.usefixtures("blank_pictures")
def test_one_pair_is_told_as_one(tmp_path: Path) -> None:
    one = compare(ONE, runs=1, seed=3)
    write_comparison(one, run=0, out=tmp_path, command="alliance-sim compare")
    assert "1 pair of simulated histories" in said(tmp_path)
    assert any("1 pair of simulated histories" in text for text in texts(one))


def texts(found: Comparison, label: str | None = None) -> set[str]:
    from matplotlib.text import Text

    return {" ".join(text.get_text().split()) for text in found.plot(label).findobj(Text)}


def test_the_figure_tells_titles_edits_and_bands(found: Comparison) -> None:
    first = next(iter(found.edited))
    words = texts(found, first)
    assert first in words
    assert any(text.startswith(f"Against: {found.factual.title}") for text in words)
    edits = "Edits: A 2001-09-11, without “Attacks of 11 September 2001”"
    assert any(edits in text for text in words)
    assert {"factual, median", "edited, median (in colour)"} <= words
    assert {"90 % of runs", "middle 50 % of runs"} <= words
    assert not any("no_nine_eleven" in text for text in words)


def test_a_move_is_marked_on_both_days(found: Comparison) -> None:
    figure = found.plot("Abe returns four years later")
    upright = [line.get_xdata() for line in figure.axes[0].lines if len(line.get_xdata()) == 2]
    assert {2013.0, 2017.0} <= {round(float(x[0]), 1) for x in upright}
    letters = [text.get_text() for text in figure.axes[0].texts]
    assert letters == ["A", "A"]


def test_what_is_drawn_is_the_difference_of_the_medians_table(found: Comparison) -> None:
    first = next(iter(found.edited))
    figure = found.plot(first)
    row = found.table.query("scenario == @first and outcome == 'level_operations@2025'").iloc[0]
    lines = [line for axes in figure.axes for line in axes.lines]
    drawn = {round(float(line.get_ydata()[-1]), 9) for line in lines if len(line.get_ydata()) > 9}
    assert {round(row[key], 9) for key in ("factual", "edited", "difference")} <= drawn


def test_a_label_that_is_not_there_is_told_with_the_nearest(found: Comparison) -> None:
    with pytest.raises(UnknownName, match="did you mean 'Abe returns four years later'"):
        found.plot("Abe returns four years late")


def test_a_scenario_beside_itself_can_be_drawn_and_paged(tmp_path: Path) -> None:
    same = compare("two_islands/baseline", "two_islands/baseline", runs=2, seed=1)
    write_comparison(same, run=0, out=tmp_path, command="alliance-sim compare")
    assert "No number of the two scenarios differs." in said(tmp_path)
    assert "nothing differs" in said(tmp_path)


@pytest.mark.slow
@pytest.mark.usefixtures("blank_pictures")
def test_scenarios_whose_names_are_alike_have_a_figure_each(tmp_path: Path) -> None:
    for folder, juncture in (("one", "great_raid"), ("two", "trade_act")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.toml").write_text(
            f'extends = "two_islands/baseline"\nwithout = ["{juncture}"]\n'
        )
    found = compare(tmp_path / "one" / "mine.toml", tmp_path / "two" / "mine.toml", runs=2, seed=1)
    assert list(found.edited) == ["Without “The great raid”", "Without “Arms trade act”"]
    write_comparison(found, run=0, out=tmp_path / "out", command="alliance-sim compare")
    pictures = {path.name for path in (tmp_path / "out").glob("*.png")}
    assert pictures == {"comparison.png", "comparison_mine.png", "comparison_mine_2.png"}


@pytest.mark.usefixtures("blank_pictures")
def test_a_figure_is_not_named_like_one_that_has_its_number_in_its_name(tmp_path: Path) -> None:
    base = load_scenario("two_islands/baseline")
    rung = base.edited("set levels.pace=1.0")
    edited = [base.without("great_raid"), rung, rung.without("great_raid")]
    names = ("one/a", "one/a_3", "two/a")
    named = [s.model_copy(update={"name": n}) for s, n in zip(edited, names, strict=True)]
    found = compare(*named, against=base, runs=1, seed=1)
    files = write_comparison(found, run=0, out=tmp_path, command="alliance-sim compare")
    assert len([name for name in files if name.startswith("comparison_")]) == 3


def test_the_usual_folder_tells_what_is_in_it() -> None:
    names = [f"japan_nato/{name}" for name in ("a", "b", "c", "d", "e")]
    told = {
        usual_folder("", names[0]): "japan_nato_a",
        usual_folder("compare", names[0]): "compare_japan_nato_a",
        usual_folder("compare", *names[:2]): "compare_a_b",
        usual_folder("compare", *names): "compare_a_b_c_and_2_more",
        usual_folder("compare", names[0], against=names[1]): "compare_a_against_b",
        usual_folder("whatif", names[0], asked=["rung_ge_8_2014", "", "to yes"]): (
            "whatif_japan_nato_a_rung_ge_8_2014_to_yes"
        ),
    }
    assert told == {Path("results") / name: name for name in told.values()}


def test_names_of_folders_stay_short_and_tell_long_questions_apart() -> None:
    asked = [f"juncture_number_{k}" for k in range(15)]
    found = {usual_folder("attribute", "a", asked=[*asked, last]).name for last in ("b", "c")}
    assert [len(name) for name in found] == [120, 120]
