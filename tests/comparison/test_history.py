"""A what-if is asked which claims change, beside the scenario that it extends."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_sim import compare_history, load_scenario
from alliance_sim.comparison.claims import claim_changes
from alliance_sim.comparison.history import HistoryComparison
from alliance_sim.errors import ScenarioError, SettingError

BASE = load_scenario("japan_nato/baseline")
RUNS = 20


@pytest.fixture(scope="module")
def edited() -> HistoryComparison:
    return compare_history(BASE.without("nine_eleven"), against=BASE, runs=RUNS, seed=1)


def test_both_sides_are_what_each_gives_alone(edited: HistoryComparison) -> None:
    alone = compare_history(BASE, runs=RUNS, seed=1)
    table = edited.claim_changes()
    assert edited.claims is not None
    assert alone.claims is not None
    assert table is not None
    assert edited.factual is not None
    assert edited.factual.ensemble == alone.ensemble
    pd.testing.assert_series_equal(table["factual"], alone.claims["share"], check_names=False)
    pd.testing.assert_series_equal(table["edited"], edited.claims["share"], check_names=False)


def test_the_sentence_names_every_claim_that_changes(edited: HistoryComparison) -> None:
    table = edited.claim_changes()
    assert table is not None
    moved = table[table["change"] != "as before"]
    assert len(moved)
    sentence = edited.changed()
    assert f"{len(moved)} of the {len(table)} claims" in sentence
    assert all(identifier in sentence for identifier in moved["id"])
    assert not any(identifier in sentence for identifier in set(table["id"]) - set(moved["id"]))
    assert "draws of a posterior" in sentence
    plain = compare_history(
        BASE.without("nine_eleven"), against=BASE, runs=2, seed=1, posterior=None
    )
    assert "the numbers are judged or fitted" in plain.changed()


def test_a_scenario_beside_itself_changes_no_claim() -> None:
    same = compare_history(BASE, against=BASE, runs=4, seed=1)
    table = same.claim_changes()
    assert table is not None
    assert (table["change"] == "as before").all()
    assert "none of the 29 claims change" in same.changed()


def test_a_scenario_may_be_named() -> None:
    named = compare_history("two_islands/baseline", against="two_islands/baseline", runs=2, seed=1)
    given = compare_history(load_scenario("two_islands/baseline"), runs=2, seed=1)
    assert named.ensemble == given.ensemble
    assert named.factual is not None
    with pytest.raises(ScenarioError, match="did you mean 'two_islands/baseline'"):
        compare_history("two_islands/baselin", runs=2)


def test_a_scenario_alone_has_no_changes_to_tell() -> None:
    alone = compare_history(load_scenario("two_islands/baseline"), runs=2, seed=1)
    assert alone.claim_changes() is None
    assert alone.changed() == ""


@pytest.mark.filterwarnings("ignore::alliance_sim.ScenarioWarning")  # what else is outside
def test_what_a_run_cannot_tell_counts_neither_for_it_nor_against_it() -> None:
    late = compare_history(BASE.edited("set time.first_year=1995"), runs=2, seed=1, posterior=None)
    assert late.claims is not None
    asked = late.claims[late.claims["record"] == "supported"]
    applies = asked["share"].notna()
    assert 0 < late.supported() == applies.sum() < len(asked)
    assert late.not_applicable() == (~applies).sum()
    told = f"{late.told()} of the {late.supported()} claims that the record supports in at least"
    assert told in late.verdict()
    assert f"80 % of runs ({late.not_applicable()} more apply to none), and" in late.verdict()
    assert "of 12 counts by stage and field" in late.verdict()
    early = compare_history(BASE.edited("set time.last_year=1960"), runs=2, seed=1, posterior=None)
    assert "no acts are counted, as none of its years was looked at" in early.verdict()


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (0.8, 0.79, "holds no longer"),
        (0.7, 0.8, "newly holds"),
        (0.5, 0.46, "as before"),
        (0.5, 0.4, "in fewer histories"),
        (0.9, 1.0, "in more histories"),
        *((k / 20, (k + 1) / 20, "in more histories") for k in range(15)),
        *((k / 20, (k - 1) / 20, "in fewer histories") for k in range(1, 16)),
        (np.nan, np.nan, "as before"),
        (0.3, np.nan, "no longer applies"),
        (np.nan, 0.3, "newly applies"),
    ],
)
def test_a_change_is_called_what_it_is(before: float, after: float, words: str) -> None:
    def claims(share: float) -> pd.DataFrame:
        rows = [("C01", "A claim", "supported", share)]
        return pd.DataFrame(rows, columns=["id", "claim", "record", "share"])

    assert claim_changes(claims(before), claims(after))["change"].tolist() == [words]


def test_another_relationship_is_no_partner() -> None:
    with pytest.raises(SettingError, match="only scenarios of one relationship"):
        compare_history(BASE, against=load_scenario("two_islands/baseline"), runs=1, seed=1)


def test_workers_out_of_range_are_told_by_the_name_that_was_given() -> None:
    with pytest.raises(SettingError, match=r"(?s)history: .*workers is 0, must be a whole number"):
        compare_history(BASE, runs=1, workers=0)
