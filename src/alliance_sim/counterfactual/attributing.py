"""Which junctures made an outcome: every set of them taken away, on the histories of a posterior.

The contrast is between two worlds on the same noise: this history, and this history without any of
the players. What each contributes to it depends on who is there already, so Shapley's value (the
mean over all orders) stands beside four others, draw by draw.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from alliance_sim.analysis.attribution import (
    add_one_in,
    leave_one_out,
    owen,
    shapley,
    time_ordered,
)
from alliance_sim.counterfactual.contributions import (
    ALONE,
    IN_ORDER,
    OWEN,
    SHAPLEY,
    WITHOUT,
    Attribution,
    Group,
)
from alliance_sim.counterfactual.couplings import QUANTILE, checked_coupling
from alliance_sim.counterfactual.estimates import Estimate, mean_of
from alliance_sim.counterfactual.histories import Histories
from alliance_sim.counterfactual.juncture_game import JunctureGame, wrong_players
from alliance_sim.counterfactual.posteriors import posteriors_of
from alliance_sim.counterfactual.question import read_outcome
from alliance_sim.errors import SettingError, explains_calls, shown, unknown_name
from alliance_sim.noise import as_seed
from alliance_sim.results.draws import USUAL
from alliance_sim.results.outcomes import Outcome, is_binary
from alliance_sim.scenario.theories import theory_of, with_theory
from alliance_sim.several import several

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.engine.simulate import Progress
    from alliance_sim.scenario import Scenario
    from alliance_sim.scenario.schema import Juncture

    Floats = NDArray[np.float64]

WHERE = "attribution"
MOST_PLAYERS = 15  # whose coalitions can all be asked on a whole model
USUAL_PLAYERS = 8  # that are taken where nobody names any
UNIFORMS = 4
ACTORS = {  # whose an effect is, by what it moves; else of whom or what it is
    "win_set": "state",
    "attention": "alliance",
    "link": "alliance",
    "commitment": "guarantor",
    "networking": "guarantor",
}
PERIOD, ACTOR = "period", "actor"
Groups = Literal["period", "actor"] | Sequence[Sequence[str]]


@explains_calls
def attribute(  # noqa: PLR0913 - what is asked of one question, by name
    base: Scenario,
    junctures: str | Sequence[str] = (),
    *,
    outcome: str,
    groups: Groups = "period",
    posterior: PosteriorDraws | str | os.PathLike[str] = USUAL,
    theory: str | None = None,
    coupling: str = QUANTILE,
    most: int = USUAL_PLAYERS,
    uniforms: int = UNIFORMS,
    seed: int | str = 1,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Attribution:
    """Return what junctures contribute to an outcome, by every convention, with intervals.

    Args:
        base: The factual scenario.
        junctures: The players, one or several, at most 15. Left out, all junctures before the
            outcome are tried alone and last, and those that move it most are taken.
        outcome: What is looked at, such as "rung>=8@2014".
        groups: Of Owen's value: "period" (stages of the history), "actor" (whose doing they are),
            or lists of players.
        posterior: Draws of parameters and noise, as for `whatif`.
        theory: Theory that all worlds are under; that of the scenario if left out.
        coupling: How acts of the worlds hang together.
        most: How many players are taken where none is named, at most 15.
        uniforms: Sets of uniforms for each draw.
        seed: Seed of what the record leaves open.
        threads: Threads to use, all processors if None; numbers do not depend on it.
        progress: Called with (worlds run, worlds in all).

    Raises:
        SettingError: Naming all that is wrong: junctures that are unknown, named twice, or come
            after the outcome; more than can be counted exactly; groups that are no division of the
            players; an outcome that cannot be read; or that there are no draws.
        ResultError: If the draws cannot be read, or no longer hold.
    """
    junctures = several(junctures)
    seen = checked(base, junctures, outcome, coupling=coupling, most=most, groups=groups)
    main = posteriors_of(posterior, base, theory, rivals=False).main
    under = with_theory(base, theory_of(main.theory))
    past = Histories.of_posterior(
        main, under, uniforms=uniforms, seed=as_seed(seed), threads=threads
    )
    everybody = [one.name for one in _before(base, seen)]
    players, idle = list(junctures), list[str]()
    worlds = _Worlds(under, past, outcome, coupling, progress)
    if not players:
        players, idle = _screened(worlds, everybody, most, draws=len(main))
    game = worlds.game(players)
    owens = _groups(base, game.players, groups)
    worlds.expect(2 ** len(players))
    shares = {
        SHAPLEY: shapley(game.players, game),
        OWEN: owen([group.players for group in owens], game),
        IN_ORDER: time_ordered(game.players, game),
        WITHOUT: leave_one_out(game.players, game),
        ALONE: add_one_in(game.players, game),
    }
    whole, nobody = game(frozenset(game.players)), game(frozenset())
    over = _OverDraws(len(main), worlds.failed, binary=is_binary(seen))
    titles = {one.name: one.title for one in base.junctures}
    return Attribution(
        scenario=under,
        outcome=seen,
        players=game.players,
        titles={name: titles[name] for name in game.players},
        aside=tuple(name for name in everybody if name not in game.players),
        idle=tuple(idle),
        chosen=bool(junctures),
        groups=owens,
        fact=over.estimate(whole),
        nobody=over.estimate(nobody),
        contrast=over.estimate(whole - nobody),
        effect=over.each(whole - nobody),
        draws={
            how: {name: over.each(one) for name, one in by.items()} for how, by in shares.items()
        },
        estimates={
            how: {name: over.estimate(one) for name, one in by.items()}
            for how, by in shares.items()
        },
        together=tuple(
            over.estimate(np.sum([shares[OWEN][name] for name in group.players], axis=0))
            for group in owens
        ),
        posterior=main,
        histories=len(past) - int(worlds.failed.sum()),
        failed=int(worlds.failed.sum()),
        coupling=coupling,
        asked=worlds.done,
        seed=past.seed,
    )


class _OverDraws(NamedTuple):
    """What histories come to over draws; those that failed in any world are left out of all."""

    draws: int
    failed: NDArray[np.bool_]
    binary: bool

    def each(self, values: Floats) -> Floats:
        """Return means over the histories of each draw that has any, array (draw,)."""
        sets = np.where(self.failed, np.nan, values).reshape(-1, self.draws)
        whole: Floats = np.nanmean(sets[:, np.isfinite(sets).any(axis=0)], axis=0)
        return whole

    def estimate(self, values: Floats) -> Estimate:
        """Return the mean over draws and its interval."""
        return mean_of(np.where(self.failed, np.nan, values), self.draws, binary=self.binary)


class _Worlds:
    """Worlds of one history without some of its junctures, each run once.

    Attributes:
        failed: Which histories failed in any of them, array (history,).
    """

    def __init__(
        self,
        base: Scenario,
        past: Histories,
        outcome: str,
        coupling: str,
        progress: Progress | None,
    ) -> None:
        self._base, self._past, self._outcome, self._coupling = base, past, outcome, coupling
        self._progress, self._whole = progress, 0
        self._kept: dict[frozenset[str], Floats] = {}
        self.failed = np.zeros(len(past), dtype=bool)

    @property
    def done(self) -> int:
        """How many worlds were run."""
        return len(self._kept)

    def expect(self, more: int) -> None:
        """Say how many worlds are still to come, at most."""
        self._whole = self.done + more

    def game(self, players: Sequence[str]) -> _KeptGame:
        """Return the value of every set of some players, whose worlds are kept by who is gone."""
        game = JunctureGame(self._base, players, self._past, self._outcome, coupling=self._coupling)
        return _KeptGame(game, self)

    def value(self, gone: frozenset[str], run: Callable[[], Floats]) -> Floats:
        """Return the outcome of a world, array (history,), 0 where it failed."""
        if gone not in self._kept:
            found = run()
            self.failed |= np.isnan(found)
            self._kept[gone] = np.where(np.isnan(found), 0.0, found)
            if self._progress is not None:
                self._progress(self.done, max(self._whole, self.done))
        return self._kept[gone]


class _KeptGame:
    """A game whose worlds are run once, whichever convention asks for them."""

    def __init__(self, game: JunctureGame, worlds: _Worlds) -> None:
        self.players = game.players
        self._game, self._worlds = game, worlds

    def __call__(self, there: frozenset[str]) -> Floats:
        """Return the outcome where of the players only these happened, array (history,)."""
        gone = frozenset(self.players) - there
        return self._worlds.value(gone, lambda: self._game.by_history(there))


def _screened(
    worlds: _Worlds, names: Sequence[str], most: int, *, draws: int
) -> tuple[list[str], list[str]]:
    """Return the players that move the outcome most, alone or last, and those that never do."""
    worlds.expect(2 * len(names) + 2 ** min(most, len(names)))
    game = worlds.game(names)
    moved = dict.fromkeys(names, 0.0)
    for found in (leave_one_out(names, game), add_one_in(names, game)):
        for name, values in found.items():
            by_draw = values.reshape(-1, draws).mean(axis=0)
            moved[name] = max(moved[name], float(np.abs(by_draw).mean()))
    idle = [name for name in names if moved[name] == 0.0]
    there = sorted((n for n in names if moved[n] > 0.0), key=lambda name: -moved[name])
    if not there:
        problem = (
            f"none of {len(names)} junctures before the outcome moves it in any draw, alone or "
            "last; there is nothing to attribute"
        )
        raise SettingError(WHERE, [problem])
    return there[:most], idle


def checked(
    base: Scenario,
    junctures: Sequence[str],
    outcome: str,
    *,
    coupling: str,
    most: int,
    groups: Groups,
) -> Outcome:
    """Return the outcome of a question that makes sense.

    Raises:
        SettingError: Naming all that is wrong.
    """
    problems: list[str] = []
    found = read_outcome(base, outcome, problems)
    try:
        checked_coupling(coupling)
    except SettingError as error:
        problems += error.problems
    there = {juncture.name: juncture for juncture in base.junctures}
    problems += wrong_players(base, junctures)
    if found is not None:
        before = {one.name for one in _before(base, found)}
        problems += [
            f"juncture {name!r} comes on {there[name].date}, after all that outcome {outcome!r} "
            "looks at, so it contributes nothing"
            for name in dict.fromkeys(junctures)
            if name in there and there[name].present and name not in before
        ]
        if not before and not problems:
            problems.append(f"no juncture of {base.name} comes before outcome {outcome!r}")
    if len(junctures) > MOST_PLAYERS:
        problems.append(
            f"{len(junctures)} junctures are named, and their {2 ** len(junctures):,} coalitions "
            f"cannot be counted exactly; name at most {MOST_PLAYERS} ({2**MOST_PLAYERS:,} worlds), "
            "or none, for those that move the outcome most"
        )
    if type(most) is not int or not 1 <= most <= MOST_PLAYERS:
        problems.append(
            f"most is {shown(most)}, must be a whole number from 1 to {MOST_PLAYERS}: more players "
            "cannot be counted exactly"
        )
    problems += _wrong_groups(junctures, groups)
    if problems or found is None:
        raise SettingError(WHERE, problems)
    return found


def _wrong_groups(players: Sequence[str], groups: Groups) -> list[str]:
    """Return what is wrong with groups of some players, in sentences."""
    if isinstance(groups, str):
        known = (PERIOD, ACTOR)
        return [] if groups in known else [unknown_name("division", groups, known)]
    if not players:
        problem = "groups are listed, and no juncture is named; name those that are in them"
        return [f"{problem}, or divide by {PERIOD} or {ACTOR}"]
    given = [name for group in groups for name in group]
    several = [name for name in dict.fromkeys(given) if given.count(name) > 1]
    return [
        *(f"{name!r} is in no group" for name in players if name not in given),
        *(f"{name!r} is in a group and no player" for name in given if name not in players),
        *(f"{name!r} is in {given.count(name)} groups" for name in several),
        *("a group is empty; leave it out" for group in groups if not group),
    ]


def _before(base: Scenario, outcome: Outcome) -> list[Juncture]:
    """Return the junctures that happened before all that an outcome looks at, by date."""
    calendar = base.calendar()
    found = [
        one for one in base.junctures if one.present and calendar.index(one.date) < outcome.stop
    ]
    return sorted(found, key=lambda one: (one.date, one.name))


def _groups(base: Scenario, players: Sequence[str], groups: Groups) -> tuple[Group, ...]:
    """Return players in groups, which were checked."""
    there = {one.name: one for one in base.junctures}
    if not isinstance(groups, str):
        return tuple(Group(" + ".join(group), tuple(group)) for group in groups)
    if groups == ACTOR:
        names = {name: _actor(there[name]) for name in players}
    else:
        stages = base.calendar().periods
        names = {
            name: next((p.name for p in stages if p.start <= there[name].date <= p.end), "no stage")
            for name in players
        }
    return tuple(
        Group(group, tuple(name for name in players if names[name] == group))
        for group in dict.fromkeys(names[name] for name in players)
    )


def _actor(juncture: Juncture) -> str:
    """Return whose doing a juncture is, by the first thing that it moves."""
    if not juncture.effects:
        return "nobody"
    first = juncture.effects[0]
    return ACTORS.get(first.moves) or first.of or first.moves
