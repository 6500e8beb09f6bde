"""The page's tests read answers of the package that are those of today."""

from __future__ import annotations

import json

import pytest

from tests.lab.page_answers import PLACE, text


@pytest.mark.slow
def test_the_answers_that_the_page_is_held_against_are_those_of_today() -> None:
    assert PLACE.read_text("utf-8") == text(), "type: python -m tests.lab.page_answers --write"


def test_every_question_of_the_page_is_answered_with_all_that_it_shows() -> None:
    labels = []
    for case in json.loads(PLACE.read_text("utf-8"))["cases"]:
        answer, given = case["answer"], case["given"]
        assert len(answer["couplings"]) == 5  # four couplings and what none can change
        assert set(given["theories"]) < {one["theory"] for one in answer["theories"]}
        assert answer["sentence"].endswith("outside that model.")
        if case["whatif"] is None:
            assert answer["label"] != "robust"  # other readings are not in the page
            assert answer["readings"] == {}
        else:
            assert answer["label"] == case["whatif"]
            assert len(answer["readings"]) == 7
            labels.append(answer["label"])
            assert not any("not checked" in reason for reason in answer["reasons"])
    assert labels == ["silent", "fragile"]  # the latter for draws of theories that are not there
