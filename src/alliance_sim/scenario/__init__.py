"""Scenarios: possible worlds as written, with every number's range, unit and source."""

from alliance_sim.scenario.file import (
    extended_file,
    extended_scenario,
    load_scenario,
    shipped,
    shipped_scenarios,
)
from alliance_sim.scenario.scenario import Scenario

__all__ = [
    "Scenario",
    "extended_file",
    "extended_scenario",
    "load_scenario",
    "shipped",
    "shipped_scenarios",
]
