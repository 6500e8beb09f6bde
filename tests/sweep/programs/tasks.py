"""What worker processes are given to do in tests of the processes themselves."""

from __future__ import annotations

import logging
import os
import time
from multiprocessing import connection
from pathlib import Path
from typing import Any, Never


class WrittenOnlyError(Exception):
    """An error that can be pickled but not read back."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} {second}")


def own_number() -> int:
    return os.getpid()


def half(number: int) -> float:
    return number / 2


def divided(number: int) -> float:
    return 1 / number


def unreadable_error() -> Never:
    raise WrittenOnlyError("cannot", "return")


def logs(text: str) -> None:
    logging.getLogger("alliance_sim.somewhere").warning(text)


def a_lambda() -> Any:
    return lambda: None


def dies_in_mid_answer() -> bytes:
    """Write half of the answer, then end as if killed."""

    def half_of(self: Any, message: bytes) -> None:
        os.write(self.fileno(), bytes(message)[: len(message) // 2])
        os._exit(9)

    vars_of: Any = connection.Connection
    vars_of._send = half_of
    return bytes(1000)


def says_so_and_sleeps(place: str) -> None:
    Path(place).touch()
    time.sleep(600)
