"""Lessons: what happened is read from the record, and all that is wrong is told at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import alliance_sim
from alliance_sim.counterfactual.stored_curves import shipped_curves
from alliance_sim.engine.simulate import Kernel, simulate
from alliance_sim.errors import RecordError
from alliance_sim.lab.known import known_world
from alliance_sim.lab.lessons import lesson_files, lessons_of, problem_of

SCENARIO = "japan_nato/baseline"
SHIPPED = Path(alliance_sim.__file__).parent / "record" / "japan_nato" / "lessons"
YEAR = re.compile(r"\b(?:19|20)\d\d")


@pytest.fixture(scope="module")
def lessons() -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in lessons_of(alliance_sim.load_scenario(SCENARIO))}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with copies of the shipped lessons."""
    for paths in lesson_files(SHIPPED).values():
        for path in paths.values():
            (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    return tmp_path


def problems(folder: Path) -> tuple[str, ...]:
    with pytest.raises(RecordError) as told:
        lessons_of(alliance_sim.load_scenario(SCENARIO), folder=folder)
    return told.value.problems


def changed(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_both_lessons_come_in_english_and_japanese_and_a_third_without_words(
    lessons: dict[str, dict[str, Any]],
) -> None:
    assert list(lessons) == ["was_it_abe", "who_blocked_the_office", "generic"]
    assert [list(one["texts"]) for one in lessons.values()] == [["en", "ja"], ["en", "ja"], []]
    assert {sum(step["minutes"] for step in one["steps"]) for one in lessons.values()} == {50}


def test_what_happened_is_what_the_record_says(lessons: dict[str, dict[str, Any]]) -> None:
    record = alliance_sim.Record.of(alliance_sim.load_scenario(SCENARIO))
    dates = record.rungs.set_index("rung")["date"]
    for lesson in lessons.values():
        for item in lesson["items"]:
            if item["rung"] is not None:
                assert item["happened"] == (dates[item["rung"]] <= item["by"])
                assert item["acts"][0]["day"] == dates[item["rung"]]
    office = next(one for one in lessons["was_it_abe"]["items"] if one["name"] == "office")
    assert not office["happened"]
    assert [act["day"] for act in office["acts"]] == ["2023-07-12", "2025-06-24"]
    assert all(act["source"] for act in office["acts"])


def test_no_lesson_can_be_won_by_always_saying_yes(lessons: dict[str, dict[str, Any]]) -> None:
    for lesson in lessons.values():
        assert {item["happened"] for item in lesson["items"]} == {True, False}


def test_years_in_the_words_of_a_what_if_are_those_of_its_outcome(
    lessons: dict[str, dict[str, Any]],
) -> None:
    for lesson in lessons.values():
        for one in lesson["suggestions"]:
            for text in lesson["texts"].values():
                told = set(YEAR.findall(text["suggestions"][one["name"]]["result"]))
                assert told == set(YEAR.findall(one["outcome"]))


def test_the_curve_of_a_lesson_ships_with_the_package(lessons: dict[str, dict[str, Any]]) -> None:
    curves, _ = shipped_curves(alliance_sim.load_scenario(SCENARIO))
    assert curves is not None
    asked = {(curve.edits, curve.outcome) for curve in curves.curves.values()}
    asked |= {
        (("council weighted_majority",), text) for edits, text in asked if "council" in edits[0]
    }
    for name in ("was_it_abe", "who_blocked_the_office"):
        curve = lessons[name]["curve"]
        assert (tuple(curve["edits"]), curve["outcome"]) in asked


def test_no_item_says_in_its_words_when_it_ends(lessons: dict[str, dict[str, Any]]) -> None:
    for lesson in lessons.values():
        for text in lesson["texts"].values():
            words = [text["items"][name] for name in text["items"]]
            assert [one for one in words if YEAR.search(one["text"] + one["after"])] == []
            assert all("{by}" in one["text"] for one in words)


def test_words_that_a_lesson_explains_stand_on_its_screens(
    lessons: dict[str, dict[str, Any]],
) -> None:
    record = alliance_sim.Record.of(alliance_sim.load_scenario(SCENARIO))
    for lesson in lessons.values():
        kinds = [step["kind"] for step in lesson["steps"]]
        assert all(set(word["steps"]) <= set(kinds) for word in lesson["words"])
        for language, text in lesson["texts"].items():
            assert list(text["words"]) == [word["name"] for word in lesson["words"]]
            if language == "en":
                told = [*record.events["title"], *record.rungs["description"]]
                shown = " ".join([str(text | {"words": {}}), *told]).lower()
                terms = [word["term"].lower() for word in text["words"].values()]
                parts = [re.split(r", | \(", term)[0] for term in terms]
                assert [part for part in parts if part not in shown] == []


def test_any_scenario_has_a_lesson_and_without_a_record_nothing_to_predict(tmp_path: Path) -> None:
    islands = alliance_sim.load_scenario("two_islands/baseline")
    (lesson,) = lessons_of(islands)
    assert lesson["name"] == "generic"
    assert len(lesson["items"]) >= 3
    assert lesson["suggestions"][0]["edits"] == ["without great_raid"]
    alone = islands.model_copy(update={"record": "", "relationship": ""})
    (bare,) = lessons_of(alone)
    assert bare["items"] == []
    assert bare["suggestions"] == lesson["suggestions"]


def test_all_that_is_wrong_with_a_lesson_is_told_at_once(folder: Path) -> None:
    name = "was_it_abe.en.toml"
    changed(folder, name, "happens = { rung = 7 }", "happens = { rung = 19 }")
    changed(folder, name, 'edits = ["without nine_eleven"]', 'edits = ["without nine_elevn"]')
    changed(folder, name, 'outcome = "rung>=11@2020"', 'outcome = "rungs>=11@2020"')
    changed(folder, name, 'words = "Tokyo office" }', 'words = "Osaka" }')
    changed(folder, "who_blocked_the_office.en.toml", "by = 2024-12-31", "by = 2020-12-31")
    told = " | ".join(problems(folder))
    assert "item 'declaration': rung is 19, the ladder has 1 to 11" in told
    assert "did you mean 'nine_eleven'" in told
    assert "unknown state 'rungs'; did you mean 'rung'" in told
    assert "the record has no act of 2025-06-24 with 'Osaka' in its title" in told
    assert "item 'ministers': by is 2020-12-31, must lie after known_until (2023-05-03)" in told


def test_a_step_that_all_know_of_is_none_to_predict(folder: Path) -> None:
    changed(folder, "was_it_abe.en.toml", "happens = { rung = 7 }", "happens = { rung = 2 }")
    changed(
        folder,
        "who_blocked_the_office.en.toml",
        "happens = { rung = 10 }",
        "happens = { rung = 10, since = 2024-01-01, at_least = 2 }",
    )
    told = " | ".join(problems(folder))
    assert re.search(r"item 'declaration': rung 2 was reached on \d{4}\S*, must be after", told)
    assert "at_least, since: said of acts alone, and rung is no act" in told


def test_a_translation_that_asks_something_else_is_refused(folder: Path) -> None:
    changed(folder, "was_it_abe.ja.toml", "by = 2014-12-31", "by = 2013-12-31")
    changed(folder, "was_it_abe.ja.toml", 'name = "abe_later"', 'name = "abe_latter"')
    told = " | ".join(problems(folder))
    assert "was_it_abe.ja.toml: item 'declaration' is not that of en" in told
    assert "unknown suggestion 'abe_latter'; did you mean 'abe_later'?" in told


def test_minutes_that_do_not_add_up_and_unknown_keys_are_refused(folder: Path) -> None:
    changed(folder, "was_it_abe.en.toml", "minutes = 11", "minutes = 12")
    changed(folder, "who_blocked_the_office.en.toml", "summary =", "sumary =")
    told = " | ".join(problems(folder))
    assert "minutes is 50, and the steps take 51" in told
    assert "sumary" in told


def test_a_word_explained_twice_or_under_a_step_that_is_not_there_is_refused(folder: Path) -> None:
    name = "who_blocked_the_office"
    changed(folder, f"{name}.en.toml", 'name = "headquarters"', 'name = "navy"')
    changed(folder, f"{name}.ja.toml", 'kind = "curves"', 'kind = "before"')
    told = " | ".join(problems(folder))
    assert "word 'navy' stands twice" in told
    assert "steps are before, predict, reveal, before" in told
    for language in ("en", "ja"):
        path = folder / f"{name}.{language}.toml"
        path.write_text((SHIPPED / path.name).read_text("utf-8"), "utf-8")
        changed(folder, path.name, 'steps = ["run"]', 'steps = ["dance"]')
    assert "dance" in " | ".join(problems(folder))


def test_a_lesson_that_is_not_there_is_told_with_the_nearest(
    lessons: dict[str, dict[str, Any]],
) -> None:
    assert problem_of(None, list(lessons.values())) is None
    assert problem_of("was_it_abe", list(lessons.values())) is None
    told = problem_of("was_it_abee", list(lessons.values()))
    assert told is not None
    assert "did you mean 'was_it_abe'?" in told


def test_the_homework_knows_its_answers_because_the_luck_is_stored() -> None:
    truth = known_world()["truth"]
    islands = alliance_sim.load_scenario(truth["scenario"])
    assert (truth["seed"], truth["run"]) == (2026, 3)
    assert truth["rungs"][-1]["day"] == "2007-02-03"
    turns = [(one["kind"], one["day"]) for one in truth["turns"]]
    assert [day for _, day in turns] == sorted(day for _, day in turns)
    assert ("juncture", "2004-05-10") in turns
    assert ("rung", "2007-02-03") in turns
    assert {tuple(one["title"]) for one in truth["turns"]} == {("en", "ja")}
    drawn = {row["name"]: row["drawn"] for row in truth["questions"]}
    assert drawn["raid_council"] == "rung"  # what is asked about is drawn beside the answer
    assert drawn["trade_equipment"] == "level_equipment"
    against = [row["name"] for row in truth["questions"] if (row["share"] > 0.5) != row["edited"]]
    assert against == ["raid_council"]  # the page asks which one
    assert truth["levels"]["rung"][6] == 2  # what the record says of the end of 2007
    both = {(row["fact"], row["edited"]) for row in truth["questions"]}
    assert {edited for _, edited in both} == {0, 1}
    for row in truth["questions"]:
        twin = simulate(
            islands.edited(*row["edits"]), runs=5, seed=truth["seed"], engine=Kernel(threads=1)
        )
        assert (
            twin.column("level_operations")[truth["run"]][-1]
            == row["levels"]["level_operations"][-1]
        )
        assert 0.0 <= row["share"] <= 1.0
