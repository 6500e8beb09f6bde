"""The medians at the end of each stage, of runs that did not fail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from alliance_sim.analysis.summaries import period_table
from alliance_sim.engine.simulate import simulate


def test_where_every_run_failed_there_is_no_median_and_no_warning() -> None:
    runs = simulate("two_islands/baseline", runs=2, seed=1)
    failed = replace(runs, values=np.full_like(runs.values, np.nan), status=("failed",) * 2)
    table = period_table(failed)  # a warning would be an error here
    assert table["period"].tolist() == ["P1", "P2"]
    assert table.drop(columns=["period", "quarter"]).isna().all(axis=None)
