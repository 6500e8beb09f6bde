"""Noise that somebody brings, by the names of channels; what is not brought comes from the seed.

The noise of a factual world fits its twin, although the two do not have all channels in common: a
law that is dated in one is drawn in the other.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alliance_sim import noise
from alliance_sim.errors import (
    SettingError,
    explains_calls,
    read_or_told,
    shown,
    unknown_name,
)
from alliance_sim.scenario import Scenario
from alliance_sim.whole_numbers import whole_number
from alliance_sim.world.build import prepared
from alliance_sim.world.declaration import declared
from alliance_sim.world.state import FIXED_AXES, Channels
from alliance_sim.world.world import World

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Uniforms = NDArray[np.float64]

LEAST = 1e-11  # how near to 0 or 1 a uniform may come that is turned into a normal
NAMED = 3  # channels named in a label; more are counted


class CompleteNoise(NamedTuple):
    """Noise of some runs, complete.

    Attributes:
        uniforms: Array (run, channel, quarter), channels in the order of `World.all_channels`.
        label: Which channels were brought, for results to carry.
    """

    uniforms: Uniforms
    label: str


@explains_calls
def noise_of_seed(
    scenario: Scenario, *, runs: int, seed: int | str, first_run: int = 0
) -> dict[str, Uniforms]:
    """Return the noise that a seed gives a scenario, to be changed and handed to `Kernel(noise=)`.

    Args:
        scenario: The scenario.
        runs: How many runs.
        seed: Whole number from 0 to 2**64 - 1.
        first_run: Number of the first run.

    Returns:
        By full name of a channel, such as "two_islands/ladder.fall:v1": array (run, quarter).

    Raises:
        SettingError: Saying all that is out of range: the seed, the number of a run, how many.
    """
    problems = runs_problems(runs, first_run)
    number = read_or_told(noise.as_seed, seed, problems, 0)
    if problems:
        raise SettingError("noise_of_seed", problems)
    wanted = range(int(first_run), int(first_run) + int(runs))
    world, _ = prepared(scenario)
    table = _of_seed(world, number, wanted, world.all_channels)
    return dict(zip(world.channel_names, table.transpose(1, 0, 2).copy(), strict=True))


def runs_problems(runs: object, first_run: object) -> list[str]:
    """Return in a sentence each what is wrong with how many runs there are, and with the first."""
    if whole_number(runs) and runs >= 1 and whole_number(first_run) and first_run >= 0:
        last = int(first_run) + int(runs) - 1  # plain numbers: those of NumPy would wrap around
        if last <= noise.MAX_RUN:
            return []
        told = f"the last run would be {shown(last)}, must be at most {noise.MAX_RUN}"
        return [f"runs is {shown(runs)}: {told}"]
    return [
        f"{name} is {shown(value)}, must be a whole number of at least {least}"
        for name, value, least in (("runs", runs, 1), ("first_run", first_run, 0))
        if not whole_number(value) or value < least
    ]


def complete_noise(given: object, scenario: Scenario, seed: int, numbers: range) -> CompleteNoise:
    """Return noise that somebody brings, checked, with gaps filled from the seed.

    Args:
        given: By full name of a channel: uniforms, array (run, quarter).
        scenario: The scenario.
        seed: Where the channels come from that are not brought.
        numbers: Numbers of the runs.

    Raises:
        SettingError: Saying all that is wrong: what is no mapping, names that no world of this
            relationship can have, arrays of another shape, numbers that are not between 0 and 1.
    """
    world, _ = prepared(scenario)
    if not isinstance(given, Mapping):
        problem = f"noise is {shown(given)}, must map names of channels to arrays (run, quarter)"
        raise SettingError("simulate", [problem])
    problems: list[str] = []
    names = world.channel_names
    fits = re.compile("|".join(_patterns(scenario.partners.name)))
    brought: dict[str, Uniforms] = {}
    for name, values in given.items():
        if not isinstance(name, str) or (name not in names and not fits.fullmatch(name)):
            problems.append(unknown_name("channel", str(name), names))
            continue
        array = _checked(name, values, (len(numbers), world.calendar.steps), problems)
        if array is not None:
            brought[name] = array
    if problems:
        raise SettingError("simulate", problems)
    missing = [k for k, name in enumerate(names) if name not in brought]
    uniforms = np.empty((len(numbers), len(names), world.calendar.steps))
    channels = [world.all_channels[k] for k in missing]
    uniforms[:, missing] = _of_seed(world, seed, numbers, channels)
    for k, name in enumerate(names):
        if name in brought:
            uniforms[:, k] = brought[name]
    return CompleteNoise(uniforms, _label(names, brought))


def _of_seed(world: World, seed: int, numbers: range, channels: Iterable[int]) -> Uniforms:
    wanted, steps = list(channels), world.calendar.steps
    if not wanted:
        return np.empty((len(numbers), 0, steps))
    return np.stack([noise.table(seed, run, wanted, steps) for run in numbers])


def _patterns(relationship: str) -> Iterable[str]:
    """Yield what names of channels look like in any world of a relationship."""
    labels = {axis: "|".join(map(re.escape, known)) for axis, known in FIXED_AXES.items()}
    for entry in declared(Channels).values():
        for pattern in {entry.pattern, entry.at_home} - {""}:
            parts = re.split(r"\{(\w+)\}", pattern)
            parts[::2] = map(re.escape, parts[::2])
            parts[1::2] = [f"(?:{labels.get(axis, '[a-z][a-z0-9_ ]*')})" for axis in parts[1::2]]
            yield f"{re.escape(relationship)}/{''.join(parts)}:v{entry.version}"


def _checked(
    name: str, values: Any, shape: tuple[int, int], problems: list[str]
) -> Uniforms | None:
    """Return the uniforms of a channel, or add what is wrong with them."""
    try:
        array: Uniforms = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        problems.append(f"noise of {name} is not an array of numbers: {error}")
        return None
    if array.shape != shape:
        problems.append(
            f"noise of {name} has the shape {array.shape}, must have {shape}: run, quarter"
        )
        return None
    if not bool(((array >= LEAST) & (array <= 1.0 - LEAST)).all()):
        problems.append(
            f"noise of {name} must lie strictly between 0 and 1 throughout, {LEAST:g} from both"
        )
        return None
    return array


def _label(names: tuple[str, ...], brought: Mapping[str, Uniforms]) -> str:
    """Return which channels were brought, with a digest of what was."""
    used = [name for name in names if name in brought]
    digest = hashlib.sha256()
    for name in used:
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(brought[name]).tobytes())
    rest = "" if len(used) == len(names) else ", the rest of the seed"
    text = f"noise of its own ({digest.hexdigest()[:12]}) in {len(used)} of {len(names)} channels"
    unused = [name for name in brought if name not in names]
    if unused:
        more = "" if len(unused) <= NAMED else f" and {len(unused) - NAMED} more"
        rest += f"; not in this world: {', '.join(unused[:NAMED])}{more}"
    return text + rest
