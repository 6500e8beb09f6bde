"""The page's module run from Python by wasmtime, as the page runs it: it knows names, no more.

Frames come from `frame.Frame.to_json`. `engine.mjs` is the same for a browser.
"""

from __future__ import annotations

import copy
import ctypes
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import wasmtime
from numpy.typing import NDArray

from alliance_sim.errors import EngineError

PAGE = 65_536  # bytes by which memory grows
ALIGNED = 64
STATE = ("space.after", "space.aside", "space.drawn")
Floats = NDArray[np.float64]


class Host:
    """A module with a frame in its memory.

    Arrays are read and written by name, `host["ready.constants"]`; what is returned lies in the
    memory, and is of no use after the memory has grown.

    Attributes:
        frame: The frame, read from JSON.
    """

    def __init__(self, module: bytes, frame: Mapping[str, Any]) -> None:
        """Start a module and copy a frame into its memory."""
        engine = wasmtime.Engine()
        self.frame = copy.deepcopy(dict(frame))
        self._store = wasmtime.Store(engine)
        instance = wasmtime.Instance(self._store, wasmtime.Module(engine, module), [])
        exports: Any = instance.exports(self._store)
        self._exports = exports
        self._top: int = self._exports["heap_base"].value(self._store)
        self._places: dict[str, tuple[int, str, tuple[int, ...]]] = {}
        self._words: dict[str, tuple[int, dict[str, int]]] = {}
        for name, told in self.frame["arrays"].items():
            self._place(name, tuple(told["shape"]), told["kind"])
            if "data" in told:
                numbers = [math.inf if number is None else number for number in told["data"]]
                self[name].reshape(-1)[:] = numbers
        for function in self.frame["calls"]:
            self._describe(function)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return an array, as it lies in the memory."""
        address, kind, shape = self._places[name]
        return self._bytes(address, 8 * math.prod(shape)).view(kind).reshape(shape)

    def replace(self, name: str, values: NDArray[Any]) -> None:
        """Take another array, perhaps of another shape, in the place of one."""
        self._place(name, values.shape, values.dtype.name)
        self[name][...] = values
        for function, entries in self.frame["calls"].items():
            for entry in entries:
                if entry.get("array") == name:
                    entry["shape"] = list(values.shape)
            self._describe(function)

    def call(self, function: str, **numbers: int) -> None:
        """Call a function, with some of its numbers set.

        Raises:
            EngineError: If it ends with a status.
        """
        address, places = self._words[function]
        for name, value in numbers.items():
            self._bytes(address + 8 * places[name], 8).view(np.int64)[0] = value
        status = self._exports[function](self._store, address)
        if status:
            raise EngineError(f"{function} of the page's module ended with status {status}")

    def ask(self, seed: int, first_run: int = 0) -> None:
        """Say whose noise is asked for: a seed, and runs that follow each other."""
        self["asked.key"][:] = seed & 0xFFFFFFFF, seed >> 32
        self["asked.runs"][:] = np.arange(first_run, first_run + self.frame["lanes"])

    def advance(self, first: int, last: int, lanes: int) -> Floats:
        """Bring quarters; return what is kept so far, array (lane, quarter, state)."""
        self.call("advance_block", first=first, last=last, n=lanes)
        kept: Floats = self["kept.trajectories"][:lanes].copy()
        return kept

    def begin(self) -> None:
        """Forget outcomes and failures of runs before."""
        self["kept.summaries"][:] = 0.0
        self["kept.failures"][:] = -1

    def state(self) -> list[Floats]:
        """Return what lanes are now, a copy."""
        return [self[name].copy() for name in STATE]

    def take_up(self, state: list[Floats]) -> None:
        """Go on from a state."""
        for name, part in zip(STATE, state, strict=True):
            self[name][:] = part

    def _place(self, name: str, shape: tuple[int, ...], kind: str) -> None:
        """Make room for an array."""
        self._places[name] = (self._room(8 * math.prod(shape)), kind, shape)

    def _room(self, size: int) -> int:
        """Return the address of room for so many bytes."""
        address = -(-self._top // ALIGNED) * ALIGNED
        self._top = address + size
        memory = self._exports["memory"]
        missing = self._top - memory.data_len(self._store)
        if missing > 0:
            memory.grow(self._store, -(-missing // PAGE))
        return address

    def _describe(self, function: str) -> None:
        """Write the words of a call."""
        words: list[int] = []
        numbers: dict[str, int] = {}
        for entry in self.frame["calls"][function]:
            if "number" in entry:
                numbers[entry["number"]] = len(words)
                words.append(entry["value"])
                continue
            address, _, _ = self._places[entry["array"]]
            shape = tuple(entry["shape"])
            strides = [8 * math.prod(shape[k + 1 :]) for k in range(len(shape))]
            words += [0, 0, math.prod(shape), 8, address, *shape, *strides]
        address = self._room(8 * len(words))
        self._words[function] = (address, numbers)
        self._bytes(address, 8 * len(words)).view(np.int64)[:] = words

    def _bytes(self, address: int, size: int) -> NDArray[np.uint8]:
        """Return bytes of the memory."""
        start = ctypes.addressof(self._exports["memory"].data_ptr(self._store).contents)
        return np.ctypeslib.as_array((ctypes.c_ubyte * size).from_address(start + address))
