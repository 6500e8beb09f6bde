"""A saved ensemble that was damaged is refused by name, or gives the numbers that were saved."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from alliance_sim import AllianceSimError, Ensemble
from alliance_sim.calendar import Calendar
from alliance_sim.results.saved import BEFORE_SEAL, BLANK, MARK, SEAL, write_sealed

Damage = Callable[[random.Random, bytes, bytes], bytes]

STRANGE: tuple[Any, ...] = (
    *(None, True, -1, 0, 1, 2**31, 2**63, 2**70, 0.5, 1e308, "", "x", "ü\x00\x1b", [], [[]], {}),
    *([1950, 2025, 4], [2025, 1950, 4], [1, 9999, 12], [0, 0, 0], ["a"] * 3, ["rung"] * 2),
)


def ensemble(seed: int) -> Ensemble:
    values = np.random.default_rng(seed).normal(size=(20, 24, 5))
    values[3] = np.nan
    return Ensemble(
        scenario=f"test/{seed}",
        digest=f"{seed:064x}",
        calendar=Calendar(2000, 2005),
        states=("level_political", "level_operations", "rung", "count_political", "blocked"),
        values=values,
        seed=2**64 - seed,
        first_run=seed,
        engine="kernel",
        versions={"alliance-sim": "0.1.0"},
        status=tuple("ok" if run != 3 else "RuntimeError: no quorum" for run in range(20)),
    )


def flips(rng: random.Random, content: bytes, other: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 8))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def cut(rng: random.Random, content: bytes, other: bytes) -> bytes:
    place = rng.randrange(len(content))
    return content[:place] if rng.random() < 0.7 else content[place:]


def swap(rng: random.Random, content: bytes, other: bytes) -> bytes:
    size = rng.choice((1, 8, 64, 512))
    first, second = sorted(rng.randrange(len(content) - size) for _ in range(2))
    one, two = content[first : first + size], content[second : second + size]
    changed = bytearray(content)
    changed[first : first + size], changed[second : second + size] = two, one
    return bytes(changed)


def drop(rng: random.Random, content: bytes, other: bytes) -> bytes:
    place, size = rng.randrange(len(content)), rng.choice((1, 7, 64, 512))
    middle = rng.choice((b"", bytes(size), rng.randbytes(size), content[place:][:size] * 2))
    return content[:place] + middle + content[place + size :]


def splice(rng: random.Random, content: bytes, other: bytes) -> bytes:
    place = rng.randrange(len(content))
    return content[:place] + other[place:]


def reword(rng: random.Random, content: bytes, other: bytes) -> bytes:
    """Change a digit or a letter of a text in the file, as an editor would."""
    word = rng.choice((b"seed", b"test/1", b"rung", b"calendar", b"content", b"format", b"kernel"))
    places = [at for at in range(len(content)) if content.startswith(word, at)]
    if not places:
        return content
    place = rng.choice(places) + rng.randrange(len(word) + 12)
    return content[:place] + rng.choice(b'0189aeZ{"\x00').to_bytes() + content[place + 1 :]


def foreign(rng: random.Random, content: bytes, other: bytes) -> bytes:
    begins = rng.choice((b"", b"PAR1", b"\x89HDF\r\n\x1a\n", b"CDF\x01", content[:8]))
    within = rng.choice((b"", b"run,quarter\n", rng.randbytes(rng.randrange(4000))))
    return rng.choice((other, begins + within + rng.choice((b"", content[-8:]))))


DAMAGES: tuple[Damage, ...] = (flips, cut, swap, drop, splice, reword, foreign)


def relabel(rng: random.Random, label: dict[str, Any]) -> dict[str, Any]:
    """Change what a file says of itself."""
    changed = dict(label)
    for key in rng.sample(sorted(changed), k=rng.choice((1, 1, 2))):
        value = rng.choice((*STRANGE, *changed.values()))
        if rng.random() < 0.2:
            del changed[key]
        elif isinstance(changed[key], list) and changed[key] and rng.random() < 0.5:
            changed[key] = [*changed[key]]
            changed[key][rng.randrange(len(changed[key]))] = value
        else:
            changed[key] = value
    return changed


def write_parquet(rng: random.Random, path: Path, table: pa.Table) -> None:
    """Write another table or another label, with a checksum that is right."""
    label = json.loads(table.schema.metadata[MARK.encode()])
    text = json.dumps(relabel(rng, label))
    kind = rng.randrange(6)
    if kind == 0:
        text = text[: rng.randrange(len(text))]
    elif kind == 1:
        table = table.slice(0, rng.randrange(table.num_rows))
    elif kind == 2:
        names = [rng.choice((*table.column_names, "x")) for _ in table.column_names]
        table = table.rename_columns(names)
    elif kind == 3:
        place = rng.randrange(2, table.num_columns)
        other = rng.choice((pa.nulls(table.num_rows), pa.array(["1"] * table.num_rows)))
        table = table.set_column(place, table.column_names[place], other)
    table = table.replace_schema_metadata({MARK: text})

    def put(part: Path) -> None:
        with pq.ParquetWriter(part, table.schema) as writer:
            writer.write_table(table)
            writer.add_key_value_metadata({SEAL: BLANK})

    write_sealed(path, put)


def write_netcdf(rng: random.Random, path: Path, content: bytes) -> None:
    """Write other numbers, names or another label, with a checksum that is right."""
    import netCDF4

    def put(part: Path) -> None:
        part.write_bytes(content)
        with netCDF4.Dataset(part, "a") as whole:
            text = json.dumps(relabel(rng, json.loads(whole.getncattr(MARK))))
            kind = rng.randrange(5)
            if kind == 0:
                whole.renameVariable("rung", "rang")
            elif kind == 1:
                whole["rung"][rng.randrange(20), 3] = rng.choice((0.5, np.nan, np.inf))
            elif kind == 2:
                text = text[: rng.randrange(len(text))]
            whole.setncattr(MARK, rng.choice((text, text, text, 5, [1, 2])))
        with part.open("ab") as file:
            file.write(BEFORE_SEAL + BLANK.encode())

    write_sealed(path, put)


def outcome(path: Path, known: tuple[Ensemble, ...]) -> str:
    """Return how loading a file ended; it may only be refused by name, or give what was saved."""
    try:
        loaded = Ensemble.load(path)
    except AllianceSimError as error:
        told = str(error)
    else:
        assert loaded in known
        return "as saved"
    assert told.startswith(f"{path}: ")
    assert len(told) < 2000
    return "refused"


@pytest.mark.parametrize("ending", [".parquet", ".nc"])
def test_damaged_bytes_are_refused_or_give_what_was_saved(
    ending: str, inputs: int, quickly: Callable[[], AbstractContextManager[None]], tmp_path: Path
) -> None:
    if ending == ".nc":
        pytest.importorskip("netCDF4", reason="needs the extra analysis")
    path = tmp_path / f"runs{ending}"
    known = (ensemble(1), ensemble(2))
    contents = []
    for one in known:
        one.save(path)
        contents.append(path.read_bytes())
    found: Counter[str] = Counter()
    for number in range(inputs):
        rng = random.Random(number)
        damage = rng.choice(DAMAGES)
        path.write_bytes(damage(rng, *contents))
        with quickly():
            found[outcome(path, known)] += 1
    assert found["refused"] > inputs * 0.8


@pytest.mark.parametrize("ending", [".parquet", ".nc"])
def test_files_edited_with_a_right_checksum_are_refused_or_give_what_was_saved(
    ending: str, inputs: int, quickly: Callable[[], AbstractContextManager[None]], tmp_path: Path
) -> None:
    if ending == ".nc":
        pytest.importorskip("netCDF4", reason="needs the extra analysis")
    path = tmp_path / f"runs{ending}"
    known = ensemble(1)
    known.save(path)
    content = path.read_bytes()
    table = pq.read_table(path) if ending == ".parquet" else None
    # A file may say less of its runs, or name them otherwise, only if its content digest does.
    for number in range(inputs):
        rng = random.Random(number)
        if table is not None:
            write_parquet(rng, path, table)
        else:
            write_netcdf(rng, path, content)
        with quickly():
            outcome(path, (known,))


def test_a_seal_made_anew_hides_no_other_number(inputs: int, tmp_path: Path) -> None:
    path = tmp_path / "runs.parquet"
    known = ensemble(1)
    known.save(path)
    content = path.read_bytes()
    place = content.rfind(BEFORE_SEAL) + len(BEFORE_SEAL)
    blank = content[:place] + BLANK.encode() + content[place + len(BLANK) :]
    for number in range(inputs):
        changed = flips(random.Random(number), blank, b"")

        def put(part: Path, changed: bytes = changed) -> None:
            part.write_bytes(changed)

        try:
            write_sealed(path, put)
        except LookupError:
            continue  # the flip hit the name of the seal
        outcome(path, (known,))


def test_the_fuzzer_would_see_a_wrong_number(tmp_path: Path) -> None:
    path = tmp_path / "runs.parquet"
    replace(ensemble(1), seed=5).save(path)
    with pytest.raises(AssertionError):
        outcome(path, (ensemble(1),))
