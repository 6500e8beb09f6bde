"""What shows over many quarters: known statistics, places among runs, records that stand out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from typer.testing import CliRunner

from alliance_sim import Record, load_scenario, simulate
from alliance_sim.calibration import predictive_checks
from alliance_sim.calibration.acts import act_counts
from alliance_sim.calibration.counted_runs import coded_counts
from alliance_sim.calibration.record_among_runs import (
    STATISTICS,
    PredictiveChecks,
    Seen,
    compared,
    place_among,
    told_value,
    two_sided,
)
from alliance_sim.cli import app
from alliance_sim.errors import SettingError, UnknownName
from alliance_sim.plots.predictive_checks import checks_figure

BASELINE = load_scenario("japan_nato/baseline")
ISLANDS = load_scenario("two_islands/baseline")
YEARS = 2000.0 + np.arange(8) / 4
BURSTS, QUIET, EVEN = [0, 0, 3, 1, 0, 0, 0, 4], [0] * 8, [2] * 8
NAN = np.nan
KNOWN: Mapping[str, list[float]] = {
    "count": [8, 0, 16],
    "quiet": [5 / 8, 1, 0],
    "longest_gap": [3, 8, 0],
    "largest_year": [4, 0, 8],
    "lag_one": [-1 / 9, NAN, NAN],
    "slope": [6 / 7, NAN, 0],
    "dispersion": [9 / 4, NAN, 0],
}


@pytest.fixture(scope="module")
def found() -> PredictiveChecks:
    return predictive_checks(BASELINE, runs=400)


@pytest.mark.parametrize("name", STATISTICS)
def test_statistics_of_known_counts(name: str) -> None:
    counts = np.array([BURSTS, QUIET, EVEN], dtype=float)
    np.testing.assert_allclose(STATISTICS[name][0](counts, YEARS), KNOWN[name], atol=1e-12)


def test_places_and_p_values_of_known_runs() -> None:
    runs = np.arange(9.0)
    assert place_among(4.0, runs) == 0.5
    assert place_among(-1.0, runs) == 0.05
    assert place_among(np.inf, runs) == 0.95
    assert np.isnan(place_among(np.nan, runs))
    assert two_sided(0.5) == 1.0
    assert two_sided(0.95) == pytest.approx(0.1)


@pytest.mark.slow
def test_each_stage_and_field_is_checked_and_the_same_seed_gives_the_same(
    found: PredictiveChecks,
) -> None:
    frame = found.frame
    of_counts = frame[frame["statistic"].isin(list(STATISTICS))]
    counted = of_counts[of_counts["statistic"] == "count"]
    assert len(counted) == 4 * 4
    empty = int((counted["record"] == 0).sum())
    assert len(of_counts) == len(STATISTICS) * (16 - empty) + empty
    assert (frame["statistic"] == "rung").sum() == 11
    assert frame["p"].isna().equals(frame["place"].isna())
    known = frame.dropna(subset="p")
    assert known["p"].between(0, 1).all()
    assert (known["q05"] <= known["median"]).all()
    assert (known["median"] <= known["q95"]).all()
    pd.testing.assert_frame_equal(predictive_checks(BASELINE, runs=400, threads=2).frame, frame)


def test_what_the_record_says_is_counted_in_it(found: PredictiveChecks) -> None:
    record = Record.of(BASELINE)
    acts = record.events[record.events["kind"] != "suspension"]
    rows = found.frame[found.frame["statistic"] == "count"].set_index(["stage", "what"])["record"]
    for stage in ("P2", "P3", "P4"):
        here = acts[acts["period"] == stage]["domain"].value_counts()
        assert rows[stage].to_dict() == {
            domain: float(here.get(domain, 0))
            for domain in ("political", "operations", "equipment", "institution")
        }
    first = found.frame.query("statistic == 'rung' and what == '1'")["record"].item()
    dated = record.rungs.set_index("rung")["when"][1]
    assert first == dated.year + (dated.quarter - 1) / 4


def runs_of(many: int) -> Seen:
    """Return free runs of the islands, as histories of which any can be the record."""
    record = Record.of(ISLANDS)
    ensemble = simulate(ISLANDS, runs=many, seed=1)
    counts = coded_counts(ensemble, ISLANDS, record, "all")
    return Seen(act_counts(record, ISLANDS), counts, ensemble.column("rung"))


@pytest.mark.slow
def test_of_runs_taken_as_the_record_few_have_anything_flagged() -> None:
    runs = runs_of(2000)
    every = [compared(runs.of(k), runs) for k in range(40)]
    assert sum(bool(frame["flagged"].any()) for frame in every) <= 5
    places = np.concatenate([frame["place"].dropna() for frame in every])
    assert abs(places.mean() - 0.5) < 0.03
    assert 0.03 < np.mean((places < 0.05) | (places > 0.95)) < 0.13


def test_a_history_that_no_run_resembles_is_flagged_where_it_differs() -> None:
    runs = runs_of(2000)
    crowded = runs.of(7)
    counts = crowded.counts.copy()
    counts[:, -1] = 50  # all at once, in the last quarter
    frame = compared(replace(crowded, counts=counts), runs)
    flagged = frame[frame["flagged"]]
    last = runs.acts.calendar.periods[-1].id
    assert set(flagged["stage"]) <= {last, ""}
    assert {"largest_year", "dispersion"} <= set(flagged["statistic"])


def test_a_record_is_a_tie_with_itself_in_every_statistic() -> None:
    runs = runs_of(200)
    one = runs.of(7)
    again = Seen(runs.acts, np.repeat(one.counts, 50, axis=0), np.repeat(one.rung, 50, axis=0))
    frame = compared(one, again)
    np.testing.assert_allclose(frame["place"].dropna(), 0.5)
    assert not frame["flagged"].any()


def test_a_step_that_no_run_reaches_is_a_check_and_its_year_is_never() -> None:
    runs = runs_of(200)
    low = replace(runs, rung=np.minimum(runs.rung, 1.0))
    high = Seen(runs.acts, runs.counts[:1], np.full((1, runs.rung.shape[1]), 3.0))
    steps = compared(high, low).query("statistic == 'rung'").set_index("what")
    assert list(steps.index) == ["1", "2", "3"]
    assert np.isinf(steps.loc["3", ["q05", "median", "q95"]].to_numpy(dtype=float)).all()
    assert steps.loc["3", "p"] == pytest.approx(1 / 201)
    calendar = runs.acts.calendar
    assert told_value("rung", np.inf, calendar) == "never"
    assert told_value("rung", calendar.years[5], calendar) == calendar.label(5)


def test_quarters_that_belong_to_no_stage_are_in_none() -> None:
    short = ISLANDS.edited("set period.alarm.acts_until=2007-12-31")
    first = short.calendar().periods[0]
    whole = predictive_checks(ISLANDS, runs=100, posterior=None).frame
    cut = predictive_checks(short, runs=100, posterior=None).frame
    rows = [f[(f["stage"] == first.id) & (f["statistic"] == "count")]["record"].tolist()
            for f in (whole, cut)]  # fmt: skip
    assert rows[0] == rows[1]


def test_orders_are_alike_where_each_two_fields_begin_in_the_same_order() -> None:
    runs = runs_of(50)
    counts = np.zeros_like(runs.counts[:3])
    first = runs.acts.first
    for history, order in enumerate([(0, 1, 2, 3), (1, 0, 2, 3), (0, 1, 2)]):
        for place, field in enumerate(order):
            counts[history, first + place, field] = 1
    found = Seen(runs.acts, counts, runs.rung[:3]).order()
    assert (found[0] != found[1]).sum() == 1
    assert found[2].tolist() == found[0].tolist()  # what never begins comes last


def test_what_is_least_likely_comes_first(found: PredictiveChecks) -> None:
    least = found.least_likely(5)
    assert len(least) == 5
    assert least["p"].is_monotonic_increasing
    assert least["p"].iloc[0] == found.frame["p"].min()


@pytest.mark.parametrize("runs", [0, 99, 100_001])
def test_wrong_numbers_of_runs_are_refused(runs: int) -> None:
    with pytest.raises(SettingError, match="must be 100 to 100,000"):
        predictive_checks(BASELINE, runs=runs)


def test_a_series_that_there_is_not_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="alliance"):
        predictive_checks(BASELINE, runs=100, series="aliance")


@pytest.mark.slow
def test_the_command_writes_a_table_and_a_figure_that_can_be_made_again(tmp_path: Path) -> None:
    out = tmp_path / "checks"
    line = ["posterior", "check", "--runs", "200", "--out", str(out), "--json"]
    done = CliRunner().invoke(app, line, catch_exceptions=False)
    told = json.loads(done.stdout)
    assert told["runs"] == 200
    assert {Path(path).name for path in told["files"].values()} == {
        *("checks.csv", "checks.png", "manifest.json", "waits.csv")
    }
    assert [row["what"] for row in told["waits"]][-1] == "all"
    frame = pd.read_csv(out / "checks.csv", keep_default_na=False, na_values=[""])
    assert len(frame) == len(told["checks"])
    line = ["rebuild", str(out / "checks.png"), "--out", str(tmp_path / "again")]
    again = CliRunner().invoke(app, line, catch_exceptions=False)
    assert again.exit_code == 0, again.output


def test_the_figure_has_a_mark_for_each_check_that_it_does_not_leave_to_the_table(
    found: PredictiveChecks,
) -> None:
    figure = checks_figure(found, stages=BASELINE.calendar().periods)
    marks = [line for axes in figure.axes for line in axes.lines if line.get_markersize() < 10]
    left = found.frame["statistic"].isin(["start", "correlation"]) | found.frame["place"].isna()
    dots = [line for line in marks if str(line.get_marker()) in "os^D"]
    assert len(dots) == int((~left).sum())
    said = " ".join(" ".join(text.get_text().split()) for text in figure.findobj(Text))
    assert "when fields begin, and whether they move together, stands in the table" in said


def test_the_command_prints_what_is_least_likely() -> None:
    done = CliRunner().invoke(app, ["posterior", "check", "--runs", "100"], catch_exceptions=False)
    assert "checks are flagged" in done.stdout
    said = " ".join(done.stdout.split())
    assert "100 free runs" in said
    assert "The waits between" in said


def test_a_first_year_of_waits_that_are_not_looked_at_is_refused() -> None:
    line = ["posterior", "check", "--posterior", "none", "--since", "2001"]
    done = CliRunner().invoke(app, line)
    assert done.exit_code == 2
    assert "--since: 1 problem - is of use only with draws" in " ".join(done.stderr.split())


def test_the_command_refuses_a_folder_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    line = ["posterior", "check", "--runs", "100", "--out", str(tmp_path)]
    done = CliRunner().invoke(app, line)
    assert done.exit_code == 2
    assert "Error" in done.stderr
