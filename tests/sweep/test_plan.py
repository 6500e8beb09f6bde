"""Plans: points become scenarios, survive JSON and pickle, and grow without moving."""

from __future__ import annotations

import copy
import json
import os
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alliance_sim import provenance
from alliance_sim.errors import ResultError, ScenarioError, SettingError
from alliance_sim.scenario import Scenario
from alliance_sim.sweep.plan import Plan, extended
from alliance_sim.sweep.plan_file import load_plan
from alliance_sim.sweep.store.metadata import Metadata, Segment
from tests.sweep.conftest import EVERY_KIND as SOUND

SOBOL = 'kind = "sobol"\npoints = 8'


def read(folder: Path, text: str = SOUND) -> Plan:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return load_plan(path)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return read(tmp_path_factory.mktemp("plan"))


def content(scenario: Scenario) -> str:
    return provenance.scenario_digest(scenario)


def points(plan: Plan) -> list[dict[str, Any]]:
    return [
        {str(name): value for name, value in point.items()}
        for point in plan.design_table().to_dict("records")
    ]


def test_a_point_is_the_scenario_that_the_edits_would_make(plan: Plan) -> None:
    import datetime as dt

    for label, base in zip(plan.labels, plan.scenarios, strict=True):
        for point in points(plan):
            edited = base.moved("isaf", to=dt.date.fromisoformat(point["isaf_from"]))
            edited = edited if point["nine_eleven"] else edited.without("nine_eleven")
            edited = edited.with_number("willingness.threat_state", point["threat_pull"])
            edited = edited.with_setting("council.rule", point["council_rule"])
            assert content(plan.scenario_at(label, point)) == content(edited)


def test_points_share_what_no_factor_touches(plan: Plan) -> None:
    first, second = (plan.scenario_at("baseline", point) for point in points(plan)[:2])
    for key in ("periods", "members", "threats", "kinds", "rungs", "levels", "observation"):
        assert getattr(first, key) is getattr(second, key) is getattr(plan.scenarios[0], key)


def test_points_with_the_same_values_share_what_those_touch(plan: Plan) -> None:
    point = points(plan)[0]
    first = plan.scenario_at("baseline", point)
    second = plan.scenario_at("baseline", point | {"threat_pull": 1.25})
    assert first.junctures is second.junctures
    assert first.willingness is not second.willingness


def test_a_row_of_a_frame_is_a_point_too(plan: Plan) -> None:
    for point in points(plan):
        numbers = {
            "threat_pull": np.float64(point["threat_pull"]),
            "nine_eleven": np.bool_(point["nine_eleven"]),
        }
        row = point | numbers
        assert content(plan.scenario_at("baseline", row)) == content(
            plan.scenario_at("baseline", point)
        )


@pytest.mark.slow
def test_the_table_is_the_same_every_time_and_in_every_process(plan: Plan, tmp_path: Path) -> None:
    assert plan.design_table().equals(plan.design_table())
    read(tmp_path)
    program = (
        "import sys\nfrom alliance_sim.sweep.plan_file import load_plan\n"
        "plan = load_plan(sys.argv[1])\nprint(plan.digest)\nprint(plan.design_table().to_csv())"
    )
    for seed in ("1", "2"):
        found = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / "mine.toml")],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        assert found.stdout == f"{plan.digest}\n{plan.design_table().to_csv()}\n"


@pytest.mark.parametrize(
    ("label", "values", "says"),
    [
        ("baselin", {}, "unknown scenario 'baselin'; did you mean 'baseline'"),
        (
            "baseline",
            {"threat_pul": 1.0},
            "unknown factor 'threat_pul'; did you mean 'threat_pull'",
        ),
        ("baseline", {}, "factor 'isaf_from' has no value"),
    ],
)
def test_a_point_that_does_not_fit_is_told(
    plan: Plan, label: str, values: dict[str, object], says: str
) -> None:
    with pytest.raises(SettingError, match=says):
        plan.scenario_at(label, values)


def test_a_value_out_of_range_is_told(plan: Plan) -> None:
    point = points(plan)[0] | {"threat_pull": 9.0, "council_rule": "majority", "isaf_from": "soon"}
    with pytest.raises(ScenarioError) as caught:
        plan.scenario_at("baseline", point)
    assert len(caught.value.problems) == 3


def test_what_fails_only_together_is_left_to_the_run(tmp_path: Path) -> None:
    text = SOUND.partition("[design]")[0] + (
        '[design]\nkind = "grid"\n[[factor]]\nname = "first"\nsetting = "period.deepening.start"\n'
        'values = [2001-06-01, 2013-01-01]\n[[factor]]\nname = "second"\n'
        'setting = "period.formation.start"\nvalues = [1995-01-01, 2001-10-01, 2005-01-01]\n'
    )
    with pytest.raises(ScenarioError, match=r"factor 'first': period .*must be after"):
        read(tmp_path, text)
    plan = read(tmp_path, text.replace("2001-06-01", "2002-06-01"))
    assert plan.points == 6
    together = {"first": "2002-06-01", "second": "2005-01-01"}
    with pytest.raises(ScenarioError, match=r"period 'deepening': start .* must be after"):
        plan.scenario_at("baseline", together)


def test_a_plan_without_factors_gives_its_scenarios_as_they_are(tmp_path: Path) -> None:
    plan = read(tmp_path, SOUND.partition("[design]")[0] + '[design]\nkind = "replicates"\n')
    assert plan.scenario_at("baseline", {}) is plan.scenarios[0]
    assert (plan.points, plan.rows) == (1, 6)
    assert plan.design_table().shape == (1, 0)


def test_a_plan_survives_json(plan: Plan) -> None:
    again = Plan.from_tree(json.loads(json.dumps(plan.as_tree(), allow_nan=False)))
    assert again == plan
    assert again.digest == plan.digest
    assert again.as_tree() == plan.as_tree()
    assert again.design_table().equals(plan.design_table())
    for label, point in zip(plan.labels, points(plan), strict=False):
        assert again.scenario_at(label, point) == plan.scenario_at(label, point)


def test_a_plan_survives_pickle_without_what_is_only_kept_to_be_quick(plan: Plan) -> None:
    plan.scenario_at("baseline", points(plan)[0])
    again = pickle.loads(pickle.dumps(plan))
    assert again == plan
    assert again.digest == plan.digest
    assert hash(again) == hash(plan)
    assert vars(again)["_kept"] == {}
    assert content(again.scenario_at("baseline", points(plan)[0])) == content(
        plan.scenario_at("baseline", points(plan)[0])
    )


def test_the_plan_of_a_results_folder_is_a_plan(plan: Plan, tmp_path: Path) -> None:
    metadata = Metadata(
        title=plan.title,
        digest=plan.digest,
        points=plan.points_digest,
        origin=plan.digest,
        segments=(Segment(0, plan.points, 0, plan.replicates),),
        scenarios=len(plan.scenarios),
        outcomes={outcome.name: outcome.text for outcome in plan.outcomes},
        plan=plan.as_tree(),
    )
    (tmp_path / "sweep.json").write_bytes(metadata.as_json())
    assert load_plan(tmp_path) == plan


def test_a_folder_without_a_sweep_is_told(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="holds no sweep"):
        load_plan(tmp_path)


def broken_trees(tree: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return ways to break the description of a plan."""
    found: dict[str, dict[str, Any]] = {"nothing": {}, "of another version": tree | {"format": 99}}
    for key in tree:
        if key != "format":
            found[f"without {key}"] = {k: v for k, v in tree.items() if k != key}
    found["no scenarios"] = tree | {"scenarios": []}
    found["an outcome of nothing"] = tree | {"outcomes": [["x", "nothing@2014"]]}
    found["a strange factor"] = tree | {"factors": [{"name": "x"}]}
    found["a strange design"] = tree | {"design": {"kind": "grid"}}
    scenario = copy.deepcopy(tree["scenarios"][0])
    scenario["levels"]["pace"]["value"] = 99.0
    found["a number out of range"] = tree | {"scenarios": [scenario, tree["scenarios"][1]]}
    scenario = copy.deepcopy(tree["scenarios"][0])
    scenario["council"]["leader"] = "nobody"
    found["a leader who is nobody"] = tree | {"scenarios": [scenario, tree["scenarios"][1]]}
    return found


def test_a_broken_description_is_told(plan: Plan) -> None:
    for what, tree in broken_trees(plan.as_tree()).items():
        with pytest.raises(ResultError, match=r"plan: (?!$)"):
            pytest.fail(f"{what}: {Plan.from_tree(tree).title}")


def test_the_digest_is_of_all_that_decides_numbers_and_of_nothing_else(
    plan: Plan, tmp_path: Path
) -> None:
    words = SOUND.replace("A plan", "Another title").replace("What then?", "And now?")
    labelled = words.replace('name = "threat_pull"', 'name = "threat_pull"\nlabel = "Pull"')
    assert read(tmp_path, labelled).digest == plan.digest
    other = [
        SOUND.replace("seed = 7", "seed = 8"),
        SOUND.replace("replicates = 3", "replicates = 4"),
        SOUND.replace("replicates = 3", 'replicates = 3\nnoise = "independent"'),
        SOUND.replace("points = 8", "points = 16"),
        SOUND.replace("points = 8", "points = 8\nseed = 2"),
        SOUND.replace("no_second_abe", "council_majority"),
        SOUND.replace("high = 2.5", "high = 2.0"),
        SOUND.replace('name = "threat_pull"', 'name = "pull"'),
        SOUND.replace("2005-01-01", "2005-01-02"),
        SOUND.replace('"consensus", "leader"', '"leader", "consensus"'),
        SOUND.replace("rung>=8@2014", "rung>=9@2014"),
        SOUND.replace("office_by_2014", "by_2014"),
    ]
    found = [read(tmp_path, text).digest for text in other]
    assert len({plan.digest, *found}) == len(other) + 1


def test_common_noise_gives_every_point_the_same_runs(plan: Plan) -> None:
    assert [plan.run_of(point, replicate) for point in (0, 5) for replicate in (0, 2)] == [0, 2] * 2


def test_independent_noise_gives_every_point_runs_of_its_own(tmp_path: Path) -> None:
    plan = read(tmp_path, SOUND.replace("replicates = 3", 'replicates = 3\nnoise = "independent"'))
    assert plan.stride == 1024
    runs = [plan.run_of(p, r) for p in range(plan.points) for r in range(plan.replicates)]
    assert len(set(runs)) == len(runs)
    assert runs[:4] == [0, 1, 2, 1024]
    longer = extended(plan, replicates=1024)
    assert longer.run_of(5, 2) == plan.run_of(5, 2)
    with pytest.raises(SettingError, match="replicates is 1025, must be at most 1024: with indep"):
        extended(plan, replicates=1025)


def test_independent_runs_move_together_where_there_is_little_room(tmp_path: Path) -> None:
    text = SOUND.replace("points = 8", "points = 8388608")
    text = text.replace("replicates = 3", 'replicates = 300\nnoise = "independent"')
    plan = read(tmp_path, text)
    assert plan.stride == 512
    with pytest.raises(SettingError, match="must have at most 10,000,000"):
        extended(plan, points=2**24)


def test_more_replicates_leave_the_rest_as_it_was(plan: Plan) -> None:
    longer = extended(plan, replicates=5)
    assert longer.replicates == 5
    assert replace(longer, replicates=3) == plan
    assert longer.digest != plan.digest


@pytest.mark.parametrize(
    ("design", "size", "counts"),
    [
        (SOBOL, 32, (8, 32)),
        ('kind = "saltelli"\npoints = 4', 8, (40, 80)),
        ('kind = "saltelli"\npoints = 4\nsecond_order = false', 8, (24, 48)),
        ('kind = "morris"\ntrajectories = 3', 4, (15, 20)),
    ],
)
def test_more_points_leave_those_there_were_where_they_were(
    design: str, size: int, counts: tuple[int, int], tmp_path: Path
) -> None:
    plan = read(tmp_path, SOUND.replace(SOBOL, design))
    longer = extended(plan, points=size)
    assert (plan.points, longer.points) == counts
    before, after = plan.design_table(), longer.design_table()
    assert len(after) == counts[1]
    assert after.iloc[: len(before)].equals(before)


GRID = """kind = "grid"
[[factor]]
name = "a"
setting = "theory.threat"
"""


@pytest.mark.parametrize(
    ("design", "given", "says"),
    [
        (SOBOL, {}, "give either replicates or points"),
        (SOBOL, {"replicates": 9, "points": 16}, "for both, extend twice"),
        (SOBOL, {"replicates": 3}, "replicates is 3, must be more than the 3 now"),
        (SOBOL, {"replicates": 0}, "replicates is 0, must be more than the 3 now"),
        (SOBOL, {"points": True}, "points is True, must be a whole number"),
        (SOBOL, {"replicates": 9.5}, "replicates is 9.5, must be a whole number"),
        (SOBOL, {"points": 8}, "points is 8, must be more than the 8 now"),
        (SOBOL, {"points": 12}, "points is 12, must be a power of two, such as 8 or 16"),
        (SOBOL, {"points": 2**24}, "must have at most 10,000,000"),
        (
            'kind = "latin_hypercube"\npoints = 8',
            {"points": 16},
            "a Latin hypercube of more points is another hypercube",
        ),
        (
            'kind = "morris"\ntrajectories = 9\noptimal = 3',
            {"points": 16},
            "chosen among all trajectories; write another plan",
        ),
    ],
)
def test_what_cannot_grow_says_why(
    design: str, given: dict[str, Any], says: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingError, match=says):
        extended(read(tmp_path, SOUND.replace(SOBOL, design)), **given)


@pytest.mark.parametrize("design", ['kind = "replicates"\n', GRID])
def test_designs_without_a_size_can_only_have_more_replicates(design: str, tmp_path: Path) -> None:
    plan = read(tmp_path, SOUND.partition("[design]")[0] + "[design]\n" + design)
    assert extended(plan, replicates=10).replicates == 10
    with pytest.raises(SettingError, match="set by the plan; write another plan"):
        extended(plan, points=10)


@pytest.mark.parametrize("given", [{"replicates": 40}, {"points": 64}])
def test_whole_numbers_of_numpy_extend_a_plan_as_those_of_python(
    given: dict[str, int], tmp_path: Path
) -> None:
    plan = read(tmp_path, SOUND)
    longer = extended(plan, **{key: np.int64(number) for key, number in given.items()})  # type: ignore[arg-type]
    assert longer.digest == extended(plan, **given).digest
    assert Plan.from_tree(json.loads(json.dumps(longer.as_tree()))) == longer


def test_a_plan_cannot_be_changed(plan: Plan) -> None:
    with pytest.raises(AttributeError):
        plan.seed = 2  # type: ignore[misc]
