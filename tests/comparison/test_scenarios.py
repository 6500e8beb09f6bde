"""Scenarios beside each other: paired, exact where nothing differs, refused where unlike."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alliance_sim import Scenario, compare, load_scenario, simulate
from alliance_sim.calibration import shipped_posterior
from alliance_sim.comparison.acts import with_draw
from alliance_sim.comparison.pairing import labels_of
from alliance_sim.comparison.scenarios import SHOWN, Comparison
from alliance_sim.engine.chronology import chronology
from alliance_sim.errors import ScenarioWarning, SettingError, UnknownName
from alliance_sim.glossary import domain_words, signed
from alliance_sim.world import build_world
from alliance_sim.world.divergence import first_touched

BASE = load_scenario("japan_nato/baseline")
ISLANDS = load_scenario("two_islands/baseline")
PAIRS = {
    "japan_nato/no_nine_eleven": BASE,
    "japan_nato/council_majority": BASE,
    "two_islands/no_raid": ISLANDS,
}
RUNS = 12
SHIFTS_A_STEP = 3  # a seed whose first history climbs a step at another time without 9/11


@pytest.fixture(scope="module", params=PAIRS)
def found(request: pytest.FixtureRequest) -> Comparison:
    return compare(request.param, runs=RUNS, seed=5)


def only(found: Comparison) -> str:
    (label,) = found.edited
    return label


def test_the_partner_of_a_what_if_is_the_scenario_that_it_extends(found: Comparison) -> None:
    assert found.factual == PAIRS[found.edited[only(found)].name]
    assert found.factual_runs.edits == ()


def test_both_worlds_are_the_same_to_the_last_bit_until_the_first_edit(found: Comparison) -> None:
    touched = found.touched[only(found)]
    assert touched is not None
    step = found.factual_runs.calendar.index(touched)
    mine, its = found.factual_runs, found.edited_runs[only(found)]
    for state in set(mine.states) & set(its.states):
        assert np.array_equal(mine.column(state)[:, :step], its.column(state)[:, :step]), state
    before = found.differences(only(found)).query("quarter < @mine.calendar.label(@step)")
    assert (before[list(SHOWN)] == 0).all(axis=None)
    assert not found.same(only(found))


def test_a_difference_is_what_two_simulations_give_by_hand(found: Comparison) -> None:
    edited = found.edited[only(found)]
    drawn = shipped_posterior(found.factual)
    here, there = (simulate(s, runs=RUNS, seed=5, posterior=drawn) for s in (found.factual, edited))
    row = found.table[found.table["state"] == "level_operations"].iloc[-1]
    assert row["outcome"] == f"level_operations@{here.calendar.last_year}"
    mine, its = (runs.column("level_operations")[:, -1] for runs in (here, there))
    difference = its - mine
    assert row["factual"] == np.median(mine)
    assert row["edited"] == np.median(its)
    assert row["difference"] == np.median(difference)
    assert [row["low"], row["high"]] == list(np.quantile(difference, [0.05, 0.95]))
    assert row["above"] == (difference > 0).sum() / RUNS
    assert row["below"] == (difference < 0).sum() / RUNS
    assert row["runs"] == RUNS


def test_the_yearly_table_holds_every_year_and_agrees_with_the_other(found: Comparison) -> None:
    yearly = found.yearly.set_index("outcome")
    calendar = found.factual_runs.calendar
    years = calendar.last_year - calendar.first_year + 1
    assert len(yearly) == years * len(SHOWN)
    told = found.table.set_index("outcome")
    pd.testing.assert_frame_equal(yearly.loc[told.index], told)


def test_the_acts_that_differ_turn_one_chronology_into_the_other(found: Comparison) -> None:
    def acts(runs: pd.DataFrame) -> Counter[tuple[pd.Timestamp, str]]:
        one = runs[runs["run"] == 3]
        return Counter(zip(one["date"], one["title"], strict=True))

    def told(scenario: Scenario) -> Scenario:
        if found.draws is None or found.draw is None:
            return scenario
        return with_draw(scenario, found.draws, int(found.draw[3]))

    edited = found.edited[only(found)]
    before = acts(chronology(found.factual_runs, told(found.factual)))
    after = acts(chronology(found.edited_runs[only(found)], told(edited)))
    frame = found.acts_of(3)
    assert set(frame["change"]) <= {"new", "gone", "moved", "became another"}
    gone, come = frame[frame["change"] != "new"], frame[frame["change"] != "gone"]
    before.subtract(zip(gone["factual_date"], gone["factual_title"], strict=True))
    before.update(zip(come["edited_date"], come["edited_title"], strict=True))
    # A suspension may last another time on the same day under the same title.
    assert +before == after
    assert min(before.values()) >= 0


def test_a_formal_step_that_comes_at_another_time_moves_and_no_act_comes_before_the_edit() -> None:
    found = compare("japan_nato/no_nine_eleven", runs=1, seed=SHIFTS_A_STEP)
    moved = found.acts[found.acts["change"] == "moved"]
    assert len(moved)
    titles = {rung.title for rung in BASE.rungs} | {item.title for item in BASE.items}
    assert set(moved["factual_title"]) <= titles
    assert (moved["factual_title"] == moved["edited_title"]).all()
    assert (moved["factual_date"] != moved["edited_date"]).all()
    days = found.acts["factual_date"].fillna(found.acts["edited_date"])
    assert days.is_monotonic_increasing
    assert days.min() >= pd.Timestamp(2001, 7, 1)


def test_a_scenario_beside_itself_differs_nowhere_and_says_so() -> None:
    found = compare(BASE, BASE, runs=4, seed=2)
    label = only(found)
    assert found.touched == {label: None}
    assert found.edits == {label: ()}
    assert (found.differences(label)[list(SHOWN)] == 0).all(axis=None)
    assert (found.table[["difference", "low", "high", "above", "below"]] == 0).all(axis=None)
    assert found.acts.empty
    assert "nothing differs" in found.sentence
    assert "any of 4 histories" in found.sentence


def test_several_what_ifs_give_what_each_gives_alone() -> None:
    names = ["japan_nato/no_second_abe", "japan_nato/council_majority"]
    together = compare(*names, runs=3, seed=9, years=[2025])
    assert together.factual == BASE
    for label, name in zip(together.edited, names, strict=True):
        alone = compare(name, runs=3, seed=9, years=[2025])
        assert list(alone.edited) == [label]
        rows = together.table[together.table["scenario"] == label].reset_index(drop=True)
        pd.testing.assert_frame_equal(rows, alone.table)
        assert together.sentences[label] == alone.sentences[label]


def test_the_scenario_that_is_not_edited_is_the_factual_one_wherever_it_stands() -> None:
    edited = BASE.without("nine_eleven")
    forth = compare(BASE, edited, runs=2, seed=1)
    back = compare(edited, BASE, runs=2, seed=1)
    assert forth.factual == back.factual == BASE
    assert forth.table.equals(back.table)
    assert list(forth.edited) == ["Without “Attacks of 11 September 2001”"]


def test_another_partner_can_be_asked_for_and_turns_the_sign() -> None:
    edited = BASE.without("nine_eleven")
    forth = compare(edited, against=BASE, runs=2, seed=1, years=[2012])
    back = compare(BASE, against=edited, runs=2, seed=1, years=[2012])
    assert np.array_equal(forth.table["difference"], -back.table["difference"])


def test_what_happens_or_does_not_is_told_as_a_share() -> None:
    text = "rung>=6@2010"
    found = compare("japan_nato/no_nine_eleven", runs=20, seed=1, outcomes=[text])
    row = found.table[found.table["outcome"] == text].iloc[0]
    mine, its = (
        (runs.column("rung")[:, BASE.calendar().index(dt.date(2010, 12, 31))] >= 6).mean()
        for runs in (found.factual_runs, found.edited_runs[only(found)])
    )
    assert (row["factual"], row["edited"]) == (mine, its)
    assert row["difference"] == pytest.approx(its - mine)
    assert row["difference"] == pytest.approx(row["above"] - row["below"])


def test_edits_and_what_answers_to_them_have_their_dates() -> None:
    found = compare("japan_nato/no_nine_eleven", runs=1, seed=1)
    edits = found.edits[only(found)]
    assert edits[0] == (dt.date(2001, 9, 11), "without “Attacks of 11 September 2001”", False, None)
    answers = {edit.words: edit.date for edit in edits if edit.responds}
    cause = "“Attacks of 11 September 2001” is not there in time"
    fallen = f"NATO leads ISAF in Afghanistan: falls away, as {cause}"
    assert answers[fallen] == dt.date(2003, 8, 11)
    moved = compare(BASE, BASE.moved("isaf", by_quarters=-4), runs=1, seed=1)
    (edit,) = moved.edits[only(moved)]
    assert edit == (
        dt.date(2003, 8, 11),
        "“NATO leads ISAF in Afghanistan” moved by -4 quarters",
        False,
        dt.date(2002, 8, 11),
    )


def test_what_two_whole_scenarios_differ_in_is_told() -> None:
    switches = ISLANDS.theory.model_copy(update={"domestic": False})
    other = ISLANDS.model_copy(update={"theory": switches})
    found = compare(ISLANDS, other, runs=1, seed=1)
    assert [edit.words for edit in found.edits[only(found)]] == ["theory.domestic differs"]


def shifted(scenario: Scenario, **time: int) -> Scenario:
    return scenario.model_copy(update={"time": scenario.time.model_copy(update=time)})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            (BASE, ISLANDS),
            "two_islands/baseline: is of .* must be of Japan and NATO as japan_nato/",
        ),
        (
            (ISLANDS, shifted(ISLANDS, last_year=2008)),
            "runs from 2001 to 2008, must run from 2001 to 2010 as two_islands/baseline does",
        ),
        ((ISLANDS, shifted(ISLANDS, steps_per_year=12)), "has 12 steps a year, must have 4"),
        ((BASE,), "extends no other scenario.* alliance-sim compare japan_nato/baseline WHAT_IF"),
        ((BASE.without("isaf"),), "was edited in Python, so there is nothing to hold it against"),
        ((BASE.without("isaf"),) * 2, r"the factual scenario too: compare\(edited, against=fact"),
        (
            ("japan_nato/no_nine_eleven", "two_islands/no_raid"),
            "extend japan_nato/baseline, two_islands/baseline; say which .* --against japan_nato/",
        ),
        (
            (BASE, BASE.without("isaf"), BASE.without("isaf")),
            "two scenarios are called 'japan_nato/baseline, without isaf'",
        ),
        ((), "no scenario is given"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_reason(
    given: tuple[Scenario | str, ...], words: str
) -> None:
    with pytest.raises(SettingError, match=words):
        compare(*given, runs=1, seed=1)


def test_all_years_and_outcomes_that_cannot_be_used_are_told_at_once() -> None:
    with pytest.raises(SettingError) as error:
        compare("japan_nato/no_nine_eleven", runs=1, seed=1, years=[1940], outcomes=["rungs@2014"])
    assert "year is 1940, must be from 1950 to 2025" in str(error.value)
    assert "outcome 'rungs@2014': unknown state 'rungs'; did you mean 'rung'?" in str(error.value)


def test_a_run_that_is_not_there_is_refused() -> None:
    found = compare("two_islands/no_raid", runs=2, seed=1)
    with pytest.raises(SettingError, match="run is 2, must be a whole number from 0 to 1"):
        found.acts_of(2)
    with pytest.raises(SettingError, match=r"run is 0\.5, must be a whole number from 0 to 1"):
        found.acts_of(0.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("label", ["No grate raid", ["No great raid"], 3])
def test_a_scenario_that_was_not_compared_is_told_wherever_one_is_named(label: Any) -> None:
    found = compare("two_islands/no_raid", runs=2, seed=1)
    for asked in (found.same, found.alike_until, found.moved_steps, found.differences):
        with pytest.raises(UnknownName, match=r"unknown scenario .*known: No great raid"):
            asked(label)


def test_a_what_if_of_a_what_if_is_held_against_the_whole_scenario(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(
        'extends = "japan_nato/no_nine_eleven"\ntitle = "Neither"\ndescription = "Neither comes."\n'
        'without = ["abe_second_government"]\n'
    )
    found = compare(mine, runs=1, seed=1)
    assert found.factual == BASE
    assert [edit.words for edit in found.edits["Neither"]][:2] == [
        "without “Attacks of 11 September 2001”",
        "without “Second Abe government”",
    ]


def test_a_comparison_is_one_line_in_a_console_and_a_table_in_a_notebook() -> None:
    found = compare("two_islands/no_raid", runs=2, seed=1)
    words = "No great raid against Two islands: 2 pairs of runs, seed 1"
    assert repr(found) == f"<Comparison {words}>"
    page = found._repr_html_()
    assert "No great raid: in the model" in page
    assert "end of 2010" in page


def test_titles_that_are_alike_give_way_to_names_and_others_stand() -> None:
    base = load_scenario(BASE.name)
    alike = [
        base.without(name).model_copy(update={"title": "One event fewer", "name": name})
        for name in ("gulf_war", "kosovo_war")
    ]
    labels = labels_of(base, [*alike, load_scenario("japan_nato/council_majority")])
    assert labels == ["gulf_war", "kosovo_war", "The Council decides by weighted majority"]


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        ("japan_nato/no_nine_eleven", "lower than in “Japan and NATO, the described history”"),
        ("japan_nato/council_majority", "the formal step reached at the end of"),
        ("japan_nato/article_nine_1992", "higher in all of the pairs"),
        ("japan_nato/us_retrenches_2017", "the median difference of the formal step reached is 0"),
    ],
)
def test_the_sentence_says_which_way_and_how_sure(scenario: str, words: str) -> None:
    sentence = compare(scenario, runs=40, seed=1).sentence
    assert words in sentence
    assert "the numbers are judged or fitted" in sentence
    assert sentence.endswith("outside that model.")


def test_the_sentence_of_the_steps_is_of_their_difference_where_the_medians_differ() -> None:
    found = compare("two_islands/no_raid", runs=20, seed=1)
    (row,) = found.yearly.query("state == 'rung' and year == 2007").to_dict("records")
    assert [row[key] for key in ("factual", "edited", "difference")] == [2.0, 1.0, 0.0]
    assert "the median difference of the formal step reached is 0 throughout" in found.sentence
    assert "the same" not in found.sentence.partition("same luck")[2]


def test_the_sentence_names_the_largest_difference_of_all_years() -> None:
    found = compare("japan_nato/abe_returns_2016", runs=20, seed=1)
    yearly = found.yearly[found.yearly["state"].str.startswith("level_")]
    row = yearly.iloc[int(yearly["difference"].abs().argmax())]
    domain = domain_words(row["state"].removeprefix("level_"))
    words = f"cooperation in {domain} at the end of {row['year']} is {-row['difference']:.2f} lower"
    assert words in found.sentence


def test_steps_are_earlier_and_later_as_two_simulations_say(found: Comparison) -> None:
    mine, its = (
        runs.column("rung") for runs in (found.factual_runs, found.edited_runs[only(found)])
    )
    steps = found.steps[found.steps["step"].isin([rung.name for rung in found.factual.rungs])]
    for number, (_, row) in enumerate(steps.iterrows(), start=1):
        first = [
            [next((k for k, rung in enumerate(run) if rung >= number), 999) for run in values]
            for values in (mine, its)
        ]
        pairs = list(zip(*first, strict=True))
        assert row["earlier"] == sum(there < here for here, there in pairs) / RUNS
        assert row["later"] == sum(there > here for here, there in pairs) / RUNS
        assert row["edited"] == sum(there < 999 for _, there in pairs) / RUNS
        last = found.factual_runs.calendar.steps
        years = [(min(there, last) - min(here, last)) / 4 for here, there in pairs]
        assert row["delay"] == pytest.approx(sum(years) / RUNS)
        ends = np.quantile(years, [0.05, 0.95])
        assert [row["delay_low"], row["delay_high"]] == pytest.approx(ends)


def test_a_proposal_is_among_the_steps() -> None:
    found = compare("japan_nato/council_majority", runs=10, seed=1)
    office = found.steps.set_index("step").loc["tokyo_office"]
    passed = [
        (runs.column("passed_tokyo_office")[:, -1] > 0).mean()
        for runs in (found.factual_runs, found.edited_runs[only(found)])
    ]
    assert [office["factual"], office["edited"]] == passed
    assert passed[0] < passed[1]


def test_a_label_may_be_left_out_where_there_is_one_and_is_told_where_it_is_unknown() -> None:
    one = compare("two_islands/no_raid", runs=2, seed=1)
    assert one.differences().equals(one.differences("No great raid"))
    with pytest.raises(UnknownName, match="did you mean 'No great raid'"):
        one.differences("No great read")
    two = compare(
        "two_islands/no_raid", ISLANDS.without("trade_act"), against=ISLANDS, runs=1, seed=1
    )
    with pytest.raises(SettingError, match="label is left out, must be one of: No great raid, W"):
        two.differences()


def test_a_warning_about_a_file_shows_the_line_that_compares(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('extends = "two_islands/baseline"\ntitle = "M"\ndescription = "M"\n')
    with pytest.warns(ScenarioWarning, match="has no edits") as told:
        compare(mine, runs=1, seed=1)
    assert {warning.filename for warning in told} == {__file__}


def test_worlds_are_alike_until_they_are_held_otherwise() -> None:
    islands = load_scenario("two_islands/baseline")
    short, long, other = (
        islands.edited(f"hold level_operations={held}")
        for held in ("0.3@2003..2004", "0.3@2003..2005", "0.3@2003Q1..2004Q4")
    )
    assert until(short, long) == "2004Q4"
    assert until(islands, short) == "2002Q4"
    assert until(short, other) is None
    assert until(islands.edited("hold level_operations=0.4@2003"), short) == "2002Q4"


def until(factual: Scenario, edited: Scenario) -> str | None:
    """Return the last quarter in which both are the same by construction, None if all are."""
    first = first_touched(build_world(factual), build_world(edited))
    return None if first is None else factual.calendar().label(first - 1)


def test_what_is_folded_over_time_has_the_unit_of_what_comes_out() -> None:
    units = {
        "first(rung>=1)": "year",
        "sum(rung>=1)": "quarters",
        "sum(count_political)": "acts",
        "mean(rung)": "formal step, mean",
        "mean(rung>=1)": "1",
        "max(rung)": "formal step",
    }
    found = compare("two_islands/no_raid", runs=4, seed=1, posterior=None, outcomes=list(units))
    table = found.table.set_index("outcome")["unit"]
    assert {text: table[text] for text in units} == units
    assert signed(-0.15, units["mean(rung)"]) == "−0.150"
    assert signed(-6.0, units["sum(count_political)"]) == "−6"


@pytest.mark.parametrize("workers", [0, True, "2", 2.0])
def test_workers_out_of_range_are_told_by_the_name_that_was_given(workers: Any) -> None:
    told = f"(?s)compare: .*workers is {workers!r}, must be a whole number from 1"
    with pytest.raises(SettingError, match=told):
        compare(ISLANDS, ISLANDS.without("great_raid"), runs=1, workers=workers)


def test_years_that_are_no_whole_numbers_are_told() -> None:
    years: Any = ["2014", 2014.5, True]
    told = "(?s)3 problems.*year is '2014', must be a whole number from 1950 to 2025.*2014.5, must"
    with pytest.raises(SettingError, match=told):
        compare(BASE, BASE.without("isaf"), runs=1, years=years)


def test_one_text_or_year_is_as_good_as_a_list_of_one() -> None:
    asked = partial(compare, ISLANDS, ISLANDS.without("great_raid"), runs=2, seed=1, posterior=None)
    listed = asked(outcomes=["level_operations>0.3@2008"], years=[2008]).table
    given: tuple[Any, ...] = (2008, np.int64(2008), np.array([2008]), iter([2008]))
    for years in given:
        alone = asked(outcomes="level_operations>0.3@2008", years=years).table
        pd.testing.assert_frame_equal(alone, listed)
