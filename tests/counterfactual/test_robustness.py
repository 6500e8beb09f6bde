"""Whether an answer holds: weights of theories, other readings, other noise, what the data told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from alliance_sim import load_scenario
from alliance_sim.calibration import PosteriorDraws
from alliance_sim.calibration.acts import act_counts
from alliance_sim.calibration.predictive import MOST, Predictive
from alliance_sim.calibration.stored import Place, StoredForecasts
from alliance_sim.calibration.variants import (
    FOLDER,
    OF,
    READING,
    WEIGHTS,
    OtherReadings,
    Variants,
    digest_of,
    load_variants,
    readings_beside,
)
from alliance_sim.counterfactual import WhatIf
from alliance_sim.counterfactual.answering import answered
from alliance_sim.counterfactual.estimates import both_worlds, estimate
from alliance_sim.counterfactual.posteriors import Posteriors, posteriors_of
from alliance_sim.counterfactual.question import ask
from alliance_sim.counterfactual.rivals import by_evidence, not_asked, weights_of
from alliance_sim.counterfactual.robustness import carried, nudged
from alliance_sim.errors import ResultError
from alliance_sim.plots.robustness import robustness_figure
from alliance_sim.plots.style import PHONE, SLIDE, Form
from alliance_sim.record.record import Record

ISLANDS = load_scenario("two_islands/baseline")
RAID, LEVEL = "without great_raid", "level_operations@2009"


def kept_with(posterior: PosteriorDraws, theory: str, evidence: float) -> PosteriorDraws:
    settings = {"evidence": [evidence, 0.1]}
    return PosteriorDraws(
        replace(posterior.held, theory=theory, settings=settings), posterior.prior
    )


def test_theories_weigh_by_evidence_as_bayes_has_it() -> None:
    found = by_evidence({"R": (np.log(3.0) - 800.0, 0.0), "I": (-800.0, 0.0)})
    assert found.of == pytest.approx({"R": 0.75, "I": 0.25})
    assert found.spans["R"] == pytest.approx((0.75, 0.75))
    unsure = by_evidence({"R": (0.0, 0.5), "I": (0.0, 0.5)})
    ends = 1.0 / (1.0 + np.exp(np.array([1.0, -1.0]) * 1.6449 * 0.5 * np.sqrt(2.0)))
    assert unsure.spans["R"] == pytest.approx(tuple(ends), abs=0.02)
    assert "set apart from it (within 4 nats): R, I" in unsure.words


def test_theories_without_evidence_of_the_same_record_weigh_alike(
    islands_posterior: PosteriorDraws,
) -> None:
    one, other = (kept_with(islands_posterior, name, 1.0) for name in ("RID", "RI"))
    assert weights_of([one, other]).basis == "evidence"
    bare = PosteriorDraws(replace(other.held, settings={}), other.prior)
    assert weights_of([one, bare]).of == {"RID": 0.5, "RI": 0.5}
    earlier = PosteriorDraws(replace(other.held, until=2008), other.prior)
    assert weights_of([one, earlier]).basis == "alike"
    assert weights_of([one]).of == {"RID": 1.0}
    assert not_asked([one, other]) == ("N", "R", "I", "D", "RD", "ID")
    assert not_asked([kept_with(islands_posterior, "RID+T", 1.0)]) == ()


def test_theories_are_stacked_where_forecasts_of_all_are_kept(
    islands_posterior: PosteriorDraws,
) -> None:
    both = [kept_with(islands_posterior, name, 0.0) for name in ("RID", "RI")]
    counts = act_counts(Record.of(ISLANDS), ISLANDS, "all").counts
    chances = np.full((2, 4, counts.shape[1], MOST + 1), 1e-3)
    held = counts[4:8]
    for k, right in enumerate((0.9, 0.1)):  # one says what came, the other hardly
        np.put_along_axis(chances[k], held[..., None], right, axis=-1)
    forecasts = {
        Place("all", name, "rolling"): Predictive(4, chances[k])
        for k, name in enumerate(("RID", "RI"))
    }
    stored = StoredForecasts(
        scenario=ISLANDS.name, record=both[0].held.record, digests={}, command="none",
        version="0", forecasts=forecasts,
    )  # fmt: skip
    found = weights_of(both, stored)
    assert found.basis == "stacking"
    assert found.of["RID"] == pytest.approx(1.0, abs=1e-6)
    assert weights_of([*both, kept_with(islands_posterior, "N", 0.0)], stored).basis == "evidence"


def test_an_estimate_is_that_of_weighed_draws() -> None:
    draws, weights = np.array([0.0, 1.0, 2.0, np.nan]), np.array([0.2, 0.7, 0.1, 5.0])
    assert estimate(draws, binary=True, weights=weights).value == pytest.approx(0.9)
    assert estimate(draws, binary=False, weights=weights) == (1.0, 0.0, 2.0)
    alike = estimate(draws, binary=True, weights=np.ones(4))
    assert alike.value == estimate(draws, binary=True).value == pytest.approx(1.0)


def test_what_carries_an_effect_is_found_and_how_much_was_learnt_of_it() -> None:
    rng = np.random.default_rng(2)
    before = rng.standard_normal((4000, 5))
    after = rng.standard_normal((400, 5)) * [0.5, 1.0, 1.0, 1.0, 1.0]
    names = ["a", "b", "c", "d", "e"]
    found = carried(after, 3.0 * after[:, 0], before, names)
    assert found.carriers == ("a",)
    assert found.ratio == pytest.approx(0.5, rel=0.08)
    silent = carried(after, after[:, 1], before, names)
    assert silent.carriers == ("b",)
    assert silent.ratio == pytest.approx(1.0, rel=0.08)
    assert carried(after, rng.standard_normal(400), before, names).ratio is None
    assert carried(after, np.zeros(400), before, names) == (None, (), 0.0, None)
    assert found.share == pytest.approx(1.0)
    own = carried(after, after[:, 0], before, names, own=[1])
    assert set(own.carriers) == {"a", "b"}  # what is edited counts, seen to carry or not
    assert carried(after, rng.standard_normal(400), before, names, own=[1]).carriers == ("b",)
    half = carried(after, after[:, 1] + rng.standard_normal(400), before, names)
    assert half.share == pytest.approx(0.5, abs=0.1)
    assert "luck the rest" in half.words
    apart = carried(after, after[:, 1] + rng.standard_normal(400), before, names, reruns=1.0)
    assert apart.share == pytest.approx(1.0, abs=0.15)  # luck within draws is no luck over them


def test_nudged_noise_is_as_normal_as_before_and_near(islands_posterior: PosteriorDraws) -> None:
    near = nudged(islands_posterior, 5)
    draws = slice(0, len(near))
    before, after = islands_posterior.held.normals(draws), near.held.normals(draws)
    correlation = np.corrcoef(before.ravel(), after.ravel())[0, 1]
    assert correlation == pytest.approx(np.sqrt(1.0 - 0.1**2), abs=0.002)
    assert after.std() == pytest.approx(before.std(), rel=0.01)
    assert (near.held.parameters == islands_posterior.held.parameters).all()
    assert (nudged(islands_posterior, 5, 0.0).held.ranks == islands_posterior.held.ranks).all()


def weights_for(posterior: PosteriorDraws, first: float, k: float = 0.3) -> Variants:
    """Return weights under two readings: of one the first draw alone counts, the other is far."""
    count = len(posterior)
    logs = np.full((2, count), -np.inf)
    logs[0, 0], logs[0, 1] = np.log(first), np.log(1.0 - first)
    logs[1] = -np.log(count)
    return Variants(
        draws=digest_of(posterior), scenario=ISLANDS.name, theory=posterior.theory,
        record=posterior.held.record, command="alliance-sim posterior vary X", version="0",
        names=("series alliance", "reporting odds doubled"), log_weights=logs,
        k=np.array([k, 1.2]), impossible={"N": "the record cannot happen under N"},
        forecasts={"rolling": {"gain": 6.0, "error": 1.0, "against": "constant"}},
    )  # fmt: skip


@pytest.fixture(scope="module")
def varied(islands_posterior: PosteriorDraws) -> WhatIf:
    """Return an answer with weights beside its draws, and with draws of another series."""
    other = PosteriorDraws(
        replace(islands_posterior.held, settings={READING: "series salience2"}),
        islands_posterior.prior,
    )
    readings = OtherReadings(
        weights_for(islands_posterior, 0.75), {"series salience2": other}, "a sentence."
    )
    return answered(
        ask(ISLANDS, [RAID], LEVEL),
        Posteriors(islands_posterior, (), readings),
        uniforms=2,
        runs=20,
        seed=3,
    )


def test_an_answer_is_weighed_for_other_readings_of_the_record(varied: WhatIf) -> None:
    found = {one.name: one for one in varied.robustness.varied}
    assert list(found) == ["series alliance", "series salience2", "reporting odds doubled"]
    fact, edited = both_worlds(varied.question, varied.worlds)
    of_two = (edited - fact).reshape(-1, varied.worlds.draws)[:, :2]  # all that weighs anything
    told = found["series alliance"].effect
    assert told is not None
    assert (told.low, told.high) == (of_two.min(), of_two.max())
    assert told.value in of_two[:, 0]
    assert found["series alliance"].how == "weights"
    assert found["series salience2"].effect == varied.effect  # the same draws, held otherwise
    assert found["series salience2"].how == "draws"
    far = found["reporting odds doubled"]
    assert (far.effect, far.how) == (None, "")
    assert any("k is 1.2" in reason for reason in varied.label.reasons)


def test_what_was_kept_is_told_with_the_answer(varied: WhatIf) -> None:
    tree = varied.as_tree()
    assert [one["by"] for one in tree["robustness"]["readings"]] == ["weights", "draws", None]
    assert 0.0 <= tree["robustness"]["bistable"] <= 1.0
    assert tree["theories_without_draws"]["N"] == "the record cannot happen under N"
    assert not any("theories N" in reason for reason in varied.label.reasons)
    assert any("the record cannot happen under N" in sentence for sentence in varied.assumed)
    assert any(sentence == "Not used: a sentence." for sentence in varied.assumed)
    (check,) = (one for one in varied.card if one.check == "projectability")
    assert (check.verdict, check.number) == ("pass", 6.0)
    frame = varied.robustness_frame
    assert set(frame["kind"]) == {"theory", "coupling", "series", "reporting"}
    assert frame["effect"].isna().sum() == 7 + 1


def test_weights_are_read_back_and_go_with_their_draws_only(
    islands_posterior: PosteriorDraws, tmp_path: Path
) -> None:
    islands_posterior.save(tmp_path / "RID.npz")
    weights = weights_for(islands_posterior, 0.75)
    (tmp_path / FOLDER).mkdir()
    weights.save(tmp_path / FOLDER / WEIGHTS)
    again = load_variants(tmp_path / FOLDER / WEIGHTS)
    assert (again.log_weights == weights.log_weights).all()
    assert again.names == weights.names
    for place in (tmp_path, tmp_path / "RID.npz"):
        found = readings_beside(place, islands_posterior, ISLANDS)
        assert found.weights is not None
        assert not found.problem
    assert posteriors_of(tmp_path, ISLANDS).readings.weights is not None
    stamped = PosteriorDraws(replace(islands_posterior.held, version="9"), islands_posterior.prior)
    assert readings_beside(tmp_path, stamped, ISLANDS).weights is not None  # the same draws
    moved = np.flip(islands_posterior.held.parameters, axis=0)
    others = PosteriorDraws(
        replace(islands_posterior.held, parameters=moved), islands_posterior.prior
    )
    found = readings_beside(tmp_path, others, ISLANDS)
    assert found.weights is None
    assert "holds weights of other draws" in found.problem
    assert "alliance-sim posterior vary X" in found.problem
    led = replace(islands_posterior.held, settings={READING: "series alliance", OF: "elsewhere"})
    PosteriorDraws(led, islands_posterior.prior).save(tmp_path / FOLDER / "alliance.npz")
    found = readings_beside(tmp_path, islands_posterior, ISLANDS)
    assert found.fitted == {}
    assert "was led on from other draws" in found.problem


def test_weights_that_were_changed_are_not_read(
    islands_posterior: PosteriorDraws, tmp_path: Path
) -> None:
    place = tmp_path / WEIGHTS
    weights_for(islands_posterior, 0.75).save(place)
    content = bytearray(place.read_bytes())
    content[len(content) // 2] ^= 1
    place.write_bytes(bytes(content))
    with pytest.raises(ResultError, match="holds no weights of draws"):
        load_variants(place)


@pytest.mark.parametrize("form", [SLIDE, PHONE])
def test_the_figure_has_a_line_for_all_that_was_tried(varied: WhatIf, form: Form) -> None:
    figure = robustness_figure(varied, form=form)
    (axes,) = figure.axes
    frame = varied.robustness_frame
    assert len(axes.get_yticks()) == len(frame)
    points = [line for line in axes.lines if line.get_marker() == "o"]
    assert np.concatenate([np.asarray(line.get_xdata()) for line in points]) == pytest.approx(
        frame["effect"].dropna().to_numpy()
    )
    words = [text.get_text() for text in axes.texts]
    assert words.count("not to be had") == int(frame["effect"].isna().sum())
    assert "Series of acts" in words
    assert "Edition of the record" not in words  # the islands have one
