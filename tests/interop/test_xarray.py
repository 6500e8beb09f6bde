"""xarray: named dimensions, units and labels, and NetCDF files that are read back whole."""

import importlib.util
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from alliance_sim import AllianceSimError, Ensemble, simulate
from alliance_sim.calendar import Calendar
from alliance_sim.errors import ResultError, SettingError
from alliance_sim.results.saved import BEFORE_SEAL, BLANK, MARK, write_sealed
from alliance_sim.results.state_metadata import Meaning, meaning

xr = pytest.importorskip("xarray", reason="needs the extra analysis")
pytest.importorskip("netCDF4", reason="needs the extra analysis")

STATES = ("rung", "level_political", "count_operations")  # not in the order of the alphabet
RUNS = 3
STEPS = 8
PAYLOAD = np.array([0x7FF8_0000_0000_0123, 0xFFF8_0000_0000_0001], dtype=np.uint64).view(float)


def ensemble(values: Any = None, **changed: Any) -> Ensemble:
    """Return a small ensemble with numbers and labels that a file might spoil."""
    if values is None:
        values = np.linspace(0.0, 1.0, RUNS * STEPS * 3).reshape(RUNS, STEPS, 3)
        values[0, 0] = [-0.0, 5e-324, 1.0 / 3.0]
        values[0, 1, :2] = PAYLOAD
        values[0, 2, :2] = [np.inf, -np.inf]
        values[1] = np.nan
    whole = Ensemble(
        scenario="test",
        digest="0" * 64,
        calendar=Calendar(2000, 2001),
        states=STATES,
        values=values,
        seed=2**64 - 1,
        first_run=2**32 - RUNS,
        engine="mesa with Über",
        versions={"alliance-sim": "0.1.0", "a": "1"},
        status=("ok", "RuntimeError: no quorum, „gar nicht“", ""),
        edits=({"words": "without „x“", "path": "juncture.x.present", "value": False},),
        meanings={
            "rung": Meaning("formal steps climbed", "rung"),
            "level_political": Meaning("level of cooperation: political", "1"),
        },
    )
    return replace(whole, **changed)


def assert_read_back(saved: Ensemble, path: Path) -> None:
    saved.save(path)
    loaded = Ensemble.load(path)
    assert loaded == saved
    assert loaded.labels() == saved.labels()
    assert loaded.values.tobytes() == saved.values.tobytes()
    assert loaded.values.dtype == np.float64


def test_a_dataset_has_named_dimensions_dates_units_and_all_labels() -> None:
    data = ensemble().to_xarray()
    assert dict(data.sizes) == {"run": RUNS, "quarter": STEPS}
    assert list(data.data_vars) == list(STATES)
    assert data["run"].to_numpy().tolist() == [2**32 - 3, 2**32 - 2, 2**32 - 1]
    assert data["quarter"].to_numpy().tolist()[:2] == ["2000Q1", "2000Q2"]
    assert str(data["date"].to_numpy()[1]).startswith("2000-04-01T00:00")
    assert data["status"].to_numpy().tolist()[1].startswith("RuntimeError")
    assert data["rung"].attrs == {"long_name": "formal steps climbed", "units": "rung"}
    assert data["level_political"].attrs["units"] == "1"
    assert data.attrs["seed"] == 2**64 - 1
    assert data.attrs["scenario"] == "test"
    assert data.attrs["versions"] == '{"a": "1", "alliance-sim": "0.1.0"}'
    assert set(data.attrs) >= {"digest", "first_run", "engine", "first_year", "steps_per_year"}


def test_states_are_picked_by_run_and_quarter() -> None:
    runs = simulate("japan_nato/baseline", runs=2, seed=1, first_run=7)
    data = runs.to_xarray()
    here = runs.calendar.labels.index("2014Q4")
    assert float(data["rung"].sel(run=8, quarter="2014Q4")) == runs.column("rung")[1, here]
    by_date = data.swap_dims(quarter="date").sel(date="2014-10-01")
    assert float(by_date["rung"].sel(run=8)) == runs.column("rung")[1, here]
    assert np.array_equal(data.to_dataarray().to_numpy().transpose(1, 2, 0), runs.values)


def test_every_reported_state_is_told_in_words() -> None:
    runs = simulate("japan_nato/baseline", runs=1, seed=1)
    assert set(runs.meanings) == set(runs.states)
    assert all(told.unit and told.long_name for told in runs.meanings.values())
    assert meaning("a_new_state", runs.meanings) == Meaning("a new state", "")


@pytest.mark.parametrize("suffix", [".nc", ".NC", ".parquet", ""])
@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"seed": 0, "first_run": 0, "engine": "", "versions": {}},
        {"status": ()},
        {"calendar": Calendar(2000, 2007, steps_per_year=1)},
        {"calendar": Calendar(1900, 1901)},
    ],
    ids=["awkward", "plain", "no status", "years", "long ago"],
)
def test_what_was_saved_is_read_back_whole(
    changed: dict[str, Any], suffix: str, tmp_path: Path
) -> None:
    assert_read_back(ensemble(**changed), tmp_path / f"runs{suffix}")


@settings(max_examples=10)
@given(
    values=arrays(np.uint64, (RUNS, STEPS, 3), elements=st.integers(0, 2**64 - 1)),
    seed=st.integers(0, 2**64 - 1),
)
@pytest.mark.parametrize("suffix", [".nc", ".parquet"])
def test_any_bits_are_read_back(
    suffix: str, values: Any, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("runs") / f"runs{suffix}"
    assert_read_back(ensemble(values.view(np.float64), seed=seed), path)


def test_simulated_runs_are_read_back_whole(tmp_path: Path) -> None:
    assert_read_back(simulate("japan_nato/baseline", runs=2, seed=1), tmp_path / "runs.nc")


def test_equal_ensembles_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("one.nc", "two.nc"):
        ensemble().save(tmp_path / name)
    assert (tmp_path / "one.nc").read_bytes() == (tmp_path / "two.nc").read_bytes()


def test_a_file_is_ordinary_netcdf(tmp_path: Path) -> None:
    path = tmp_path / "runs.nc"
    saved = ensemble()
    saved.save(path)
    with xr.open_dataset(path) as data:
        xr.testing.assert_equal(data.load(), saved.to_xarray())
        assert data["rung"].attrs == saved.to_xarray()["rung"].attrs
        assert int(data.attrs["seed"]) == saved.seed


def sealed(data: Any, path: Path) -> None:
    """Write a dataset with a checksum that is right."""

    def put(part: Path) -> None:
        data.to_netcdf(part, engine="netcdf4")
        with part.open("ab") as file:
            file.write(BEFORE_SEAL + BLANK.encode())

    write_sealed(path, put)


def saved(path: Path) -> Any:
    ensemble(seed=1).save(path)
    with xr.open_dataset(path) as data:
        return data.load()


def foreign(path: Path) -> None:
    sealed(xr.Dataset({"rung": ("run", [1.0, 2.0])}), path)


def written_by_xarray(path: Path) -> None:
    ensemble(seed=1).to_xarray().to_netcdf(path, engine="netcdf4")


def other_shape(path: Path) -> None:
    sealed(saved(path).isel(quarter=slice(4)), path)


def missing_state(path: Path) -> None:
    sealed(saved(path).drop_vars("rung"), path)


def other_numbers(path: Path) -> None:
    data = saved(path)
    data["rung"][1, 2] = 0.25
    sealed(data, path)


def spoilt_label(path: Path) -> None:
    sealed(saved(path).assign_attrs({MARK: "not JSON"}), path)


def half_a_file(path: Path) -> None:
    ensemble().save(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def parquet(path: Path) -> None:
    ensemble().save(path.with_suffix(".parquet"))
    path.with_suffix(".parquet").rename(path)


NOT_OURS = {
    "a file of others": (foreign, "is NetCDF, but not an ensemble"),
    "written by another program": (written_by_xarray, "there is no checksum in it"),
    "missing quarters": (other_shape, "is not of the shape that its label describes"),
    "a missing state": (missing_state, "cannot be read as NetCDF: 'rung'"),
    "other numbers": (other_numbers, "holds other numbers or names than were saved"),
    "a spoilt label": (spoilt_label, "is NetCDF, but not an ensemble"),
    "text": (lambda path: path.write_text("run\n", encoding="utf-8"), "cannot be read as NetCDF"),
    "empty": (lambda path: path.touch(), "cannot be read as NetCDF"),
    "half a file": (half_a_file, "cannot be read as NetCDF|is damaged"),
    "nothing": (lambda path: path.unlink(missing_ok=True), "cannot be read as NetCDF"),
    "a folder": (lambda path: path.mkdir(), "cannot be read as NetCDF"),
    "Parquet": (parquet, "cannot be read as NetCDF"),
}


@pytest.mark.parametrize(("make", "says"), NOT_OURS.values(), ids=NOT_OURS)
def test_what_save_did_not_write_is_refused_by_name(make: Any, says: str, tmp_path: Path) -> None:
    path = tmp_path / "runs.nc"
    make(path)
    with pytest.raises(ResultError, match=says) as caught:
        Ensemble.load(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_an_ending_that_means_no_format_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "runs.csv", tmp_path / "runs.parquet.gz"):
        with pytest.raises(SettingError, match=r"must end in '\.parquet' or '\.nc'"):
            ensemble().save(path)
        with pytest.raises(SettingError, match=r"must end in '\.parquet' or '\.nc'"):
            Ensemble.load(path)


@pytest.mark.parametrize("missing", ["xarray", "netCDF4"])
def test_without_the_extra_the_error_says_what_to_install(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr(
        "alliance_sim.results.netcdf.find_spec",
        lambda name: None if name == missing else there(name),
    )
    says = rf"needs {missing}, which is not installed.*pip install 'alliance-sim\[analysis\]'"
    with pytest.raises(AllianceSimError, match=says):
        ensemble().save(tmp_path / "runs.nc")
    if missing == "netCDF4":
        with pytest.raises(AllianceSimError, match=says):
            Ensemble.load(tmp_path / "runs.nc")
    else:
        with pytest.raises(AllianceSimError, match=says):
            ensemble().to_xarray()
    ensemble().save(tmp_path / "runs.parquet")
