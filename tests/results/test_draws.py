"""Draws of a posterior as a file: what is read is what was written, and the same everywhere."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr

from alliance_sim import ResultError, SettingError
from alliance_sim.results.draws import (
    Draws,
    finder,
    load_draws,
    normals_of,
    ranks_of,
    shipped_draws,
)

RNG = np.random.default_rng(5)
NORMALS = RNG.standard_normal((4, 6, 3))
DRAWS = Draws(
    scenario="two_islands/baseline",
    relationship="two_islands",
    theory="RI+T",
    record="two_islands",
    series="all",
    until=2010,
    digests={"scenario": "a", "priors": "b", "observed": "c", "rules": "d"},
    seed=7,
    settings={"chains": {"draws": 4}},
    command="alliance-sim calibrate two_islands/baseline",
    version="0",
    names=("levels.pace", "willingness.assets"),
    channels=("x", "y", "z"),
    checked=(0, 3),
    parameters=RNG.standard_normal((4, 2)),
    ranks=ranks_of(NORMALS),
    log_likelihood=np.array([-10.5, -11.25]),
)


def test_a_normal_is_rounded_within_its_interval_of_equal_probability() -> None:
    normals = RNG.standard_normal(20_000)
    ranks = ranks_of(normals)
    assert np.max(np.abs(ndtr(normals_of(ranks)) - ndtr(normals))) <= 0.5 / 2**16 + 1e-12
    assert np.array_equal(ranks_of(normals_of(ranks)), ranks)


def test_the_farthest_normals_stay_finite_and_mirror_each_other() -> None:
    ends = normals_of(ranks_of(np.array([-9.0, 9.0])))
    assert ends[0] == -ends[1]
    assert 4.0 < ends[1] < 4.5


def test_ranks_are_read_as_the_same_bits_everywhere() -> None:
    every = normals_of(np.arange(2**16, dtype=np.uint16))
    assert (np.diff(every) > 0).all()
    digest = hashlib.sha256(every.astype("<f8").tobytes()).hexdigest()
    assert digest == "b2f6e114784b762314c121e01f08829c198cf882d1eb24775e571d7db87b48d4"


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "RI+T.npz"
    DRAWS.save(path)
    found = load_draws(path)
    for name in vars(DRAWS):
        mine, its = getattr(DRAWS, name), getattr(found, name)
        same = np.array_equal(mine, its) if isinstance(mine, np.ndarray) else mine == its
        assert same, name
    assert found.digest() == DRAWS.digest()
    assert len(found) == 4
    assert np.array_equal(found.normals([1, 2])[:, :, 0], normals_of(DRAWS.ranks[1]))


def test_equal_draws_give_equal_bytes(tmp_path: Path) -> None:
    DRAWS.save(tmp_path / "a.npz")
    DRAWS.save(tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def _changed(path: Path, name: str, value: object) -> None:
    """Write the file anew with one of its arrays changed, its seal as it was."""
    with np.load(io.BytesIO(path.read_bytes())) as loaded:
        arrays = {key: loaded[key] for key in loaded.files} | {name: np.asarray(value)}
    np.savez_compressed(path, **arrays)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("parameters", np.zeros((4, 2))),
        ("log_likelihood", np.array([-10.5, -11.0])),
        ("labels", json.dumps({"format": 1})),
    ],
)
def test_a_file_that_was_changed_is_refused(tmp_path: Path, name: str, value: object) -> None:
    path = tmp_path / "RID.npz"
    DRAWS.save(path)
    _changed(path, name, value)
    with pytest.raises(ResultError, match="contents are not those that were written"):
        load_draws(path)


def test_a_file_of_another_format_says_so(tmp_path: Path) -> None:
    path = tmp_path / "RID.npz"
    DRAWS.save(path)
    _changed(path, "labels", json.dumps({"format": 2}))
    with pytest.raises(ResultError, match="its format is not 1"):
        load_draws(path)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04"])
def test_what_is_no_such_file_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "RID.npz"
    path.write_bytes(content)
    with pytest.raises(ResultError, match="holds no draws of a posterior"):
        load_draws(path)


@pytest.mark.slow
def test_a_file_that_would_fill_memory_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "RID.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in range(9):
            packed.writestr(f"part{part}.npy", bytes(1 << 27))
    with pytest.raises(ResultError, match="unpacks to more than"):
        load_draws(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="does not exist"):
        load_draws(tmp_path / "none.npz")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"parameters": np.zeros((4, 3))}, "parameters do not fit their names"),
        ({"ranks": np.zeros((4, 6, 2), np.uint16)}, "slow noise does not fit"),
        ({"checked": (0, 4)}, "log likelihoods do not fit"),
        ({"parameters": np.full((4, 2), np.nan)}, "not all of its numbers are finite"),
        ({"ranks": np.zeros((4, 6, 3), np.uint8)}, "ranks are not an array of uint16"),
    ],
)
def test_arrays_that_do_not_fit_each_other_are_refused(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    path = tmp_path / "RID.npz"
    replace(DRAWS, **changes).save(path)
    with pytest.raises(ResultError, match=words):
        load_draws(path)


def test_nowhere_to_write_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="cannot be written: there is no such file or folder"):
        DRAWS.save(tmp_path / "no" / "RID.npz")


def test_no_draws_ship_for_a_relationship_that_nobody_fitted() -> None:
    assert shipped_draws("nobody") == {}
    assert shipped_draws("../posterior") == {}


def test_where_nothing_finds_draws_none_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alliance_sim.results.draws.FOUND_BY", {})
    assert finder()(object()) == (None, "")
