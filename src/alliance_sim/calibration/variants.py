"""What draws of a posterior are worth under other readings of the record, as one small file.

Other series of acts, other editions of the record, and other chances of being coded would give
other posteriors. Where these lie near, the draws can be weighed in place of fitting again; the
shape k of the largest weights says whether they do. Working weights out compiles the likelihood, so
they are kept, sealed, with the digest of the draws that they belong to. Where a series was fitted
by itself, its draws lie beside them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alliance_sim.calibration.pareto import TRUSTED
from alliance_sim.calibration.posterior_draws import PosteriorDraws
from alliance_sim.errors import AllianceSimError, ResultError
from alliance_sim.results.draws import load_draws, shipped_draws
from alliance_sim.results.sealed import ENDING, read_sealed, save_sealed, seal_of
from alliance_sim.scenario import Scenario

Floats = NDArray[np.float64]

FORMAT = 1
FOLDER, WEIGHTS = "variants", "weights.npz"  # beside the draws that they belong to
SERIES = "series "  # how the name of a reading begins that is a series of acts
READING, OF = "reading", "of"  # in the settings of draws under another reading: which, of which


@dataclass(frozen=True, eq=False, kw_only=True)
class Variants:
    """Weights of draws under other readings of the record.

    Attributes:
        draws: SHA-256 of the draws that are weighed; see `digest_of`.
        scenario: Name of the scenario that was fitted.
        theory: Its theory.
        record: Name of the record that the draws are of, with its edition.
        command: The command line that makes the file again.
        version: Version of this package that made it.
        names: Names of the readings, such as "series alliance".
        log_weights: Array (reading, draw), each row of weights adding up to 1.
        k: Shape of the tail of each reading's weights, array (reading,); inf where the record is
            impossible in every draw.
        impossible: By theory, why no draw of its prior can come to the record.
        forecasts: By setting what the model scores more than the best baseline in years that its
            fit did not see: `gain`, `error` and `against`; empty where that was not scored.
    """

    draws: str
    scenario: str
    theory: str
    record: str
    command: str
    version: str
    names: tuple[str, ...]
    log_weights: Floats
    k: Floats
    impossible: Mapping[str, str] = field(default_factory=dict)
    forecasts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def readings(self) -> Iterator[tuple[str, float, float, Floats | None]]:
        """Yield of each reading its name, k, and how many draws its weights are worth, and them.

        Weights are an array (draw,) that adds up to 1, None where they are not to be trusted.
        """
        for name, k, logs in zip(self.names, self.k.tolist(), self.log_weights, strict=True):
            if not k <= TRUSTED:
                yield name, k, 0.0, None
                continue
            weights: Floats = np.exp(logs)
            weights /= weights.sum()
            yield name, k, 1.0 / float(weights @ weights), weights

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write one file that `load_variants` reads back; equal weights give equal bytes.

        Raises:
            SettingError: If it cannot be written.
        """
        told = {
            "format": FORMAT,
            **{name: getattr(self, name) for name in _TOLD},
            "names": list(self.names),
            "impossible": dict(self.impossible),
            "forecasts": {name: dict(one) for name, one in self.forecasts.items()},
        }
        weights = np.ascontiguousarray(self.log_weights)
        save_sealed(path, told, {"log_weights": weights, "k": self.k})


_TOLD = ("draws", "scenario", "theory", "record", "command", "version")


def digest_of(posterior: PosteriorDraws) -> str:
    """Return the SHA-256 of the parameters and the noise of draws, whatever is said of them."""
    held = posterior.held
    arrays: dict[str, NDArray[Any]] = {"parameters": held.parameters, "ranks": held.ranks}
    return seal_of("/".join(held.names), arrays)


def load_variants(path: str | os.PathLike[str]) -> Variants:
    """Return weights as they were saved, whatever draws they belong to.

    Raises:
        ResultError: If the file is not one that `Variants.save` wrote, or was changed since.
    """
    return read_sealed(path, _read, form=FORMAT, what="weights of draws")


def _read(tree: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Variants:
    names = tuple(str(name) for name in tree["names"])
    weights, k = (np.asarray(arrays[name], dtype=np.float64) for name in ("log_weights", "k"))
    if weights.ndim != 2 or len(weights) != len(names) or k.shape != (len(names),):
        raise ValueError("the weights do not fit their names")
    if np.isnan(weights).any() or np.isnan(k).any():
        raise ValueError("not all of its numbers are numbers")
    return Variants(
        **{name: str(tree[name]) for name in _TOLD},
        names=names,
        log_weights=weights,
        k=k,
        impossible=dict(tree["impossible"]),
        forecasts=dict(tree["forecasts"]),
    )


@dataclass(frozen=True, eq=False)
class OtherReadings:
    """What is kept beside draws of other readings of the record.

    Attributes:
        weights: Weights of the draws; None where none are kept that belong to them.
        fitted: Draws under other readings, by their names.
        problem: In a sentence why something that is there is not used; "" if all is.
    """

    weights: Variants | None = None
    fitted: Mapping[str, PosteriorDraws] = field(default_factory=dict)
    problem: str = ""


def readings_beside(
    place: str | os.PathLike[str] | None, posterior: PosteriorDraws, scenario: Scenario
) -> OtherReadings:
    """Return what is kept of other readings beside draws.

    Args:
        place: The file of the draws, or the folder that it lies in; None for the shipped ones.
        posterior: The draws.
        scenario: The scenario that was fitted.
    """
    folder = _folder(place, posterior)
    if folder is None or not folder.is_dir():
        return OtherReadings()
    problems: list[str] = []
    weights = None
    if (folder / WEIGHTS).is_file():
        try:
            weights = load_variants(folder / WEIGHTS)
        except ResultError as error:
            problems.append(str(error))
        if weights is not None and weights.theory != posterior.theory:
            weights = None
        if weights is not None and weights.draws != digest_of(posterior):
            problems.append(
                f"{folder / WEIGHTS}: holds weights of other draws; to make them again: "
                f"{weights.command}"
            )
            weights = None
    fitted: dict[str, PosteriorDraws] = {}
    for file in sorted(folder.glob(f"*{ENDING}")):
        if file.name == WEIGHTS:
            continue
        try:
            fits = load_draws(file).theory == posterior.theory
            if fits:
                found = PosteriorDraws.load(file, scenario, theory=posterior.theory)
                name = str(found.held.settings.get(READING, f"{SERIES}{found.held.series}"))
                if found.held.settings.get(OF) == digest_of(posterior):
                    fitted[name] = found
                else:
                    told = "to make them again: alliance-sim posterior vary"
                    problems.append(f"{file}: was led on from other draws; {told}")
        except AllianceSimError as error:
            problems.append(str(error))
    return OtherReadings(weights, fitted, " ".join(problems))


def _folder(place: str | os.PathLike[str] | None, posterior: PosteriorDraws) -> Path | None:
    if place is None:
        known = shipped_draws(posterior.held.relationship)
        home = next(iter(known.values()), None)
        return None if home is None else home.parent / FOLDER
    given = Path(place)
    return (given if given.is_dir() else given.parent) / FOLDER
