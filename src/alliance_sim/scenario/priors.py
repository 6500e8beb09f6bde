"""What is believed about numbers before a fit: families, what a prior speaks of, its checks.

A `[[prior]]` is of one number, or of all entries of a list at once (`*`). The checks run on plain
tables, like those of `alliance_sim.scenario.checks`; `places` serves a scenario as well.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from alliance_sim.errors import LONGEST, shown, unknown_name
from alliance_sim.scenario.fields import FIELDS
from alliance_sim.scenario.path import PathProblem, Tree, entries, follow, is_number

ALL = "*"  # in a path: every entry of a list or table
SHRUNK = "shrunk"
ON_A_SCALE = ("normal", SHRUNK)  # families that may be told on another scale
LOG_ODDS, LOG = "log_odds", "log"


class Family(NamedTuple):
    """A family of distributions as a file tells it.

    Attributes:
        parameters: What its parameters are, in order.
        positive: Positions of those that must be above 0.
        low: Below this it gives nothing.
        high: Nor above this.
    """

    parameters: tuple[str, ...]
    positive: tuple[int, ...]
    low: float = -math.inf
    high: float = math.inf


FAMILIES: dict[str, Family] = {
    "normal": Family(("mean", "standard deviation"), (1,)),
    "half_normal": Family(("scale",), (0,), low=0.0),
    "lognormal": Family(("mean of the log", "standard deviation of the log"), (1,), low=0.0),
    "logit_normal": Family(
        ("mean of the log-odds", "standard deviation of the log-odds"), (1,), low=0.0, high=1.0
    ),
    "beta": Family(("a", "b"), (0, 1), low=0.0, high=1.0),
    "gamma": Family(("shape", "rate"), (0, 1), low=0.0),
    "exponential": Family(("rate",), (0,), low=0.0),
    "uniform": Family(("lowest", "highest"), ()),
    SHRUNK: Family(("centre",), ()),
}


def logistic(x: float) -> float:
    """Return the share that log-odds stand for."""
    return 1.0 / (1.0 + math.exp(-x)) if x >= 0.0 else math.exp(x) / (1.0 + math.exp(x))


def places(tree: Any, path: str) -> list[str]:
    """Return the paths of the numbers that a prior's path speaks of, in the order of the scenario.

    Args:
        tree: A scenario, or plain tables.
        path: Such as "levels.pace", or "period.*.exposure_state.raiders" for that of all periods.

    Raises:
        PathProblem: If it leads nowhere, or to something that is no number.
    """
    return list(_numbers_at(tree, path))


def _numbers_at(tree: Any, path: str) -> dict[str, Any]:
    """Return the numbers that a prior's path speaks of, by their own paths; as for `places`."""
    parts = path.split(".")
    if parts.count(ALL) > 1 or parts[0] == ALL:
        raise PathProblem(
            f"path {shown(path, LONGEST)}: one {ALL!r} may stand in it, behind a list or table"
        )
    if ALL not in parts:
        found = {path: follow(tree, path)}
    else:
        head, tail = ".".join(parts[: parts.index(ALL)]), parts[parts.index(ALL) + 1 :]
        below = entries(follow(tree, head))
        if not below:
            raise PathProblem(f"path {shown(path, LONGEST)}: there is no entry under {head!r}")
        with_it = [(key, entry) for key, entry in below if not _left_out(entry, tail)] or below
        found = {}
        for key, entry in with_it:
            one = ".".join((head, key, *tail))
            try:
                found[one] = follow(entry, ".".join(tail)) if tail else entry
            except PathProblem:
                follow(tree, one)  # says it from the beginning of the path on
                raise
    for one, number in found.items():
        if not is_number(number):
            raise PathProblem(f"path {shown(one, LONGEST)} is not a number")
    return found


def _left_out(entry: Any, tail: list[str]) -> bool:
    """Whether an entry does without a number that others have, as most junctures without hazard."""
    if not tail:
        return entry is None
    try:
        node = follow(entry, ".".join(tail[:-1])) if tail[:-1] else entry
        return dict(entries(node)).get(tail[-1]) is None
    except PathProblem:
        return False


def prior_problems(tree: Tree) -> Iterator[str]:
    """Yield a sentence for each prior and spread that cannot be used."""
    spreads = [table.get("name") for table in _tables(tree, "spread")]
    for name in sorted({str(s) for s in spreads if spreads.count(s) > 1}):
        yield f"spread {name!r}: stands {spreads.count(name)} times; names must differ"
    for position, spread in enumerate(_tables(tree, "spread")):
        yield from _parameter_problems(f"spread[{position}]", {"family": "half_normal"} | spread)
    for position, prior in enumerate(_tables(tree, "prior")):
        where = f"prior[{position}]"
        yield from _parameter_problems(where, prior)
        yield from (f"{where}: {problem}" for problem in _form_problems(prior, spreads))
    used = [prior.get("group") for prior in _tables(tree, "prior")]
    for unused in spreads:
        if isinstance(unused, str) and unused not in used:
            yield f"spread {unused!r}: no prior has it as its group; leave it out"
    yield from _place_problems(tree)


def _tables(tree: Tree, key: str) -> list[dict[str, Any]]:
    found = tree.get(key, ())
    return [t for t in found if isinstance(t, dict)] if isinstance(found, list | tuple) else []


def _numbers(table: Mapping[str, Any]) -> list[float] | None:
    """Return the parameters of a prior or spread if they are what its family takes."""
    family, given = FAMILIES.get(str(table.get("family"))), table.get("parameters")
    if family is None or not isinstance(given, list | tuple):
        return None
    sound = len(given) == len(family.parameters) and all(map(_finite, given))
    positive = sound and all(given[place] > 0 for place in family.positive)
    return [float(x) for x in given] if positive else None


def _finite(value: object) -> bool:
    """Whether a value is a number that a float can hold."""
    try:
        return isinstance(value, int | float) and math.isfinite(value)
    except OverflowError:
        return False


def _parameter_problems(where: str, table: Mapping[str, Any]) -> Iterator[str]:
    name, given = str(table.get("family")), table.get("parameters")
    family = FAMILIES.get(name)
    if family is None or not isinstance(given, list | tuple):
        return  # the schema says so already
    needed = len(family.parameters)
    if len(given) != needed:
        meant = " and ".join(family.parameters)
        takes = f"{needed} parameter{'' if needed == 1 else 's'}"
        yield f"{where}: family {name!r} takes {takes} ({meant}), found {len(given)}"
    for place, value in enumerate(given):
        if not isinstance(value, int | float):
            continue
        if not _finite(value):
            yield f"{where}.parameters: {shown(value)} must be finite"
        elif place in family.positive and value <= 0:
            yield f"{where}.parameters: {value} must be above 0 for family {name!r}"
    numbers = _numbers(table)
    if name == "uniform" and numbers and numbers[0] >= numbers[1]:
        low, high = numbers
        yield f"{where}.parameters: lowest {low:g} must be below highest {high:g}"


def _form_problems(prior: Mapping[str, Any], spreads: list[Any]) -> Iterator[str]:
    """Say where family, group, scale and difference do not go together."""
    family, group, scale = prior.get("family"), prior.get("group"), prior.get("scale")
    known = [name for name in spreads if isinstance(name, str)]
    if family == SHRUNK and group is None:
        told = ", ".join(sorted(known)) or "none; write a [[spread]] with a name"
        yield f"family {SHRUNK!r} needs a group, the name of its spread (known: {told})"
    elif group is not None and family != SHRUNK:
        yield f"only family {SHRUNK!r} has a group, found family {family!r}; leave out the group"
    elif isinstance(group, str) and group not in known:
        yield f"group: {unknown_name('spread', group, known)}"
    if prior.get("difference") is True and family not in ON_A_SCALE:
        allowed = " or ".join(map(repr, ON_A_SCALE))
        yield f"a difference has family {allowed}, found {family!r}"
    if scale is not None and family not in ON_A_SCALE:
        allowed = " or ".join(map(repr, ON_A_SCALE))
        yield f"scale goes with family {allowed}, found {family!r}; leave it out"


def _place_problems(tree: Tree) -> Iterator[str]:
    """Say which paths lead nowhere, have two priors, or lie where a prior gives nothing."""
    whole: dict[str, int] = {}  # priors of values and of differences, by the paths they speak of
    differences: dict[str, int] = {}
    common: set[str] = set()
    for position, prior in enumerate(_tables(tree, "prior")):
        path, moved = prior.get("path"), prior.get("difference") is True
        if not isinstance(path, str):
            continue
        try:
            found = _numbers_at(tree, path)
        except PathProblem as problem:
            yield f"prior[{position}]: {problem}"
            continue
        if moved and ALL in path:
            yield f"prior[{position}]: a difference is of one number, found path {path!r}"
            continue
        taken = differences if moved else whole
        clash = next((one for one in found if one in taken), None)
        if clash is not None:
            kind = "differences" if moved else "priors"
            yield f"prior[{position}]: path {clash!r} has two {kind}, see prior[{taken[clash]}]"
            continue
        taken.update(dict.fromkeys(found, position))
        common.update(found if ALL in path else ())
        told = _range_problem(prior, list(found.values()))
        if told:
            yield f"prior[{position}]: path {path!r}: {told}"
    for path, position in differences.items():
        if path not in common:
            head, _, rest = path.partition(".")
            line = f"{head}.{ALL}.{rest.partition('.')[2]}"
            yield (
                f"prior[{position}]: path {path!r} is a difference from a common number, which has "
                f"no prior; write one with a path such as {line!r}"
            )


def limits(number: Any) -> tuple[float, float]:
    """Return between which values a number may lie, in any of its forms; nan where it says none."""
    if not isinstance(number, Mapping | list | tuple):
        return number.low, number.high
    given = dict(zip(FIELDS, number, strict=True)) if not isinstance(number, Mapping) else number
    low, high = given["low"], given["high"]
    return (float(low), float(high)) if _finite(low) and _finite(high) else (math.nan, math.nan)


def _range_problem(prior: Mapping[str, Any], numbers: list[Any]) -> str | None:
    """Return why a prior does not fit the ranges of its numbers, None if it does."""
    given, scale = _numbers(prior), prior.get("scale")
    ranges = [limits(number) for number in numbers]
    low, high = max(low for low, _ in ranges), min(high for _, high in ranges)
    if given is None or not all(math.isfinite(x) for limit in ranges for x in limit):
        return None  # told already
    between = f"{low:g} to {high:g}"
    if low >= high:
        return f"the range that is left to it, {between}, holds nothing"
    if scale == LOG_ODDS and not 0.0 <= low <= high <= 1.0:
        return f"scale {LOG_ODDS!r} is for numbers from 0 to 1, its range is {between}"
    if scale == LOG and low < 0.0:
        return f"scale {LOG!r} is for numbers of at least 0, its range is {between}"
    middle = _middle(str(prior.get("family")), given, scale)
    if prior.get("difference") is True or low <= middle <= high:
        return None
    return f"the middle of the prior, {middle:g}, lies outside the number's range {between}"


def _middle(family: str, given: list[float], scale: object) -> float:
    """Return where about half of a prior lies on either side."""
    first, *rest = given
    middles = {
        "beta": lambda: first / (first + rest[0]),
        "gamma": lambda: first / rest[0],
        "uniform": lambda: 0.5 * (first + rest[0]),
        "half_normal": lambda: 0.674489750196082 * first,
        "exponential": lambda: math.log(2.0) / first,
    }
    if family in middles:
        return middles[family]()
    if family == "lognormal" or scale == LOG:
        return math.exp(min(first, 700.0))
    return logistic(first) if family == "logit_normal" or scale == LOG_ODDS else first
