"""Inference on unknowns that are standard normals, and scores: samplers, evidence, baselines.

Names are loaded when first used: who reads a posterior waits for no sampler.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliance_sim.late_names import late_names

if TYPE_CHECKING:
    from alliance_sim.calibration.baselines import Baseline, Holdout, InSample, usual_baselines
    from alliance_sim.calibration.carried_forecasts import Transfer, TransferSettings, transfer
    from alliance_sim.calibration.chains import Chains, ChainSettings
    from alliance_sim.calibration.checkpoint import Checkpoint, run_to_end
    from alliance_sim.calibration.coming_to_rest import stable_levels
    from alliance_sim.calibration.counted_runs import FreeRuns, free_runs
    from alliance_sim.calibration.diagnostics import Diagnosis, diagnose
    from alliance_sim.calibration.fit import FitSettings, calibrate
    from alliance_sim.calibration.layout import Layout
    from alliance_sim.calibration.made import MadeHistory, first_made, made_history
    from alliance_sim.calibration.moves import (
        Evolve,
        Rescale,
        SliceAxes,
        SliceRows,
        SliceWindow,
        usual_moves,
    )
    from alliance_sim.calibration.pareto import smoothed_weights
    from alliance_sim.calibration.particle_filter import bootstrap_filter
    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.calibration.powers import PowerScaling, power_scaling
    from alliance_sim.calibration.predictive import Predictive
    from alliance_sim.calibration.prior import Prior
    from alliance_sim.calibration.ranks import RankCheck, RankStudy, check_ranks
    from alliance_sim.calibration.record_among_runs import PredictiveChecks, predictive_checks
    from alliance_sim.calibration.rescaled_time import rescaled_waits
    from alliance_sim.calibration.sampler import Sampler
    from alliance_sim.calibration.scoring import ScoreTable, score_record
    from alliance_sim.calibration.seen_and_left_out import (
        EffectiveParameters,
        effective_parameters,
    )
    from alliance_sim.calibration.sequential import Sequential
    from alliance_sim.calibration.shipped import shipped_posterior
    from alliance_sim.calibration.slice_sampling import elliptical_slice
    from alliance_sim.calibration.tempered import Tempered, TemperedSettings
    from alliance_sim.calibration.waits_on_record import WaitingTimes, waiting_times

__all__ = [
    "Baseline",
    "ChainSettings",
    "Chains",
    "Checkpoint",
    "Diagnosis",
    "EffectiveParameters",
    "Evolve",
    "FitSettings",
    "FreeRuns",
    "Holdout",
    "InSample",
    "Layout",
    "MadeHistory",
    "PosteriorDraws",
    "PowerScaling",
    "Predictive",
    "PredictiveChecks",
    "Prior",
    "RankCheck",
    "RankStudy",
    "Rescale",
    "Sampler",
    "ScoreTable",
    "Sequential",
    "SliceAxes",
    "SliceRows",
    "SliceWindow",
    "Tempered",
    "TemperedSettings",
    "Transfer",
    "TransferSettings",
    "WaitingTimes",
    "bootstrap_filter",
    "calibrate",
    "check_ranks",
    "diagnose",
    "effective_parameters",
    "elliptical_slice",
    "first_made",
    "free_runs",
    "made_history",
    "power_scaling",
    "predictive_checks",
    "rescaled_waits",
    "run_to_end",
    "score_record",
    "shipped_posterior",
    "smoothed_weights",
    "stable_levels",
    "transfer",
    "usual_baselines",
    "usual_moves",
    "waiting_times",
]

_HOMES = {
    "alliance_sim.calibration.baselines": ["Baseline", "Holdout", "InSample", "usual_baselines"],
    "alliance_sim.calibration.carried_forecasts": ["Transfer", "TransferSettings", "transfer"],
    "alliance_sim.calibration.chains": ["Chains", "ChainSettings"],
    "alliance_sim.calibration.checkpoint": ["Checkpoint", "run_to_end"],
    "alliance_sim.calibration.coming_to_rest": ["stable_levels"],
    "alliance_sim.calibration.diagnostics": ["Diagnosis", "diagnose"],
    "alliance_sim.calibration.seen_and_left_out": [
        "EffectiveParameters",
        "effective_parameters",
    ],
    "alliance_sim.calibration.fit": ["FitSettings", "calibrate"],
    "alliance_sim.calibration.counted_runs": ["FreeRuns", "free_runs"],
    "alliance_sim.calibration.layout": ["Layout"],
    "alliance_sim.calibration.made": ["MadeHistory", "first_made", "made_history"],
    "alliance_sim.calibration.moves": [
        "Evolve",
        "Rescale",
        "SliceAxes",
        "SliceRows",
        "SliceWindow",
        "usual_moves",
    ],
    "alliance_sim.calibration.pareto": ["smoothed_weights"],
    "alliance_sim.calibration.particle_filter": ["bootstrap_filter"],
    "alliance_sim.calibration.posterior_draws": ["PosteriorDraws"],
    "alliance_sim.calibration.powers": ["PowerScaling", "power_scaling"],
    "alliance_sim.calibration.record_among_runs": ["PredictiveChecks", "predictive_checks"],
    "alliance_sim.calibration.predictive": ["Predictive"],
    "alliance_sim.calibration.prior": ["Prior"],
    "alliance_sim.calibration.ranks": ["RankCheck", "RankStudy", "check_ranks"],
    "alliance_sim.calibration.rescaled_time": ["rescaled_waits"],
    "alliance_sim.calibration.sampler": ["Sampler"],
    "alliance_sim.calibration.scoring": ["ScoreTable", "score_record"],
    "alliance_sim.calibration.sequential": ["Sequential"],
    "alliance_sim.calibration.shipped": ["shipped_posterior"],
    "alliance_sim.calibration.slice_sampling": ["elliptical_slice"],
    "alliance_sim.calibration.tempered": ["Tempered", "TemperedSettings"],
    "alliance_sim.calibration.waits_on_record": ["WaitingTimes", "waiting_times"],
}

__getattr__, __dir__ = late_names(__name__, _HOMES)
