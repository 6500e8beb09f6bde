"""Cells of a map have as many digits as tell them apart, where there is room for them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_sim.plots.style import Heading
from alliance_sim.plots.sweep import heatmap_figure


def numbers_of(count: int) -> list[str]:
    """Return the means that stand in a map of so many columns, whose numbers are small."""
    across, up = (place.ravel() for place in np.meshgrid(np.arange(count), np.arange(2)))
    cells = pd.DataFrame(
        {
            "scenario": "one",
            "across": across,
            "up": up,
            "across_label": across.astype(str),
            "up_label": up.astype(str),
            "mean": np.linspace(0.0006, 0.00125, 2 * count),
            "mean_se": 0.0002,
            "mean_low": np.nan,
            "mean_high": np.nan,
        }
    )
    figure = heatmap_figure(
        cells, Heading("Map", "About"), across="x", up="y", value="z", kind="difference"
    )
    texts = [text.get_text().split("\n")[0] for text in figure.axes[0].texts]
    return [text for text in texts if text.startswith("+")]


@pytest.mark.parametrize(("columns", "decimals"), [(3, 4), (14, 3)])
def test_small_numbers_have_a_fourth_digit_where_it_fits(columns: int, decimals: int) -> None:
    found = numbers_of(columns)
    assert len(found) == 2 * columns
    assert {len(text.partition(".")[2]) for text in found} == {decimals}
    assert (len(set(found)) > 2) == (decimals == 4)
