"""What is wrong with a text that should be TOML, in words for whoever wrote it by hand."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from tomllib import TOMLDecodeError

LONGEST = 60  # letters of a line that is repeated
LONGEST_READ = 1000  # letters of one that is looked at
MONTHS = 12
PLACE = re.compile(r" \(at (?:line ([0-9]+), column [0-9]+|end of document)\)$")
CURLY = re.compile("[“”„‟‘’‚«»″′]")
KEY = re.compile(r"^[ \t]*([A-Za-z0-9_-]+)[ \t]*=", re.MULTILINE)
HEADER = re.compile(r"^[ \t]*\[+([^\]\n]*)\]*")
DATE = re.compile(r"\b([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})\b")
OTHER_DATE = re.compile(
    r"\b[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{4}\b|\b[0-9]{4}[./][0-9]+[./][0-9]+\b"
)
BARE = re.compile(r"=[ \t]*(\[?)[ \t]*([A-Za-z_][\w/.-]*(?:[ \t]+[\w/.-]+)*)")
COLON = re.compile(r"^[ \t]*([A-Za-z0-9_]+)[ \t]*:[ \t]*(.*)$")
COMMENT = re.compile(r"^[ \t]*(//|;|%|--|/\*)")
COMMA = re.compile(r"=[ \t]*(-?[0-9]+),([0-9]+)[ \t]*$")
HALF_HEADER = re.compile(r"^[ \t]*(\[\[?)([\w.]+)(\]?)[ \t]*$")


def toml_mistake(text: str, error: TOMLDecodeError) -> str:
    """Return where a text is no TOML and why, with what to write where that can be told.

    Args:
        text: The text.
        error: What the reader raised.
    """
    place = PLACE.search(str(error))
    said = PLACE.sub("", str(error))
    lines = text.splitlines()
    number = int(place[1]) if place and place[1] else _open_end(lines, said)
    again = _twice(lines) if "overwrite" in said or "Cannot" in said else None
    if again is not None:
        return again
    line = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    shown = line if len(line) <= LONGEST else f"{line[:LONGEST]}..."
    hint = next((told for of in HINTS if (told := of(line[:LONGEST_READ])) is not None), None)
    if hint is None:
        hint = _OPEN.get(said, said[:1].lower() + said[1:])
    return f"line {number}, {shown!r}: {hint}"


_OPEN = {
    "Unterminated string": "a text begins here and has no quote at its end",
    "Illegal character '\\n'": "a text begins here and has no quote at its end",
    "Unclosed array": "a list begins here and has no ] at its end",
    "Unclosed inline table": "a table in braces begins here and has no } on the same line",
}


def _open_end(lines: list[str], said: str) -> int:
    """Return the line in which something begins that has no end; the last if none is found."""
    mark = {"Unterminated string": '"', "Unclosed array": "["}.get(said)
    for number, line in enumerate(lines, start=1):
        bare = line.partition("#")[0]
        if mark == '"' and (bare.count('"') % 2 or bare.count("'") % 2):
            return number
        if mark == "[" and bare.count("[") > bare.count("]") and "=" in bare:
            return number
    return max(1, len(lines))


def _twice(lines: list[str]) -> str | None:
    """Return what stands twice in one table, None if it cannot be told."""
    seen: dict[tuple[int, str], int] = {}
    singles: dict[str, int] = {}
    table = 0
    for number, line in enumerate(lines, start=1):
        header, key = HEADER.match(line), KEY.match(line)
        if header and not key:
            table = number
            name = header[1].strip()
            if name in singles:
                return (
                    f"lines {singles[name]} and {number}: table {name!r} begins twice; tables of "
                    f"which there are several are all written [[{name}]]"
                )
            if not line.strip().startswith("[["):
                singles[name] = number
        elif key:
            before = seen.setdefault((table, key[1]), number)
            if before != number:
                return (
                    f"lines {before} and {number}: key {key[1]!r} stands twice; write it once, "
                    "several values as a list: [..., ...]"
                )
    return None


def _curly(line: str) -> str | None:
    found = "".join(dict.fromkeys(CURLY.findall(line)))
    if not found:
        return None
    return (
        f"has the quotes of a word processor ({found}), must have straight ones: \" or '; a text "
        "editor writes them"
    )


def _date(line: str) -> str | None:
    other = OTHER_DATE.search(line.partition("#")[0])
    if other:
        return f"{other[0]} must be a date written year-month-day, such as 2001-09-11"
    for found in DATE.finditer(line):
        year, month, day = map(int, found.groups())
        if not 1 <= month <= MONTHS:
            return f"{found[0]} is no date: the month is {month}, must be 01 to 12"
        last = monthrange(max(1, year), month)[1]
        if not 1 <= day <= last:
            return f"{found[0]} is no date: the day is {day}, must be 01 to {last}"
        if len(found[2]) == 1 or len(found[3]) == 1:
            return f"{found[0]} must be written {year:04}-{month:02}-{day:02}"
    return None


def _bare(line: str) -> str | None:
    found = BARE.search(line)
    if found is None or found[2] in ("true", "false"):
        return None
    if found[2].lower() in ("true", "false"):
        return f"{found[2]} must be written {found[2].lower()}"
    if found[2] in ("inf", "nan"):
        return None
    return f'{found[2]} must stand in quotes: = {found[1]}"{found[2]}"{"]" if found[1] else ""}'


def _colon(line: str) -> str | None:
    found = COLON.match(line)
    return None if found is None else f"{found[1]}: must be written {found[1]} ="


def _comment(line: str) -> str | None:
    found = COMMENT.match(line)
    return None if found is None else f"a comment begins with #, not with {found[1]}"


def _comma(line: str) -> str | None:
    found = COMMA.search(line)
    return None if found is None else f"{found[1]},{found[2]} must be written {found[1]}.{found[2]}"


def _header(line: str) -> str | None:
    found = HALF_HEADER.match(line)
    if found is None or (found[1] == "[" and found[3]):
        return None
    return f"must be written {found[1]}{found[2]}{']' * len(found[1])}"


HINTS: tuple[Callable[[str], str | None], ...] = (
    *(_curly, _date, _comma, _colon, _comment, _header, _bare),
)
