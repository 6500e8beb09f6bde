"""An ensemble keeps its numbers and its names, in memory, in a frame and in a file."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from alliance_sim import simulate
from alliance_sim.calendar import Calendar
from alliance_sim.errors import AllianceSimError, ResultError, SettingError, UnknownName
from alliance_sim.results import MARK, Ensemble
from alliance_sim.results.saved import BLANK, SEAL, write_sealed

CALENDAR = Calendar(2000, 2001)
STATES = ("level_political", "rung", "count_operations")
RUNS = 3


def ensemble(values: Any = None, **changed: Any) -> Ensemble:
    """Return a small ensemble with numbers that a file might spoil."""
    if values is None:
        values = np.linspace(0.0, 1.0, RUNS * 8 * 3).reshape(RUNS, 8, 3)
        values[0, 0] = [-0.0, 5e-324, 1.0 / 3.0]
        values[1] = np.nan
    whole = Ensemble(
        scenario="test",
        digest="0" * 64,
        calendar=CALENDAR,
        states=STATES,
        values=values,
        seed=2**64 - 1,
        first_run=5,
        versions={"alliance-sim": "0.1.0"},
        status=("ok", "RuntimeError: no quorum, „gar nicht“", "ok"),
    )
    return replace(whole, **changed)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"status": ("ok",)}, "status tells of 1 runs, must of all 3"),
        ({"states": ("rung",)}, r"shape \(3, 8, 3\), must be \(runs, 8, 1\): run, quarter"),
        ({"values": np.zeros((3, 9, 3))}, r"shape \(3, 9, 3\), must be \(runs, 8, 3\)"),
        ({"values": np.zeros((8, 3))}, r"values have shape \(8, 3\), must be"),
    ],
)
def test_names_that_do_not_fit_the_numbers_are_refused_at_once(changed: Any, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        ensemble(**changed)


def test_one_state_is_a_block_of_one_and_none_is_refused() -> None:
    assert np.array_equal(ensemble().block("rung"), ensemble().block(["rung"]), equal_nan=True)
    with pytest.raises(SettingError, match="no state is given, must be at least one"):
        ensemble().block([])


def test_what_was_saved_is_read_back_whole(tmp_path: Path) -> None:
    path = tmp_path / "runs.parquet"
    saved = ensemble()
    saved.save(path)
    loaded = Ensemble.load(path)
    assert loaded == saved
    assert loaded.values.tobytes() == saved.values.tobytes()
    assert Ensemble.load(str(path)) == saved


def test_title_and_relationship_are_read_back_and_a_file_without_them_still_loads(
    tmp_path: Path,
) -> None:
    told = ensemble(title="A title", relationship="japan_nato")
    for saved in (told, ensemble()):
        saved.save(tmp_path / "runs.parquet")
        loaded = Ensemble.load(tmp_path / "runs.parquet")
        assert (loaded.title, loaded.relationship) == (saved.title, saved.relationship)
    assert "title" not in ensemble().labels().as_tree()


@settings(max_examples=15)
@given(values=arrays(np.float64, (RUNS, 8, 3), elements=st.floats(width=64)))
def test_any_numbers_are_read_back_to_the_last_bit(
    values: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("runs") / "runs.parquet"
    ensemble(values).save(path)
    loaded = Ensemble.load(path).values
    assert np.array_equal(np.isnan(loaded), np.isnan(values))
    known = ~np.isnan(values)
    assert loaded[known].tobytes() == values[known].tobytes()


def test_simulated_runs_are_read_back_whole(tmp_path: Path) -> None:
    runs = simulate("japan_nato/baseline", runs=2, seed=1, first_run=7)
    runs.save(tmp_path / "runs.parquet")
    assert Ensemble.load(tmp_path / "runs.parquet") == runs


def test_saving_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        ensemble().save(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_saved_file_is_an_ordinary_table(tmp_path: Path) -> None:
    path = tmp_path / "runs.parquet"
    ensemble().save(path)
    frame = pd.read_parquet(path)
    frame["quarter"] = frame["quarter"].astype(object)
    expected = ensemble().to_frame()
    expected["quarter"] = expected["quarter"].astype(object)
    pd.testing.assert_frame_equal(frame, expected, check_exact=True, check_frame_type=False)


def test_a_frame_has_a_row_for_every_run_and_quarter() -> None:
    frame = ensemble().to_frame()
    assert list(frame.columns) == ["run", "quarter", *STATES]
    assert frame["run"].tolist() == [5] * 8 + [6] * 8 + [7] * 8
    quarters = [f"{year}Q{q}" for year in (2000, 2001) for q in (1, 2, 3, 4)]
    assert frame["quarter"].tolist() == quarters * RUNS
    flat = frame[list(STATES)].to_numpy().reshape(RUNS, 8, 3)
    assert np.array_equal(flat, ensemble().values, equal_nan=True)


def test_changing_a_frame_leaves_the_ensemble_alone() -> None:
    whole = ensemble()
    frame = whole.to_frame()
    frame["rung"] = 99.0
    assert whole == ensemble()


def test_a_state_is_found_by_its_name() -> None:
    whole = ensemble()
    assert whole.runs == RUNS
    for position, state in enumerate(STATES):
        column = whole.column(state)
        assert np.array_equal(column, whole.values[:, :, position], equal_nan=True)
    block = whole.block(["rung", "level_political"])
    assert np.array_equal(block, whole.values[:, :, [1, 0]], equal_nan=True)


def test_an_unknown_state_is_an_error_with_the_nearest_name() -> None:
    with pytest.raises(UnknownName, match=r"unknown state 'rungs'; did you mean 'rung'\?"):
        ensemble().column("rungs")
    with pytest.raises(UnknownName, match="did you mean 'level_political'"):
        ensemble().block(["rung", "level_politics"])


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": 1},
        {"first_run": 6},
        {"scenario": "other"},
        {"digest": "1" * 64},
        {"status": ("ok", "ok", "ok")},
        {"states": ("level_political", "rung", "count_equipment")},
        {"calendar": Calendar(2002, 2003)},
        {"engine": "kernel"},
        {"values": np.zeros((RUNS, 8, 3))},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_ensembles_that_differ_in_anything_are_not_equal(changed: dict[str, Any]) -> None:
    assert ensemble() == ensemble()
    assert ensemble(**changed) != ensemble()
    assert ensemble() != "an ensemble"


def sealed(table: pa.Table, path: Path) -> None:
    """Write a table with a checksum that is right."""

    def put(part: Path) -> None:
        with pq.ParquetWriter(part, table.schema) as writer:
            writer.write_table(table)
            writer.add_key_value_metadata({SEAL: BLANK})

    write_sealed(path, put)


def of_others(path: Path) -> None:
    pq.write_table(pa.table({"run": [1, 2]}), path)


def of_others_but_sealed(path: Path) -> None:
    sealed(pa.table({"run": [1, 2]}), path)


def text(path: Path) -> None:
    path.write_text("run,quarter\n0,1950Q1\n", encoding="utf-8")


def half_a_file(path: Path) -> None:
    ensemble().save(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def saved_table(path: Path) -> pa.Table:
    return pq.read_table(pa.BufferReader(saved_bytes(path)))


def spoilt_label(path: Path) -> None:
    sealed(saved_table(path).replace_schema_metadata({MARK: b"not JSON"}), path)


def missing_column(path: Path) -> None:
    sealed(saved_table(path).drop_columns(["rung"]), path)


def missing_rows(path: Path) -> None:
    sealed(saved_table(path).slice(0, 20), path)


def label_with(**changed: Any) -> Any:
    """Return what writes a file whose label says something else, with a checksum that is right."""

    def make(path: Path) -> None:
        table = saved_table(path)
        label = json.loads(table.schema.metadata[MARK.encode()]) | changed
        sealed(table.replace_schema_metadata({MARK: json.dumps(label)}), path)

    return make


def other_numbers(path: Path) -> None:
    table = saved_table(path)
    spoilt = table.set_column(3, "rung", pa.array([0.25] * table.num_rows))
    sealed(spoilt, path)


def saved_bytes(path: Path) -> bytes:
    ensemble().save(path)
    return path.read_bytes()


NOT_OURS = {
    "a table of others": (of_others, "no checksum in it.* of an older version; make it again"),
    "a table of others with a checksum": (of_others_but_sealed, "is Parquet, but not an ensemble"),
    "text": (text, "cannot be read as Parquet"),
    "empty": (lambda path: path.touch(), "cannot be read as Parquet"),
    "half a file": (half_a_file, "is damaged|cannot be read as Parquet"),
    "nothing": (lambda path: path.unlink(missing_ok=True), "cannot be read as Parquet: "),
    "a folder": (lambda path: path.mkdir(), "is not a regular file|must be a regular file"),
    "a pipe": (os.mkfifo, "is not a regular file|must be a regular file"),
    "a device": (
        lambda path: path.symlink_to("/dev/zero"),
        "is not a regular file|must be a regular file",
    ),
    "a spoilt label": (spoilt_label, "is Parquet, but not an ensemble"),
    "years that are texts": (label_with(calendar=["2000", 2001, 4]), "not an ensemble"),
    "a label without a version": (label_with(format=None), "has format None, this version .* re"),
    "a label of the future": (label_with(format=9), "has format 9, this version .* reads format 3"),
    "a range that is no number": (
        label_with(meanings={"rung": ["formal step", "", "low", None]}),
        "not an ensemble",
    ),
    "too many runs": (label_with(runs=2**32, status=[]), "must be at most"),
    "other runs": (label_with(runs=4, status=[]), "not the one that its label describes"),
    "another seed": (label_with(seed=7), "holds other numbers or names than were saved"),
    "other numbers": (other_numbers, "holds other numbers or names than were saved"),
    "a missing column": (missing_column, "not the one that its label describes"),
    "missing rows": (missing_rows, "not the one that its label describes"),
}


@pytest.mark.parametrize(("make", "says"), NOT_OURS.values(), ids=NOT_OURS)
def test_what_save_did_not_write_is_refused_by_name(make: Any, says: str, tmp_path: Path) -> None:
    path = tmp_path / "runs.parquet"
    make(path)
    with pytest.raises(ResultError, match=says) as caught:
        Ensemble.load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert isinstance(caught.value, AllianceSimError)


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".parquet", ".nc"])
def test_a_bit_that_flips_is_told_wherever_it_lies(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"runs{ending}"
    ensemble().save(path)
    content = path.read_bytes()
    for place in range(0, len(content), max(7, len(content) // 700)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x10]) + content[place + 1 :])
        with pytest.raises(ResultError, match=r"is damaged|no checksum in it"):
            Ensemble.load(path)


def test_a_file_of_the_version_before_is_refused_with_what_to_do(tmp_path: Path) -> None:
    table = saved_table(tmp_path / "runs.parquet")
    label = json.loads(table.schema.metadata[MARK.encode()])
    old = {key: label[key] for key in label if key not in {"format", "content", "runs"}}
    pq.write_table(table.replace_schema_metadata({MARK: json.dumps(old)}), tmp_path / "old.parquet")
    says = "of an older version; make it again: the same scenario, seed and runs give the same"
    with pytest.raises(ResultError, match=says):
        Ensemble.load(tmp_path / "old.parquet")


@pytest.mark.parametrize("ending", [".parquet", ".nc"])
@pytest.mark.parametrize("name", ["s3:first_try", "http:x#y", "a b", "ü"])
def test_a_folder_of_any_name_will_do(
    name: str, ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path(name)
    folder.mkdir()
    path = folder / f"file:runs{ending}"
    ensemble().save(path)
    assert Ensemble.load(path) == ensemble()
    assert [place.name for place in folder.iterdir()] == [path.name]


def test_both_formats_hold_the_same_content_digest(tmp_path: Path) -> None:
    for ending in (".parquet", ".nc"):
        ensemble().save(tmp_path / f"runs{ending}")
        loaded = Ensemble.load(tmp_path / f"runs{ending}")
        assert loaded.content_digest() == ensemble().content_digest()


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "runs.parquet").mkdir()
    with pytest.raises(ResultError, match=r"runs\.parquet: cannot be written: "):
        ensemble().save(tmp_path / "runs.parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["runs.parquet"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match=r"there is no folder .*nowhere"):
        ensemble().save(tmp_path / "nowhere" / "runs.parquet")


def test_runs_of_which_nothing_is_said_did_not_fail() -> None:
    found = ensemble(status=())
    assert (found.failed, found.first_whole) == (0, 5)
    assert found.whole.tolist() == [True] * RUNS
    assert ensemble().whole.tolist() == [True, False, True]
