"""The commands about posteriors, and runs with their draws."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from alliance_sim import load_scenario, simulate
from alliance_sim.calibration import (
    ChainSettings,
    FitSettings,
    PosteriorDraws,
    TemperedSettings,
    calibrate,
    smoothed_weights,
    varied,
)
from alliance_sim.calibration.variants import Variants
from alliance_sim.cli.app import app
from alliance_sim.errors import ResultError
from alliance_sim.results.draws import load_draws
from alliance_sim.shipped import scenarios

ISLANDS = "two_islands/baseline"
GIVE = "and no draws as `posterior keep` writes them; give the folder of the fit"
QUICK = FitSettings(
    seed=1,
    tempered=TemperedSettings(particles=32, cycles=(1, 1, 1, 1)),
    chains=ChainSettings(chains=16, superchains=16, warm_up=2, draws=4, round=2, keep=40),
)


@pytest.fixture(scope="module")
def fit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fit") / "islands"
    calibrate(load_scenario(ISLANDS), folder, QUICK)
    return folder


@pytest.fixture(scope="module")
def kept(fit: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept")
    PosteriorDraws.of_fit(fit, load_scenario(ISLANDS)).save(folder / "RID.npz")
    return folder / "RID.npz"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Return a copy of the islands' folder, to be written to."""
    shutil.copytree(scenarios() / "two_islands", tmp_path / "two_islands")
    return tmp_path / "two_islands" / "baseline.toml"


def called(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "160"})
    return result.exit_code, result.output


@pytest.mark.slow
def test_a_fit_is_kept_as_a_small_file(fit: Path, tmp_path: Path) -> None:
    code, told = called("posterior", "keep", fit, ISLANDS, "--draws", 30, "--out", tmp_path)
    assert code == 0, told
    held = load_draws(tmp_path / "RID.npz")
    assert len(held) == 30
    assert held.command.startswith(f"alliance-sim calibrate {ISLANDS} --theory RID --seed 1")
    assert held.settings["tempered"]["particles"] == 32
    found = PosteriorDraws.load(tmp_path / "RID.npz", load_scenario(ISLANDS)).evidence
    table = json.loads((fit / "fit.json").read_text("utf-8"))["theories"]["RID"]
    assert found == (table["log_evidence"], table["error"])
    code, told = called("posterior", "keep", fit, ISLANDS, "--out", tmp_path, "--json")
    assert json.loads(told)["draws"] == 32


def test_a_fit_whose_scenario_is_forgotten_says_whose_it_is(fit: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["posterior", "keep", str(fit), "--out", str(tmp_path)])
    told = " ".join(result.output.split())
    assert result.exit_code != 0
    assert "is a fit of two_islands/baseline, and not of japan_nato/baseline; give" in told
    assert f"alliance-sim posterior keep {fit} two_islands/baseline" in told
    own = tmp_path / "fit"
    shutil.copytree(fit, own)
    text = (own / "fit.json").read_text("utf-8")
    (own / "fit.json").write_text(text.replace(f'"{ISLANDS}"', '"my_pair"'), "utf-8")
    with pytest.raises(ResultError, match=r"posterior keep .*fit my_pair\.toml"):
        PosteriorDraws.of_fit(own, load_scenario("japan_nato/baseline"))


@pytest.mark.usefixtures("blank_pictures")
def test_that_chains_have_not_come_to_the_same_place_is_told_wherever_their_draws_are_used(
    kept: Path, tmp_path: Path
) -> None:
    scenario = load_scenario(ISLANDS)
    draws = PosteriorDraws.load(kept, scenario)
    told = "chains have not come to the same place (R-hat "
    assert told in draws.doubt
    assert told in simulate(scenario, runs=2, seed=1, posterior=draws).engine
    answer = scenario.whatif(
        without="great_raid", outcome="rung>=3@2010", posterior=draws, uniforms=1, runs=20
    )
    assert f"stand for the posterior, though under RID, {told}" in answer.assumed[0]
    assert answer.label.name != "robust"
    assert any(told in reason for reason in answer.label.reasons)
    found = scenario.rewrite(outcome="rung>=3@2010", posterior=draws, most=1, shifts=(), uniforms=1)
    assert told in found.assumed[0]
    code, printed = called("posterior", "show", ISLANDS, "--posterior", kept, "--out", tmp_path)
    assert code == 0, printed
    assert told in " ".join(printed.split())


@pytest.mark.usefixtures("blank_pictures")
def test_what_a_posterior_says_is_shown_with_the_prior(kept: Path, tmp_path: Path) -> None:
    out = tmp_path / "shown"
    code, told = called("posterior", "show", ISLANDS, "--posterior", kept, "--out", out)
    assert code == 0, told
    assert "left of the prior's spread" in told
    assert {path.name for path in out.iterdir()} == {
        *("parameters.csv", "parameters.png", "stages.csv", "stages.png", "fit.png"),
        *("correlations.csv", "correlations.png", "manifest.json"),
    }
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest["posterior"]["theory"] == "RID"
    assert manifest["posterior"]["digest"] == load_draws(kept).digest()
    code, told = called("posterior", "show", ISLANDS, "--posterior", kept.parent, "--json")
    assert len(json.loads(told)["parameters"]) == 20


@pytest.mark.usefixtures("blank_pictures")
def test_history_compare_and_run_take_draws_and_say_so(kept: Path, tmp_path: Path) -> None:
    for words in (
        ("history", ISLANDS, "--runs", 3),
        ("compare", "two_islands/no_raid", "--runs", 3),
        ("run", ISLANDS, "--runs", 3),
    ):
        out = tmp_path / words[0]
        code, told = called(*words, "--posterior", kept, "--out", out)
        assert code == 0, told
        assert "Parameters: 3 of 32 posterior draws" in told
        manifest = json.loads((out / "manifest.json").read_text("utf-8"))
        assert "32 posterior draws (two_islands RID, record two_islands" in manifest["engine"]
        assert f"--posterior {kept}" in manifest["command"]
        plain = tmp_path / f"plain_{words[0]}"
        code, told = called(*words, "--posterior", "none", "--out", plain)
        assert code == 0, told
        assert "posterior draws" not in told
        assert json.loads((plain / "manifest.json").read_text("utf-8"))["engine"] == "kernel"


@pytest.mark.usefixtures("blank_pictures")
def test_a_folder_of_a_fit_serves_as_draws(fit: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ("history", ISLANDS, "--runs", 2, "--posterior", fit, "--out", out)
    code, told = called(*words)
    assert code == 0, told
    assert "Parameters: 2 of 32 posterior draws" in told


def test_medians_are_stated_and_the_rest_of_the_file_stays(kept: Path, own: Path) -> None:
    before = own.read_text("utf-8").splitlines()
    code, told = called("posterior", "state", own, "--posterior", kept, "--in-place")
    assert code == 0, told
    after = own.read_text("utf-8").splitlines()
    posterior = PosteriorDraws.load(kept, load_scenario(own))
    medians = posterior.medians()
    scenario = load_scenario(own)
    exposed = scenario.periods[0].exposure_state["raiders"]  # by period last in the file
    assert exposed.value == float(f"{medians['period.calm.exposure_state.raiders']:.4g}")
    assert scenario.levels.pace.value == float(f"{medians['levels.pace']:.4g}")
    exposed = scenario.periods[0].exposure_state["raiders"]  # by period last in the file
    assert exposed.value == float(f"{medians['period.calm.exposure_state.raiders']:.4g}")
    assert scenario.levels.pace.source.startswith("fitted: median of the posterior under RID")
    assets = scenario.willingness.assets  # stood in the shipped coefficients
    assert assets.value == float(f"{medians['willingness.assets']:.4g}")
    comments = [line for line in before if line.lstrip().startswith("#")]
    assert comments == [line for line in after if line.lstrip().startswith("#")]
    gone = [line for line in before if line not in after]
    assert all(" = [" in line for line in gone)
    assert len(gone) < len(medians) + 1


def test_medians_are_not_written_over_another_file(kept: Path, own: Path) -> None:
    other = own.with_name("mine.toml")
    other.write_text("kept", "utf-8")
    code, told = called("posterior", "state", own, "--posterior", kept, "--out", other)
    assert code == 2
    assert "is not overwritten" in told
    assert other.read_text("utf-8") == "kept"
    code, told = called("posterior", "state", own, "--posterior", kept)
    assert code == 2
    line = f"such as: alliance-sim posterior state {own} --in-place --posterior {kept}"
    assert line in " ".join(told.split())


def test_medians_go_into_the_fitted_scenario_only(kept: Path, own: Path) -> None:
    edited = own.with_name("no_raid.toml")
    before = edited.read_bytes()
    code, told = called("posterior", "state", edited, "--posterior", kept, "--in-place")
    assert code == 2, told
    assert edited.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("history", ISLANDS, "--posterior", "shiped"), "did you mean 'shipped'"),
        (("run", ISLANDS, "--posterior", "nowhere.npz"), "must be shipped, none, or a file"),
        (("posterior", "keep", ".", ISLANDS), "is no folder of a fit"),
    ],
)
def test_what_is_no_posterior_is_told_with_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, said = called(*words)
    assert code == 2, said
    assert told in " ".join(said.split())


def test_a_posterior_of_another_scenario_is_told_with_what_changed(
    kept: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    code, told = called("history", "japan_nato/baseline", "--posterior", kept, "--out", out)
    assert code == 2
    assert "does not go with japan_nato/baseline" in " ".join(told.split())
    assert "the scenario changed" in " ".join(told.split())


def test_a_fit_that_was_changed_is_refused(fit: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(fit, copy)
    np.savez(copy / "RID" / "unknowns.npz", unknowns=np.zeros((2, 300)))
    code, told = called("posterior", "keep", copy, ISLANDS, "--out", tmp_path / "out")
    assert code == 2
    assert "is not as it was written" in told


def test_what_lies_in_a_fit_is_told_with_the_folder_to_give(fit: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for source, says in (
        (fit / "RID" / "draws.parquet", f"is a file of a fit, {GIVE}: {fit}"),
        (fit / "RID" / "unknowns.npz", f"is a file of a fit, {GIVE}: {fit}"),
        (fit / "RID", f"no draws and no finished fit; it lies in the folder of a fit: {fit}"),
        (tmp_path / "empty", "empty: holds no draws and no finished fit"),
    ):
        code, told = called("posterior", "show", ISLANDS, "--posterior", source)
        assert (code, says in " ".join(told.split())) == (2, True), told
    code, told = called("posterior", "show", fit)
    assert code == 2
    assert f"alliance-sim posterior show SCENARIO --posterior {fit}" in " ".join(told.split())


def test_fewer_draws_than_were_asked_for_are_told(fit: Path, tmp_path: Path) -> None:
    words = ("posterior", "keep", fit, ISLANDS, "--draws", 99_999, "--out", tmp_path)
    code, told = called(*words)
    assert code == 0, told
    assert "The fit kept 32 whole draws, fewer than 99,999: these are all." in told


def test_draws_are_stamped_anew_only_where_their_likelihoods_hold(
    kept: Path, tmp_path: Path
) -> None:
    held = load_draws(kept)
    older = replace(held, digests={**held.digests, "rules": "of before", "scenario": "of before"})
    older.save(tmp_path / "older.npz")
    words = "posterior", "restamp", tmp_path / "older.npz", "--scenario", ISLANDS
    code, told = called(*words)
    assert code == 2
    assert "give either --out FILE or --in-place" in told
    line = f"alliance-sim posterior restamp {words[2]} --in-place --scenario {ISLANDS}"
    assert line in " ".join(told.split())
    code, told = called(*words, "--out", tmp_path / "newer.npz")
    assert code == 0
    assert "3 log likelihoods hold; scenario and rules stamped anew" in told
    assert (tmp_path / "newer.npz").read_bytes() == kept.read_bytes()
    code, told = called(*words, "--out", tmp_path / "newer.npz")
    assert (code, "is not overwritten" in told) == (2, True)
    for name, change in (
        ("priors", {"digests": {**held.digests, "priors": "of before"}}),
        ("scenario", {"log_likelihood": held.log_likelihood + 1.0}),
    ):
        before = replace(held, **change)
        before.save(tmp_path / "other.npz")
        code, told = called(*words[:2], tmp_path / "other.npz", *words[3:], "--in-place")
        assert code == 2
        assert f"the {name} changed" in told.replace("\n", " ")
        assert load_draws(tmp_path / "other.npz").digests == before.digests


@pytest.mark.slow
@pytest.mark.usefixtures("blank_pictures")
def test_other_readings_are_kept_beside_draws_and_a_what_if_uses_them(
    kept: Path, tmp_path: Path
) -> None:
    file = tmp_path / "RID.npz"
    shutil.copy(kept, file)
    words = ("posterior", "vary", ISLANDS, "--posterior", file, "--particles", 8, "--sweeps", 1)
    code, told = called(*words, "--workers", 1, "--json")
    assert code == 0, told
    tree = json.loads(told[told.index("{") :])
    assert tree["folder"] == str(tmp_path / "variants")
    assert [row["reading"] for row in tree["readings"]][:2] == [
        "series alliance",
        "series salience2",
    ]
    for row in tree["readings"]:
        assert (row["file"] is None) == (row["k"] is not None and row["k"] <= 0.7)
    question = ("--without", "great_raid", "--outcome", "rung>=2@2008", "--runs", 20)
    code, told = called(
        "whatif", ISLANDS, *question, "--uniforms", 1, "--posterior", file, "--json",
        "--out", tmp_path / "answer",
    )  # fmt: skip
    assert code == 0, told
    readings = json.loads(told[told.index("{") :])["robustness"]["readings"]
    assert {one["reading"] for one in readings} == {row["reading"] for row in tree["readings"]}
    assert all(one["effect"] is not None for one in readings)


def test_a_k_without_end_is_none_in_json_and_told_in_words(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is -inf where all draws weigh alike, and inf where the record is impossible in all."""
    file = tmp_path / "RID.npz"
    shutil.copy(kept, file)
    alike, k = smoothed_weights(np.zeros(200))
    assert k == -np.inf
    weights = Variants(
        draws="", scenario=ISLANDS, theory="RID", record="", command="", version="",
        names=("edition a", "edition b"), log_weights=np.stack([alike, np.full(200, -np.inf)]),
        k=np.array([k, np.inf]),
    )  # fmt: skip
    made = {"edition b": tmp_path / "b.npz"}
    monkeypatch.setattr(varied, "vary", lambda *_, **__: (weights, made))
    code, told = called("posterior", "vary", ISLANDS, "--posterior", file, "--json")
    assert code == 0, told
    first, second = json.loads(told[told.index("{") :])["readings"]
    assert (first["k"], round(first["worth"]), first["file"]) == (None, 200, None)
    assert (second["k"], second["file"]) == (None, str(made["edition b"]))
    code, told = called("posterior", "vary", ISLANDS, "--posterior", file)
    assert code == 0, told
    assert "edition a: k -inf; draws weighed, worth 200 of" in told


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "the shipped draws stand where nothing is written"),
        (("--particles", 4, "--sweeps", 0), "--particles is 4, must be from 8"),
        (("--posterior", "shiped"), "did you mean 'shipped'"),
    ],
)
def test_other_readings_that_cannot_be_made_are_told(words: tuple[object, ...], says: str) -> None:
    code, told = called("posterior", "vary", *words)
    assert code == 2
    assert says in " ".join(told.split())
