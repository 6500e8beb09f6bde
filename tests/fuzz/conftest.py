"""Fuzzers: short with the other tests, long when asked: `pytest tests/fuzz --fuzz 20000`."""

from __future__ import annotations

import faulthandler
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

SLOW = 5.0  # seconds of a processor that no input may take, however busy the machine is
STUCK = 60.0  # seconds after which native code will not come back


@pytest.fixture(scope="session")
def inputs(pytestconfig: pytest.Config) -> int:
    """How many inputs a fuzzer tries."""
    return int(pytestconfig.getoption("--fuzz"))


@pytest.fixture(scope="session")
def quickly() -> Callable[[], AbstractContextManager[None]]:
    """What a fuzzer does with one input goes inside of it: it must not hang."""

    @contextmanager
    def watched() -> Iterator[None]:
        faulthandler.dump_traceback_later(STUCK, exit=True, file=sys.__stderr__ or sys.stderr)
        start = time.process_time()
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()
        assert time.process_time() - start < SLOW

    return watched
