"""Whose parameters runs have: those of the file, or draws of a posterior that goes with it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from alliance_sim.errors import SettingError
from alliance_sim.results.draws import finder, given_draws, shipped_draws
from alliance_sim.results.ensemble import draws_taken

if TYPE_CHECKING:
    from alliance_sim.engine.vectors import ParameterDraws
    from alliance_sim.scenario import Scenario


def drawn_from(
    posterior: ParameterDraws | str | os.PathLike[str] | None,
    scenarios: Sequence[Scenario],
    *,
    where: str,
    runs: int | None = None,
) -> tuple[ParameterDraws | None, str]:
    """Return the draws with which scenarios are run, and what is to be said about them.

    Scenarios that are held against each other have the same draws or none, so that run r of each
    has the same parameters.

    Args:
        posterior: Draws, or a file or folder of them; "shipped" for those that ship with the
            package, where they go with all of the scenarios; None or "none" for the numbers that
            the scenarios state.
        scenarios: The scenarios, the factual one first.
        where: Who asks.
        runs: How many runs there will be, where that is to be told.

    Returns:
        The draws, None for none; and a sentence: which they are, or why the shipped ones are not
        used. It is "" where nothing ships, and where none were asked for.

    Raises:
        SettingError: If the draws that were asked for do not go with a scenario.
        ResultError: If they cannot be read, or no longer hold.
    """
    given = given_draws(posterior, scenarios[0], where=where)
    if given is None:
        return None, ""
    if isinstance(given, str):
        if not shipped_draws(scenarios[0].relationship):  # saves loading what would find none
            return None, ""
        draws, told = finder()(scenarios[0])
        if draws is None:
            return None, str(told)
        problems = [draws.misfit(one) for one in scenarios]
        if any(problems):
            return None, f"The shipped posterior is not used: {next(filter(None, problems))}."
    else:
        draws = given
        problems = [problem for one in scenarios if (problem := draws.misfit(one))]
        if problems:
            raise SettingError(where, problems)
    label = draws.label if runs is None else draws_taken(draws.label, runs)
    return draws, f"Parameters: {label}; chance is drawn anew."


def stated(scenario: Scenario) -> str:
    """Return in a sentence that runs have the numbers of the scenario, and what else ships."""
    told = "Parameters: as the scenario states them, judged or fitted; chance is drawn anew."
    if not shipped_draws(scenario.relationship):
        return told
    return (
        f"{told} --posterior shipped takes the draws that `history` and `compare` take, so that "
        "numbers of both can be set side by side."
    )
