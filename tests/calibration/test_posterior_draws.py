"""A posterior is a few hundred draws that are checked whenever they are read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alliance_sim import ResultError, SettingError, compare, load_scenario, simulate
from alliance_sim.calibration import PosteriorDraws, shipped_posterior
from alliance_sim.calibration.shipped import usual_posterior
from alliance_sim.calibration.still_holds import log_likelihood_of
from alliance_sim.calibration.target import prior_of, target_of
from alliance_sim.compiled.objects import rules_digest
from alliance_sim.record.record import Record
from alliance_sim.results.draws import Draws, load_draws, shipped_draws
from alliance_sim.scenario.edit import value_at

ISLANDS = load_scenario("two_islands/baseline")
NO_RAID = load_scenario("two_islands/no_raid")


def test_what_is_read_is_what_was_made(
    islands_posterior: PosteriorDraws, islands_file: Path
) -> None:
    found = PosteriorDraws.load(islands_file, ISLANDS)
    assert np.array_equal(found.held.parameters, islands_posterior.held.parameters)
    assert np.array_equal(found.held.ranks, islands_posterior.held.ranks)
    assert found.names == found.prior.names
    assert (found.theory, found.edition, len(found)) == ("RID", "two_islands", 64)
    assert PosteriorDraws.load(islands_file.parent, ISLANDS).label == found.label


def test_log_likelihoods_of_rounded_noise_are_near_those_of_the_sampler(
    islands_posterior: PosteriorDraws,
) -> None:
    target = target_of(islands_posterior.prior)
    rounded = target.of_vectors(
        np.ascontiguousarray(islands_posterior.held.parameters.T),
        islands_posterior.held.normals(slice(0, 64)),
    )
    kept = islands_posterior.held.log_likelihood
    assert np.array_equal(rounded[list(islands_posterior.held.checked)], kept)
    assert np.isfinite(rounded).all()


def test_correlations_are_those_of_ranks_and_the_strongest_come_first(
    islands_posterior: PosteriorDraws,
) -> None:
    table, drawn = islands_posterior.correlations(), islands_posterior.draws()
    many = len(islands_posterior.names)
    assert len(table) == many * (many - 1) // 2
    assert table["correlation"].abs().is_monotonic_decreasing
    ranks = drawn.rank()
    for one, other, found, _ in table.head(20).itertuples(index=False):
        assert found == pytest.approx(np.corrcoef(ranks[one], ranks[other])[0, 1])
    single = ~table[["name", "other"]].apply(lambda c: c.str.startswith("spread.")).any(axis=1)
    assert table[single]["prior"].abs().median() < 0.05, "most numbers have a prior of their own"


def test_prior_and_posterior_stand_beside_each_other(islands_posterior: PosteriorDraws) -> None:
    table = islands_posterior.parameters
    assert list(table["name"]) == list(islands_posterior.names)
    rates = table[table["name"].str.contains("political.log_rate")].iloc[0]
    assert rates["sd_ratio"] < 0.8  # 39 acts say something about their rate
    assert not rates["set_by_the_prior"]
    moved = (table["mean"] - table["prior_mean"]).abs() / table["prior_sd"]
    alike = (table["sd_ratio"] >= 0.9) & (moved < 0.5)
    assert (table["set_by_the_prior"] == alike).all()
    assert (table["q05"] <= table["median"]).all()
    assert (table["median"] <= table["q95"]).all()
    assert "set by the prior" in repr(islands_posterior)
    assert "prior_q05" in islands_posterior._repr_html_()


def test_draws_are_told_by_name_and_chosen_evenly(islands_posterior: PosteriorDraws) -> None:
    few = islands_posterior.draws(4)
    assert list(few.index) == [0, 21, 42, 63]
    assert list(few.columns) == list(islands_posterior.names)
    assert len(islands_posterior.draws()) == 64
    for wrong in (0, 65, 2.0):
        with pytest.raises(SettingError, match="must be a whole number from 1 to 64"):
            islands_posterior.draws(wrong)  # type: ignore[arg-type]


def test_medians_are_of_numbers_that_the_scenario_has(islands_posterior: PosteriorDraws) -> None:
    medians = islands_posterior.medians()
    assert set(medians) == set(islands_posterior.prior.paths)
    for path, value in medians.items():
        number = value_at(ISLANDS, path)
        assert number.low <= value <= number.high
    draws = islands_posterior.draws()["levels.pace"]
    assert medians["levels.pace"] == pytest.approx(draws.median())


def test_runs_have_the_parameters_of_their_draw(islands_posterior: PosteriorDraws) -> None:
    runs = simulate(ISLANDS, runs=66, seed=3, posterior=islands_posterior)
    for run in (1, 65):
        vector = islands_posterior.held.parameters[run % 64]
        alone = simulate(islands_posterior.prior.with_vector(vector), runs=1, first_run=run, seed=3)
        assert np.array_equal(runs.values[run], alone.values[0])


def test_an_edit_of_the_fitted_scenario_has_the_same_draws_in_both_worlds(
    islands_posterior: PosteriorDraws,
) -> None:
    found = compare(NO_RAID, against=ISLANDS, runs=8, seed=2, posterior=islands_posterior)
    (label,) = found.edited
    first = found.factual_runs.calendar.index(found.touched[label])  # type: ignore[arg-type]
    mine, its = found.factual_runs.values, found.edited_runs[label].values
    assert np.array_equal(mine[:, :first], its[:, :first])
    assert found.factual_runs.posterior == islands_posterior.label


def test_a_number_that_an_edit_sets_keeps_its_value(islands_posterior: PosteriorDraws) -> None:
    edited = ISLANDS.with_number("levels.pace", 1.0).with_setting("theory.domestic", value=False)
    paths, values = islands_posterior.numbers_of(edited)
    assert "levels.pace" not in paths
    assert values.shape == (len(paths), 64)
    runs = simulate(edited, runs=2, seed=1, posterior=islands_posterior)
    assert runs.failed == 0


def test_history_is_replayed_and_free_runs_know_nothing_of_it(
    islands_posterior: PosteriorDraws,
) -> None:
    free, conditioned = islands_posterior.histories(runs=20, seed=4)
    record = Record.of(ISLANDS)
    path = record.rung_path(conditioned.calendar)
    assert (conditioned.column("rung") == path).all()
    assert not (free.column("rung") == path).all()
    for domain in ("political", "operations", "equipment"):
        coded = int((record.events["domain"] == domain).sum())
        assert (conditioned.column(f"count_{domain}").sum(axis=1) >= coded).all()
    again, _ = islands_posterior.histories(runs=20, seed=4, threads=1)
    assert again == free


def test_scenarios_that_are_no_edit_of_the_fitted_one_do_not_fit(
    islands_posterior: PosteriorDraws,
) -> None:
    other = ISLANDS.model_copy(
        update={"levels": ISLANDS.with_number("levels.ratchet", 0.9).levels, "name": "mine"}
    )
    assert islands_posterior.misfit(other) == (
        "the posterior is of two_islands/baseline, and mine differs from that, by no edit, in "
        "levels.ratchet"
    )
    assert islands_posterior.misfit(ISLANDS.with_number("levels.ratchet", 0.9)) == ""
    assert islands_posterior.misfit(NO_RAID) == ""
    abroad = load_scenario("japan_nato/baseline")
    assert "the posterior is of 'two_islands'" in islands_posterior.misfit(abroad)
    with pytest.raises(SettingError, match="differs from that, by no edit"):
        simulate(other, runs=1, seed=1, posterior=islands_posterior)


def test_a_file_that_states_medians_is_still_the_fitted_scenario(
    islands_posterior: PosteriorDraws, islands_file: Path
) -> None:
    levels = ISLANDS.with_number("levels.pace", 1.25).levels
    stated = ISLANDS.model_copy(update={"levels": levels})
    assert stated.edits == ()
    assert len(PosteriorDraws.load(islands_file, stated)) == 64


def _kept(path: Path, held: Draws, **changes: Any) -> None:
    replace(held, **changes).save(path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"digests": {}}, "the scenario changed; the priors changed; what the record two_islands"),
        ({"record": "two_islands@1"}, "the record was two_islands@1, and is two_islands"),
        ({"channels": ("x",) * 7}, "the slow noise has other channels"),
    ],
)
def test_a_posterior_that_no_longer_holds_says_what_changed_and_how_to_fit_anew(
    islands_posterior: PosteriorDraws, tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    path = tmp_path / "RID.npz"
    _kept(path, islands_posterior.held, **changes)
    with pytest.raises(ResultError, match=words) as error:
        PosteriorDraws.load(path, ISLANDS)
    assert "To fit anew: alliance-sim calibrate two_islands/baseline" in str(error.value)
    assert "--posterior none" in str(error.value)


def test_rules_that_changed_are_named_where_they_move_a_log_likelihood(
    islands_posterior: PosteriorDraws, tmp_path: Path
) -> None:
    held, path = islands_posterior.held, tmp_path / "RID.npz"
    _kept(path, held, digests={**held.digests, "rules": "others"})
    assert len(PosteriorDraws.load(path, ISLANDS)) == 64  # what changed did not matter
    moved = held.log_likelihood + np.array([0.0, 1e-12, 0.0])
    _kept(path, held, digests={**held.digests, "rules": "others"}, log_likelihood=moved)
    with pytest.raises(ResultError, match="the rules changed: the log likelihood of draw 32"):
        PosteriorDraws.load(path, ISLANDS)


def test_another_scenario_is_not_what_was_fitted(islands_file: Path) -> None:
    other = ISLANDS.with_number("levels.ratchet", 0.9)
    with pytest.raises(ResultError, match="the scenario changed"):
        PosteriorDraws.load(islands_file, other)


def test_unknowns_that_do_not_fit_are_told(islands_posterior: PosteriorDraws) -> None:
    target = target_of(islands_posterior.prior)
    with pytest.raises(SettingError, match=r"must be \(draws, 300\)"):
        PosteriorDraws.made(target, np.zeros((2, 3)), seed=1, command="none")


def test_a_folder_without_the_theory_names_those_it_has(islands_file: Path) -> None:
    with pytest.raises(ResultError, match=r"unknown theory 'RI'.*known: RID"):
        PosteriorDraws.load(islands_file.parent, ISLANDS, theory="RI")


def test_rounding_moves_a_log_likelihood_by_thousandths(islands_posterior: PosteriorDraws) -> None:
    target = target_of(islands_posterior.prior)
    held = islands_posterior.held
    rng = np.random.default_rng(1)
    theta = np.ascontiguousarray(held.parameters.T)
    middles = held.normals(slice(0, 64))
    shift = rng.uniform(-0.5, 0.5, middles.shape) / 2**16  # of the quantile, as rounding moves it
    density = np.exp(-0.5 * middles**2) / np.sqrt(2 * np.pi)
    moved = target.of_vectors(theta, middles + shift / density)
    difference = moved - target.of_vectors(theta, middles)
    assert 0.0 < difference.std() < 0.01
    assert np.array_equal(log_likelihood_of(target, held), held.log_likelihood)


def test_where_nothing_ships_nothing_is_said() -> None:
    if shipped_posterior(ISLANDS) is None:
        assert usual_posterior(ISLANDS) == (None, "")


def test_a_shipped_posterior_that_no_longer_holds_is_left_with_a_sentence(
    islands_posterior: PosteriorDraws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "RID.npz"
    _kept(path, islands_posterior.held, digests={})
    monkeypatch.setattr("alliance_sim.calibration.shipped.shipped_draws", lambda _: {"RID": path})
    found, told = usual_posterior(ISLANDS)
    assert found is None
    assert told.startswith("The shipped posterior is not used: ")
    assert "the scenario changed" in told
    islands_posterior.save(path := tmp_path / "sound.npz")
    monkeypatch.setattr("alliance_sim.calibration.shipped.shipped_draws", lambda _: {"RID": path})
    monkeypatch.setattr("alliance_sim.comparison.drawn.shipped_draws", lambda _: {"RID": path})
    found, told = usual_posterior(NO_RAID)
    assert found is not None
    assert told == ""
    told = compare(NO_RAID, against=ISLANDS, runs=2, seed=1).parameters
    assert told.startswith("Parameters: 2 of 64 posterior draws")


def test_draws_that_ship_are_of_these_rules_to_the_last_bit() -> None:
    shipped = list(shipped_draws("japan_nato").values())
    readings = [*(shipped[0].parent / "variants").glob("*_*.npz")]
    assert len(readings) == 5
    for path in (*shipped, *readings):
        held = load_draws(path)
        # Else their likelihoods are worked out by everybody who asks a what-if.
        assert held.digests["rules"] == rules_digest(), path.name
        prior = prior_of(load_scenario(held.scenario), held.theory)
        target = target_of(prior, series=held.series, until=held.until)
        assert np.array_equal(log_likelihood_of(target, held), held.log_likelihood)
        assert held.command.endswith("--out fit") or path in readings


def test_a_file_of_another_theory_is_refused_where_one_is_asked_for(islands_file: Path) -> None:
    assert PosteriorDraws.load(islands_file, ISLANDS, theory="RID").theory == "RID"
    with pytest.raises(ResultError, match="is a posterior of theory RID, and N is asked for"):
        PosteriorDraws.load(islands_file, ISLANDS, theory="N")


def test_draws_of_a_theory_know_nothing_of_what_an_edit_switches_on() -> None:
    found = shipped_posterior(load_scenario("japan_nato/baseline"), "R")
    assert found is not None
    wider = found.prior.scenario.edited("theory RID")
    with pytest.raises(SettingError, match=r"is of theory R and knows nothing of .* and \d+ more"):
        found.numbers_of(wider)
