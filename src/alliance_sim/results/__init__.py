"""What a simulation gives back: arrays with named axes, whole and traceable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliance_sim.late_names import late_names

if TYPE_CHECKING:
    from alliance_sim.results.ensemble import OK, Ensemble
    from alliance_sim.results.saved import MARK

__all__ = ["MARK", "OK", "Ensemble"]

_HOMES = {
    "alliance_sim.results.ensemble": ("OK", "Ensemble"),
    "alliance_sim.results.saved": ("MARK",),
}
__getattr__, __dir__ = late_names(__name__, _HOMES)
