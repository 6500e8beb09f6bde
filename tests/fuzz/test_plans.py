"""A plan file with any structure is refused by name, or holds what its TOML says."""

from __future__ import annotations

import json
import random
import tomllib
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from alliance_sim import AllianceSimError
from alliance_sim.sweep.plan import Plan
from alliance_sim.sweep.plan_file import load_plan
from tests.fuzz.mutation import in_toml, mutated

ROOT = Path(__file__).parents[2] / "experiments"
FILES = {path: tomllib.loads(path.read_text("utf-8")) for path in sorted(ROOT.glob("*.toml"))}
PLANS = {path.name: tree for path, tree in FILES.items() if "design" in tree}
WORDS = [
    *("number", "present", "date", "setting", "values", "low", "high", "steps", "kind", "points"),
    *("grid", "sobol", "morris", "saltelli", "table", "latin_hypercube", "replicates", "seed"),
    *("trajectories", "levels", "optimal", "second_order", "file", "noise", "label", "name"),
]


def attempted(path: Path) -> tuple[Plan | None, str]:
    """Return what is in a file, or why it is refused; any other error ends the test."""
    try:
        return load_plan(path), ""
    except AllianceSimError as error:
        return None, str(error)


def test_a_plan_file_of_any_structure_is_refused_by_name_or_read_as_it_stands(
    inputs: int, quickly: Callable[[], AbstractContextManager[None]], tmp_path: Path
) -> None:
    assert PLANS
    seen: Counter[str] = Counter()
    path = tmp_path / "mine.toml"
    for number in range(inputs):
        rng = random.Random(number)
        text = in_toml(mutated(rng, PLANS[rng.choice(sorted(PLANS))], WORDS))
        path.write_text(text, encoding="utf-8")
        with quickly():
            plan, told = attempted(path)
        if plan is None:
            assert told.startswith(f"{path}: "), (number, told)
            assert not set(told) & {"\x1b", "\x00", "\u202e"}, number
            seen["refused"] += 1
            continue
        tree = tomllib.loads(text)
        assert (plan.title, plan.seed) == (tree["title"], tree["seed"]), number
        assert plan.replicates == tree.get("replicates", 1), number
        assert [f.name for f in plan.factors] == [f["name"] for f in tree.get("factor", [])], number
        for factor, given in zip(plan.factors, tree.get("factor", []), strict=True):
            for key in {"low", "high"} & set(given):
                held = getattr(factor, key)
                assert held == (float if isinstance(held, float) else str)(given[key]), number
        again = Plan.from_tree(json.loads(json.dumps(plan.as_tree(), allow_nan=False)))
        assert again.digest == plan.digest, number
        seen["read"] += 1
    assert seen["refused"] > inputs / 4, seen
    assert seen["read"] > inputs / 20, seen
