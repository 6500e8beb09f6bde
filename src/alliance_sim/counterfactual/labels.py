"""What may be said of an answer: whether it holds across theories, couplings and codings.

One word for the reader: *robust*, *theory-dependent*, *fragile* or *silent*, with the reasons. A
check that was not made is a reason against "robust", for what was not tried cannot be said to hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alliance_sim.counterfactual.rewrite_cost import AMBER
from alliance_sim.errors import SettingError, shown, unknown_name
from alliance_sim.glossary import percent_close

Floats: TypeAlias = NDArray[np.float64]

SENTENCE = (
    "This is a statement about the model named above, given its assumptions and the coded list "
    "named above. It is not evidence about what would have happened outside that model."
)
LABELS = ("robust", "theory-dependent", "fragile", "silent")
LEAST_WEIGHT = 0.05  # of a theory that is asked for its sign
SURE = 0.9  # probability of the sign
LEARNT = 0.9  # posterior sd over prior sd above which the data said nothing of an effect
MOST_BISTABLE = 0.1  # share of draws where a little noise decides which way it goes
MOST_AMBIGUITY = 0.5  # share of the variance that lies between theories: above it sizes differ
NOT_HAD = "what was not to be had"
TURNED = "the effect turns around, or vanishes"
A_BIT = "one bit is a coin that has to come up heads"
THEORIES, COUPLINGS, VARIANTS, LEARNING, BISTABLE, REWRITE = CHECKS = (
    "other theories",
    "other ways to tie the luck of both worlds (couplings)",
    "other ways to read the record (series, editions, reporting)",
    "what was believed before the data (prior)",
    "a little other luck",
    "how much of history is rewritten (bits)",
)


@dataclass(frozen=True)
class Agreement:
    """How far rival theories agree on an effect.

    Attributes:
        mean: Mean over theories by their weights, of the mean effect of each.
        low: Smallest mean effect among theories that weigh more than 0.05.
        high: Largest.
        sign: Of the weighted majority: 1, -1 or 0.
        agreement: Weight of the theories whose mean effect has that sign.
        probability: Weighted share of the draws whose effect has that sign.
        against: Weighted share of those whose effect has the opposite sign; in the others nothing
            changes.
        ambiguity: Share of the variance that lies between theories; 0 if nothing varies.
        signs: Sign of each theory that weighs more than 0.05.
        means: Mean effect of every theory that was asked, those that weigh little too.
    """

    mean: float
    low: float
    high: float
    sign: int
    agreement: float
    probability: float
    against: float
    ambiguity: float
    signs: Mapping[str, int]
    means: Mapping[str, float]

    @property
    def widest(self) -> tuple[float, float]:
        """Smallest and largest mean effect of all theories that were asked."""
        return min(self.means.values()), max(self.means.values())


@dataclass(frozen=True, kw_only=True)
class Checks:
    """What else was tried; None, or nothing in it, says that it was not.

    Attributes:
        couplings: Mean effect under each coupling, by name.
        variants: Mean effect under other series, editions and reporting of the record, by name.
        sd_ratio: Posterior over prior standard deviation of what carries the effect.
        by_luck: Whether that was looked for, and no number carries it.
        bistable: Share of the draws in which a small change of noise turns the effect's sign.
        bits: What the edit rewrites of history (`rewrite_cost`).
        sign: Of the answer that is told first; that of the majority of theories if None.
        least: Size below which an effect counts as none, and has no sign.
        not_had: What was to be tried and could not be, each in a few words.
        how: By the name of a check in `CHECKS` the command that makes it.
        refused: Checks of the question itself that refuse it, each with why.
        doubts: Why the draws may not stand for the posterior.
    """

    couplings: Mapping[str, float] = field(default_factory=dict)
    variants: Mapping[str, float] = field(default_factory=dict)
    sd_ratio: float | None = None
    by_luck: bool = False
    bistable: float | None = None
    bits: float | None = None
    sign: int | None = None
    least: float = 0.0
    not_had: tuple[str, ...] = ()
    how: Mapping[str, str] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Label:
    """One word, and why not a better one.

    Attributes:
        name: One of "robust", "theory-dependent", "fragile" and "silent".
        reasons: What speaks against "robust", the most important first; empty if it is.
    """

    name: str
    reasons: tuple[str, ...]


def sign_of(effect: float, least: float = 0.0) -> int:
    """Return the sign of an effect: 1, -1, or 0 where it is below a size that counts."""
    return 0 if abs(effect) < least else int(np.sign(effect))


def agreement(
    effects: Mapping[str, ArrayLike], weights: Mapping[str, float], *, least: float = 0.0
) -> Agreement:
    """Return how far theories agree on an effect.

    Args:
        effects: Draws of the effect (draw,) under each theory, by name.
        weights: Weight of each theory, at least 0, as from stacking; scaled to add up to 1.
        least: Size below which an effect counts as none, and has no sign.

    Raises:
        SettingError: If names do not match, all weights are 0, or draws are no finite numbers.
    """
    drawn = {name: np.asarray(values, dtype=np.float64) for name, values in effects.items()}
    problems = [f"weights: {unknown_name('theory', n, drawn)}" for n in weights if n not in drawn]
    problems += [f"effects: theory {name!r} has no weight" for name in drawn if name not in weights]
    problems += [
        f"effects of {name!r} have shape {values.shape}, must be (draw,) of finite numbers"
        for name, values in drawn.items()
        if values.ndim != 1 or not values.size or not np.isfinite(values).all()
    ]
    problems += [
        f"weight of {name!r} is {shown(weight)}, must be a number, at least 0"
        for name, weight in weights.items()
        if not 0.0 <= weight < np.inf
    ]
    if not problems and not sum(weights.values()) > 0.0:
        problems = ["weights add up to 0, one must be above"]
    if problems:
        raise SettingError("agreement", problems)
    names = list(drawn)
    w = np.array([weights[name] for name in names], dtype=np.float64)
    w /= w.sum()
    means = np.array([drawn[name].mean() for name in names])
    # What all theories agree on lies between none of them, whatever rounding leaves.
    mean = float(np.clip(w @ means, means.min(), means.max()))
    between = float(w @ (means - mean) ** 2)
    within = float(w @ np.array([drawn[name].var() for name in names]))
    signs = np.array([sign_of(value, least) for value in means.tolist()])
    by_sign = {sign: float(w[signs == sign].sum()) for sign in (1, -1, 0)}
    majority = max(by_sign, key=lambda sign: by_sign[sign])
    of_draws = [np.where(np.abs(drawn[n]) < least, 0.0, np.sign(drawn[n])) for n in names]
    same = np.array([float((its == majority).mean()) for its in of_draws])
    other = np.array([float((its == -majority).mean()) for its in of_draws])
    heavy = w > LEAST_WEIGHT
    return Agreement(
        mean=mean,
        low=float(means[heavy].min()),
        high=float(means[heavy].max()),
        sign=majority,
        agreement=by_sign[majority],
        probability=float(w @ same),
        against=float(w @ other) if majority else 0.0,
        ambiguity=between / (between + within) if between + within > 0.0 else 0.0,
        signs={name: int(sign) for name, sign, of in zip(names, signs, heavy, strict=True) if of},
        means=dict(zip(names, means.tolist(), strict=True)),
    )


def label(agreed: Agreement, checks: Checks) -> Label:
    """Return what may be said of an answer.

    Checked in this order: *fragile* if the question itself is refused; *silent* if the data said
    nothing of the effect (its posterior is as wide as its prior); *fragile* if its sign hangs on
    the coupling, or on a little noise in more than one draw of ten; *theory-dependent* if theories
    that weigh more than 0.05 differ in sign, or more than half of the variance lies between them;
    *fragile* if the sign is not sure, another series or reporting turns it, too much of history is
    rewritten, the draws may not stand for the posterior, or one of these was not checked; else
    *robust*.

    Args:
        agreed: How far theories agree.
        checks: What else was tried.
    """
    silent, coupled = _silent(checks), _fragile(agreed, checks)
    theories, unsure = _of_theories(agreed, checks), _unsure(agreed, checks)
    refused = [f"the question itself is refused: {one}" for one in checks.refused]
    reasons = (*refused, *silent, *coupled, *theories, *unsure)
    order = (
        ("fragile", refused),
        ("silent", silent),
        ("fragile", coupled),
        ("theory-dependent", theories),
        ("fragile", unsure),
    )
    return Label(next((name for name, found in order if found), "robust"), reasons)


def _silent(checks: Checks) -> list[str]:
    if checks.sd_ratio is None or not checks.sd_ratio > LEARNT:
        return []
    told = f"{percent_close(checks.sd_ratio)} as uncertain as before the data"
    return [f"the record says hardly anything of it: the number behind it is {told}"]


def _sign(agreed: Agreement, checks: Checks) -> int:
    return agreed.sign if checks.sign is None else checks.sign


def _turned(checks: Checks, sign: int, effects: Mapping[str, float]) -> list[str]:
    return [name for name, effect in effects.items() if sign_of(effect, checks.least) != sign]


def _fragile(agreed: Agreement, checks: Checks) -> list[str]:
    reasons = []
    turned = _turned(checks, _sign(agreed, checks), checks.couplings)
    if turned:
        how = f"if the luck of both worlds is tied in another way ({', '.join(turned)})"
        reasons.append(f"{TURNED}, {how}")
    if checks.bistable is not None and checks.bistable > MOST_BISTABLE:
        share = f"{percent_close(checks.bistable)} of the draws"
        reasons.append(f"in {share} a little other luck changes which way the effect goes")
    return reasons


def _of_theories(agreed: Agreement, checks: Checks) -> list[str]:
    reasons = []
    sign = _sign(agreed, checks)
    other = [name for name, its in agreed.signs.items() if its != sign]
    if other:
        reasons.append(f"{TURNED}, under the theory {', '.join(other)}")
    if agreed.ambiguity > MOST_AMBIGUITY:
        share = f"{percent_close(agreed.ambiguity)} of how much it varies (variance)"
        reasons.append(f"theories differ on how large the effect is: {share} lies between them")
    return reasons


def _unsure(agreed: Agreement, checks: Checks) -> list[str]:
    reasons = list(checks.doubts)
    if agreed.sign == 0:
        share = f"{percent_close(agreed.probability)} of the draws"
        reasons.append(f"it goes neither way: next to nothing changes in {share}")
    elif agreed.probability <= SURE:
        told = f"the effect goes this way in {percent_close(agreed.probability)} of the draws only"
        rest = "in the others next to nothing changes"
        reasons.append(f"{told}, the other way in {percent_close(agreed.against)}; {rest}")
    turned = _turned(checks, _sign(agreed, checks), checks.variants)
    if turned:
        reasons.append(f"{TURNED}, with {', '.join(turned)}")
    if checks.bits is not None and checks.bits > AMBER:
        cost = f"{checks.bits:.0f} bits of history ({A_BIT})"
        reasons.append(f"the edit rewrites {cost}, more than {AMBER:.0f}")
    if len(agreed.means) < 2:
        reasons.append(_with_command("only one theory was asked", checks.how.get(THEORIES)))
    if checks.not_had:
        told = f"not to be had: {'; '.join(checks.not_had)}"
        reasons.append(_with_command(told, checks.how.get(NOT_HAD)))
    tried = {
        COUPLINGS: len(checks.couplings) > 1,
        VARIANTS: bool(checks.variants),
        LEARNING: checks.sd_ratio is not None or checks.by_luck,
        BISTABLE: checks.bistable is not None,
        REWRITE: checks.bits is not None,
    }
    missing = [name for name, done in tried.items() if not done]
    reasons += [_with_command(f"not checked: {name}", checks.how.get(name)) for name in missing]
    return reasons


def _with_command(words: str, command: str | None) -> str:
    return words if command is None else f"{words}; to check: {command}"
