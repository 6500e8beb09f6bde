"""What every result carries, so that it can be traced and made again: digests, origin, manifest."""

from __future__ import annotations

import hashlib
import json
import platform
import weakref
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

# What a scenario says beside its content, and what it is compared with: no number hangs on it.
WORDS_ONLY = frozenset(
    {"name", "title", "description", "question", "edits", "relationship", "record"}
)
BELIEFS = frozenset({"priors", "spreads"})  # of what is fitted: they decide no run
MANIFEST_FORMAT = 3  # 1 and 2 told runs and sweeps apart
STATEMENT = (  # what every figure, page and summary says of itself
    "This is a statement about the model named above, given its assumptions and its coded list "
    "of acts. It is not evidence about what would have happened outside that model."
)
PACKAGES = (
    *("mesa", "numba", "numpy", "pandas", "pydantic", "pyarrow", "matplotlib"),
    *("scipy", "SALib", "ema-workbench", "scikit-learn"),
)


@cache
def version() -> str:
    """Return the version of this package."""
    return metadata.version("alliance-sim")


def digest(tree: Any) -> str:
    """Return a SHA-256 digest of plain tables and values, the same in any order of tables.

    Args:
        tree: Tables, lists, dates, numbers and texts, such as a scenario's `model_dump()`.
    """
    text = json.dumps(_canonical(tree), sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


class Scenario(Protocol):
    """What this module has to know of a scenario; rooms above have it whole."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def edits(self) -> Sequence[Any]:
        """Its edits, each with `words`."""

    def model_dump(self, *, exclude: Any = None) -> dict[str, Any]:
        """Return its parts as plain tables, some left out."""


def scenario_digest(scenario: Scenario) -> str:
    """Return THE digest of a scenario, which every result carries: a SHA-256 of its content.

    Name, title and other words do not count, nor how it was arrived at, nor what is believed about
    its numbers before a fit: two scenarios that differ in nothing else give the same numbers and
    have the same digest, and a sweep can go on after a description was mended. As a scenario never
    changes, it is worked out once for each.
    """
    place = id(scenario)
    kept = _digests.get(place)
    if kept is not None and kept[0]() is scenario:
        return kept[1]
    found = digest(scenario.model_dump(exclude={*WORDS_ONLY, *BELIEFS}))
    _digests[place] = weakref.ref(scenario, lambda _: _digests.pop(place, None)), found
    return found


# By `id`, as to look one up by what it holds would take as long; gone when the scenario goes.
_digests: dict[int, tuple[weakref.ref[Scenario], str]] = {}


@dataclass(frozen=True, kw_only=True)
class ScenarioOrigin:
    """Which scenario numbers come from.

    Attributes:
        scenario: Its name; in a sweep its label.
        digest: Its digest.
        edits: What was changed in it against the scenario that it extends: each with `words` and
            `path`, and with the new `value` or `by_quarters`, where there is one.
    """

    scenario: str
    digest: str
    edits: Sequence[Mapping[str, Any]] = ()


def scenario_origin(scenario: Scenario, *, name: str | None = None) -> ScenarioOrigin:
    """Return which scenario numbers come from, under another name if one is given."""
    return ScenarioOrigin(
        scenario=scenario.name if name is None else name,
        digest=scenario_digest(scenario),
        edits=edits_of(scenario),
    )


def edits_of(scenario: Scenario) -> list[dict[str, Any]]:
    """Return what was changed in a scenario against the one that it extends, as plain values."""
    return [edit.model_dump(exclude_none=True) for edit in scenario.edits]


@dataclass(frozen=True, kw_only=True)
class Origin(ScenarioOrigin):
    """Where a result comes from; every figure and every manifest holds one.

    Attributes:
        others: Every other scenario in it, with the same seed and runs.
        engine: What computed the numbers.
        version: Version of this package that did.
        seed: The seed.
        runs: Number of runs of each scenario, or of all rows of a sweep.
        first_run: Number of the first run.
        failed_runs: How many of them failed.
        command: The command line that makes the result again.
        sweep: Title of the sweep that it comes from, "" if it comes from none.
        plan: Digest of the plan of that sweep.
    """

    others: Sequence[ScenarioOrigin] = ()
    engine: str
    version: str
    seed: int
    runs: int
    first_run: int = 0
    failed_runs: int = 0
    command: str
    sweep: str = ""
    plan: str = ""

    def as_tree(self) -> dict[str, Any]:
        """Return it as values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_tree(cls, tree: Mapping[str, Any]) -> Origin:
        """Return what `as_tree` gave.

        Raises:
            TypeError: If it is not that.
        """
        others = [ScenarioOrigin(**other) for other in tree["others"]]
        return cls(**{**tree, "others": others})


def new_origin(
    scenario: Scenario,
    *,
    engine: str,
    seed: int,
    runs: int,
    command: str,
    others: Sequence[Scenario] = (),
    by_version: str = "",
) -> Origin:
    """Return the origin of a result about a scenario.

    Args:
        scenario: The scenario.
        engine: What computed the numbers.
        seed: The seed.
        runs: Number of runs of each scenario.
        command: The command line that makes the result again.
        others: Every other scenario in it.
        by_version: Version of this package that computed the numbers; this one if left out.
    """
    return Origin(
        **vars(scenario_origin(scenario)),
        others=[scenario_origin(other) for other in others],
        engine=engine,
        version=by_version or version(),
        seed=seed,
        runs=runs,
        command=command,
    )


@dataclass(frozen=True, kw_only=True)
class Carried:
    """What a file of a result holds so that it can be made again.

    Attributes:
        origin: Where the result comes from, with the command.
        file: Name of the file among those of the result.
        inputs: Texts of somebody's own scenario files, by the words that the command has for them;
            each with those that it refers to, by their paths from its own folder.
        drawn: Digest of the numbers that a figure draws, "" of what is no figure.
    """

    origin: Origin
    file: str
    inputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    drawn: str = ""

    def as_tree(self) -> dict[str, Any]:
        """Return it as values that JSON can hold."""
        return asdict(self)


# While something is made again: what it carried, which then stands for what a command would say.
again: ContextVar[Carried | None] = ContextVar("again", default=None)


def manifest(
    origin: Origin,
    *,
    kind: str,
    files: Mapping[str, str],
    versions: Mapping[str, str] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return the manifest of a result, the same for every command that writes one.

    Args:
        origin: Where the result comes from.
        kind: Name of the command that writes it.
        files: SHA-256 of each file, by its name.
        versions: Of what the result depends on, by name; those of `environment` if left out.
        **more: What only this kind of result has.
    """
    return {
        "format": MANIFEST_FORMAT,
        "kind": kind,
        **origin.as_tree(),
        "environment": environment() if versions is None else dict(versions),
        "files": dict(sorted(files.items())),
        **more,
    }


def file_digest(path: Path) -> str:
    """Return the SHA-256 digest of a file, read piece by piece.

    Raises:
        OSError: If it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def environment() -> dict[str, str]:
    """Return the versions of Python and of the packages that results depend on."""
    of_packages = {name: _installed(name) for name in PACKAGES}
    return {"python": platform.python_version(), "alliance-sim": version(), **of_packages}


@cache  # a command writes its manifest once for each file, and looking takes milliseconds
def _installed(name: str) -> str:
    """Return the version of a package, as this process first found it."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def _canonical(node: Any) -> Any:
    """Return a tree with its lists of named tables in the order of their names."""
    if isinstance(node, dict):
        return {str(key): _canonical(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        entries = [_canonical(value) for value in node]
        if entries and all(isinstance(e, dict) and "name" in e for e in entries):
            entries.sort(key=lambda e: (str(e.get("domain", "")), str(e["name"])))
        return entries
    return node
