"""The Council agrees by the rule that it has, and turns on the member that it makes decisive."""

import math

from hypothesis import assume, given
from hypothesis import strategies as st

from alliance_sim.rules.council import (
    CONSENSUS,
    LARGEST_RATIO,
    LEADER,
    WEIGHTED_MAJORITY,
    accepts,
    agreed,
    backing_with,
    decisive_with,
    least_of,
    least_willing,
)

share = st.floats(0.0, 1.0) | st.integers(0, 64).map(lambda k: k / 64.0)
weight = st.floats(0.001, 1.0)
ratio = st.floats(-20.0, 20.0)
spread = st.floats(1e-6, 1e6)
luck = st.floats(-6.5, 6.5)
answer = st.sampled_from([0.0, 1.0])
RULES = (CONSENSUS, WEIGHTED_MAJORITY, LEADER)

votes = st.lists(st.tuples(weight, answer), min_size=1, max_size=12)
seats = st.lists(st.tuples(ratio, weight), min_size=1, max_size=8)


def tally(cast: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the weight of those who accept and of all, added up in the same order."""
    yes = everybody = 0.0
    for counted, accepted in cast:
        yes = yes + counted * accepted
        everybody = everybody + counted
    return yes, everybody


def decisive(seated: list[tuple[float, float]], needed: float) -> float:
    """Return the decisive member's ratio, member after member as the alliance does it."""
    everybody = 0.0
    for _, counted in seated:
        everybody = everybody + counted
    found = -LARGEST_RATIO
    for asked, _ in seated:
        backing = 0.0
        for own, counted in seated:
            backing = backing_with(backing, counted, own, asked)
        found = decisive_with(found, asked, backing, everybody, needed)
    return found


@given(own=ratio, demand=ratio, uncertain=spread, drawn=luck)
def test_a_member_accepts_or_refuses_and_more_willing_ones_never_refuse_sooner(
    own: float, demand: float, uncertain: float, drawn: float
) -> None:
    accepted = accepts(own, demand, uncertain, drawn)
    assert accepted in (0.0, 1.0)
    assert accepts(own + 1.0, demand, uncertain, drawn) >= accepted
    assert accepts(own, demand - 1.0, uncertain, drawn) >= accepted
    assert accepts(own, demand, uncertain, drawn + 0.5) >= accepted


@given(own=ratio, demand=ratio, uncertain=spread)
def test_without_luck_a_member_accepts_what_its_own_ratio_reaches(
    own: float, demand: float, uncertain: float
) -> None:
    assert accepts(own, demand, uncertain, 0.0) == float(own >= demand)


@given(own=ratio, demand=ratio, uncertain=st.floats(0.1, 10.0), drawn=luck)
def test_luck_moves_an_answer_by_its_spread(
    own: float, demand: float, uncertain: float, drawn: float
) -> None:
    assume(abs(own + uncertain * drawn - demand) > 1e-9)
    assert accepts(own, demand, uncertain, drawn) == float(own + uncertain * drawn > demand)


@given(cast=votes, needed=share)
def test_consensus_means_that_nobody_refuses(
    cast: list[tuple[float, float]], needed: float
) -> None:
    yes, everybody = tally(cast)
    unanimous = all(accepted == 1.0 for _, accepted in cast)
    assert agreed(CONSENSUS, yes, everybody, 0.0, needed) == float(unanimous)


@given(cast=votes, needed=share, leads=answer)
def test_a_weighted_majority_asks_for_its_share_and_for_nobody_in_particular(
    cast: list[tuple[float, float]], needed: float, leads: float
) -> None:
    yes, everybody = tally(cast)
    reached = yes >= needed * everybody
    assert agreed(WEIGHTED_MAJORITY, yes, everybody, leads, needed) == float(reached)


@given(cast=votes, needed=share, leads=answer)
def test_under_a_leader_only_the_leader_counts(
    cast: list[tuple[float, float]], needed: float, leads: float
) -> None:
    yes, everybody = tally(cast)
    assert agreed(LEADER, yes, everybody, leads, needed) == leads


@given(cast=votes, needed=share)
def test_consensus_is_the_strictest_of_majorities(
    cast: list[tuple[float, float]], needed: float
) -> None:
    yes, everybody = tally(cast)
    strict = agreed(CONSENSUS, yes, everybody, 0.0, needed)
    assert agreed(WEIGHTED_MAJORITY, yes, everybody, 0.0, needed) >= strict
    assert agreed(WEIGHTED_MAJORITY, yes, everybody, 0.0, 1.0) == strict


@given(cast=votes, needed=share, position=st.integers(0, 11))
def test_one_more_yes_never_breaks_an_agreement(
    cast: list[tuple[float, float]], needed: float, position: int
) -> None:
    assume(position < len(cast))
    convinced = [*cast]
    convinced[position] = (cast[position][0], 1.0)
    for decision in RULES:
        before = agreed(decision, *tally(cast), cast[0][1], needed)
        assert agreed(decision, *tally(convinced), convinced[0][1], needed) >= before


@given(seated=seats)
def test_under_consensus_the_least_willing_member_decides(
    seated: list[tuple[float, float]],
) -> None:
    assert decisive(seated, 1.0) == min(own for own, _ in seated)


@given(seated=seats, absent=seats, needed=share)
def test_the_least_of_all_members_is_decisive_under_consensus_and_who_is_absent_has_no_say(
    seated: list[tuple[float, float]], absent: list[tuple[float, float]], needed: float
) -> None:
    found = LARGEST_RATIO
    for own, counted in seated:
        found = least_of(found, own, counted)
    for own, _ in absent:
        assert least_of(found, own, 0.0) == found
    assert found == decisive(seated, 1.0) == min(own for own, _ in seated)
    assert found <= decisive(seated, needed)


@given(own=ratio)
def test_any_member_is_less_willing_than_nobody(own: float) -> None:
    assert -LARGEST_RATIO < own < LARGEST_RATIO
    assert least_of(LARGEST_RATIO, own, 1.0) == own


@given(own=ratio, reluctance=st.floats(0.0, 20.0), more=st.floats(0.0, 20.0))
def test_a_group_answers_by_its_least_willing_state(
    own: float, reluctance: float, more: float
) -> None:
    assert least_willing(own, 0.0) == own
    assert math.isclose(own - least_willing(own, reluctance), reluctance, abs_tol=1e-12)
    assert least_willing(own, reluctance + more) <= least_willing(own, reluctance) <= own


@given(seated=seats)
def test_where_anybody_suffices_the_most_willing_member_decides(
    seated: list[tuple[float, float]],
) -> None:
    assert decisive(seated, 0.0) == max(own for own, _ in seated)


@given(seated=seats, needed=share, more=share)
def test_the_more_assent_is_needed_the_less_willing_is_who_decides(
    seated: list[tuple[float, float]], needed: float, more: float
) -> None:
    low, high = min(needed, more), max(needed, more)
    assert decisive(seated, high) <= decisive(seated, low)


@given(seated=seats, needed=share, demand=ratio)
def test_the_decisive_member_is_the_one_on_whom_agreement_turns(
    seated: list[tuple[float, float]], needed: float, demand: float
) -> None:
    # Without luck: the Council agrees exactly when the decisive member would accept.
    cast = [(counted, float(own >= demand)) for own, counted in seated]
    yes, everybody = tally(cast)
    assume(abs(yes - needed * everybody) > 1e-9 or needed in (0.0, 1.0))
    found = agreed(WEIGHTED_MAJORITY, yes, everybody, 0.0, needed)
    anybody = needed == 0.0
    assert found == float(decisive(seated, needed) >= demand or anybody)
