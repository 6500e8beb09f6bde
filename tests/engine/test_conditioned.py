"""A record held and scored in the lanes of the compiled engine, against slow and other ways."""

from __future__ import annotations

import dataclasses
import pickle
from importlib import util
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alliance_sim import Kernel, Scenario, load_scenario, noise, simulate
from alliance_sim.arithmetic import inverse_normal
from alliance_sim.engine.kernel import resumable
from alliance_sim.engine.kernel.batch import make_ready
from alliance_sim.engine.kernel.conditioned import Conditioned
from alliance_sim.engine.kernel.layout import LANES, reported_rows, rows_of
from alliance_sim.engine.kernel.observation import PARTS, Mark, Observed
from alliance_sim.engine.kernel.pieces import advance_block
from alliance_sim.engine.kernel.resumable import Lanes
from alliance_sim.engine.own_noise import noise_of_seed
from alliance_sim.errors import SettingError
from alliance_sim.scenario.fields import SERIES

ISLANDS = load_scenario("two_islands/baseline")
HISTORY = load_scenario("japan_nato/baseline")
SEED, RUN = 2026, 3
ALL_CODED = ((1.0, 1.0, 1.0),)
THINNED = ((0.35, 0.9, 0.9), (0.7, 0.88, 0.95))


def _load(name: str) -> Any:
    spec = util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


plain = _load("plain_likelihood")


def seen_of(
    scenario: Scenario, *, coded: Any = THINNED, series: str = "all", run: int = RUN
) -> Observed:
    """Return what a run of a scenario came to, as if all of it were on record."""
    found = simulate(scenario, runs=1, seed=SEED, first_run=run)
    steps = found.values.shape[1]
    counts = found.block([f"count_{name}" for name in SERIES])[0].astype(np.int64)
    kinds = {name: [k for k in scenario.kinds if k.domain == name] for name in SERIES}
    marks = [
        Mark(step, name, kinds[name][place % len(kinds[name])].name, 2 + place % 2, who)
        for step in range(steps)
        for place, name in enumerate(SERIES)
        for who in ("state", "both", "alliance", "member")[: counts[step, place]]
    ]
    signed = np.flatnonzero(np.diff(found.column("agreements")[0], prepend=0.0)).tolist()
    rungs = ["refused_" + who for who in (*make_ready(scenario).world.axes["who"],)]
    blocked = np.flatnonzero(found.block(rungs)[0].any(axis=-1)).tolist()
    tabled = [item.name for item in scenario.items]
    return Observed(
        first=8,
        counts=counts,
        rung=found.column("rung")[0].astype(np.int64),
        era=(np.arange(steps) > steps // 2).astype(np.int64) % len(coded),
        coded=np.array(coded),
        blocked=blocked,
        agreements=signed,
        suspensions=np.flatnonzero(found.column("suspensions")[0]).tolist(),
        items={name: bool(found.column(f"passed_{name}")[0, -1] > 0.0) for name in tabled},
        marks=marks,
        series=series,
    )


def normals(held: Conditioned, lanes: int, seed: int = 0) -> Any:
    shape = held.ready.frame.shape
    drawn = np.random.default_rng(seed).standard_normal((shape.steps, shape.threats + 6, lanes))
    return 0.3 * drawn


@pytest.mark.parametrize("series", ["all", "alliance", "salience2"])
@pytest.mark.parametrize("scenario", [ISLANDS, HISTORY], ids=["two_islands", "japan_nato"])
def test_the_compiled_likelihood_is_that_of_plain_python(scenario: Scenario, series: str) -> None:
    held = Conditioned(scenario, seen_of(scenario, series=series))
    constants, luck = held.constants(3), normals(held, 3)
    found = held.log_likelihood(constants, None, luck)
    every = range(rows_of(held.ready.frame.shape).all_states)
    states = held.trajectories(every, constants, None, luck)
    for lane in range(3):
        wanted = plain.slow_log_likelihood(held, states[lane], held.dated_laws)
        for part, value in wanted.items():
            assert np.isfinite(value)
            assert found[part][lane] == pytest.approx(value, rel=1e-12, abs=1e-12), part
    assert len({*found["counts"].tolist()}) == 3


@pytest.mark.parametrize("scenario", [ISLANDS, HISTORY], ids=["two_islands", "japan_nato"])
def test_noise_that_gives_the_record_gives_every_act_at_its_quarter(scenario: Scenario) -> None:
    record = seen_of(scenario, coded=ALL_CODED)
    held = Conditioned(scenario, dataclasses.replace(record, first=1))
    given = held.noise(held.constants(8), None, None, seed=5)
    runs = simulate(scenario, runs=8, seed=99, engine=Kernel(threads=1, noise=given))
    assert (runs.column("rung") == record.rung).all()
    assert (runs.block([f"count_{name}" for name in SERIES])[:, 1:] == record.counts[1:]).all()
    signed = np.diff(runs.column("agreements"), axis=1, prepend=0.0)
    for found, steps in (
        (signed, record.agreements),
        (runs.column("suspensions"), record.suspensions),
    ):
        for row in found:
            assert np.flatnonzero(row).tolist() == list(steps or ())
    for name, passed in record.items.items():
        assert (runs.column(f"passed_{name}")[:, -1] == float(passed)).all()
    refusals = runs.block([f"refused_{who}" for who in held.ready.world.axes["who"]])
    for row in refusals:
        assert np.flatnonzero(row.any(axis=-1)).tolist() == list(record.blocked)
    levels = runs.block([f"level_{name}" for name in SERIES[:3]])
    assert len(np.unique(levels[:, 20], axis=0)) == 8  # its luck is not that of the record's run


def test_noise_leaves_room_for_acts_that_are_not_on_record() -> None:
    record = seen_of(ISLANDS)
    held = Conditioned(ISLANDS, dataclasses.replace(record, first=1))
    given = held.noise(held.constants(64), None, None, seed=5)
    runs = simulate(ISLANDS, runs=64, seed=99, engine=Kernel(threads=1, noise=given))
    counts = runs.block([f"count_{name}" for name in SERIES])[:, 1:]
    assert (counts >= record.counts[1:]).all()
    hidden = (counts - record.counts[1:]).sum(axis=(1, 2))
    means = held.counts_terms(held.constants(64), None, None, seed=5)[1].sum(axis=(0, 1))
    assert 0.1 * means.mean() < hidden.mean() < 1.5 * means.mean()
    assert (runs.column("rung") == record.rung).all()


@pytest.mark.parametrize("scenario", [ISLANDS, HISTORY], ids=["two_islands", "japan_nato"])
def test_normals_that_are_given_are_those_by_key(scenario: Scenario) -> None:
    held = Conditioned(scenario, seen_of(scenario))
    shape, runs = held.ready.frame.shape, [4, 9, 2]
    channels = held.ready.world.all_channels[: shape.threats + 6]
    by_key = np.stack([noise.table(11, run, channels, shape.steps) for run in runs], axis=-1)
    luck = np.vectorize(inverse_normal)(by_key.swapaxes(0, 1))
    constants = held.constants(3)
    one = held.log_likelihood(constants, None, None, seed=11, runs=runs)
    other = held.log_likelihood(constants, None, luck)
    for part in held.parts:
        assert one[part].tobytes() == other[part].tobytes()


def test_pieces_give_what_one_go_gives_and_lanes_can_be_resampled() -> None:
    ready = make_ready(HISTORY)
    rows = reported_rows(ready.frame.shape)
    whole = simulate(HISTORY, runs=LANES, seed=7, engine=Kernel(threads=1))
    lanes = Lanes(ready, runs=range(LANES), seed=7, keep=rows)
    for last in (1, 2, 101, 103, 200):
        lanes.advance(last)
    assert lanes.values[:, :200].tobytes() == whole.values[:, :200].tobytes()

    ancestors = np.random.default_rng(0).integers(0, LANES, size=LANES)
    lanes.take_up(lanes.state().of(ancestors))
    lanes.advance(ready.frame.shape.steps)
    own = noise_of_seed(HISTORY, runs=LANES, seed=7)
    spliced = {
        name: np.concatenate([values[ancestors, :200], values[:, 200:]], axis=1)
        for name, values in own.items()
    }
    wanted = simulate(HISTORY, runs=LANES, seed=7, engine=Kernel(threads=1, noise=spliced))
    assert lanes.values[:, 200:].tobytes() == wanted.values[:, 200:].tobytes()


def test_a_state_is_taken_up_again_as_often_as_wanted() -> None:
    ready = make_ready(ISLANDS)
    lanes = Lanes(ready, runs=range(5), seed=1, keep=reported_rows(ready.frame.shape))
    lanes.advance(17)
    state = lanes.state()
    lanes.advance(40)
    first = lanes.values.copy()
    lanes.take_up(state)
    lanes.advance(40)
    assert lanes.values.tobytes() == first.tobytes()


def test_lanes_differ_in_constants_and_inputs_as_scenarios_do() -> None:
    held = Conditioned(ISLANDS, seen_of(ISLANDS))
    other = ISLANDS.with_setting("willingness.threat_state", 1.1)
    other = other.with_setting("period.alarm.commitment", 0.9)
    theirs = Conditioned(other, held.observed)
    columns = np.flatnonzero((theirs.ready.world.table != held.ready.world.table).any(axis=0))
    assert len(columns) == 1
    lanes = Conditioned(ISLANDS, held.observed, inputs=columns.tolist())
    constants, luck = held.constants(2), normals(held, 2)
    constants[:, 1] = theirs.ready.constants
    tables = (held.ready.world.table, theirs.ready.world.table)
    own = np.stack([table[:, columns] for table in tables], axis=-1)
    found = lanes.log_likelihood(constants, own, luck)
    for lane, one in enumerate((held, theirs)):
        alone = one.log_likelihood(one.constants(2), None, luck)
        for part in PARTS[:5]:
            assert found[part][lane] == alone[part][lane]
    assert found["counts"][0] != found["counts"][1]


def test_the_terms_of_counts_add_up_and_nothing_is_scored_before_the_first_step() -> None:
    held = Conditioned(HISTORY, seen_of(HISTORY))
    constants, luck = held.constants(), normals(held, LANES)
    terms, means = held.counts_terms(constants, None, luck)
    found = held.log_likelihood(constants, None, luck)["counts"]
    assert terms.sum(axis=(0, 1)) == pytest.approx(found, rel=1e-12)
    assert not terms[: held.observed.first].any()
    assert (means[held.observed.first :] > 0.0).all()


def of_plain_integers(product: Any) -> Any:
    """Return a product that does not overflow where single integers of NumPy would."""
    return lambda a, b: product(a, b) if np.ndim(a) else product(int(a), int(b))


@pytest.mark.parametrize("rule", ["consensus", "weighted_majority", "leader"])
def test_the_source_gives_the_same_bits_without_a_compiler(
    rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = ISLANDS.with_setting("council.rule", rule)
    record = seen_of(scenario, series="alliance")

    def computed() -> list[bytes]:
        held = Conditioned(scenario, record, parts=PARTS)
        luck, constants = normals(held, 2), held.constants(2)
        arrays = [*held.log_likelihood(constants, None, luck).values()]
        arrays += [*held.log_likelihood(constants, None, None, seed=3).values()]
        arrays += held.counts_terms(constants, None, luck)
        if rule != "weighted_majority":
            arrays += held.noise(constants, None, luck, seed=4).values()
        return [np.ascontiguousarray(values).tobytes() for values in arrays]

    compiled = computed()
    for name in ("high32", "low32"):
        monkeypatch.setattr(noise, name, of_plain_integers(getattr(noise, name)))
    monkeypatch.setattr(resumable, "compiled_advance", advance_block)
    assert computed() == compiled


def test_a_majority_of_all_is_a_consensus() -> None:
    most = ISLANDS.with_setting("council.rule", "weighted_majority")
    most = most.with_setting("council.majority", 1.0)
    record = seen_of(ISLANDS)
    one, other = (Conditioned(scenario, record) for scenario in (ISLANDS, most))
    wanted = one.log_likelihood(one.constants(4), None, normals(one, 4))["ladder"]
    found = other.log_likelihood(other.constants(4), None, normals(other, 4))["ladder"]
    assert found == pytest.approx(wanted, rel=1e-12)
    with pytest.raises(SettingError, match="not offered under a weighted majority"):
        other.noise(other.constants(1))


def test_parts_that_are_not_asked_for_are_not_scored() -> None:
    record = seen_of(ISLANDS)
    every = Conditioned(ISLANDS, record, parts=PARTS)
    one = Conditioned(ISLANDS, record, parts=["ladder"])
    luck, constants = normals(every, 4), every.constants(4)
    found = one.log_likelihood(constants, None, luck)
    assert list(found) == ["ladder"]
    assert (
        found["ladder"].tobytes() == every.log_likelihood(constants, None, luck)["ladder"].tobytes()
    )


def test_a_record_that_cannot_happen_says_where_it_cannot() -> None:
    record = seen_of(ISLANDS)
    held = Conditioned(ISLANDS, record)
    constants, at = held.constants(2), rows_of(held.ready.frame.shape)
    constants[at.fixed_rung_opens : at.fixed_rung_opens + 3, 1] = 1e6
    found = held.log_likelihood(constants, None, normals(held, 2))
    assert np.isfinite(found["ladder"][0])
    assert found["ladder"][1] == -np.inf
    assert held.problem(0) == ""
    tried = [*record.blocked, *(np.flatnonzero(np.diff(record.rung)) + 1).tolist()]
    label = held.ready.frame.calendar.label(min(step for step in tried if step >= record.first))
    assert held.problem(1) == f"ladder: what the record holds in {label} cannot happen"


def test_all_that_is_wrong_with_a_record_is_told_at_once() -> None:
    record = seen_of(ISLANDS)
    wrong = dataclasses.replace(
        record, counts=record.counts[:-1], items={"harbor_office": True}, laws={"ports_act": 3}
    )
    with pytest.raises(SettingError) as caught:
        Conditioned(ISLANDS, wrong, parts=["ladders"])
    told = "\n".join(caught.value.problems)
    assert "unknown part 'ladders'; did you mean 'ladder'" in told
    assert "counts has the shape (39, 4), must have (40, 4)" in told
    assert "unknown item 'harbor_office'; did you mean 'harbour_office'" in told
    assert "unknown drawn law 'ports_act'" in told


def test_acts_that_the_model_cannot_hold_are_refused_in_words() -> None:
    record = seen_of(ISLANDS)
    rung = record.rung.copy()
    rung[-2:] = 1, 3
    twice = dataclasses.replace(record, rung=rung, agreements=[5, 5])
    with pytest.raises(SettingError) as caught:
        Conditioned(ISLANDS, twice)
    told = "\n".join(caught.value.problems)
    assert "rung goes from 1 to 3 in 2010Q4, and moves by one at a time" in told
    assert "2 agreements are signed in 2002Q2, and one a quarter can be" in told


def test_an_array_that_does_not_fit_is_refused_in_words() -> None:
    held = Conditioned(ISLANDS, seen_of(ISLANDS))
    with pytest.raises(
        SettingError, match=r"has the shape \(3, 7, 2\), must have \(40, 7, 1 to 64\)"
    ):
        held.log_likelihood(held.constants(2), None, np.zeros((3, 7, 2)))


def test_runs_may_be_an_array_and_are_one_for_each_lane() -> None:
    held = Conditioned(ISLANDS, seen_of(ISLANDS))
    constants = held.constants(3)
    found = held.noise(constants, runs=np.array([4, 9, 2]))
    wanted = held.noise(constants, runs=[4, 9, 2])
    assert all(found[name].tobytes() == wanted[name].tobytes() for name in wanted)
    for runs in (range(2), range(5), range(LANES + 1)):
        with pytest.raises(SettingError, match=rf"3 lanes and {len(runs)} runs, must be one each"):
            held.log_likelihood(constants, runs=runs)


def test_a_copy_in_another_process_gives_the_same() -> None:
    held = Conditioned(ISLANDS, seen_of(ISLANDS))
    again = pickle.loads(pickle.dumps(held))
    luck = normals(held, 2)
    one = held.log_likelihood(held.constants(2), None, luck)
    other = again.log_likelihood(again.constants(2), None, luck)
    assert {k: v.tobytes() for k, v in one.items()} == {k: v.tobytes() for k, v in other.items()}


@pytest.mark.slow
def test_the_particle_filter_has_no_bias_against_free_runs() -> None:
    held = Conditioned(ISLANDS, seen_of(ISLANDS), parts=["counts", "ladder", "agreements", "laws"])
    constants = held.constants()
    weights = np.concatenate(
        [
            sum(
                held.log_likelihood(
                    constants, None, None, seed=1, runs=range(k, k + LANES)
                ).values()
            )
            for k in range(0, 400 * LANES, LANES)
        ]
    )
    best = weights.max()
    shares = np.exp(weights - best)
    brute, error = shares.mean(), shares.std() / np.sqrt(len(shares))
    filters = [held.filter(constants[:, 0], particles=128, seed=s) for s in range(24)]
    values = np.exp(np.array([one.log_likelihood for one in filters]) - best)
    spread = np.hypot(error, values.std(ddof=1) / np.sqrt(len(values)))
    assert spread < 0.2 * brute
    assert abs(values.mean() - brute) < 4.0 * spread
    assert all(one.terms.sum() == pytest.approx(one.log_likelihood) for one in filters)
