"""Inevitability curves that ship for a scenario, as the page draws them, and where they end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alliance_sim.counterfactual.stored_curves import shipped_curves
from alliance_sim.errors import AllianceSimError

if TYPE_CHECKING:
    from alliance_sim.counterfactual.curves import InevitabilityCurve
    from alliance_sim.scenario import Scenario

COUNCIL = "set council.rule="  # how a file says what the page says with `council`


def known_curves(scenario: Scenario) -> list[InevitabilityCurve]:
    """Return the curves that ship for a scenario; none where they do not hold."""
    try:
        found, _ = shipped_curves(scenario)
    except AllianceSimError:
        return []
    return [] if found is None else list(found.curves.values())


def curves_of(scenario: Scenario) -> list[dict[str, Any]]:
    """Return the curves that ship for a scenario as plain values."""
    return [
        {
            "edits": _edits(curve),
            "outcome": curve.outcome,
            "years": [
                {"year": int(year), "fact": fact[0], "edited": edited[0]}
                for year, fact, edited in zip(
                    curve.years, curve.fact.tolist(), curve.edited.tolist(), strict=True
                )
            ],
        }
        for curve in known_curves(scenario)
    ]


def headlines_of(scenario: Scenario) -> list[dict[str, Any]]:
    """Return where the curves end: answers for who knows the whole record, nothing left to run."""
    return [
        {
            "question": curve.question,
            "edits": _edits(curve),
            "outcome": curve.outcome,
            "title": curve.title,
            "answer": {
                "year": int(curve.years[-1]),
                "fact": curve.fact[-1].tolist(),
                "edited": curve.edited[-1].tolist(),
            },
        }
        for curve in known_curves(scenario)
    ]


def plainest(edit: str) -> str:
    """Return an edit as the page writes it."""
    return f"council {edit.removeprefix(COUNCIL)}" if edit.startswith(COUNCIL) else edit


def _edits(curve: InevitabilityCurve) -> list[str]:
    return [plainest(edit) for edit in curve.edits]
