"""Which draws of a posterior answer a question: of the theory asked for, and of its rivals."""

from __future__ import annotations

import os
import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alliance_sim.calibration.kept_fit import FIT, told_of_fit
from alliance_sim.calibration.posterior_draws import PosteriorDraws
from alliance_sim.calibration.shipped import shipped_posterior
from alliance_sim.calibration.variants import OtherReadings, readings_beside
from alliance_sim.errors import SettingError, shown
from alliance_sim.results.draws import NONE, USUAL, shipped_draws
from alliance_sim.results.sealed import ENDING
from alliance_sim.scenario.edits_in_words import changes_between, texts_of
from alliance_sim.scenario.file import word_for
from alliance_sim.scenario.theories import own_theory, theory_of, with_theory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from alliance_sim.scenario import Scenario
    from alliance_sim.scenario.schema import Change

WHERE = "posterior"


class Posteriors(NamedTuple):
    """Draws for a question.

    Attributes:
        main: Those that it is answered with.
        others: Those of rival theories.
        readings: What is kept beside them of other readings of the record.
        place: Where they lie as it was given; "" for those that ship or were given themselves.
        given: Whether they were given themselves, so that nothing can be looked for beside them.
    """

    main: PosteriorDraws
    others: tuple[PosteriorDraws, ...] = ()
    readings: OtherReadings = OtherReadings()
    place: str = ""
    given: bool = False


def posteriors_of(
    given: PosteriorDraws | str | os.PathLike[str],
    base: Scenario,
    theory: str | None = None,
    *,
    called: str = "",
    rivals: bool = True,
) -> Posteriors:
    """Return the draws that a question is answered with.

    Args:
        given: Draws; "shipped" for those that come with the package; else a file of draws, or a
            folder of such files or of a fit.
        base: The factual scenario, the one that was fitted.
        theory: The theory that is asked for; that of the scenario's switches if left out, or of
            the draws where they are given or in one file. Rivals are asked only if it is left out.
        called: What a command finds the scenario by, where that is known.
        rivals: Whether rival theories and other readings are asked for as well.

    Raises:
        SettingError: If there are none, or they do not go with the scenario or the theory.
        ResultError: If they cannot be read, or no longer hold.
        ScenarioError: If the theory is unknown, or the folder has no draws of it.
    """
    _refuse_none(given)
    wanted = None if theory is None else theory_of(theory).name
    if isinstance(given, PosteriorDraws):
        found = [given]
    elif given == USUAL:
        found = _shipped(base, wanted, called, rivals=rivals)
    else:
        found = _kept(Path(os.fspath(given)), base, wanted, called, rivals=rivals)
    problems = [problem for one in found if (problem := _misfit(one, base))]
    if problems and (edits := changes_between(found[0].prior.scenario, base)):
        problems = [_edited_already(found[0], base, edits)]
    if wanted is not None and found[0].theory != wanted:
        problems.append(f"the draws are of theory {found[0].theory}, and {wanted} is asked for")
    if problems:
        raise SettingError(WHERE, problems)
    if isinstance(given, PosteriorDraws):
        return Posteriors(found[0], given=True)
    place = "" if given == USUAL else os.fspath(given)
    if not rivals:
        return Posteriors(found[0], place=place)
    readings = readings_beside(place or None, found[0], base)
    return Posteriors(found[0], tuple(found[1:]), readings, place)


def _refuse_none(given: object) -> None:
    """Raise an error if what is given says that there are no draws, or can be none.

    Raises:
        SettingError: Saying why draws are needed, or what can be given.
    """
    if given is None or (isinstance(given, str) and given == NONE):
        problem = (
            f"is {given}, and without draws nothing is known of the noise of this history; compare "
            "runs edited scenarios with fresh noise and the numbers of the file"
        )
        raise SettingError(WHERE, [problem])
    if not isinstance(given, PosteriorDraws | str | os.PathLike):
        problem = f"is {shown(given)}, must be draws, {USUAL!r}, or a file or folder of draws"
        raise SettingError(WHERE, [problem])


def with_theory_of(scenario: Scenario, posterior: PosteriorDraws) -> Scenario:
    """Return a scenario with the switches of the theory that draws are of."""
    return with_theory(scenario, theory_of(posterior.theory))


def some_draws(posterior: PosteriorDraws, chosen: NDArray[np.int64]) -> PosteriorDraws:
    """Return some draws of a posterior, by their numbers, array (chosen,)."""
    held = posterior.held
    few = replace(
        held,
        parameters=np.ascontiguousarray(held.parameters[chosen]),
        ranks=np.ascontiguousarray(held.ranks[chosen]),
        checked=(),
        log_likelihood=np.zeros(0),
    )
    return PosteriorDraws(few, posterior.prior)


def _misfit(posterior: PosteriorDraws, base: Scenario) -> str:
    """Return in a sentence why draws do not go with a factual scenario, "" if they do."""
    under = with_theory_of(base, posterior)
    return posterior.misfit(under.model_copy(update={"edits": posterior.prior.scenario.edits}))


def _edited_already(posterior: PosteriorDraws, base: Scenario, edits: Sequence[Change]) -> str:
    told = "; ".join(texts_of(edits, tables=True))
    fitted = posterior.prior.scenario.name
    return (
        f"the posterior is of {fitted}, and {base.name} is that with edits ({told}); give {fitted} "
        "as the factual scenario, and them as edits"
    )


def _fit_of(base: Scenario, called: str) -> str:
    return f"alliance-sim calibrate {shlex.quote(word_for(base, called))} --out FIT"


def _shipped(
    base: Scenario, wanted: str | None, called: str, *, rivals: bool
) -> list[PosteriorDraws]:
    known = shipped_draws(base.relationship)
    if not known:
        problem = (
            f"no draws of a posterior come with the package for {base.name}; fit it first and name "
            f"the folder: {_fit_of(base, called)}, then --posterior FIT, or posterior='FIT' in "
            "Python"
        )
        raise SettingError(WHERE, [problem])
    first = wanted or own_theory(base).name
    others = (name for name in known if name != first) if rivals and wanted is None else ()
    names = [first, *others]
    found = [shipped_posterior(base, name) for name in names]
    return [one for one in found if one is not None]


def _kept(
    place: Path, base: Scenario, wanted: str | None, called: str, *, rivals: bool
) -> list[PosteriorDraws]:
    if not place.exists():
        problem = (
            f"is {shown(str(place))}, must be {USUAL}, or a file or folder of draws that exists"
        )
        raise SettingError(WHERE, [problem])
    if not place.is_dir():
        return [PosteriorDraws.load(place, base)]  # the caller refuses another theory's
    if (place / FIT).is_file():
        names = list(told_of_fit(place)["theories"])
    else:
        names = [file.stem for file in sorted(place.glob(f"*{ENDING}"))]
    if not names:
        problem = (
            f"{shown(str(place))} holds no fit and no draws (files that end in {ENDING}); give the "
            f"folder of a fit: {_fit_of(base, called)}"
        )
        raise SettingError(WHERE, [problem])
    own = own_theory(base).name
    first = wanted or (own if own in names else next(iter(names), own))
    others = [name for name in names if name != first] if rivals and wanted is None else []
    return [PosteriorDraws.load(place, base, theory=name) for name in (first, *others)]
