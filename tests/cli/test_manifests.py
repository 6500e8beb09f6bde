"""Every command that writes results leaves a manifest of the same form."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from alliance_sim import load_scenario, provenance
from alliance_sim.calibration import shipped_posterior
from alliance_sim.cli import app

pytestmark = pytest.mark.usefixtures("blank_pictures")
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "manifest.md"
# Fields that only some commands have.
SOME = {
    *("columns", "chronology_run", "edited_days", "record", "result", "row_files", "sha256"),
    *("shown_run", "asked", "inputs"),
}
EXTRA = {
    "run": {"chronology_run", "edited_days"},
    "history": {"chronology_run", "edited_days", "record"},
    **{kind: {"result"} for kind in ("summarise", "sensitivity", "discover")},
    "compare": {"shown_run", "asked"},
}
DRAWN = {"history", "compare"}  # whose runs have draws of the posterior that ships
OF_SWEEPS = {
    "summarise": ("summary", "--outcome", "rung_end"),
    "sensitivity": ("rung_end_baseline_sobol", "--outcome", "rung_end"),
    "discover": ("rung_end_ge_0_5_baseline_prim", "--outcome", "rung_end>=0.5"),
}


def documented() -> set[str]:
    return set(re.findall(r"^\| `(\w+)` \|", PAGE.read_text("utf-8"), re.MULTILINE))


def written(kind: str, out: Path, sweep: Callable[[str], Path]) -> tuple[Path, dict[str, Any]]:
    """Return the manifest that a command leaves, and its folder."""
    name = "manifest"
    if kind == "compare":
        call(kind, "japan_nato/no_nine_eleven", "--runs", 2, "--seed", 7, "--out", out)
    elif kind in OF_SWEEPS:
        name, *words = OF_SWEEPS[kind]
        design = "sobol" if kind == "discover" else "saltelli"
        call(kind, sweep(design), *words, "--out", out)
    else:
        call(kind, "japan_nato/baseline", "--runs", 2, "--seed", 7, "--out", out)
    tree: dict[str, Any] = json.loads((out / f"{name}.json").read_text("utf-8"))
    return out, tree


def call(*words: object) -> None:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("kind", EXTRA)
def test_a_manifest_has_every_field_and_knows_every_file(
    kind: str, sweep: Callable[[str], Path], tmp_path: Path
) -> None:
    folder, tree = written(kind, tmp_path / "out", sweep)
    assert set(tree) == documented() - SOME | EXTRA[kind] | {"columns"}
    assert tree["format"] == provenance.MANIFEST_FORMAT
    assert tree["kind"] == kind
    engine = "function engine" if kind in OF_SWEEPS else "kernel"  # as of the fixture
    drawn = shipped_posterior(load_scenario("japan_nato/baseline"))
    assert drawn is not None
    if kind in DRAWN:
        engine += f", parameters of {drawn.label}"
    assert (tree["seed"], tree["first_run"], tree["engine"]) == (7, 0, engine)
    assert tree["runs"] > 0
    assert tree["failed_runs"] >= 0
    assert tree["command"].startswith(f"alliance-sim {kind}")
    scenario = load_scenario("japan_nato/baseline")
    assert tree["digest"] == provenance.scenario_digest(scenario)
    assert tree["environment"] == provenance.environment()
    assert bool(tree["plan"]) == (kind in OF_SWEEPS)
    digests = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.suffix != ".json"
    }
    assert tree["files"] == digests


def test_the_folder_of_a_sweep_has_the_same_fields(sweep: Callable[[str], Path]) -> None:
    tree = json.loads((sweep("sobol") / "manifest.json").read_bytes())
    assert set(tree) == documented() - SOME | {"row_files", "sha256"}


def test_a_manifest_names_the_edits_of_every_scenario(
    sweep: Callable[[str], Path], tmp_path: Path
) -> None:
    _, tree = written("compare", tmp_path, sweep)
    (other,) = tree["others"]
    assert tree["edits"] == []
    assert other["edits"] == [
        {
            "words": "without nine_eleven",
            "path": "juncture.nine_eleven.present",
            "value": False,
        }
    ]
    edited = load_scenario("japan_nato/baseline").without("nine_eleven")
    assert other["digest"] == provenance.scenario_digest(edited)
