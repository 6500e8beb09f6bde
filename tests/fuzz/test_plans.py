"""A plan file with any structure is refused by name, or holds what its TOML says."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from alliance_sim.sweep.plan import Plan
from alliance_sim.sweep.plan_file import load_plan
from tests.fuzz.attempts import read_of
from tests.fuzz.mutation import in_toml, mutated

ROOT = Path(__file__).parents[2] / "experiments"
FILES = {path: tomllib.loads(path.read_text("utf-8")) for path in sorted(ROOT.glob("*.toml"))}
PLANS = {path.name: tree for path, tree in FILES.items() if "design" in tree}
WORDS = [
    *("number", "present", "date", "setting", "values", "low", "high", "steps", "kind", "points"),
    *("grid", "sobol", "morris", "saltelli", "table", "latin_hypercube", "replicates", "seed"),
    *("trajectories", "levels", "optimal", "second_order", "file", "noise", "label", "name"),
]


def test_a_plan_file_of_any_structure_is_refused_by_name_or_read_as_it_stands(
    inputs: int, quickly: Callable[[], AbstractContextManager[None]], tmp_path: Path
) -> None:
    assert PLANS
    seen: Counter[str] = Counter()
    path = tmp_path / "mine.toml"
    read = read_of(
        inputs,
        lambda rng: in_toml(mutated(rng, PLANS[rng.choice(sorted(PLANS))], WORDS)),
        load_plan,
        path,
        quickly=quickly,
        seen=seen,
    )
    for (number, _, text), plan in read:
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
    assert seen["refused"] > inputs / 4, seen
    assert seen["read"] > inputs / 20, seen
