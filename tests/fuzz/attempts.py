"""Files that a fuzzer writes and reads: each is refused by name, in plain letters, or is read."""

from __future__ import annotations

import random
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, TypeVar

from alliance_sim import AllianceSimError

Found = TypeVar("Found")
HARMFUL = {"\x1b", "\x00", "\u202e"}  # letters that a terminal obeys, or shows in another order


class Input(NamedTuple):
    """What was written, and the generator that it was drawn by."""

    number: int
    rng: random.Random
    text: str


def attempted(read: Callable[[Path], Found], path: Path) -> tuple[Found | None, str]:
    """Return what is in a file, or why it is refused; any other error ends the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that an edit changes nothing is told, and no error
        try:
            return read(path), ""
        except AllianceSimError as error:
            return None, str(error)


def read_of(
    inputs: int,
    write: Callable[[random.Random], str],
    read: Callable[[Path], Found],
    path: Path,
    *,
    quickly: Callable[[], AbstractContextManager[None]],
    seen: Counter[str],
) -> Iterator[tuple[Input, Found]]:
    """Yield the files that can be read; how many were refused and read is counted in `seen`."""
    for number in range(inputs):
        rng = random.Random(number)
        text = write(rng)
        path.write_text(text, encoding="utf-8")
        with quickly():
            found, told = attempted(read, path)
        if found is None:
            assert told.startswith(f"{path}: "), (number, told)
            assert not set(told) & HARMFUL, number
            seen["refused"] += 1
            continue
        yield Input(number, rng, text), found
        seen["read"] += 1
