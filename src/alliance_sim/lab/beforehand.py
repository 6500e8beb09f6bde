"""What the package was asked beforehand of questions that a page is likely to put.

A page has no room for draws under other readings of the record, and its label hangs on them. Of the
questions of lessons and headlines, and of each turning point and leader that is switched off, what
`whatif` found comes along; a page takes it for the very question, with the effect that it found
itself to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from alliance_sim.counterfactual.posteriors import posteriors_of
from alliance_sim.counterfactual.question import ask
from alliance_sim.counterfactual.stored_checks import shipped_checks
from alliance_sim.errors import AllianceSimError, SettingError
from alliance_sim.lab.curves import headlines_of
from alliance_sim.lab.lessons import GENERIC, lessons_of
from alliance_sim.results.draws import USUAL
from alliance_sim.scenario.edit_kinds import NONE

if TYPE_CHECKING:
    from alliance_sim.counterfactual.stored_checks import StoredCheck, StoredChecks
    from alliance_sim.scenario import Scenario

LikelyQuestion = tuple[tuple[str, ...], str]  # edits as a page writes them, and the outcome


def likely_questions(scenario: Scenario, outcome: str) -> list[LikelyQuestion]:
    """Return what a page about a scenario is likely to be asked, each question once.

    Headlines that it can put; questions of lessons that are its own; each turning point left out
    and each leader replaced by nobody.

    Args:
        scenario: The scenario.
        outcome: What the page looks at as it begins.
    """
    found = [*_of_others(scenario), *_of_switches(scenario, outcome)]
    return [one for one in dict.fromkeys(found) if _askable(scenario, *one)]


def _of_others(scenario: Scenario) -> Iterator[LikelyQuestion]:
    for one in headlines_of(scenario):
        yield tuple(one["edits"]), one["outcome"]
    for lesson in lessons_of(scenario):
        if lesson["name"] == GENERIC:
            continue
        for one in (lesson["belief"], *lesson["suggestions"]):
            yield tuple(one["edits"]), one["outcome"]


def _of_switches(scenario: Scenario, outcome: str) -> Iterator[LikelyQuestion]:
    for juncture in scenario.junctures:
        yield (f"without {juncture.name}",), outcome
    for leader in scenario.leaders:
        yield (f"leader {leader.name}={NONE}",), outcome


def _askable(scenario: Scenario, edits: tuple[str, ...], outcome: str) -> bool:
    try:
        return ask(scenario, edits, outcome).binary
    except SettingError:
        return False


def asked_before(scenario: Scenario) -> dict[str, Any] | None:
    """Return what comes along with a page that has the draws that ship, as the page reads it.

    Effects are edited minus factual, differences of probabilities; those under other readings have
    the ends of their 90 % beside them. None where nothing ships, or it no longer holds.
    """
    try:
        found, _ = shipped_checks(scenario, posteriors_of(USUAL, scenario))
    except AllianceSimError:
        return None
    if found is None:
        return None
    return plain_checks(found)


def plain_checks(found: StoredChecks) -> dict[str, Any]:
    """Return what was tried of some questions, as the page reads it."""
    return {
        "theory": found.theory,
        "runs": found.uniforms,
        "seed": found.seed,
        "questions": [_plain(one) for one in found.checks],
    }


def _plain(check: StoredCheck) -> dict[str, Any]:
    return {
        "edits": list(check.edits),
        "outcome": check.outcome,
        "effect": check.effect,
        "readings": {name: list(effect) for name, effect in check.readings.items()},
        "sd_ratio": check.sd_ratio,
        "bistable": check.bistable,
        "bits": check.bits,
    }
