"""Modules are let go of before Python itself ends, which wasmtime asks for."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def closed() -> Iterator[None]:
    """Forget the modules that tests share, if wasmtime is there and some were started."""
    yield
    worlds = sys.modules.get("tests.lab.worlds")
    if worlds is not None:
        worlds.host.cache_clear()
