"""The same seed gives the same bytes in every process, however Python hashes its strings."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from alliance_sim import load_scenario, simulate

PROGRAM = """
import hashlib, sys
from alliance_sim import load_scenario, simulate

scenario = load_scenario(sys.argv[1])
runs = simulate(scenario, runs=2, seed=2025)
runs.save(sys.argv[2])
print(hashlib.sha256(runs.values.tobytes()).hexdigest(), runs.digest, *runs.states)
"""
SCENARIOS = ("japan_nato/baseline", "japan_nato/no_second_abe")


def in_another_process(scenario: str, hash_seed: str, path: Path) -> str:
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM, scenario, str(path)],
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return finished.stdout


@pytest.mark.parametrize("name", SCENARIOS)
def test_runs_and_their_file_have_the_same_bytes_in_every_process(
    name: str, tmp_path: Path
) -> None:
    here = simulate(load_scenario(name), runs=2, seed=2025)
    here.save(tmp_path / "here")
    digest = hashlib.sha256(here.values.tobytes()).hexdigest()
    expected = " ".join([digest, here.digest, *here.states])
    for hash_seed in ("0", "1"):
        path = tmp_path / hash_seed
        assert in_another_process(name, hash_seed, path).strip() == expected
        assert path.read_bytes() == (tmp_path / "here").read_bytes()
