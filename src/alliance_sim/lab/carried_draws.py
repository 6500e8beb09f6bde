"""Draws of a posterior and the record that they were fitted to, as the page carries them.

A draw is its numbers of the recipe and the ranks of its slow noise, 16 bits each. Ready columns of
numbers (`replayed.columns_of`) would take fifty times the room: the page makes them with its module
from this, and abducts what decides acts with the record held, as `Histories.of_posterior` does.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alliance_sim.calibration.posterior_draws import PosteriorDraws
from alliance_sim.calibration.target import Target, target_of
from alliance_sim.counterfactual.posteriors import with_theory_of
from alliance_sim.engine.kernel.history import KIND_NUMBERS, KIND_PULL
from alliance_sim.engine.kernel.layout import LANES
from alliance_sim.engine.vectors import another
from alliance_sim.errors import SettingError
from alliance_sim.lab.frame import Frame
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.edit import value_at
from alliance_sim.scenario.fields import Number
from alliance_sim.world.build import build_world, places_of
from alliance_sim.world.divergence import changed_inputs
from alliance_sim.world.recipe import COLUMNS, Recipe
from alliance_sim.world.tables import recipe_of

WHERE = "draws for the page"
OBSERVED = "kind"  # begins the paths of numbers that no run depends on
Json = dict[str, Any]


def carried_draws(frame: Frame, posteriors: Sequence[PosteriorDraws]) -> Json:
    """Return the record and the draws of some theories, as JSON holds them.

    Args:
        frame: The scenario that was fitted, laid out.
        posteriors: Draws, one of each theory, all fitted to one record.

    Returns:
        `record`: arrays of the frame by name, that hold the record in `advance_block`, numbers of
        the call, and what goes with them. `inputs`: which inputs may differ by lane; `filled`:
        which are worked out with them. `theories`: by name the draws. Arrays are
        `{"kind", "shape", "base64"}`, of little-endian bytes.

    Raises:
        SettingError: If draws are of another scenario or record, or end before the scenario does.
    """
    targets = [_target(posterior) for posterior in posteriors]
    problems = [text for posterior in posteriors for text in _unfit(frame, posterior)]
    if not posteriors:
        problems = ["no draws are given"]
    if problems:
        raise SettingError(WHERE, problems)
    records = [_record(frame, target) for target in targets]
    other = [
        posterior.theory
        for posterior, record in zip(posteriors, records, strict=True)
        if record != records[0]
    ]
    if other:
        problem = f"draws of {', '.join(other)} were fitted to another record"
        raise SettingError(WHERE, [problem])
    theories = {
        posterior.theory: _draws(frame, posterior, target)
        for posterior, target in zip(posteriors, targets, strict=True)
    }
    paths = dict.fromkeys(path for told in theories.values() for path in told["paths"])
    return {"record": records[0], **_inputs(frame, tuple(paths)), "theories": theories}


def packed(array: NDArray[Any]) -> Json:
    """Return an array as JSON holds it."""
    held = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    text = base64.b64encode(held.tobytes()).decode("ascii")
    return {"kind": array.dtype.name, "shape": list(array.shape), "base64": text}


def _target(posterior: PosteriorDraws) -> Target:
    held = posterior.held
    return target_of(posterior.prior, series=held.series, until=held.until)


def _unfit(frame: Frame, posterior: PosteriorDraws) -> list[str]:
    """Return in a sentence each what keeps draws from being replayed in the page."""
    held, last = posterior.held, frame.scenario.time.last_year
    problem = posterior.misfit(with_theory_of(frame.scenario, posterior))
    found = [problem] if problem else []
    if held.until < last:
        found.append(
            f"draws of {posterior.theory} know the record to {held.until}, and the scenario runs "
            f"to {last}; the page replays what is known to the end"
        )
    return found


def _record(frame: Frame, target: Target) -> Json:
    """Return the record as `advance_block` takes it, and laws whose dates are inputs."""
    held = target.room.conditioned
    history, seen = held.told(held.observation())
    laws = np.full(frame.shape.laws, -1, dtype=np.int64)  # none of them is drawn in fact
    arrays = {f"history.{name}": value for name, value in history._asdict().items()}
    arrays |= {
        f"seen.{name}": value
        for name, value in seen._asdict().items()
        if isinstance(value, np.ndarray)
    }
    every = np.ones_like(seen.wanted)  # `Conditioned.noise` looks at all parts of a record
    arrays |= {"history.laws": laws, "seen.wanted": every, "seen.numbers": seen.numbers[:, :1]}
    partners = frame.scenario.partners.name
    names = [f"{partners}/law.{name}:v1" for name, _, _ in held.dated_laws]
    pulls = [seen.at_kinds + KIND_NUMBERS * k + KIND_PULL for k in range(len(seen.kinds))]
    return {
        "name": target.record,
        "arrays": {name: packed(value) for name, value in arrays.items()},
        "numbers": {
            f"seen.{name}": value
            for name, value in seen._asdict().items()
            if not isinstance(value, np.ndarray)
        },
        "dated": [frame.channels.index(name) for name in names],
        "pulls": pulls,
        "shares": len(target.observed.coded) * len(seen.kinds),
    }


def _draws(frame: Frame, posterior: PosteriorDraws, target: Target) -> Json:
    """Return the draws of a theory."""
    scenario = with_theory_of(frame.scenario, posterior)
    recipe = recipe_of(scenario)
    paths, values = posterior.numbers_of(scenario)
    kept = [k for k, path in enumerate(paths) if path.partition(".")[0] != OBSERVED]
    rows, numbers = _observed(posterior, target)
    chosen = [paths[k] for k in kept]
    return {
        "theory": posterior.theory,
        "label": posterior.label,
        "draws": len(posterior),
        "until": posterior.held.until,
        "paths": chosen,
        "ranges": [_range(scenario, path) for path in chosen],
        "values": packed(values[kept]),
        "ranks": packed(posterior.held.ranks),
        "channels": list(posterior.held.channels),
        "observed": {"rows": rows, "values": packed(numbers)},
        "base": _differences(frame.recipe, recipe),
    }


def _range(scenario: Scenario, path: str) -> list[float]:
    number: Number = value_at(scenario, path)
    return [number.low, number.high]


def _observed(posterior: PosteriorDraws, target: Target) -> tuple[list[int], NDArray[np.float64]]:
    """Return how acts come to be recorded where draws differ: rows, and an array (row, draw)."""
    theta = np.ascontiguousarray(posterior.held.parameters.T)
    blocks = [
        target.room.given(theta[:, first : first + LANES])[2].copy()
        for first in range(0, theta.shape[1], LANES)
    ]
    numbers = np.concatenate(blocks, axis=1)
    usual = target.room.conditioned.observation(1)
    rows = np.flatnonzero((numbers != usual).any(axis=1))
    return rows.tolist(), numbers[rows]


def _differences(base: Recipe, other: Recipe) -> dict[str, float]:
    """Return the numbers of a recipe that differ from those of another, by path."""
    found = {}
    for name in COLUMNS:
        table, its = base.tables[name], other.tables[name]
        if its.rows != table.rows:
            raise SettingError(WHERE, [f"table {name!r} has other rows under another theory"])
        for row, column in np.argwhere(its.values != table.values).tolist():
            path = table.rows[row]
            if table.columns[column] not in ("value", "constant"):
                path = f"{path}.{table.columns[column]}"
            found[path] = float(its.values[row, column])
    return found


def _inputs(frame: Frame, paths: Sequence[str]) -> dict[str, list[int]]:
    """Return which numbers of a row of inputs some paths can feed, whatever acts.

    How reluctant members are is worked out together with who they are.
    """
    world = build_world(frame.scenario)
    recipe = frame.recipe
    others: Mapping[str, float] = {path: another(value_at(frame.scenario, path)) for path in paths}
    changed = recipe.with_values(others)
    acting = world.settled._replace(acting=[1.0] * len(world.settled.acting))
    at, _ = places_of(recipe.counts, frame.shape.leaders)
    fed = changed_inputs(changed, acting, replace(world, settled=acting), at)
    differ = fed.copy()
    if not any(".accession." in path for path in paths):  # who belongs is the same in all draws
        differ[at.weight : at.reluctance] = False
        differ[at.states] = False
    return {
        "inputs": np.flatnonzero(differ).tolist(),
        "filled": np.flatnonzero(fed).tolist(),
    }
