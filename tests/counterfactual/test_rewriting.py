"""The smallest rewrite: told on other draws than chose it, minimal, and the cheapest tried."""

from __future__ import annotations

import datetime as dt
import json
import math
import shlex
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.legend import Legend
from matplotlib.text import Text

from alliance_sim import SettingError, load_scenario
from alliance_sim.calibration import PosteriorDraws
from alliance_sim.counterfactual import Rewrite, rewrite, twin_worlds
from alliance_sim.counterfactual.edit_cost import edit_cost
from alliance_sim.counterfactual.labels import LABELS, SENTENCE
from alliance_sim.counterfactual.rewrite_candidates import candidates_of
from alliance_sim.counterfactual.rewrite_question import ask_rewrite
from alliance_sim.counterfactual.rewrite_tree import FACT, FOUND, REST
from alliance_sim.plots.rewrite import rewrite_figure
from alliance_sim.plots.style import PHONE

pytestmark = pytest.mark.slow

ISLANDS = load_scenario("two_islands/baseline")
STEP, END = "rung>=2@2008", dt.date(2008, 12, 31)
GRID: dict[str, Any] = {"shifts": (4, 8), "strengths": (0.5,), "uniforms": 2, "seed": 3}


@pytest.fixture(scope="module")
def answer(islands_posterior: PosteriorDraws) -> Rewrite:
    return rewrite(ISLANDS, outcome=STEP, posterior=islands_posterior, **GRID)


def test_candidates_have_a_cost_come_in_time_and_keep_to_their_causes(
    islands_posterior: PosteriorDraws,
) -> None:
    found = candidates_of(ISLANDS, islands_posterior, until=END, shifts=(4, 8), strengths=(0.5,))
    texts = {one.text: one for one in found.edits}
    assert {"without great_raid", "shift great_raid:-8", "strength great_raid:0.5"} <= set(texts)
    assert "leader admiral=none" in texts
    assert "shift joint_patrol:-4" not in texts  # it would come before the raid that it follows
    assert "shift great_raid:+32" not in texts
    assert "joint_patrol" in found.without_cost
    assert not any(text.startswith("strength joint_patrol") for text in texts)
    for one in found.edits:
        cost = edit_cost(ISLANDS, ISLANDS.edited(one.text), islands_posterior, until=END)
        assert cost is not None
        assert one.bits == pytest.approx(cost.bits)
    early = candidates_of(ISLANDS, islands_posterior, until=dt.date(2004, 12, 31))
    assert early.late == 3
    assert {one.subject for one in early.edits} == {"great_raid"}


def test_what_is_told_comes_from_draws_that_the_search_did_not_use(
    answer: Rewrite, islands_posterior: PosteriorDraws
) -> None:
    few, many, confirms, tells = answer.searched.histories
    assert many == len(islands_posterior) / 2 >= few
    assert confirms == tells == len(islands_posterior) / 4 * 2
    assert answer.fact.value == 0.0  # in every history that comes to the record the step was taken
    assert not answer.wanted


def test_one_juncture_after_the_outcome_is_told_in_the_singular(answer: Rewrite) -> None:
    candidates = replace(answer.searched.candidates, late=1)
    alone = replace(answer, searched=answer.searched._replace(candidates=candidates))
    assert any("No candidates: 1 juncture after" in sentence for sentence in alone.assumed)


def test_what_was_found_reaches_the_threshold_and_no_part_of_it_does(answer: Rewrite) -> None:
    for one in answer.found:
        assert one.searched >= 0.5
        assert one.confirmed >= 0.5
        assert one.holds
    tried = {one.changes: one for one in answer.searched.tried}
    for one in (*answer.found, *answer.unconfirmed):
        whole = frozenset(one.edits)
        assert all(other.value < 0.5 for changes, other in tried.items() if changes < whole)
        assert one.cost.bits == pytest.approx(tried[whole].cost)
    costs = [one.cost.bits for one in answer.found]
    assert costs == sorted(costs)
    assert answer.nearest == answer.found[0] if answer.found else answer.nearest.edits


def test_every_cheaper_set_of_those_put_together_was_tried(answer: Rewrite) -> None:
    tried = {one.changes for one in answer.searched.tried}
    parts = {one.text: one for one in answer.searched.candidates.edits}
    for text in answer.searched.kept:
        assert frozenset([text]) in tried
    choice = math.log2(len(ISLANDS.junctures))
    for first in answer.searched.kept:
        for second in answer.searched.kept:
            both = frozenset([first, second])
            held = any(frozenset(one.edits) <= both for one in answer.found)
            if first < second and parts[first].subject != parts[second].subject and not held:
                bits = parts[first].bits + parts[second].bits + choice
                fits = "strength" not in first + second and "leader" not in first + second
                if fits and bits < answer.searched.until - 1e-9 and both not in tried:
                    held = any(one.changes < both and one.value >= 0.5
                               for one in answer.searched.tried)  # fmt: skip
                    assert held


def test_the_value_of_a_set_is_that_of_its_twins(
    islands_posterior: PosteriorDraws, answer: Rewrite
) -> None:
    """With all draws and one set of uniforms the share lies near what the search tells."""
    edited = ISLANDS.edited(*answer.nearest.edits)
    worlds = twin_worlds(ISLANDS, edited, islands_posterior, uniforms=8, seed=5, states=["rung"])
    last = worlds.factual.calendar.index(END)
    share = float((worlds.edited.column("rung")[:, last] < 2).mean())
    by_draw = worlds.by_draw((worlds.edited.column("rung")[:, last] < 2).astype(float))
    spread = float(np.std(by_draw)) / math.sqrt(16)
    assert answer.nearest.told.value == pytest.approx(share, abs=4 * spread + 0.1)


def test_a_target_that_the_fact_has_reached_leaves_nothing_to_rewrite(
    islands_posterior: PosteriorDraws,
) -> None:
    found = rewrite(ISLANDS, outcome=STEP, wanted=True, posterior=islands_posterior, **GRID)
    assert found.reached
    assert found.found == ()
    assert found.nearest.edits == ()
    assert len(found.searched.tried) == 1
    assert found.answer.startswith("Nothing to rewrite")
    assert [node.status for node in found.tree] == [FACT]
    assert len(found.plot().axes) >= 2


def test_a_target_out_of_reach_tells_what_comes_nearest(islands_posterior: PosteriorDraws) -> None:
    found = rewrite(
        ISLANDS, outcome="level_equipment>0.99@2010", posterior=islands_posterior, budget=60,
        also=["council leader"], **GRID,
    )  # fmt: skip
    assert found.wanted
    assert found.found == ()
    assert found.answer.startswith("Nothing that was searched")
    assert "turns it in 50 of 100. Nearest comes" in found.answer or (
        "comes nearer than the fact: in 0 of 100" in found.answer
    )
    assert len(found.searched.tried) <= 60
    assert "council leader" in found.as_tree()["searched"]["candidates"]


def test_a_further_edit_can_be_what_turns_it(islands_posterior: PosteriorDraws) -> None:
    slow = "set levels.pace=0.15"
    found = rewrite(
        ISLANDS, outcome="level_political>0.36@2009", posterior=islands_posterior, also=[slow],
        several=20, **GRID | {"shifts": (8,), "uniforms": 1},
    )  # fmt: skip
    (one,) = (one for one in found.found if one.edits == (slow,))
    assert one.minimal
    assert one.told.value > 0.9
    alone = edit_cost(ISLANDS, ISLANDS.edited(slow), islands_posterior, until=found.until)
    assert alone is not None
    assert one.cost == alone


def test_the_answer_can_be_asked_again_as_a_what_if(answer: Rewrite) -> None:
    told = answer.whatif_command
    assert told.startswith("alliance-sim whatif two_islands/baseline --posterior FILE --")
    assert told.endswith("--outcome 'rung>=2@2008'")
    for text in answer.nearest.edits:
        assert f"--{text}" in told


def test_the_what_if_names_file_draws_seed_and_uniforms_where_they_are_others(
    answer: Rewrite,
) -> None:
    told = shlex.split(answer.whatif_command)
    assert told[5:9] == ["--seed", "3", "--uniforms", "2"]
    own = replace(answer, asked_of=("my own.toml", "--posterior", "FIT"), seed=1)
    words = ["my own.toml", "--posterior", "FIT", "--uniforms", "2"]
    assert shlex.split(own.whatif_command)[2:7] == words


def test_what_is_asked_is_called_as_a_command_finds_it(
    islands_posterior: PosteriorDraws, tmp_path: Path
) -> None:
    islands_posterior.save(tmp_path / "RID.npz")
    named = ask_rewrite(ISLANDS, STEP, posterior=tmp_path, called="own/mine.toml")
    assert named.asked_of == ("own/mine.toml", "--posterior", str(tmp_path))
    given = ask_rewrite(ISLANDS, STEP, posterior=islands_posterior)
    assert given.asked_of == (ISLANDS.name, "--posterior", "FILE")


def test_the_same_seed_gives_the_same_answer_on_any_number_of_threads(
    answer: Rewrite, islands_posterior: PosteriorDraws
) -> None:
    again = rewrite(ISLANDS, outcome=STEP, posterior=islands_posterior, threads=1, **GRID)
    assert again.as_tree() == answer.as_tree()


def test_the_tree_is_one_that_can_be_followed(answer: Rewrite) -> None:
    rows = answer.tree
    assert rows[0].status == FACT
    levels = [row.level for row in rows if row.status != REST]
    assert all(later <= before + 1 for before, later in pairwise(levels))
    assert {row.edits for row in rows if row.status == FOUND} == {one.edits for one in answer.found}
    counted = sum(row.others or 1 for row in rows)
    assert counted == len(answer.searched.tried)


def test_the_answer_is_plain_values_and_says_what_it_is_not(answer: Rewrite) -> None:
    tree = json.loads(json.dumps(answer.as_tree(), allow_nan=False))
    assert tree["searched"]["worlds"] == len(answer.frame) == len(answer.searched.tried)
    assert tree["label"] in LABELS
    assert answer.sentence.endswith(SENTENCE)
    assert set(tree["couplings"]) == {"quantile", "thinning", "redraw_after", "independent"}
    assert repr(answer).startswith("<Rewrite rung>=2@2008")
    assert SENTENCE in answer._repr_html_()


@pytest.mark.parametrize("form", [None, PHONE], ids=["slide", "phone"])
def test_the_figure_holds_every_row_and_the_fixed_sentence(answer: Rewrite, form: Any) -> None:
    figure = answer.plot() if form is None else rewrite_figure(answer, form=form)
    texts: list[Any] = figure.findobj(Text)
    told = " ".join(text.get_text() for text in texts)
    plain = " ".join(told.split())
    assert " ".join(SENTENCE.split()) in plain
    for row in answer.tree:
        assert f"{round(100 * row.probability)} of 100" in plain
    (legend,) = figure.findobj(Legend)
    named = {text.get_text() for text in legend.get_texts()}
    assert ("90 % of the draws" in named) == bool(answer.found or answer.unconfirmed)
    spans = {one.edits for one in (*answer.found, *answer.unconfirmed)}
    lines = [line for axes in figure.axes for line in axes.lines if line.get_marker() == "|"]
    both = [line for line in lines if len(np.asarray(line.get_xdata())) == 2]
    assert len(both) == sum(row.edits in spans and row.status != FACT for row in answer.tree)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a number": ({"outcome": "level_operations@2009"}, "is a number, and a rewrite turns"),
    "nonsense": ({"outcome": "rnug>=2@2008"}, "did you mean 'rung'"),
    "nothing before it": ({"outcome": "rung>=1@2001Q1"}, "nothing to search"),
    "a threshold of one": ({"threshold": 1.0}, "must be a probability between 0 and 1"),
    "a threshold of no number": ({"threshold": "half"}, "must be a probability between 0 and 1"),
    "too small a budget": ({"budget": 5}, "give --budget"),
    "too many edits": ({"most": 9}, "most is 9, must be a whole number from 1 to 5"),
    "an odd shift": ({"shifts": (0,)}, "must be a whole number of quarters from 1"),
    "no strength": ({"strengths": (1.0,)}, "other than 1"),
    "an unknown edit": ({"also": ["withot x"]}, "did you mean 'without'"),
    "an idle edit": ({"also": ["council consensus"]}, "changes nothing"),
    "an edit of both worlds": ({"also": ["theory R"]}, "is no rewrite of history"),
    "an odd aim": ({"wanted": "maybe"}, "must be True, False, or None"),
    "no draws": ({"posterior": "shipped"}, "no draws of a posterior come with the package"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_question_is_told_before_anything_is_searched(
    case: str, islands_posterior: PosteriorDraws
) -> None:
    given, told = WRONG[case]
    asked = {"outcome": STEP, "posterior": islands_posterior, **given}
    with pytest.raises(SettingError, match=told):
        ISLANDS.rewrite(**asked)
