"""The claims of a relationship put to every run of an ensemble, and to the record itself.

A share of runs in which a claim holds is a statement about the model. It is neither the
probability that the claim is true nor evidence for it: the record's own answer stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from alliance_sim.record.checks import FAILED, Check, Verdict, checks_of
from alliance_sim.record.named import edition_for
from alliance_sim.record.one_history import OneHistory, histories, record_history

if TYPE_CHECKING:
    from alliance_sim.calendar import Calendar
    from alliance_sim.record.record import Record
    from alliance_sim.results import Ensemble
    from alliance_sim.scenario import Scenario


HELD = 0.8  # share of runs from which on a claim counts as told by the model
MOVED = 0.05  # share of runs by which a claim has to differ between scenarios to count as changed
SAME = 9  # digits of a difference of two shares that are no matter of rounding: 0.45 less 0.4
NO_LONGER, NEWLY, FEWER, MORE, AS_BEFORE = (
    *("holds no longer", "newly holds", "in fewer histories", "in more histories", "as before"),
)
NOT_APPLICABLE, APPLICABLE = "no longer applies", "newly applies"


def check_claims(ensemble: Ensemble, events: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Return one row per claim and run: `id`, `run`, `holds`, `reading`.

    `holds` is missing where a claim does not apply to a run.

    Args:
        ensemble: The runs.
        events: Their dated events, all runs in one frame.
        scenario: The scenario that they are runs of; the claims are those of its relationship, as
            the edition of the record has them that it is compared with.
    """
    checks = checks_of(scenario.relationship, edition_for(scenario))
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
        runs to which the claim applies; NaN if there is none), `applicable` (share of the
        runs that did not fail to which it applies; 0 if all did) and `reading` (how the claim is
        read here).
    """
    by_claim = frame[frame["reading"] != FAILED].groupby("id")["holds"]
    checks = checks_of(relationship, record.edition)
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
            "applicable": identifiers.map(by_claim.count() / by_claim.size())
            .astype(float)
            .fillna(0.0),
            "reading": [checks[identifier].reading for identifier in identifiers],
        }
    )


def claim_changes(factual: pd.DataFrame, edited: pd.DataFrame) -> pd.DataFrame:
    """Return one row per claim: how it fares in an edited scenario beside the factual one.

    A claim counts as holding from 80 % of the runs to which it applies on; a share that moves by
    less than 5 points is as before.

    Args:
        factual: What `summarise_claims` returns for the factual scenario.
        edited: The same for the edited one, with the same runs.

    Returns:
        Columns `id`, `claim`, `record` (the coder's verdict), `factual` and `edited` (shares of
        runs; NaN where the claim applies to none), `difference` (edited minus factual) and `change`
        in words.
    """
    shares = factual.set_index("id")["share"].reindex(edited["id"]).to_numpy()
    table = edited[["id", "claim", "record"]].assign(factual=shares, edited=edited["share"])
    table["difference"] = table["edited"] - table["factual"]
    pairs = zip(table["factual"], table["edited"], strict=True)
    return table.assign(change=[_change(before, after) for before, after in pairs])


def _change(before: float, after: float) -> str:
    """Return in words how the share of runs in which a claim holds has changed."""
    applied, applies = before == before, after == after  # noqa: PLR0124 - NaN differs from itself
    if not (applied and applies):
        return AS_BEFORE if applied == applies else (NOT_APPLICABLE if applied else APPLICABLE)
    if before >= HELD > after:
        return NO_LONGER
    if after >= HELD > before:
        return NEWLY
    if round(abs(after - before), SAME) < MOVED:
        return AS_BEFORE
    return FEWER if after < before else MORE


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
    checks = checks_of(relationship, record.edition)
    rows = [
        (identifier, verdict.holds, verdict.reading)
        for identifier, verdict in _verdicts(history, checks).items()
    ]
    return pd.DataFrame(rows, columns=["id", "holds", "reading"]).astype({"holds": "boolean"})


def _verdicts(history: OneHistory, checks: Mapping[str, Check]) -> dict[str, Verdict]:
    """Return what one history says to every claim."""
    return {identifier: check(history) for identifier, check in checks.items()}
