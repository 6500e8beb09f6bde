"""The posterior that comes with the package, where it goes with a scenario."""

from __future__ import annotations

import os
import shlex
from functools import cache
from pathlib import Path

from alliance_sim.calibration.kept_fit import scenario_of_draws
from alliance_sim.calibration.posterior_draws import PosteriorDraws
from alliance_sim.errors import AllianceSimError, ScenarioError, SettingError, explains_calls
from alliance_sim.results.draws import load_draws, shipped_draws
from alliance_sim.scenario import Scenario, load_scenario
from alliance_sim.scenario.file import shipped, word_for
from alliance_sim.scenario.theories import theory_of

SYNTHESIS = "RID"  # the theory that is meant where none is named


@explains_calls
def shipped_posterior(scenario: Scenario, theory: str | None = None) -> PosteriorDraws | None:
    """Return the posterior that ships for the relationship of a scenario, None if none does.

    Args:
        scenario: The scenario.
        theory: The theory; that of the scenario that was fitted if left out.

    Raises:
        ResultError: If it no longer holds, saying what has changed, and how to fit anew.
        ScenarioError: If the theory is unknown.
    """
    known = shipped_draws(scenario.relationship)
    name = SYNTHESIS if theory is None else theory
    if name not in known:
        if theory is None or not known:
            return None
        problem = (
            f"no draws of theory {theory_of(name).name} come with the package (known: "
            f"{', '.join(sorted(known))}); fit it and name the folder as the posterior: "
            f"alliance-sim calibrate {shlex.quote(word_for(scenario))} --theory {name} --out FIT"
        )
        raise ScenarioError("theory", [problem])
    return _shipped(known[name])


def kept_posterior(place: str | os.PathLike[str], scenario: Scenario) -> PosteriorDraws:
    """Return the posterior that somebody keeps, to run a scenario with that may be edited.

    Args:
        place: A file, or a folder of such files or of a fit.
        scenario: The scenario that was fitted, or an edited one where that which was fitted ships.

    Raises:
        ResultError: If it cannot be read, or no longer holds.
        SettingError: If the scenario is edited and that which was fitted does not ship.
    """
    if not scenario.edits:
        return PosteriorDraws.load(place, scenario)
    name = scenario_of_draws(Path(place))
    if name not in shipped():
        problem = (
            f"{os.fspath(place)} holds draws of {name}, and {scenario.name} is edited; read them "
            "with the scenario that was fitted: PosteriorDraws.load(place, fitted)"
        )
        raise SettingError("posterior", [problem])
    return PosteriorDraws.load(place, load_scenario(name))


@cache
def _shipped(path: Path) -> PosteriorDraws:
    fitted = load_scenario(load_draws(path).scenario)
    return PosteriorDraws.load(path, fitted)


def usual_posterior(scenario: Scenario) -> tuple[PosteriorDraws | None, str]:
    """Return the shipped posterior if it goes with a scenario, and in a sentence why not if not.

    The sentence is "" where no posterior ships for the relationship.
    """
    try:
        found = shipped_posterior(scenario)
    except AllianceSimError as error:
        return None, f"The shipped posterior is not used: {error}"
    if found is None:
        return None, ""
    problem = found.misfit(scenario)
    return (None, f"The shipped posterior is not used: {problem}.") if problem else (found, "")
