"""Terms of log ratios, uniforms by key and normals of ranks, as the page's module gives them."""

from __future__ import annotations

import numpy as np
import pytest

from alliance_sim import load_scenario, noise
from alliance_sim.engine.kernel.layout import LANES, S, rows_of
from alliance_sim.lab import module, terms
from alliance_sim.lab.entries import draw_uniforms, normals_of_ranks
from alliance_sim.lab.frame import frame_of
from alliance_sim.noise import WORD
from alliance_sim.results.draws import LEVELS, normals_of
from tests.lab.worlds import WORLDS, edited, frame, host, needs_module, prepared

pytestmark = pytest.mark.slow

RUNS, QUARTER = 3, 30


@needs_module
@pytest.mark.parametrize("kind", module.NAMES)
@pytest.mark.parametrize("name", WORLDS)
def test_the_terms_of_a_ratio_add_up_to_it(name: str, kind: str) -> None:
    running = prepared(host(name, kind), name, edited(name, 12))
    running.ask(9)
    running.advance(0, QUARTER, RUNS)
    running["was"][...] = running["space.after"]
    running.advance(QUARTER, QUARTER + 1, RUNS)
    running.call("weigh_terms", n=RUNS)
    members = frame(name).shape.members
    who = terms.FIRST_MEMBER + members
    found = running["terms"].reshape(who, 3, terms.MANY, LANES)[..., :RUNS].copy()
    after, at = running["space.after"][:, :RUNS], rows_of(frame(name).shape)
    summed = found.sum(axis=2)
    of_members = after[at.ratio_member :][: 3 * members].reshape(members, 3, RUNS)
    assert np.allclose(summed[0], after[S.ratio :][:3], rtol=0.0, atol=1e-12)
    assert np.allclose(summed[1, 0], after[S.mean_ratio], rtol=0.0, atol=1e-12)
    assert np.allclose(summed[terms.FIRST_MEMBER :], of_members, rtol=0.0, atol=1e-12)
    moved = {name for k, name in enumerate(terms.TERMS) if np.abs(found[:, :, k]).max() > 0.0}
    assert {"floor", "common_threat", "slow"} <= moved
    assert not found[1:, :, terms.TERMS.index("abandonment")].any()  # the state's alone


@needs_module
def test_the_terms_in_plain_python_are_those_of_the_module() -> None:
    name = WORLDS[0]
    running = prepared(host(name, "simd"), name, load_scenario(name))
    running.ask(9)
    running.advance(0, 8, RUNS)
    running["was"][...] = running["space.after"]
    running.advance(8, 9, RUNS)
    given = dict(frame_of(load_scenario(name)).given["weigh_terms"]) | {"n": RUNS}
    places = {"constants": "ready.constants", "now": "space.now", "was": "was"}
    places |= {"after": "space.after", "aside": "space.aside"}
    for argument, array in places.items():
        given[argument][...] = running[array]
    given["kinds"].distracting[...] = running["ready.distracting"]
    terms.weigh_terms(*given.values())
    running.call("weigh_terms", n=RUNS)
    found = running["terms"][:, :RUNS]
    assert found.any()
    assert found.tobytes() == np.ascontiguousarray(given["terms"][:, :RUNS]).tobytes()


@needs_module
@pytest.mark.parametrize("kind", module.NAMES)
def test_uniforms_by_key_are_those_of_the_package(kind: str) -> None:
    name, seed, first = WORLDS[1], 2**63 + 7, 2**32 - 2
    running, channels = host(name, kind), frame(name).channels[4:9]
    numbers = [noise.channel(channel) for channel in channels]
    halves = np.array([[x & WORD for x in numbers], [x >> 32 for x in numbers]])
    steps = frame(name).shape.steps - 1  # no whole number of blocks of four
    running.replace("keyed.channels", halves)
    running.replace("keyed.uniforms", np.zeros((LANES, len(channels), steps)))
    running.ask(seed, first)
    running.call("draw_uniforms", n=2, steps=steps)
    found = running["keyed.uniforms"][:2]
    wanted = np.stack([noise.table(seed, run, numbers, steps) for run in (first, first + 1)])
    assert found.tobytes() == wanted.tobytes()
    plain = np.zeros_like(wanted)
    key, runs = (running[f"asked.{name}"].astype(object) for name in ("key", "runs"))
    draw_uniforms(2, steps, key, halves.astype(object), runs, plain)  # Python's own integers
    assert plain.tobytes() == wanted.tobytes()


@needs_module
@pytest.mark.parametrize("kind", module.NAMES)
def test_normals_of_ranks_are_those_that_draws_hold(kind: str) -> None:
    running = host(WORLDS[0], kind)
    running["ranks"][...] = np.arange(LEVELS)
    running.call("normals_of_ranks")
    every = np.arange(LEVELS).astype(np.uint16)
    assert running["ranks"].tobytes() == normals_of(every).tobytes()
    few = np.array([0.0, 17.0, LEVELS - 1.0])
    normals_of_ranks(LEVELS, few)
    assert few.tobytes() == normals_of(every[[0, 17, -1]]).tobytes()
