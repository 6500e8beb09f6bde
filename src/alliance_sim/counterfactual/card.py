"""The plausibility card: six checks of a what-if itself, each with a number and a verdict.

Source: P. E. Tetlock and A. Belkin (eds), "Counterfactual thought experiments in world politics"
(1996), for the six criteria; what is computed for each is ours. Where there are no data for a
check, the card says "not available" and nothing more.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alliance_sim.calibration.theories import ERRORS, NO_PREFERENCE
from alliance_sim.counterfactual.edit_cost import edit_cost
from alliance_sim.counterfactual.estimates import LEAST
from alliance_sim.counterfactual.labels import A_BIT, sign_of
from alliance_sim.counterfactual.rewrite_cost import AMBER, GREEN
from alliance_sim.counterfactual.worlds import TwinWorlds, chances_of_laws
from alliance_sim.glossary import percent_close, signed
from alliance_sim.scenario.edit import replaced

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.calibration.variants import OtherReadings
    from alliance_sim.counterfactual.histories import Histories
    from alliance_sim.counterfactual.labels import Agreement
    from alliance_sim.counterfactual.question import Question
    from alliance_sim.results import Ensemble

    Floats = NDArray[np.float64]

PASS, WARN, REFUSE, UNKNOWN = "pass", "warn", "refuse", "not available"
LEAST_CHANCE = 0.05  # chance of what is held, below which the card warns
WIDE = 0.99  # share of factual paths between whose ends the edited ones should lie
ROOM = 0.05  # share of edited paths that may lie outside
LEVELS = ("level_political", "level_operations", "level_equipment")
SAME = "both worlds are exactly the same before the edit"
NOT_KNOWN = "so how much of history is rewritten is not known"


class Check(NamedTuple):
    """One check.

    Attributes:
        check: Which of the six.
        verdict: "pass", "warn", "refuse" or "not available".
        number: What was computed; None where there is none.
        words: What the number is, and why the verdict.
    """

    check: str
    verdict: str
    number: float | None
    words: str


class Card(NamedTuple):
    """All checks, and the cost of the rewrite that the label needs too."""

    checks: tuple[Check, ...]
    bits: float | None


def refusals(checks: Iterable[Check]) -> tuple[str, ...]:
    """Return the checks that refuse a question, each with why."""
    return tuple(f"{one.check}: {one.words}" for one in checks if one.verdict == REFUSE)


def plausibility_card(
    question: Question,
    posterior: PosteriorDraws,
    worlds: TwinWorlds,
    agreed: Agreement,
    *,
    free: Ensemble | None = None,
    readings: OtherReadings | None = None,
    past: Histories | None = None,
) -> Card:
    """Return the card of a question.

    Args:
        question: The question.
        posterior: The draws.
        worlds: Histories and their twins under the quantile coupling, with the usual states.
        agreed: How far theories agree on the effect.
        free: Runs of the factual scenario with parameters of the draws and fresh noise; None where
            edited paths are not held against them.
        readings: What is kept beside the draws: scores of forecasts among it.
        past: The histories, to be led on without what is held; None leaves that out.
    """
    bits = _bits(question, posterior)
    return Card(
        (
            _clarity(question),
            _cotenability(question, worlds, past),
            _rewrite(question, worlds, bits),
            _theory(agreed, LEAST if question.binary else 0.0),
            _statistics(worlds, free),
            _projectability(readings),
        ),
        bits,
    )


def _clarity(question: Question) -> Check:
    """Return how much of what a question has to name it does name; `ask` refuses the rest."""
    card = [j for j in question.edited.junctures if not j.present]
    named = {
        "what is changed": bool(question.edits),
        "from when on": question.touched is not None,
        "what comes in its place": all(bool(j.when_removed) for j in card),
        "what is looked at": bool(question.outcome.text),
        "that it comes later": True,  # or there would be no question
        "until when": question.outcome.stop > 0,
        "what is held": all(name for name in question.kept),
        "of whom": bool(question.base.relationship),
    }
    count = sum(named.values())
    missing = [name for name, there in named.items() if not there]
    words = f"{count} of {len(named)} parts of a question are named"
    words += f"; missing: {', '.join(missing)}" if missing else ""
    words += f"; the worlds may differ from {question.touched} on; " + (
        f"held: {', '.join((*question.kept, *question.held))}"
        if question.kept or question.held
        else "nothing is held"
    )
    return Check("clarity", PASS if not missing else WARN, count / len(named), words)


def _cotenability(question: Question, worlds: TwinWorlds, past: Histories | None) -> Check:
    """Return how likely what is held would have been in the edited world.

    Laws that are held as dated are drawn there instead, on the noise that made them pass in fact:
    a uniform below its hazard there. The share of twins in which a law has passed by its day is so
    the ratio of its chance in the edited world to that in fact, 1 at most. The number
    is that of the least likely.
    """
    name = "cotenability"
    if question.held and not question.kept:
        words = f"{'; '.join(question.held)}: how likely it would have stayed is not computed"
        return Check(name, UNKNOWN, None, words)
    if not question.kept:
        return Check(name, PASS, None, "nothing is held, so all that follows may respond")
    by_name = {juncture.name: juncture for juncture in question.base.junctures}
    falls = [k for k in question.kept if by_name[k].when_cause_removed == "falls"]
    if falls:
        words = f"{', '.join(falls)}: would not have come without what it follows (its own card)"
        return Check(name, REFUSE, 0.0, words)
    drawn = [k for k in question.kept if by_name[k].when_cause_removed == "drawn"]
    if past is None or question.held or len(drawn) < len(question.kept):
        held = ", ".join((*question.kept, *question.held))
        words = f"{held}: how likely it would still have come is not computed"
        return Check(name, UNKNOWN, None, words)
    free = {f"juncture.{law}.when_cause_removed": "drawn" for law in drawn}
    calendar = question.base.calendar()
    due = {law: calendar.index(by_name[law].date) for law in drawn}
    chances = chances_of_laws(past, replaced(worlds.edited_scenario, free), due)
    least = min(chances.values())
    told = "; ".join(f"{law}: {percent_close(chance)}" for law, chance in chances.items())
    words = f"were it not held, how many of the edited histories have it by its day: {told}"
    return Check(
        name, REFUSE if least == 0.0 else PASS if least >= LEAST_CHANCE else WARN, least, words
    )


def _rewrite(question: Question, worlds: TwinWorlds, bits: float | None) -> Check:
    """Return how much is rewritten, and that nothing differs before the edit."""
    first = worlds.touched or 0
    before = worlds.factual.values[:, :first], worlds.edited.values[:, :first]
    # Histories that failed hold NaN, and say nothing of this.
    gaps = np.nan_to_num(np.abs(before[1] - before[0]), nan=0.0)
    difference = float(gaps.max()) if first else 0.0
    if difference != 0.0:
        return Check("minimal rewrite", REFUSE, difference, "the worlds differ before the edit")
    if bits is None and question.held:
        words = f"{SAME}; no rule of the model holds a state, {NOT_KNOWN}"
        return Check("minimal rewrite", UNKNOWN, None, words)
    if bits is None:
        words = f"{SAME}; the model does not say how likely the edit was, {NOT_KNOWN}"
        return Check("minimal rewrite", UNKNOWN, None, words)
    verdict = PASS if bits <= GREEN else WARN if bits <= AMBER else REFUSE
    words = f"{SAME}; the edit rewrites {bits:.1f} bits of history ({A_BIT})"
    return Check("minimal rewrite", verdict, bits, words)


def _theory(agreed: Agreement, least: float) -> Check:
    """Return in how many theories there is a way from the edit to the outcome, and its sign."""
    words = {1: "raises", -1: "lowers", 0: "does not move"}
    asked = {name: sign_of(mean, least) for name, mean in agreed.means.items()}
    told = "; ".join(
        f"{name} {words[sign]} it{'' if name in agreed.signs else ' (little weight)'}"
        for name, sign in asked.items()
    )
    if len(asked) < 2:
        return Check("theory", UNKNOWN, None, f"only one theory was asked: {told}")
    verdict = PASS if len(set(agreed.signs.values())) == 1 else WARN
    told += f"; the side with the most weight has {percent_close(agreed.agreement)} of it"
    return Check("theory", verdict, agreed.agreement, told)


def _statistics(worlds: TwinWorlds, free: Ensemble | None) -> Check:
    """Return which share of edited paths moves as next to no free run of the model does."""
    if free is None:
        return Check("statistics", UNKNOWN, None, "no free runs are looked at")
    outside = []
    for usual, edited in _moves(worlds, free):
        low, high = np.nanquantile(usual, [(1 - WIDE) / 2, (1 + WIDE) / 2])
        outside.append(float(((edited < low) | (edited > high)).mean()))
    worst = max(outside)
    words = (
        f"at most {percent_close(worst)} of the edited histories leap, grow or crowd acts into one "
        "quarter as only 1 in 100 runs does that is not tied to the record (free runs); how other "
        "relationships between states move is not available"
    )
    return Check("statistics", PASS if worst <= ROOM else WARN, worst, words)


def _projectability(readings: OtherReadings | None) -> Check:
    """Return whether the model forecasts better than the best baseline what its fit did not see."""
    kept = None if readings is None else readings.weights
    outside = "nothing that the fit did not use was tested"
    if kept is None or not kept.forecasts:
        words = f"no scores of its forecasts are kept (alliance-sim score says); {outside}"
        return Check("projectability", UNKNOWN, None, words)
    told = "; ".join(
        f"{setting.replace('_', ', ')}: {signed(one['gain'], places=1)} nats "
        f"(± {one['error']:.1f}) against {one['against']}"
        for setting, one in kept.forecasts.items()
    )
    gains = [float(one["gain"]) for one in kept.forecasts.values()]
    better = all(
        gain >= max(NO_PREFERENCE, ERRORS * float(one["error"]))
        for gain, one in zip(gains, kept.forecasts.values(), strict=True)
    )
    words = (
        f"how much better it forecasts years that the fit did not see than the best simple rule "
        f"(baseline) does: {told}; {'it is' if better else 'it is not'} better by the 4 nats that "
        f"were asked; {outside}"
    )
    return Check("projectability", PASS if better else WARN, min(gains), words)


def _moves(worlds: TwinWorlds, free: Ensemble) -> list[tuple[Floats, Floats]]:
    """Return largest changes, growth and busiest quarters of free runs and of edited ones."""
    found = []
    first = worlds.touched or 0
    pair = (free, worlds.edited)
    for state in LEVELS:
        both = [runs.column(state)[:, max(first - 1, 0) :] for runs in pair]
        steps = [np.abs(np.diff(values, axis=1)).max(axis=1) for values in both]
        growth = [values[:, -1] - values[:, 0] for values in both]
        found += [(steps[0], steps[1]), (growth[0], growth[1])]
    counts = []
    for runs in pair:
        series = [runs.column(s)[:, first:] for s in runs.states if s.startswith("count_")]
        counts.append(np.sum(series, axis=0).max(axis=1))
    return [*found, (counts[0], counts[1])]


def _bits(question: Question, posterior: PosteriorDraws) -> float | None:
    """Return what the edits rewrite, None where that is not known; see `edit_cost`."""
    if question.held:
        return None
    until = question.base.calendar().start_of(question.outcome.stop) - dt.timedelta(days=1)
    cost = edit_cost(question.base, question.edited, posterior, until=until)
    return None if cost is None else cost.bits
