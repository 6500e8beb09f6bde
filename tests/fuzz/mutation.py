"""Trees of files changed in their structure: types, names, numbers, days, places, depth."""

from __future__ import annotations

import copy
import datetime as dt
import json
import random
from typing import Any

Tree = dict[str, Any]

VALUES: tuple[Any, ...] = (
    *(
        True,
        False,
        0,
        1,
        -1,
        2,
        7,
        64,
        1000,
        9999,
        10_000,
        2**31,
        2**63 - 1,
        -(2**63),
        2**64,
        10**400,
    ),
    *(0.0, -0.0, 0.5, 1.0, -1.5, 1e-320, 1e308, float("nan"), float("inf"), float("-inf")),
    *("", "x", "0", "isaf", "nine_eleven", "japan_nato/baseline", "a.b", ".", "..", "/dev/zero"),
    *(
        "willingness.threat_state",
        "juncture.isaf.date",
        "class",
        "1_000",
        "\x1b[2J",
        "\u202e",
        "日本",
    ),
    *("x" * 5000, "a." * 40, "e\u0301", "\x00", "rung>=8@2014", "final(rung)", "leader", "assumed"),
    *(dt.date(1, 1, 1), dt.date(1950, 1, 1), dt.date(2001, 9, 11), dt.date(2104, 3, 18)),
    *(dt.date(9998, 12, 31), dt.date(9999, 12, 31), dt.date(2000, 2, 29), dt.time(8, 46)),
    dt.datetime(2001, 9, 11, 8, 46),  # noqa: DTZ001 - as TOML may have it
    *([], {}, [[]], [1, "x", True], [0.5, 0.2, 1.5, "1", "assumed"], {"name": "x"}, [{}]),
    [2.0, 1.0, 0.0, "", ""],
)


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return where something stands in a tree, the tree itself left out."""
    keys: Any = (
        node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    )
    return [place for key in keys for place in ((*path, key), *places(node[key], (*path, key)))]


def mutated(rng: random.Random, tree: Tree, words: list[str]) -> Tree:
    """Return a tree with one to four of its places changed."""
    tree = copy.deepcopy(tree)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        known = places(tree)
        if not known:
            break
        _change(rng, tree, rng.choice(known), words)
    return tree


def _change(rng: random.Random, tree: Tree, place: tuple[Any, ...], words: list[str]) -> None:
    *way, last = place
    owner: Any = tree
    for key in way:
        owner = owner[key]
    old = owner[last]
    kind = rng.randrange(9)
    if kind == 0:
        del owner[last]
    elif kind == 1 and isinstance(owner, dict):
        name = str(last)
        owner[rng.choice((*words, f"{name}x", name[:-1], "\x1b", "", "a.b"))] = owner.pop(last)
    elif kind == 2 and isinstance(owner, list):
        owner.insert(rng.randrange(len(owner) + 1), copy.deepcopy(old))
    elif kind == 3 and isinstance(owner, list):
        rng.shuffle(owner)
    elif kind in (4, 5):
        owner[last] = _near(rng, old, words)
    elif kind == 6:
        for _ in range(rng.choice((1, 3, 40))):
            old = [old] if rng.random() < 0.5 else {"a": old}
        owner[last] = old
    elif kind == 7:
        found: Any = tree
        for key in rng.choice(places(tree)):
            found = found[key]
        owner[last] = copy.deepcopy(found)
    else:
        owner[last] = copy.deepcopy(rng.choice(VALUES))


def _near(rng: random.Random, old: Any, words: list[str]) -> Any:
    """Return another value of the same kind."""
    if isinstance(old, int | float) and abs(old) < 1e300:
        return old * rng.choice((-1, 0, 0.5, 2, 10, 1e6)) + rng.choice((0, 0, 1e-9, 1))
    if isinstance(old, dt.date):
        return rng.choice([value for value in VALUES if isinstance(value, dt.date)])
    if isinstance(old, str):
        return rng.choice((*words, f"{old}x", old[:-1], old.upper(), old * 3))
    return copy.deepcopy(rng.choice(VALUES))


def in_toml(tree: Tree) -> str:
    """Return a tree as TOML, one key of the file on each line."""
    return "".join(f"{json.dumps(str(key))} = {_value(value)}\n" for key, value in tree.items())


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(_value(entry) for entry in value)}]"
    if isinstance(value, dict):
        pairs = (f"{json.dumps(str(key))} = {_value(entry)}" for key, entry in value.items())
        return f"{{{', '.join(pairs)}}}"
    return repr(value)
