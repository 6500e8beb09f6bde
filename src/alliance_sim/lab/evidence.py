"""What comes with the page of a posterior: theories, what they weigh, and draws of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alliance_sim.calibration.stored import shipped_forecasts
from alliance_sim.counterfactual.posteriors import posteriors_of
from alliance_sim.counterfactual.rivals import ALIKE, weights_of
from alliance_sim.errors import AllianceSimError
from alliance_sim.lab.carried_draws import carried_draws
from alliance_sim.results.draws import USUAL
from alliance_sim.scenario.theories import LATTICE, own_theory

if TYPE_CHECKING:
    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.lab.frame import Frame


@dataclass(frozen=True)
class Evidence:
    """What is known of theories.

    Attributes:
        theories: Names of those that can be asked.
        weights: By theory its weight among those that were fitted; empty without a posterior.
        basis: What they weigh by, as `counterfactual.rivals` calls it.
        evidence: By theory its log evidence and the error of that, where it was kept.
        counts: By theory how many draws come along.
        draws: The draws themselves by theory; None where there are none.
        held: What the draws have seen of which record: its name, the series, the last year.
        told: By path of a fitted number what the data told, alone or as one with others.
    """

    theories: tuple[str, ...]
    weights: Mapping[str, float] = field(default_factory=dict)
    basis: str = ALIKE
    evidence: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    draws: dict[str, Any] | None = None
    held: dict[str, Any] | None = None
    told: Mapping[str, dict[str, Any]] = field(default_factory=dict)


def of(frame: Frame, *, with_draws: bool = True) -> Evidence:
    """Return what ships of the posterior of a scenario that is laid out, with its draws or without.

    A scenario that the draws that ship do not go with, such as an edited one, has none.
    """
    scenario = frame.scenario
    theories = tuple(dict.fromkeys((own_theory(scenario).name, *LATTICE)))
    try:
        found = posteriors_of(USUAL, scenario)
    except AllianceSimError:
        return Evidence(theories)
    every = [found.main, *found.others]
    weights = weights_of(every, shipped_forecasts(scenario)[0])
    held = found.main.held
    return Evidence(
        theories,
        weights=dict(weights.of),
        basis=weights.basis,
        evidence=dict(weights.evidence),
        counts={one.theory: len(one) for one in every} if with_draws else {},
        draws=carried_draws(frame, every) if with_draws else None,
        held={"record": held.record, "series": held.series, "until": held.until},
        told=_told(found.main),
    )


def _told(posterior: PosteriorDraws) -> dict[str, dict[str, Any]]:
    """Return by path of each fitted number what prior and posterior say of its parameter."""
    rows = posterior.parameters.set_index("name").to_dict("index")
    found: dict[str, dict[str, Any]] = {}
    for parameter in posterior.prior.parameters:
        row = rows[parameter.name]
        told = {
            "posterior": [row[key] for key in ("q05", "median", "q95")],
            "prior": [row[f"prior_{key}"] for key in ("q05", "median", "q95")],
            "ratio": row["sd_ratio"],
            "byPrior": bool(row["set_by_the_prior"]),
        }
        if not parameter.difference:
            found |= dict.fromkeys(parameter.places, told)
    return found
