"""Turn one WebAssembly object into a module that can be started, without a linker.

A single object that asks for no function from outside is a module already: indices and addresses
in it are final. What LLVM leaves to a linker is done here: memory and the stack pointer, which the
object imports, become the module's own; functions get names for the outside; sections with notes
for linkers go.

Source: the binary format is chapter 5 of the WebAssembly Core Specification; what LLVM writes is
"WebAssembly Object File Linking" of the tool conventions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

MAGIC = b"\0asm\1\0\0\0"
CUSTOM, TYPE, IMPORT, FUNCTION, TABLE, MEMORY, GLOBAL, EXPORT = 0, 1, 2, 3, 4, 5, 6, 7
START, ELEMENT, CODE, DATA, DATA_COUNT = 8, 9, 10, 11, 12
ORDER = (TYPE, IMPORT, FUNCTION, TABLE, MEMORY, GLOBAL, EXPORT, START, ELEMENT, DATA_COUNT, CODE)
A_FUNCTION, A_TABLE, A_MEMORY, A_GLOBAL = 0, 1, 2, 3  # kinds of imports and exports
I32, MUTABLE, CONST_I32, END = 0x7F, 1, 0x41, 0x0B
SYMBOLS, UNDEFINED, EXPLICIT_NAME = 8, 0x10, 0x40
PAGE = 65_536
STACK = 2 * PAGE  # bytes; functions that call each other keep little there
MEMORY_NAME, HEAP_NAME = "memory", "heap_base"


class LinkError(Exception):
    """Why an object cannot become a module."""


class Reader:
    """Bytes that are read from front to back."""

    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 0

    def __bool__(self) -> bool:
        """Whether something is left."""
        return self.at < len(self.content)

    def number(self) -> int:
        """Return the next unsigned number of variable length."""
        found = shift = 0
        while True:
            byte = self.content[self.at]
            self.at += 1
            found |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return found

    def take(self, count: int) -> bytes:
        """Return the next bytes."""
        self.at += count
        return self.content[self.at - count : self.at]

    def name(self) -> str:
        """Return the next name."""
        return self.take(self.number()).decode()


def number(value: int) -> bytes:
    """Return an unsigned number in variable length."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def signed(value: int) -> bytes:
    """Return a number of at least 0 in variable length, with a sign."""
    found = bytearray()
    while value > 0x3F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def name(text: str) -> bytes:
    """Return a name as it is written."""
    return number(len(text.encode())) + text.encode()


def section(kind: int, content: bytes) -> bytes:
    """Return a section as it is written."""
    return bytes([kind]) + number(len(content)) + content


def sections(module: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield kind and content of each section.

    Raises:
        LinkError: If it is no module.
    """
    if module[: len(MAGIC)] != MAGIC:
        raise LinkError("this is no WebAssembly")
    reader = Reader(module[len(MAGIC) :])
    while reader:
        kind = reader.take(1)[0]
        yield kind, reader.take(reader.number())


def _check_imports(content: bytes) -> None:
    """Let memory and the stack pointer pass.

    Raises:
        LinkError: If the object imports something else.
    """
    reader = Reader(content)
    for _ in range(reader.number()):
        _, field, kind = reader.name(), reader.name(), reader.take(1)[0]
        if kind == A_MEMORY:
            limits = reader.number()
            reader.number()
            if limits & 1:
                reader.number()
        elif kind == A_GLOBAL and field == "__stack_pointer":
            reader.take(2)
        else:
            raise LinkError(f"the object asks for {field!r} from outside")


def _functions(content: bytes) -> dict[str, int]:
    """Return the functions of an object by name, from its section for linkers.

    Raises:
        LinkError: If a function or data is not defined.
    """
    reader, found = Reader(content), {}
    if (version := reader.number()) != 2:
        raise LinkError(f"LLVM writes version {version} of notes for linkers, this reads 2")
    while reader:
        kind = reader.take(1)[0]
        part = Reader(reader.take(reader.number()))
        for _ in range(part.number() if kind == SYMBOLS else 0):
            symbol, flags = part.take(1)[0], part.number()
            if symbol == 1:  # data
                label = part.name()
                if flags & UNDEFINED:
                    raise LinkError(f"data {label!r} is not defined")
                for _ in range(3):
                    part.number()
            elif symbol == 3:  # a section
                part.number()
            else:
                index = part.number()
                label = part.name() if not flags & UNDEFINED or flags & EXPLICIT_NAME else ""
                if symbol == 0 and flags & UNDEFINED:
                    raise LinkError(f"function {label!r} is not defined")
                if symbol == 0:
                    found[label] = index
    return found


def _data_end(content: bytes) -> int:
    """Return where the data of an object ends."""
    reader, end = Reader(content), 0
    for _ in range(reader.number()):
        if reader.number() != 0 or reader.take(1)[0] != CONST_I32:
            raise LinkError("data lies where it is not said by a number")
        start = reader.number()  # below 64, or longer than one byte: the sign does not matter
        if reader.take(1)[0] != END:
            raise LinkError("data lies where it is not said by a number")
        end = max(end, start + len(reader.take(reader.number())))
    return end


def linked(obj: bytes, exports: Sequence[str]) -> bytes:
    """Return the module that an object becomes.

    Memory begins with the object's data, then comes the stack; from the global `heap_base` on it
    is the caller's.

    Args:
        obj: The object, as LLVM writes it.
        exports: Names of functions to be called.

    Raises:
        LinkError: If the object asks for something from outside, or lacks a function.
    """
    found: dict[int, bytes] = {}
    symbols = b"\2"
    for kind, content in sections(obj):
        if kind == CUSTOM:
            reader = Reader(content)
            if reader.name() == "linking":
                symbols = reader.content[reader.at :]
        else:
            found[kind] = content
    _check_imports(found.pop(IMPORT, b"\0"))
    functions = _functions(symbols)
    if odd := [kind for kind in (TABLE, START, ELEMENT, GLOBAL) if kind in found]:
        raise LinkError(f"the object has sections {odd}, which nothing here needs")
    if missing := [label for label in exports if label not in functions]:
        raise LinkError(f"the object has no function {', '.join(missing)}")
    top = (_data_end(found.get(DATA, b"\0")) + STACK + 15) // 16 * 16
    found[MEMORY] = b"\1\0" + number((top + PAGE - 1) // PAGE)
    found[GLOBAL] = b"\2" + b"".join(
        bytes([I32, changes, CONST_I32]) + signed(top) + bytes([END]) for changes in (MUTABLE, 0)
    )
    named = [(MEMORY_NAME, A_MEMORY, 0), (HEAP_NAME, A_GLOBAL, 1)]
    named += [(label, A_FUNCTION, functions[label]) for label in exports]
    found[EXPORT] = number(len(named)) + b"".join(
        name(label) + bytes([kind]) + number(index) for label, kind, index in named
    )
    parts = [section(kind, found[kind]) for kind in (*ORDER, DATA) if kind in found]
    return MAGIC + b"".join(parts)
