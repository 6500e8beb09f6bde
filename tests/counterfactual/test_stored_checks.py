"""What was tried beforehand is of the very draws, and of nothing else."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from alliance_sim import Scenario, SettingError, load_scenario
from alliance_sim.calibration import PosteriorDraws
from alliance_sim.calibration.variants import OtherReadings
from alliance_sim.counterfactual.estimates import LEAST
from alliance_sim.counterfactual.labels import LABELS, sign_of
from alliance_sim.counterfactual.posteriors import Posteriors, posteriors_of
from alliance_sim.counterfactual.stored_checks import (
    StoredCheck,
    StoredChecks,
    load_checks,
    shipped_checks,
)
from alliance_sim.errors import ResultError

HISTORY = "japan_nato/baseline"


@cache
def base() -> Scenario:
    return load_scenario(HISTORY)


@cache
def draws() -> Posteriors:
    return posteriors_of("shipped", base())


@cache
def shipped() -> StoredChecks:
    found, why = shipped_checks(base(), draws())
    assert found is not None, why
    return found


def test_what_ships_is_of_the_draws_that_ship() -> None:
    found = shipped()
    assert list(found.stale(base(), draws())) == []
    assert found.theory == draws().main.theory
    weights = draws().readings.weights
    assert weights is not None
    for one in found.checks:
        assert set(one.readings) == set(weights.names)
        assert one.label in LABELS
        assert one.bistable is not None
        assert 0.0 <= one.bistable <= 1.0


def test_a_label_that_is_kept_follows_from_what_is_kept() -> None:
    for one in shipped().checks:
        signs = {sign_of(its.value, LEAST) for its in one.readings.values()}
        if one.label == "robust":
            assert signs == {sign_of(one.effect, LEAST)}
            assert one.sd_ratio is None or one.sd_ratio <= 0.9
        assert (one.label == "silent") == (one.sd_ratio is not None and one.sd_ratio > 0.9)


def test_other_draws_or_another_scenario_are_told() -> None:
    now = draws()
    held = replace(now.main.held, parameters=now.main.held.parameters + 1e-12)
    moved = now._replace(main=PosteriorDraws(held, now.main.prior))
    assert list(shipped().stale(base(), moved)) == [f"the draws changed: {now.main.theory}"]
    weights = now.readings.weights
    assert weights is not None
    reading = next(iter(now.readings.fitted))
    fitted = {name: one for name, one in now.readings.fitted.items() if name != reading}
    fewer = replace(now.readings, fitted=fitted, weights=replace(weights, k=weights.k + 1.0))
    (told,) = shipped().stale(base(), now._replace(readings=fewer))
    assert reading in told
    assert "weights" in told
    other = base().edited("set levels.pace=1.5")
    assert "the scenario changed" in list(shipped().stale(other, now))
    found, why = shipped_checks(base(), moved)
    assert found is None
    assert "To make them again: python -m engines.make_checks" in why


def test_of_another_relationship_nothing_ships() -> None:
    assert shipped_checks(load_scenario("two_islands/baseline"), draws()) == (None, "")


def test_only_the_very_question_is_found() -> None:
    one = next(one for one in shipped().checks if len(one.edits) > 1)
    assert shipped().of(list(one.edits), one.outcome) is one
    assert shipped().of(one.edits[::-1], one.outcome) is None
    assert shipped().of(one.edits[:1], one.outcome) is None
    assert shipped().of(one.edits, f"{one.outcome} ") is None


def test_what_is_written_is_read_back_and_what_was_changed_is_not(tmp_path: Path) -> None:
    path = tmp_path / "checks.npz"
    shipped().save(path)
    again = load_checks(path)
    assert again.checks == shipped().checks
    assert (again.draws, again.seed) == (shipped().draws, shipped().seed)
    content = path.read_bytes()
    again.save(path)
    assert path.read_bytes() == content
    with np.load(path) as loaded:
        arrays = dict(loaded)
    arrays["effects"] = arrays["effects"] + 1.0
    np.savez_compressed(path, allow_pickle=False, **arrays)
    with pytest.raises(ResultError, match="not those that were written"):
        load_checks(path)
    path.write_bytes(b"no file of arrays")
    with pytest.raises(ResultError, match="holds no checks of what-ifs"):
        load_checks(path)


@pytest.mark.slow
def test_a_reading_that_is_not_to_be_had_is_not_passed_over() -> None:
    from alliance_sim.counterfactual.answering import answered
    from alliance_sim.counterfactual.question import ask

    question = ask(base(), ["council leader"], "rung>=8@2014")
    alone = Posteriors(draws().main, (), OtherReadings())
    answer = answered(question, alone, uniforms=1, runs=10)
    with pytest.raises(SettingError, match="other readings of the record were not to be had"):
        StoredCheck.of(answer, question.edits)
