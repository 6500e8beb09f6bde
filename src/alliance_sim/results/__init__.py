"""What a simulation gives back: arrays with named axes, whole and traceable."""

from alliance_sim.results.ensemble import OK, Ensemble
from alliance_sim.results.saved import MARK

__all__ = ["MARK", "OK", "Ensemble"]
