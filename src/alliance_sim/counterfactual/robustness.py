"""Whether an answer holds: under other readings of the record, a little other noise, and the prior.

Theories and couplings are asked by `answering`; here is what else speaks for or against an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alliance_sim.calibration.pareto import TRUSTED
from alliance_sim.calibration.posterior_draws import PosteriorDraws
from alliance_sim.calibration.variants import OtherReadings
from alliance_sim.counterfactual.estimates import (
    Estimate,
    both_worlds,
    effects_by_draw,
    estimate_of,
)
from alliance_sim.counterfactual.histories import Histories, beside_each_other, by_key
from alliance_sim.counterfactual.worlds import TwinWorlds, twin_worlds
from alliance_sim.glossary import percent_close
from alliance_sim.results.draws import ranks_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.counterfactual.question import Question
    from alliance_sim.scenario import Scenario

    Floats = NDArray[np.float64]

NUDGE = 0.1  # standard deviations by which all slow noise is moved: "a little"
PRIOR_DRAWS = 4096  # whose spread is compared with that of the posterior
SURE = 4.0  # standard errors from which a correlation is taken for one
MOST_TOLD = 5  # carriers that are named
LEAST_DRAWS = 3  # of which a spread is told
VARIED = ("series", "edition", "reporting")  # kinds of other readings, as their names begin


class Varied(NamedTuple):
    """The effect under one other reading of the record.

    Attributes:
        name: Such as "series alliance".
        effect: The effect; None where it is not to be had.
        how: "draws" of its own, "weights" of the draws, or "" where it is not to be had.
        k: Shape of the tail of the weights; None for draws of its own.
        words: Where the draws come from, or why there is no effect.
    """

    name: str
    effect: Estimate | None
    how: str
    k: float | None
    words: str


class Learnt(NamedTuple):
    """How much the data told of what carries an effect.

    Attributes:
        ratio: Standard deviation of it under the posterior over that under the prior; None where
            the effect goes with no single number over the draws, so that luck carries it.
        carriers: Numbers that carry it, the most important first: those of what is edited, and
            any other that the effect goes with over the draws.
        share: Share of the effect's variance over the draws that goes with their sum, 0 to 1; the
            rest is luck. What re-runs within a draw add to that variance is left out.
        edited: The same ratio of the numbers that belong to what is edited, such as the size of a
            juncture's effect; None where there are none.
    """

    ratio: float | None
    carriers: tuple[str, ...]
    share: float = 0.0
    edited: float | None = None

    @property
    def words(self) -> str:
        """What was found, in a sentence."""
        if self.ratio is None:
            told = "over the draws the effect goes with no single number: luck carries it"
        else:
            told = (
                f"{', '.join(self.carriers)} carry {percent_close(self.share)} of the effect's "
                "variance over the draws, luck the rest (sd ratio of what carries it "
                f"{self.ratio:.2f})"
            )
        if self.edited is not None:
            told += f"; of the size of what is edited the sd ratio is {self.edited:.2f}"
        return told


@dataclass(frozen=True)
class Robustness:
    """What else was tried.

    Attributes:
        varied: The effect under other readings of the record.
        bistable: Share of the draws in which a little other noise turns the sign of the effect.
        learnt: How much the data told of what carries the effect.
        problem: Why something that is kept was not used; "" if all was.
    """

    varied: tuple[Varied, ...]
    bistable: float | None
    learnt: Learnt
    problem: str = ""

    @property
    def means(self) -> dict[str, float]:
        """The effect under each other reading that was to be had, by name."""
        return {one.name: one.effect.value for one in self.varied if one.effect is not None}

    @property
    def not_had(self) -> tuple[str, ...]:
        """Readings that were not to be had, each in a few words."""
        return tuple(f"{one.name} ({one.words})" for one in self.varied if one.effect is None)

    def tree(self, kind: str) -> dict[str, Any]:
        """Return all of it as plain values; `kind` is what estimates are called."""
        return {
            "readings": [
                {
                    "reading": one.name,
                    "effect": None if one.effect is None else
                    {kind: one.effect.value, "low": one.effect.low, "high": one.effect.high},
                    "by": one.how or None,
                    "k": one.k if one.k is not None and np.isfinite(one.k) else None,
                    "words": one.words,
                }
                for one in self.varied
            ],
            "bistable": self.bistable,
            "sd_ratio": self.learnt.ratio,
            "carried_by": list(self.learnt.carriers),
            "share_carried": self.learnt.share,
            "sd_ratio_of_what_is_edited": self.learnt.edited,
            "not_used": self.problem,
        }  # fmt: skip


@dataclass(frozen=True)
class Tried:
    """What an answer rests on, for what is tried besides.

    Attributes:
        question: The question.
        posterior: The draws of the theory that is answered first.
        base: The factual scenario under that theory.
        edited: The edited one.
        worlds: Histories and their twins under the quantile coupling.
        uniforms: Sets of uniforms for each draw.
        seed: Seed of what is drawn.
        threads: Threads to use.
        past_of: Makes histories of draws with those sets and that seed, on one thread, or has them
            from another question.
    """

    question: Question
    posterior: PosteriorDraws
    base: Scenario
    edited: Scenario
    worlds: TwinWorlds
    uniforms: int
    seed: int
    threads: int | None
    past_of: Callable[[PosteriorDraws], Histories]

    def twins_of(self, past: Histories) -> TwinWorlds:
        """Return histories of other draws with their twins."""
        state = self.question.outcome.state
        return twin_worlds(self.base, self.edited, past, states=[state])


def robustness_of(tried: Tried, readings: OtherReadings, told: Callable[[], object]) -> Robustness:
    """Return all that is tried besides theories and couplings.

    Args:
        tried: What the answer rests on.
        readings: What is kept beside the draws.
        told: Called after each of three steps.
    """
    varied = under_other_readings(tried, readings)
    told()
    bistable = bistable_share(tried)
    told()
    data = learnt(tried)
    told()
    return Robustness(varied, bistable, data, readings.problem)


def under_other_readings(tried: Tried, readings: OtherReadings) -> tuple[Varied, ...]:
    """Return the effect under other series, editions and reporting of the record.

    Draws of their own come before weights; weights are used where k is at most 0.7.

    Args:
        tried: What the answer rests on.
        readings: What is kept beside the draws.
    """
    found: dict[str, Varied] = {}
    question, kept = tried.question, readings.weights
    fact, edited = both_worlds(question, tried.worlds)
    for name, k, ess, weights in () if kept is None else kept.readings():
        if weights is None:
            words = f"k is {k:.1f}, above {TRUSTED}: the draws lie too far from its posterior"
            found[name] = Varied(name, None, "", k, words)
        else:
            words = f"draws weighed, worth {ess:.0f} of {len(weights)}, k {k:.1f}"
            effect = estimate_of(
                edited - fact, tried.worlds.draws, binary=question.binary, weights=weights
            )
            found[name] = Varied(name, effect, "weights", k, words)

    def led_on(name: str) -> Varied:
        draws = readings.fitted[name]
        worlds = tried.twins_of(tried.past_of(draws))
        one, other = both_worlds(question, worlds)
        effect = estimate_of(other - one, worlds.draws, binary=question.binary)
        words = f"{len(draws)} draws of its own, of the record to {draws.held.until}"
        return Varied(name, effect, "draws", None, words)

    for one in beside_each_other(led_on, list(readings.fitted), tried.threads):
        found[one.name] = one
    order = {kind: place for place, kind in enumerate(VARIED)}
    return tuple(
        sorted(found.values(), key=lambda one: order.get(one.name.partition(" ")[0], len(order)))
    )


def nudged(posterior: PosteriorDraws, seed: int, size: float = NUDGE) -> PosteriorDraws:
    """Return draws whose slow noise is moved by a little, and is standard normal as before.

    Args:
        posterior: The draws.
        seed: Seed of the moves.
        size: Standard deviation of a move, from 0 to 1.
    """
    from scipy.special import ndtri

    held = posterior.held
    count, steps = held.ranks.shape[:2]
    lanes = np.arange(count, dtype=np.int64)
    moves = np.stack(
        [by_key(seed, f"counterfactual/nudge/{name}:v1", lanes, steps) for name in held.channels],
        axis=-1,
    )
    before = np.moveaxis(held.normals(slice(0, count)), -1, 0)
    after = np.sqrt(1.0 - size**2) * before + size * ndtri(moves)
    return PosteriorDraws(replace(held, ranks=ranks_of(after)), posterior.prior)


def bistable_share(tried: Tried) -> float | None:
    """Return the share of draws in which a little other noise turns the sign of the effect.

    The same parameters, the same uniforms, and slow noise moved by 0.1 standard deviations: the
    history comes to the record again, and its twin is run again. Draws that fail are left out; None
    if all do.
    """
    moved = nudged(tried.posterior, tried.seed)
    past = Histories.of_posterior(
        moved, tried.base, uniforms=1, seed=tried.seed, threads=tried.threads
    )
    near = tried.twins_of(past)
    count = tried.worlds.draws
    signs = []
    for worlds in (tried.worlds, near):
        fact, edited = both_worlds(tried.question, worlds)
        signs.append((edited - fact)[:count])
    there = np.isfinite(signs[0]) & np.isfinite(signs[1])
    if not there.any():
        return None
    return float((np.sign(signs[0][there]) != np.sign(signs[1][there])).mean())


def learnt(tried: Tried) -> Learnt:
    """Return how much the data told of what carries the effect.

    A yes/no effect has no spread under the prior that could be compared: most histories of the
    prior never come near the outcome. So it is asked of the numbers that carry it: those of what is
    edited, and any that the effect goes with over the draws. Of the sum of them, each by the slope
    of the effect in it, the spread over draws of the posterior is held against that over the prior.
    1 says that the data told nothing of it. Whether a further number is seen to carry the effect
    takes draws and re-runs; those of what is edited are there with any.

    Args:
        tried: What the answer rests on.
    """
    posterior = tried.posterior
    before = np.asarray(posterior.prior.sample(PRIOR_DRAWS, tried.seed))
    effect = effects_by_draw(tried.question, tried.worlds)
    there = np.isfinite(effect)
    after = posterior.held.parameters[there]
    own = _edited_numbers(tried)
    reruns = _by_reruns(tried)
    found = carried(after, effect[there], before, posterior.names, own=own, reruns=reruns)
    if not own or there.sum() < LEAST_DRAWS:
        return found
    shares = after[:, own].var(axis=0) / before[:, own].var(axis=0)
    return found._replace(edited=float(np.sqrt(shares.mean())))


def _edited_numbers(tried: Tried) -> list[int]:
    """Return which parameters belong to the junctures and leaders that are edited."""
    places = {".".join(change.path.split(".")[:2]) for change in tried.question.changes}
    return [
        k
        for k, name in enumerate(tried.posterior.names)
        if any(name == place or name.startswith(f"{place}.") for place in places)
    ]


def _by_reruns(tried: Tried) -> float:
    """Return how much of the variance of mean effects over draws comes from few re-runs."""
    fact, edited = both_worlds(tried.question, tried.worlds)
    sets = (edited - fact).reshape(-1, tried.worlds.draws)
    if len(sets) < 2:
        return 0.0
    whole = sets[:, np.isfinite(sets).all(axis=0)]
    return float(whole.var(axis=0, ddof=1).mean()) / len(sets) if whole.size else 0.0


def carried(
    after: Floats,
    effect: Floats,
    before: Floats,
    names: Sequence[str],
    *,
    own: Sequence[int] = (),
    reruns: float = 0.0,
) -> Learnt:
    """Return how much narrower what carries an effect has become.

    Args:
        after: Draws of the posterior, array (draw, parameter).
        effect: The effect in each of them, array (draw,).
        before: Draws of the prior, array (draw, parameter).
        names: Names of the parameters.
        own: Which parameters are what is edited: they count whether or not the effect is seen to
            go with them.
        reruns: How much of the variance of the effect over draws comes from few re-runs.
    """
    count, spread = len(effect), after.std(axis=0)
    if count < LEAST_DRAWS or np.ptp(effect) == 0.0:
        return Learnt(None, ())
    varies = spread > 0.0
    x = (after - after.mean(axis=0)) / np.where(varies, spread, np.inf)
    r = (effect - effect.mean()) @ x / (effect.std() * count)
    carries = np.abs(r) > SURE / np.sqrt(count)
    carries[list(own)] = True
    r = np.where(varies & carries, r, 0.0)
    if not r.any():
        return Learnt(None, ())
    slopes = r / np.where(varies, spread, np.inf)
    sums = after @ slopes
    ratio = float(sums.std() / (before @ slopes).std())
    over_draws = max(1.0 - reruns / float(effect.var()), 0.0)
    seen = float(np.corrcoef(sums, effect)[0, 1] ** 2)
    share = min(seen / over_draws, 1.0) if over_draws > 0.0 else 1.0
    order = np.argsort(-np.abs(r), kind="stable")[:MOST_TOLD]
    return Learnt(ratio, tuple(names[k] for k in order.tolist() if r[k] != 0.0), share)
