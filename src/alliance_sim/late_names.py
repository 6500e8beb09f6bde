"""Public names of a package, each loaded with its module when it is first used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


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
            from alliance_sim.errors import did_you_mean

            near = did_you_mean(name, home_of)
            raise AttributeError(f"module {package!r} has no attribute {name!r}{near}")
        return getattr(import_module(home_of[name]), name)

    def names() -> list[str]:
        return sorted([*vars(sys.modules[package]), *home_of])

    return load, names
