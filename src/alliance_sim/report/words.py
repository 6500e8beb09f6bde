"""The longer texts of the page, and how numbers are put into words."""

from __future__ import annotations

import math

from alliance_sim.comparison.history import HELD

SERIES_WORDS = {
    "all": "All acts",
    "alliance": "Without acts of single allies",
    "salience2": "Salience 2 or 3 only",
}
RECORD_WORDS = {
    "supported": "supports it",
    "partly": "supports it in part",
    "contradicted": "does not bear it out",
    "untestable": "cannot test it",
}
SELDOM = round(1 - HELD, 9)  # share of runs up to which a claim counts as not told

READING = """
The description claims 28 things about how Japan and NATO came to cooperate. Each is read here as
a test that a single course of events passes or fails. The share is that of the simulated runs
which pass. It is a property of the model: neither the probability that the claim is true nor
evidence for it. What the coded record says stands beside it, first as the coder's verdict, which
also weighs what cannot be counted, then as the outcome of the very same test where the record can
be put to it (it holds dated acts, not levels or perceptions).
"""

CONTESTED = """
The claims restate the abstract of one scholar's article; the article itself was not at hand when
they were coded. It is one reading of a contested history. Others may draw the stages at other
dates, give the United States, China or domestic politics another weight, or see other motives.
A model that tells this history shows that the account hangs together under its assumptions. It
does not show that the account is right, nor that a rival one is wrong.
"""

NOT_FITTED = """
The numbers of the scenario are starting values: read from published series, taken from dated
inputs or judged within a stated range, and set by hand with the record in view. None has been
fitted yet, and a good match may come as much from how they were chosen as from the model.
"""

WEAKNESSES = """
One person coded it in one pass. Nobody coded it a second time, so there is no figure of how
reliable the coding is.

It rests on stored public pages, often on an excerpt rather than the whole document: a source means
that the page states the fact, not that everything in it was read.

Younger acts are easier to find. The counts of the last stage are inflated against the first two;
compare all three series, and trust change within the last stage more than ratios between stages.

No contacts of the 1950s and 1960s were found, and undated visits of the 1980s are left out: an
empty year is not proof of silence, and the Cold War is probably undercounted.

Of the 25 equipment acts since the end of 2012, 22 are deals with single allies or the joint combat
aircraft, and only 3 involve NATO bodies. The series without single allies shows what is left.

Many small aid items make the operations of 2001 to 2012 look larger than troops alone would.

Some dates are known only to the month or the year; those stand for the middle of it. Days of some
agreements and the sums of some gifts were not found.

The stages are the description's, their first and last days are ours. The third could also end in
2010; here it runs to the eve of the second Abe government.
"""


def percent(share: float | None) -> str:
    """Return a share in whole percent, rounded down so that 79.9 does not pass for 80."""
    if share is None:
        return "–"
    if 0 < share < 0.01:
        return "under 1 %"
    return f"{math.floor(share * 100 + 1e-9)} %"


def beside(record: str, share: float | None) -> tuple[str, str]:
    """Return how a share of runs stands to the record: a word for the style, and the words.

    Args:
        record: What the record comes to, such as "supported".
        share: Share of runs in which the claim holds; None if it applies to none.
    """
    if share is None:
        return "open", "not applicable"
    if record == "supported":
        if share >= HELD:
            return "agrees", "agrees"
        return ("differs", "differs") if share <= SELDOM else ("short", "falls short")
    if record == "contradicted":
        if share >= HELD:
            return "differs", "differs"
        return ("agrees", "agrees") if share <= SELDOM else ("short", "undecided")
    return "open", "left open"


def number(value: float) -> str:
    """Return a number with at most one decimal place."""
    return f"{value:.1f}".removesuffix(".0")
