"""The answer that the page gives, worked out here: `whatif`, as far as a page can compute it.

The page has draws of some theories and none under other readings of the record, and does not work
out what the prior says or how a little other noise goes. Of some questions `whatif` was asked
beforehand and what it found comes along: the label is that of `whatif`. Of all others what is left
out counts as not checked, so the label is never better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from alliance_sim.counterfactual.all_twins import Pasts, all_twins, ensembled, whole_pairs
from alliance_sim.counterfactual.answer import WhatIf
from alliance_sim.counterfactual.answering import RUNS, UNIFORMS
from alliance_sim.counterfactual.card import SAME, UNKNOWN, Check, plausibility_card
from alliance_sim.counterfactual.couplings import QUANTILE
from alliance_sim.counterfactual.estimates import LEAST
from alliance_sim.counterfactual.labels import Checks, agreement, label, sign_of
from alliance_sim.counterfactual.rivals import Weights
from alliance_sim.counterfactual.robustness import Learnt, Robustness
from alliance_sim.engine.simulate import simulate

if TYPE_CHECKING:
    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.counterfactual.posteriors import Posteriors
    from alliance_sim.counterfactual.question import Question
    from alliance_sim.counterfactual.stored_checks import StoredCheck
    from alliance_sim.scenario import Scenario

# What `whatif` says and the page does not.
LEFT_OUT = (
    *("dates", "refused", "responds", "unmatched", "errors"),
    *("inevitability", "robustness", "amplification", "theories_without_draws", "kept"),
)
NOTHING_TRIED = Robustness((), None, Learnt(None, ()))
ANEW = "Drawn anew, "  # begins what is said of noise that only one world has
COUNTED = ("without", "shift", "council")  # edits whose cost the page works out
STATISTICS = (
    "runs that are not tied to the record (free runs) are not looked at in the page; "
    "alliance-sim whatif does"
)
PROJECTABILITY = (
    "no scores of its forecasts are kept (alliance-sim score says); nothing that the fit did not "
    "use was tested"
)
BEFOREHAND = (
    "Asked beforehand, by the package: {count} other readings of the record, what was believed "
    "before the data, and a little other luck."
)
REWRITE = (
    f"{SAME}; how much of history this edit rewrites is not worked out in the page; "
    "alliance-sim whatif does"
)


def page_answer(  # noqa: PLR0913 - what a page has, by name
    question: Question,
    posteriors: Posteriors,
    *,
    weights: Weights,
    missing: Sequence[str] = (),
    uniforms: int = UNIFORMS,
    runs: int = RUNS,
    seed: int = 1,
    pasts: Pasts | None = None,
    before: StoredCheck | None = None,
) -> dict[str, Any]:
    """Return what the page says of a question given the history, by the keys of `whatif --json`.

    Args:
        question: The question, whose outcome happens or does not.
        posteriors: Draws that are in the page, those of the theory that is asked first.
        weights: What all theories weigh; those in the page are scaled to add up to 1.
        missing: Theories that are not in the page.
        uniforms: Sets of uniforms for each draw.
        runs: Pairs with fresh noise.
        seed: Seed of all that is drawn.
        pasts: Where histories come from; None makes them for this question alone.
        before: What was tried of this question beforehand; not used where the effect is another
            than that which it is of.

    Returns:
        Plain values, fit for JSON. `bits` is what the edits rewrite, None where the page does not
        work it out. `readings` is the effect under each other reading of the record, where that was
        asked beforehand.

    Raises:
        SettingError: If the draws do not go with the question.
    """
    ran = all_twins(
        question,
        posteriors,
        uniforms=uniforms,
        runs=runs,
        seed=seed,
        states=(),
        pasts=pasts,
    )
    effect = ran.couplings[QUANTILE].effect
    asked = [one.theory for one in ran.theories]
    total = sum(weights.of[name] for name in asked)
    own = Weights(
        weights.basis,
        {name: weights.of[name] / total for name in asked},
        {},
        {name: weights.evidence[name] for name in asked if name in weights.evidence},
    )
    agreed = agreement({one.theory: one.likely for one in ran.theories}, own.of, least=LEAST)
    card = plausibility_card(question, posteriors.main, ran.twins[QUANTILE], agreed)
    if before is not None and before.effect != effect.value:
        before = None
    bits = card.bits if before is not None or _counted(question) else None
    readings = {} if before is None else before.readings
    checks = Checks(
        couplings={name: one.effect.value for name, one in ran.couplings.items()},
        variants={name: one.value for name, one in readings.items()},
        sd_ratio=None if before is None else before.sd_ratio,
        by_luck=before is not None and before.sd_ratio is None,
        bistable=None if before is None else before.bistable,
        bits=bits,
        sign=sign_of(effect.value, LEAST),
        least=LEAST,
        not_had=(f"theories {', '.join(missing)} (no draws of them are kept)",) if missing else (),
    )
    mine = WhatIf(
        question=question,
        posterior=posteriors.main,
        **ran.answered(),
        weights=own,
        without_draws=dict.fromkeys(missing, "no draws of it are kept"),
        agreed=agreed,
        robustness=NOTHING_TRIED,
        label=label(agreed, checks),
        card=tuple(_check(one, question, worked=before is not None) for one in card.checks),
        seed=seed,
    )
    tree = mine.as_tree(leave_out=LEFT_OUT)
    assumed = [words for words in tree["assumed"] if not words.startswith(ANEW)]
    if before is not None:
        assumed.append(BEFOREHAND.format(count=len(readings)))
    told = {
        name: {"probability": one.value, "low": one.low, "high": one.high}
        for name, one in readings.items()
    }
    return {**tree, "assumed": assumed, "bits": bits, "readings": told}


def fresh_answer(
    question: Question,
    *,
    runs: int = RUNS,
    seed: int = 1,
    posterior: PosteriorDraws | None = None,
) -> dict[str, Any]:
    """Return what the page says of a question over pairs of runs with noise of their own.

    Args:
        question: The question, whose outcome happens or does not.
        runs: Pairs of runs.
        seed: Seed of the noise.
        posterior: Draws whose parameters the runs have; None for the numbers that are stated.

    Returns:
        Plain values, fit for JSON, of the pairs in which no run failed.

    Raises:
        SettingError: If a run of every pair failed.
    """

    def fresh(scenario: Scenario) -> Any:
        return simulate(scenario, runs=runs, seed=seed, posterior=posterior)

    factual, edited = fresh(question.base), fresh(question.edited)
    draws = 1 if posterior is None else len(posterior)
    found = ensembled(question, factual, edited, draws=draws)
    one, other = (float(world.mean()) for world in whole_pairs(question, factual, edited)[:2])
    return {
        "question": question.words,
        "edits": list(question.edits),
        "outcome": question.outcome.text,
        "fact": {"probability": one},
        "edited": {"probability": other},
        "effect": {"probability": other - one},
        "necessity": {"given_history": None, "ensemble": found.necessity},
        "sufficiency": found.sufficiency,
        "both": found.both,
        "bounds": {name: list(ends) for name, ends in found.bounds.items()},
        "seed": seed,
        "runs": runs,
    }


def _counted(question: Question) -> bool:
    """Return whether the page works out what the edits of a question rewrite."""
    leading = {
        juncture.name
        for juncture in question.base.junctures
        if any(effect.moves == "leadership" for effect in juncture.effects)
    }
    for edit in question.edits:
        kind, _, rest = edit.partition(" ")
        if kind not in COUNTED or (kind == "without" and rest in leading):
            return False
    return True


def _check(one: Check, question: Question, *, worked: bool) -> Check:
    """Return a check of the card as the page has it.

    Args:
        one: As the package has it.
        question: The question.
        worked: Whether what is rewritten was worked out beforehand.
    """
    names: Mapping[str, str] = {"statistics": STATISTICS, "projectability": PROJECTABILITY}
    if one.check in names:
        return Check(one.check, UNKNOWN, None, names[one.check])
    counted = worked or question.held or _counted(question)
    if one.check == "minimal rewrite" and not counted:
        return Check(one.check, UNKNOWN, None, REWRITE)
    kept = ", ".join((*question.kept, *question.held))
    if one.check == "cotenability" and question.kept:
        words = f"{kept}: how likely it would still have come is not computed"
        return Check(one.check, UNKNOWN, None, words)
    return one
