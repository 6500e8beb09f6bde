"""What comes with the package beside its code: the folder of scenarios, and which one is usual."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from pathlib import Path

# Who finds the usual draws of a scenario's parameters, "module:function", by "shipped": told by the
# package's front door, as what holds draws against a record stands above the rooms that use them.
FOUND_BY: dict[str, str] = {}


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
