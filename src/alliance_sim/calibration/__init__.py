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
from alliance_sim.calibration.sampler import Sampler
from alliance_sim.calibration.slice_sampling import elliptical_slice
from alliance_sim.calibration.tempered import Tempered, TemperedSettings

__all__ = [
    "ChainSettings",
    "Chains",
    "Checkpoint",
    "Diagnosis",
    "Evolve",
    "Layout",
    "Rescale",
    "Sampler",
    "SliceAxes",
    "SliceRows",
    "SliceWindow",
    "Tempered",
    "TemperedSettings",
    "diagnose",
    "elliptical_slice",
    "run_to_end",
    "usual_moves",
]
