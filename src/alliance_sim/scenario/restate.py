"""Put other values into a scenario file and leave all else as written: comments, order, ranges.

So a fit can state in the file itself what it came to, and the file stays one that people read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from alliance_sim.errors import ScenarioError, unknown_name

# A line that opens a table, and one that states a number as an array of five on one line.
HEAD = re.compile(r"^(\[\[?)([A-Za-z0-9_.]+)\]\]?\s*(?:#.*)?$")
NAME = re.compile(r'^name = "(\w+)"')
DOMAIN = re.compile(r'^domain = "(\w+)"')
NUMBER = re.compile(
    r"^(?P<key>\w+) = \[(?P<value>[^,\]]+), (?P<low>[^,]+), (?P<high>[^,]+), "
    r'(?P<unit>"(?:[^"\\]|\\.)*"), (?P<source>"(?:[^"\\]|\\.)*")\](?P<rest>.*)$'
)


def stated(text: str) -> dict[str, float]:
    """Return the numbers that a scenario file states itself, by path, in the order of its lines."""
    return {path: float(found["value"]) for _, path, found in _numbers(text.splitlines())}


def restated(text: str, values: Mapping[str, float], *, source: str | None = None) -> str:
    """Return a scenario file with other values at some paths.

    Args:
        text: The file; each number is `key = [value, low, high, "unit", "source"]` on one line.
        values: By path, such as "juncture.nine_eleven.effect.0.size". Ranges stay: whoever loads a
            file with a value outside its range is told.
        source: What their source says from now on; as it was if left out.

    Raises:
        ScenarioError: If a path leads to no line of the file, all of them at once.
    """
    left, lines, known = dict(values), text.splitlines(), []
    for at, path, found in _numbers(lines):
        known.append(path)
        if path in left:
            told = found["source"] if source is None else json.dumps(source, ensure_ascii=False)
            numbers = f"{left.pop(path)!r}, {found['low']}, {found['high']}"
            lines[at] = f"{found['key']} = [{numbers}, {found['unit']}, {told}]{found['rest']}"
    if left:
        problems = [unknown_name("number of the file", path, known) for path in left]
        raise ScenarioError("restated", problems)
    return "\n".join(lines) + ("\n" if text.endswith("\n") else "")


def _numbers(lines: list[str]) -> Iterator[tuple[int, str, re.Match[str]]]:
    """Yield the place, the path and the parts of each line that states a number."""
    path: list[str] = []
    entry, domain = "", ""  # of the list whose table is open
    counts: dict[str, int] = {}
    heads: set[str] = set()
    for at, line in enumerate(lines):
        head = HEAD.match(line)
        if head:
            parts = head[2].split(".")
            if head[1] == "[[" and len(parts) == 1:
                heads.add(parts[0])
                entry, domain, counts, path = "", "", {}, parts
            elif parts[0] in heads:
                path = [parts[0], entry, *parts[1:]]
                if head[1] == "[[":
                    place = counts[head[2]] = counts.get(head[2], -1) + 1
                    path.append(str(place))
            else:
                path = parts
            continue
        if len(path) == 1 and path[0] in heads:
            domain = found[1] if (found := DOMAIN.match(line)) else domain
            if named := NAME.match(line):
                entry = f"{domain}_{named[1]}" if path[0] == "kind" else named[1]
        number = NUMBER.match(line)
        if number:
            owner = [*path, entry] if len(path) == 1 and path[0] in heads else path
            yield at, ".".join((*owner, number["key"])), number
