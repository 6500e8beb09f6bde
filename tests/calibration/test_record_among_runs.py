"""What shows over many quarters: known statistics, places among runs, records that stand out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from alliance_sim import Record, Scenario, load_scenario
from alliance_sim.calibration import predictive_checks, record_among_runs
from alliance_sim.calibration.acts import ActCounts, act_counts
from alliance_sim.calibration.record_among_runs import (
    STATISTICS,
    PredictiveChecks,
    place_among,
    two_sided,
)
from alliance_sim.cli import app
from alliance_sim.errors import SettingError, UnknownName

BASELINE = load_scenario("japan_nato/baseline")
YEARS = 2000.0 + np.arange(8) / 4
BURSTS, QUIET, EVEN = [0, 0, 3, 1, 0, 0, 0, 4], [0] * 8, [2] * 8
NAN = np.nan
KNOWN: Mapping[str, list[float]] = {
    "count": [8, 0, 16],
    "quiet": [5 / 8, 1, 0],
    "longest_gap": [3, 8, 0],
    "largest_year": [4, 0, 8],
    "lag_one": [-1 / 9, NAN, NAN],
    "slope": [6 / 7, 0, 0],
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


def test_each_stage_and_field_is_checked_and_the_same_seed_gives_the_same(
    found: PredictiveChecks,
) -> None:
    frame = found.frame
    of_counts = frame[frame["statistic"].isin(list(STATISTICS))]
    assert len(of_counts) == len(STATISTICS) * 4 * 4
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


def test_a_record_that_no_run_resembles_is_flagged(monkeypatch: pytest.MonkeyPatch) -> None:
    def crowded(record: Record, scenario: Scenario, series: str) -> ActCounts:
        acts = act_counts(record, scenario, series)
        counts = acts.counts.copy()
        counts[-1] = 50  # all at once, in the last quarter
        return replace(acts, counts=counts)

    monkeypatch.setattr(record_among_runs, "act_counts", crowded)
    frame = predictive_checks(BASELINE, runs=4000).frame
    flagged = frame[frame["flagged"]]
    assert set(flagged["stage"]) <= {"P4", ""}
    assert {"largest_year", "dispersion"} <= set(flagged["statistic"])


def test_few_checks_of_a_run_among_runs_are_flagged() -> None:
    """A record that the model made: whatever is flagged is a false alarm."""
    islands = load_scenario("two_islands/baseline")
    frame = predictive_checks(islands, runs=1000).frame
    assert len(frame) > 50
    assert frame["flagged"].sum() <= 2


@pytest.mark.parametrize("runs", [0, 99, 100_001])
def test_wrong_numbers_of_runs_are_refused(runs: int) -> None:
    with pytest.raises(SettingError, match="must be 100 to 100,000"):
        predictive_checks(BASELINE, runs=runs)


def test_a_series_that_there_is_not_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="alliance"):
        predictive_checks(BASELINE, runs=100, series="aliance")


def test_the_command_writes_a_table_and_a_figure_that_can_be_made_again(tmp_path: Path) -> None:
    out = tmp_path / "checks"
    line = ["posterior", "check", "--runs", "200", "--out", str(out), "--json"]
    done = CliRunner().invoke(app, line, catch_exceptions=False)
    told = json.loads(done.stdout)
    assert told["runs"] == 200
    assert {Path(path).name for path in told["files"].values()} == {
        *("checks.csv", "checks.png", "manifest.json")
    }
    frame = pd.read_csv(out / "checks.csv", keep_default_na=False, na_values=[""])
    assert len(frame) == len(told["checks"])
    line = ["rebuild", str(out / "checks.png"), "--out", str(tmp_path / "again")]
    again = CliRunner().invoke(app, line, catch_exceptions=False)
    assert again.exit_code == 0, again.output


def test_the_command_prints_what_is_least_likely() -> None:
    done = CliRunner().invoke(app, ["posterior", "check", "--runs", "100"], catch_exceptions=False)
    assert "checks are flagged" in done.stdout
    assert "100 free runs" in " ".join(done.stdout.split())


def test_the_command_refuses_a_folder_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    line = ["posterior", "check", "--runs", "100", "--out", str(tmp_path)]
    done = CliRunner().invoke(app, line)
    assert done.exit_code == 2
    assert "Error" in done.stderr
