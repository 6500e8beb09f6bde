"""What `whatif` tried besides, of questions that are asked often, as one small file.

Other readings of the record have draws of their own, for which a page has no room. What they say of
some questions is kept with the digests of all draws that said it: it holds for these, for the very
question, its re-runs and seed, and for nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alliance_sim import provenance
from alliance_sim.calibration.variants import digest_of
from alliance_sim.counterfactual.estimates import Estimate
from alliance_sim.errors import AllianceSimError, ResultError, SettingError
from alliance_sim.record.named import named_record
from alliance_sim.results.sealed import read_sealed, save_sealed, seal_of, shipped_file

if TYPE_CHECKING:
    from alliance_sim.counterfactual.answer import WhatIf
    from alliance_sim.counterfactual.posteriors import Posteriors
    from alliance_sim.scenario import Scenario

FORMAT = 1
FOLDER = "checks"  # of those that come with the package, by record
WEIGHTS = "weights"  # beside the names of draws: what weighs them under other readings


class StoredCheck(NamedTuple):
    """What was tried of one question.

    Attributes:
        edits: What is edited, as a page writes it.
        outcome: What is looked at.
        effect: The effect that was told first; an answer that has another is not this one.
        readings: The effect under each other reading of the record, by name.
        sd_ratio: Posterior over prior standard deviation of what carries the effect; None where it
            was looked for, and luck carries it.
        bistable: Share of the draws in which a little other noise turns the sign; None if all fail.
        bits: What the edits rewrite; None where the model has no chance for them.
        label: What `whatif` said of it.
    """

    edits: tuple[str, ...]
    outcome: str
    effect: float
    readings: Mapping[str, Estimate]
    sd_ratio: float | None
    bistable: float | None
    bits: float | None
    label: str

    @classmethod
    def of(cls, answer: WhatIf, edits: Sequence[str]) -> StoredCheck:
        """Return what was tried of an answer.

        Args:
            answer: The answer.
            edits: What is edited, as a page writes it.

        Raises:
            SettingError: If a reading of the record was not to be had: what is left out here counts
                as tried elsewhere.
        """
        robust = answer.robustness
        if robust.not_had or robust.problem or not robust.varied:
            why = "; ".join((*robust.not_had, robust.problem)) or "none are kept"
            told = f"other readings of the record were not to be had: {why}"
            raise SettingError("whatif", [f"{told}; to make them: alliance-sim posterior vary"])
        rewrite = next(one for one in answer.card if one.check == "minimal rewrite")
        return cls(
            tuple(edits),
            answer.question.outcome.text,
            answer.effect.value,
            {one.name: one.effect for one in robust.varied if one.effect is not None},
            robust.learnt.ratio,
            robust.bistable,
            rewrite.number,
            answer.label.name,
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class StoredChecks:
    """What was tried of some questions.

    Attributes:
        scenario: Digest of the factual scenario.
        draws: Digests of all draws that were asked, by theory and reading, and of their weights.
        theory: Theory that is answered first.
        uniforms: Sets of uniforms for each draw.
        seed: Seed of all that was drawn.
        command: The command line that asks again.
        checks: What was tried, by question.
    """

    scenario: str
    draws: Mapping[str, str]
    theory: str
    uniforms: int
    seed: int
    command: str
    checks: tuple[StoredCheck, ...]

    def of(self, edits: Sequence[str], outcome: str) -> StoredCheck | None:
        """Return what was tried of a question, None if it is not among them."""
        for one in self.checks:
            if one.edits == tuple(edits) and one.outcome == outcome:
                return one
        return None

    def stale(self, base: Scenario, posteriors: Posteriors) -> Iterator[str]:
        """Yield in a sentence each what is another than what was asked."""
        if provenance.scenario_digest(base) != self.scenario:
            yield "the scenario changed"
        now = digests(posteriors)
        other = [name for name in {**self.draws, **now} if self.draws.get(name) != now.get(name)]
        if other:
            yield f"the draws changed: {', '.join(other)}"

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write one file that `load_checks` reads back; equal contents give equal bytes.

        Raises:
            SettingError: If it cannot be written.
        """
        names = list(self.checks[0].readings) if self.checks else []
        told: dict[str, Any] = {key: getattr(self, key) for key in _TOLD}
        plain = [
            {key: value for key, value in one._asdict().items() if key != "readings"}
            for one in self.checks
        ]
        told |= {"format": FORMAT, "readings": names, "checks": plain, "draws": dict(self.draws)}
        effects = [[tuple(one.readings[name]) for name in names] for one in self.checks]
        save_sealed(path, told, {"effects": np.array(effects, dtype=np.float64)})


_TOLD = ("scenario", "theory", "uniforms", "seed", "command")


def digests(posteriors: Posteriors) -> dict[str, str]:
    """Return the digests of draws by theory, of those of other readings by name, and of weights."""
    readings = posteriors.readings
    found = {one.theory: digest_of(one) for one in (posteriors.main, *posteriors.others)}
    found |= {name: digest_of(one) for name, one in readings.fitted.items()}
    if readings.weights is not None:
        kept = readings.weights
        found[WEIGHTS] = seal_of(
            "/".join(kept.names), {"log_weights": kept.log_weights, "k": kept.k}
        )
    return found


def load_checks(path: str | os.PathLike[str]) -> StoredChecks:
    """Return what was tried as it was stored, whether it still holds or not.

    Raises:
        ResultError: If the file is not one that `StoredChecks.save` wrote, or was changed since.
    """
    return read_sealed(path, _read, form=FORMAT, what="checks of what-ifs")


def _read(tree: Mapping[str, Any], arrays: Mapping[str, Any]) -> StoredChecks:
    names, told, effects = tree["readings"], tree["checks"], arrays["effects"]
    if told and effects.shape != (len(told), len(names), 3):
        raise ValueError("the effects do not fit the questions")
    checks = tuple(
        StoredCheck(
            **{
                **one,
                "edits": tuple(one["edits"]),
                "readings": {
                    name: Estimate(*its) for name, its in zip(names, row.tolist(), strict=True)
                },
            }
        )
        for one, row in zip(told, effects, strict=True)
    )
    return StoredChecks(
        **{key: tree[key] for key in _TOLD}, draws=dict(tree["draws"]), checks=checks
    )


def shipped_checks(base: Scenario, posteriors: Posteriors) -> tuple[StoredChecks | None, str]:
    """Return what was tried with draws that ship, and in a sentence why not if it is not used.

    The sentence is "" where nothing ships for the scenario's record.

    Args:
        base: The factual scenario.
        posteriors: The draws that ship for it, with other readings of the record.
    """
    try:
        path = shipped_file(FOLDER, named_record(base)[1])
    except AllianceSimError:
        path = None
    if path is None:
        return None, ""
    try:
        found = load_checks(path)
    except ResultError as error:
        return None, f"The checks that ship are not used: {error}"
    if problems := list(found.stale(base, posteriors)):
        again = f"To make them again: {found.command}"
        return None, f"The checks that ship no longer hold: {'; '.join(problems)}. {again}"
    return found, ""
