"""Rival theories beside each other: from folders of fits to a small file, and what is refused."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text
from typer.testing import CliRunner

from alliance_sim import load_scenario
from alliance_sim.calibration import ChainSettings, FitSettings, TemperedSettings, calibrate
from alliance_sim.calibration.fitted_theories import (
    FittedTheories,
    FittedTheory,
    fitted_theories,
    load_theories,
)
from alliance_sim.calibration.stored import stale
from alliance_sim.cli import app
from alliance_sim.errors import ResultError
from alliance_sim.plots.style import PHONE
from alliance_sim.plots.theories import theory_figure
from alliance_sim.scenario.theories import LATTICE

pytestmark = pytest.mark.slow

SCENARIO = "two_islands/baseline"
ISLANDS = load_scenario(SCENARIO)
SETTINGS = {
    "tempered": TemperedSettings(particles=32, cycles=(1, 1, 1, 1)),
    "chains": ChainSettings(chains=16, superchains=4, warm_up=2, draws=4, round=2, keep=16),
}


@pytest.fixture(scope="module")
def fits(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return two folders, each with the fit of one theory."""
    home = tmp_path_factory.mktemp("fits")
    for theory in ("N", "RID"):
        settings = FitSettings(theories=(theory,), **SETTINGS)  # type: ignore[arg-type]
        calibrate(ISLANDS, home / theory, settings)
    return home / "N", home / "RID"


@pytest.fixture(scope="module")
def found(fits: tuple[Path, Path]) -> FittedTheories:
    found = fitted_theories(fits, ISLANDS)
    assert found.command.endswith(" FIT --scenario two_islands/baseline")
    return found


def test_theories_of_several_folders_stand_beside_each_other(
    found: FittedTheories, fits: tuple[Path, Path]
) -> None:
    table = found.frame().set_index("theory")
    for folder in fits:
        tree = json.loads((folder / "fit.json").read_text("utf-8"))["theories"][folder.name]
        assert table.loc[folder.name, "evidence"] == tree["log_evidence"]
        assert table.loc[folder.name, "parameters"] == tree["parameters"]
    assert table["weight"].sum() == pytest.approx(1.0)
    assert table.loc["N", "gain"] == 0.0
    assert (table["held_out"] < 0.0).all()
    sums = dict(zip(table.index, table["held_out"].tolist(), strict=True))
    assert table.loc["RID", "gain"] == pytest.approx(sums["RID"] - sums["N"])
    assert found.shapley().empty, "six theories are missing"
    assert found.missing() == ("R", "I", "D", "RI", "RD", "ID")
    assert "Not fitted: R, I, D, RI, RD, ID" in found.told()


def test_a_file_holds_all_of_it_and_still_holds(found: FittedTheories, tmp_path: Path) -> None:
    found.save(tmp_path / "a.npz")
    again = load_theories(tmp_path / "a.npz")
    again.save(tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert again.frame()["evidence"].tolist() == found.frame()["evidence"].tolist()
    np.testing.assert_allclose(again.frame()["held_out"], found.frame()["held_out"], rtol=1e-6)
    assert stale(again, ISLANDS) == []
    moved = replace(again, digests={**again.digests, "priors": "of another day"})
    assert stale(moved, ISLANDS) == ["the priors changed"]
    assert stale(replace(again, record="other@9"), ISLANDS) == [
        "the record was other@9, and is two_islands"
    ]


def test_parts_over_the_whole_lattice_add_up_and_carry_errors(found: FittedTheories) -> None:
    base = next(iter(found.theories.values()))
    worth = dict(zip(LATTICE, (0.0, 2.0, 10.0, 1.0, 12.0, 3.0, 11.0, 13.0), strict=True))
    theories = {
        name: FittedTheory(
            {**base.numbers, "log_evidence": value - 400.0, "error": 0.5}, base.held_out, base.k
        )
        for name, value in worth.items()
    }
    whole = replace(found, theories=theories)
    parts = whole.shapley().set_index("block")
    assert parts["evidence"].sum() == pytest.approx(13.0)
    assert parts.loc["R", "evidence"] == pytest.approx(2.0), "always two more"
    # Each evidence counts with 1/3, 1/6, 1/6 and 1/3, with and without the block.
    assert parts.loc["R", "evidence_error"] == pytest.approx(0.5 * np.sqrt(2 * (2 / 9 + 2 / 36)))
    assert whole.missing() == ()
    figure = theory_figure(whole)
    assert len(figure.axes) == 4
    said = " ".join(" ".join(text.get_text().split()) for text in figure.findobj(Text))
    assert "Error bars: 95 % intervals." in said
    assert "weights alone and are too small" in said, "else two errors would be taken for enough"
    assert len(theory_figure(found, form=PHONE).axes) == 3


def test_what_cannot_be_compared_is_refused(fits: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(ResultError, match=r"theory N is in .* too; give one"):
        fitted_theories((fits[0], shutil.copytree(fits[0], tmp_path / "twice")), ISLANDS)
    other = shutil.copytree(fits[0], tmp_path / "other")
    tree = json.loads((other / "fit.json").read_text("utf-8"))
    (other / "fit.json").write_text(json.dumps({**tree, "priors": "of another day"}), "utf-8")
    with pytest.raises(ResultError, match="priors is of another day there"):
        fitted_theories((fits[1], other), ISLANDS)
    result = CliRunner().invoke(app, ["posterior", "theories", str(tmp_path / "nothing")])
    assert result.exit_code == 2
    assert "is no folder of a fit" in " ".join(result.stderr.split())


def test_the_command_keeps_a_file_and_prints_a_table(
    fits: tuple[Path, Path], tmp_path: Path
) -> None:
    words = ["posterior", "theories", *map(str, fits), "--scenario", SCENARIO, "--json"]
    result = CliRunner().invoke(app, [*words, "--out", str(tmp_path)])
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert {row["theory"] for row in told["theories"]} == {"N", "RID"}
    assert told["theory_shapley"] == []
    assert load_theories(told["file"]).record == "two_islands"


def test_years_that_a_fit_has_not_seen_are_not_left_out_of_it(tmp_path: Path) -> None:
    settings = FitSettings(theories=("N",), until=2006, **SETTINGS)  # type: ignore[arg-type]
    calibrate(ISLANDS, tmp_path / "early", settings)
    early = fitted_theories([tmp_path / "early"], ISLANDS)
    whole_years = 2006 - ISLANDS.time.first_year  # all but the first
    assert len(early.theories["N"].k) == whole_years
