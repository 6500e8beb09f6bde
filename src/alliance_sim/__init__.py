"""What would have been different? Simulated histories of strategic cooperation between states.

    import alliance_sim

    history = alliance_sim.load_scenario("two_islands/baseline")
    runs = alliance_sim.simulate(history.without("great_raid"), runs=50, seed=1)
    runs.to_frame()

Names are loaded when first used, so that importing the package is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alliance_sim.engine.simulate import Kernel, Mesa, simulate
    from alliance_sim.errors import AllianceSimError, ScenarioError
    from alliance_sim.interop import parameters, run, run_points, run_trajectories
    from alliance_sim.record.record import Record
    from alliance_sim.results import Ensemble
    from alliance_sim.scenario import Scenario, load_scenario

__all__ = [
    "AllianceSimError",
    "Ensemble",
    "Kernel",
    "Mesa",
    "Record",
    "Scenario",
    "ScenarioError",
    "load_scenario",
    "parameters",
    "run",
    "run_points",
    "run_trajectories",
    "simulate",
]

_HOMES = {
    "AllianceSimError": "alliance_sim.errors",
    "Ensemble": "alliance_sim.results",
    "Kernel": "alliance_sim.engine.simulate",
    "Mesa": "alliance_sim.engine.simulate",
    "Scenario": "alliance_sim.scenario",
    "ScenarioError": "alliance_sim.errors",
    "Record": "alliance_sim.record.record",
    "load_scenario": "alliance_sim.scenario",
    "parameters": "alliance_sim.interop",
    "run": "alliance_sim.interop",
    "run_points": "alliance_sim.interop",
    "run_trajectories": "alliance_sim.interop",
    "simulate": "alliance_sim.engine.simulate",
}


def __getattr__(name: str) -> Any:
    """Return a public name, loading its module now."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted([*globals(), *_HOMES])
