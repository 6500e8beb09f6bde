"""The page on what the data tell holds what ships, and nothing while nothing does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alliance_sim import load_scenario
from alliance_sim.calibration import PosteriorDraws
from alliance_sim.calibration.target import prior_of, target_of

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(str(DOCS))
    yield import_module("what_the_data_tell")
    for name in ("what_the_data_tell", "cells"):
        sys.modules.pop(name, None)


def test_the_page_holds_what_ships(page: Any) -> None:
    assert page.page() == page.PAGE.read_text("utf-8")


def test_every_block_of_the_page_can_be_written(page: Any) -> None:
    held = {name for _, name, _, _ in page.BLOCK.findall(page.PAGE.read_text("utf-8"))}
    assert held == set(page.BLOCKS)


def test_a_posterior_fills_every_block(page: Any) -> None:
    """Draws of the prior do here: what is looked at is how they are told."""
    prior = prior_of(load_scenario("two_islands/baseline"))
    target = target_of(prior)
    z = prior.normals(range(60), 1)
    drawn = PosteriorDraws.made(
        target,
        np.pad(z, ((0, 0), (0, target.dimension - z.shape[1]))),
        seed=1,
        command="alliance-sim calibrate two_islands/baseline",
    )
    text = page.page(drawn)
    assert page.NOTHING not in text.partition("## Under other theories")[0]
    assert "60 draws of 20 parameters of Two islands" in text
    assert "`period.alarm.exposure_state.raiders`" in text
    assert "supported" in text
