"""Inference on unknowns that are standard normals: samplers, evidence, and what judges them."""

from alliance_sim.calibration.chains import Chains, ChainSettings
from alliance_sim.calibration.checkpoint import Checkpoint, run_to_end
from alliance_sim.calibration.diagnostics import Diagnosis, diagnose
from alliance_sim.calibration.layout import Layout
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
from alliance_sim.calibration.power_scaling import Sensitivity, power_scaling
from alliance_sim.calibration.ranks import RankCheck, RankStudy, check_ranks
from alliance_sim.calibration.sampler import Sampler
from alliance_sim.calibration.sequential import Sequential
from alliance_sim.calibration.slice_sampling import elliptical_slice
from alliance_sim.calibration.tempered import Tempered, TemperedSettings

__all__ = [
    "ChainSettings",
    "Chains",
    "Checkpoint",
    "Diagnosis",
    "Evolve",
    "Layout",
    "RankCheck",
    "RankStudy",
    "Rescale",
    "Sampler",
    "Sensitivity",
    "Sequential",
    "SliceAxes",
    "SliceRows",
    "SliceWindow",
    "Tempered",
    "TemperedSettings",
    "bootstrap_filter",
    "check_ranks",
    "diagnose",
    "elliptical_slice",
    "power_scaling",
    "run_to_end",
    "smoothed_weights",
    "usual_moves",
]
