"""What pages of shipped scenarios are about, made once in each process: nobody may change it."""

from __future__ import annotations

from functools import cache
from typing import Any

from alliance_sim import load_scenario
from alliance_sim.lab.payload import payload_of


@cache
def payload(name: str, *, draws: bool = True) -> dict[str, Any]:
    """Return what the page of a shipped scenario is about."""
    return payload_of(load_scenario(name), draws=draws)
