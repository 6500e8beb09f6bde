"""Twin worlds of any system: infer the noise of what happened, change one thing, run it again.

Abduction, action, prediction: draws of the noise given the data; the edit; the same noise under the
edit. What the two worlds share beyond the data is a choice, the coupling, which no data can settle.

Source: J. Pearl, "Causality" (2009), chapter 7; M. Oberst and D. Sontag, "Counterfactual off-policy
evaluation with Gumbel-max structural causal models", ICML 2019, for what a coupling decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from alliance_sim.calibration.diagnostics import LEAST_DRAWS, ess_mean
from alliance_sim.calibration.keyed import generator
from alliance_sim.counterfactual.conditioning import given_data
from alliance_sim.errors import SettingError, UnknownName, explains_calls, shown, unknown_name
from alliance_sim.noise import as_seed
from alliance_sim.whole_numbers import not_whole, whole_number

Floats: TypeAlias = NDArray[np.float64]
Run: TypeAlias = Mapping[str, Any]

SAME, FRESH = "quantile", "independent"  # couplings that every system has
FRESH_NOISE = 8  # the stage of random numbers that the edited world alone is made of
MOST_JUDGED = 512  # numbers of each kind whose effective sizes are looked at


class System(Protocol):
    """What `twin` needs to know of a system.

    Attributes:
        dimension: How many standard normals one run takes.
    """

    dimension: int

    def run(self, noise: Floats, edit: Any) -> Run:
        """Return a run as arrays by name; the edit None is the fact."""

    def log_likelihood(self, run: Run, data: Any) -> float:
        """Return the log likelihood of data given a factual run; -inf where it is impossible."""


@dataclass(frozen=True)
class TwinDraws:
    """A system in fact, given what was seen of it, and as it would have been.

    Attributes:
        factual: By name arrays whose first axis is the draw.
        edited: The same under the edit.
        noise: Array (draw, dimension), what happened by chance, given the data.
        ess: How many independent draws these are worth, for whatever of them is worth least. The
            Monte Carlo error of a mean is its standard deviation over the square root of this.
        coupling: What the two worlds share.
    """

    factual: dict[str, NDArray[Any]] = field(repr=False)
    edited: dict[str, NDArray[Any]] = field(repr=False)
    noise: Floats = field(repr=False)
    ess: float
    coupling: str

    def effect(self, name: str) -> NDArray[Any]:
        """Return edited minus factual, draw by draw, an array whose first axis is the draw.

        Yes and no count as 1 and 0.

        Raises:
            UnknownName: If not both worlds have an output of that name.
            SettingError: If it has other shapes in the two worlds, or is no number.
        """
        both = [known for known in self.factual if known in self.edited]
        if name not in both:
            raise UnknownName(unknown_name("output", str(name), both))
        pair = [self.edited[name], self.factual[name]]
        kinds, shapes = [array.dtype.kind for array in pair], [array.shape for array in pair]
        if not set(kinds) <= set("biufc"):
            raise SettingError("effect", [f"{name!r} holds {pair[0].dtype}, must hold numbers"])
        if shapes[0] != shapes[1]:
            problem = f"{name!r} has shape {shapes[0]} in the edited world, {shapes[1]} in fact"
            raise SettingError("effect", [problem])
        if set(kinds) <= set("bu"):  # differences of these cannot be below 0
            pair = [array.astype(np.float64) for array in pair]
        found: NDArray[Any] = pair[0] - pair[1]
        return found


@explains_calls
def twin(
    system: System, data: Any, edit: Any, draws: int, seed: int, coupling: str = SAME
) -> TwinDraws:
    """Return draws of a system given data, each with its twin under an edit.

    The noise is inferred by whatever suits the likelihood: draws of the prior that are possible
    where the data are possible or not, else tempered particles and chains that end in the same
    distribution; `ess` says what the draws are worth. Long searches are logged as they go.

    Args:
        system: Any object with `dimension`, the number of standard normals that a run takes (make
            uniforms of them by the normal distribution function); `run(noise, edit)`, which takes
            an array (dimension,) and returns numbers or arrays by name, the fact if the edit is
            None; and `log_likelihood(run, data)`, a number, or -inf where the data are impossible.
            The same noise has to give the same run. `couplings`, a list of names, if it knows more
            than two; it is then called as `run(noise, edit, coupling=name)` for the edited world.
        data: Whatever its likelihood takes.
        edit: Whatever its runs take.
        draws: How many, at least 1.
        seed: Whole number from 0 to 2**64 - 1. The factual world does not depend on edit or
            coupling.
        coupling: "quantile", both worlds have the same noise; "independent", the edited world has
            fresh noise, so that what is known of the fact is lost; or one of the system's own.

    Raises:
        SettingError: If an argument is out of range, the system lacks something or does not know
            the coupling, a run or a likelihood is not what it should be, or no noise is found
            under which the data are possible.
    """
    kinds = _checked(system, draws, coupling)
    number, count = as_seed(seed), int(draws)
    asked = _Asked(system, data)
    dimension = int(system.dimension)
    if dimension:
        misfit = asked.misfit(np.zeros(dimension))
        found = given_data(asked.log_likelihood, dimension, count, number, misfit)
        noise, kept = found.noise, found.kept
    else:
        asked.log_likelihood(np.zeros(0))
        noise, kept = np.zeros((count, 0)), 0
    fresh = generator(number, FRESH_NOISE).standard_normal(noise.shape)
    own = {"coupling": coupling} if coupling in kinds and coupling not in (SAME, FRESH) else {}
    factual = _stacked([asked.run(row, None) for row in noise], "in fact")
    under = fresh if coupling == FRESH else noise
    edited = _stacked([asked.run(row, edit, **own) for row in under], "under the edit")
    ess = _least_ess([{"noise": noise}, factual, edited], kept, count)
    return TwinDraws(_first(factual, count), _first(edited, count), noise[:count], ess, coupling)


class _Asked:
    """A system whose answers are looked at before they are used."""

    def __init__(self, system: System, data: Any) -> None:
        self._system, self._data = system, data

    def run(self, noise: Floats, edit: Any, **own: str) -> dict[str, NDArray[Any]]:
        """Return a run as arrays of our own.

        Raises:
            SettingError: If it is no mapping from names.
        """
        found: object = self._system.run(noise.copy(), edit, **own)
        if not isinstance(found, Mapping):
            raise SettingError("run", [f"returned {shown(found)}, must return arrays by name"])
        return {str(name): np.array(value) for name, value in found.items()}

    def misfit(self, noise: Floats) -> Callable[[Floats], float] | None:
        """Return how far runs are from the data, for which one run is looked at; None if unknown.

        Data are compared with outputs of the same names, or of the only one of the same shape.
        """
        run = self.run(noise, None)
        if isinstance(self._data, Mapping):
            pairs = {n: _numbers(self._data[n]) for n in run if n in self._data}
            pairs = {name: seen for name, seen in pairs.items() if seen.shape == run[name].shape}
        else:
            seen = _numbers(self._data)
            alike = [name for name, value in run.items() if value.shape == seen.shape]
            pairs = dict.fromkeys(alike, seen) if len(alike) == 1 else {}
        pairs = {n: seen for n, seen in pairs.items() if seen.size and run[n].dtype.kind in "biuf"}
        if not pairs:
            return None

        def misfit(noise: Floats) -> float:
            found = self.run(noise, None)
            return sum(_apart(found[name], seen) for name, seen in pairs.items())

        return misfit

    def log_likelihood(self, noise: Floats) -> float:
        """Return how likely the data are under noise.

        Raises:
            SettingError: If it is no number, or NaN or +inf.
        """
        found: object = self._system.log_likelihood(self._system.run(noise, None), self._data)
        if isinstance(found, np.ndarray) and found.ndim == 0:
            found = found[()]
        if isinstance(found, Real) and not isinstance(found, bool):
            value = float(found)
            if value < np.inf:  # NaN is not
                return value
        problem = f"returned {shown(found)}, must return a finite number, or -inf where impossible"
        raise SettingError("log_likelihood", [problem])


def _numbers(data: Any) -> Floats:
    """Return data as an array of numbers, an empty one if it is something else."""
    try:
        return np.asarray(data, dtype=np.float64)
    except (TypeError, ValueError):
        return np.zeros(0)


def _apart(found: NDArray[Any], seen: Floats) -> float:
    """Return by how much numbers differ, each against its size, where something was seen."""
    difference = np.abs(np.where(np.isfinite(found), found, 1e9) - seen) / (1.0 + np.abs(seen))
    share = difference / (0.2 + difference)  # near ones count most: they have to become exact
    return float(np.where(np.isfinite(seen), share, 0.0).sum())


def _checked(system: object, draws: object, coupling: object) -> list[str]:
    """Return the couplings that a system knows.

    Raises:
        SettingError: If the system lacks something, or an argument is out of range.
    """
    problems = []
    dimension = getattr(system, "dimension", None)
    if not whole_number(dimension) or dimension < 0:
        found = "is missing" if dimension is None else f"is {shown(dimension)}"
        problems.append(f"system.dimension {found}, must be a whole number, at least 0")
    for name, call in (("run", "(noise, edit)"), ("log_likelihood", "(run, data)")):
        if not callable(getattr(system, name, None)):
            problems.append(f"system.{name} is missing, must be a function {name}{call}")
    problems += not_whole("draws", draws, least=1)
    listed: object = getattr(system, "couplings", ())
    if isinstance(listed, str) or not isinstance(listed, Iterable):
        problems.append(f"system.couplings is {shown(listed)}, must be a list of names")
        listed = ()
    known = [SAME, FRESH, *(str(name) for name in listed if name not in (SAME, FRESH))]
    if coupling not in known:
        problems.append(unknown_name("coupling", str(coupling), known))
    if problems:
        raise SettingError("twin", problems)
    return known


def _stacked(runs: list[dict[str, NDArray[Any]]], where: str) -> dict[str, NDArray[Any]]:
    """Return runs as arrays by name whose first axis is the draw.

    Raises:
        SettingError: If a name or a shape is not that of the first run.
    """
    for draw, run in enumerate(runs):
        if run.keys() != runs[0].keys():
            problem = f"draw {draw} {where} has {sorted(run)}, draw 0 has {sorted(runs[0])}"
            raise SettingError("run", [f"{problem}; all runs must have the same names"])
        for name, value in run.items():
            if value.shape != runs[0][name].shape:
                problem = f"{name!r} has shape {value.shape} in draw {draw} {where}"
                problem += f", {runs[0][name].shape} in draw 0; all must have one shape"
                raise SettingError("run", [problem])
    return {name: np.stack([run[name] for run in runs]) for name in runs[0]}


def _first(run: Mapping[str, NDArray[Any]], count: int) -> dict[str, NDArray[Any]]:
    return {name: values[:count] for name, values in run.items()}


def _least_ess(parts: list[dict[str, NDArray[Any]]], kept: int, count: int) -> float:
    """Return how many of so many draws are independent, for the number that is worth least.

    Means are looked at, and spreads.
    """
    if not kept:
        return float(count)
    total, least = 0, np.inf
    for part in parts:
        for values in part.values():
            chains = len(values) // kept
            if values.dtype.kind not in "biuf" or kept < LEAST_DRAWS:
                continue
            flat = values.reshape(len(values), -1).astype(np.float64)
            step = -(-flat.shape[1] // MOST_JUDGED) or 1
            for column in flat.T[::step]:
                if np.isfinite(column).all():
                    total = chains * kept
                    whole = column[:total].reshape(chains, kept)
                    least = min(least, ess_mean(whole), ess_mean((whole - whole.mean()) ** 2))
    return float(min(count, least * count / total)) if total else float(count)
