"""A way to fold the quarters of a run is known to all who have to know it."""

from __future__ import annotations

import pytest

from alliance_sim.calendar import Calendar
from alliance_sim.engine.kernel.outputs import FOLDS as IN_KERNEL
from alliance_sim.results.outcome_words import outcome_label, outcome_title
from alliance_sim.results.outcomes import AT, FOLDS, is_binary, parse_outcome

SHORT = Calendar(2000, 2001)


def test_the_kernel_computes_every_fold() -> None:
    assert set(IN_KERNEL) == {AT, *FOLDS}


@pytest.mark.parametrize("fold", FOLDS)
@pytest.mark.parametrize("signal", ["rung>=1", "count_political"])
def test_every_fold_has_words_and_a_label(fold: str, signal: str) -> None:
    if fold == "first" and ">=" not in signal:
        signal += ">=1"
    states = ["rung", "count_political"]
    outcome = parse_outcome(f"{fold}({signal})", states=states, calendar=SHORT)
    assert "{" not in outcome_title(outcome, SHORT, {})
    assert outcome_title(outcome, SHORT, {}).endswith(", whole run") or fold == "first"
    assert outcome_label(outcome, SHORT, {})
    assert is_binary(outcome) == (FOLDS[fold].one_moment and ">=" in signal)
