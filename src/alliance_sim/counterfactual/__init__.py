"""What would have been different, for any model: causation, attribution, twin worlds.

Names are loaded when first used: who asks for bounds waits for no engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliance_sim.late_names import late_names

if TYPE_CHECKING:
    from alliance_sim.analysis.attribution import (
        add_one_in,
        leave_one_out,
        owen,
        shapley,
        time_ordered,
    )
    from alliance_sim.counterfactual.answer import WhatIf
    from alliance_sim.counterfactual.answering import whatif
    from alliance_sim.counterfactual.attributing import attribute
    from alliance_sim.counterfactual.best_first import SearchResult, search
    from alliance_sim.counterfactual.causation import causation_bounds
    from alliance_sim.counterfactual.contributions import Attribution
    from alliance_sim.counterfactual.coupling_free import Futures, futures, paired_gain
    from alliance_sim.counterfactual.couplings import frechet_bounds
    from alliance_sim.counterfactual.curves import InevitabilityCurve
    from alliance_sim.counterfactual.histories import Histories
    from alliance_sim.counterfactual.juncture_game import JunctureGame
    from alliance_sim.counterfactual.rewrite_result import Rewrite
    from alliance_sim.counterfactual.rewriting import rewrite
    from alliance_sim.counterfactual.shift_result import ShiftResponse
    from alliance_sim.counterfactual.shifting import shift_response
    from alliance_sim.counterfactual.system import TwinDraws, twin
    from alliance_sim.counterfactual.when_certain import inevitability, inevitability_curves
    from alliance_sim.counterfactual.worlds import TwinWorlds, twin_worlds

__all__ = [
    "Attribution",
    "Futures",
    "Histories",
    "InevitabilityCurve",
    "JunctureGame",
    "Rewrite",
    "SearchResult",
    "ShiftResponse",
    "TwinDraws",
    "TwinWorlds",
    "WhatIf",
    "add_one_in",
    "attribute",
    "causation_bounds",
    "frechet_bounds",
    "futures",
    "inevitability",
    "inevitability_curves",
    "leave_one_out",
    "owen",
    "paired_gain",
    "rewrite",
    "search",
    "shapley",
    "shift_response",
    "time_ordered",
    "twin",
    "twin_worlds",
    "whatif",
]

_HOMES = {
    "alliance_sim.counterfactual.answering": ["whatif"],
    "alliance_sim.counterfactual.attributing": ["attribute"],
    "alliance_sim.counterfactual.contributions": ["Attribution"],
    "alliance_sim.analysis.attribution": [
        *("add_one_in", "leave_one_out", "owen", "shapley", "time_ordered"),
    ],
    "alliance_sim.counterfactual.best_first": ["SearchResult", "search"],
    "alliance_sim.counterfactual.causation": ["causation_bounds"],
    "alliance_sim.counterfactual.coupling_free": ["Futures", "futures", "paired_gain"],
    "alliance_sim.counterfactual.couplings": ["frechet_bounds"],
    "alliance_sim.counterfactual.histories": ["Histories"],
    "alliance_sim.counterfactual.answer": ["WhatIf"],
    "alliance_sim.counterfactual.curves": ["InevitabilityCurve"],
    "alliance_sim.counterfactual.when_certain": ["inevitability", "inevitability_curves"],
    "alliance_sim.counterfactual.rewrite_result": ["Rewrite"],
    "alliance_sim.counterfactual.rewriting": ["rewrite"],
    "alliance_sim.counterfactual.shift_result": ["ShiftResponse"],
    "alliance_sim.counterfactual.shifting": ["shift_response"],
    "alliance_sim.counterfactual.system": ["TwinDraws", "twin"],
    "alliance_sim.counterfactual.juncture_game": ["JunctureGame"],
    "alliance_sim.counterfactual.worlds": ["TwinWorlds", "twin_worlds"],
}

__getattr__, __dir__ = late_names(__name__, _HOMES)
