"""The page's tests read words of the package that are those of today."""

from __future__ import annotations

import pytest

from tests.lab.page_words import PLACE, text


@pytest.mark.slow
def test_the_words_that_the_page_is_held_against_are_those_of_today() -> None:
    assert PLACE.read_text("utf-8") == text(), "type: python -m tests.lab.page_words --write"
