"""The commands that people run: `nox -l` lists them, `nox -s tests` runs one.

Each makes a virtual environment of its own in `.nox` and keeps it; `-R` uses it again as it is.
What follows `--` goes on to the tool, as in `nox -s tests -- tests/rules -x`. The hosted workflows
run these sessions; `.ci/run` does more, with pinned tools.
"""

import os
import shutil
from pathlib import Path

import nox

nox.options.sessions = ["style", "tests"]
nox.options.reuse_existing_virtualenvs = True
BUILT = Path("build")


@nox.session
def style(session: nox.Session) -> None:
    """Check style, types and who imports whom."""
    session.install("-e", ".[dev]")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")
    session.run("lint-imports")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests, or those that follow `--`."""
    session.install("-e", ".[dev]")
    session.run("pytest", "-q", "-n", "2", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """Run the tests, or those that follow `--`, and say which lines none of them reaches."""
    session.install("-e", ".[dev]", "coverage>=7.10", "pytest-cov>=7")
    session.run("pytest", "-q", "-n", "2", "--cov", "--cov-report=", *session.posargs)
    session.run("coverage", "report")
    summary = os.environ.get("GITHUB_STEP_SUMMARY")  # a file that the hosting site shows
    if summary:
        table = session.run("coverage", "report", "--format=markdown", silent=True)
        Path(summary).write_text(str(table), "utf-8")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the pages into build/docs; a warning is an error."""
    session.install("-e", ".[dev]")
    session.run("sphinx-build", "-q", "-W", "--keep-going", "-b", "html", "docs", BUILT / "docs")


@nox.session
def links(session: nox.Session) -> None:
    """Ask every address on the pages whether it is still there; needs the internet."""
    session.install("-e", ".[dev]")
    session.run("sphinx-build", "-q", "-b", "linkcheck", "docs", BUILT / "links")


@nox.session
def objects(session: nox.Session) -> None:
    """Hold the machine code and the page's modules against the rules that they were made from."""
    session.install("-e", ".", "wasmtime")
    session.run("python", "engines/make_objects.py", "--check")
    session.run("python", "-m", "engines.make_module", "--check")


@nox.session
def package(session: nox.Session) -> None:
    """Build the source archive and the wheel, check both, and use each as it would arrive."""
    session.install("build", "twine")
    shutil.rmtree("dist", ignore_errors=True)
    session.run("python", "-m", "build")
    found = sorted(Path("dist").glob("alliance_sim-*"))
    session.run("twine", "check", "--strict", *map(str, found))
    for file in found:
        session.install(str(file))  # with what it needs
        session.install("--force-reinstall", "--no-deps", str(file))  # this one, not the one before
        folder = Path(session.create_tmp()).resolve()
        with session.chdir(folder):  # away from the checkout, so that the installed files are used
            session.run("alliance-sim", "history", "--runs", "3", "--out", str(folder / file.name))
            session.run("alliance-sim", "validate", "japan_nato/no_nine_eleven")
