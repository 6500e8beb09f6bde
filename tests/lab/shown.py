"""What pages of shipped scenarios are about, made once in each process: nobody may change it."""

from __future__ import annotations

import base64
import gzip
import json
import re
from functools import cache
from typing import Any

from alliance_sim import load_scenario
from alliance_sim.lab.payload import payload_of


@cache
def payload(name: str, *, draws: bool = True) -> dict[str, Any]:
    """Return what the page of a shipped scenario is about."""
    return payload_of(load_scenario(name), draws=draws)


def payload_in(page: bytes) -> dict[str, Any]:
    """Return what a page that was written is about."""
    inner = page.decode("utf-8").partition('id="lab-payload"')[2].partition('id="lab-simd"')[0]
    back = "".join(re.findall(r">([^<]*)</script>", inner)).translate(str.maketrans(",.:", "<&>"))
    told: dict[str, Any] = json.loads(gzip.decompress(base64.b85decode(back)))
    return told
