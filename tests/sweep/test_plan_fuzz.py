"""Whatever stands in a plan file, it is read or refused in words."""

from __future__ import annotations

import copy
import datetime as dt
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance_sim.errors import ScenarioError
from alliance_sim.sweep.plan import Plan
from alliance_sim.sweep.plan_file import load_plan

SHIPPED = Path(__file__).parents[2] / "experiments" / "conditions_of_the_programme.toml"
TREE: dict[str, Any] = tomllib.loads(SHIPPED.read_text("utf-8"))
WORDS = (
    *("", "x", "sobol", "grid", "table", "nine_eleven", "juncture", "0", "a.b", "theory.threat"),
    *("willingness.threat_state", "time.first_year", "rung>=8@2014", "first(rung)", "class"),
    *("japan_nato/baseline", "../x.toml", "points.csv", "council.rule", "juncture.0.date", "."),
)

junk = st.one_of(
    st.sampled_from(WORDS),
    st.booleans(),
    st.integers(-3, 70),
    st.sampled_from((2**63 - 1, -(2**63), 0.5, -1.5, float("nan"), float("inf"))),
    st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)),
    st.just(dt.datetime(2001, 9, 11, 8, 46)),  # noqa: DTZ001 - as TOML may have it
    st.lists(st.sampled_from((True, 1, 2.5, "leader", [])), max_size=3),
    st.just({}),
    st.just({"name": "x", "kind": "grid"}),
)


def in_toml(value: Any) -> str:
    """Return a value as TOML writes it on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(in_toml(entry) for entry in value)}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{json.dumps(k)} = {in_toml(v)}' for k, v in value.items())} }}"
    return repr(value)


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return where something stands in a tree."""
    keys = (
        list(node) if isinstance(node, dict) else range(len(node) if isinstance(node, list) else 0)
    )
    return [path, *(place for key in keys for place in places(node[key], (*path, key)))]


PLACES = [place for place in places(TREE) if place]


@given(
    damage=st.dictionaries(st.sampled_from(PLACES), junk, max_size=3),
    added=st.dictionaries(
        st.sampled_from(("values", "steps", "low", "high", "number", "setting", "label", "levels")),
        junk,
        max_size=2,
    ),
    factor=st.integers(0, len(TREE["factor"]) - 1),
)
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_plan_file_is_read_or_refused_in_words(
    damage: dict[tuple[Any, ...], Any],
    added: dict[str, Any],
    factor: int,
    tmp_path: Path,
) -> None:
    tree = copy.deepcopy(TREE)
    tree["factor"][factor] |= added
    for place, value in damage.items():
        owner: Any = tree
        try:
            for key in place[:-1]:
                owner = owner[key]
            owner[place[-1]] = copy.deepcopy(value)
        except (KeyError, IndexError, TypeError, AttributeError):
            continue  # an earlier damage took it away
    path = tmp_path / "mine.toml"
    path.write_text("".join(f"{json.dumps(k)} = {in_toml(v)}\n" for k, v in tree.items()))
    try:
        plan = load_plan(path)
    except ScenarioError as error:
        if not error.problems:
            pytest.fail("no problem told")
        return
    assert Plan.from_tree(plan.as_tree()).digest == plan.digest
    if plan.points <= 1000:
        assert len(plan.design_table()) == plan.points
