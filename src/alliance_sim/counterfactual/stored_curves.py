"""Inevitability curves as one file: of questions that are asked often, and take a yearly pass.

The file says what it depends on, as stored forecasts do, and holds only as long as that is what it
was: scenario, priors, record, rules, by a draw whose log likelihood is kept.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from numpy.typing import NDArray

from alliance_sim import provenance
from alliance_sim.calibration.posterior_draws import PosteriorDraws
from alliance_sim.calibration.still_holds import digests_of
from alliance_sim.calibration.stored import Checked, StoredForecasts, stale
from alliance_sim.calibration.target import target_of
from alliance_sim.counterfactual.curves import WHERE, InevitabilityCurve, key_of
from alliance_sim.counterfactual.question import Question
from alliance_sim.counterfactual.yearly_draws import command_of
from alliance_sim.errors import AllianceSimError, ResultError, SettingError
from alliance_sim.record.record import Record
from alliance_sim.results.sealed import read_sealed, save_sealed, shipped_file
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.theories import own_theory

FORMAT = 1
FOLDER = "curves"  # of those that come with the package, by record
ARRAYS = ("years", "fact", "edited", "worth")  # of a curve; all else is plain


@dataclass(frozen=True, eq=False)
class StoredCurves:
    """Curves of one scenario's record under one theory.

    Attributes:
        curves: The curves, by the questions' keys.
        depends: What they depend on, as stored forecasts say it; it holds no forecasts.
    """

    curves: Mapping[str, InevitabilityCurve]
    depends: StoredForecasts

    @classmethod
    def of(
        cls, curves: Sequence[InevitabilityCurve], last: PosteriorDraws, *, command: str
    ) -> StoredCurves:
        """Return curves with what they depend on.

        Args:
            curves: The curves.
            last: Draws that know the whole record; the first that is checked goes along.
            command: The command line that makes the curves again.
        """
        held = last.held
        target = target_of(last.prior, series=held.series, until=held.until)
        digests = digests_of(target)
        digests[f"observed {held.series}"] = digests.pop("observed")
        draw = held.checked[0]
        one = Checked(
            held.until, held.parameters[draw], held.ranks[draw], float(held.log_likelihood[0])
        )
        depends = StoredForecasts(
            scenario=held.scenario,
            record=held.record,
            digests=digests,
            command=command,
            version=provenance.version(),
            checked={(held.series, held.theory): one},
        )
        return cls({curve.key: curve for curve in curves}, depends)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write one file that `load_curves` reads back; equal curves give equal bytes.

        Raises:
            SettingError: If it cannot be written.
        """
        ((series, theory), one), *_ = self.depends.checked.items()
        told: list[dict[str, Any]] = []
        arrays: dict[str, NDArray[Any]] = {"parameters": one.parameters, "ranks": one.ranks}
        for place, curve in enumerate(self.curves.values()):
            plain = {field.name: getattr(curve, field.name) for field in fields(curve)}
            arrays |= {f"{place}/{name}": plain.pop(name) for name in ARRAYS}
            told.append(plain)
        table = {
            "format": FORMAT,
            "curves": told,
            "scenario": self.depends.scenario,
            "record": self.depends.record,
            "digests": dict(self.depends.digests),
            "command": self.depends.command,
            "version": self.depends.version,
            "checked": [series, theory, one.until, one.log_likelihood],
        }
        save_sealed(path, table, arrays)


def load_curves(path: str | os.PathLike[str]) -> StoredCurves:
    """Return curves as they were stored, whether they still hold or not.

    Raises:
        ResultError: If the file is not one that `StoredCurves.save` wrote, or was changed since.
    """
    return read_sealed(path, _read, form=FORMAT, what="inevitability curves")


def _read(tree: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> StoredCurves:
    curves = {}
    for place, told in enumerate(tree["curves"]):
        given = {name: arrays[f"{place}/{name}"] for name in ARRAYS}
        count = len(given["years"])
        if given["fact"].shape != (count, 3) or given["edited"].shape != (count, 3):
            raise ValueError("a curve does not fit its years")
        tuples = {name: tuple(told[name]) for name in ("edits", "record", "sources")}
        rungs = tuple((float(year), int(rung)) for year, rung in told["rungs"])
        curve = InevitabilityCurve(**{**told, **tuples, **given, "rungs": rungs})
        curves[curve.key] = curve
    series, theory, until, value = tree["checked"]
    one = Checked(int(until), arrays["parameters"], arrays["ranks"], float(value))
    depends = StoredForecasts(
        scenario=str(tree["scenario"]),
        record=str(tree["record"]),
        digests=dict(tree["digests"]),
        command=str(tree["command"]),
        version=str(tree["version"]),
        checked={(str(series), str(theory)): one},
    )
    return StoredCurves(curves, depends)


def shipped_curves(scenario: Scenario) -> tuple[StoredCurves | None, str]:
    """Return the curves that ship for a scenario's record, and in a sentence why not if not.

    The sentence is "" where none ship for it.
    """
    try:
        record = Record.of(scenario).name
    except AllianceSimError:
        return None, ""
    path = shipped_file(FOLDER, record)
    if path is None:
        return None, ""
    try:
        found = load_curves(path)
    except ResultError as error:
        return None, f"The curves that ship are not used: {error}"
    if problems := stale(found.depends, scenario):
        again = f"To make them again: {found.depends.command}"
        return None, f"The curves that ship no longer hold: {'; '.join(problems)}. {again}"
    return found, ""


def curve_if_shipped(question: Question, theory: str) -> InevitabilityCurve | None:
    """Return the curve that ships for a question under a theory, None if there is none."""
    found, _ = shipped_curves(question.base)
    return None if found is None else found.curves.get(key_of(question, theory))


def shipped_curve(question: Question) -> InevitabilityCurve:
    """Return the curve that ships for a question.

    Raises:
        SettingError: If there is none: which questions have one, and how to get one.
    """
    base = question.base
    theory = question.theory or own_theory(base).name
    found, why = shipped_curves(base)
    key = key_of(question, theory)
    if found is not None and key in found.curves:
        return found.curves[key]
    again = command_of(question.word, "all", theory)
    make = (
        "for any question --years make makes draws of each year first, some ten minutes of one "
        f"processor; or make them with {again} and name their folder: "
        "--years FOLDER, or years='FOLDER' in Python"
    )
    if found is None:
        problem = why or f"no curve comes with the package for {base.name}"
        raise SettingError(WHERE, [f"{problem}; {make}"])
    known = "; ".join(
        f"{', '.join(curve.edits)}: {curve.outcome}" for curve in found.curves.values()
    )
    asked = f"{', '.join(question.edits)}: {question.outcome.text}, under {theory}"
    raise SettingError(
        WHERE, [f"no curve comes with the package for {asked} (there is {known}); {make}"]
    )
