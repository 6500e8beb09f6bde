"""From when was an outcome certain? Curves that ship, or worked out from draws of each year."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from alliance_sim.counterfactual.curves import (
    UNIFORMS,
    WHERE,
    InevitabilityCurve,
    asked_of_curves,
    curves_of,
)
from alliance_sim.counterfactual.posteriors import posteriors_of
from alliance_sim.counterfactual.stored_curves import StoredCurves, shipped_curve, shipped_curves
from alliance_sim.counterfactual.yearly_draws import YearlyDraws
from alliance_sim.errors import SettingError, explains_calls
from alliance_sim.noise import as_seed
from alliance_sim.results.draws import USUAL
from alliance_sim.scenario.theories import theory_of
from alliance_sim.several import several

if TYPE_CHECKING:
    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.counterfactual.question import Question
    from alliance_sim.engine.simulate import Progress
    from alliance_sim.scenario import Scenario

Years: TypeAlias = "str | os.PathLike[str] | Mapping[int, PosteriorDraws]"


@explains_calls
def inevitability(  # noqa: PLR0913 - what is asked of one question, by name
    base: Scenario,
    edits: str | Sequence[str] = (),
    *,
    outcome: str,
    years: Years = USUAL,
    start: Scenario | None = None,
    posterior: PosteriorDraws | str | os.PathLike[str] = USUAL,
    uniforms: int | None = None,
    seed: int | str | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> InevitabilityCurve:
    """Return the chance of an outcome for whoever knows the record to each year.

    Args:
        base: The factual scenario.
        edits: A text or several, such as "without great_raid", as for `whatif`.
        outcome: Something that happens or does not, such as "rung>=8@2014".
        years: "shipped" for curves that come with the package; else draws by the last year that
            they know, or a folder of them, see `YearlyDraws`.
        start: An edited scenario that the edits come on top of; `base` if left out.
        posterior: Draws that know the whole record, as for `whatif`. This, `uniforms` and `seed`
            are not taken beside `years="shipped"`, as those curves are worked out already.
        uniforms: How many runs go on from each draw, 5 if None.
        seed: Seed of what is drawn, 1 if None.
        threads: Threads to use, all processors if None; numbers do not depend on it.
        progress: Called with (years done, years in all).

    Raises:
        SettingError: Naming all that is wrong with the question; or what shipped curves cannot
            take; or that none of them answers it, and how to make draws that do.
        ResultError: If draws cannot be read, or no longer hold.
    """
    question = asked_of_curves(base, several(edits), outcome, start=start)
    if isinstance(years, str) and years == USUAL:
        usual = isinstance(posterior, str) and posterior == USUAL
        given = {"posterior": None if usual else posterior, "uniforms": uniforms, "seed": seed}
        refuse_beside_shipped(base, given, "a folder of draws of each year as years")
        return shipped_curve(question)
    last = posteriors_of(posterior, base, question.theory).main
    number = as_seed(1 if seed is None else seed)
    draws = YearlyDraws(base, years, last, seed=number)
    runs = UNIFORMS if uniforms is None else uniforms
    (found,) = curves_of(
        [question], draws, uniforms=runs, seed=number, threads=threads, progress=progress
    )
    return found


def refuse_beside_shipped(base: Scenario, given: Mapping[str, Any], instead: str) -> None:
    """Refuse what curves that ship cannot take, as they are worked out already.

    Where none ship for a scenario, there is nothing to refuse: that is said of any question.

    Args:
        base: The factual scenario.
        given: What was given by its name, None for what was not.
        instead: What to give for it to count.

    Raises:
        SettingError: If anything was given.
    """
    names = [name for name, value in given.items() if value is not None]
    if names and shipped_curves(base)[0] is not None:
        it = "it" if len(names) == 1 else "them"
        problem = (
            f"{', '.join(names)}: curves that come with the package are worked out already; leave "
            f"{it} out, or give {instead} with {it}"
        )
        raise SettingError(WHERE, [problem])


@explains_calls
def inevitability_curves(  # noqa: PLR0913 - what is asked of them, by name
    base: Scenario,
    questions: Sequence[Mapping[str, Any]],
    *,
    years: Years,
    posterior: PosteriorDraws | str | os.PathLike[str] = USUAL,
    uniforms: int = UNIFORMS,
    seed: int = 1,
    progress: Progress | None = None,
    save: str | os.PathLike[str] | None = None,
    command: str = "",
) -> list[InevitabilityCurve]:
    """Return the curves of several questions about one history, which share the runs of each year.

    Args:
        base: The factual scenario.
        questions: Of each the `outcome`, and its `edits`, a `start`, or both, as `inevitability`
            takes them; under one theory.
        years: Draws by the last year that they know, or a folder of them.
        posterior: Draws that know the whole record.
        uniforms: How many runs go on from each draw.
        seed: Seed of what is drawn.
        progress: Called with (years done, years in all).
        save: A sealed file for all of them, such as ships with the package; None for none.
        command: The command line that makes that file again.

    Raises:
        SettingError: As `inevitability` does, or if questions are under different theories, or the
            file cannot be written.
        ResultError: If draws cannot be read, or no longer hold.
    """
    asked = [
        asked_of_curves(base, several(one.get("edits")), one["outcome"], start=one.get("start"))
        for one in questions
    ]
    last = posteriors_of(posterior, base, _theory_of_all(asked)).main
    draws = YearlyDraws(base, years, last, seed=seed)
    found = curves_of(asked, draws, uniforms=uniforms, seed=seed, progress=progress)
    if save is not None:
        StoredCurves.of(found, last, command=command).save(save)
    return found


def _theory_of_all(questions: Sequence[Question]) -> str | None:
    """Return the theory that all questions are under, None where none of them names one.

    Raises:
        SettingError: If they differ.
    """
    named = {None if one.theory is None else theory_of(one.theory).name for one in questions}
    if len(named) > 1:
        told = ", ".join(sorted(name or "none named" for name in named))
        problem = f"questions are under different theories ({told}); ask those of each apart"
        raise SettingError(WHERE, [problem])
    return next(iter(named), None)
