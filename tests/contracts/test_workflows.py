"""What the hosted workflows promise. They have not been run, so all that can be read is checked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

yaml = pytest.importorskip("yaml", reason="comes with the extras cluster and dev")

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NOT_RUN = "# Not run yet: "
EXACT = re.compile(r"[\w.-]+/[\w./-]+@(v\d+\.\d+\.\d+|[0-9a-f]{40})")
OWN = re.compile(r"^def (\w+)\(session", re.MULTILINE)


def read(path: Path) -> dict[Any, Any]:
    """Return a workflow; YAML reads its key `on` as True."""
    found: dict[Any, Any] = yaml.safe_load(path.read_text("utf-8"))
    return found


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in WORKFLOWS:
        for name, job in read(path)["jobs"].items():
            yield f"{path.name}:{name}", job


def commands() -> str:
    return "\n".join(step.get("run", "") for _, job in jobs() for step in job["steps"])


def test_there_are_workflows_for_checks_news_links_pages_and_releases() -> None:
    assert [path.stem for path in WORKFLOWS] == ["checks", "docs", "latest", "links", "release"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_begins_with_no_rights_and_says_whether_it_was_run(path: Path) -> None:
    assert path.read_text("utf-8").startswith(NOT_RUN)
    found = read(path)
    assert found["permissions"] == {"contents": "read"}
    assert found["concurrency"]["group"]


@pytest.mark.parametrize("name", [name for name, _ in jobs()])
def test_every_job_ends_some_time_and_uses_exact_versions(name: str) -> None:
    job = dict(jobs())[name]
    assert 0 < job["timeout-minutes"] <= 90
    used = [step["uses"] for step in job["steps"] if "uses" in step]
    assert [action for action in used if not EXACT.fullmatch(action)] == []
    systems = [job["runs-on"], *job.get("strategy", {}).get("matrix", {}).get("system", [])]
    assert [system for system in systems if system.endswith("-latest")] == []


def test_tests_objects_and_releases_run_on_three_systems_and_on_every_python_of_the_package() -> (
    None
):
    asked = {
        found[1]
        for line in PROJECT["classifiers"]
        if (found := re.fullmatch(r"Programming Language :: Python :: (\d+\.\d+)", line))
    }
    grids = [job["strategy"]["matrix"] for _, job in jobs() if "strategy" in job]
    assert len(grids) == 3
    for grid in grids:
        assert set(grid["python"]) == asked
        assert {system.split("-")[0] for system in grid["system"]} == {"ubuntu", "macos", "windows"}


def test_what_they_call_is_there() -> None:
    sessions = set(OWN.findall((ROOT / "noxfile.py").read_text("utf-8")))
    called = set(re.findall(r"nox -s (\w+)", commands()))
    assert called == sessions
    assert ".ci/run" in commands()
    assert (ROOT / ".ci" / "run").exists()


def test_the_package_its_citation_and_its_changes_name_one_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert str(citation["version"]) == PROJECT["version"]
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    newest = re.findall(r"^## (\d\S*) – (\S+)$", changes, re.MULTILINE)
    assert newest[0] == (PROJECT["version"], str(citation["date-released"]))
