"""What would have been different, for any model: causation, attribution, twin worlds."""

from alliance_sim.counterfactual.attribution import (
    add_one_in,
    leave_one_out,
    owen,
    shapley,
    time_ordered,
)
from alliance_sim.counterfactual.causation import causation_bounds

__all__ = [
    "add_one_in",
    "causation_bounds",
    "leave_one_out",
    "owen",
    "shapley",
    "time_ordered",
]
