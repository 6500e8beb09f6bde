"""Forecasts of the model by fits that did not see what they forecast, as one file.

Such fits take long; what they came to is small: for every quarter and field the chance of each
count. The file says what it depends on, and holds only as long as that is what it was.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from alliance_sim.calibration.acts import ActCounts
from alliance_sim.calibration.baselines.holdout import InSample
from alliance_sim.calibration.predictive import MOST, Predictive
from alliance_sim.calibration.standing import FOLDER
from alliance_sim.calibration.still_holds import digests_of
from alliance_sim.calibration.target import Target, prior_of, target_of
from alliance_sim.errors import AllianceSimError, NoRecord, ResultError
from alliance_sim.record.named import named_record
from alliance_sim.record.record import COUNTED_DOMAINS
from alliance_sim.results.draws import normals_of, ranks_of
from alliance_sim.results.sealed import read_sealed, save_sealed, shipped_file
from alliance_sim.scenario import Scenario

FORMAT = 1
LEAST = 1e-9  # counts whose chances stay below are left out; others have 7 digits
MODEL = "model"  # key of the model's own rows
SYNTHESIS = "RID"  # the theory that is meant where none is named
EVIDENT = "rolling"  # the setting beside whose score the evidence of the counts stands
FROM_ORIGIN = ("blind", "told")


class Place(NamedTuple):
    """Where forecasts belong.

    Attributes:
        series: Which acts count.
        theory: Name of the theory.
        setting: As in `scoring.SETTINGS`.
    """

    series: str
    theory: str
    setting: str

    def __str__(self) -> str:
        """Return it as it stands in a file."""
        return "/".join(self)


@dataclass(frozen=True, eq=False)
class Checked:
    """One draw of a fit, by which is seen whether the model is what it was.

    Attributes:
        until: Last year of its target.
        parameters: Natural values, array (k,).
        ranks: Its slow noise, as `results.draws.ranks_of` rounds it, array (step, channel).
        log_likelihood: What the rounded draw comes to.
    """

    until: int
    parameters: NDArray[np.float64]
    ranks: NDArray[np.uint16]
    log_likelihood: float

    @classmethod
    def of(cls, target: Target, unknowns: NDArray[np.float64]) -> Checked:
        """Return a draw of a target's standard normals, array (dimension,), to be checked by."""
        k, layout = len(target.prior), target.layout
        theta = target.prior.natural(np.ascontiguousarray(unknowns[:k, None]))[:, 0]
        ranks = ranks_of(unknowns[k:].reshape(layout.steps, layout.channels))
        bare = cls(target.until, theta, ranks, 0.0)
        return cls(target.until, theta, ranks, bare.now(target))

    def now(self, target: Target) -> float:
        """Return what it comes to today."""
        normals = np.ascontiguousarray(normals_of(self.ranks)[:, :, None])
        theta = np.ascontiguousarray(self.parameters[:, None])
        return float(target.of_vectors(theta, normals)[0])


class StoredResult(Protocol):
    """What came of fits and is kept, with all by which is seen whether it still holds."""

    @property
    def record(self) -> str:
        """Name of the record, with the edition."""

    @property
    def digests(self) -> Mapping[str, str]:
        """Of scenario, priors and rules, and of what the record holds by series."""

    @property
    def checked(self) -> Mapping[tuple[str, str], Checked]:
        """By series and theory a draw to check by."""


@dataclass(frozen=True, eq=False, kw_only=True)
class StoredForecasts:
    """Forecasts of one scenario's record, by series, theory and setting.

    Attributes:
        scenario: Name of the scenario.
        record: Name of its record, with the edition.
        digests: Of scenario, priors and rules, and of what the record holds by series.
        command: The command line that makes them again.
        version: Of the program.
        forecasts: What was forecast.
        numbers: By place what else came of it, plain numbers and lists.
        checked: By series and theory a draw to check by.
    """

    scenario: str
    record: str
    digests: Mapping[str, str]
    command: str
    version: str
    forecasts: Mapping[Place, Predictive] = field(default_factory=dict)
    numbers: Mapping[Place, Mapping[str, Any]] = field(default_factory=dict)
    checked: Mapping[tuple[str, str], Checked] = field(default_factory=dict)

    @property
    def theories(self) -> tuple[str, ...]:
        """Theories that something is stored of, in order."""
        return tuple(dict.fromkeys(place.theory for place in self.forecasts))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write one file that `load_stored` reads back; equal forecasts give equal bytes.

        Raises:
            SettingError: If it cannot be written.
        """
        arrays: dict[str, NDArray[Any]] = {}
        for place, found in sorted(self.forecasts.items()):
            likely = np.flatnonzero((found.chances > LEAST).any(axis=(0, 1)))
            kept = int(likely[-1]) + 1 if len(likely) else 1
            arrays[f"{place}/chances"] = np.ascontiguousarray(
                found.chances[..., :kept], dtype=np.float32
            )
        for (series, theory), one in sorted(self.checked.items()):
            arrays[f"{series}/{theory}/parameters"] = one.parameters
            arrays[f"{series}/{theory}/ranks"] = one.ranks
        told = {
            "format": FORMAT,
            "scenario": self.scenario,
            "record": self.record,
            "digests": dict(self.digests),
            "command": self.command,
            "version": self.version,
            "starts": {str(place): one.start for place, one in self.forecasts.items()},
            "numbers": {str(place): dict(one) for place, one in self.numbers.items()},
            "checked": {
                "/".join(key): [one.until, one.log_likelihood] for key, one in self.checked.items()
            },
        }
        save_sealed(path, told, arrays)


@dataclass(frozen=True, eq=False)
class HeldOutModel:
    """One of the models that are scored, whose forecasts are made already.

    Attributes:
        name: Key in tables.
        title: What it is called in tables.
        edition: Name of the record that it was fitted to; it is scored on no other.
        forecasts: By series and setting what it says, of quarters that its fit has not seen.
        evidence: By series the log chance of all counts, each year's given what was before it, and
            the first year of these; it stands beside rolling forecasts.
    """

    name: str
    title: str
    edition: str
    forecasts: Mapping[tuple[str, str], Predictive]
    evidence: Mapping[str, tuple[float, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, stored: StoredForecasts, theory: str, *, name: str, title: str) -> HeldOutModel:
        """Return the forecasts of one theory."""
        mine = {place: one for place, one in stored.forecasts.items() if place.theory == theory}
        return cls(
            name,
            title,
            stored.record,
            {(place.series, place.setting): one for place, one in mine.items()},
            {
                place.series: (one["evidence"], one["first"])
                for place, one in stored.numbers.items()
                if place.theory == theory and "evidence" in one
            },
        )

    def held_out(self, acts: ActCounts, setting: str, start: int, stop: int) -> InSample | None:
        """Return what it says of some quarters in a setting, None if that was not forecast."""
        found = self.forecasts.get((acts.series, setting))
        if found is None or start < found.start or stop > found.stop:
            return None
        if setting in FROM_ORIGIN and start != found.start:
            return None  # from another origin
        part = found.chances[start - found.start : stop - found.start]
        evidence, first = self.evidence.get(acts.series, (None, None))
        whole = setting == EVIDENT and first == acts.first_year  # of the counts that baselines have
        return InSample(Predictive(start, part), 0, evidence if whole else None)


def held_out_models(stored: StoredForecasts | None) -> list[HeldOutModel]:
    """Return the model among those that are scored, under each theory of which forecasts are kept.

    The theory of the scenario that ships the model, or else the first, is `model` in tables.
    """
    if stored is None:
        return []
    usual = SYNTHESIS if SYNTHESIS in stored.theories else next(iter(stored.theories), "")
    return [
        HeldOutModel.of(stored, theory, name=MODEL, title="the model")
        if theory == usual
        else HeldOutModel.of(
            stored, theory, name=f"{MODEL}_{theory}", title=f"the model, theory {theory}"
        )
        for theory in sorted(stored.theories, key=lambda one: one != usual)
    ]


def load_stored(path: str | os.PathLike[str]) -> StoredForecasts:
    """Return forecasts as they were stored, whether they still hold or not.

    Raises:
        ResultError: If the file is not one that `StoredForecasts.save` wrote, or was changed since.
    """
    return read_sealed(path, _read, form=FORMAT, what="stored forecasts")


def _read(tree: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> StoredForecasts:
    forecasts, checked = {}, {}
    for name, start in tree["starts"].items():
        chances = arrays[f"{name}/chances"]
        if chances.ndim != 3 or chances.shape[1] != len(COUNTED_DOMAINS):
            raise ValueError(f"{name} is not (quarter, field, count)")
        whole = np.zeros((*chances.shape[:2], MOST + 1))
        whole[..., : chances.shape[2]] = chances
        forecasts[Place(*name.split("/"))] = Predictive(int(start), whole)
    for name, (until, value) in tree["checked"].items():
        series, theory = name.split("/")
        checked[series, theory] = Checked(
            int(until), arrays[f"{name}/parameters"], arrays[f"{name}/ranks"], float(value)
        )
    return StoredForecasts(
        scenario=str(tree["scenario"]),
        record=str(tree["record"]),
        digests=dict(tree["digests"]),
        command=str(tree["command"]),
        version=str(tree["version"]),
        forecasts=forecasts,
        numbers={Place(*name.split("/")): dict(one) for name, one in tree["numbers"].items()},
        checked=checked,
    )


def _scenario_key(theory: str, digests: Mapping[str, str]) -> str:
    """Return under which name the digest of the scenario under a theory is kept."""
    own = f"scenario {theory}"
    return own if own in digests else "scenario"


def stale(stored: StoredResult, scenario: Scenario) -> list[str]:
    """Return in a sentence each what has changed since something was kept; none if it holds.

    Numbers that have a prior may be stated anew. Other rules matter only where a draw that is kept
    no longer comes to what it came to, to the last bit.
    """
    try:
        record = named_record(scenario)[1]
    except NoRecord as error:
        return [" ".join(str(error).split())]
    if stored.record != record:
        return [f"the record was {stored.record}, and is {record}"]
    problems: dict[str, None] = {}
    for (series, theory), one in stored.checked.items():
        try:
            target = target_of(prior_of(scenario, theory), series=series, until=one.until)
        except AllianceSimError as error:
            problems[" ".join(str(error).split())] = None
            continue
        now = digests_of(target)
        for name, what, key in (
            ("scenario", "the scenario", _scenario_key(theory, stored.digests)),
            ("priors", "the priors", "priors"),
            ("observed", f"what the record {record} holds", f"observed {series}"),
        ):
            if now[name] != stored.digests.get(key):
                problems[f"{what} changed"] = None
        if problems:
            continue
        fits = one.parameters.shape == (len(target.prior),)
        fits = fits and one.ranks.shape == (target.layout.steps, target.layout.channels)
        same = now["rules"] == stored.digests.get("rules")  # else worked out, which may compile
        if not fits or (not same and one.now(target) != one.log_likelihood):
            words = "" if same else "the rules changed: "
            problems[f"{words}a draw that is kept comes to another log likelihood"] = None
    return list(problems)


def stored_for(path: str | os.PathLike[str], scenario: Scenario) -> StoredForecasts:
    """Return stored forecasts that still hold for a scenario.

    Raises:
        ResultError: If the file cannot be read, or something has changed since: saying what, and
            the command that makes them again.
    """
    found = load_stored(path)
    problems = stale(found, scenario)
    if problems:
        raise ResultError(
            f"{os.fspath(path)}: the forecasts of {found.scenario} no longer hold: "
            f"{'; '.join(problems)}. To make them again: {found.command}, in another folder"
        )
    return found


def shipped_forecasts(scenario: Scenario) -> tuple[StoredForecasts | None, str]:
    """Return the forecasts that ship for a scenario's record, and in a sentence why not if not.

    The sentence is "" where none ship for it.
    """
    try:
        record = named_record(scenario)[1]
    except AllianceSimError:
        return None, ""
    path = shipped_file(FOLDER, record)
    if path is None:
        return None, ""
    try:
        return stored_for(path, scenario), ""
    except ResultError as error:
        return None, f"The forecasts that ship are not used: {error}"
