"""Settings of fits and of what is forecast with them are checked at birth, all at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from alliance_sim import SettingError
from alliance_sim.calibration import (
    ChainSettings,
    FitSettings,
    TransferSettings,
)
from alliance_sim.calibration.refits import RefitSettings
from alliance_sim.cli import app


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        (FitSettings, "theories"),
        (RefitSettings, "theories"),
        (RefitSettings, "series"),
        (RefitSettings, "settings"),
        (TransferSettings, "series"),
    ],
)
def test_one_text_stands_for_a_list_of_one_and_an_empty_list_for_nothing(
    settings: Any, name: str
) -> None:
    text = {"theories": "RID", "series": "alliance", "settings": "rolling"}[name]
    for one in (text, [text]):
        assert getattr(settings(**{name: one}), name) == (text,)
    with pytest.raises(SettingError, match=r"1 problem\n  - no (theory|series|setting) is"):
        settings(**{name: ()})


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: FitSettings(series="alliances"), "unknown series 'alliances'; did you mean 'all"),
        (lambda: FitSettings(series=("all",)), "unknown series"),  # type: ignore[arg-type]
        (lambda: FitSettings(until="2005"), "until is '2005', must be a year"),  # type: ignore[arg-type]
        (lambda: FitSettings(until=True), "until is True, must be a year"),
        (lambda: FitSettings(seed=-1), "seed is -1, must be a whole number from 0"),
        (lambda: FitSettings(tempered=64), "tempered is 64, must be TemperedSettings"),  # type: ignore[arg-type]
        (lambda: FitSettings(chains=64), "chains is 64, must be ChainSettings"),  # type: ignore[arg-type]
        (lambda: RefitSettings(rolling=64), "rolling is 64, must be RollingSettings"),  # type: ignore[arg-type]
        (lambda: TransferSettings(rolling=64), "rolling is 64, must be RollingSettings"),  # type: ignore[arg-type]
        (lambda: TransferSettings(since="x"), "since is 'x', must be a year"),  # type: ignore[arg-type]
        (lambda: TransferSettings(since=2003.5), "since is 2003.5, must be a year"),  # type: ignore[arg-type]
    ],
)
def test_settings_that_make_no_sense_are_told(make: Any, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        make()


def test_a_year_of_numpy_is_kept_as_python_has_it() -> None:
    since = TransferSettings(since=np.int64(2003)).since  # type: ignore[arg-type]
    assert type(since) is int
    assert FitSettings(until=np.int32(2005)).until == 2005  # type: ignore[arg-type]


def test_all_that_is_wrong_with_a_fit_is_told_at_once() -> None:
    with pytest.raises(SettingError) as told:
        FitSettings(
            theories=(),
            series="x",
            until=1.5,  # type: ignore[arg-type]
            seed=-1,
            chains=ChainSettings(draws=5, keep=0),
        )
    assert len(told.value.problems) == 6


def test_a_fit_that_would_keep_no_whole_draw_is_refused() -> None:
    with pytest.raises(SettingError, match="draws is 9, must be at least 10: whole draws, which"):
        FitSettings(chains=ChainSettings(draws=9, round=10))
    with pytest.raises(SettingError, match="keep is 0, must be at least 1: a fit is used by"):
        FitSettings(chains=ChainSettings(keep=0))
    assert FitSettings(chains=ChainSettings(draws=10, round=10)).chains.draws == 10
    words = ["calibrate", "two_islands/baseline", "--draws", "5", "--particles", "1"]
    found = CliRunner().invoke(app, words)
    assert found.exit_code != 0
    assert "draws is 5, must be at least 10" in found.output
    assert "particles is 1, must be a whole number, at least 8" in found.output
