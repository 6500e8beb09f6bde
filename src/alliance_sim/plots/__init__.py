"""Figures, and the only room that draws: arrays and frames in, a `Figure` out.

Nothing here touches pyplot or leaves a setting behind, so the same input gives the same figure in a
notebook, on a server and in a worker process.

- `history.history_figure`: levels, ladder and agenda beside the coded record
- `counts.counts_figure`: observed against simulated counts
- `codings.codings_figure`: two codings of the same acts beside each other
- `contrast.contrast_figure`: counterfactual scenarios minus the factual one, on the same noise
- `run.ensemble_figure`: any states of any ensemble
- `sweep.heatmap_figure`, `sweep.fan_figure`, `sweep.periods_figure`: what a sweep comes to
- `sensitivity.tornado_figure`: which factors an outcome of a sweep hangs on
- `discovery.box_figure`, `peeling_figure`, `leaves_figure`: when something happens
- `origin.save_png` and `origin.read_origin`: a file that says how to make it again
"""

from __future__ import annotations

import os
from contextlib import suppress


def _import_matplotlib() -> None:
    """Import matplotlib, which else stops at a variable that names no backend.

    Whoever draws in a notebook keeps the backend that the variable asks for.
    """
    wanted = os.environ.pop("MPLBACKEND", None)
    try:
        import matplotlib as mpl
    finally:
        if wanted is not None:
            os.environ["MPLBACKEND"] = wanted
    if wanted:
        with suppress(ValueError):
            mpl.rcParams["backend"] = wanted


_import_matplotlib()
