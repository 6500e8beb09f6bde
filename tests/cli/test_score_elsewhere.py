"""`score --posterior` holds what one relationship taught against the record of another."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from alliance_sim import load_scenario
from alliance_sim.calibration import (
    PosteriorDraws,
    TransferSettings,
    score_record,
    transfer,
    usual_baselines,
)
from alliance_sim.calibration.rolling import RollingSettings
from alliance_sim.cli import app, refit
from alliance_sim.comparison.made import make_record
from alliance_sim.errors import SettingError
from alliance_sim.report.scores import NO_EVIDENCE

FILE = Path(__file__).parents[2] / "scenarios" / "two_islands" / "baseline.toml"
SMALL = TransferSettings(series=("all",), rolling=RollingSettings(particles=32, sweeps=1))


@pytest.fixture(scope="module")
def draws(islands_posterior: PosteriorDraws, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("draws") / "RID.npz"
    islands_posterior.save(path)
    return path


@pytest.fixture(scope="module")
def straits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("straits")
    text = FILE.read_text("utf-8").partition("# What a fit would believe beforehand")[0]
    text = text.replace('relationship = "two_islands"', 'relationship = "two_straits"')
    text = text.replace("hostility = [0.25", "hostility = [0.4")
    path = folder / "straits.toml"
    path.write_text(text, "utf-8")
    (folder / "record").mkdir()
    make_record(load_scenario(path), seed=7, run=1, out=folder / "record")
    return path


@pytest.mark.slow
@pytest.mark.usefixtures("few_baselines")
def test_the_model_is_scored_beside_the_same_baselines_and_goes_on_to_the_same_bytes(
    draws: Path, straits: Path, tmp_path: Path
) -> None:
    scenario = load_scenario(straits)
    posterior = PosteriorDraws.load(draws, load_scenario("two_islands/baseline"))
    rounds = 0

    def stop(_series: str, _job: object) -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        transfer(scenario, posterior, SMALL, under_way=tmp_path, callback=stop)
    found = transfer(scenario, posterior, SMALL, under_way=tmp_path)
    whole = transfer(scenario, posterior, SMALL)
    for key, forecast in whole.model.forecasts.items():
        assert np.array_equal(forecast.chances, found.model.forecasts[key].chances)
    assert 1.0 <= found.left["all"] <= 32.0
    table = score_record(scenario, series=("all",), models=(*usual_baselines(), found.model))
    frame = table.frame()
    mine = frame[frame["model"] == "carried"].set_index("setting")["log_score"]
    assert set(mine.index) == {"blind", "told", "rolling", "rolling_told"}
    assert np.isfinite(mine).all()
    assert found.model.evidence["all"][1] == 2002, "of years that can be forecast"
    later = transfer(scenario, posterior, replace(SMALL, since=2006))
    assert not later.model.evidence, "the pass knows what was before"
    others = frame[(frame["setting"] == "rolling") & (frame["model"] != "carried")]
    worst = others.groupby("model")["log_score"].sum().min()
    assert mine["rolling"] > worst - 60.0, "rules of its own making describe it at all"
    with pytest.raises(SettingError, match="unknown series 'alll'; did you mean 'all'"):
        TransferSettings(series=("alll",))


@pytest.mark.slow
@pytest.mark.usefixtures("blank_pictures", "few_baselines")
def test_the_command_says_what_was_carried_over_and_what_was_free(
    draws: Path, straits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alliance_sim.calibration.carried_forecasts.PARTICLES", 16)
    monkeypatch.setattr("alliance_sim.calibration.carried_forecasts.SWEEPS", 1)
    out = tmp_path / "out"
    asked = ["score", str(straits), "--posterior", str(draws), "--series", "all", "--json"]
    done = CliRunner().invoke(app, [*asked, "--workers", "1", "--out", str(out)])
    assert done.exit_code == 0, done.output
    tree = json.loads(done.stdout)
    told = tree["carried_over"]
    assert "levels.pace" in told["carried"]
    assert "willingness.floor_state.political" in told["free"]
    assert told["theory"] == "RID"
    assert tree["titles"]["carried"] == "carried over from two_islands"
    assert tree["missing"] == NO_EVIDENCE, "the rows are not of baselines only"
    scored = tree["series"]["all"]
    assert "log_score" in scored["rolling"]["carried"]
    assert "log_score" in scored["blind"]["constant"]
    table = pd.read_csv(out / "carried_over.csv", comment="#")
    assert list(table["path"]) == told["carried"]
    assert (table["low"] <= table["median"]).all()


def test_every_wrong_posterior_is_told_with_what_to_type(
    draws: Path, straits: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    short = tmp_path / "short.toml"
    short.write_text(
        straits.read_text("utf-8")
        .replace("last_year = 2010", "last_year = 2003")
        .replace('record = "./record"', f'record = "{straits.parent / "record"}"')
    )
    bare = tmp_path / "bare.toml"
    bare.write_text(straits.read_text("utf-8").replace('record = "./record"\n', ""))
    for scenario, words, says in (
        (straits, ["--posterior", "two_islands"], "alliance-sim calibrate two_islands/baseline"),
        (straits, ["--posterior", "nowhere"], "must be a relationship whose draws come with"),
        (straits, ["--posterior", "japan_nto"], "did you mean 'japan_nato'? (known: japan_nato)"),
        (straits, ["--posterior", str(empty)], "holds no draws and no finished fit"),
        (straits, ["--posterior", str(straits)], "holds no draws of a posterior"),
        (straits, ["--posterior", str(draws.parent), "--theory", "N"], "unknown theory 'N'"),
        ("two_islands/baseline", ["--posterior", str(draws)], "nothing is carried over to what"),
        (bare, ["--posterior", str(draws)], "record"),
        (straits, ["--posterior", str(draws), "--fit", str(empty)], "give one of the two"),
    ):
        asked = ["score", str(scenario), *words, "--out", str(tmp_path / "out")]
        done = CliRunner().invoke(app, asked)
        assert done.exit_code == 2, (words, done.output)
        assert says in " ".join(done.output.split()), done.output
        assert "Traceback" not in done.output


@pytest.mark.parametrize("theory", [(), ("--theory", "RI")])
def test_what_goes_on_says_what_is_fitted_and_not_of_what_theory_draws_are(
    theory: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = []

    def stopped(*given: object) -> None:
        said.append(str(given[-1]))
        raise SettingError("stopped", ["on purpose"])

    monkeypatch.setattr(refit, "refitted", stopped)
    words = ("--refit", "--posterior", "japan_nato", *theory)
    found = CliRunner().invoke(app, ["score", *words, "--out", str(tmp_path)])
    assert found.exit_code == 2
    (again,) = said
    assert ("--theory RI" in again) == bool(theory)
    assert "--theory RID" not in again
    assert "--posterior japan_nato" in again
