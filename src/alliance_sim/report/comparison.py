"""Edited scenarios beside the factual one, as a folder of files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from alliance_sim.plots.comparison import comparison_figure
from alliance_sim.plots.origin import origin_of
from alliance_sim.report.result_folder import ResultFolder

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.comparison.scenarios import Comparison


def write_comparison(
    comparison: Comparison, *, run: int, out: str | os.PathLike[str], command: str
) -> dict[str, str]:
    """Write figure, tables, differences and a manifest; return names and paths.

    Args:
        comparison: Edited scenarios beside the factual one.
        run: The run whose dated acts are told.
        out: The folder, made if need be.
        command: The command line that makes the files again.

    Raises:
        SettingError: If the folder or a file in it cannot be written, or holds other results.
    """
    factual, others = comparison.factual_runs, comparison.edited_runs
    origin = origin_of(factual, command=command, others=tuple(others.values()))
    result = ResultFolder(out, kind="compare", origin=origin)
    result.figure("comparison", comparison_figure(comparison))
    result.table("differences", comparison.table)
    result.table("differences_by_year", comparison.yearly)
    result.table("acts", comparison.acts_of(run))
    result.write("differences", "parquet", lambda part: _differences(comparison, part))
    return result.close(shown_run=run)


def _differences(comparison: Comparison, path: Path) -> None:
    """Write the differences of all scenarios by run and quarter."""
    import pandas as pd

    frames: list[pd.DataFrame] = []
    for label in comparison.edited:
        frame = comparison.differences(label)
        frame.insert(0, "scenario", label)
        frames.append(frame)
    pd.concat(frames, ignore_index=True).to_parquet(path, index=False)
