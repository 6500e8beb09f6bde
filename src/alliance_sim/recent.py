"""What a process made last and may be asked for again, kept by content."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """A memory of so many things, which forgets what nobody asked for the longest.

    Threads may ask at once; those that ask for the same get the same object.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._alone = threading.RLock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return what is kept under a key, made now if nothing is.

        Raises:
            Exception: What `make` raises; nothing is kept then.
        """
        with self._alone:
            if key not in self._kept:
                self._kept[key] = make()
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]

    def values(self) -> list[V]:
        """Return what is kept now, that asked for last at the end."""
        with self._alone:
            return list(self._kept.values())

    def clear(self) -> None:
        """Forget everything."""
        with self._alone:
            self._kept.clear()

    def __len__(self) -> int:
        """How many things are kept now."""
        return len(self._kept)
