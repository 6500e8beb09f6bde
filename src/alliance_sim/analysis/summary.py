"""An ensemble in a few rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_sim.results import OK, Ensemble
from alliance_sim.scenario.part import DOMAINS

SHOWN = (*(f"level_{domain}" for domain in DOMAINS), "agenda_overlap", "rung")


def summary(ensemble: Ensemble) -> pd.DataFrame:
    """Return the median over runs in the last quarter of each period that the runs reach.

    Returns:
        Columns `period`, `quarter`, then levels and agenda overlap (0 to 1) and the rung; runs
        that failed are left out.
    """
    whole = [position for position, status in enumerate(ensemble.status) if status == OK]
    rows = []
    for period in ensemble.calendar.periods:
        steps = ensemble.calendar.steps_of(period)
        if steps.stop == steps.start:
            continue
        last = steps.stop - 1
        medians = {state: float(np.median(ensemble.column(state)[whole, last])) for state in SHOWN}
        rows.append({"period": period.id, "quarter": ensemble.calendar.label(last)} | medians)
    return pd.DataFrame(rows)
