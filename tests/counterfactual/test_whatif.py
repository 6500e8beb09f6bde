"""A what-if: wrong questions are told first; an answer is that of twins, with its grounds."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from alliance_sim import (
    ResultError,
    Scenario,
    ScenarioError,
    SettingError,
    load_scenario,
    provenance,
    simulate,
)
from alliance_sim.calibration import PosteriorDraws
from alliance_sim.counterfactual import WhatIf, twin_worlds, whatif
from alliance_sim.counterfactual.answering import answered
from alliance_sim.counterfactual.card import REFUSE, Check
from alliance_sim.counterfactual.coupling_free import futures
from alliance_sim.counterfactual.couplings import COUPLINGS
from alliance_sim.counterfactual.estimates import Estimate, likely
from alliance_sim.counterfactual.histories import Histories
from alliance_sim.counterfactual.labels import LABELS, SENTENCE
from alliance_sim.counterfactual.posteriors import posteriors_of
from alliance_sim.counterfactual.question import ask
from alliance_sim.counterfactual.worlds import chances_of_laws
from alliance_sim.engine.chronology import chronology, coded_places
from alliance_sim.record.record import Record
from alliance_sim.report.comparison import acts_told
from alliance_sim.results.outcomes import evaluate
from alliance_sim.scenario.fields import SERIES
from alliance_sim.scenario.theories import theory_of, with_theory

ISLANDS = load_scenario("two_islands/baseline")
RAID, STEP, LEVEL = "without great_raid", "rung>=2@2008", "level_operations@2009"


@pytest.fixture(scope="module")
def answer(islands_posterior: PosteriorDraws) -> WhatIf:
    return whatif(
        ISLANDS,
        without="great_raid",
        outcome=STEP,
        posterior=islands_posterior,
        uniforms=2,
        runs=150,
        seed=3,
    )


def test_a_question_names_its_edits_its_outcome_and_when_it_begins() -> None:
    question = ask(ISLANDS, [RAID, "keep ports_act", "theory RI"], STEP)
    assert question.edits == (RAID, "keep ports_act")
    assert (question.kept, question.theory) == (("ports_act",), "RI")
    assert str(question.touched) == "2004-04-01"
    assert question.binary
    assert "formal step 2 of 3 or higher" in question.words


def test_a_file_of_edits_can_be_asked_and_edited_further() -> None:
    start = load_scenario("two_islands/no_raid")
    question = ask(ISLANDS, ["council leader"], STEP, start=start)
    assert question.edits == (RAID, "council leader")
    assert question.words.startswith("Would the islands have drawn together")


def test_a_theory_of_an_edited_start_holds_for_both_worlds(tmp_path: Path) -> None:
    wanted = ask(ISLANDS, ["theory RI", RAID], STEP)
    assert "great_raid" in {j.name for j in wanted.edited.junctures if not j.present}
    file = tmp_path / "mine.toml"
    file.write_text(
        'extends = "two_islands/baseline"\nedits = ["theory RI", "without great_raid"]\n'
    )
    for start in (load_scenario(file), ISLANDS.edited("theory RI", RAID)):
        assert start.theory.domestic is False
        found = ask(ISLANDS, [], STEP, start=start)
        assert (found.theory, found.edits, found.touched) == ("RI", (RAID,), wanted.touched)
        assert provenance.scenario_digest(found.edited) == provenance.scenario_digest(wanted.edited)
        assert "theory" not in f"{found.words} {found.edited.title} {found.edited.name}"
        assert ask(ISLANDS, ["theory R"], STEP, start=start).theory == "R"


def test_a_theory_holds_for_both_worlds_however_it_is_spaced() -> None:
    wanted = ask(ISLANDS, ["theory RI", RAID], STEP)
    for text in (" theory RI", "theory   RI "):
        assert ask(ISLANDS, [text, RAID], STEP) == wanted


def test_a_theory_of_an_edited_start_that_another_edit_also_sets_is_told() -> None:
    start = ISLANDS.edited("theory RI", RAID).edited("set theory.domestic=true")
    told = "'theory RI' and 'set theory.domestic=true' contradict each other; leave one out"
    with pytest.raises(SettingError, match=told):
        ask(ISLANDS, [], STEP, start=start)


def test_edits_of_a_start_that_does_not_come_from_the_base_are_all_told() -> None:
    base = ISLANDS.edited("set levels.pace=1.1")
    start = ISLANDS.edited(RAID)
    question = ask(base, [], STEP, start=start)
    assert question.changes == start.edits
    assert question.edits == (RAID,)
    assert ask(base, [RAID], STEP).changes == start.edits


WRONG: dict[tuple[tuple[str, ...], str], tuple[str, ...]] = {
    ((), STEP): ("no edit is given; give one, such as --without",),
    ((RAID,), "rung>=4@2008"): ("is never so, whatever is edited: rung lies from 0 to 3",),
    ((RAID,), "rung>=0@2008"): ("is always so",),
    ((RAID,), "first(level_political>1)"): ("is never so",),
    ((RAID,), "max(level_political)@2008..2009<=1"): ("is always so",),
    (("theory RI",), STEP): ("no edit is given",),
    (("without great_rade",), "rng@2008"): ("unknown state 'rng'", "did you mean 'great_raid'"),
    (("council consensus",), STEP): ("changes nothing",),
    (("without great_raid", "keep trade_act"), STEP): ("follows nothing",),
    (("without great_raid",), "rung>=1@2004Q1"): ("looks at nothing after 2004Q1",),
    (("without great_raid",), "rung>=1@2020"): ("must be from 2001 to 2010",),
    (("set time.last_year=2009",), STEP): ("change the years of the run",),
    (("shift great_raid:+1", "without great_raid"), STEP): ("contradict each other",),
    (("theory RI", "theory R", RAID), STEP): ("contradict each other",),
    (("set ladder.downgrade=abc",), STEP): ("must be a number",),
}


@pytest.mark.parametrize(("edits", "outcome"), WRONG)
def test_a_wrong_question_is_told_before_anything_is_computed(
    edits: tuple[str, ...], outcome: str
) -> None:
    with pytest.raises(SettingError) as caught:
        ask(ISLANDS, edits, outcome)
    says = WRONG[edits, outcome]
    assert len(caught.value.problems) == len(says)
    assert all(words in str(caught.value) for words in says)


def test_where_no_draws_ship_it_is_said_how_to_get_some() -> None:
    with pytest.raises(SettingError, match="alliance-sim calibrate two_islands/baseline"):
        ISLANDS.whatif(RAID, outcome=STEP)


def test_what_ships_no_draws_of_a_theory_says_which_it_has_and_how_to_get_more() -> None:
    history = load_scenario("japan_nato/baseline")
    with pytest.raises(ScenarioError, match=r"no draws of theory N\+T come .*--theory N\+T --out"):
        posteriors_of("shipped", history, "N+T")


def test_a_posterior_of_another_scenario_is_told_as_that(
    islands_posterior: PosteriorDraws, tmp_path: Path
) -> None:
    islands_posterior.save(tmp_path / "RID.npz")
    history = load_scenario("japan_nato/baseline")
    told = "is a posterior of two_islands/baseline, and does not go with japan_nato/baseline: .*"
    with pytest.raises(ResultError, match=told + "calibrate japan_nato/baseline --out FIT"):
        posteriors_of(tmp_path, history)


def test_a_folder_that_is_no_fit_and_holds_no_draws_is_told_as_that(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"holds no fit and no draws .* --out FIT"):
        posteriors_of(tmp_path, ISLANDS)


def test_draws_of_another_theory_or_of_nothing_are_refused(
    islands_posterior: PosteriorDraws, tmp_path: Path
) -> None:
    with pytest.raises(SettingError, match="are of theory RID, and RI is asked for"):
        ISLANDS.whatif(RAID, "theory RI", outcome=STEP, posterior=islands_posterior)
    with pytest.raises(SettingError, match="must be shipped, or a file or folder"):
        ISLANDS.whatif(RAID, outcome=STEP, posterior=tmp_path / "nothing")
    with pytest.raises(SettingError, match="posterior is of 'two_islands'"):
        load_scenario("japan_nato/baseline").whatif(
            without="nine_eleven", outcome="rung>=8@2014", posterior=islands_posterior
        )


@pytest.mark.parametrize("setting", [{"uniforms": 0}, {"runs": 0}, {"uniforms": 1.5}])
def test_sizes_out_of_range_are_told(
    islands_posterior: PosteriorDraws, setting: dict[str, int]
) -> None:
    with pytest.raises(SettingError, match="must be a whole number from 1 to"):
        ISLANDS.whatif(RAID, outcome=STEP, posterior=islands_posterior, **setting)


def test_an_edit_of_no_known_kind_is_told_with_the_nearest(
    islands_posterior: PosteriorDraws,
) -> None:
    with pytest.raises(Exception, match="did you mean 'without'"):
        ISLANDS.whatif(withot="great_raid", outcome=STEP, posterior=islands_posterior)


def test_the_answer_is_that_of_the_twins(answer: WhatIf, islands_posterior: PosteriorDraws) -> None:
    edited = ISLANDS.edited(RAID)
    worlds = twin_worlds(ISLANDS, edited, islands_posterior, uniforms=2, seed=3, states=["rung"])
    last = worlds.factual.calendar.index(answer.question.touched.replace(year=2008, month=12))
    both = [(runs.column("rung")[:, last] >= 2).astype(float) for runs in
            (worlds.factual, worlds.edited)]  # fmt: skip
    assert answer.fact.value == pytest.approx(both[0].mean())
    assert answer.edited.value == pytest.approx(both[1].mean())
    assert answer.effect.value == pytest.approx((both[1] - both[0]).mean())
    spread = likely(both[1] - both[0], worlds.draws, binary=True)
    assert answer.effect[1:] == pytest.approx(tuple(np.quantile(spread, [0.05, 0.95])))
    assert answer.given_history == pytest.approx((both[1][both[0] == 1] == 0).mean())


def test_the_fact_is_what_is_on_record(answer: WhatIf) -> None:
    assert answer.fact == (1.0, 1.0, 1.0)


def test_every_coupling_is_told_and_what_both_worlds_do_by_themselves(
    answer: WhatIf, islands_posterior: PosteriorDraws
) -> None:
    assert list(answer.couplings) == list(COUPLINGS)
    assert answer.couplings["quantile"][0] == answer.effect
    past = Histories.of_posterior(islands_posterior, ISLANDS, uniforms=2, seed=3)
    found = futures(ISLANDS, ISLANDS.edited(RAID), past, STEP)
    assert answer.anew == found
    free = answer.as_tree()["couplings"]["coupling_free"]
    assert (free["fact"], free["edited"]) == (found.fact, found.edited)
    assert f"in {round(100 * found.edited)} of 100 without" in answer.without_coupling


def test_necessity_and_sufficiency_are_those_of_fresh_pairs_and_lie_inside_their_bounds(
    answer: WhatIf, islands_posterior: PosteriorDraws
) -> None:
    ensemble = answer.ensemble
    assert ensemble is not None
    pair = [
        evaluate([answer.question.outcome], runs.states, runs.values, runs.calendar)[:, 0]
        for runs in (
            simulate(one, runs=150, seed=3, posterior=islands_posterior)
            for one in (ISLANDS, ISLANDS.edited(RAID))
        )
    ]
    y1, y0 = (values == 1.0 for values in pair)
    assert ensemble.both == pytest.approx((y1 & ~y0).mean())
    assert ensemble.necessity == pytest.approx((~y0)[y1].mean())
    assert ensemble.sufficiency == pytest.approx(y1[~y0].mean())
    for name, value in zip(("PN", "PS", "PNS"), ensemble[:3], strict=True):
        low, high = ensemble.bounds[name]
        assert value is not None
        assert low - 1e-9 <= value <= high + 1e-9


def test_the_answer_says_what_it_rests_on_and_what_it_is_not(answer: WhatIf) -> None:
    assert answer.label.name in LABELS
    assert answer.sentence.endswith(SENTENCE)
    assert f"in {round(100 * answer.edited.value)} of 100 re-runs" in answer.sentence
    assert "two_islands/baseline under theory RID" in answer.sentence
    assert any("total effect" in sentence for sentence in answer.assumed)
    assert any("One theory only" in sentence for sentence in answer.assumed)


def test_the_card_has_six_checks_with_verdicts(answer: WhatIf) -> None:
    checks = {check.check: check for check in answer.card}
    assert len(checks) == 6
    assert {check.verdict for check in answer.card} <= {"pass", "warn", "refuse", "not available"}
    assert checks["clarity"].verdict == "pass"
    assert checks["minimal rewrite"].verdict == "pass"
    bits = checks["minimal rewrite"].number
    assert bits is not None
    assert 0.0 < bits < 7.0
    assert checks["projectability"].number is None


def test_what_is_held_against_its_own_card_is_refused(islands_posterior: PosteriorDraws) -> None:
    found = ISLANDS.whatif(
        RAID, "keep joint_patrol", outcome=LEVEL, posterior=islands_posterior, uniforms=1, runs=20
    )
    (check,) = (one for one in found.card if one.check == "cotenability")
    assert (check.verdict, check.number) == ("refuse", 0.0)
    assert any("joint_patrol" in sentence for sentence in found.assumed)
    assert found.as_tree()["kept"] == ["joint_patrol"]


def test_how_likely_a_law_that_is_held_would_have_been_is_told(
    islands_posterior: PosteriorDraws,
) -> None:
    found = ISLANDS.whatif(
        RAID, "keep ports_act", outcome=LEVEL, posterior=islands_posterior, uniforms=4, runs=20
    )
    (check,) = (one for one in found.card if one.check == "cotenability")
    assert check.number is not None
    assert check.verdict == (
        "pass" if check.number >= 0.05 else "warn" if check.number else "refuse"
    )
    past = Histories.of_posterior(islands_posterior, ISLANDS, uniforms=4, seed=1)
    last = ISLANDS.calendar().steps - 1
    chances = [
        chances_of_laws(past, ISLANDS.edited(RAID), {"ports_act": step})["ports_act"]
        for step in (found.worlds.touched, 17, last)
    ]
    assert chances[0] <= chances[1] <= chances[2]
    assert chances[2] > chances[0]
    by_its_day = ISLANDS.calendar().index(dt.date(2005, 6, 15))
    again = chances_of_laws(past, ISLANDS.edited(RAID), {"ports_act": by_its_day})
    assert again["ports_act"] == pytest.approx(check.number)


def test_the_rewrite_of_a_fitted_number_costs_more_the_farther_it_goes(
    islands_posterior: PosteriorDraws,
) -> None:
    def bits(pace: float) -> float:
        found = ISLANDS.whatif(
            f"set levels.pace={pace}", outcome=LEVEL, posterior=islands_posterior, uniforms=1,
            runs=20,
        )  # fmt: skip
        (check,) = (one for one in found.card if one.check == "minimal rewrite")
        assert check.number is not None
        return float(check.number)

    middle = float(islands_posterior.medians()["levels.pace"])
    assert bits(middle + 0.01) < bits(3.9)


def test_a_number_is_told_by_medians_and_has_no_necessity(
    islands_posterior: PosteriorDraws,
) -> None:
    found = ISLANDS.whatif(
        "shift joint_patrol:+4", outcome=LEVEL, posterior=islands_posterior, uniforms=1, runs=20
    )
    tree = found.as_tree()
    assert set(tree["effect"]) == {"median", "low", "high"}
    assert tree["necessity"] == {"given_history": None, "ensemble": None}
    assert tree["bounds"] == {"PN": None, "PS": None, "PNS": None}
    assert "the difference is" in found.answer


KEYS = {
    *("question", "edits", "outcome", "fact", "edited", "effect", "necessity", "sufficiency"),
    *("both", "bounds", "couplings", "label", "card", "theories", "assumed", "sentence"),
}


def test_the_whole_answer_is_plain_values(answer: WhatIf) -> None:
    tree = json.loads(json.dumps(answer.as_tree(), allow_nan=False))
    assert set(tree) >= KEYS
    assert tree["edits"] == [RAID]
    assert set(tree["effect"]) == {"probability", "low", "high"}
    assert all(len(tree["bounds"][name]) == 2 for name in ("PN", "PS", "PNS"))
    again = ask(ISLANDS, tree["edits"], tree["outcome"])
    assert again.edits == answer.question.edits


def test_the_same_seed_gives_the_same_answer_on_any_number_of_threads(
    answer: WhatIf, islands_posterior: PosteriorDraws
) -> None:
    again = whatif(
        ISLANDS, [RAID], outcome=STEP, posterior=islands_posterior, uniforms=2, runs=150, seed=3,
        threads=1,
    )  # fmt: skip
    assert again.as_tree() == answer.as_tree()


def test_the_answer_shows_itself_and_gives_frames(answer: WhatIf) -> None:
    assert repr(answer).startswith("<WhatIf without great_raid")
    html = answer._repr_html_()
    assert SENTENCE in html
    assert "clarity" in html
    over = answer.over_time
    before = over["quarter"] < "2004Q2"
    assert (over.loc[before, ["effect", "effect_low", "effect_high"]] == 0.0).all(axis=None)
    assert (over["effect_low"] <= over["effect_high"]).all()
    assert list(answer.partings_frame["state"]) == [one.state for one in answer.partings]
    dates = answer.as_tree()["dates"]
    assert dates["levels"] == [one._asdict() for one in answer.partings]
    raids = {step["step"]: step for step in dates["steps"]}
    assert set(raids) == set(answer.comparison.steps["step"])
    assert all(step["delay_low"] <= step["delay_high"] for step in raids.values())
    assert len(answer.couplings_frame) == len(COUPLINGS)
    assert list(answer.theories_frame["theory"]) == ["RID"]
    assert len(answer.plot().axes) >= 10


def test_rival_theories_in_a_folder_are_asked_too(
    islands_posterior: PosteriorDraws, tmp_path: Path
) -> None:
    islands_posterior.save(tmp_path / "RID.npz")
    rival = _rival(ISLANDS)
    rival.save(tmp_path / "RI.npz")
    found = posteriors_of(tmp_path, ISLANDS)
    assert [one.theory for one in (found.main, *found.others)] == ["RID", "RI"]
    steps: list[tuple[int, int]] = []
    answer = answered(
        ask(ISLANDS, [RAID], STEP),
        found,
        uniforms=1,
        runs=20,
        progress=lambda done, whole: steps.append((done, whole)),
    )
    assert [one.theory for one in answer.theories] == ["RID", "RI"]
    assert steps[-1][0] == steps[-1][1] == len(steps)
    base, edited = (with_theory(one, theory_of("RI")) for one in (ISLANDS, ISLANDS.edited(RAID)))
    worlds = twin_worlds(base, edited, rival, uniforms=1, seed=1, states=["rung"])
    last = worlds.factual.calendar.index(answer.question.touched.replace(year=2008, month=12))
    twins = (worlds.edited.column("rung")[:, last] >= 2).mean()
    assert answer.theories[1].edited.value == pytest.approx(twins)
    assert set(answer.agreed.signs) <= {"RID", "RI"}
    assert answer.weights.basis == "alike"
    assert set(answer.without_draws) == {"N", "R", "I", "D", "RD", "ID"}
    assert any("calibrate two_islands/baseline --theory N" in why for why in answer.label.reasons)
    frame = answer.robustness_frame
    assert list(frame.loc[frame["kind"] == "theory", "name"][:2]) == ["RID", "RI"]
    assert frame.loc[frame["kind"] == "theory", "weight"].sum() == pytest.approx(1.0)
    alone = posteriors_of(tmp_path, ISLANDS, "RI")
    assert (alone.main.theory, alone.others) == ("RI", ())


def _rival(scenario: Scenario) -> PosteriorDraws:
    """Return draws from near the middle of the prior under another theory."""
    from alliance_sim.calibration.target import prior_of, target_of

    target = target_of(prior_of(scenario, "RI"))
    unknowns = 0.3 * np.random.default_rng(1).standard_normal((16, target.dimension))
    return PosteriorDraws.made(target, unknowns, seed=1, command="none: made for a test")


def test_the_factual_chronology_is_the_one_on_record(answer: WhatIf) -> None:
    comparison = answer.comparison
    on_record = comparison.on_record
    assert on_record is not None
    coded = [act for acts in on_record.counted.values() for act in acts]
    for row in (0, 1):
        alone = replace(
            comparison.factual_runs,
            values=comparison.factual_runs.values[row : row + 1],
            first_run=row,
            status=comparison.factual_runs.status[row : row + 1],
        )
        places = coded_places(alone, ISLANDS, on_record)
        told = chronology(alone, ISLANDS, places)
        days = set(zip(told["date"].dt.strftime("%Y-%m-%d"), told["title"], strict=True))
        assert {(f"{act.date}", act.told) for act in coded} <= days
        assert {(f"{act.date}", act.told) for act in on_record.formal.values()} <= days
        counts = [f"count_{name}" for name in SERIES]
        assert len(told) >= alone.block(counts).sum()


def test_acts_that_are_gone_are_those_on_record_or_are_told_to_be_simulated(
    answer: WhatIf,
) -> None:
    acts = answer.comparison.acts
    of_record = acts[acts["recorded"]]
    assert len(of_record) > 0
    assert set(of_record["change"]) <= {"gone", "moved"}
    titles = set(Record.of(ISLANDS).events["title"]) | {one.title for one in ISLANDS.rungs}
    known = of_record["factual_title"].str.replace(r" \((day|month) not known\)", "", regex=True)
    assert set(known) <= titles
    told = acts_told(acts, 1000, of_record=True)
    simulated = [one["act"] for one in told if "(simulated, not on record)" in one["act"]]
    before = acts["factual_title"] != ""
    assert len(simulated) == int((before & ~acts["recorded"]).sum())


def test_a_question_that_is_refused_says_so_before_its_answer(answer: WhatIf) -> None:
    assert answer.refused == ""
    assert answer.as_tree()["refused"] is None
    why = Check("cotenability", REFUSE, 0.0, "joint_patrol: would not have come")
    refused = replace(answer, card=(*answer.card[:1], why))
    assert refused.sentence.startswith("The question itself is refused (cotenability: joint_pat")
    assert refused.sentence.endswith(answer.sentence)
    assert refused.as_tree()["refused"] == refused.refused
    assert "The question itself is refused" in refused._repr_html_()


def test_an_edit_that_brings_the_outcome_about_names_the_opposite_question(answer: WhatIf) -> None:
    assert answer.other_way == ""
    brings = replace(answer, effect=Estimate(0.4, 0.1, 0.6))
    assert "--outcome 'rung<2@2008'" in brings.other_way
    folded = ask(ISLANDS, [RAID], "sum(count_operations)@2001..2008>=20")
    assert "sum(count_operations)@2001..2008<20" in replace(brings, question=folded).other_way


def test_shares_of_pairs_have_standard_errors(answer: WhatIf) -> None:
    ensemble = answer.ensemble
    assert ensemble is not None
    both = ensemble.both
    expected = np.sqrt(both * (1.0 - both) / ensemble.pairs)
    assert ensemble.errors["PNS"] == pytest.approx(expected, rel=0.2, abs=0.005)
    assert answer.as_tree()["errors"] == dict(ensemble.errors)
    assert set(ensemble.errors) == {"PN", "PS", "PNS"}


def test_what_answers_to_the_edits_and_what_has_no_counterpart_is_in_the_whole_answer(
    answer: WhatIf,
) -> None:
    tree = answer.as_tree()
    assert tree["responds"] == [edit.words for edit in answer.responds]
    assert tree["unmatched"] == {key: list(names) for key, names in answer.worlds.only.items()}


def test_a_notebook_shows_the_figure_of_an_answer(answer: WhatIf) -> None:
    html = answer._repr_html_()
    assert '<img alt="Formal step' in html
    assert "data:image/png;base64,iVBORw0KGgo" in html
