# ruff: noqa: INP001 - beside conf.py, not in a package
"""Tables of what `world.state` declares: states, phases, inputs, noise channels."""

from __future__ import annotations

from cells import signed, table, text

from alliance_sim.results.dictionary import range_words
from alliance_sim.world.declaration import declared
from alliance_sim.world.state import PHASES, STATES, Channels, Inputs, Marks


def _range(low: float, high: float) -> str:
    """Return a range in words."""
    return signed(range_words(low, high))


def _named(pattern: str) -> str:
    """Return a pattern of names as it is written in text: axes in pointed brackets."""
    return f"`{pattern.replace('{', '<').replace('}', '>')}`"


def states() -> str:
    """Return the states that are reported, in order."""
    rows = [
        (
            *(_named(v.reported), f"${v.symbol}$" if v.symbol else "", _range(v.low, v.high)),
            *(v.unit, text(v.meaning.replace("{", "<").replace("}", ">")), v.phase),
        )
        for v in STATES
        if v.reported
    ]
    return table(("state", "symbol", "range", "unit", "meaning", "made in phase"), rows)


def carried() -> str:
    """Return the states that are kept to the engines."""
    rows = [
        (
            *(f"`{v.name}`", ", ".join(v.per), f"${v.symbol}$" if v.symbol else ""),
            *(_range(v.low, v.high), v.unit, text(v.meaning), v.phase),
        )
        for v in STATES
        if not v.reported
    ]
    head = ("state", "counted by", "symbol", "range", "unit", "meaning", "made in phase")
    return table(head, rows)


def phases() -> str:
    """Return the phases of a quarter, in order, with the states that each makes."""
    made = {p.name: ", ".join(f"`{v.name}`" for v in STATES if v.phase == p.name) for p in PHASES}
    rows = [(n, f"`{p.name}`", text(p.what), made[p.name]) for n, p in enumerate(PHASES, 1)]
    return table(("", "phase", "what happens", "states that it makes"), rows)


def inputs() -> str:
    """Return what a quarter brings from outside."""
    rows = [
        (f"`{name}`", ", ".join(one.per), _range(one.low, one.high), one.unit, text(one.meaning))
        for name, one in declared(Inputs).items()
    ]
    return table(("input", "counted by", "range", "unit", "meaning"), rows)


def channels() -> str:
    """Return the noise channels: of decisions, then of marks of events."""
    rows = []
    for entry in (*declared(Channels).values(), *declared(Marks).values()):
        names = [name for name in (entry.pattern, entry.at_home) if name]
        rows.append((", ".join(map(_named, names)), f"v{entry.version}", text(entry.meaning)))
    return table(("channel", "version", "what its uniform decides"), rows)
