"""What comes with the package beside its code: the folder of scenarios, and which one is usual."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import import_module, resources
from pathlib import Path
from typing import Any

# Who finds the usual draws of a scenario's parameters, by "shipped", and those that somebody keeps,
# by "kept", who answers a what-if, by
# "whatif", who searches a rewrite, by "rewrite", and who makes a page, by "lab", each
# "module:function": told by the package's front door, as they stand above the rooms that ask.
FOUND_BY: dict[str, str] = {}


def found_by(what: str) -> Any:
    """Return the function that the front door has named for something."""
    module, _, function = FOUND_BY[what].partition(":")
    return getattr(import_module(module), function)


def scenarios() -> Path:
    """Return where shipped scenarios lie: inside the installed package, or in the checkout."""
    installed = Path(str(resources.files("alliance_sim"))) / "scenarios"
    if installed.is_dir():
        return installed
    return Path(__file__).resolve().parents[2] / "scenarios"


@cache
def usual_scenario() -> str:
    """Return the name of the scenario that stands where none is named."""
    text = resources.files("alliance_sim").joinpath("usual.toml").read_text("utf-8")
    return str(tomllib.loads(text)["scenario"])
