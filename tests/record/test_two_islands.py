"""The small relationship: its record is what its own truth makes, and its junctures matter."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from alliance_sim import Record, load_scenario, simulate
from alliance_sim.comparison.history import compare_history
from alliance_sim.comparison.made import make_record, reporting_for
from alliance_sim.errors import SettingError
from alliance_sim.provenance import scenario_digest
from alliance_sim.record.reporting import Reporting
from alliance_sim.report import write_history
from alliance_sim.scenario.path import numbers
from alliance_sim.shipped import scenarios

ISLANDS = load_scenario("two_islands/baseline")
FOLDER = scenarios() / "two_islands" / "record"
TRUTH = tomllib.loads((FOLDER / "truth.toml").read_text("utf-8"))
MADE = ("events.csv", "institutions.csv", "truth.toml")


def test_the_shipped_record_is_what_its_truth_makes(tmp_path: Path) -> None:
    assert reporting_for(ISLANDS, tmp_path) == FOLDER / "reporting.toml"
    seed, run = TRUTH["seed"], TRUTH["run"]
    make_record(ISLANDS, seed=seed, run=run, out=tmp_path)
    stale = [n for n in MADE if (tmp_path / n).read_bytes() != (FOLDER / n).read_bytes()]
    command = f"alliance-sim record make scenarios/two_islands/baseline.toml --seed {seed}"
    assert stale == [], f"rules or numbers changed; make it again: {command} --run {run}"


def test_the_truth_names_the_scenario_and_every_number() -> None:
    assert TRUTH["scenario"] == ISLANDS.name
    assert TRUTH["digest"] == scenario_digest(ISLANDS)
    assert TRUTH["parameters"] == {path: number.value for path, number in numbers(ISLANDS)}
    assert TRUTH["reported"] < TRUTH["acts"]


def test_the_record_is_found_and_has_no_claims(tmp_path: Path) -> None:
    found = compare_history(ISLANDS, runs=4, seed=1)
    assert found.record is not None
    assert found.record.name == "two_islands"
    assert found.claims is None
    assert len(found.record.events) == TRUTH["reported"]
    assert [p.id for p in found.record.periods] == ["P1", "P2"]
    written = write_history(found, out=tmp_path, command="alliance-sim history two_islands")
    assert "claims.csv" not in written
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "claims" not in page.partition("<h2>")[0].partition("</style>")[2]
    assert "North Island and League of the South" in found.words.title


def test_a_pair_that_nobody_knows_is_drawn_without_a_record(tmp_path: Path) -> None:
    unknown = ISLANDS.model_copy(update={"relationship": "nobody", "record": ""})
    found = compare_history(unknown, runs=2, seed=1)
    written = write_history(found, out=tmp_path, command="alliance-sim history x")
    assert "counts.csv" not in written
    assert "counts.png" not in written
    assert (
        "no record of the relationship &#39;nobody&#39;" in (tmp_path / "report.html").read_text()
    )


def test_removing_a_juncture_matters() -> None:
    with_raid = simulate(ISLANDS, runs=40, seed=1)
    for juncture, state in (("great_raid", "level_operations"), ("trade_act", "level_equipment")):
        without = simulate(ISLANDS.without(juncture), runs=40, seed=1)
        lost = (with_raid.column(state) - without.column(state))[:, -1]
        assert lost.mean() > 0.1


def test_the_removed_raid_leaves_the_law_to_chance() -> None:
    without = simulate(load_scenario("two_islands/no_raid"), runs=60, seed=1)
    opened = without.column("win_set_operations")[:, -1] > 0.5
    assert 0.05 < opened.mean() < 0.95


def test_acts_go_unreported_as_the_chances_say(tmp_path: Path) -> None:
    (tmp_path / "reporting.toml").write_text(
        "[[chance]]\nfrom = 2001-01-01\nsalience_1 = 0.0\nsalience_2 = 1.0\nsalience_3 = 1.0\n"
    )
    make_record(ISLANDS, seed=5, run=0, out=tmp_path)
    found = Record.of(ISLANDS.model_copy(update={"record": str(tmp_path)}))
    assert set(found.events["salience"]) == {2, 3}
    assert Reporting().chance != found.reporting.chance


def test_the_chances_of_the_folder_come_first_and_those_of_the_method_last(tmp_path: Path) -> None:
    nowhere = ISLANDS.model_copy(update={"record": str(tmp_path / "nowhere")})
    assert reporting_for(nowhere, tmp_path) is None
    (tmp_path / "reporting.toml").write_text("first_year = 2001\n")
    assert reporting_for(ISLANDS, tmp_path) == tmp_path / "reporting.toml"


def test_a_record_is_of_a_relationship(tmp_path: Path) -> None:
    nameless = ISLANDS.model_copy(update={"relationship": ""})
    with pytest.raises(SettingError, match="names no relationship"):
        make_record(nameless, seed=1, run=0, out=tmp_path)


def test_a_record_that_no_run_left_is_never_written_over(tmp_path: Path) -> None:
    mine = tmp_path / "events.csv"
    mine.write_text("two years of work\n")
    with pytest.raises(SettingError, match=r"holds events.csv and no truth.toml: .*--out"):
        make_record(ISLANDS, seed=1, run=0, out=tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "events.csv": "two years of work\n"
    }
    mine.unlink()
    make_record(ISLANDS, seed=1, run=0, out=tmp_path)
    first = mine.read_text()
    for other, asked in (
        (ISLANDS, {"seed": 2, "run": 0}),
        (ISLANDS, {"seed": 1, "run": 1}),
        (ISLANDS.model_copy(update={"name": "mine"}), {"seed": 1, "run": 0}),
    ):
        with pytest.raises(SettingError, match="record of run 0 of two_islands/baseline with seed"):
            make_record(other, **asked, out=tmp_path)
    assert mine.read_text() == first
    mine.write_text("")
    make_record(ISLANDS, seed=1, run=0, out=tmp_path)  # by the same run it may be made anew
    assert mine.read_text() == first
    (tmp_path / "truth.toml").write_text("mine = true\n")
    with pytest.raises(SettingError, match=r"truth.toml that `record make` did not write"):
        make_record(ISLANDS, seed=1, run=0, out=tmp_path)
