"""The page on baselines holds what was kept, and what was kept is what scoring says today."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from alliance_sim.calibration.baselines import BASELINES
from alliance_sim.calibration.scoring import SETTINGS, Key

DOCS = Path(__file__).parents[2] / "docs"
QUICK = tuple(model for model in BASELINES if model.name in {"constant", "four_period"})
NUMBERS = ("log_score", "crps", "brier", "coverage")


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(str(DOCS))
    yield import_module("baselines")
    for name in ("baselines", "cells"):
        sys.modules.pop(name, None)


def test_the_page_holds_what_was_scored_last(page: Any) -> None:
    assert page.page() == page.PAGE.read_text("utf-8")


@pytest.mark.slow
def test_what_was_kept_is_what_scoring_says(page: Any) -> None:
    for edition, since, series in page.RUNS:
        found = page.scored(edition, since, series, models=QUICK)
        first = next(iter(found.acts.values())).first_year
        for key in found.cells:
            told, kept = found.told(key), page.score(*_place(key, first))
            assert [told[name] for name in NUMBERS] == pytest.approx(
                [kept[name] for name in NUMBERS], abs=2e-4
            )
            assert told["spent"] == kept["spent"]


def _place(key: Key, since: int) -> tuple[str, int, str, str, str]:
    return key.edition, since, key.series, key.setting, key.model


def test_every_model_and_setting_was_kept(page: Any) -> None:
    frame = page.kept(page.SCORES)
    own = frame["model"] == page.MODEL
    assert (~own).sum() == (3 + 2 + 3) * len(SETTINGS) * len(BASELINES)
    assert set(frame["model"][~own]) == {model.name for model in BASELINES}
    assert set(frame["setting"][own]) == set(page.OF_THE_MODEL)
    stored, why = page.shipped_forecasts(page.load_scenario(page.usual_scenario()))
    assert not why
    kept = zip(frame["series"][own], frame["setting"][own], strict=True)
    assert sorted(kept) == sorted((place.series, place.setting) for place in stored.forecasts)


def test_what_was_kept_of_the_model_is_what_its_forecasts_score(page: Any) -> None:
    found = page.scored(page.NEW, None, ("all",), models=(*QUICK, *page.of_the_model()))
    mine = [key for key in found.cells if key.model == page.MODEL]
    assert len(mine) == len(page.OF_THE_MODEL)
    for key in mine:
        kept = page.score(*_place(key, 1970))
        assert found.told(key)["log_score"] == pytest.approx(kept["log_score"], abs=2e-4)


def test_first_pages_repeat_the_gains_of_the_model(page: Any) -> None:
    readme = " ".join((page.HERE.parent / "README.md").read_text("utf-8").split())
    own = page.score(page.NEW, 1970, "all", page.EVIDENT, page.MODEL)
    gains = {}
    for series in ("all", "salience2"):
        curves = [page.score(page.NEW, 1970, series, "in_sample", m.name) for m in BASELINES]
        found = page.score(page.NEW, 1970, series, page.EVIDENT, page.MODEL)["evidence"]
        gains[series] = found - max(curve["evidence"] for curve in curves)
    best = max(
        page.score(page.NEW, 1970, "all", "rolling", model.name)["log_score"] for model in BASELINES
    )
    told = page.score(page.NEW, 1970, "all", "rolling_told", page.MODEL)["log_score"]
    times = float(f"{math.exp(gains['all']):.2g}")
    assert f"{times:,.0f} times the probability that the best simple curve gives" in readme
    assert f"{gains['all']:.1f} nats, one nat" in readme
    assert f"for the more important acts alone the gain is {gains['salience2']:.1f}" in readme
    assert f"{best - own['log_score']:.1f} worse without" in readme
    assert f"{told - best:.1f} better with the inputs" in readme
    few = [page.score(page.NEW, 1970, "salience2", "rolling", m.name) for m in BASELINES]
    best = max(one["log_score"] for one in few)
    settings = ("rolling", "rolling_told")
    scores = [page.score(page.NEW, 1970, "salience2", one, page.MODEL) for one in settings]
    worse = [f"{best - one['log_score']:.1f}" for one in scores]
    assert f"of the more important ones {worse[0]} and {worse[1]} worse" in readme


def test_a_number_that_is_typed_over_is_found(
    page: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "baselines.md"
    copy.write_text(page.PAGE.read_text("utf-8").replace("−562.2", "−500.0"), "utf-8")
    monkeypatch.setattr(page, "PAGE", copy)
    monkeypatch.setattr(sys, "argv", ["baselines.py"])
    assert page.main() == 1
    assert "out of date: baselines.md" in capsys.readouterr().err


def test_outside_the_blocks_stands_no_score(page: Any) -> None:
    prose = page.BLOCK.sub("", page.PAGE.read_text("utf-8"))
    assert re.findall(r"[−-]\d{3}\.\d", prose) == []


def test_numbers_measured_before_are_met_within_a_nat(page: Any) -> None:
    for model, measured in page.IN_SAMPLE.items():
        found = page.score(page.OLD, 1950, "all", "in_sample", model)["log_score"]
        assert found == pytest.approx(measured, abs=1.0)
    for model in ("constant", "random_walk", "change_point", "hawkes"):
        fixed, rolling = page.TABLE[model][0]
        assert page.score(page.OLD, 1970, "all", "blind", model)["log_score"] == pytest.approx(
            fixed, abs=1.0
        )
        row = page.score(page.OLD, 1970, "all", "rolling", model)
        assert row["log_score"] - row["unspent_log_score"] == pytest.approx(rolling, abs=1.0)
