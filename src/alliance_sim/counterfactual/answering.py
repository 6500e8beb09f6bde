"""How a what-if is answered: histories and their twins, every coupling and every theory."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from alliance_sim.calibration.stored import shipped_forecasts
from alliance_sim.counterfactual.answer import Ensembled, UnderTheory, WhatIf
from alliance_sim.counterfactual.card import plausibility_card
from alliance_sim.counterfactual.causation import causation_bounds
from alliance_sim.counterfactual.coupling_free import futures
from alliance_sim.counterfactual.couplings import COUPLINGS, QUANTILE
from alliance_sim.counterfactual.estimates import (
    LEAST,
    Estimate,
    both_worlds,
    estimate_of,
    likely,
    outcome_of,
)
from alliance_sim.counterfactual.histories import Histories, beside_each_other
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
from alliance_sim.counterfactual.question import WHERE, Question, ask
from alliance_sim.counterfactual.rivals import fit_command, not_asked, weights_of
from alliance_sim.counterfactual.robustness import Tried, robustness_of
from alliance_sim.counterfactual.worlds import TwinWorlds, twin_worlds
from alliance_sim.engine.simulate import Kernel, simulate
from alliance_sim.errors import SettingError, explains_calls, shown
from alliance_sim.noise import as_seed
from alliance_sim.results.draws import USUAL
from alliance_sim.scenario.edit_texts import as_texts
from alliance_sim.scenario.theories import theory_of, with_theory

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.results import Ensemble
    from alliance_sim.scenario import Scenario

    Floats = NDArray[np.float64]

Progress = Callable[[int, int], None]
Texts: TypeAlias = str | Sequence[str] | None
UNIFORMS = 8  # sets of uniforms for each draw, if nobody says
RUNS = 1000  # pairs with fresh noise
MOST_UNIFORMS, MOST_RUNS = 1000, 1_000_000


@explains_calls
def whatif(  # noqa: PLR0913 - what is asked of one question, by name
    base: Scenario,
    edits: Sequence[str] = (),
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
        edits: Texts such as "without great_raid" or "shift joint_patrol:+16".
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
    question = ask(base, [*edits, *by_kind], outcome, start=start)
    found = posteriors_of(posterior, base, question.theory)
    return answered(
        question,
        found,
        uniforms=uniforms,
        runs=runs,
        seed=number,
        threads=threads,
        progress=progress,
    )


def answered(
    question: Question,
    posteriors: Posteriors,
    *,
    uniforms: int = UNIFORMS,
    runs: int = RUNS,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
) -> WhatIf:
    """Return the answer to a question, as `whatif` does, with draws that were read before.

    Raises:
        SettingError: If the draws do not go with the question's scenarios.
    """
    main = posteriors.main
    steps = len(COUPLINGS) + len(posteriors.others) + 4 + 2 * question.binary
    told = _Steps(progress, steps)
    base, edited = (_under(one, main) for one in (question.base, question.edited))
    past = Histories.of_posterior(main, base, uniforms=uniforms, seed=seed, threads=threads)
    twins = {}
    for name in COUPLINGS:
        usual = None if name == QUANTILE else ()  # what tables and figures tell of
        asked = [question.outcome.text]
        twins[name] = twin_worlds(base, edited, past, coupling=name, states=usual, outcomes=asked)
        told()
    answers = {name: _answer(question, worlds) for name, worlds in twins.items()}
    under = [_theory(question, main.theory, twins[QUANTILE])]

    def rival(other: PosteriorDraws) -> UnderTheory:
        fact, changed = (_under(one, other) for one in (question.base, question.edited))
        histories = Histories.of_posterior(other, fact, uniforms=uniforms, seed=seed, threads=1)
        worlds = twin_worlds(fact, changed, histories, states=[question.outcome.state])
        told()
        return _theory(question, other.theory, worlds)

    under += beside_each_other(rival, posteriors.others, threads)
    fresh = partial(simulate, runs=runs, seed=seed, engine=Kernel(threads=threads), posterior=main)
    free = fresh(base)
    told()
    ensemble = anew = None
    if question.binary:
        ensemble = ensembled(question, free, fresh(edited))
        told()
        anew = futures(base, edited, past, question.outcome.text)
        told()
    tried = Tried(question, main, base, edited, twins[QUANTILE], uniforms, seed, threads)
    robust = robustness_of(tried, posteriors.readings, told)
    weights = weights_of([main, *posteriors.others], _forecasts(base, posteriors))
    least = LEAST if question.binary else 0.0
    agreed = agreement({one.theory: one.likely for one in under}, weights.of, least=least)
    card = plausibility_card(
        question,
        main,
        twins[QUANTILE],
        agreed,
        free=free,
        readings=posteriors.readings,
        past=past,
    )
    known, after, effect, needed = answers[QUANTILE]
    missing = _without_draws(question, posteriors)
    checks = Checks(
        couplings={name: told[2].value for name, told in answers.items()},
        variants=robust.means,
        sd_ratio=robust.learnt.ratio,
        by_luck=robust.learnt.ratio is None,
        bistable=robust.bistable,
        bits=card.bits,
        sign=sign_of(effect.value, least),
        least=least,
        not_had=(*robust.not_had, *_not_asked(missing, posteriors)),
        how=_commands(question, missing, posteriors),
    )
    return WhatIf(
        question=question,
        posterior=main,
        twins=twins,
        fact=known,
        edited=after,
        effect=effect,
        given_history=needed,
        ensemble=ensemble,
        anew=anew,
        couplings={name: (one[2], one[3]) for name, one in answers.items()},
        theories=tuple(under),
        weights=weights,
        without_draws=missing,
        agreed=agreed,
        robustness=robust,
        label=label(agreed, checks),
        card=card.checks,
        seed=seed,
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
    """Return the commands that make what was not checked."""
    wanted = [name for name in missing if name not in _impossible(posteriors)]
    vary = f"alliance-sim posterior vary {question.base.name}"
    found = {VARIANTS: vary, NOT_HAD: vary, THEORIES: fit_command(question.base, ["all"])}
    if wanted:
        found[NOT_HAD] = found[THEORIES] = fit_command(question.base, wanted)
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


def _under(scenario: Scenario, posterior: PosteriorDraws) -> Scenario:
    return with_theory(scenario, theory_of(posterior.theory))


def _answer(
    question: Question, worlds: TwinWorlds
) -> tuple[Estimate, Estimate, Estimate, float | None]:
    """Return fact, edited and effect over draws, and the necessity given the history."""
    fact, edited = both_worlds(question, worlds)
    estimates = [
        estimate_of(values, worlds.draws, binary=question.binary)
        for values in (fact, edited, edited - fact)
    ]
    with_it = fact == 1.0
    needed = None
    if question.binary and with_it.any():
        needed = float((edited[with_it] == 0.0).mean())
    one, two, three = estimates
    return one, two, three, needed


def _theory(question: Question, theory: str, worlds: TwinWorlds) -> UnderTheory:
    fact, edited, effect, _ = _answer(question, worlds)
    one, other = both_worlds(question, worlds)
    spread = likely(other - one, worlds.draws, binary=question.binary)
    return UnderTheory(theory, fact, edited, effect, spread[np.isfinite(spread)], worlds.draws)


def ensembled(question: Question, factual: Ensemble, edited: Ensemble) -> Ensembled:
    """Return necessity and sufficiency of pairs of runs with fresh noise, the same in each pair.

    Args:
        question: The question, whose outcome happens or does not.
        factual: Runs of the factual world.
        edited: Runs of the edited one with the same noise, pair by pair.
    """
    with_x, without_x = (outcome_of(question, runs) for runs in (factual, edited))
    whole = np.isfinite(with_x) & np.isfinite(without_x)
    y1, y0 = with_x[whole] == 1.0, without_x[whole] == 1.0
    do1, do0 = float(y1.mean()), float(y0.mean())
    joint = [[(1 - do0) / 2, do0 / 2], [(1 - do1) / 2, do1 / 2]]  # each world half of the time
    return Ensembled(
        necessity=float((~y0[y1]).mean()) if y1.any() else None,
        sufficiency=float(y1[~y0].mean()) if not y0.all() else None,
        both=float((y1 & ~y0).mean()),
        bounds=causation_bounds(joint, do1, do0),
        pairs=int(whole.sum()),
    )
