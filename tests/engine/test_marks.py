"""Marks of acts: the compiled function is the plain one, which follows the rules act by act."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_sim import load_scenario
from alliance_sim.engine.kernel.marks import ActKinds, Acts, Marked, mark_acts
from alliance_sim.engine.marks import (
    compiled_marks,
    made_up_acts,
    marks_as_in_plain_python,
    marks_of,
)
from alliance_sim.rules import events

BASE = load_scenario("japan_nato/baseline")
shares = st.floats(0.0, 1.0, exclude_max=True)


@settings(deadline=None)
@given(st.lists(st.tuples(*[shares] * 6), min_size=1, max_size=8))
def test_acts_are_marked_as_the_rules_say(drawn: list[tuple[float, ...]]) -> None:
    kinds = [kind for kind in BASE.kinds if kind.domain == "political"]
    seen = BASE.observation
    acts = Acts(*np.ascontiguousarray(np.array(drawn).T))
    marked = marks_of(acts, kinds, seen)
    for i, (level, assets, gap, which, weight, who) in enumerate(drawn):
        weights = [
            events.kind_weight(
                *(kind.weight.value, kind.assets_pull.value, kind.from_level.value), level, assets
            )
            for kind in kinds
        ]
        below = np.cumsum(weights)
        k = int(np.argmax(which * below[-1] < below))
        state = events.state_starts(seen.initiator.value, seen.initiator_gap.value, gap)
        assert marked.kind[i] == k
        assert marked.salience[i] == events.salience(
            kinds[k].salience.value, seen.top_salience.value, weight
        )
        assert marked.initiator[i] == events.initiator(
            kinds[k].single_ally.value, seen.joint.value, state, who
        )


def test_where_no_kind_is_possible_yet_one_without_a_level_stands_in() -> None:
    acts, kinds, habits, marked = made_up_acts()
    low = acts._replace(level=np.zeros(len(acts.level)))
    mark_acts(low, kinds, habits, marked)
    assert set(marked.kind) == {float(kinds.otherwise)}


def test_compiled_code_that_marks_otherwise_is_found_out() -> None:
    def wrong(acts: Acts, kinds: ActKinds, habits: object, marked: Marked) -> None:
        compiled_marks(acts, kinds._replace(single=kinds.single / 2), habits, marked)

    assert marks_as_in_plain_python(compiled_marks)
    assert not marks_as_in_plain_python(wrong)
    assert {0.0, 2.0} <= set(made_up_marks().kind)  # what it is tried on differs


def made_up_marks() -> Marked:
    given = made_up_acts()
    compiled_marks(*given)
    return given[-1]
