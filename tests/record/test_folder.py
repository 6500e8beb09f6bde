"""A record of one's own: found by name or folder, read whole or told with all that is wrong."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest

from alliance_sim import Record, Scenario, load_scenario
from alliance_sim.comparison.history import compare_history
from alliance_sim.errors import NoRecord, RecordError, SettingError
from alliance_sim.record import japan_nato
from alliance_sim.record.folder import edition_of, read_folder
from alliance_sim.record.forecasts import forecast_years
from alliance_sim.record.reporting import Reporting, read_reporting
from alliance_sim.record.words import Words, registered

BASE = load_scenario("japan_nato/baseline")
SHIPPED = Path(japan_nato.__file__).parent / "edition_1"
EVENTS = "date,domain,kind,salience,initiator,title,source,confidence\n"
RUNGS = "date,rung,name,description,source,confidence\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "events.csv").write_text(
        EVENTS + "2001-09-11,political,visit,1,japan,A,here,high\n2003,operations,exercise,2,"
        "nato,B,here,low\n2004-05,political,dialogue,1,member:France,C,here,medium\n",
        "utf-8",
    )
    (tmp_path / "institutions.csv").write_text(RUNGS + "2002,1,first,,here,high\n", "utf-8")
    return tmp_path


def renamed(**partners: str) -> Scenario:
    return BASE.model_copy(update={"partners": BASE.partners.model_copy(update=partners)})


def test_the_record_of_a_scenario_is_that_of_its_relationship_and_names_its_edition() -> None:
    assert registered() == ("japan_nato",)
    found = Record.of(BASE)
    assert found.name == Record.of("japan_nato").name == "japan_nato@2"
    assert (found.state, found.alliance, found.first_year) == ("japan", "nato", 1970)
    assert Record.of(BASE.model_copy(update={"record": "japan_nato"})).name == "japan_nato@2"
    first = Record.of("japan_nato@1")
    assert (first.name, first.edition, first.first_year) == ("japan_nato@1", 1, 1973)


def test_a_renamed_relationship_is_not_scored_against_anothers_record() -> None:
    named = BASE.model_copy(update={"relationship": "korea_nato"})
    with pytest.raises(NoRecord, match="holds no record of the relationship 'korea_nato'"):
        Record.of(named)
    with pytest.raises(NoRecord, match=r"is of japan and nato, and the sides .* korea and nato"):
        Record.of(renamed(state="korea"))
    with pytest.raises(NoRecord, match="names no relationship and no record"):
        Record.of(BASE.model_copy(update={"relationship": ""}))


@pytest.mark.parametrize("alliance", ["eu", "pact"])
def test_an_alliance_by_another_name_is_simulated_and_told_to_have_no_record(
    alliance: str,
) -> None:
    other = renamed(alliance=alliance, alliance_title=alliance.upper())
    found = compare_history(other, runs=2, seed=1)
    assert (found.record, found.claims, found.counts) == (None, None, None)
    assert "the sides of scenario" in found.missing
    assert found.missing in found.verdict()
    assert len(found.rungs) == 11


def test_words_of_an_unknown_relationship_come_from_the_scenario() -> None:
    other = renamed(state_title="Korea").model_copy(update={"relationship": "korea_nato"})
    assert Words.of(other).title == "Korea and NATO"
    assert Words.of(other).rungs[:2] == ("none", BASE.rungs[0].name.replace("_", " "))
    assert Words.of(other).weaknesses == ()
    assert Words.of(BASE).rungs[8] == "IPCP"


def test_an_unknown_edition_or_record_is_an_error() -> None:
    with pytest.raises(RecordError, match=r"holds no edition 7 \(known: 1"):
        Record.of("japan_nato@7")
    with pytest.raises(RecordError, match="edition is 'x', must be a whole number"):
        Record.of("japan_nato@x")
    with pytest.raises(RecordError, match="did you mean 'japan_nato'"):
        Record.of(BASE.model_copy(update={"record": "japan_nat"}))
    with pytest.raises(NoRecord, match="unknown relationship 'japan'"):
        Record.of("japan")


def test_a_folder_beside_the_scenario_is_found_from_its_file(folder: Path) -> None:
    file = folder / "mine.toml"
    file.write_text(
        'extends = "japan_nato/baseline"\ntitle = "Mine"\ndescription = "Mine"\nrecord = "."\n',
        "utf-8",
    )
    found = Record.of(load_scenario(file))
    assert found.name == "japan_nato"
    assert found.events["precision"].tolist() == ["day", "year", "month"]
    assert found.claims.empty
    assert found.counts()["political"].tolist() == [0, 0, 2, 0]


def test_a_relationship_without_claims_gets_no_table_of_them(folder: Path) -> None:
    found = compare_history(BASE.model_copy(update={"record": str(folder)}), runs=2, seed=1)
    assert found.claims is found.record_checks is None
    assert found.counts is not None
    assert "counts by stage and field" in found.verdict()
    assert found.rungs["observed"].tolist() == ["2002", *[""] * 10]


def test_the_newest_edition_is_taken_unless_one_is_asked_for(folder: Path, tmp_path: Path) -> None:
    for number in (1, 2, 10):
        shutil.copytree(SHIPPED, tmp_path / f"edition_{number}")
    assert edition_of(tmp_path).name == "edition_10"
    assert edition_of(tmp_path, 2).name == "edition_2"


def test_all_problems_of_a_folder_are_told_with_file_row_and_column(folder: Path) -> None:
    (folder / "events.csv").write_text(
        EVENTS
        + "2001-13,politcal,visit,4,japan,A,here,high\n1600,political,visits,1,Japan,,,sure\n",
        "utf-8",
    )
    (folder / "institutions.csv").write_text("date,rung\n", "utf-8")
    (folder / "reporting.toml").write_text("first_year = 'x'\nfirst_yaer = 1", "utf-8")
    with pytest.raises(RecordError) as caught:
        read_folder(folder)
    said = "\n".join(caught.value.problems)
    for wanted in (
        "events.csv, row 2, date: is '2001-13', must be a date such as",
        "events.csv, row 2, domain: unknown domain 'politcal'; did you mean 'political'",
        "events.csv, row 2, salience: is '4', must be a whole number from 1 to 3",
        "events.csv, row 3, date: is 1600, must lie from 1700 to 2200",
        "events.csv, row 3, kind: unknown kind 'visits'; did you mean 'visit'",
        "events.csv, row 3, initiator: is 'Japan', must be",
        "events.csv, row 3, title: is empty",
        "institutions.csv: column 'name' is missing",
        "reporting.toml: first_year",
        "reporting.toml: unknown key 'first_yaer'; did you mean 'first_year'",
    ):
        assert wanted in said


def test_nothing_ends_before_it_begins_and_claims_say_whose_they_are(folder: Path) -> None:
    (folder / "context.csv").write_text(
        "date,end_date,actor,category,title,source,confidence\n"
        "2001-09,2001,A,threat,T,here,high\n2003-05,2003-04-30,A,threat,T,here,high\n"
        "2003,2001-12,A,threat,T,here,high\n",
        "utf-8",
    )
    with pytest.raises(RecordError) as caught:
        read_folder(folder)
    assert caught.value.problems == (
        "context.csv, row 3, end_date: is 2003-04-30, must not lie before date 2003-05",
        "context.csv, row 4, end_date: is 2001-12, must not lie before date 2003",
    )
    (folder / "context.csv").unlink()
    head = "claim_id,period,domain,type,claim,formal,check,verdict_from_coding,basis\n"
    row = "C01,P1,all,level,A claim,,,Supported,mine\n"
    (folder / "article_claims.csv").write_text(head + row, "utf-8")
    with pytest.raises(
        RecordError, match=r"row 2, basis: unknown basis 'mine' .*implied, ours, said"
    ):
        read_folder(folder)


def test_rungs_rise_and_sides_are_two(folder: Path) -> None:
    (folder / "institutions.csv").write_text(
        RUNGS + "2002,2,second,,here,high\n2003,1,first,,here,high\n", "utf-8"
    )
    with pytest.raises(RecordError, match="rung 1 of 2003 stands after rung 2 of 2002"):
        read_folder(folder)
    (folder / "institutions.csv").write_text(
        RUNGS + "2002-09,2,second,,here,high\n2002-03-01,3,third,,here,high\n", "utf-8"
    )
    with pytest.raises(RecordError, match="rung 3 of 2002-03-01 stands after rung 2 of 2002-09"):
        read_folder(folder)
    (folder / "institutions.csv").write_text(
        RUNGS + "2002-09-01,2,second,,here,high\n2002,3,third,,here,high\n", "utf-8"
    )
    read_folder(folder)
    (folder / "institutions.csv").write_text(RUNGS, "utf-8")
    with (folder / "events.csv").open("a", encoding="utf-8") as file:
        file.write("2004,political,dialogue,1,korea,C,here,medium\n")
    with pytest.raises(RecordError, match="japan, korea, nato are more than two sides"):
        read_folder(folder)


def test_a_file_that_is_missing_or_no_file_is_told(folder: Path) -> None:
    (folder / "events.csv").unlink()
    with pytest.raises(RecordError, match=r"events\.csv: does not exist"):
        read_folder(folder)
    (folder / "events.csv").mkdir()
    with pytest.raises(RecordError, match=r"events\.csv: is a folder"):
        read_folder(folder)


def test_an_empty_file_is_told_in_one_sentence(folder: Path) -> None:
    (folder / "events.csv").write_text("\n", "utf-8")
    with pytest.raises(RecordError) as caught:
        read_folder(folder)
    told = f"events.csv: is empty, must begin with the names of its columns: {EVENTS.strip()}"
    assert caught.value.problems == (told,)


def test_reporting_is_that_of_the_method_unless_a_file_says_otherwise(tmp_path: Path) -> None:
    usual = Reporting()
    assert usual.of(3, dt.date(1960, 1, 1)) == pytest.approx(0.9)
    assert usual.of(1, dt.date(2001, 8, 31)) == pytest.approx(7 / 20)
    assert usual.of(1, dt.date(2001, 9, 1)) == pytest.approx(30 / 43)
    path = tmp_path / "reporting.toml"
    path.write_text(
        "first_year = 2002\n[[chance]]\nfrom = 2001-01-01\nsalience_1 = { beta = [1, 3] }\n"
        "salience_2 = 0.5\nsalience_3 = 1.0\n",
        "utf-8",
    )
    found = read_reporting(path)
    assert (found.first_year, found.of(1, dt.date(1990, 1, 1))) == (2002, 0.25)


@pytest.mark.parametrize("salience", [0, 4, -1, 1.0, "2", True, None])
def test_there_is_no_chance_of_a_salience_that_there_is_not(salience: Any) -> None:
    for ask in (Reporting().of, Reporting().given):
        with pytest.raises(
            SettingError, match=r"salience is .*, must be a whole number from 1 to 3"
        ):
            ask(salience, dt.date(2003, 1, 1))


@pytest.mark.parametrize("source", [None, 3, ["two_islands"]])
def test_what_is_no_source_of_a_record_is_told_with_the_known_ones(source: Any) -> None:
    with pytest.raises(SettingError, match=r"source is .*, must be a scenario or the name"):
        Record.of(source)


@pytest.mark.parametrize("first", [2003.5, "2003", None, 1800])
def test_years_are_forecast_from_a_year_of_the_scenario_on(first: Any) -> None:
    with pytest.raises(SettingError, match=r"first is .*, must be a whole number from 2001"):
        forecast_years(load_scenario("two_islands/baseline"), first=first)


def test_a_fit_draws_each_distribution_of_the_reporting_once() -> None:
    second = Record.of("japan_nato@2").reporting
    assert [one.beta for one in second.unknowns] == [(7, 13), (98, 13), (30, 13)]
    drawn = (0.3, 0.8, 0.6)
    assert second.table(drawn) == ((0.3, 0.8, 0.8), (0.6, 0.8, 0.8))
    assert second.of(1, dt.date(2001, 8, 31), drawn) == pytest.approx(0.3)
    assert second.of(3, dt.date(2020, 1, 1)) == pytest.approx(98 / 111)
    assert second.given(1, dt.date(1960, 1, 1)) == second.unknowns[0]
    with pytest.raises(SettingError, match="drawn holds 2 values, must hold 3"):
        second.table((0.3, 0.8))
    assert Reporting().table() == ((7 / 20, 0.9, 0.9), (30 / 43, 0.9, 0.9))


def test_problems_of_reporting_are_sentences_with_what_is_allowed_and_nearest(
    tmp_path: Path,
) -> None:
    path = tmp_path / "reporting.toml"
    path.write_text(
        "first_yer = 2001\n[[chance]]\nfrm = 2001-01-01\nfrom = 'x'\nsalience_1 = 1.5\n"
        "salience_2 = { beta = [0, 3] }\nsalience_3 = 'often'\n[[chance]]\n",
        "utf-8",
    )
    with pytest.raises(RecordError) as caught:
        read_reporting(path)
    wanted = "must be a chance from 0 to 1, or { beta = [a, b] }"
    said = "\n".join(caught.value.problems)
    for sentence in (
        "unknown key 'first_yer'; did you mean 'first_year'? (known: chance, first_year)",
        "chance[0]: unknown key 'frm'; did you mean 'from'? (known: from, salience_1, salience_2,",
        "chance[0].from: is 'x', must be a date such as",
        f"chance[0].salience_1: is 1.5, {wanted}",
        f"chance[0].salience_2: is {{'beta': [0, 3]}}, {wanted}",
        f"chance[0].salience_3: is 'often', {wanted}",
        "chance[1].from: is missing",
    ):
        assert sentence in said
    assert len(caught.value.problems) == 10
    path.write_text("chance = []\n", "utf-8")
    with pytest.raises(RecordError, match=r"chance: is empty, must hold at least one"):
        read_reporting(path)
    for word in ("constrained", "union", "inputs", "Beta"):
        assert word not in said


def test_the_shipped_editions_are_sound() -> None:
    assert len(read_folder(SHIPPED).tables["events"]) == 193
    assert len(read_folder(SHIPPED.with_name("edition_2")).tables["events"]) == 222


def test_a_shipped_record_is_read_anew_only_when_it_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "islands" / "edition_1"
    shutil.copytree(SHIPPED, kept)
    assert read_folder(kept) is not read_folder(kept)
    monkeypatch.setattr("alliance_sim.record.folder.HERE", tmp_path.resolve())
    before = read_folder(kept)
    assert read_folder(kept) is before
    events = (kept / "events.csv").read_text("utf-8").splitlines(keepends=True)
    (kept / "events.csv").write_text("".join(events[:-1]), "utf-8")
    assert len(read_folder(kept).tables["events"]) == len(before.tables["events"]) - 1
