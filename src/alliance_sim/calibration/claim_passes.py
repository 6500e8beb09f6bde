"""How often claims hold in free runs of the prior, and of the posterior.

A claim that holds whatever the parameters are says nothing for a model that tells it. So each is
put to runs with draws of the prior first, and what passing it is worth is counted in bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alliance_sim.calibration.target import prior_of
from alliance_sim.calibration.theories import claim_information
from alliance_sim.comparison.claims import check_claims
from alliance_sim.comparison.counts import as_coded
from alliance_sim.comparison.drawn import drawn_from
from alliance_sim.display import counted
from alliance_sim.engine.chronology import chronology
from alliance_sim.engine.simulate import Kernel, simulate
from alliance_sim.engine.vectors import DrawnNumbers
from alliance_sim.errors import SettingError, explains_calls
from alliance_sim.record.checks import checks_of
from alliance_sim.record.record import Record
from alliance_sim.results.draws import USUAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from alliance_sim.calibration.prior import Prior
    from alliance_sim.engine.vectors import ParameterDraws
    from alliance_sim.scenario import Scenario

RUNS, SEED = 400, 1
ASKED = 0.9  # share of runs in which a claim was asked to hold
WHERE = "claims"


class PriorDraws:
    """Draws of the prior of a scenario, to be run as those of a posterior are.

    Attributes:
        prior: The prior.
        label: Which draws they are, in a few words.
    """

    def __init__(self, prior: Prior, draws: int = RUNS, seed: int = SEED) -> None:
        """Draw.

        Raises:
            SettingError: If the number of draws or the seed is out of range.
        """
        self.prior = prior
        self.label = f"{counted(draws, 'draw')} of the prior ({prior.theory.name}, seed {seed})"
        theta = np.ascontiguousarray(prior.sample(draws, seed).T)
        theta.setflags(write=False)
        self._coded = {place: theta[row] for place, row in prior.coded.items()}
        values = prior.numbers(theta)
        values.setflags(write=False)
        self._drawn = DrawnNumbers(prior.paths, values)

    def misfit(self, scenario: Scenario) -> str:
        """Return in a sentence why the draws do not go with a scenario, "" if they do."""
        if scenario.name == self.prior.scenario.name:
            return ""
        return f"the prior is of {self.prior.scenario.name}, and not of {scenario.name}"

    def numbers_of(self, scenario: Scenario) -> DrawnNumbers:
        """Return what the draws set in the scenario of the prior.

        Raises:
            SettingError: If it is another one.
        """
        if problem := self.misfit(scenario):
            raise SettingError(WHERE, [problem])
        return self._drawn

    def coded(self) -> Mapping[str, NDArray[np.float64]]:
        """Return chances of being coded in each draw; see `ParameterDraws`."""
        return self._coded


@explains_calls
def claim_passes(
    scenario: Scenario, *, runs: int = RUNS, seed: int = SEED, threads: int = 1
) -> pd.DataFrame | None:
    """Return how often each claim holds in free runs of prior and posterior.

    Acts are counted as a coder would have found them. Runs in which a claim does not apply are left
    out of its shares.

    Args:
        scenario: A scenario with priors, a record with claims, and draws that come with the
            package.
        runs: How many of each.
        seed: Of the draws of the prior and of all runs.
        threads: Threads to use; numbers do not depend on it.

    Returns:
        A row for each claim that can be put to runs: `id`, `claim`, `record` (verdict of the
        coder), `prior` and `posterior` (shares of runs), `bits` (minus log2 of the prior's share:
        what passing the claim is worth), `gained` (log2 of the posterior's share over the prior's)
        and `asked` (whether the record supports it and it holds in 90 % of the posterior's runs).
        None without priors, claims or draws of a posterior.

    Raises:
        RecordError: If the record cannot be used.
        SettingError: If a setting is out of range.
    """
    posterior, _ = drawn_from(USUAL, [scenario], where=WHERE)
    if posterior is None or not scenario.priors:
        return None
    record = Record.of(scenario)
    known = checks_of(scenario.relationship, record.edition)
    claims = record.claims[record.claims["claim_id"].isin(list(known))]
    if claims.empty:
        return None
    ids = claims["claim_id"].tolist()
    before, after = (
        _passes(scenario, record, ids, draws, runs=runs, seed=seed, threads=threads)
        for draws in (PriorDraws(prior_of(scenario), runs, seed), posterior)
    )
    found = claim_information(ids, before, after)
    found.insert(1, "claim", claims["claim"].to_numpy())
    found.insert(2, "record", claims["record"].to_numpy())
    found["asked"] = (found["record"] == "supported") & (found["posterior"] >= ASKED)
    return found


def _passes(
    scenario: Scenario,
    record: Record,
    ids: list[str],
    draws: ParameterDraws,
    *,
    runs: int,
    seed: int,
    threads: int,
) -> NDArray[np.float64]:
    """Return 1 where a claim holds in a run, 0 where not and NaN where it does not apply."""
    engine = Kernel(threads=threads)
    ensemble = simulate(scenario, runs=runs, seed=seed, engine=engine, posterior=draws)
    acts = chronology(ensemble, scenario)
    seen = as_coded(acts, record.reporting, ensemble, scenario, draws)
    table = check_claims(ensemble, seen, scenario)
    wide = table.pivot(index="run", columns="id", values="holds").reindex(columns=ids)
    return wide.astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
