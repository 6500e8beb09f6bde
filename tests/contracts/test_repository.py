"""What the repository promises as a whole: its two commands, its size, its manners."""

from __future__ import annotations

import ast
import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = sorted(
    path
    for room in ("src", "tests", "experiments", "benchmarks", "engines")
    for path in (ROOT / room).rglob("*.py")
)
TEXT = sorted(
    path
    for room in (
        ".ci",
        ".github",
        "benchmarks",
        "docs",
        "engines",
        "experiments",
        "requirements",
        "scenarios",
        "src",
        "tests",
        ".",
    )
    for path in (ROOT / room).glob("*" if room == "." else "**/*")
    if path.is_file()
    and path.suffix not in {".ir", ".npz", ".o", ".png", ".pyc", ".parquet", ".wasm"}
    and not {"_build", ".git", ".hypothesis", "node_modules", "build"} & set(path.parts)
)
PAGE = [path for path in TEXT if "page" in path.parts and path.suffix in {".ts", ".tsx", ".css"}]
MOST_LINES = 500
MOST_STATEMENTS = 40
VAGUE_NAMES = {"utils.py", "helpers.py", "shared.py"}
HEAVY = ("matplotlib", "mesa", "numba", "pandas")


def fenced(heading: str, language: str) -> list[str]:
    """Return the lines of the fenced block that directly follows a heading of the README."""
    pattern = rf"^## {re.escape(heading)}\n+```{language}\n(.*?)^```$"
    found = re.search(pattern, (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert found, f"no {language} block directly under {heading!r}"
    return found[1].splitlines()


def statements(function: ast.AST) -> int:
    """Return how many statements stand inside a function, those of inner functions included."""
    return sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(
    ("heading", "does"), [("Run it", "alliance-sim history --out results/"), ("Test it", "pytest")]
)
def test_the_readme_has_one_command_that_does_all_by_itself(heading: str, does: str) -> None:
    (line,) = fenced(heading, "sh")
    assert line.startswith("python3 -m venv .venv && ")
    assert does in line


def test_every_link_of_the_readme_leads_somewhere() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / "README.md").read_text("utf-8"))
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_notebook_lines_of_the_readme_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "Agg")
    source = "\n".join(fenced("In a notebook", "python"))
    assert "runs=50" in source
    scope: dict[str, object] = {}
    exec(compile(source.replace("runs=50", "runs=2"), "README.md", "exec"), scope)
    assert scope["difference"] is not None


def test_no_file_of_code_is_too_long_to_read() -> None:
    code = [*PYTHON, *PAGE]
    lengths = {relative(path): len(path.read_text("utf-8").splitlines()) for path in code}
    assert {name: count for name, count in lengths.items() if count > MOST_LINES} == {}


def test_no_function_holds_too_many_statements() -> None:
    counts = {
        f"{relative(path)}:{node.name}": statements(node)
        for path in PYTHON
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: count for name, count in counts.items() if count > MOST_STATEMENTS} == {}


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [relative(path) for path in PYTHON if path.name in VAGUE_NAMES] == []


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    folder = re.compile(r"(?<![\w.])/(?:home|root|Users|work|tmp|opt)/\w|[A-Z]:\\Users\\")
    found = [
        f"{relative(path)}: {match[0]}"
        for path in TEXT
        if path != Path(__file__)
        for match in folder.finditer(path.read_text("utf-8"))
    ]
    assert found == []


def test_the_lock_has_hashes_and_names_no_index() -> None:
    lock = (ROOT / "requirements" / "ci.lock").read_text("utf-8")
    places = re.compile(r"^\s*--(?!hash=)|://|index-url|find-links", re.MULTILINE)
    assert places.findall(lock) == []
    pins = re.findall(r"^[\w.-]+==.*", lock, re.MULTILINE)
    assert pins
    assert [pin for pin in pins if not pin.endswith("\\")] == []


def test_the_lock_holds_whatever_the_package_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [name for extra in project["optional-dependencies"].values() for name in extra]
    asked = [*project["dependencies"], *extras]
    names = {re.split(r"[^\w.-]", requirement)[0].lower() for requirement in asked}
    names -= {project["name"]}  # the extra `dev` asks for the other extras
    lock = (ROOT / "requirements" / "ci.lock").read_text("utf-8")
    assert names - set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)) == set()


def test_importing_the_package_loads_nothing_heavy() -> None:
    program = (
        f"import sys, alliance_sim; print(*[n for n in {HEAVY!r} if n in sys.modules], sep=' ')"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == []


@pytest.mark.parametrize(
    "script",
    [
        path
        for path in PYTHON
        if path.parent.name in {"benchmarks", "experiments"} and "__main__" in path.read_text()
    ],
    ids=relative,
)
def test_each_script_starts_as_its_docstring_says(
    script: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # As `python SCRIPT --help`, but in this process, which has most of what they import.
    monkeypatch.setattr(sys, "argv", [str(script), "--help"])
    monkeypatch.syspath_prepend(str(script.parent))
    known = set(sys.modules)
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(script), run_name="__main__")
    for name in sys.modules.keys() - known:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(script.parent)):
            del sys.modules[name]  # which may be another script's as well
    assert not ended.value.code
    assert capsys.readouterr().out.startswith("usage:")
