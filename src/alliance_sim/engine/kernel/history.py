"""A record for compiled code: what happened, how it came to be recorded, what is worked out of it.

Arrays of the stages that use these are those of `partners`; besides, `history`, `seen` and `found`
are the three tuples declared here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from alliance_sim.arithmetic import log
from alliance_sim.compiled import inlined

COUNTS, LADDER, AGREEMENTS, LAWS, MARKS, SUSPENSIONS = range(6)  # parts of a log likelihood
PARTS = 6
OPERATIONS, INSTITUTION, SERIES = 1, 3, 4
ALL, ALLIANCE_ONLY, SALIENT_ONLY = 0, 1, 2  # which acts a series holds
YES, NO = 1, 0  # of what is known; -1 if it is not

# Rows of what is worked out on the way.
TRY, PASS, LOST, SHARE, WEIGHT, LEVEL, SIGN, SUSPEND, GAP, LAW = range(10)
ASIDE_ROWS = 10
# Numbers of a kind of event, as they follow each other in `Seen.numbers`.
KIND_WEIGHT, KIND_FROM, KIND_PULL, KIND_SALIENCE, KIND_SINGLE = range(5)
KIND_NUMBERS = 5
INITIATOR, INITIATOR_GAP, JOINT, TOP = range(4)  # numbers of all kinds


class History(NamedTuple):
    """What happened, by quarter.

    Attributes:
        rung: Rung held at the end of each quarter; empty where nothing is held.
        blocked: 1 in quarters in which a rung that was tried is recorded as refused.
        agreements: Agreements with single allies in force at the end of each quarter.
        suspended: 1 where operations were suspended, 0 where not, -1 where that is not known.
        laws: Per law that is drawn, the step in which it passed; -1 for never.
        items: Per item 1 if it passed, 0 if it was refused, -1 if that is not known.
        counts: Array (step, series): acts in the record.
        marks: Array (event, 4): step, kind (-1 if the scenario has none such), salience, and who
            started it; in the order of steps.
        first_mark: Array (step + 1,): the first mark of each quarter.
    """

    rung: NDArray[np.int64]
    blocked: NDArray[np.int64]
    agreements: NDArray[np.int64]
    suspended: NDArray[np.int64]
    laws: NDArray[np.int64]
    items: NDArray[np.int64]
    counts: NDArray[np.int64]
    marks: NDArray[np.int64]
    first_mark: NDArray[np.int64]


class Seen(NamedTuple):
    """How what happened came to be recorded.

    Attributes:
        wanted: Array (part,): 1 for each part of the log likelihood that is wanted.
        first: First step that counts.
        series: ALL, ALLIANCE_ONLY or SALIENT_ONLY.
        era: Per step, which chances of being coded hold.
        kinds: Array (kind, 2): series, and whether assets pull its weight in any lane; kinds of a
            series follow each other.
        first_kind: Array (series + 1,): the first kind of each series.
        usual: Per series the kind that happens at any level.
        dated: Array (law, 2): of laws whose dates are inputs, the first step in which each could
            have passed, and the step in which it did.
        numbers: Array (number, column): chances of being coded by era and salience; then numbers
            of all kinds; then of each kind; then the log hazard of each dated law.
        at_all: Row of the first number of all kinds.
        at_kinds: Row of the first number of the first kind.
        at_dated: Row of the first dated law.
    """

    wanted: NDArray[np.int64]
    first: int
    series: int
    era: NDArray[np.int64]
    kinds: NDArray[np.int64]
    first_kind: NDArray[np.int64]
    usual: NDArray[np.int64]
    dated: NDArray[np.int64]
    numbers: NDArray[np.float64]
    at_all: int
    at_kinds: int
    at_dated: int


class Evaluated(NamedTuple):
    """What is worked out.

    Attributes:
        parts: Array (part, column): log likelihood, added to.
        impossible: Array (2, column): first step in which the record cannot happen (-1 if none),
            and the part that says so.
        terms: Array (step, series, column): log probability of each count; empty to keep none.
        expected: The same of the mean of what is coded.
        uniforms: Array (column, channel, step) of noise that gives the record; empty to make none.
        law_uniforms: Array (column, dated law, step): the same of laws whose dates are inputs.
        forced: Array (channel, column): uniforms that bring the acts about.
        shares: Array (era and kind, column): part of a kind that is coded.
        aside: Room to work in, array (row, column).
        answers: Room to work in, one number for each who answers a formal step.
    """

    parts: NDArray[np.float64]
    impossible: NDArray[np.int64]
    terms: NDArray[np.float64]
    expected: NDArray[np.float64]
    uniforms: NDArray[np.float64]
    law_uniforms: NDArray[np.float64]
    forced: NDArray[np.float64]
    shares: NDArray[np.float64]
    aside: NDArray[np.float64]
    answers: NDArray[np.float64]


@inlined
def score(n, step, part, term, found):
    """Add the logarithm of a probability; where that is 0 the record cannot happen."""
    w = found.aside
    for i in range(n):
        found.parts[part, i] = found.parts[part, i] + log(w[term, i])
    none = 0
    for i in range(n):
        none = none + (0 if w[term, i] > 0.0 else 1)
    if none > 0:
        for i in range(n):
            if not w[term, i] > 0.0 and found.impossible[0, i] < 0:
                found.impossible[0, i] = step
                found.impossible[1, i] = part


@inlined
def must_be(n, step, part, x, row, value, found):
    """Note where an act could not be held."""
    wrong = 0
    for i in range(n):
        wrong = wrong + (1 if x[row, i] != value else 0)
    if wrong > 0:
        for i in range(n):
            if x[row, i] != value and found.impossible[0, i] < 0:
                found.impossible[0, i] = step
                found.impossible[1, i] = part
