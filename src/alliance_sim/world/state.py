"""The names of the states that every engine reports."""

from __future__ import annotations

from alliance_sim.scenario import Scenario
from alliance_sim.scenario.part import DOMAINS, SERIES


def state_names(scenario: Scenario) -> tuple[str, ...]:
    """Return the names of the states that are reported, in order.

    Levels, willingness, win-sets, overlap, assets, perceived threats and hostility are in [0, 1];
    `ratio_*` are log benefit/cost of political cooperation; counts are events in the quarter;
    `refused_*` is 1 in a quarter in which that partner refused a rung (or the item named) that then
    failed; `passed_*` is 1 from the quarter in which an item passes.
    """
    partners = scenario.partners
    threats, members, items = (
        tuple(sorted(entry.name for entry in entries))
        for entries in (scenario.threat, scenario.member, scenario.item)
    )
    return (
        *(f"level_{d}" for d in DOMAINS),
        *(f"willing_{partners.state}_{d}" for d in DOMAINS),
        *(f"willing_{partners.alliance}_{d}" for d in DOMAINS),
        *(f"win_set_{d}" for d in DOMAINS),
        "agenda_overlap",
        "assets_general",
        "assets_mission",
        "rung",
        "agreements",
        f"attention_{partners.alliance}",
        f"ratio_{partners.state}",
        f"ratio_{partners.alliance}",
        *(f"perceived_{partners.state}_{name}" for name in threats),
        *(f"perceived_{partners.alliance}_{name}" for name in threats),
        *(f"hostility_{name}" for name in threats),
        *(f"count_{s}" for s in SERIES),
        "suspensions",
        "blocked",
        *(f"refused_{name}" for name in (*members, partners.state)),
        *(f"refused_{item}_{n}" for item in items for n in (*members, partners.state)),
        *(f"passed_{name}" for name in items),
    )


def not_finite(state: str, quarter: str) -> str:
    """Return the status of a run in which a reported state became infinite or not a number."""
    return f"{state} is not finite in {quarter}"
