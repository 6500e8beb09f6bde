"""Of questions that are likely to be asked, the page and its mirror say what `whatif` does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from alliance_sim import load_scenario
from alliance_sim.counterfactual import WhatIf
from alliance_sim.counterfactual.posteriors import posteriors_of
from alliance_sim.counterfactual.question import Question
from alliance_sim.counterfactual.stored_checks import StoredCheck, StoredChecks, shipped_checks
from alliance_sim.lab import solution
from alliance_sim.lab.beforehand import asked_before, likely_questions
from alliance_sim.lab.link import parameters_of, read_link
from alliance_sim.lab.payload import offered
from alliance_sim.lab.solving import _Held
from engines import make_checks

pytestmark = pytest.mark.slow

HISTORY = "japan_nato/baseline"


@pytest.fixture(scope="module")
def checks() -> StoredChecks:
    base = load_scenario(HISTORY)
    found, why = shipped_checks(base, posteriors_of("shipped", base))
    assert found is not None, why
    return found


def test_what_ships_is_what_a_page_is_likely_to_be_asked(checks: StoredChecks) -> None:
    base = load_scenario(HISTORY)
    asked = likely_questions(base, offered(base)[0])
    assert [(one.edits, one.outcome) for one in checks.checks] == asked


def test_it_was_asked_as_the_page_begins(checks: StoredChecks) -> None:
    begun = _Held(load_scenario(HISTORY), draws=True).beginning
    assert checks.theory == begun.theories[0]
    assert (checks.uniforms, checks.seed) == (4, 1)


def test_a_page_has_it_only_with_draws_that_ship(checks: StoredChecks) -> None:
    found = asked_before(load_scenario(HISTORY))
    assert found is not None
    assert len(found["questions"]) == len(checks.checks)
    assert asked_before(load_scenario("two_islands/baseline")) is None
    assert asked_before(load_scenario("japan_nato/no_nine_eleven")) is None


def test_what_is_done_is_not_asked_again(
    checks: StoredChecks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = load_scenario(HISTORY)
    posteriors, under_way = posteriors_of("shipped", base), tmp_path / "under_way.npz"
    asked: list[tuple[str, ...]] = []

    def counted(question: Question, *args: object, **more: object) -> WhatIf:
        asked.append(question.edits)
        raise KeyboardInterrupt

    monkeypatch.setattr(make_checks, "answered", counted)
    replace(checks, checks=checks.checks[::-1]).save(under_way)
    make_checks.made(base, posteriors, under_way).save(tmp_path / "again.npz")
    assert asked == []
    shipped = make_checks.HOME / "japan_nato@2.npz"
    assert (tmp_path / "again.npz").read_bytes() == shipped.read_bytes()
    replace(checks, checks=checks.checks[:-1]).save(under_way)
    with pytest.raises(KeyboardInterrupt):
        make_checks.made(base, posteriors, under_way)
    assert asked == [checks.checks[-1].edits]
    replace(checks, seed=2).save(under_way)
    assert make_checks.begun(base, posteriors, under_way).checks == ()


def link_of(one: StoredCheck, **more: int) -> str:
    said = [("v", "1"), *(("edit", edit) for edit in one.edits), ("outcome", one.outcome)]
    return f"#{urlencode([*said, *more.items()])}"


@pytest.mark.parametrize(
    ("edit", "label"), [("council weighted_majority", "robust"), ("without nine_eleven", "silent")]
)
def test_the_label_of_a_link_is_that_of_whatif(edit: str, label: str, checks: StoredChecks) -> None:
    one = next(one for one in checks.checks if one.edits == (edit,))
    found = solution(link_of(one))
    assert found["label"] == one.label == label
    assert found["effect"]["probability"] == one.effect
    assert {name: its["probability"] for name, its in found["readings"].items()} == {
        name: its.value for name, its in one.readings.items()
    }
    assert any("Asked beforehand, by the package" in words for words in found["assumed"])
    assert not any("not checked" in reason for reason in found["reasons"])


def test_what_was_asked_otherwise_is_not_taken_for_a_link(checks: StoredChecks) -> None:
    one = next(one for one in checks.checks if one.edits == ("without nine_eleven",))
    held = _Held(load_scenario(HISTORY), draws=True)
    asked = read_link(parameters_of(link_of(one)), held.beginning)
    assert held.before(asked) == one
    others: dict[str, Any] = {
        "runs": 1,
        "seed": 2,
        "theory": "RI",
        "outcome": "rung>=8@2013",
        "edits": (),
    }
    for name, value in others.items():
        assert held.before(asked._replace(**{name: value})) is None
    other = solution(link_of(one, runs=1))
    assert other["readings"] == {}
    assert other["label"] == "fragile"
    assert any("not checked" in reason for reason in other["reasons"])
