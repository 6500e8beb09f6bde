"""Whether draws of a posterior still hold: scenario, priors, record and rules are what they were.

Digests say what changed. If only rules did, whether it matters is for the log likelihoods to say
that were kept with the draws: they come out to the last bit, or the draws are of another model.
Where nothing changed they are not worked out, which spares whoever reads draws the compiling.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alliance_sim import provenance
from alliance_sim.calibration.prior import Prior
from alliance_sim.calibration.target import Target, prior_of, target_of
from alliance_sim.compiled.objects import rules_digest
from alliance_sim.errors import NoRecord, ResultError, SettingError
from alliance_sim.results.draws import Draws
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.file import word_for
from alliance_sim.scenario.path import follow
from alliance_sim.scenario.priors import places

Floats = NDArray[np.float64]
MOST_TOLD = 3  # parameters that are named


def fitted_places(scenario: Scenario) -> list[str]:
    """Return the paths of all numbers that have a prior."""
    return [path for table in scenario.priors for path in places(scenario, table.path)]


def digests_of(target: Target) -> dict[str, str]:
    """Return the digests of what draws depend on, by its name; see `Draws.digests`.

    That of the scenario leaves out values and sources of what has a prior, so that a file may state
    the medians of its posterior.
    """
    scenario = target.prior.scenario
    tree = scenario.model_dump(exclude={*provenance.WORDS_ONLY, *provenance.BELIEFS})
    for path in fitted_places(scenario):
        number = follow(tree, path)
        number |= {"value": 0.0, "source": ""}
    beliefs = scenario.model_dump(include=set(provenance.BELIEFS))
    return {
        "scenario": provenance.digest(tree),
        "priors": provenance.digest(beliefs),
        "observed": observed_digest(target),
        "rules": rules_digest(),
    }


def observed_digest(target: Target) -> str:
    """Return the digest of what a record holds, as it is held against a scenario."""
    return provenance.digest(plain(vars(target.observed)))


def plain(node: Any) -> Any:
    """Return tables, lists, arrays and NumPy's numbers as tables, lists and numbers of Python."""
    if isinstance(node, np.ndarray | np.generic):
        return node.tolist()
    if isinstance(node, Mapping):
        return {key: plain(value) for key, value in node.items()}
    return [plain(value) for value in node] if isinstance(node, list | tuple) else node


def log_likelihood_of(target: Target, held: Draws) -> Floats:
    """Return the log likelihoods of the draws that are checked, from what their file holds."""
    chosen = list(held.checked)
    theta = np.ascontiguousarray(held.parameters[chosen].T)
    found: Floats = target.of_vectors(theta, held.normals(chosen))
    return found


def prior_if_held(held: Draws, scenario: Scenario, where: str) -> Prior:
    """Return the prior of draws that still hold.

    Raises:
        ResultError: Saying everything that has changed since they were made, and what to do.
    """
    prior = prior_of(scenario, held.theory)
    try:
        target = target_of(prior, series=held.series, until=held.until)
    except (NoRecord, SettingError) as error:
        raise ResultError(_stale(where, held, scenario, [" ".join(str(error).split())])) from error
    problems = []
    now = digests_of(target)
    if target.record != held.record:
        problems.append(f"the record was {held.record}, and is {target.record}")
    for name, what in (("scenario", "the scenario"), ("priors", "the priors"),
                       ("observed", f"what the record {target.record} holds")):  # fmt: skip
        if now[name] != held.digests.get(name):
            problems.append(f"{what} changed")
    steps, channels = target.layout.steps, target.channels
    if held.names != prior.names:
        gone = sorted({*held.names} ^ {*prior.names})
        problems.append(f"the parameters changed: {', '.join(gone[:MOST_TOLD]) or 'their order'}")
    if held.channels != channels or held.ranks.shape[1] != steps:
        problems.append("the slow noise has other channels or quarters")
    if not problems and now["rules"] != held.digests.get("rules"):
        found = log_likelihood_of(target, held)
        differ = np.flatnonzero(found != held.log_likelihood)
        if differ.size:
            at = int(differ[0])
            problems.append(
                f"the rules changed: the log likelihood of draw {held.checked[at]} is "
                f"{float(found[at])!r}, and was {float(held.log_likelihood[at])!r}"
            )
    if problems:
        raise ResultError(_stale(where, held, scenario, problems))
    return prior


def restamped(held: Draws, scenario: Scenario, where: str) -> Draws:
    """Return draws with the digests of today, where they are still draws of the same posterior.

    Priors and what the record holds have to be what they were, and the log likelihoods that were
    kept have to come out to the last bit. Then whatever else changed, in rules or scenario, changed
    no number, and whoever reads the draws need not work that out again.

    Raises:
        ResultError: Saying everything that has changed since they were made, and what to do.
    """
    target = target_of(prior_of(scenario, held.theory), series=held.series, until=held.until)
    now = digests_of(target)
    prior_if_held(
        replace(held, digests={**held.digests, "scenario": now["scenario"]}), scenario, where
    )
    found = log_likelihood_of(target, held)
    if (found != held.log_likelihood).any():
        problem = "the scenario changed: draws come to other log likelihoods"
        raise ResultError(_stale(where, held, scenario, [problem]))
    return replace(held, digests=now)


def _stale(where: str, held: Draws, scenario: Scenario, problems: list[str]) -> str:
    told = "; ".join(problems)
    if held.scenario != scenario.name:
        return (
            f"{where}: is a posterior of {held.scenario}, and does not go with {scenario.name}: "
            f"{told}. To fit this one: alliance-sim calibrate "
            f"{shlex.quote(word_for(scenario))} --out FIT, then --posterior FIT; to go on without: "
            "--posterior none"
        )
    return (
        f"{where}: the posterior of {held.scenario} under {held.theory} no longer holds: "
        f"{told}. To fit anew: {held.command}; to go on without: --posterior none"
    )
