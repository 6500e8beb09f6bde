"""What a check of a claim is: a pure question to one history, and its answer in numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import numpy as np

from alliance_sim.record.one_history import NotMeasured, OneHistory
from alliance_sim.record.words import registered

FAILED = "not applicable: the run failed"  # what every claim says of such a run


@dataclass(frozen=True)
class Verdict:
    """What one history says to one claim.

    Attributes:
        holds: Whether the claim holds; None where it does not apply to this history.
        reading: The measured numbers, for a reader who doubts the verdict.
    """

    holds: bool | None
    reading: str


@dataclass(frozen=True)
class Check:
    """One claim as a question that any history can be asked.

    Attributes:
        id: The claim, such as "C02".
        reading: In one sentence, how the claim is read here.
        question: The function that measures and judges.
        edition: Edition of the record from which on the claim is read so.
    """

    id: str
    reading: str
    question: Callable[[OneHistory], Verdict]
    edition: int = 1

    def __call__(self, history: OneHistory) -> Verdict:
        """Return the verdict; "not applicable" to a failed run or where something is lacking."""
        if np.isnan(history.rung).any():
            return Verdict(None, FAILED)
        try:
            return self.question(history)
        except NotMeasured as reason:
            return Verdict(None, f"not applicable: {reason}")


def check(
    identifier: str, reading: str, *, edition: int = 1
) -> Callable[[Callable[[OneHistory], Verdict]], Check]:
    """Return a decorator that makes a check of a function."""

    def declare(question: Callable[[OneHistory], Verdict]) -> Check:
        return Check(identifier, reading, question, edition)

    return declare


@cache
def checks_of(relationship: str, edition: int | None = None) -> dict[str, Check]:
    """Return the checks of a relationship's claims, by claim and in its order.

    They are those that the modules `claims_*.py` in the relationship's folder declare; none for a
    relationship that has no such folder.

    Args:
        relationship: Its name.
        edition: Edition of the record whose claims are meant: each is read as in the last edition
            up to it that says so, and claims that came later are left out. None: the newest.
    """
    if relationship not in registered():
        return {}
    package = f"alliance_sim.record.{relationship}"
    names = [m.name for m in iter_modules(import_module(package).__path__)]
    modules = [import_module(f"{package}.{n}") for n in names if n.startswith("claims_")]
    found = [part for module in modules for part in vars(module).values()]
    checks = sorted((p for p in found if isinstance(p, Check)), key=lambda one: one.edition)
    by_id = {one.id: one for one in checks if edition is None or one.edition <= edition}
    return dict(sorted(by_id.items()))


def without_levels(reading: str, *, holds: bool) -> Verdict:
    """Return the verdict on a claim of two halves where only that on events can be measured.

    One false half is enough to refute a claim, one true half is not enough to uphold it.
    """
    return Verdict(None if holds else False, f"{reading}; levels are not in the record")
