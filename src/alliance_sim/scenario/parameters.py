"""What may vary: paths into a scenario, also spelt as identifiers, and values as tools give them.

Tools hand over NumPy's numbers, 1.0 for "true" and text for a date; a scenario takes none of
these in silence. Here they are turned into what stands at the path, or refused with a sentence.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from alliance_sim.calendar import date_of
from alliance_sim.errors import LONGEST, shown
from alliance_sim.provenance import WORDS_ONLY
from alliance_sim.scenario.fields import written_day
from alliance_sim.scenario.path import PathProblem, Tree, follow, is_number, keys_of

DOTS = "__"
DATES = ("date", "end", "start", "opens", "tabled")
# Last parts of paths to what is told, to readers or about what was before, and decides no run.
TOLD = WORDS_ONLY | {
    *("source", "unit", "when_removed", "original_date", "state_title", "alliance_title"),
    *("event_domain", "event_kind", "id", "acts_from", "acts_until"),
}
# Last parts of paths to what ties tables together: it can be set, but nobody varies it by name.
TIES = {
    *("state", "alliance", "kind", "moves", "of", "domain", "partner", "number", "series"),
}
# First parts of paths to what all runs of a plan share, and why.
SHARED = {
    "time": "all runs of a plan share their years and steps",
    "partners": "all runs of a plan are about the same partners",
    "prior": "beliefs before a fit decide no run",
    "spread": "beliefs before a fit decide no run",
    "edits": "what was edited decides no run",
}
UNUSED = ("prior", "spread", "edits")  # no run depends on them
NEAR = 3  # names that an error suggests

Plain = bool | int | float | str | dt.date


class Parameter(NamedTuple):
    """Something of a scenario that a run can be given another value for.

    Attributes:
        name: Valid identifier, such as "willingness__threat_state".
        path: The same with dots.
        value: What the scenario says; None where it leaves a date out.
        low: Smallest value that a number takes; None for a setting.
        high: Largest such value.
        unit: Unit of a number, "" for a setting.
    """

    name: str
    path: str
    value: Plain | None
    low: float | None = None
    high: float | None = None
    unit: str = ""


class Refused(Exception):  # noqa: N818 - always caught and turned into a sentence
    """Why a name or a value cannot be used, as a sentence."""


def why_fixed(path: str) -> str | None:
    """Return why what lies at a path cannot be varied by a plan, None if it can."""
    head, last = path.partition(".")[0], path.rpartition(".")[2]
    return SHARED.get(head) or ("it is told and decides no run" if last in TOLD else None)


def parameters_of(tree: Tree) -> dict[str, Parameter]:
    """Return all parameters of a scenario by name, in the order of its tables.

    Args:
        tree: The scenario as plain tables.
    """
    found = [_parameter(path, node) for path, node in _leaves(tree, "")]
    # A name that two paths share means neither of them; the paths themselves still do.
    count = Counter(parameter.name for parameter in found)
    return {parameter.name: parameter for parameter in found if count[parameter.name] == 1}


def _parameter(path: str, node: Any) -> Parameter:
    name = path.replace(".", DOTS)
    if is_number(node):
        return Parameter(name, path, node["value"], node["low"], node["high"], node["unit"])
    return Parameter(name, path, node)


def _leaves(node: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    """Yield the path and the node of every number and every setting that is offered."""
    children = node.values() if isinstance(node, Mapping) else node
    for key, child in zip(keys_of(node), children, strict=True):
        path = f"{prefix}.{key}" if prefix else key
        if path in UNUSED:
            continue
        if is_number(child):
            yield path, child
        elif isinstance(child, Mapping | list | tuple):
            yield from _leaves(child, path)
        elif (
            isinstance(node, Mapping)
            and key not in TOLD | TIES
            and (child is not None or key in DATES)
        ):
            yield path, child


def find(name: object, tree: Tree, known: Mapping[str, Parameter]) -> Parameter:
    """Return the parameter that a name or a path stands for.

    Raises:
        Refused: If there is none, with the nearest names.
    """
    if not isinstance(name, str):
        raise Refused(f"parameter name is {shown(name)}, must be a text")
    if name in known:
        return known[name]
    for path in (name, name.replace(DOTS, ".")):
        try:
            node = follow(tree, path)
        except PathProblem:
            continue
        if is_number(node) or not isinstance(node, Mapping | list | tuple):
            return _parameter(path, node)
    near = difflib.get_close_matches(name.replace(".", DOTS), known, n=NEAR, cutoff=0.4)
    hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
    raise Refused(
        f"unknown parameter {shown(name, LONGEST)}{hint} ({len(known)} are known: see "
        "alliance_sim.parameters())"
    )


def fitted(value: object, parameter: Parameter) -> Plain:
    """Return a value as the kind that stands at a parameter's path.

    Tools that only know numbers can give 0 and 1 for a truth value and 2003.7 for a day.

    Raises:
        Refused: If it is of another kind.
    """
    plain = _plain(value)
    old = parameter.value
    found: Plain | None
    if parameter.low is not None:
        found, wanted = _real(plain), "a number"
    elif isinstance(old, bool):
        found, wanted = _truth(plain), "True or False"
    elif isinstance(old, int):
        found, wanted = _whole(plain), "a whole number"
    elif isinstance(old, dt.date) or (old is None and parameter.path.endswith(DATES)):
        found, wanted = _day(plain), "a date such as 2001-09-11"
    else:
        found, wanted = plain, "a text, a number, a truth value or a date"
    if found is None:
        text = shown(value, LONGEST)
        raise Refused(f"{parameter.name}: is {text}, must be {wanted}")
    return found


def _plain(value: object) -> Plain | None:
    """Return a value as Python's own kind, None if there is none for it."""
    if type(value).__name__ == "datetime64":
        value = value.astype("datetime64[D]")  # type: ignore[attr-defined]
    if type(value).__module__.partition(".")[0] == "numpy" and getattr(value, "ndim", 1) == 0:
        value = value.item()  # type: ignore[attr-defined]
    if isinstance(value, dt.datetime):
        value = value.date()
    return value if isinstance(value, bool | int | float | str | dt.date) else None


def _real(plain: Plain | None) -> float | None:
    is_real = isinstance(plain, int | float) and not isinstance(plain, bool)
    try:
        return float(plain) if is_real else None  # type: ignore[arg-type]
    except OverflowError:
        return None


def _truth(plain: Plain | None) -> bool | None:
    return bool(plain) if isinstance(plain, bool | int | float) and plain in (0, 1) else None


def _whole(plain: Plain | None) -> int | None:
    number = _real(plain)
    return int(number) if number is not None and number.is_integer() else None


def _day(plain: Plain | None) -> dt.date | None:
    """Return a date from itself, from text, or from a decimal year."""
    if isinstance(plain, dt.date):
        return plain
    if isinstance(plain, str):
        return written_day(plain.strip())
    year = _real(plain)
    return date_of(year) if year is not None and dt.MINYEAR <= year < dt.MAXYEAR + 1 else None
