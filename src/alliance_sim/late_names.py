"""Public names of a package, each loaded with its module when it is first used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


class NoSuchName(AttributeError):  # noqa: N818 - a name, as Python says it
    """A name that a package has not; the nearest that it has is looked for when somebody reads it.

    Python asks a package for each of its modules that is imported from it for the first time, and
    takes no for an answer.
    """

    def __init__(self, package: str, name: str, known: Sequence[str]) -> None:
        """Remember what was asked for, and what there is."""
        super().__init__(package, name, known)
        self.name = name

    def __str__(self) -> str:
        """Return the sentence."""
        from alliance_sim.errors import did_you_mean

        package, name, known = self.args
        return f"module {package!r} has no attribute {name!r}{did_you_mean(name, known)}"


def late_names(
    package: str, homes: Mapping[str, Sequence[str]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return what a package takes for its `__getattr__` and its `__dir__`.

    Args:
        package: The package, its `__name__`.
        homes: By module the public names that stand in it.
    """
    home_of = {name: home for home, names in homes.items() for name in names}

    def load(name: str) -> Any:
        if name not in home_of:
            raise NoSuchName(package, name, tuple(home_of))
        return getattr(import_module(home_of[name]), name)

    def names() -> list[str]:
        return sorted([*vars(sys.modules[package]), *home_of])

    return load, names
