"""Tables that stand on those of another file: on shipped defaults, or beside those of a scenario.

A threat needs numbers in every period: how hostile it is and how exposed both sides are. They stand
in the tables of periods, or with the threat itself, one number for all periods or one for each:

    [[threat]]
    name = "raiders"
    hostility = [0.4, 0.0, 1.0, "1", "assumed"]  # in every period

    [threat.exposure_state]  # by period
    calm = [0.1, 0.0, 1.0, "1", "assumed"]
    storm = [0.6, 0.0, 1.0, "1", "assumed"]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from alliance_sim.errors import unknown_name
from alliance_sim.scenario.path import Tree, is_number

BY_PERIOD = ("hostility", "exposure_state", "exposure_alliance")

OfThreats = Mapping[str, Mapping[str, Any]]  # by threat, then by one of `BY_PERIOD`


def on_defaults(defaults: Tree, tree: Tree) -> Tree:
    """Return the tables of a file on top of defaults; of a number or a list, the file's stands."""
    found = dict(defaults)
    for key, value in tree.items():
        below = found.get(key)
        if isinstance(below, dict) and isinstance(value, dict) and not is_number(value):
            found[key] = on_defaults(below, value)
        else:
            found[key] = value
    return found


def without_periods(tree: Tree) -> tuple[Tree, OfThreats]:
    """Return a tree whose threats hold nothing by period, and what was taken out of them."""
    listed = tree.get("threat")
    if not isinstance(listed, list | tuple):
        return tree, {}
    taken: dict[str, dict[str, Any]] = {}
    threats = []
    for threat in listed:
        if isinstance(threat, dict) and isinstance(threat.get("name"), str):
            given = {key: threat[key] for key in BY_PERIOD if key in threat}
            taken[threat["name"]] = given
            threats.append({key: value for key, value in threat.items() if key not in given})
        else:
            threats.append(threat)
    return tree | {"threat": threats}, {name: given for name, given in taken.items() if given}


def with_periods(tree: Tree, taken: OfThreats) -> tuple[Tree, list[str]]:
    """Return a tree whose periods hold what was taken out of threats.

    What a period says itself stands.

    Returns:
        The tree, and a sentence for each period that does not exist.
    """
    listed = tree.get("period")
    if not taken or not isinstance(listed, list | tuple):
        return tree, []
    names = [p["name"] for p in listed if isinstance(p, dict) and isinstance(p.get("name"), str)]
    periods = [_filled(p, taken) if isinstance(p, dict) else p for p in listed]
    return tree | {"period": tuple(periods)}, list(_strangers(taken, names))


def _filled(period: Tree, taken: OfThreats) -> Tree:
    found = dict(period)
    for threat, given in taken.items():
        for key, value in given.items():
            ours = value if _one_for_all(value) else value.get(period.get("name"))
            held = found.get(key, {})
            if ours is not None and isinstance(held, dict) and threat not in held:
                found[key] = held | {threat: ours}
    return found


def _one_for_all(value: Any) -> bool:
    """Whether a value is one number, or something that the schema will call no number."""
    return is_number(value) or not isinstance(value, dict)


def _strangers(taken: OfThreats, names: list[str]) -> Iterator[str]:
    for threat, given in taken.items():
        for key, value in given.items():
            for period in () if _one_for_all(value) else value:
                if period not in names:
                    where = f"threat {threat!r}.{key}"
                    yield f"{where}: {unknown_name('period', str(period), names)}"
