"""Arguments of functions that once ended in an error of Python's own, or took for ever."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest

import alliance_sim
from alliance_sim import AllianceSimError, load_scenario
from alliance_sim.sweep.plan_file import load_plan

BASE = load_scenario("japan_nato/baseline")
HUGE = 10**5000  # more digits than Python writes
AT_ONCE = 5.0  # seconds, on a busy machine


def nested(depth: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(depth):
        found = [found]
    return found


def wrong(function: Callable[..., Any], *given: Any, **named: Any) -> Callable[[], Any]:
    return lambda: function(*given, **named)


DEEP = nested(5000)
LAST = dt.date(9999, 12, 31)
BITS = "a whole number of 16,610 bits"
YEARS = "must lie in the years 1 to 9998"
CASES: dict[str, tuple[Callable[[], Any], str]] = {
    "a huge number": (wrong(BASE.with_number, "levels.pace", HUGE), f"{BITS} is outside"),
    "a long path": (wrong(BASE.with_number, "a." * 20_000, 1.0), "20,001 parts, at most 32"),
    "no path": (wrong(BASE.with_number, 5, 1.0), "path is 5, must be a text"),
    "lists in lists": (wrong(BASE.with_number, "levels.pace", DEEP), ", must be a number"),
    "a huge setting": (
        wrong(BASE.with_setting, "time.first_year", HUGE),
        f"{BITS}, must be a year",
    ),
    "a last day": (wrong(BASE.with_setting, "rung.ipcp.opens", LAST), YEARS),
    "half a character": (wrong(BASE.with_setting, "title", "\ud800"), "halves of characters"),
    "moved to the last day": (wrong(BASE.moved, "isaf", to=LAST), YEARS),
    "moved far": (wrong(BASE.moved, "isaf", by_quarters=HUGE), "is not a date of the years"),
    "no name": (wrong(BASE.moved, 5, by_quarters=1), "juncture is 5, must be a name"),
    "nothing removed": (wrong(BASE.without, None), "juncture is None, must be a name"),
    "half a name": (wrong(BASE.without, "\ud800"), r"unknown juncture '\ud800'"),
    "a huge parameter": (wrong(alliance_sim.run, levels__pace=HUGE), f"{BITS}, must be a number"),
    "a huge year": (wrong(alliance_sim.run, juncture__isaf__date=HUGE), "must be a date such as"),
    "year 0": (wrong(alliance_sim.run, juncture__isaf__date=0.5), "must be a date such as"),
    "year 9999": (wrong(alliance_sim.run, juncture__isaf__date=9999.99), YEARS),
    "a day otherwise": (
        wrong(alliance_sim.run, juncture__isaf__date="20030811"),
        "is '20030811', must be a date such as 2001-09-11",
    ),
    "a long name": (wrong(alliance_sim.run, {"a." * 20_000: 1}), "unknown parameter 'a.a."),
    "a huge seed": (wrong(alliance_sim.run, rng=HUGE), "must be a whole number from 0"),
    "no scenario": (wrong(load_scenario, HUGE), f"{BITS}, must be the name of a scenario"),
    "a zero byte": (wrong(load_scenario, "a\0.toml"), "leads nowhere"),
    "no plan": (wrong(load_plan, None), "is None, must be the path of a file or folder"),
    "a plan of a device": (wrong(load_plan, "/dev/zero"), "is not a regular file"),
    "a plan of half a name": (wrong(load_plan, "x\ud800"), "cannot be the path of a file"),
}


@pytest.mark.parametrize("name", CASES)
def test_an_argument_that_cannot_be_is_told_at_once(name: str) -> None:
    call, says = CASES[name]
    start = time.process_time()
    with pytest.raises(AllianceSimError) as caught:
        call()
    assert says in str(caught.value)
    assert len(str(caught.value)) < 2000
    assert time.process_time() - start < AT_ONCE
