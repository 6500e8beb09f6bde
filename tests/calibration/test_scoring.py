"""A whole record is scored: every setting, every edition, a record of one's own, a model beside."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from alliance_sim import Record, Scenario, load_scenario, simulate
from alliance_sim.calibration.acts import act_counts
from alliance_sim.calibration.baselines import BASELINES, Baseline
from alliance_sim.calibration.counted_runs import (
    FreeRuns,
    coded_counts,
    free_runs,
    shipped_runs,
)
from alliance_sim.calibration.predictive import Predictive
from alliance_sim.calibration.scores import scores_of, uniformity
from alliance_sim.calibration.scoring import SETTINGS, Key, ScoreTable, score_record
from alliance_sim.calibration.stored import HeldOutModel
from alliance_sim.cli.score import scores_table
from alliance_sim.comparison import drawn
from alliance_sim.engine.chronology import chronology
from alliance_sim.engine.vectors import DrawnNumbers
from alliance_sim.errors import RecordError, ResultError, SettingError, UnknownName
from alliance_sim.plots.scores import forecast_figure, pit_figure
from alliance_sim.record.forecasts import editions_of, forecast_years, read_forecasts
from alliance_sim.record.record import COUNTED_DOMAINS
from alliance_sim.report.scores import (
    EVIDENCE,
    HELD_OUT,
    NO_EVIDENCE,
    about_the_model,
    forecasts_of,
    write_scores,
)
from alliance_sim.shipped import scenarios

pytestmark = pytest.mark.slow

ISLANDS = load_scenario("two_islands/baseline")
QUICK = tuple(m for m in BASELINES if m.name in {"constant", "change_point", "regression"})
RUNS = 300


@pytest.fixture(scope="module")
def islands() -> ScoreTable:
    return score_record(ISLANDS, models=QUICK)


@pytest.fixture(scope="module")
def true_runs() -> FreeRuns:
    """The two islands' own runs, with the numbers that made their record."""
    return free_runs(ISLANDS, name="true", runs=RUNS, seed=31)


def log_scores(table: ScoreTable) -> dict[tuple[str, str, str], float]:
    """Return the log scores of the scenario's edition by series, setting and model."""
    cells = table.cells.items()
    return {key[1:]: float(cell.scores.log_score.sum()) for key, cell in cells}


def test_every_model_is_scored_in_every_setting_and_series(islands: ScoreTable) -> None:
    frame = islands.frame()
    assert len(frame) == 3 * len(SETTINGS) * len(QUICK)
    assert frame["log_score"].between(-2000, 0).all()
    assert frame["coverage"].between(0.5, 1.0).all()
    assert not frame["spent"].any()  # nobody has looked at these years
    held = frame[frame["setting"] != "in_sample"]
    assert held["parameters"].isna().all()
    assert held["pit_inside"].notna().all()
    counted = dict(zip(held["setting"], held["quarters"], strict=True))
    years = islands.years[islands.edition]
    assert counted["blind"] == counted["told"] == 4 * (years.scored_until - years.known_until)
    assert counted["rolling"] == 4 * (years.scored_until - years.rolling_from + 1)
    acts = islands.acts[islands.edition, "all"]
    assert counted["leave_out"] == acts.steps - 4, "no year comes before the first"


def test_only_the_regression_hears_what_is_told(islands: ScoreTable) -> None:
    frame = log_scores(islands)
    for model in ("constant", "change_point"):
        assert frame["all", "told", model] == frame["all", "blind", model]
    assert frame["all", "told", "regression"] != frame["all", "blind", "regression"]


def test_the_tree_holds_what_json_needs(islands: ScoreTable) -> None:
    tree = islands.tree()[islands.edition]
    assert list(tree["series"]) == ["all", "alliance", "salience2"]
    for settings in tree["series"].values():
        assert list(settings) == list(SETTINGS)
        for setting, models in settings.items():
            assert list(models) == ["constant", "change_point", "regression"]
            for row in models.values():
                assert {"log_score", "crps", "brier", "coverage", "spent"} <= set(row)
                if setting != "in_sample":
                    assert set(row["pit_inside_by_field"]) == set(COUNTED_DOMAINS)
            best = [name for name, row in models.items() if row.get("difference") is None]
            assert len(best) == (3 if setting == "in_sample" else 1)


def test_differences_are_those_of_the_scores(islands: ScoreTable) -> None:
    table = islands.differences()
    frame = log_scores(islands)
    assert len(table) == 3 * (len(SETTINGS) - 1) * 2
    for row in table.to_dict("records"):
        here = str(row["series"]), str(row["setting"])
        gap = frame[*here, str(row["model"])] - frame[*here, str(row["best"])]
        assert row["total"] == pytest.approx(gap)
        assert row["total"] <= 0.0 < row["error"]
    with pytest.raises(UnknownName, match="scores"):
        islands.best(islands.edition, "all", "guessed")


def test_what_it_says_of_itself_names_the_best(islands: ScoreTable) -> None:
    assert repr(islands) == "<ScoreTable two_islands/baseline: 3 models, editions two_islands>"
    html = islands._repr_html_()
    assert islands.titles[islands.best(islands.edition, "all", "rolling")] in html


def test_workers_change_no_number() -> None:
    one, two = (score_record(ISLANDS, series=["all"], models=QUICK[:2], workers=w) for w in (1, 2))
    assert one.frame().equals(two.frame())


def test_both_editions_are_scored_and_what_was_looked_at_is_named() -> None:
    scenario = load_scenario("japan_nato/baseline")
    assert editions_of(scenario) == ("japan_nato@1", "japan_nato@2")
    told: list[tuple[int, int]] = []
    found = score_record(
        scenario, series=["all"], models=QUICK[:1], progress=lambda *now: told.append(now)
    )
    assert told == [(0, 2), (1, 2), (2, 2)]
    assert found.edition == "japan_nato@2"
    starts = {edition: acts.first_year for (edition, _), acts in found.acts.items()}
    assert starts == {"japan_nato@1": 1950, "japan_nato@2": 1970}
    assert found.frame()["spent"].all()
    blind = found.told(Key("japan_nato@1", "all", "blind", "constant"))
    assert blind["unspent_log_score"] is None
    key = Key("japan_nato@1", "all", "rolling", "constant")
    rolling = found.cells[key].scores
    acts = found.acts["japan_nato@1", "all"]
    early = rolling.between(acts.year_starts(1996), acts.year_starts(2013)).log_score.sum()
    assert found.told(key)["unspent_log_score"] == pytest.approx(early)


# A model comes in as a baseline does. Here it is the two islands' own, run with the numbers that
# made their record, and with others.


def test_the_true_numbers_beat_false_ones_and_are_calibrated(true_runs: FreeRuns) -> None:
    busy = ISLANDS
    for field in COUNTED_DOMAINS:
        busy = busy.with_number(f"observation.counting.{field}.log_rate", 4.0)
    false = free_runs(busy, name="false", runs=RUNS, seed=31)
    models: tuple[Baseline, ...] = (true_runs, false, QUICK[0])
    found = score_record(ISLANDS, models=models)
    for series in ("all", "alliance", "salience2"):
        for setting in SETTINGS:
            keys = (Key(found.edition, series, setting, name) for name in ("true", "false"))
            true_told, false_told = (found.told(key) for key in keys)
            assert true_told["log_score"] > false_told["log_score"] + 5
            if setting == "leave_out":
                assert true_told["coverage"] >= 0.85
                assert true_told["pit_inside"]
                assert not false_told["pit_inside"]
    key = Key(found.edition, "all", "leave_out", "true")
    assert found.against(key, "false").low > 0


def test_of_histories_made_by_the_model_its_forecasts_are_uniform(true_runs: FreeRuns) -> None:
    true = true_runs.counts["all"]
    forecast = Predictive.of_counts(0, true[: RUNS // 2])
    inside = [uniformity(scores_of(forecast, one).pit).inside for one in true[RUNS // 2 :][:60]]
    assert (
        np.mean(inside) > 0.8
    )  # quarters of one history go together, the band is for ones that do not


def test_runs_count_what_would_have_been_written_down() -> None:
    ensemble = simulate(ISLANDS, runs=40, seed=5)
    record = Record.of(ISLANDS)
    acts = chronology(ensemble, ISLANDS)
    acts = acts[acts["kind"] != "suspension"]
    found = {
        s: coded_counts(ensemble, ISLANDS, record, s) for s in ("all", "alliance", "salience2")
    }
    important = acts[acts["salience"] >= 2]
    assert found["salience2"].sum() / len(important) == pytest.approx(0.9, abs=0.03)
    small = found["all"].sum() - found["salience2"].sum()
    assert small / (len(acts) - len(important)) == pytest.approx(0.5, abs=0.05)
    assert (found["alliance"] <= found["all"]).all()
    whole = free_runs(ISLANDS, ensemble=ensemble)
    np.testing.assert_array_equal(whole.counts["all"], found["all"])
    other = simulate("japan_nato/baseline", runs=1, seed=1)
    with pytest.raises(ResultError, match="are of other quarters: 1950Q1"):
        free_runs(ISLANDS, ensemble=other)


# Records of one's own, and wrong input.


@pytest.fixture
def own(tmp_path: Path) -> Path:
    shutil.copytree(scenarios() / "two_islands" / "record", tmp_path / "record")
    return tmp_path / "record"


def named(record: Path) -> Scenario:
    return ISLANDS.model_copy(update={"record": str(record)})


def test_a_record_of_ones_own_says_which_years_are_forecast(own: Path) -> None:
    (own / "forecasts.toml").write_text(
        "known_until = 2006\nscored_until = 2009\nrolling_from = 2005\nspent = [2008, 2008]\n"
    )
    found = score_record(named(own), series=["all"], models=QUICK[:1])
    told = {key.setting: found.told(key) for key in found.cells}
    assert (told["blind"]["quarters"], told["rolling"]["quarters"]) == (12, 20)
    assert [told[setting]["spent"] for setting in SETTINGS] == [True] * len(SETTINGS)


def test_without_such_a_file_two_thirds_are_known(own: Path) -> None:
    years = forecast_years(named(own), first=2001)
    last = ISLANDS.time.last_year
    assert (years.known_until, years.scored_until) == (2001 + 2 * (last - 2000) // 3 - 1, last)
    assert 2001 < years.rolling_from <= years.known_until
    assert years.spent is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("known_until = 2008\nscored_until = 2008\nrolling_from = 2005", "the second at or behind"),
        ("known_until = 2008", "scored_until"),
        ("known_until = 2008\nscored_until = 2010\nrolling_from = 2005\nspend = [1, 2]", "spend"),
        ("known_until = 2008\nscored_until = 2010\nrolling_from = 2005\nspent = [2012, 2011]",
         "the years must rise"),
        ("known_until = ", "is not valid TOML"),
        ("known_until = 2008\nscored_until = 2090\nrolling_from = 2005", "the scenario ends with"),
        ("known_until = 2008\nscored_until = 2010\nrolling_from = 2001", "must be later than 2001"),
    ],
)  # fmt: skip
def test_years_that_cannot_be_forecast_are_told_with_their_file(
    own: Path, text: str, words: str
) -> None:
    (own / "forecasts.toml").write_text(text)
    with pytest.raises(RecordError, match=words) as caught:
        forecast_years(named(own), first=2001)
    assert "forecasts.toml" in str(caught.value)


def test_a_record_too_busy_to_score_is_told_with_its_quarter(own: Path) -> None:
    lines = (own / "events.csv").read_text("utf-8").splitlines()
    visit = next(line for line in lines if ",political,visit," in line)
    busy = [lines[0], *[visit] * 61]
    (own / "events.csv").write_text("\n".join(busy) + "\n", "utf-8")
    with pytest.raises(SettingError, match=r"holds 61 acts of political, .* at most 60"):
        score_record(named(own), series=["all"], models=QUICK[:1])


def test_workers_out_of_range_are_told() -> None:
    with pytest.raises(SettingError, match="workers is 0, must be a whole number from 1"):
        score_record(ISLANDS, series=["all"], models=QUICK[:1], workers=0)


def test_a_record_with_hardly_an_act_is_scored_by_every_baseline(own: Path) -> None:
    lines = (own / "events.csv").read_text("utf-8").splitlines()
    (own / "events.csv").write_text("\n".join(lines[:2]) + "\n", "utf-8")
    found = score_record(named(own), series=["all"])
    for cell in found.cells.values():
        assert np.isfinite(cell.scores.log_score).all()
        assert cell.scores.log_score.sum() > -15


def test_what_ships_can_be_read() -> None:
    years = forecast_years(load_scenario("japan_nato/baseline"), first=1970)
    assert (years.known_until, years.scored_until, years.rolling_from) == (2012, 2024, 1996)
    assert years.is_spent(2013)
    assert not years.is_spent(2012)
    with pytest.raises(RecordError):
        read_forecasts(Path("nowhere.toml"))


def test_years_that_leave_too_little_are_refused() -> None:
    with pytest.raises(SettingError, match="--from is 1800, must be a year from 2001 to"):
        act_counts(Record.of(ISLANDS), ISLANDS, since=1800)
    with pytest.raises(SettingError, match="counts is 1996, must be before 1996, the first year"):
        score_record(load_scenario("japan_nato/baseline"), since=1996, models=QUICK[:1])
    with pytest.raises(UnknownName, match="did you mean 'alliance'"):
        score_record(ISLANDS, series=["aliance"], models=QUICK[:1])


def test_the_last_year_that_scores_may_count_from_is_scored() -> None:
    found = score_record(ISLANDS, series=["all"], models=QUICK[:2], since=2008)
    rows = found.differences().set_index("setting")
    assert set(rows.index) == {"blind", "told", "rolling", "rolling_told", "leave_out"}
    assert np.isfinite(rows["total"]).all()
    assert np.isnan(rows["statistic"]["blind"]), "four quarters ahead cannot tell"
    assert "difference" in str(found.tree())


def test_a_record_without_acts_is_refused(own: Path) -> None:
    events = own / "events.csv"
    events.write_text(events.read_text("utf-8").partition("\n")[0] + "\n", "utf-8")
    with pytest.raises(SettingError, match="holds no act, so there is nothing to score"):
        score_record(named(own), models=QUICK[:1])


# What was fitted to all years is scored in sample only, and on its own edition only.


@dataclass(frozen=True)
class Fitted:
    """Draws of a posterior, as the package may ship them: two, which move one number."""

    label: str = "two draws"

    def misfit(self, scenario: Scenario) -> str:
        return "" if scenario.name == ISLANDS.name else "they are of the two islands"

    def numbers_of(self, scenario: Scenario) -> DrawnNumbers:
        assert not self.misfit(scenario)
        return DrawnNumbers(("willingness.assets",), np.array([[2.0, 3.0]]))

    def coded(self) -> dict[str, np.ndarray]:
        return {}


def test_shipped_draws_join_the_baselines_in_sample_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shipped_runs(ISLANDS) is None
    monkeypatch.setattr(drawn, "shipped_draws", lambda _: {"RID": __file__})
    monkeypatch.setattr(drawn, "finder", lambda: lambda _: (Fitted(), ""))
    model = shipped_runs(ISLANDS)
    assert model is not None
    found = score_record(ISLANDS, series=["all"], models=(QUICK[0], model))
    scored = {key.setting for key in found.cells if key.model == "model"}
    assert scored == {"in_sample"}
    told = about_the_model(found)
    assert told.startswith("The model is among the rows in sample only")
    assert f"`alliance-sim score {ISLANDS.name} --refit` makes them" in told
    elsewhere = replace(found, titles={"constant": "constant", "carried": "carried over"})
    assert about_the_model(elsewhere) == "", "the rows are not of baselines only"
    table = scores_table(found, "all")
    assert [row[0] for row in table.rows] == ["constant", "the model"]
    assert table.rows[1][3:] == ("–",) * 5
    assert forecast_figure(found) is not None
    assert pit_figure(found) is not None


def test_runs_of_one_edition_are_scored_on_no_other() -> None:
    scenario = load_scenario("japan_nato/baseline")
    model = free_runs(scenario, name="mine", runs=20)
    found = score_record(scenario, series=["all"], models=(QUICK[0], model))
    assert {key.edition for key in found.cells if key.model == "mine"} == {"japan_nato@2"}


def test_a_table_of_one_series_or_of_models_in_sample_shows_itself() -> None:
    one = score_record(ISLANDS, series=["alliance"], models=QUICK[:1])
    assert "best rolling" in dict(one._facts().more)
    model = free_runs(ISLANDS, name="mine", runs=4, settings=("in_sample",))
    inside = score_record(ISLANDS, series=["all"], models=(model,))
    assert "best rolling" not in dict(inside._facts().more)
    assert "1 model" in repr(inside)


@pytest.mark.parametrize(("since", "first", "evident"), [(None, 2002, False), (2003, 2003, True)])
def test_a_model_is_scored_on_the_years_left_out_that_baselines_have(
    since: int | None, first: int, evident: bool
) -> None:
    """No year comes before the first of the scenario, which the record of two islands counts."""
    acts = act_counts(Record.of(ISLANDS), ISLANDS, since=since)
    start = acts.year_starts(first)
    forecasts = {
        ("all", setting): Predictive(start, np.full((acts.steps - start, 4, 61), 1 / 61))
        for setting in ("leave_out", "rolling")
    }
    mine = HeldOutModel("model", "the model", "two_islands", forecasts, {"all": (-90.0, first)})
    found = score_record(ISLANDS, series=["all"], models=(QUICK[0], mine), since=since)
    scored = [
        found.cells[Key("two_islands", "all", "leave_out", one)] for one in ("constant", "model")
    ]
    assert [cell.predictive.start for cell in scored] == [start, start]
    assert [len(cell.scores.log_score) for cell in scored] == [acts.steps - start] * 2
    told = about_the_model(found)
    assert told.startswith(HELD_OUT)
    assert told.endswith(EVIDENCE if evident else NO_EVIDENCE)


def test_models_that_forecast_nothing_are_told_without_forecasts(tmp_path: Path) -> None:
    model = free_runs(ISLANDS, name="mine", runs=4, settings=("in_sample",))
    table = score_record(ISLANDS, models=[model], series=["all"])
    assert list(table.tree()["two_islands"]["series"]["all"]) == ["in_sample"]
    assert forecasts_of(table).empty
    files = write_scores(table, ISLANDS, out=tmp_path, command="none")
    assert set(files) == {
        *("scores.csv", "score_differences.csv", "forecasts.csv", "manifest.json")
    }
