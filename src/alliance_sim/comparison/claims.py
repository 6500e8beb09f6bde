"""The claims of a relationship put to every run of an ensemble, and to the record itself.

A share of runs in which a claim holds is a statement about the model. It is neither the
probability that the claim is true nor evidence for it: the record's own answer stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from alliance_sim.record.checks import Check, Verdict, checks_of
from alliance_sim.record.one_history import OneHistory, histories, record_history

if TYPE_CHECKING:
    from alliance_sim.calendar import Calendar
    from alliance_sim.record.record import Record
    from alliance_sim.results import Ensemble
    from alliance_sim.scenario import Scenario


def check_claims(ensemble: Ensemble, events: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Return one row per claim and run: `id`, `run`, `holds`, `reading`.

    `holds` is missing where a claim does not apply to a run.

    Args:
        ensemble: The runs.
        events: Their dated events, all runs in one frame.
        scenario: The scenario that they are runs of; the claims are those of its relationship.
    """
    checks = checks_of(scenario.relationship)
    rows = [
        (identifier, history.run, verdict.holds, verdict.reading)
        for history in histories(ensemble, events, scenario)
        for identifier, verdict in _verdicts(history, checks).items()
    ]
    frame = pd.DataFrame(rows, columns=["id", "run", "holds", "reading"])
    by_claim = frame.astype({"holds": "boolean"}).sort_values(["id", "run"], kind="stable")
    return by_claim.reset_index(drop=True)


def summarise_claims(frame: pd.DataFrame, record: Record, relationship: str) -> pd.DataFrame:
    """Return one row per claim: in which share of runs it holds, beside what the record says.

    A claim of the record for which there is no check is left out.

    Args:
        frame: What `check_claims` returns.
        record: Where the claims and the coder's verdicts come from.
        relationship: Whose checks they are.

    Returns:
        Columns `id`, `claim`, `type`, `period`, `record` (the coder's verdict), `share` (of the
        runs to which the claim applies; NaN if there is none), `applicable` (share of runs to
        which it applies) and `reading` (how the claim is read here).
    """
    by_claim = frame.groupby("id")["holds"]
    checks = checks_of(relationship)
    claims = record.claims[record.claims["claim_id"].isin(list(checks))]
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
            "reading": [checks[identifier].reading for identifier in identifiers],
        }
    )


def check_record(record: Record, relationship: str, calendar: Calendar) -> pd.DataFrame:
    """Return the same checks put to the coded record: `id`, `holds`, `reading`.

    What asks for levels is missing there, so this is less than the coder's verdict, which also
    weighs what cannot be counted.

    Args:
        record: The record.
        relationship: Whose checks are put to it.
        calendar: The quarters to look at, with its periods.
    """
    history = record_history(record, calendar)
    rows = [
        (identifier, verdict.holds, verdict.reading)
        for identifier, verdict in _verdicts(history, checks_of(relationship)).items()
    ]
    return pd.DataFrame(rows, columns=["id", "holds", "reading"]).astype({"holds": "boolean"})


def _verdicts(history: OneHistory, checks: Mapping[str, Check]) -> dict[str, Verdict]:
    """Return what one history says to every claim."""
    return {identifier: check(history) for identifier, check in checks.items()}
