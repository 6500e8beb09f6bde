"""What would have been different? Simulated histories of strategic cooperation between states.

    import alliance_sim

    history = alliance_sim.load_scenario("two_islands/baseline")
    runs = alliance_sim.simulate(history.without("great_raid"), runs=50, seed=1)
    runs.plot()
    runs.to_frame()

The names in `__all__`, and those in `__all__` of the modules in `SUBMODULES`, are the public face:
they stand on the pages of the reference, and what is said there of stability holds for them. Names
are loaded when first used, so that importing the package is quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliance_sim.display import DRAWN_BY
from alliance_sim.late_names import late_names
from alliance_sim.shipped import FOUND_BY

if TYPE_CHECKING:
    from alliance_sim.analysis.axes import Axis
    from alliance_sim.analysis.discovery.discover import discover
    from alliance_sim.comparison.history import HistoryComparison, compare_history
    from alliance_sim.comparison.scenarios import Comparison, compare
    from alliance_sim.engine.own_noise import noise_of_seed
    from alliance_sim.engine.simulate import Kernel, Mesa, simulate
    from alliance_sim.errors import (
        AllianceSimError,
        ResultError,
        ScenarioError,
        ScenarioWarning,
        SettingError,
        UnknownName,
    )
    from alliance_sim.interop import Parameter, parameters, run, run_points, run_trajectories
    from alliance_sim.interop.model import Model, model
    from alliance_sim.record.record import Record
    from alliance_sim.report.discovery import sweep_discovery
    from alliance_sim.report.sensitivity import sweep_sensitivity
    from alliance_sim.report.sweep import summarise_sweep
    from alliance_sim.results import Ensemble
    from alliance_sim.scenario import Scenario, load_scenario, shipped_scenarios
    from alliance_sim.sweep.plan import Plan
    from alliance_sim.sweep.plan_file import load_plan
    from alliance_sim.sweep.run import run_sweep
    from alliance_sim.sweep.sweep import Sweep, open_sweep

__all__ = [
    "AllianceSimError",
    "Axis",
    "Comparison",
    "Ensemble",
    "HistoryComparison",
    "Kernel",
    "Mesa",
    "Model",
    "Parameter",
    "Plan",
    "Record",
    "ResultError",
    "Scenario",
    "ScenarioError",
    "ScenarioWarning",
    "SettingError",
    "Sweep",
    "UnknownName",
    "compare",
    "compare_history",
    "discover",
    "load_plan",
    "load_scenario",
    "model",
    "noise_of_seed",
    "open_sweep",
    "parameters",
    "run",
    "run_points",
    "run_sweep",
    "run_trajectories",
    "shipped_scenarios",
    "simulate",
    "summarise_sweep",
    "sweep_discovery",
    "sweep_sensitivity",
]

# Public beside this module: samplers; what would have been, for any model; all errors; the agents,
# to subclass; the teaching page; results as folders.
SUBMODULES = (
    *("alliance_sim.calibration", "alliance_sim.counterfactual", "alliance_sim.engine.mesa_model"),
    *("alliance_sim.errors", "alliance_sim.lab", "alliance_sim.report"),
    "alliance_sim.viz",  # needs the extra "viz"
)

_HOMES = {
    "alliance_sim.analysis.axes": ["Axis"],
    "alliance_sim.analysis.discovery.discover": ["discover"],
    "alliance_sim.comparison.history": ["HistoryComparison", "compare_history"],
    "alliance_sim.comparison.scenarios": ["Comparison", "compare"],
    "alliance_sim.engine.own_noise": ["noise_of_seed"],
    "alliance_sim.engine.simulate": ["Kernel", "Mesa", "simulate"],
    "alliance_sim.errors": [
        *("AllianceSimError", "ResultError", "ScenarioError", "ScenarioWarning"),
        *("SettingError", "UnknownName"),
    ],
    "alliance_sim.interop": ["Parameter", "parameters", "run", "run_points", "run_trajectories"],
    "alliance_sim.interop.model": ["Model", "model"],
    "alliance_sim.record.record": ["Record"],
    "alliance_sim.report.discovery": ["sweep_discovery"],
    "alliance_sim.report.sensitivity": ["sweep_sensitivity"],
    "alliance_sim.report.sweep": ["summarise_sweep"],
    "alliance_sim.results": ["Ensemble"],
    "alliance_sim.scenario": ["Scenario", "load_scenario", "shipped_scenarios"],
    "alliance_sim.sweep.plan": ["Plan"],
    "alliance_sim.sweep.plan_file": ["load_plan"],
    "alliance_sim.sweep.run": ["run_sweep"],
    "alliance_sim.sweep.sweep": ["Sweep", "open_sweep"],
}

# Who draws what `.plot()` is asked of: the rooms that hold results stand below the one that draws.
DRAWN_BY |= {
    "Attribution": "alliance_sim.plots.attribution:attribution_figure",
    "Comparison": "alliance_sim.plots.comparison:comparison_figure",
    "HistoryComparison": "alliance_sim.plots.history:compared_figure",
    "Ensemble": "alliance_sim.plots.run:ensemble_figure",
    "InevitabilityCurve": "alliance_sim.plots.inevitability:inevitability_figure",
    "PosteriorDraws": "alliance_sim.plots.posterior:posterior_figure",
    "Record": "alliance_sim.plots.history:record_figure",
    "Rewrite": "alliance_sim.plots.rewrite:rewrite_figure",
    "ShiftResponse": "alliance_sim.plots.shift:shift_figure",
    "Sweep": "alliance_sim.report.sweep:sweep_figure",
    "WhatIf": "alliance_sim.plots.whatif:whatif_figure",
}

FOUND_BY |= {
    "kept": "alliance_sim.calibration.shipped:kept_posterior",
    "lab": "alliance_sim.lab.shown_page:lab",
    "rewrite": "alliance_sim.counterfactual.rewriting:rewrite",
    "shipped": "alliance_sim.calibration.shipped:usual_posterior",
    "whatif": "alliance_sim.counterfactual.answering:whatif",
}

__getattr__, __dir__ = late_names(__name__, _HOMES)
