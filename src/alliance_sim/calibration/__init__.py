"""Inference on unknowns that are standard normals, and scores: samplers, evidence, baselines."""

from alliance_sim.calibration.baselines import Baseline, Holdout, InSample, usual_baselines
from alliance_sim.calibration.chains import Chains, ChainSettings
from alliance_sim.calibration.checkpoint import Checkpoint, run_to_end
from alliance_sim.calibration.diagnostics import Diagnosis, diagnose
from alliance_sim.calibration.fit import FitSettings, calibrate
from alliance_sim.calibration.free_runs import FreeRuns, free_runs
from alliance_sim.calibration.layout import Layout
from alliance_sim.calibration.made import MadeHistory, made_history
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
from alliance_sim.calibration.power_scaling import Sensitivity, power_scaling
from alliance_sim.calibration.predictive import Predictive
from alliance_sim.calibration.prior import Prior
from alliance_sim.calibration.ranks import RankCheck, RankStudy, check_ranks
from alliance_sim.calibration.sampler import Sampler
from alliance_sim.calibration.scoring import ScoreTable, score_record
from alliance_sim.calibration.sequential import Sequential
from alliance_sim.calibration.shipped import shipped_posterior
from alliance_sim.calibration.slice_sampling import elliptical_slice
from alliance_sim.calibration.tempered import Tempered, TemperedSettings

__all__ = [
    "Baseline",
    "ChainSettings",
    "Chains",
    "Checkpoint",
    "Diagnosis",
    "Evolve",
    "FitSettings",
    "FreeRuns",
    "Holdout",
    "InSample",
    "Layout",
    "MadeHistory",
    "PosteriorDraws",
    "Predictive",
    "Prior",
    "RankCheck",
    "RankStudy",
    "Rescale",
    "Sampler",
    "ScoreTable",
    "Sensitivity",
    "Sequential",
    "SliceAxes",
    "SliceRows",
    "SliceWindow",
    "Tempered",
    "TemperedSettings",
    "bootstrap_filter",
    "calibrate",
    "check_ranks",
    "diagnose",
    "elliptical_slice",
    "free_runs",
    "made_history",
    "power_scaling",
    "run_to_end",
    "score_record",
    "shipped_posterior",
    "smoothed_weights",
    "usual_baselines",
    "usual_moves",
]
