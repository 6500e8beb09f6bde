"""What is said of the model beside baselines is what was kept, and nothing where nothing was."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from alliance_sim.calibration import standing
from alliance_sim.calibration.standing import (
    ASKED,
    HEADS,
    Standing,
    standing_in_words,
    standing_of,
    standing_rows,
)
from alliance_sim.glossary import series_words

RECORD = "japan_nato@2"
HEAD = "series,setting,score,baseline,best\n"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "table.csv"
    monkeypatch.setattr(standing, "standing_path", lambda _: path)
    standing_of.cache_clear()
    monkeypatch.setattr(standing, "standing_of", standing_of.__wrapped__)
    return path


def test_what_ships_is_of_every_series_and_says_that_the_model_is_not_better() -> None:
    rows = standing_of(RECORD)
    yearly = {row.series: row.gain for row in rows if row.setting == "rolling"}
    assert set(yearly) == {"all", "alliance", "salience2"}
    assert all(gain < ASKED for gain in yearly.values())
    words = standing_in_words(RECORD)
    assert "counts? No." in words
    table = {row[0]: row[1:] for row in standing_rows(RECORD)}
    assert list(table) == [series_words(one) for one in yearly]
    assert table["all acts"][0].startswith(f"{math.exp(-yearly['all']):.2g} times less (")
    assert all(len(row) == len(HEADS) - 1 for row in table.values())
    assert words.count("nats") == 1
    assert "55 times the probability that the best curve gave it (4 nats)" in words


def test_of_a_record_that_was_never_scored_nothing_is_said() -> None:
    assert standing_of("two_islands@1") == ()
    assert standing_in_words("two_islands@1") == ""
    assert standing_rows("two_islands@1") == []


@pytest.mark.parametrize(
    ("gains", "verdict"),
    [
        ((5.0, 9.0), "counts? Yes."),
        ((3.0, -1.0), "counts? No."),
        ((5.0, 1.0), "counts? Only for all acts."),
    ],
)
def test_the_verdict_is_that_of_the_gains(
    kept: Path, gains: tuple[float, float], verdict: str
) -> None:
    rows = [
        f"{s},rolling,{g},constant,0.0\n" for s, g in zip(("all", "alliance"), gains, strict=True)
    ]
    kept.write_text(HEAD + "".join(rows), encoding="utf-8")
    assert verdict in standing_in_words("any@1")


def test_told_forecasts_and_evidence_stand_beside_where_they_were_kept(kept: Path) -> None:
    rows = ("rolling,-10,constant,-12", "rolling_told,-9,constant,-12", "evidence,-20,line,-30")
    kept.write_text(HEAD + "".join(f"all,{row}\n" for row in rows), encoding="utf-8")
    (row,) = standing_rows("any@1")
    assert row == (
        "all acts",
        "7.4 times as much (constant)",
        "20 times as much (constant)",
        "22,000 times as much (line)",
    )
    assert Standing("all", "rolling", -10.0, "constant", -12.0).gain == 2.0


@pytest.mark.parametrize(
    ("gain", "said"),
    [
        (0.0, "as much"),
        (-0.7, "2 times less"),
        (13.0, "440,000 times as much"),
        (13.8155, "over a million times as much"),
        (-5_000.0, "over a million times less"),
    ],
)
def test_a_gain_is_said_as_how_many_times_as_much(kept: Path, gain: float, said: str) -> None:
    kept.write_text(f"{HEAD}all,rolling,{gain},constant,0\n", encoding="utf-8")
    assert standing_rows("any@1") == [("all acts", f"{said} (constant)", "–", "–")]
