"""What rival theories weigh when a question is asked of all of them.

By stacking where forecasts of years that their fits did not see are kept of every one; else by the
evidence of their fits, with what its error leaves open; else all alike. Evidence hangs on the
priors, and differences below 4 nats prefer nothing, so weights stand beside the range of all.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alliance_sim.calibration.kept_fit import FIT, command_of_fit, told_of_fit
from alliance_sim.calibration.keyed import Stage, generator
from alliance_sim.calibration.theories import NO_PREFERENCE, stacking_weights
from alliance_sim.scenario.theories import LATTICE

if TYPE_CHECKING:
    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.calibration.stored import StoredForecasts

STACKING, EVIDENCE, ALIKE = "stacking", "evidence", "alike"
RESAMPLED, TAILS = 4000, (0.05, 0.95)  # draws of the errors of evidence, and what is told of them
SEED = 20261128


class Weights(NamedTuple):
    """What theories weigh.

    Attributes:
        basis: "stacking", "evidence" or "alike".
        of: By theory its weight; they add up to 1.
        spans: By theory the 5th and 95th percentile of its weight, by the errors of the evidence;
            empty on another basis.
        evidence: By theory its log evidence and the error of that, where it was kept.
    """

    basis: str
    of: Mapping[str, float]
    spans: Mapping[str, tuple[float, float]]
    evidence: Mapping[str, tuple[float, float]]

    @property
    def words(self) -> str:
        """How theories weigh, in a sentence."""
        if len(self.of) < 2:
            return "One theory only: no draws of the others were given."
        told = ", ".join(f"{name} {weight:.2f}" for name, weight in self.of.items())
        if self.basis == STACKING:
            return f"Theories weigh by how well they forecast together (stacking): {told}."
        if self.basis == EVIDENCE:
            best = max(value for value, _ in self.evidence.values())
            near = [name for name, (value, _) in self.evidence.items()
                    if best - value < NO_PREFERENCE]  # fmt: skip
            return (
                "Theories weigh by how well they explain the record (evidence), which hangs on "
                f"what was believed beforehand (priors): {told}. Too near the best to be set apart "
                f"from it (within {NO_PREFERENCE:g} nats): {', '.join(near)}."
            )
        return "Theories weigh alike, as evidence of the same record is not kept of all of them."


def weights_of(
    posteriors: Sequence[PosteriorDraws], forecasts: StoredForecasts | None = None
) -> Weights:
    """Return what theories weigh.

    Args:
        posteriors: Draws of each, no theory twice.
        forecasts: Forecasts of years that fits did not see; None for none.
    """
    names = [one.theory for one in posteriors]
    evidence = {one.theory: one.evidence for one in posteriors if one.evidence is not None}
    if len(posteriors) > 1 and forecasts is not None:
        stacked = _stacked(posteriors, forecasts)
        if stacked is not None:
            return Weights(STACKING, stacked, {}, evidence)
    seen = {
        (one.held.series, one.held.until, one.held.digests.get("observed")) for one in posteriors
    }
    if len(evidence) < len(names) or len(seen) > 1 or len(names) < 2:
        return Weights(ALIKE, dict.fromkeys(names, 1.0 / len(names)), {}, evidence)
    return by_evidence(evidence)


def by_evidence(evidence: Mapping[str, tuple[float, float]]) -> Weights:
    """Return posterior probabilities of theories that were equally likely beforehand.

    Args:
        evidence: By theory its log evidence and the standard error of that.
    """
    values, errors = np.array(list(evidence.values()), dtype=np.float64).T
    rng = generator(SEED, Stage.START)
    moved = values + errors * rng.standard_normal((RESAMPLED, len(values)))
    low, high = np.quantile(_shares(moved), TAILS, axis=0)
    weights = _shares(values[None])[0]
    spans = zip(low.tolist(), high.tolist(), strict=True)
    return Weights(
        EVIDENCE,
        dict(zip(evidence, weights.tolist(), strict=True)),
        dict(zip(evidence, spans, strict=True)),
        dict(evidence),
    )


def _shares(logs: np.ndarray) -> np.ndarray:
    chances = np.exp(logs - logs.max(axis=1, keepdims=True))
    found: np.ndarray = chances / chances.sum(axis=1, keepdims=True)
    return found


def _stacked(
    posteriors: Sequence[PosteriorDraws], forecasts: StoredForecasts
) -> dict[str, float] | None:
    """Return the mixture that forecasts best, None where a theory has no forecasts of its own."""
    from alliance_sim.calibration.acts import act_counts
    from alliance_sim.calibration.scoring import ROLLING
    from alliance_sim.calibration.stored import Place
    from alliance_sim.record.record import Record

    held = posteriors[0].held
    scenario = posteriors[0].prior.scenario
    found = {
        one.theory: forecasts.forecasts.get(Place(held.series, one.theory, ROLLING))
        for one in posteriors
    }
    whole = {name: one for name, one in found.items() if one is not None}
    if len(whole) < len(found) or forecasts.record != held.record:
        return None
    counts = act_counts(Record.of(scenario), scenario, held.series).counts
    start = max(one.start for one in whole.values())
    stop = min(one.stop for one in whole.values())
    logs = []
    for one in whole.values():
        scored = one.logs(counts[one.start : one.stop])
        logs.append(scored[start - one.start : stop - one.start].ravel())
    weights = stacking_weights(np.column_stack(logs))
    return dict(zip(whole, weights.tolist(), strict=True))


def not_asked(posteriors: Sequence[PosteriorDraws]) -> tuple[str, ...]:
    """Return the theories of the lattice that there are no draws of; none if one has a trend."""
    names = {one.theory for one in posteriors}
    return tuple(name for name in LATTICE if name not in names) if names <= {*LATTICE} else ()


def fit_command(called: str, missing: Sequence[str], place: str) -> str:
    """Return the command that fits theories of a scenario, called as a command finds it.

    Where draws lie in the folder of a fit, that takes them too, with the options that it has.
    """
    if place and (Path(place) / FIT).is_file():
        return command_of_fit(called, missing, told_of_fit(Path(place)), place)
    theories = " ".join(f"--theory {name}" for name in missing)
    return f"alliance-sim calibrate {shlex.quote(called)} {theories} --out FIT"
