"""`alliance_sim.run`: one function of named numbers, the same for every tool that calls it."""

import datetime as dt
import keyword
import math
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import alliance_sim
from alliance_sim import AllianceSimError, ScenarioError, load_scenario, simulate
from alliance_sim.engine.cases import Summaries
from alliance_sim.errors import SettingError
from alliance_sim.interop import function
from alliance_sim.interop.cache import base_of
from alliance_sim.results.outcomes import evaluate, parse_outcome, standard_outcomes
from alliance_sim.scenario import Scenario

BASELINE = "japan_nato/baseline"
TEXTS = [
    "level_political@2014",
    "rung@2014",
    "first(rung>=8)",
    "sum(count_political)@2001..2012>=9",
]
PULL = "willingness__threat_state"
NINE_ELEVEN = "juncture__nine_eleven__present"


def simulated(scenario: Scenario, seed: int, run: int = 0) -> dict[str, float]:
    """Return the outcomes of one run, by the ordinary way of simulating."""
    runs = simulate(scenario, runs=1, seed=seed, first_run=run)
    outcomes = [parse_outcome(t, states=runs.states, calendar=runs.calendar) for t in TEXTS]
    row = evaluate(outcomes, runs.states, runs.values, runs.calendar)[0]
    return dict(zip([o.name for o in outcomes], row.tolist(), strict=True)) | {"seed": seed}


def test_it_gives_what_simulating_the_edited_scenario_gives() -> None:
    edited = load_scenario(BASELINE).with_number("willingness.threat_state", 1.25)
    edited = edited.without("nine_eleven").with_setting("council.rule", "leader")
    found = alliance_sim.run(
        willingness__threat_state=1.25,
        juncture__nine_eleven__present=False,
        council__rule="leader",
        run=3,
        rng=7,
        outcomes=TEXTS,
    )
    assert found == simulated(edited, 7, 3)


def test_a_mapping_means_the_same_as_keywords_and_may_hold_everything() -> None:
    expected = alliance_sim.run(willingness__threat_state=1.25, rng=7, run=2, outcomes=TEXTS)
    assert expected == alliance_sim.run({PULL: 1.25}, rng=7, run=2, outcomes=TEXTS)
    whole = {"willingness.threat_state": 1.25, "rng": 7, "run": 2, "outcomes": TEXTS}
    assert expected == alliance_sim.run(whole | {"scenario": BASELINE})


def test_every_standard_outcome_is_a_finite_float_under_an_identifier() -> None:
    found = alliance_sim.run(rng=1)
    assert {type(value) for name, value in found.items() if name != "seed"} == {float}
    assert all(map(math.isfinite, found.values()))
    assert all(name.isidentifier() and not keyword.iskeyword(name) for name in found)
    runs = simulate(BASELINE, runs=1, seed=1)
    standard = standard_outcomes(runs.states, runs.calendar, len(load_scenario(BASELINE).rungs))
    row = evaluate(standard, runs.states, runs.values, runs.calendar)[0].tolist()
    assert list(found) == [*(o.name for o in standard), "seed"]
    assert list(found.values()) == [*row, 1]


def test_outcomes_are_asked_for_by_text_by_name_or_under_names_of_ones_own() -> None:
    one = alliance_sim.run(rng=1, outcomes="rung>=8@2014")
    assert list(one) == ["rung_ge_8_2014", "seed"]
    several = alliance_sim.run(rng=1, outcomes=["rung_end", "rung@2025"])
    assert several["rung_end"] == several["rung_2025"]
    named = alliance_sim.run(rng=1, outcomes={"office": "rung>=8@2014", "last": "rung_end"})
    assert named == {"office": one["rung_ge_8_2014"], "last": several["rung_end"], "seed": 1}


@pytest.mark.parametrize(
    ("name", "given", "meant"),
    [
        (PULL, np.float64(1.25), 1.25),
        (PULL, np.float32(1.25), 1.25),
        (PULL, np.array(2), 2.0),
        (PULL, np.int64(2), 2.0),
        (NINE_ELEVEN, 0, False),
        (NINE_ELEVEN, 1.0, True),
        (NINE_ELEVEN, np.bool_(False), False),
        ("time__last_year", 2014.0, 2014),
        ("time__last_year", np.int32(2014), 2014),
        ("council__rule", np.str_("leader"), "leader"),
        ("juncture__isaf__date", "2004-02-29", dt.date(2004, 2, 29)),
        ("juncture__isaf__date", dt.datetime(2004, 2, 29, 5), dt.date(2004, 2, 29)),  # noqa: DTZ001
        ("juncture__isaf__date", np.datetime64("2004-02-29T05:00:00"), dt.date(2004, 2, 29)),
        ("juncture__isaf__date", pd.Timestamp("2004-02-29"), dt.date(2004, 2, 29)),
        ("juncture__isaf__date", 2004.0, dt.date(2004, 1, 1)),
        ("juncture__isaf__date", np.float64(2004.125), dt.date(2004, 2, 15)),
        ("juncture__isaf__date", 2003.999999, dt.date(2004, 1, 1)),
    ],
)
def test_values_are_taken_as_tools_hand_them_over(name: str, given: Any, meant: Any) -> None:
    base, problems = base_of(BASELINE), list[str]()
    found, expected = (base.varied({name: value}, problems) for value in (given, meant))
    assert problems == []
    assert found.model_dump() == expected.model_dump()
    kind, path = type(meant), name.replace("__", ".")
    value = function.parameters(found)[name].value
    assert (type(value), value) == (kind, meant), path


def test_without_a_seed_every_call_has_noise_of_its_own_and_tells_which() -> None:
    found = [alliance_sim.run(outcomes="level_political@2014") for _ in range(3)]
    assert len({result["level_political_2014"] for result in found}) == 3
    for result in found:
        seed = result["seed"]
        assert isinstance(seed, int)
        assert float(seed) == seed < 2**53
        assert alliance_sim.run(rng=seed, outcomes="level_political@2014") == result


def test_seeds_of_any_size_and_from_text_are_kept_exactly() -> None:
    largest = 2**64 - 1
    assert alliance_sim.run(rng=largest, outcomes="rung@2014")["seed"] == largest
    typed: Any = "42"
    assert alliance_sim.run(rng=typed, outcomes="rung@2014")["seed"] == 42


def test_another_process_gives_the_same_numbers() -> None:
    points = [{PULL: 1.0 + i / 4, "rng": 7, "outcomes": TEXTS} for i in range(2)]
    assert pickle.loads(pickle.dumps(alliance_sim.run)) is alliance_sim.run
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert list(pool.map(alliance_sim.run, points)) == [*map(alliance_sim.run, points)]


def test_a_scenario_is_given_by_name_whole_or_as_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        f'extends = "{BASELINE}"\ntitle = "Mine"\ndescription = "One edit."\n'
        'without = ["nine_eleven"]\n',
        encoding="utf-8",
    )
    expected = alliance_sim.run(juncture__nine_eleven__present=False, rng=1, outcomes=TEXTS)
    whole = load_scenario(BASELINE).without("nine_eleven")
    sent: Scenario = pickle.loads(pickle.dumps(whole))
    for given in ("japan_nato/no_nine_eleven", whole, sent, path, str(path)):
        assert alliance_sim.run(scenario=given, rng=1, outcomes=TEXTS) == expected


def test_all_that_is_wrong_is_told_at_once_with_what_is_nearest() -> None:
    misspelt: dict[Any, object] = {
        "willingness__treat_state": 1.0,
        "juncture.nine_elven.present": False,
        3: 4,
    }
    with pytest.raises(SettingError) as caught:
        alliance_sim.run(
            misspelt,
            juncture__isaf__date="soon",
            time__last_year=2010.5,
            juncture__nine_eleven__present=0.5,
            willingness__assets=1e9,
            council__rule="vote",
            rng=-1,
            run=-1,
            outcomes=["rnug@2010", "rung@1800"],
        )
    told = str(caught.value)
    assert told.startswith("run: 12 problems\n")
    for sentence in (
        "unknown parameter 'willingness__treat_state'; did you mean 'willingness__threat_state'",
        "unknown parameter 'juncture.nine_elven.present'; did you mean 'juncture__nine_eleven__",
        "parameter name is 3, must be a text",
        "juncture__isaf__date: is 'soon', must be a date such as 2001-09-11",
        "time__last_year: is 2010.5, must be a whole number",
        "juncture__nine_eleven__present: is 0.5, must be True or False",
        "willingness.assets: 1e+09 is outside the number's range",
        "council.rule: is 'vote', must be 'consensus', 'weighted_majority' or 'leader'",
        "rng is -1, must be a whole number from 0 to 18446744073709551615",
        "run is -1, must be a whole number from 0 to 4294967295",
        "outcome 'rnug@2010': unknown state 'rnug'; did you mean 'rung'?",
        "outcome 'rung@1800': time is 1800, must be from 1950 to 2025",
    ):
        assert sentence in told


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({PULL: float("nan")}, "nan is outside"),
        ({PULL: "1.2"}, "is '1.2', must be a number"),
        ({PULL: True}, "is True, must be a number"),
        ({PULL: [1.0]}, r"is \[1.0\], must be a number"),
        ({PULL: 10**400}, "must be a number"),
        ({"willingness": 1.0}, "unknown parameter 'willingness'"),
        ({PULL: 1.0, "willingness.threat_state": 1.0}, "given twice, under different names"),
        ({"outcomes": {"seed": "rung_end"}}, "outcome name 'seed' is taken already"),
        ({"outcomes": ["rung_end", "rung_end"]}, "'rung_end' is taken already"),
        ({"outcomes": []}, "outcomes is empty"),
        ({"outcomes": [1]}, "outcomes holds 1, must hold texts only"),
        ({"outcomes": 1}, "outcomes is 1, must be a text"),
        ([PULL, 1.0], "parameters is of type list, must be a mapping"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: Any, says: str) -> None:
    with pytest.raises(SettingError, match=says):
        alliance_sim.run(given, rng=None)


def test_a_name_in_both_places_is_refused() -> None:
    with pytest.raises(SettingError, match="rng is given twice, in the mapping and by keyword"):
        alliance_sim.run({"rng": 1}, rng=2)
    with pytest.raises(SettingError, match=f"{PULL} is given twice"):
        alliance_sim.run({PULL: 1.0}, willingness__threat_state=1.0)


def test_an_unknown_scenario_is_an_error_of_scenarios() -> None:
    with pytest.raises(ScenarioError, match="did you mean 'japan_nato/baseline'"):
        alliance_sim.run(scenario="japan_nato/base")


def test_a_run_that_fails_raises_and_names_its_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(cases: Any, *, seed: int, outcomes: Any) -> Summaries:
        values = np.zeros((len(cases), len(outcomes)))
        return Summaries(values, (*["ok"] * (len(cases) - 1), "RuntimeError: no quorum"))

    monkeypatch.setattr(function, "summarise_cases", failing)
    with pytest.raises(AllianceSimError, match=r"run 4 of seed 7 failed: RuntimeError: no quorum"):
        alliance_sim.run(run=4, rng=7)
    with pytest.raises(AllianceSimError, match=r"run 0 of seed 7 \(point 1\) failed: RuntimeError"):
        alliance_sim.run_points([[1.0], [2.0]], [PULL], rng=7)


def test_every_parameter_has_a_name_for_keywords_and_can_be_given_its_own_value() -> None:
    base, problems = base_of(BASELINE), list[str]()
    known = alliance_sim.parameters()
    assert len(known) > 500
    for name, parameter in known.items():
        assert name == parameter.name
        assert name.isidentifier()
        assert not keyword.iskeyword(name)
        if parameter.low is not None and parameter.high is not None:
            assert isinstance(parameter.value, float)
            assert parameter.low <= parameter.value <= parameter.high
        if parameter.value is not None:
            same = base.varied({name: parameter.value}, problems)
            kept = {"name", "title", "edits", "junctures"}
            assert same.model_dump(exclude=kept) == base.scenario.model_dump(exclude=kept), name
    assert problems == []


def test_points_are_run_row_by_row_as_single_runs_are() -> None:
    names = [PULL, NINE_ELEVEN]
    points = np.array([[1.0, 0.0], [1.5, 1.0]])
    rows = [
        alliance_sim.run(dict(zip(names, p, strict=True)), rng=7, outcomes=TEXTS) for p in points
    ]
    expected = [[value for name, value in row.items() if name != "seed"] for row in rows]
    found = alliance_sim.run_points(points, names, rng=7, outcomes=TEXTS)
    assert found.tolist() == expected
    frame = pd.DataFrame(points, columns=names)
    assert alliance_sim.run_points(frame, rng=7, outcomes=TEXTS).tolist() == expected
    first = alliance_sim.run_points(points, names, rng=7, outcomes=TEXTS[0])
    assert first.tolist() == [row[0] for row in expected]


def test_points_without_a_seed_differ_in_their_noise() -> None:
    found = alliance_sim.run_points([[1.0], [1.0]], [PULL], outcomes=TEXTS[0])
    assert found[0] != found[1]
    assert found.seed is not None
    for point, value in enumerate(found.tolist()):
        (again,) = alliance_sim.run_points(
            [[1.0]], [PULL], rng=found.seed, run=point, outcomes=TEXTS[0]
        ).tolist()
        assert again == value


def test_an_array_of_outcomes_names_its_seed_and_is_an_array_like_any_other() -> None:
    found = alliance_sim.run_points([[1.0], [2.0]], [PULL], rng=7, outcomes=TEXTS)
    parts: list[Any] = [found, found[0], found * 2]
    assert [part.seed for part in parts] == [7, 7, 7]
    assert found.sum() == np.asarray(found).sum()
    assert np.asarray(found).tolist() == found.tolist()


@pytest.mark.parametrize(
    ("points", "names", "says"),
    [
        ([1.0], [PULL], "points is 1, must be points x 1 named parameters"),
        ([[1.0, 2.0]], [PULL], "points is 1 x 2, must be points x 1 named parameters"),
        ([[1.0], [1.0, 2.0]], [PULL], "points is no table: rows have 1 and 2 values, must have"),
        ([[1.0, 2.0]], None, "must be points x 0 named parameters"),
        ([[1.0, 2.0]], [PULL, PULL], "given twice"),
        ([[1.0], [99.0], [99.0]], [PULL], "run_points: 1 problem\n.*99 is outside"),
    ],
)
def test_tables_that_do_not_fit_are_refused(points: Any, names: Any, says: str) -> None:
    with pytest.raises(SettingError, match=says):
        alliance_sim.run_points(points, names, rng=7)


@pytest.mark.parametrize("unit", ["D", "s", "us", "ns"])
def test_days_may_stand_in_a_column_of_their_own(unit: str) -> None:
    name = f"{NINE_ELEVEN.removesuffix('present')}date"
    days = np.array(["2001-09-11", "2003-01-31"], dtype=f"datetime64[{unit}]")
    expected = alliance_sim.run_points(
        [["2001-09-11"], ["2003-01-31"]], [name], rng=7, outcomes=TEXTS
    )
    found = alliance_sim.run_points(days[:, None], [name], rng=7, outcomes=TEXTS)
    assert found.tolist() == expected.tolist()
    frame = pd.DataFrame({name: days})
    assert alliance_sim.run_points(frame, rng=7, outcomes=TEXTS).tolist() == expected.tolist()
    with pytest.raises(SettingError, match=f"{name}: is None, must be a date"):
        alliance_sim.run_points(pd.DataFrame({name: [pd.NaT]}), rng=7)


def test_numbers_and_texts_may_stand_in_one_row() -> None:
    names = [PULL, "council__rule"]
    rows: Any = [[1.2, "leader"], [0.1 + 0.2, "consensus"]]
    found = alliance_sim.run_points(rows, names, rng=7, outcomes="rung_end")
    table = pd.DataFrame(rows, columns=names)
    assert found.tolist() == alliance_sim.run_points(table, rng=7, outcomes="rung_end").tolist()


def points_of(count: int) -> pd.DataFrame:
    """Return points that differ in a number, a juncture and a setting."""
    return pd.DataFrame(
        {
            PULL: np.linspace(0.6, 1.4, count),
            NINE_ELEVEN: [position % 3 != 0 for position in range(count)],
            "council__rule": [
                "leader" if position % 4 else "consensus" for position in range(count)
            ],
        }
    )


def test_trajectories_with_other_values_in_each_run_are_those_of_simulating_each() -> None:
    points, runs = points_of(9), [3, 1, 4, 1, 5, 9, 2, 6, 8]
    found = alliance_sim.run_trajectories(points, run=runs, rng=7)
    for row, (position, number) in zip(points.to_dict("records"), enumerate(runs), strict=True):
        edited = load_scenario(BASELINE).with_number("willingness.threat_state", row[PULL])
        edited = edited if row[NINE_ELEVEN] else edited.without("nine_eleven")
        edited = edited.with_setting("council.rule", row["council__rule"])
        alone = simulate(edited, runs=1, seed=7, first_run=number)
        assert found[position].tobytes() == alone.values[0].tobytes()


def test_trajectories_of_named_states_are_parts_of_all() -> None:
    points = points_of(3)
    whole = alliance_sim.run_trajectories(points, rng=7)
    names = list(simulate(BASELINE, runs=1, seed=7).states)
    some = alliance_sim.run_trajectories(points, rng=7, states=["rung", "level_operations"])
    assert (
        some.tolist()
        == whole[:, :, [names.index("rung"), names.index("level_operations")]].tolist()
    )
    one = alliance_sim.run_trajectories(points, rng=7, states="rung")
    assert one.tolist() == some[:, :, 0].tolist()
    assert one.seed == 7


def test_without_a_seed_every_trajectory_has_noise_of_its_own_and_the_seed_is_named() -> None:
    found = alliance_sim.run_trajectories([[1.0], [1.0]], [PULL])
    assert found[0].tolist() != found[1].tolist()
    again = alliance_sim.run_trajectories([[1.0], [1.0]], [PULL], run=[0, 1], rng=found.seed)
    assert again.tolist() == found.tolist()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"states": "rungs"}, "unknown state 'rungs'; did you mean 'rung'"),
        ({"run": [1]}, "run holds 1 numbers, must hold one for each point"),
        ({"run": [0, -1]}, "run is -1"),
        ({"names": [PULL + "x"]}, "unknown parameter 'willingness__threat_statex'"),
    ],
)
def test_what_is_wrong_with_trajectories_asked_for_is_said(
    asked: dict[str, Any], words: str
) -> None:
    settings: dict[str, Any] = {"names": [PULL], "rng": 7} | asked
    with pytest.raises(SettingError, match=words):
        alliance_sim.run_trajectories([[1.0], [1.1]], **settings)


def test_points_that_change_the_quarters_have_no_common_trajectories() -> None:
    with pytest.raises(SettingError, match="change the quarters that are simulated"):
        alliance_sim.run_trajectories([[2020], [2025]], ["time__last_year"], rng=7)


def test_points_that_change_the_quarters_are_refused_where_outcomes_are_read_once() -> None:
    points = [[2001, 2008], [2003, 2010]]
    names = ["time__first_year", "time__last_year"]
    for asked in (alliance_sim.run_points, alliance_sim.run_trajectories):
        with pytest.raises(SettingError, match="the points change the quarters"):
            asked(points, names, scenario="two_islands/baseline", rng=1)


def test_the_last_runs_that_there_are_can_be_asked_for() -> None:
    last = 2**32 - 2
    found = alliance_sim.run_points([[1.0], [1.0]], [PULL], run=last)
    assert found.shape[0] == 2
    with pytest.raises(SettingError, match="leaves no numbers for 2 points"):
        alliance_sim.run_points([[1.0], [1.0]], [PULL], run=last + 1)
