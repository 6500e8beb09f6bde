"""The public face is small, documented, and all that docs, notebooks and experiments import."""

from __future__ import annotations

import ast
import inspect
import json
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import alliance_sim
from alliance_sim.display import DRAWN_BY

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "reference" / "python.md").read_text("utf-8")
DOCUMENTED = re.compile(r"^\.\. auto(?:class|function|exception):: (\S+)$", re.MULTILINE)
FENCE = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
MOST_NAMES = 36
PUBLIC = {
    "alliance_sim": set(alliance_sim.__all__),
    **{name: set(import_module(name).__all__) for name in alliance_sim.SUBMODULES},
}
# Those who change the package itself import what they change.
PAGES = [
    page
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
    if page.parent.name != "contribute"
]
EXPERIMENTS = sorted((ROOT / "experiments").glob("*.py"))
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))


def imported(source: str) -> Iterator[tuple[str, str]]:
    """Yield module and name of whatever of the package a text imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("alliance_sim"):
            yield from ((node.module or "", alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("alliance_sim"):
                    yield alias.name, ""


def private(source: str) -> list[str]:
    """Return what a text imports that is not public, and what it takes from the package by dots."""
    found = [
        f"{module}.{name}"
        for module, name in imported(source)
        if name not in PUBLIC.get(module, set()) | {""} or module not in PUBLIC
    ]
    for node in ast.walk(ast.parse(source)):
        of = node.value if isinstance(node, ast.Attribute) else None
        if isinstance(node, ast.Attribute) and isinstance(of, ast.Name) and of.id == "alliance_sim":
            found += [f"alliance_sim.{node.attr}"] * (node.attr not in PUBLIC["alliance_sim"])
    return found


def test_there_are_few_public_names_in_order() -> None:
    assert list(alliance_sim.__all__) == sorted(alliance_sim.__all__)
    assert 20 < len(alliance_sim.__all__) <= MOST_NAMES


@pytest.mark.parametrize("module", PUBLIC)
def test_every_public_name_is_documented_where_it_stands(module: str) -> None:
    bare = [
        name for name in PUBLIC[module] if not inspect.getdoc(getattr(import_module(module), name))
    ]
    assert bare == []


def test_the_reference_holds_the_public_names_and_no_others() -> None:
    held = DOCUMENTED.findall(REFERENCE)
    assert len(held) == len(set(held))
    front = {f"alliance_sim.{name}" for name in PUBLIC["alliance_sim"]}
    beside = {
        f"{module}.{name}"
        for module in alliance_sim.SUBMODULES
        for name in PUBLIC[module] - PUBLIC["alliance_sim"]
    }
    assert set(held) == front | beside


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_import_public_names_only(page: Path) -> None:
    for fence in FENCE.findall(page.read_text("utf-8")):
        assert private(fence) == []


@pytest.mark.parametrize("script", EXPERIMENTS, ids=lambda script: script.name)
def test_experiments_import_public_names_only(script: Path) -> None:
    assert private(script.read_text("utf-8")) == []


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_notebooks_import_public_names_only(notebook: Path) -> None:
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    code = [source for source in sources if not source.startswith("%%")]
    assert code
    assert [name for source in code for name in private(source)] == []


def test_a_private_import_would_be_found() -> None:
    assert private("from alliance_sim.world import build_world") == [
        "alliance_sim.world.build_world"
    ]
    assert private("import alliance_sim.world") == ["alliance_sim.world."]
    assert private("import alliance_sim\nalliance_sim.world.build_world") == ["alliance_sim.world"]


@pytest.mark.parametrize(
    "function",
    [
        getattr(import_module(module), name)
        for module in PUBLIC
        for name in sorted(PUBLIC[module])
        if inspect.isfunction(getattr(import_module(module), name)) and name != "run"
    ],
    ids=lambda function: function.__name__,
)
def test_a_function_called_with_what_it_does_not_take_says_so(function: Any) -> None:
    # `run` takes the names of parameters, and knows them itself.
    misspelt = f"{next(reversed(inspect.signature(function).parameters), 'argument')}x"
    with pytest.raises(alliance_sim.SettingError) as caught:
        function(**{misspelt: 1})
    assert misspelt in str(caught.value)
    assert "did you mean" in str(caught.value) or "(known: none)" in str(caught.value)


@pytest.mark.parametrize("kind", DRAWN_BY)
def test_what_draws_is_there_and_what_is_drawn_can_be_asked(kind: str) -> None:
    module, _, function = DRAWN_BY[kind].partition(":")
    assert callable(getattr(import_module(module), function))
    (drawn,) = {getattr(import_module(m), kind) for m in PUBLIC if kind in PUBLIC[m]}
    assert (inspect.getdoc(drawn.plot) or "").startswith("Return a figure")


@pytest.mark.parametrize("name", PUBLIC)
def test_no_module_hides_the_public_name_that_is_spelt_like_it(name: str) -> None:
    """Once a module inside a package is loaded, the package has an attribute of that name."""
    package = import_module(name)
    inside = {one.name for one in pkgutil.iter_modules(getattr(package, "__path__", ()))}
    for both in sorted(inside & PUBLIC[name]):
        import_module(f"{name}.{both}")
        assert not isinstance(getattr(package, both), ModuleType), f"{name}.{both}"
