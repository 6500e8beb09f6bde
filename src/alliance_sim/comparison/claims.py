"""The 28 claims put to every run of an ensemble, and to the record itself.

A share of runs in which a claim holds is a statement about the model. It is neither the
probability that the claim is true nor evidence for it: the record's own answer stands beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from alliance_sim.record.checks import Check, Verdict, checks_in
from alliance_sim.record.japan_nato import claims_events, claims_levels
from alliance_sim.record.one_history import OneHistory, histories, record_history
from alliance_sim.record.record import Record, load_record

if TYPE_CHECKING:
    from alliance_sim.calendar import Calendar
    from alliance_sim.results import Ensemble

__all__ = [
    "CHECKS",
    "Check",
    "OneHistory",
    "Verdict",
    "check_claims",
    "check_record",
    "histories",
    "record_history",
    "summarise_claims",
]

CHECKS: dict[str, Check] = checks_in((claims_events, claims_levels))


def check_claims(ensemble: Ensemble, events: pd.DataFrame) -> pd.DataFrame:
    """Return one row per claim and run: `id`, `run`, `holds`, `reading`.

    `holds` is missing where a claim does not apply to a run.

    Args:
        ensemble: The runs.
        events: Their dated events, all runs in one frame.
    """
    rows = [
        (identifier, history.run, verdict.holds, verdict.reading)
        for history in histories(ensemble, events)
        for identifier, verdict in _verdicts(history).items()
    ]
    frame = pd.DataFrame(rows, columns=["id", "run", "holds", "reading"])
    by_claim = frame.astype({"holds": "boolean"}).sort_values(["id", "run"], kind="stable")
    return by_claim.reset_index(drop=True)


def summarise_claims(frame: pd.DataFrame, record: Record) -> pd.DataFrame:
    """Return one row per claim: in which share of runs it holds, beside what the record says.

    Args:
        frame: What `check_claims` returns.
        record: Where the claims and the coder's verdicts come from.

    Returns:
        Columns `id`, `claim`, `type`, `period`, `record` (the coder's verdict), `share` (of the
        runs to which the claim applies; NaN if there is none), `applicable` (share of runs to
        which it applies) and `reading` (how the claim is read here).
    """
    by_claim = frame.groupby("id")["holds"]
    claims = record.claims
    identifiers = claims["claim_id"]
    return pd.DataFrame(
        {
            "id": identifiers,
            "claim": claims["claim"],
            "type": claims["type"],
            "period": claims["period"],
            "record": claims["record"],
            "share": identifiers.map(by_claim.mean()).astype("Float64").astype(float),
            "applicable": identifiers.map(by_claim.count() / by_claim.size()).astype(float),
            "reading": [CHECKS[identifier].reading for identifier in identifiers],
        }
    )


def check_record(calendar: Calendar) -> pd.DataFrame:
    """Return the same checks put to the coded record: `id`, `holds`, `reading`.

    What asks for levels is missing there, so this is less than the coder's verdict, which also
    weighs what cannot be counted.

    Args:
        calendar: The quarters to look at, with its periods.
    """
    history = record_history(load_record(), calendar)
    rows = [
        (identifier, verdict.holds, verdict.reading)
        for identifier, verdict in _verdicts(history).items()
    ]
    return pd.DataFrame(rows, columns=["id", "holds", "reading"]).astype({"holds": "boolean"})


def _verdicts(history: OneHistory) -> dict[str, Verdict]:
    """Return what one history says to every claim."""
    return {identifier: check(history) for identifier, check in CHECKS.items()}
