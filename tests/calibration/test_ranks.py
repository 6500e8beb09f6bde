"""Ranks of simulation-based calibration: exact bands, and wrong samplers that are caught."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from alliance_sim.calibration import (
    Chains,
    ChainSettings,
    Checkpoint,
    Evolve,
    Layout,
    RankStudy,
    SliceAxes,
    check_ranks,
    run_to_end,
)
from alliance_sim.calibration.keyed import generator
from alliance_sim.calibration.moves import Here, Move, Trial, _Rows
from alliance_sim.calibration.ranks import ranks_of
from alliance_sim.errors import SettingError
from tests.calibration.known import Floats, NormalData

pytestmark = pytest.mark.slow

DRAWS = 40


@pytest.mark.parametrize(("count", "most"), [(50, 100), (250, 60), (40, 9)])
def test_uniform_ranks_stay_inside_the_band_as_often_as_is_said(count: int, most: int) -> None:
    rng = np.random.default_rng(1)
    band = check_ranks("x", rng.integers(0, most + 1, count), most=most)
    points = np.round(band.points * (most + 1)).astype(int) - 1
    ranks = rng.integers(0, most + 1, (20_000, count))
    seen = np.stack([(ranks <= point).mean(axis=1) for point in points], axis=1) - band.points
    inside = ((seen >= band.lower - 1e-12) & (seen <= band.upper + 1e-12)).all(axis=1).mean()
    # counts are whole, so the band may hold a little more than it must
    assert 0.95 - 4 * math.sqrt(0.05 * 0.95 / 20_000) < inside < 0.97


def test_p_values_of_uniform_ranks_are_never_too_small() -> None:
    rng = np.random.default_rng(2)
    found = np.array(
        [check_ranks("x", rng.integers(0, 61, 100), most=60).p_value for _ in range(400)]
    )
    for level in (0.05, 0.2, 0.5):
        assert (found <= level).mean() < level + 4 * math.sqrt(level * (1 - level) / 400)
        assert (found <= level).mean() > level - 0.03 - 4 * math.sqrt(level * (1 - level) / 400)
    assert ((found > 0) & (found <= 1 + 1e-9)).all()


def test_inside_the_band_is_where_the_p_value_is_above_one_in_twenty() -> None:
    rng = np.random.default_rng(3)
    checks = [check_ranks("x", rng.binomial(60, 0.5, 6 + k), most=60) for k in range(12)]
    checks += [check_ranks("x", rng.integers(0, 61, 80), most=60) for _ in range(40)]
    assert {check.inside for check in checks} == {True, False}
    for check in checks:
        assert check.inside == (check.p_value > 0.05 - 1e-6)


@pytest.mark.parametrize("ranks", [np.zeros(0, np.int64), np.zeros((3, 2), np.int64)])
def test_ranks_from_which_nothing_can_be_told_are_refused(ranks: np.ndarray) -> None:
    with pytest.raises(SettingError, match=r"ranks has shape .*, must be \(replicate,\) with at"):
        check_ranks("x", ranks, most=60)


def test_a_study_of_which_nothing_is_done_says_nothing() -> None:
    with pytest.raises(SettingError, match=r"ranks has shape \(0,\)"):
        study("", 5).checks()


def test_equals_are_ranked_by_lot() -> None:
    rng = np.random.default_rng(4)
    found = [ranks_of(np.array([1.0]), np.ones((4, 1)), rng)[0] for _ in range(500)]
    assert set(found) == {0, 1, 2, 3, 4}
    assert (ranks_of(np.array([2.0, 0.0]), np.ones((4, 2)), rng) == [4, 0]).all()


@dataclass(frozen=True)
class Greedy:
    """A move that is wrong: its slice lies too near to where the chain stands."""

    def start(self, here: Here, rng: np.random.Generator) -> Trial:
        trial = _Rows(here, (0, 2), rng)
        trial._level += 0.7 * (here.tempered - trial._level)
        return trial


@dataclass(frozen=True)
class Replicate:
    """Two unknowns seen through three sums; quantities are both, and the log likelihood.

    The wrong ones are greedy, or forget the data.
    """

    wrong: str = ""

    def __call__(self, number: int) -> tuple[Floats, Floats]:
        rng = generator(77, 999, number)
        design = np.array([[1.0, 0.5], [0.2, 1.0], [1.0, -1.0]])
        truth = rng.normal(size=2)
        seen = design @ truth + 0.7 * rng.normal(size=3)
        whole = NormalData(design, seen, 0.7)
        used = NormalData(design[:0], seen[:0], 0.7) if self.wrong == "forgets" else whole
        settings = ChainSettings(chains=DRAWS, warm_up=6, draws=4, round=4, keep=DRAWS)
        moves: tuple[Move, ...] = (SliceAxes(0, 2), Evolve(1.0))
        if self.wrong == "greedy":
            moves = (*moves, *[Greedy()] * 4)
        chains = run_to_end(Chains(used, Layout(2), seed=number, settings=settings, moves=moves))
        draws = chains.kept[0]
        values = whole(np.column_stack([truth, draws.T]))
        return np.append(truth, values[0]), np.column_stack([draws, values[1:]])


def study(wrong: str, replicates: int) -> RankStudy:
    names = ("first", "second", "log likelihood")
    return RankStudy(names, Replicate(wrong), replicates=replicates, draws=DRAWS, seed=5)


def test_a_right_sampler_passes_and_goes_on_where_it_was_cut(tmp_path: Path) -> None:
    path = tmp_path / "ranks.npz"
    rounds = []

    def stop(job: RankStudy) -> None:
        rounds.append(job.done)
        if job.done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_to_end(study("", 60), checkpoint=Checkpoint(path, {"of": 1}), callback=stop)
    found = run_to_end(study("", 60), checkpoint=Checkpoint(path, {"of": 1}), callback=stop)
    assert rounds == list(range(1, 61))
    # each replicate stands by itself, so fewer tell whether any changed where it was cut
    assert (found.ranks[:25] == run_to_end(study("", 25)).ranks).all()
    # 1 in 100: three quantities are looked at
    assert all(check.p_value > 0.01 for check in found.checks())


def test_a_move_that_is_wrong_is_caught() -> None:
    checks = {check.name: check for check in run_to_end(study("greedy", 40)).checks()}
    assert not checks["log likelihood"].inside
    assert checks["log likelihood"].p_value < 0.001


def test_a_sampler_that_forgets_the_data_is_caught_by_the_log_likelihood_alone() -> None:
    """The prior is a posterior of no data, so the ranks of the parameters are uniform."""
    checks = {check.name: check for check in run_to_end(study("forgets", 40)).checks()}
    assert checks["first"].p_value > 0.01
    assert checks["second"].p_value > 0.01
    assert checks["log likelihood"].p_value < 1e-6


def test_a_replicate_of_another_shape_is_told() -> None:
    wrong = RankStudy(("only",), Replicate(), replicates=2, draws=DRAWS, seed=5)
    with pytest.raises(SettingError, match=r"replicate 0 gave truths .* \(3,\) .* must be \(1,\)"):
        wrong.advance()
