"""Each year forecast from those before it: increments, going on, folders, and wrong input."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from alliance_sim import ResultError, SettingError, load_scenario
from alliance_sim.calibration import PosteriorDraws, Tempered
from alliance_sim.calibration.acts import act_counts
from alliance_sim.calibration.carried_forecasts import TransferSettings
from alliance_sim.calibration.keyed import Stage, Streams
from alliance_sim.calibration.predictive import Predictive
from alliance_sim.calibration.refits import RefitSettings, refit
from alliance_sim.calibration.rolling import FROZEN, TOLD, Rolling, RollingSettings
from alliance_sim.calibration.scoring import (
    BLIND,
    LEAVE_OUT,
    ROLLING,
    ROLLING_TOLD,
    Key,
    score_record,
)
from alliance_sim.calibration.stored import (
    HeldOutModel,
    Place,
    held_out_models,
    load_stored,
    stale,
    stored_for,
)
from alliance_sim.calibration.target import Target, prior_of
from alliance_sim.cli import app
from alliance_sim.engine.kernel.observation import PARTS
from alliance_sim.parallel import executors
from alliance_sim.record.forecasts import forecast_years
from alliance_sim.record.record import Record
from alliance_sim.scenario.edit import replaced

ISLANDS = load_scenario("two_islands/baseline")
RECORD = Record.of(ISLANDS)
PRIOR = prior_of(ISLANDS)
ACTS = act_counts(RECORD, ISLANDS, "all")
YEARS = forecast_years(ISLANDS, first=ACTS.first_year)
QUICK = RollingSettings(particles=64, sweeps=1, draws=12, futures=1)
ASKED = RefitSettings(series=("all",), settings=(ROLLING,), rolling=QUICK, seed=3)
WHOLE = Place("all", "RID", ROLLING)


def a_pass(**more: Any) -> Rolling:
    return Rolling(PRIOR, RECORD, ACTS, years=YEARS, seed=3, settings=QUICK, **more)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("refits") / "islands"
    refit(ISLANDS, folder, ASKED)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_what_a_year_adds_is_the_likelihood_with_it_less_that_without_it() -> None:
    known, after = (Target(PRIOR, RECORD, until=year) for year in (2005, 2006))
    z = np.random.default_rng(1).standard_normal((after.dimension, 64)) * 0.6
    k, layout = len(PRIOR), after.layout
    normals = z[k:].reshape(layout.steps, layout.channels, 64)
    given = after.room.given(PRIOR.natural(z[:k]))
    parts = after.room.conditioned.by_quarter(
        given[0], given[1], normals, given[2], edges=(known.layout.steps,)
    )
    added = after(z) - known(np.ascontiguousarray(z[: known.dimension]))
    assert np.isfinite(added).all()
    np.testing.assert_allclose(parts[1].sum(axis=0), added, atol=1e-9)
    whole = after.of_parts(PRIOR.natural(z[:k]), normals)
    for name, values in whole.items():
        np.testing.assert_allclose(parts[:, PARTS.index(name)].sum(axis=0), values, atol=1e-9)


def test_an_increment_is_the_mean_of_what_particles_make_of_the_new_year() -> None:
    job = a_pass()
    while not job.finished:
        year, unknowns, weights = job.year, job.unknowns, job.weights
        known = job.increments.size
        rows = len(job.history)
        job.advance()
        if job.increments.size == known or len(job.history) != rows + 1:
            continue
        if year < 0 or unknowns.shape[0] != Target(PRIOR, RECORD, until=year).dimension:
            continue  # the year came in by more than one step
        before, after = (Target(PRIOR, RECORD, until=y) for y in (year, year + 1))
        noise = np.stack(
            [
                Streams(3, Stage.GROW, 1)
                .at(0, particle, year + 1, 0)
                .standard_normal(after.dimension - before.dimension)
                for particle in range(64)
            ],
            axis=1,
        )
        gain = after(np.concatenate([unknowns, noise])) - before(unknowns)
        assert job.increments[-1] == pytest.approx(np.log((weights * np.exp(gain)).sum()))
        return
    pytest.fail("no year came in by one step")


@pytest.mark.slow
def test_the_pass_comes_to_the_evidence_that_tempering_finds(
    done: Path, islands_particles: Tempered
) -> None:
    numbers = load_stored(done / "refits.npz").numbers[WHOLE]
    assert numbers["record_evidence"] == pytest.approx(islands_particles.log_evidence, abs=3.0)
    total = numbers["before"] + sum(numbers["increments"])
    assert numbers["record_evidence"] == pytest.approx(total)
    assert numbers["evidence"] == pytest.approx(sum(numbers["joint"]))
    assert numbers["first"] == 2002


@pytest.mark.slow
def test_the_same_bytes_come_of_threads_and_after_any_stop(done: Path, tmp_path: Path) -> None:
    whole, rounds = tmp_path / "stopped", 0

    def stop(_what: str, _job: object) -> None:
        nonlocal rounds
        rounds += 1
        if rounds % 5 == 0:
            raise KeyboardInterrupt

    with executors.chosen(threads=2) as pool:
        for _ in range(30):
            try:
                refit(ISLANDS, whole, ASKED, executor=pool, callback=stop)
                break
            except KeyboardInterrupt:
                continue
    assert rounds > 10
    assert content(whole) == content(done)


@pytest.mark.slow
def test_draws_of_each_year_open_like_any_posterior(done: Path) -> None:
    folder = done / "all" / "RID" / "draws"
    assert sorted(path.stem for path in folder.iterdir()) == [str(y) for y in range(2001, 2010)]
    draws = PosteriorDraws.load(folder / "2006.npz", ISLANDS)
    assert (len(draws), draws.held.until, draws.theory) == (12, 2006, "RID")
    again = (
        "alliance-sim score two_islands/baseline --refit --series all --theory RID "
        "--settings rolling --particles 64 --sweeps 1 --seed 3"
    )
    assert draws.held.command == load_stored(done / "refits.npz").command == again


@pytest.mark.slow
def test_stored_forecasts_are_rows_beside_baselines(done: Path) -> None:
    stored = stored_for(done / "refits.npz", ISLANDS)
    (model,) = held_out_models(stored)
    table = score_record(ISLANDS, series=("all", "alliance"), models=[model])
    keys = set(table.cells)
    wanted = {Key("two_islands", "all", s, "model") for s in (BLIND, "told", ROLLING, ROLLING_TOLD)}
    assert keys == wanted, "nothing was left out, and no other series fitted"
    job = a_pass()
    while job.forecast < YEARS.rolling_from:
        job.advance()
    cell = table.cells[Key("two_islands", "all", ROLLING, "model")]
    start = ACTS.year_starts(YEARS.rolling_from)
    assert cell.predictive.start == start
    np.testing.assert_allclose(cell.predictive.chances[:4], job.chances[FROZEN, -1], atol=1e-6)
    told = table.cells[Key("two_islands", "all", ROLLING_TOLD, "model")]
    np.testing.assert_allclose(told.predictive.chances[:4], job.chances[TOLD, -1], atol=1e-6)
    assert cell.evidence is None, "the first counted year was not forecast, so sums differ"
    assert model.held_out(ACTS, LEAVE_OUT, 0, 40) is None


def test_evidence_stands_beside_that_of_the_same_counts() -> None:
    stored = {("all", ROLLING): a_forecast()}
    model = HeldOutModel("model", "", "two_islands", stored, {"all": (-12.0, 2001)})
    found = model.held_out(ACTS, ROLLING, 8, 12)
    assert found is not None
    assert found.evidence == -12.0
    later = act_counts(RECORD, ISLANDS, "all", since=2002)
    other = model.held_out(later, ROLLING, 8, 12)
    assert other is not None
    assert other.evidence is None


def a_forecast() -> Any:
    return Predictive.of_means(4, np.full((1, 36, 4), 0.5))


def test_stored_forecasts_say_what_has_changed_since(done: Path) -> None:
    path = done / "refits.npz"
    looser = ISLANDS.model_copy(
        update={
            "priors": (ISLANDS.priors[0].model_copy(update={"source": "new"}), *ISLANDS.priors[1:])
        }
    )
    with pytest.raises(ResultError, match=r"no longer hold: the priors changed\. To make them"):
        stored_for(path, looser)
    fixed = replaced(ISLANDS, {"time.last_year": 2009})
    with pytest.raises(ResultError, match="no longer hold"):
        stored_for(path, fixed)
    bare = ISLANDS.model_copy(update={"record": "", "relationship": ""})
    with pytest.raises(ResultError, match="no longer hold"):
        stored_for(path, bare)


def test_forecasts_of_several_theories_hold_each_for_its_own(done: Path) -> None:
    stored = load_stored(done / "refits.npz")
    other = {**stored.digests, "scenario": "of another theory"}
    assert stale(replace(stored, digests=other), ISLANDS) == []
    changed = {**other, "scenario RID": "of another scenario"}
    assert stale(replace(stored, digests=changed), ISLANDS) == ["the scenario changed"]


def test_a_count_behind_impossible_ones_keeps_its_chance(done: Path, tmp_path: Path) -> None:
    stored = load_stored(done / "refits.npz")
    chances = np.zeros((1, 4, 6))
    chances[..., 0], chances[..., 4] = 0.75, 0.25
    gap = replace(stored, forecasts={WHOLE: Predictive(4, chances)})
    gap.save(tmp_path / "gap.npz")
    kept = load_stored(tmp_path / "gap.npz").forecasts[WHOLE].chances
    np.testing.assert_allclose(kept[..., :6], chances, rtol=1e-6)
    assert not kept[..., 6:].any()


def test_a_changed_file_is_not_read(done: Path, tmp_path: Path) -> None:
    path = tmp_path / "refits.npz"
    raw = bytearray((done / "refits.npz").read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(bytes(raw))
    with pytest.raises(ResultError, match="holds no stored forecasts"):
        load_stored(path)
    path.write_bytes(b"no archive")
    with pytest.raises(ResultError, match="holds no stored forecasts"):
        load_stored(path)


def test_a_folder_of_something_else_is_refused(done: Path, tmp_path: Path) -> None:
    with pytest.raises(ResultError, match=r"holds other refits \(seed is 3 there and 4 here\)"):
        refit(ISLANDS, done, RefitSettings(series=("all",), rolling=QUICK, seed=4))
    other = tmp_path / "other"
    other.mkdir()
    (other / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(ResultError, match="holds other files"):
        refit(ISLANDS, other, ASKED)
    assert (other / "notes.txt").read_text("utf-8") == "mine"
    (other / "notes.txt").unlink()
    (other / "refits.json").write_text("{}", "utf-8")
    with pytest.raises(ResultError, match="is no manifest of refits"):
        refit(ISLANDS, other, ASKED)
    edited = ISLANDS.edited("without ports_act")
    with pytest.raises(ResultError, match=r"made before scenario changed; give another folder"):
        refit(edited.model_copy(update={"name": ISLANDS.name}), done, ASKED)
    broken = tmp_path / "broken"
    shutil.copytree(done, broken)
    (broken / "all" / "RID" / "rolling.npz").write_bytes(b"")
    with pytest.raises(ResultError, match="is not as it was written"):
        refit(ISLANDS, broken, ASKED)


def test_settings_that_are_out_of_range_are_all_told() -> None:
    with pytest.raises(SettingError) as raised:
        RollingSettings(particles=3, sweeps=0, draws=-1)
    assert len(raised.value.problems) == 3
    with pytest.raises(SettingError, match=r"'roling'.*did you mean 'rolling'"):
        RefitSettings(settings=("roling",))
    with pytest.raises(SettingError, match="seed is -1"):
        RefitSettings(seed=-1)


def command(*words: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["score", *map(str, words), "--workers", "1"])
    return result.exit_code, result.stdout, " ".join(result.stderr.split())


@pytest.mark.slow
@pytest.mark.usefixtures("blank_pictures", "few_baselines")
def test_the_command_fits_keeps_and_reads_again(tmp_path: Path) -> None:
    base = ("two_islands/baseline", "--series", "all", "--out", tmp_path / "out", "--json")
    fit = ("--refit", "--settings", "rolling", "--particles", 16, "--sweeps", 1, "--seed", 3)
    code, said, _ = command(*base, *fit)
    assert code == 0
    tree = json.loads(said)
    row = tree["series"]["all"]["rolling"]["model"]
    assert row["log_score"] < 0.0
    assert "did not see" in tree["missing"]
    again = command(*base)
    assert again[0] == 0
    assert json.loads(again[1])["series"] == tree["series"]
    code, _, problem = command(
        *base[:-1], "--refit", "--particles", 128, "--sweeps", 1, "--seed", 3
    )
    assert code == 2
    assert "holds other refits" in problem


def test_the_command_refuses_options_that_do_not_go_together(tmp_path: Path) -> None:
    base = ("two_islands/baseline", "--out", tmp_path)
    code, _, problem = command(*base, "--theory", "RID", "--sweeps", 2)
    assert code == 2
    assert "--theory, --sweeps goes with --refit" in problem
    code, _, problem = command(*base, "--refit", "--particles", 2, "--settings", "origin_")
    assert code == 2
    assert "particles is 2" in problem
    assert "unknown setting 'origin_'" in problem
    code, _, problem = command(*base, "--refit", "--theory", "RIDE")
    assert code == 2
    assert "RIDE" in problem
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", [RefitSettings, TransferSettings])
@pytest.mark.parametrize("seed", [np.int64(3), "3", 3])
def test_a_seed_is_kept_as_python_has_it(kind: Any, seed: Any) -> None:
    found = kind(seed=seed)
    assert type(found.seed) is int
    assert found == kind(seed=3)
    assert json.dumps(found.seed) == "3"


@pytest.mark.parametrize("kind", [RefitSettings, TransferSettings])
@pytest.mark.parametrize("seed", ["three", 1.5, -1, 2**64, True])
def test_what_is_no_seed_is_told_with_all_else_that_is_wrong(kind: Any, seed: Any) -> None:
    with pytest.raises(SettingError) as told:
        kind(seed=seed, series=("alll",))
    assert len(told.value.problems) == 2
    assert "must be a whole number from 0 to" in str(told.value)


def test_sizes_are_kept_as_python_has_them() -> None:
    found = RollingSettings(particles=np.int64(64), futures=np.int32(4))  # type: ignore[arg-type]
    assert json.loads(json.dumps(vars(found))) == vars(RollingSettings(particles=64, futures=4))


def test_a_folder_goes_on_with_the_seed_as_numpy_has_it(done: Path, tmp_path: Path) -> None:
    before = content(done)
    place = tmp_path / "again"
    shutil.copytree(done, place)
    refit(ISLANDS, place, replace(ASKED, seed=np.int64(ASKED.seed)))  # type: ignore[arg-type]
    assert content(place) == before
