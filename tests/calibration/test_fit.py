"""A fit of two islands: its folder, who computes, going on, and every wrong input."""

from __future__ import annotations

import json
import math
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from alliance_sim import ResultError, ScenarioError, SettingError, load_scenario
from alliance_sim.calibration import ChainSettings, FitSettings, PosteriorDraws, calibrate
from alliance_sim.calibration.fit import CHAINS, PARTICLES, FitFolder, worst_of
from alliance_sim.calibration.prior import Prior
from alliance_sim.calibration.still_holds import digests_of, plain
from alliance_sim.calibration.target import prior_of, target_of
from alliance_sim.cli import app
from alliance_sim.cli.calibrate import draws_that_may_do
from alliance_sim.parallel import executors
from alliance_sim.scenario.edit import as_tree
from alliance_sim.scenario.scenario import build
from tests.calibration.conftest import QUICK

ISLANDS = load_scenario("two_islands/baseline")


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.slow
def test_a_folder_says_what_was_fitted_and_holds_every_draw(fitted: Path) -> None:
    tree = json.loads((fitted / "fit.json").read_text("utf-8"))
    prior = prior_of(ISLANDS, "N")
    assert tree["theories"]["N"]["names"] == list(prior.names)
    assert "willingness.assets" in tree["theories"]["N"]["dropped"]
    assert tree["observed"] == digests_of(target_of(prior, until=2006))["observed"]
    draws = pd.read_parquet(fitted / "N" / "draws.parquet")
    assert len(draws) == 64 * 8
    theta = draws[list(prior.names)].to_numpy()
    np.testing.assert_allclose(draws["log_prior"], prior.logpdf(theta))
    assert np.isfinite(draws["log_likelihood"]).all()
    summary = pd.read_csv(fitted / "N" / "summary.csv")
    assert summary["name"].tolist() == [*prior.names, "log_likelihood"]
    assert summary["mean"].iloc[0] == pytest.approx(theta[:, 0].mean())
    assert {path.name for path in (fitted / "N").iterdir()} == {
        *tree["theories"]["N"]["files"],
        CHAINS,
    }, "of checkpoints that of the chains stays"


def test_numbers_of_numpy_have_the_digest_that_those_of_python_have() -> None:
    assert plain({"a": (np.int64(3), np.array([1.0]))}) == {"a": [3, [1.0]]}
    assert type(plain(np.int64(3))) is int


def test_whole_draws_have_the_log_likelihood_that_stands_beside_them(fitted: Path) -> None:
    with np.load(fitted / "N" / "unknowns.npz") as kept:
        unknowns, values = kept["unknowns"], kept["log_likelihood"]
    target = target_of(prior_of(ISLANDS, "N"), until=2006)
    assert target(unknowns[:5].T.copy()).tolist() == values[:5].tolist()


def test_other_tools_open_the_folder(fitted: Path) -> None:
    arviz = pytest.importorskip("arviz")
    duckdb = pytest.importorskip("duckdb")
    xarray = pytest.importorskip("xarray")
    data = arviz.from_netcdf(str(fitted / "N" / "posterior.nc"))
    assert data.posterior.sizes == {"chain": 64, "draw": 8}
    with xarray.open_dataset(fitted / "N" / "posterior.nc", group="prior") as prior:
        assert "levels.pace" in prior
    draws = str(fitted / "N" / "draws.parquet")
    ((mean,),) = duckdb.sql(f"select avg(\"levels.pace\") from '{draws}'").fetchall()
    assert mean == pytest.approx(float(data.posterior["levels.pace"].mean()))


def test_the_same_bytes_come_of_threads_and_after_any_stop(fitted: Path, tmp_path: Path) -> None:
    class Stop(Exception):  # noqa: N818
        pass

    rounds = 0

    def stop_at_times(_theory: str, _job: Any) -> None:
        nonlocal rounds
        rounds += 1
        if rounds % 3 == 0:
            raise Stop

    out = tmp_path / "again"
    with executors.chosen(threads=2) as pool:
        for _ in range(20):
            try:
                calibrate(ISLANDS, out, QUICK, executor=pool, callback=stop_at_times)
                break
            except Stop:
                assert not (out / "theories.csv").exists()
    assert rounds > 3
    assert content(out) == content(fitted)


def test_chains_are_made_longer_to_the_bytes_of_a_long_fit(fitted: Path, tmp_path: Path) -> None:
    """Also where a round was cut short, and where it is stopped on the way."""
    long = replace(QUICK, chains=replace(QUICK.chains, draws=21))
    calibrate(ISLANDS, tmp_path / "long", long)
    out = shutil.copytree(fitted, tmp_path / "longer")
    middle = calibrate(ISLANDS, out, replace(QUICK, chains=replace(QUICK.chains, draws=10)))
    assert middle["draws"].tolist() == [10]
    before = content(out / "N")

    def stop(_theory: str, job: Any) -> None:
        if job.sweeps > 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        calibrate(ISLANDS, out, long, callback=stop)
    changed = {name for name, whole in content(out / "N").items() if before[name] != whole}
    assert changed == {CHAINS}
    rounds: list[str] = []
    table = calibrate(ISLANDS, out, long, callback=lambda _, job: rounds.append(type(job).__name__))
    assert rounds == ["Chains"]
    assert table["draws"].tolist() == [21]
    told = content(out)
    del told[f"N/{CHAINS}"]  # says how many calls it took, which is more where rounds are cut short
    assert told.items() < content(tmp_path / "long").items()
    with pytest.raises(ResultError, match=r"a longer fit, of 21 draws .* with --draws 21"):
        calibrate(ISLANDS, out, QUICK)


@pytest.mark.parametrize(
    ("said", "draws"),
    [
        ({"rhat": 1.2, "nested_rhat": 1.02, "ess_bulk": 900.0, "ess_tail": 500.0}, 900),
        ({"rhat": 1.2, "nested_rhat": 1.005, "ess_bulk": 900.0, "ess_tail": 100.0}, 1800),
        ({"rhat": 1.03, "nested_rhat": math.nan, "ess_bulk": 900.0, "ess_tail": 500.0}, 1400),
        ({"rhat": math.inf, "nested_rhat": 1.005, "ess_bulk": 900.0, "ess_tail": 500.0}, 800),
        (dict.fromkeys(("rhat", "nested_rhat", "ess_bulk", "ess_tail"), math.nan), 800),
        (dict.fromkeys(("rhat", "nested_rhat", "ess_bulk", "ess_tail"), math.nan) | {"draws": 8},
         400),
    ],
)  # fmt: skip
def test_so_many_draws_are_proposed_as_halve_what_is_twice_too_much(
    said: dict[str, float], draws: int
) -> None:
    assert draws_that_may_do({"draws": 400, **said}) == draws


@pytest.mark.parametrize(
    ("values", "largest", "worst"),
    [
        ([1.0, 1.2, 1.1], True, 1.2),
        ([900.0, 450.0], False, 450.0),
        ([1.0, math.inf], True, "inf"),
        ([1.0, math.nan, 1.1], True, None),
        ([900.0, math.nan], False, None),
    ],
)
def test_the_worst_of_all_parameters_passes_over_none_of_them(
    values: list[float], largest: bool, worst: float | str | None
) -> None:
    found = worst_of(pd.Series(values), largest=largest)
    assert json.loads(json.dumps(found, allow_nan=False)) == worst
    assert type(found) in (float, str, type(None))


def test_an_infinite_rhat_is_read_back_as_what_it_is(fitted: Path, tmp_path: Path) -> None:
    out = shutil.copytree(fitted, tmp_path / "stuck")
    tree = json.loads((out / "fit.json").read_text("utf-8"))
    tree["theories"]["N"] |= {"rhat": "inf", "nested_rhat": 1.005, "ess_bulk": 9e2, "ess_tail": 9e2}
    (out / "fit.json").write_text(json.dumps(tree), "utf-8")
    assert "R-hat inf" in PosteriorDraws.of_fit(out, ISLANDS, theory="N").doubt
    table = calibrate(ISLANDS, out, QUICK)
    assert table["rhat"].tolist() == [math.inf]


def test_draws_of_a_theory_that_is_shorter_than_others_say_how_long_it_is(
    fitted: Path, tmp_path: Path
) -> None:
    out = shutil.copytree(fitted, tmp_path / "uneven")
    tree = json.loads((out / "fit.json").read_text("utf-8"))
    tree["chains"]["draws"] = 500  # asked for since, for another theory
    (out / "fit.json").write_text(json.dumps(tree), "utf-8")
    held = PosteriorDraws.of_fit(out, ISLANDS, theory="N").held
    assert held.settings["chains"]["draws"] == 8
    assert " --draws 8 " in held.command


def test_chains_whose_end_is_not_kept_are_not_made_longer(fitted: Path, tmp_path: Path) -> None:
    out = shutil.copytree(fitted, tmp_path / "cut")
    tree = json.loads((out / "fit.json").read_text("utf-8"))
    del tree["theories"]["N"]["draws"]  # as folders were before
    (out / "fit.json").write_text(json.dumps(tree), "utf-8")
    (out / "N" / CHAINS).unlink()
    assert calibrate(ISLANDS, out, QUICK)["draws"].tolist() == [8]
    long = replace(QUICK, chains=replace(QUICK.chains, draws=9))
    with pytest.raises(ResultError, match=r"chains\.npz: is not there, where the chains ended"):
        calibrate(ISLANDS, out, long)


@pytest.mark.slow
def test_another_theory_joins_the_folder_and_the_first_stays(fitted: Path, tmp_path: Path) -> None:
    out = tmp_path / "two"
    shutil.copytree(fitted, out)
    both = FitSettings(**{**vars(QUICK), "theories": ("N", "D")})
    table = calibrate(ISLANDS, out, both)
    assert table["theory"].tolist() == ["D", "N"]
    assert content(out / "N") == content(fitted / "N")


@pytest.mark.slow
def test_what_another_process_finished_meanwhile_stays(fitted: Path, tmp_path: Path) -> None:
    out = shutil.copytree(fitted, tmp_path / "shared")
    told = json.loads((out / "fit.json").read_text("utf-8"))
    finished = told["theories"].pop("N")
    (out / "fit.json").write_text(json.dumps(told), "utf-8")

    def meanwhile(theory: str, _: object) -> None:
        if theory == "D":
            late = {**told, "theories": {"N": finished}}
            (out / "fit.json").write_text(json.dumps(late), "utf-8")

    table = calibrate(ISLANDS, out, replace(QUICK, theories=("D",)), callback=meanwhile)
    assert table["theory"].tolist() == ["D", "N"]
    assert set(json.loads((out / "fit.json").read_text("utf-8"))["theories"]) == {"D", "N"}


def test_a_folder_of_another_fit_is_refused_and_stays(fitted: Path, tmp_path: Path) -> None:
    before = content(fitted)
    with pytest.raises(ResultError, match=r"holds another fit .*seed is 1 there and 2 here"):
        calibrate(ISLANDS, fitted, FitSettings(**{**vars(QUICK), "seed": 2}))
    with pytest.raises(ResultError, match="digest is"):
        calibrate(ISLANDS.with_number("levels.ratchet", 0.4), fitted, QUICK)
    assert content(fitted) == before
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ResultError, match="holds other files"):
        calibrate(ISLANDS, tmp_path, QUICK)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_folder_in_which_nothing_is_done_yet_takes_a_corrected_command(
    fitted: Path, tmp_path: Path
) -> None:
    out = tmp_path / "fit"
    tree = json.loads((fitted / "fit.json").read_text("utf-8")) | {"theories": {}}
    what = {key: tree[key] for key in tree if key not in ("format", "kind", "theories")}
    first = FitFolder(out, {**what, "seed": 2})
    first.of("N")
    second = FitFolder(out, what)
    assert json.loads((out / "fit.json").read_text("utf-8")) == tree
    (second.of("N") / PARTICLES).touch()
    with pytest.raises(ResultError, match="seed is 1 there and 2 here"):
        FitFolder(out, {**what, "seed": 2})
    with pytest.raises(ResultError, match="seed is 1 there and 2 here"):
        first.finish("N", None)  # type: ignore[arg-type] # is not looked at
    assert json.loads((out / "fit.json").read_text("utf-8")) == tree


def test_a_draw_that_was_changed_is_told_and_not_written_over(fitted: Path, tmp_path: Path) -> None:
    out = tmp_path / "changed"
    shutil.copytree(fitted, out)
    (out / "N" / "summary.csv").write_text("other")
    with pytest.raises(ResultError, match="is not as it was written"):
        calibrate(ISLANDS, out, QUICK)


def test_every_wrong_input_is_told_before_anything_is_computed(tmp_path: Path) -> None:
    out = tmp_path / "none"
    early = FitSettings(**{**vars(QUICK), "until": 1965})
    with pytest.raises(SettingError, match="before the first act of the record"):
        calibrate(load_scenario("japan_nato/baseline"), out, early)
    with pytest.raises(ScenarioError, match="unknown theory 'Q'"):
        calibrate(ISLANDS, out, FitSettings(theories=("Q",)))
    bare = build(as_tree(ISLANDS) | {"prior": [], "spread": []}, "bare.toml")
    with pytest.raises(ScenarioError, match=r"has no \[\[prior\]\]"):
        calibrate(bare, out, QUICK)
    assert not out.exists()


def test_more_than_memory_holds_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    many = 16 * 10**9
    for options, says in (
        (["--particles", many], rf"{many:,} particles of [0-9,]+ unknowns take [0-9,.]+ GiB"),
        (["--chains", many], rf"{many:,} chains of 400 sweeps take [0-9,.]+ GiB of memory, and"),
        (["--draws", many], rf"64 chains of {many:,} sweeps take .*are free; ask for fewer"),
        (["--warm-up", many, "--particles", many], r"particles of .*; 64 chains of .* sweeps take"),
    ):
        words = ["calibrate", ISLANDS.name, *map(str, options), "--out", str(tmp_path / "none")]
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 1, done.output
        assert re.search(says, done.output), done.output
    assert not (tmp_path / "none").exists()


def test_a_record_that_cannot_happen_is_told_by_its_first_observation(tmp_path: Path) -> None:
    """Nobody ever tries a rung before its policy opens, but the record has it in 2002."""
    rungs = [dict(rung) for rung in as_tree(ISLANDS)["rung"]]
    rungs[0]["opens"] = ISLANDS.junctures[0].date.replace(year=2009)
    late = build(as_tree(ISLANDS) | {"rung": rungs}, "late.toml")
    with pytest.raises(SettingError, match=r"cannot happen under N.*ladder"):
        calibrate(late, tmp_path / "none", QUICK)


@pytest.mark.slow
def test_the_command_writes_says_and_refuses(tmp_path: Path) -> None:
    out = tmp_path / "fit"
    small = ["--particles", "16", "--chains", "16", "--warm-up", "2", "--draws", "10"]
    asked = ["calibrate", "two_islands/baseline", "--theory", "N", "--until", "2006", *small]
    asked += ["--out", str(out)]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    assert "Theories" in done.output
    assert "chains have not come to the same place (R-hat" in " ".join(done.output.split())
    found = CliRunner().invoke(app, [*asked, "--json"])
    assert json.loads(found.stdout)["theories"][0]["theory"] == "N"
    for words, says in (
        (["--seed", "2"], "holds another fit"),
        (["--until", "2006-05"], "must be the end of a year, such as 2012-12"),
        (["--chains", "30"], "--chains is 30, must be a multiple of 16; nearest is 32"),
        (["--chains", "7"], "--chains is 7, must be a multiple of 16; nearest is 16"),
        (["--theory", "XY"], "unknown theory 'XY'"),
        (["--series", "allied"], "unknown series 'allied'"),
    ):
        wrong = CliRunner().invoke(app, [*asked, *words])
        assert wrong.exit_code == 2, wrong.output
        assert says in wrong.output
        assert "Traceback" not in wrong.output


def test_priors_hold_the_chances_of_being_coded_that_are_not_known() -> None:
    prior = prior_of(ISLANDS)
    plain = Prior(ISLANDS)
    chances = set(prior.names) - set(plain.names)
    assert {name.partition(".")[0] for name in chances} <= {"reporting"}
    assert set(prior.coded.values()) == {prior.names.index(name) for name in chances}


def test_what_cannot_be_told_of_one_group_of_chains_is_null_and_the_folder_opens_again(
    tmp_path: Path,
) -> None:
    alone = ChainSettings(chains=8, warm_up=2, draws=np.int64(4), round=2, keep=8)  # type: ignore[arg-type]
    asked = replace(QUICK, chains=alone, seed=np.int64(5))  # type: ignore[arg-type]
    table = calibrate(ISLANDS, tmp_path / "fit", asked)
    told = json.loads((tmp_path / "fit" / "fit.json").read_text("utf-8"))["theories"]["N"]
    assert told["nested_rhat"] is None
    assert np.isnan(table["nested_rhat"]).all()
    again = calibrate(ISLANDS, tmp_path / "fit", replace(asked, seed=5))
    pd.testing.assert_frame_equal(again, table)
