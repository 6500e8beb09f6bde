"""The page calls one thing by one word: that of the glossary, in every language that it has."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alliance_sim.glossary import Term, terms
from alliance_sim.lab.naming import texts
from alliance_sim.lab.wording import LANGUAGES

SOURCE = Path(__file__).parents[2] / "src" / "alliance_sim"
TEXT = SOURCE / "lab" / "page" / "src" / "text"
# What is told in other words, with the reason.
OTHERWISE = (
    "about.equation.",  # stands in the equations of the model
    "file.",  # quotes keys of files
)
# In English these are the package's sentences, letter by letter.
PACKAGE = (
    *("answer.told.", "answer.named.", "answer.fixed", "answer.reason.", "answer.card."),
    *("answer.assumed.", "answer.weighing.", "answer.edit.", "answer.fold."),
)
FORM = re.compile(r"\.(?:zero|one|two|few|many)$")  # of plurals, which are a language's own
CODE = re.compile(r"\{\w+\}|rung[<>=]\S+")  # places, and outcomes as they are typed


def flat(tree: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Yield keys with dots and texts."""
    for key, value in tree.items():
        if isinstance(value, list):
            yield from flat({str(place): one for place, one in enumerate(value)}, f"{before}{key}.")
        elif isinstance(value, dict):
            yield from flat(value, f"{before}{key}.")
        elif isinstance(value, str):
            yield before + key, CODE.sub(" ", value)


def said(language: str) -> dict[str, str]:
    """What the page says of its own, and what it calls numbers and states."""
    page = json.loads((TEXT / f"{language}.json").read_text("utf-8"))
    names = dict(flat(dict(texts(language))))
    lessons = {
        f"{file.name} {key}": text for file in lessons_in(language) for key, text in of(file)
    }
    return {**dict(flat(page)), **{f"names {key}": text for key, text in names.items()}, **lessons}


def lessons_in(language: str) -> list[Path]:
    """Lessons that come with a record, in a language."""
    return sorted(SOURCE.glob(f"record/*/lessons/*.{language}.toml"))


def of(file: Path) -> Iterator[tuple[str, str]]:
    """Yield keys and texts of a lesson."""
    yield from flat(tomllib.loads(file.read_text("utf-8")))


def test_the_package_has_names_in_the_languages_that_the_page_says_everything_in() -> None:
    english = {key for key, _ in flat(json.loads((TEXT / "en.json").read_text("utf-8")))}
    whole = [
        file.stem
        for file in sorted(TEXT.glob("*.json"))
        if not {key for key in english if not FORM.search(key)}
        - {key for key, _ in flat(json.loads(file.read_text("utf-8")))}
    ]
    assert sorted(LANGUAGES) == whole


def avoided(term: Term, language: str) -> list[re.Pattern[str]]:
    """What a term is not called in a language."""
    if language == "en":
        return [re.compile(rf"\b(?:{word})s?\b", re.IGNORECASE) for word in term.avoid]
    return [re.compile(word) for word in term.others.get(language, {}).get("avoid", ())]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_calls_one_thing_by_one_word(language: str) -> None:
    free = (*OTHERWISE, *(PACKAGE if language == "en" else ()))
    found = [
        f"{key}: {text!r} for {term.plain!r}"
        for key, text in said(language).items()
        for term in terms()
        for word in avoided(term, language)
        if not key.startswith(free) and word.search(text)
    ]
    assert found == []


def test_lessons_of_records_are_looked_at_too() -> None:
    """The test above sees them: their files are found, and their steps' texts and notes read."""
    for language in LANGUAGES:
        assert len(lessons_in(language)) >= 2
        keys = [key for file in lessons_in(language) for key, _ in of(file)]
        assert any(re.search(r"notes\.\d", key) for key in keys)


def test_a_word_of_the_glossary_is_not_one_that_is_avoided() -> None:
    for language in LANGUAGES:
        words = {
            term.term: term.plain if language == "en" else term.others.get(language, {})["plain"]
            for term in terms()
            if language == "en" or language in term.others
        }
        clashing = [
            (word, other.term)
            for word in words.values()
            for other in terms()
            for pattern in avoided(other, language)
            if pattern.search(word)
        ]
        assert clashing == []


def test_what_is_avoided_is_found() -> None:
    """The test above can fail: each word that is avoided is seen where it stands."""
    juncture = next(term for term in terms() if term.term == "juncture")
    (event, *_) = avoided(juncture, "en")
    assert event.search("Two events came")
    assert not event.search("eventually")
    act = next(term for term in terms() if term.term == "act")
    assert any(word.search("小さな行為") for word in avoided(act, "ja"))
