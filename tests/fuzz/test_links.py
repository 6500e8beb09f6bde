"""Any link is answered with numbers, or refused with all its problems; it never hangs or fails."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from urllib.parse import quote_plus

import pytest

from alliance_sim import load_scenario
from alliance_sim.errors import OBEYED, AllianceSimError
from alliance_sim.lab import solution

ISLANDS = "two_islands/baseline"
KEYS = ("v", "of", "edit", "outcome", "theory", "noise", "runs", "seed", "panel", "", "__proto__")
VALUES = (
    *(
        "1",
        "2",
        "fresh",
        "posterior",
        "RID",
        "N",
        "answer",
        "a29360a78459",
        "0",
        "-1",
        "1e9",
        "NaN",
    ),
    *("without great_raid", "without great_rade", "shift joint_patrol:+4", "council leader"),
    *("set levels.pace=3", "set levels.pace=1e400", "leader admiral=none", "theory RI", "motive x"),
    *("hold rung=1@2003..2005", "strength great_raid:0.5", "set time.last_year=9999"),
    *("set series=x", "set record=/etc/passwd", "set name=\x1b[2J", "member hills:offset=0"),
    *(
        "rung>=2@2010",
        "rung>=1@2003",
        "rung",
        "level_political>0.5@2010",
        "rung>=9@2010",
        "x" * 900,
    ),
    *("</script><script>alert(1)</script>", "\x1b[31m", "\u202e", "\ud800", "%00", "%zz", "日本"),
)
START = "#v=1&edit=without+great_raid&outcome=rung%3E%3D2%402010&noise=fresh&runs=3"


def link_of(rng: random.Random) -> str:
    """Return a link that is mostly in order, or some letters."""
    if rng.random() < 0.1:
        return "".join(chr(rng.randrange(0x2FFF)) for _ in range(rng.randrange(60)))
    parts = START[1:].split("&")
    for _ in range(rng.choice((0, 1, 1, 2, 4))):
        key, value = rng.choice(KEYS), rng.choice(VALUES)
        said = f"{key}={quote_plus(value, errors='replace')}" if rng.random() < 0.8 else value
        place = rng.randrange(len(parts) + 1)
        parts[place : place + rng.choice((0, 1))] = [said]
    text = "&".join(parts)
    if rng.random() < 0.2:
        place = rng.randrange(len(text))
        text = text[:place] + chr(rng.randrange(0x250)) + text[place + 1 :]
    return rng.choice(("#", "#", "https://host/lab.html#", "")) + text


@pytest.mark.filterwarnings("ignore::alliance_sim.errors.ScenarioWarning")
def test_any_link_is_answered_or_refused(
    inputs: int, quickly: Callable[[], AbstractContextManager[None]]
) -> None:
    base = load_scenario(ISLANDS)
    ends: Counter[str] = Counter()
    for number in range(inputs):
        text = link_of(random.Random(number))
        with quickly():
            try:
                found = solution(text, base)
            except AllianceSimError as error:
                told = str(error)
                assert told, text
                assert OBEYED.search(told.replace("\n", "")) is None, text
                assert len(told) < 30_000, text
                ends["refused"] += 1
            else:
                assert 0.0 <= found["edited"]["probability"] <= 1.0, text
                assert found["noise"] == "fresh", text
                ends["answered"] += 1
    assert min(ends["refused"], ends["answered"]) > inputs // 10
