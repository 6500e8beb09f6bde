"""The lesson: every number on its pages is what the program says today, and its plan adds up."""

from __future__ import annotations

import html
import importlib.util
import re
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "teaching"
LESSON = 50  # minutes


@pytest.fixture(scope="module")
def lesson() -> ModuleType:
    """Return the program that writes the pages; what it writes is computed once."""
    spec = importlib.util.spec_from_file_location("write_the_lesson", FOLDER / "write.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.BLOCKS.update({name: cache(written) for name, written in module.BLOCKS.items()})
    return module


@pytest.mark.slow
def test_every_page_and_the_slides_say_what_the_program_says(lesson: ModuleType) -> None:
    assert lesson.outdated() == []


def test_a_number_that_is_typed_over_is_found_and_mended(
    lesson: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in (*FOLDER.glob("*.md"), *FOLDER.glob("*.html"), *FOLDER.glob("*.j2")):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(lesson, "HERE", tmp_path)
    assert lesson.outdated() == []
    page, slides = tmp_path / "answers.md", tmp_path / "slides.html"
    sound = page.read_text("utf-8")
    page.write_text(re.sub(r"(\d) of 29 claims", "9 of 29 claims", sound), "utf-8")
    slides.write_text(slides.read_text("utf-8").replace("29 claims", "27 claims"), "utf-8")
    assert lesson.outdated() == ["answers.md", "slides.html"]
    page.write_text(lesson.page(page), "utf-8")
    assert page.read_text("utf-8") == sound


def test_the_program_says_in_its_exit_code_and_in_words_whether_a_page_is_late(
    lesson: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["write.py"])
    assert lesson.main() == 0
    assert capsys.readouterr().err == ""
    monkeypatch.setitem(lesson.BLOCKS, "guesses", lambda: "something else")
    assert lesson.main() == 1
    told = "out of date: answers.md, answers.html; type: python write.py --write\n"
    assert capsys.readouterr().err == told


def test_the_plan_fills_the_lesson_without_gap_or_overlap() -> None:
    spans = re.findall(
        r"^\| (\d+)–(\d+) \|", (FOLDER / "lesson.md").read_text("utf-8"), re.MULTILINE
    )
    ends = [0, *(int(end) for _, end in spans)]
    assert [int(start) for start, _ in spans] == ends[:-1]
    assert ends[-1] == LESSON


@pytest.mark.parametrize("name", ["was_it_abe", "who_blocked_the_office"])
def test_the_plan_of_a_lesson_of_the_page_fills_it(name: str) -> None:
    page = (FOLDER / f"{name}.md").read_text("utf-8")
    spans = re.findall(r"^\| (\d+)–(\d+) \|", page, re.MULTILINE)
    ends = [0, *(int(end) for _, end in spans)]
    assert [int(start) for start, _ in spans] == ends[:-1]
    assert ends[-1] == LESSON


def test_each_step_was_gone_through_within_the_minutes_that_its_plan_has() -> None:
    page = (FOLDER / "both_lessons.md").read_text("utf-8")
    for name in ("was_it_abe", "who_blocked_the_office"):
        block = page.partition(f"write.py: times_{name} -->")[2].partition("<!-- end")[0]
        taken = re.findall(r"^\| .+? \| (\d+) \| (\d+\.\d) \| \d+ \|", block, re.MULTILINE)
        assert len(taken) == 8 + 1  # and the whole
        assert [row for row in taken if float(row[1]) > int(row[0])] == []
        assert taken[-1][0] == str(LESSON)


def test_slides_of_the_pages_lessons_need_nothing_else_and_show_both_curves() -> None:
    pages = (FOLDER / "slides_lessons.html").read_text("utf-8")
    assert re.findall(r'(?:src|href)="(?!data:image/png;base64,)', pages) == []
    pictures = re.findall(r'<img src="data:image/png;base64,([^"]*)"', pages)
    assert [len(picture) > 10_000 for picture in pictures] == [True, True]
    assert re.findall(r'class="deck" id="(\w+)"', pages) == ["was_it_abe", "who_blocked_the_office"]


def test_slides_and_hand_out_ask_for_the_same_numbers_the_what_if_last() -> None:
    decks = (FOLDER / "slides_lessons.html").read_text("utf-8").split('class="deck"')[1:]
    for name, deck in zip(("was_it_abe", "who_blocked_the_office"), decks, strict=True):
        page = (FOLDER / f"handout_{name}.md").read_text("utf-8")
        asked = [line.split(" | ")[0][2:] for line in page.splitlines() if "nobody knows" in line]
        slide = html.unescape(deck.partition("Say it before you know")[2].partition("</ol>")[0])
        assert re.findall(r"<li>(.*?)</li>", slide)[-1:] == asked


def test_hand_outs_of_the_page_tell_no_answer() -> None:
    for name in ("was_it_abe", "who_blocked_the_office"):
        page = (FOLDER / f"handout_{name}.md").read_text("utf-8")
        assert "| yes |" not in page
        assert "| no |" not in page
        assert page.count("nobody knows") == 1


def test_the_plan_names_slides_and_parts_that_are_there() -> None:
    plan = (FOLDER / "lesson.md").read_text("utf-8")
    rows = re.findall(r"^\| \d+–\d+ \|.*\| ([\d, ]+) \| (\w) \|$", plan, re.MULTILINE)
    slides = {int(number) for cell, _ in rows for number in cell.split(",")}
    pages = (FOLDER / "slides.html").read_text("utf-8")
    assert slides == {int(n) for n in re.findall(r'<span class="number">(\d+)</span>', pages)}
    parts = re.findall(r"^## (\w)\.", (FOLDER / "handout.md").read_text("utf-8"), re.MULTILINE)
    assert sorted({part for _, part in rows}) == parts
    answers = re.findall(r"^## (\w)\.", (FOLDER / "answers.md").read_text("utf-8"), re.MULTILINE)
    assert answers == parts


def test_the_slides_need_nothing_else_and_show_both_figures() -> None:
    pages = (FOLDER / "slides.html").read_text("utf-8")
    assert re.findall(r'(?:src|href)="(?!data:image/png;base64,)', pages) == []
    pictures = re.findall(r'<img src="data:image/png;base64,([^"]*)" alt="([^"]+)"', pages)
    assert len(pictures) == 2
    assert all(len(data) > 10_000 for data, _ in pictures)


def test_no_result_outside_the_written_blocks_looks_like_a_number(lesson: ModuleType) -> None:
    for name in (path.name for path in sorted(FOLDER.glob("*.md"))):
        prose = lesson.BLOCK.sub("", (FOLDER / name).read_text("utf-8"))
        typed = re.findall(r"(?<![\w.])[−-]?\d+\.\d+(?!\.\d)|\d+ ?%|\d+ of \d+", prose)
        allowed = {"3.11", "90 %"}
        assert set(typed) <= allowed, f"{name}: {typed}"
