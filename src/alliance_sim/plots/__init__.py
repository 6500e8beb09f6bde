"""Figures, and the only room that draws: arrays and frames in, a `Figure` out.

Nothing here touches pyplot or leaves a setting behind, so the same input gives the same figure in a
notebook, on a server and in a worker process.

- `history.history_figure`: levels, ladder and agenda beside the coded record
- `counts.counts_figure`: observed against simulated counts
- `contrast.contrast_figure`: counterfactual scenarios minus the factual one, on the same noise
- `run.ensemble_figure`: any states of any ensemble
- `heatmap.heatmap_figure`, `fan.fan_figure`, `fan.periods_figure`: what a sweep comes to
- `tornado.tornado_figure`: which factors an outcome of a sweep hangs on
- `box.box_figure`, `peeling.peeling_figure`, `peeling.leaves_figure`: when something happens
- `origin.save_png` and `origin.read_origin`: a file that says how to make it again
"""
