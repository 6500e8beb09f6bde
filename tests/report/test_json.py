"""The JSON object keeps its form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from alliance_sim import provenance
from alliance_sim.report import history_json
from alliance_sim.report.result_folder import rows_of

if TYPE_CHECKING:
    from alliance_sim.comparison.history import HistoryComparison

FILES = {"report.html": "results/report.html"}
NUMBER = (int, float)


@pytest.fixture(scope="module")
def said(comparison: HistoryComparison) -> dict[str, Any]:
    text = json.dumps(history_json(comparison, files=FILES), allow_nan=False)
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def test_the_keys_are_those_promised(said: dict[str, Any]) -> None:
    assert list(said) == [
        *("scenario", "digest", "seed", "runs", "version"),
        *("record", "missing", "mismatches", "claims", "factual", "claim_changes"),
        *("counts", "rungs"),
        *("assumed_numbers", "files"),
    ]
    assert said["scenario"] == "japan_nato/baseline"
    assert (said["seed"], said["runs"]) == (3, 4)
    assert said["version"] == provenance.version()
    assert said["files"] == FILES
    assert (said["record"], said["missing"]) == ("japan_nato@2", "")
    assert isinstance(said["assumed_numbers"], int)


def test_claims_have_a_verdict_and_two_shares(said: dict[str, Any]) -> None:
    assert len(said["claims"]) == 29
    for claim in said["claims"]:
        assert list(claim) == ["id", "record", "share", "applicable"]
        assert claim["record"] in {"supported", "partly", "contradicted", "untestable"}
        assert 0 <= claim["applicable"] <= 1
        assert claim["share"] is None or 0 <= claim["share"] <= 1


def test_a_claim_that_applies_to_no_run_has_no_share(said: dict[str, Any]) -> None:
    (claim,) = [claim for claim in said["claims"] if claim["id"] == "C26"]
    assert claim == {"id": "C26", "record": "untestable", "share": None, "applicable": 0.0}


def test_counts_cover_periods_domains_and_series(said: dict[str, Any]) -> None:
    assert len(said["counts"]) == 4 * 4 * 3
    for count in said["counts"]:
        assert list(count) == ["period", "domain", "series", "observed", "mean", "low", "high"]
        assert isinstance(count["observed"], int)
        assert all(isinstance(count[key], NUMBER) for key in ("mean", "low", "high"))
    first = said["counts"][0]
    assert (first["period"], first["domain"], first["series"]) == ("P1", "political", "all")
    assert first["observed"] == 13


def test_rungs_have_dates_or_null(said: dict[str, Any]) -> None:
    assert [rung["rung"] for rung in said["rungs"]] == list(range(1, 12))
    for rung in said["rungs"]:
        assert list(rung) == ["rung", "observed", "median", "low", "high"]
    assert said["rungs"][4]["observed"] == "2010-06-25"


def test_what_is_missing_or_not_finite_is_null() -> None:
    frame = pd.DataFrame(
        {
            "share": [0.5, float("nan"), float("inf")],
            "holds": pd.array([True, None, False], dtype="boolean"),
            "count": [1, 2, 3],
        }
    )
    rows = rows_of(frame)
    assert [row["share"] for row in rows] == [0.5, None, None]
    assert [row["holds"] for row in rows] == [True, None, False]
    assert json.dumps([row["count"] for row in rows]) == "[1, 2, 3]"
