"""What a whole number is, and what is said of anything else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from alliance_sim.whole_numbers import not_whole


@pytest.mark.parametrize("value", [1, 3, np.int64(2), np.uint8(3)])
def test_whole_numbers_of_python_and_numpy_are_taken(value: Any) -> None:
    assert not_whole("runs", value, least=1, most=3) == []


@pytest.mark.parametrize("value", [True, np.bool_(True), 2.0, np.float64(2.0), "2", None, 0, 4])
def test_what_is_none_or_out_of_range_is_told_with_the_range(value: Any) -> None:
    found = not_whole("runs", value, least=1, most=3)
    assert found == [f"runs is {value!r}, must be a whole number from 1 to 3"]
    assert value == 4 or not_whole("runs", value, least=1)[0].endswith("number, at least 1")
