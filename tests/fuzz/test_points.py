"""A table of points with anything in it is refused in words, or read as it stands."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import random
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from alliance_sim.sweep.factors import Factor
from alliance_sim.sweep.points import read_rows

FACTORS = (
    Factor(name="pull", kind="number", path="levels.pace", low=0.5, high=2.5),
    Factor(name="happens", kind="present", path="juncture.x.present", values=(False, True)),
    Factor(
        name="day",
        kind="date",
        path="juncture.x.date",
        low="2002-01-01",
        high="2005-01-01",
        dated=True,
    ),
    Factor(name="rule", kind="setting", path="council.rule", values=("consensus", "leader")),
    Factor(name="years", kind="setting", path="threat.x.window", values=(0, 2)),
)
NAMES = [factor.name for factor in FACTORS]
SOUND: dict[str, tuple[str, ...]] = {
    "pull": ("0.5", "2.5", "1", "1e0", " 2.25"),
    "happens": ("true", "false", "1", "0"),
    "day": ("2002-01-01", "2004-02-29"),
    "rule": ("consensus", "leader"),
    "years": ("0", "2", "+2"),
}
STRANGE = (
    *(
        "",
        " ",
        "nan",
        "inf",
        "1_0",
        "\u0661",
        "0x1",
        "1e999",
        "9" * 400,
        "-",
        "x" * 3000,
        "\x1b[2J",
    ),
    *("\u202e", "2003-13-01", "0000-00-00", "9999-12-31", "20030101", "TRUE", "yes", '"', "'", ","),
    *("\n", "\r", "\t", "1,5", "None", "[]", "\ufeff", "3", "-1", "0.5.5"),
)
COLUMNS: tuple[Any, ...] = (
    pa.array([1.0, None, math.nan]), pa.array([0, 2, 2**62]), pa.array([True, False, None]),
    pa.array(["leader", "", "\x1b"]), pa.array([10_000, 10**8, None], pa.date32()),
    pa.array([10**15, -(10**15), 0], pa.timestamp("ms")), pa.array([[1], [], None]),
    pa.array([None, None, None]), pa.array([b"\xff", b"", None]), pa.array([{"a": 1}] * 3),
    pa.array([dt.date(2003, 1, 1)] * 3), pa.array([2**64 - 1, 0, 1], pa.uint64()),
    pa.array([10**14, 0, 1], pa.timestamp("s", tz="UTC")), pa.array([1, 2, 3], pa.duration("s")),
    pa.array([1, 2, 3], pa.time64("us")), pa.array([1, 2, 3]),
)  # fmt: skip


def csv_table(rng: random.Random) -> bytes:
    """Return a CSV file with some things in it that do not belong there."""
    names = rng.sample(NAMES, len(NAMES))
    rows = [[rng.choice(SOUND[name]) for name in names] for _ in range(rng.randrange(1, 6))]
    for _ in range(rng.choice((0, 0, 1, 2, 5))):
        row = rng.choice([names, *rows])
        kind = rng.randrange(4)
        if kind == 0 and row:
            del row[rng.randrange(len(row))]
        elif kind == 1:
            row.insert(rng.randrange(len(row) + 1), rng.choice(STRANGE))
        elif row:
            row[rng.randrange(len(row))] = rng.choice(STRANGE)
    text = io.StringIO(newline="")
    csv.writer(text).writerows([names, *rows])
    content = text.getvalue().encode()
    if rng.random() < 0.2:
        place = rng.randrange(len(content))
        content = content[:place] + rng.randbytes(rng.randrange(3)) + content[place + 1 :]
    return content


def parquet_table(rng: random.Random) -> bytes:
    """Return a Parquet file with columns of any kind, sometimes damaged."""
    sound = {
        "pull": pa.array([0.5, 1.0, 2.5]), "happens": pa.array([True, False, True]),
        "day": pa.array([dt.date(2003, 1, 1)] * 3), "rule": pa.array(["leader"] * 3),
        "years": pa.array([0, 2, 0]),
    }  # fmt: skip
    for _ in range(rng.choice((0, 1, 1, 2))):
        sound[rng.choice((*NAMES, "other", "", "\x1b"))] = rng.choice(COLUMNS)
    if rng.random() < 0.2:
        del sound[rng.choice(NAMES)]
    file = io.BytesIO()
    pq.write_table(pa.table(sound), file)
    content = bytearray(file.getvalue())
    if rng.random() < 0.3:
        for _ in range(rng.choice((1, 3))):
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return bytes(content[: rng.randrange(len(content))] if rng.random() < 0.05 else content)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_table_with_anything_in_it_is_refused_in_words_or_read_as_it_stands(
    ending: str,
    inputs: int,
    quickly: Callable[[], AbstractContextManager[None]],
    tmp_path: Path,
) -> None:
    seen: Counter[str] = Counter()
    path = tmp_path / f"points.{ending}"
    for number in range(inputs):
        rng = random.Random(number)
        path.write_bytes(csv_table(rng) if ending == "csv" else parquet_table(rng))
        with quickly():
            rows, told = read_rows(path, FACTORS)
        assert bool(rows) != bool(told), number
        assert not set("".join(told)) & {"\x1b", "\x00", "\u202e"}, number
        seen["refused" if told else "read"] += 1
        for row in rows:
            assert all(f.allows(v) for f, v in zip(FACTORS, row, strict=True)), number
    assert seen["refused"] > inputs / 10, seen
    assert seen["read"] > inputs / 10, seen
