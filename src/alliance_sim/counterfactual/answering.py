"""How a what-if is answered: histories and their twins, every coupling and every theory."""

from __future__ import annotations

import os
import shlex
import threading
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from alliance_sim.calibration.stored import shipped_forecasts
from alliance_sim.counterfactual.all_twins import Pasts, all_twins
from alliance_sim.counterfactual.answer import WhatIf
from alliance_sim.counterfactual.assumed import doubts_of
from alliance_sim.counterfactual.card import plausibility_card, refusals
from alliance_sim.counterfactual.couplings import COUPLINGS, QUANTILE
from alliance_sim.counterfactual.estimates import LEAST
from alliance_sim.counterfactual.labels import (
    NOT_HAD,
    THEORIES,
    VARIANTS,
    Checks,
    agreement,
    label,
    sign_of,
)
from alliance_sim.counterfactual.posteriors import Posteriors, posteriors_of
from alliance_sim.counterfactual.question import WHERE, Question, ask, warn_of_doubts
from alliance_sim.counterfactual.rivals import fit_command, not_asked, weights_of
from alliance_sim.counterfactual.robustness import Tried, robustness_of
from alliance_sim.counterfactual.small_differences import amplification_of
from alliance_sim.errors import SettingError, explains_calls, shown
from alliance_sim.noise import as_seed
from alliance_sim.results.draws import USUAL, shipped_draws
from alliance_sim.scenario.edit_texts import as_texts
from alliance_sim.scenario.theories import own_theory
from alliance_sim.several import several

if TYPE_CHECKING:
    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.engine.simulate import Progress
    from alliance_sim.scenario import Scenario

Texts: TypeAlias = str | Sequence[str] | None
UNIFORMS = 8  # sets of uniforms for each draw, if nobody says
RUNS = 1000  # pairs with fresh noise
MOST_UNIFORMS, MOST_RUNS = 1000, 1_000_000


@explains_calls
def whatif(  # noqa: PLR0913 - what is asked of one question, by name
    base: Scenario,
    edits: str | Sequence[str] = (),
    *,
    outcome: str,
    posterior: PosteriorDraws | str | os.PathLike[str] = USUAL,
    start: Scenario | None = None,
    uniforms: int = UNIFORMS,
    runs: int = RUNS,
    seed: int | str = 1,
    threads: int | None = None,
    progress: Progress | None = None,
    without: Texts = None,
    shift: Texts = None,
    strength: Texts = None,
    set_: Texts = None,
    hold: Texts = None,
    leader: Texts = None,
    council: Texts = None,
    member: Texts = None,
    motive: Texts = None,
    keep: Texts = None,
    theory: Texts = None,
) -> WhatIf:
    """Return the answer to a what-if.

    Edits by kind are the same as texts: `without="great_raid"` is "without great_raid".

    Args:
        base: The factual scenario.
        edits: A text or several, such as "without great_raid" or "shift joint_patrol:+16".
        outcome: What is looked at, such as "rung>=8@2014".
        posterior: Draws of parameters and noise; "shipped" for those that come with the package, or
            a file of draws, a folder of such files, or of a fit. Of a folder every theory in it is
            asked.
        start: An edited scenario that the edits come on top of; `base` if left out.
        uniforms: Sets of uniforms for each draw: what the record leaves open, drawn so many times.
        runs: Pairs of runs with fresh noise, for necessity and sufficiency of the ensemble.
        seed: Seed of all that is drawn here.
        threads: Threads to use, all processors if None; numbers do not depend on it.
        progress: Called with (steps done, steps in all).
        without: Junctures that never happen: one text or several, as for every kind.
        shift: Junctures on another day, such as "joint_patrol:+16" or "great_raid:2005-03-01".
        strength: All that junctures move, times a number, such as "great_raid:0.5".
        set_: Numbers and settings, such as "levels.pace=1.5".
        hold: States held at a value over a window, such as "level_operations=0.1@2003..2010".
        leader: Leaders in the place of others, such as "admiral=none".
        council: How the alliance decides.
        member: Something of a member, such as "hills:offset=0".
        motive: Motives, such as "leverage=on".
        keep: Junctures that stay as dated although what they follow is edited.
        theory: Blocks of theory that act in both worlds, such as "RI".

    Raises:
        SettingError: Naming all that is wrong with the question, or that there are no draws.
        ResultError: If the draws cannot be read, or no longer hold.
    """
    number = as_seed(seed)
    checked_sizes(uniforms=uniforms, runs=runs)
    by_kind = as_texts(
        without=without, shift=shift, strength=strength, set_=set_, hold=hold, leader=leader,
        council=council, member=member, motive=motive, keep=keep, theory=theory,
    )  # fmt: skip
    question = ask(base, [*several(edits), *by_kind], outcome, start=start)
    warn_of_doubts(question, start)
    found = posteriors_of(posterior, base, question.theory, called=question.word)
    return answered(
        question,
        found,
        uniforms=uniforms,
        runs=runs,
        seed=number,
        threads=threads,
        progress=progress,
    )


def answered(  # noqa: PLR0913 - what is asked of one question, by name
    question: Question,
    posteriors: Posteriors,
    *,
    uniforms: int = UNIFORMS,
    runs: int = RUNS,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
    pasts: Pasts | None = None,
) -> WhatIf:
    """Return the answer to a question, as `whatif` does, with draws that were read before.

    Histories come from `pasts` where many questions are asked of the same draws.

    Raises:
        SettingError: If the draws do not go with the question's scenarios.
    """
    main, others = posteriors.main, posteriors.others
    told = _Steps(progress, len(COUPLINGS) + len(others) + 5 + 2 * question.binary)
    ran = all_twins(
        question,
        posteriors,
        uniforms=uniforms,
        runs=runs,
        seed=seed,
        threads=threads,
        pasts=pasts,
        told=told,
    )
    worlds = ran.twins[QUANTILE]
    of = (Pasts(0) if pasts is None else pasts).of
    past_of = partial(of, scenario=ran.base, uniforms=uniforms, seed=seed, threads=1)
    tried = Tried(question, main, ran.base, ran.edited, worlds, uniforms, seed, threads, past_of)
    robust = robustness_of(tried, posteriors.readings, told)
    amplification = amplification_of(question, worlds, ran.past)
    told()
    weights = weights_of([main, *others], _forecasts(ran.base, posteriors))
    least = LEAST if question.binary else 0.0
    agreed = agreement({one.theory: one.likely for one in ran.theories}, weights.of, least=least)
    card = plausibility_card(
        question,
        main,
        worlds,
        agreed,
        free=ran.free,
        readings=posteriors.readings,
        past=ran.past,
    )
    effect = ran.couplings[QUANTILE].effect
    missing = _without_draws(question, posteriors)
    checks = Checks(
        couplings={name: one.effect.value for name, one in ran.couplings.items()},
        variants=robust.means,
        sd_ratio=robust.learnt.ratio,
        by_luck=robust.learnt.ratio is None,
        bistable=robust.bistable,
        bits=card.bits,
        sign=sign_of(effect.value, least),
        least=least,
        not_had=(*robust.not_had, *_not_asked(missing, posteriors)),
        how=_commands(question, missing, posteriors),
        refused=refusals(card.checks),
        doubts=doubts_of(main),
    )
    return WhatIf(
        question=question,
        posterior=main,
        **ran.answered(),
        weights=weights,
        without_draws=missing,
        agreed=agreed,
        robustness=robust,
        label=label(agreed, checks),
        card=card.checks,
        seed=seed,
        amplification=amplification,
    )


def _forecasts(base: Scenario, posteriors: Posteriors) -> Any:
    """Return forecasts that theories are weighed by; None where one theory is asked."""
    if not posteriors.others:
        return None
    return shipped_forecasts(base)[0]


def _impossible(posteriors: Posteriors) -> dict[str, str]:
    """Return theories whose prior cannot come to the record, and what of it."""
    kept = posteriors.readings.weights
    return {} if kept is None else dict(kept.impossible)


def _without_draws(question: Question, posteriors: Posteriors) -> dict[str, str]:
    """Return theories that were not asked, and why."""
    if question.theory is not None:
        return {}
    why = _impossible(posteriors)
    names = not_asked([posteriors.main, *posteriors.others])
    return {name: why.get(name, "no draws of it are kept") for name in names}


def _not_asked(missing: Mapping[str, str], posteriors: Posteriors) -> list[str]:
    """Return theories that ought to have been asked; what cannot come to the record need not."""
    impossible = _impossible(posteriors)
    wanted = [name for name in missing if name not in impossible]
    return [f"theories {', '.join(wanted)} (no draws of them are kept)"] if wanted else []


def _commands(
    question: Question, missing: Mapping[str, str], posteriors: Posteriors
) -> dict[str, str]:
    """Return what makes what was not checked: commands, or what to leave out of the question."""
    ships = bool(shipped_draws(question.base.relationship))
    if posteriors.given and ships:
        return dict.fromkeys((VARIANTS, NOT_HAD, THEORIES), "leave posterior out")
    wanted = [name for name in missing if name not in _impossible(posteriors)]
    called = question.word
    vary = ["alliance-sim", "posterior", "vary", called]
    vary += ["--posterior", posteriors.place or "FILE"]
    if posteriors.main.theory != own_theory(question.base).name:
        vary += ["--theory", posteriors.main.theory]
    fit = fit_command(called, wanted or ["all"], posteriors.place)
    if question.theory is not None and (ships or posteriors.place):
        fit = "leave the theory out"
    other = fit if wanted else shlex.join(vary)
    found = {VARIANTS: shlex.join(vary), NOT_HAD: other, THEORIES: fit}
    if ships and not posteriors.place:  # nothing is written beside what ships
        found = {name: told for name, told in found.items() if told != shlex.join(vary)}
    return found


def checked_sizes(*, uniforms: int, runs: int) -> None:
    """Raise an error unless sizes are in range.

    Raises:
        SettingError: Naming each that is not.
    """
    sizes = {"uniforms": (uniforms, MOST_UNIFORMS), "runs": (runs, MOST_RUNS)}
    problems = [
        f"{name} is {shown(value)}, must be a whole number from 1 to {most:,}"
        for name, (value, most) in sizes.items()
        if type(value) is not int or not 1 <= value <= most
    ]
    if problems:
        raise SettingError(WHERE, problems)


class _Steps:
    """Counts steps for whoever shows them."""

    def __init__(self, progress: Progress | None, steps: int) -> None:
        self._progress, self._steps, self._done = progress, steps, 0
        self._one = threading.Lock()

    def __call__(self) -> None:
        with self._one:
            self._done += 1
            if self._progress is not None:
                self._progress(self._done, self._steps)
