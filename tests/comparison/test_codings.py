"""Two codings: the published numbers of agreement and of what is missing come out of the files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from alliance_sim import load_scenario
from alliance_sim.comparison import codings
from alliance_sim.comparison.codings import (
    chapman,
    compare_codings,
    kappa,
    reporting_of,
)
from alliance_sim.errors import NoRecord, SettingError
from alliance_sim.plots.codings import codings_figure
from alliance_sim.plots.style import PHONE
from alliance_sim.record.record import Record
from alliance_sim.report.codings import codings_json, write_codings

BASE = load_scenario("japan_nato/baseline")
CODINGS = compare_codings(BASE)


def test_agreement_is_that_of_the_second_look() -> None:
    found = CODINGS.agreement.set_index("column")
    published = {"domain": 0.97, "kind": 0.87, "initiator": 0.87, "salience": 0.74}
    assert found["kappa"].round(2).to_dict() == published
    assert found["acts"].unique().tolist() == [132]
    assert (found["low"] < found["kappa"]).all()
    assert (found["kappa"] < found["high"]).all()
    assert CODINGS.days == (89, 83)


def test_the_number_of_acts_is_that_of_the_second_look() -> None:
    every = CODINGS.captures[CODINGS.captures["salience"] == "all"].set_index("period")
    published = {"P1": (19.0, 2.7), "P2": (27.5, 3.4), "P3": (58.6, 2.1), "P4": (140.9, 3.4)}
    for period, (total, se) in published.items():
        assert every["total"][period] == pytest.approx(total, abs=0.051)
        assert every["se"][period] == pytest.approx(se, abs=0.051)
    assert every["chance"].round(2).tolist() == [0.46, 0.64, 0.87, 0.82]


def test_what_each_list_holds_by_salience_is_that_of_the_second_look() -> None:
    held = {
        group: rows[["both", "second"]].to_numpy().tolist()
        for group, rows in CODINGS.captures.groupby("salience")
    }
    assert held["1"] == [[4, 11], [2, 7], [10, 13], [19, 28]]
    assert held["2-3"] == [[2, 2], [7, 7], [23, 25], [65, 75]]


def test_the_shipped_chances_are_what_the_matches_give() -> None:
    shipped = Record.of("japan_nato@2").reporting
    made = reporting_of(CODINGS.chances, which=("first", "second"), first_year=1970)
    assert made == shipped
    either = CODINGS.chances["in_either"]
    assert (either > CODINGS.chances[["in_first", "in_second"]].max(axis=1)).all()


def test_claims_are_put_to_both_lists_and_to_the_edition() -> None:
    claims = CODINGS.claims.set_index("id")
    assert len(claims) == 29
    turned = claims.loc["C07"]
    assert (turned["verdict_first"], turned["verdict"]) == ("supported", "contradicted")
    assert [turned[f"on_{name}"] for name in ("first", "second", "record")] == [False] * 3
    assert claims.loc["C29", "verdict_first"] is None
    assert [claims.loc["C02", f"on_{name}"] for name in ("first", "second")] == [True, False]
    assert claims.loc["C04", "on_first"] is None
    assert claims.loc["C25", "basis"] == "said"


def test_the_first_edition_can_be_asked_too() -> None:
    found = compare_codings(BASE.model_copy(update={"record": "japan_nato@1"}))
    assert (found.name, found.first) == ("japan_nato@1", "japan_nato@1")
    pd.testing.assert_frame_equal(found.agreement, CODINGS.agreement)
    assert len(found.claims) == 28
    assert found.claims["verdict_first"].isna().all()
    assert found.claims["basis"].isna().all()


def test_a_record_that_nobody_coded_twice_is_told_where_the_second_would_be() -> None:
    with pytest.raises(NoRecord, match=r"has no second coding; it would be .*second_coder\.csv"):
        compare_codings(load_scenario("two_islands/baseline"))


def test_kappa_is_that_of_the_textbook() -> None:
    # Fleiss, Levin and Paik 2003, table 18.1: two raters on 100 subjects, kappa 0.68, se 0.087.
    table = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]
    first = np.repeat([0, 1, 2], [80, 10, 10])
    second = np.concatenate([np.repeat([0, 1, 2], row) for row in table])
    found = kappa(first.tolist(), second.tolist())
    assert found.agree == pytest.approx(0.89)
    assert found.kappa == pytest.approx(0.68, abs=0.006)
    assert found.se == pytest.approx(0.087, abs=0.002)


def test_kappa_is_one_where_all_agree_and_nought_where_chance_does() -> None:
    same = kappa(["a", "b", "a"], ["a", "b", "a"])
    assert (same.kappa, same.se, same.high) == (1.0, 0.0, 1.0)
    chance = kappa(["a", "a", "b", "b"], ["a", "b", "a", "b"])
    assert chance.kappa == pytest.approx(0.0)


def test_interval_covers_what_resampling_covers() -> None:
    generator = np.random.default_rng(1)
    first = generator.choice(3, 200, p=[0.5, 0.3, 0.2])
    second = np.where(generator.random(200) < 0.8, first, generator.choice(3, 200))
    found = kappa(first.tolist(), second.tolist())
    drawn = [generator.integers(0, 200, 200) for _ in range(600)]
    again = [kappa(first[rows].tolist(), second[rows].tolist()).kappa for rows in drawn]
    assert np.std(again) == pytest.approx(found.se, rel=0.12)


@pytest.mark.parametrize(("first", "second"), [([], []), (["a"], ["a", "b"]), (["a"], ["a"])])
def test_what_has_no_agreement_is_an_error(first: list[str], second: list[str]) -> None:
    with pytest.raises(SettingError):
        kappa(first, second)


def test_two_lists_that_hold_the_same_have_caught_everything() -> None:
    assert chapman(9, 9, 9)[3:] == (9.0, 0.0)
    with pytest.raises(SettingError, match="both hold 10 acts, must be 0 to 9"):
        chapman(9, 12, 10)


def test_an_act_dated_on_either_side_of_an_end_is_no_more_often_shared_than_it_counts() -> None:
    acts = pd.DataFrame({"list": [1], "shared": [True]})  # the first list has it in another period
    assert codings._caught(acts) == (0, 1, 0)


def test_tables_a_figure_and_a_manifest_are_written(tmp_path: Path) -> None:
    files = write_codings(CODINGS, BASE, out=tmp_path, command="alliance-sim record agreement")
    assert set(files) == {
        *("agreement.csv", "captures.csv", "chances.csv", "claims.csv"),
        *("codings.png", "manifest.json"),
    }
    told = codings_json(CODINGS, files)
    assert (told["record"], told["first"]) == ("japan_nato@2", "japan_nato@1")
    assert told["same_day"] == {"acts": 89, "alike": 83}
    assert len(told["captures"]) == 12


@pytest.mark.parametrize("narrow", [False, True])
def test_the_figure_names_the_first_list_and_every_column(narrow: bool) -> None:
    form = {"form": PHONE} if narrow else {}
    figure = codings_figure(CODINGS, BASE.calendar().periods, **form)
    words = " ".join(text.get_text() for text in figure.findobj(Text)).split()
    assert {"japan_nato@1", "domain", "kind", "initiator", "salience"} <= set(words)


def test_an_era_is_told_by_its_first_day() -> None:
    assert [era for era in CODINGS.chances["era"].unique() if era] == ["1949-04-04", "2001-09-01"]
    assert dt.date.fromisoformat(CODINGS.chances["era"][1]).year == 2001


def test_a_column_of_one_class_is_left_out_and_the_others_are_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = compare_codings(load_scenario("japan_nato/baseline")).agreement
    column = str(whole["column"][0])
    plain = codings._class
    monkeypatch.setattr(
        codings, "_class", lambda row, asked: "x" if asked == column else plain(row, asked)
    )
    found = compare_codings(load_scenario("japan_nato/baseline")).agreement
    assert list(found["column"]) == list(whole["column"][1:])
