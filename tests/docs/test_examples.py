"""No documented example may rot: what stands in a fence on a page is run here.

Python fences run as they are, with one run instead of many; a fence of text right after one is
what it prints. A TOML fence that begins with a file name is a scenario or a plan, and is there for
the fences after it; one of priors belongs to a scenario, any other holds numbers. In fences of a
shell, commands and options must exist, and commands that only read are run.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from alliance_sim import load_scenario
from alliance_sim.cli import app
from alliance_sim.compiled import rules
from alliance_sim.scenario.edit import as_tree
from alliance_sim.scenario.fields import Number
from alliance_sim.scenario.path import numbers
from alliance_sim.scenario.scenario import build
from alliance_sim.sweep.plan_file import load_plan
from alliance_sim.world.build import prepared

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", *sorted(DOCS.rglob("*.md")))
FENCE = re.compile(r"^```([\w-]+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
OPENING = re.compile(r"^```+(?=[\w{])", re.MULTILINE)
MANY_RUNS = re.compile(r"\bruns=\d+")
BETWEEN_COMMANDS = re.compile(r"(?:&&|;)(?=(?:[^']*'[^']*')*[^']*$)")  # outside of quotes
FILE_NAME = re.compile(r"# ([\w-]+\.toml)\n")
LONGEST = 25  # lines of an example
ONLY_READ = ("show", "diff", "validate")
BASELINE = "japan_nato/baseline"


class Example(NamedTuple):
    """One fence of a page."""

    language: str
    text: str
    line: int
    prints: str | None  # what a fence of text right after it says


def examples(page: Path) -> Iterator[Example]:
    """Yield the fences of a page in a language that is tested."""
    text = page.read_text("utf-8")
    found = list(FENCE.finditer(text))
    for position, match in enumerate(found):
        after = found[position + 1] if position + 1 < len(found) else None
        prints = None
        if after and after[1] == "text" and not text[match.end() : after.start()].strip():
            prints = after[2]
        yield Example(match[1], match[2], text[: match.start()].count("\n") + 1, prints)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    return tmp_path


# Two tools tell everybody who imports them what is not installed, and what they will become.
@pytest.mark.filterwarnings("ignore:ipyparallel not installed:UserWarning")
@pytest.mark.filterwarnings(r"ignore:\s*ArviZ is undergoing a major refactor:FutureWarning")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_examples_of_a_page_work(
    page: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checks = {"python": run_python, "toml": read_toml}
    checks |= dict.fromkeys(("sh", "powershell"), try_commands)
    for example in examples(page):
        capsys.readouterr()
        if example.language in checks:
            checks[example.language](example, f"{page.name}:{example.line}")
        else:
            assert example.language == "text", f"{page.name}:{example.line}: {example.language}"
        if example.prints is not None:
            assert capsys.readouterr().out == example.prints


def run_python(example: Example, where: str) -> None:
    source = MANY_RUNS.sub("runs=1", example.text)
    exec(compile("\n" * example.line + source, where, "exec"), {"__name__": "__main__"})


def read_toml(example: Example, where: str) -> None:
    name = FILE_NAME.match(example.text)
    if name:
        Path(name[1]).write_text(example.text, "utf-8")
        if "[design]" in example.text:
            assert load_plan(name[1]).rows > 0
            return
        scenario = load_scenario(name[1])
        assert scenario.edits, f"{where}: edits nothing"
        prepared(scenario)
        return
    found = tomllib.loads(example.text)
    if found.keys() <= {"prior", "spread"}:
        alone = {"prior": [], "spread": []} | found
        assert build(as_tree(load_scenario("two_islands/baseline")) | alone, where).priors
        return
    read = {Number.model_validate(node).model_dump_json() for node in found.values()}
    assert len(read) == 1, f"{where}: the forms of a number differ"


def try_commands(example: Example, where: str) -> None:
    for line in example.text.splitlines():
        for command in BETWEEN_COMMANDS.split(line):
            words = shlex.split(command, posix=example.language == "sh")
            if Path(words[0]).name != "alliance-sim":
                continue
            runs = words[1] in ONLY_READ and all(_is_there(word) for word in words[2:])
            if words[1:3] == ["record", "check"]:
                runs, words[3] = True, str(ROOT / words[3])
            asked = words[1:] if runs else [*words[1:], "--help"]
            result = CliRunner().invoke(app, asked)
            assert result.exit_code == 0, f"{where}: {command}\n{result.output}"


def _is_there(word: str) -> bool:
    return Path(word).exists() or word.startswith(("japan_nato/", "two_islands/"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_an_example_is_short_and_its_fence_is_found(page: Path) -> None:
    found = list(examples(page))
    opened = len(OPENING.findall(page.read_text("utf-8")))
    directives = page.read_text("utf-8").count("\n```{")
    assert len(found) == opened - directives
    long = [e.line for e in found if len(e.text.splitlines()) > LONGEST]
    assert long == []


def odd() -> str:
    return (DOCS / "reference" / "model.md").read_text("utf-8")


def test_every_rule_stands_in_the_description_of_the_model() -> None:
    declared = {
        rule.__name__
        for rule in rules()
        if rule.__module__.startswith(("alliance_sim.rules.", "alliance_sim.arithmetic"))
        and not rule.__name__.startswith("_")
    }
    assert declared - set(re.findall(r"`(\w+)`", odd())) == set()


def test_every_number_stands_in_a_table_of_the_description() -> None:
    prefixes = {
        prefix
        for arguments in re.findall(r"^```\{from-package\} numbers (.*)$", odd(), re.MULTILINE)
        for prefix in arguments.split()
    }
    lists = {"periods", "threats", "members", "leaders", "junctures", "rungs", "kinds"}
    tables = set(re.findall(r"^```\{from-package\} (\w+)$", odd(), re.MULTILINE))
    assert lists <= tables
    dumped = load_scenario(BASELINE).model_dump()
    scalars = {
        path: node
        for path, node in numbers({k: v for k, v in dumped.items() if isinstance(v, dict)})
        if not path.startswith("partners.")
    }
    missing = [
        path for path in scalars if not any(path == p or path.startswith(f"{p}.") for p in prefixes)
    ]
    assert missing == []


def test_states_phases_inputs_and_channels_stand_in_tables_made_from_their_declaration() -> None:
    fences = set(re.findall(r"^```\{from-package\} (\w+)$", odd(), re.MULTILINE))
    assert fences >= {"states", "phases", "inputs", "channels"}
