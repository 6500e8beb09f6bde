"""Folders of files that a reader can open, keep and make again: figures, tables, a page.

- `write_history`: everything that a comparison with the record comes to
- `write_run`, `write_figure`: an ensemble of any scenario
- `write_comparison`: edited scenarios beside the factual one
- `write_whatif`: the answer to a what-if
- `write_inevitability`, `write_attribution`: from when it was certain, and which junctures made it
- `write_shift`: how an effect changes with how much earlier or later a juncture comes
- `write_rewrite`: the smallest rewrite that turns an outcome
- `sweep`, `sensitivity`, `discovery`: what comes after a sweep, each a module of its own
- `history_json`: the same as one JSON object
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliance_sim.late_names import late_names

if TYPE_CHECKING:
    from alliance_sim.report.attribution import write_attribution
    from alliance_sim.report.comparison import write_comparison
    from alliance_sim.report.history import history_json, write_history
    from alliance_sim.report.inevitability import write_inevitability
    from alliance_sim.report.rewrite import write_rewrite
    from alliance_sim.report.run import write_figure, write_run
    from alliance_sim.report.shift import write_shift
    from alliance_sim.report.whatif import write_whatif

__all__ = [
    "history_json",
    "write_attribution",
    "write_comparison",
    "write_figure",
    "write_history",
    "write_inevitability",
    "write_rewrite",
    "write_run",
    "write_shift",
    "write_whatif",
]

_HOMES = {
    "alliance_sim.report.attribution": ["write_attribution"],
    "alliance_sim.report.comparison": ["write_comparison"],
    "alliance_sim.report.history": ["history_json", "write_history"],
    "alliance_sim.report.inevitability": ["write_inevitability"],
    "alliance_sim.report.rewrite": ["write_rewrite"],
    "alliance_sim.report.run": ["write_figure", "write_run"],
    "alliance_sim.report.shift": ["write_shift"],
    "alliance_sim.report.whatif": ["write_whatif"],
}

__getattr__, __dir__ = late_names(__name__, _HOMES)
