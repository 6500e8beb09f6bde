"""Plan files: what they come to, and one error that tells all that is wrong with a broken one."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from alliance_sim import load_scenario
from alliance_sim.errors import ScenarioError
from alliance_sim.sweep.plan import Plan
from alliance_sim.sweep.plan_file import load_plan
from tests.sweep.conftest import EVERY_KIND

HERE = Path(__file__).parent
BROKEN = tomllib.loads((HERE / "broken_plans.toml").read_text("utf-8"))["broken"]
KINDS = [case["kind"] for case in BROKEN]
# Words of the validator and of Python that say nothing to a historian.
JARGON = ("input should", "tuple", "dictionary", "instance of", "datetime.", "validation", "<class")
SOUND = EVERY_KIND.replace("replicates = 3", 'replicates = 3\nnoise = "common"')
ONE = 'title = "t"\nscenarios = ["japan_nato/baseline"]\nseed = 1\n'


def written(folder: Path, text: str, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_that_is_not_there_is_told_with_the_nearest_that_is(tmp_path: Path) -> None:
    written(tmp_path, ONE, "attacks.toml")
    with pytest.raises(ScenarioError, match=r"does not exist; did you mean 'attacks\.toml'\?"):
        load_plan(tmp_path / "atacks.toml")
    with pytest.raises(ScenarioError, match=r"does not exist; there is no folder"):
        load_plan(tmp_path / "nowhere" / "atacks.toml")


def read(folder: Path, text: str) -> Plan:
    return load_plan(written(folder, text))


def problems_of(path: Path) -> tuple[str, ...]:
    """Return the problems of a file, after checking that the message names it and counts them."""
    with pytest.raises(ScenarioError) as caught:
        load_plan(path)
    problems = caught.value.problems
    count = len(problems)
    first, *rest = str(caught.value).splitlines()
    assert first == f"{path}: {count} problem{'' if count == 1 else 's'}"
    assert rest == [f"  - {problem}" for problem in problems]
    assert count == len(set(problems))
    return problems


def damaged(case: dict[str, Any]) -> str:
    """Return the sound plan, broken as a case says."""
    if "add" in case:
        head, outcomes, tail = SOUND.partition("[outcomes]")
        return head + str(case["add"]) + outcomes + tail
    assert SOUND.count(case["swap"]) == 1
    return SOUND.replace(case["swap"], case["by"])


@pytest.mark.parametrize("case", BROKEN, ids=KINDS)
def test_a_broken_plan_says_where_and_what_in_words_of_this_project(
    case: dict[str, Any], tmp_path: Path
) -> None:
    problems = problems_of(written(tmp_path, damaged(case)))
    assert any(all(word in p for word in case["says"]) for p in problems), problems
    told = "\n".join(problems)
    assert [word for word in JARGON if word in told] == [], told


def test_there_are_seventy_kinds_of_broken_plans_and_no_two_alike() -> None:
    assert len(set(KINDS)) == len(KINDS) >= 70


def test_a_sound_plan_holds_what_its_file_says(tmp_path: Path) -> None:
    plan = read(tmp_path, SOUND)
    assert (plan.title, plan.question) == ("A plan", "What then?")
    assert (plan.seed, plan.replicates, plan.noise, plan.stride) == (7, 3, "common", 0)
    assert plan.labels == ("baseline", "no_second_abe")
    assert [scenario.name for scenario in plan.scenarios] == [
        "japan_nato/baseline",
        "japan_nato/no_second_abe",
    ]
    assert [(f.name, f.kind, f.path, f.unit) for f in plan.factors] == [
        ("threat_pull", "number", "willingness.threat_state", "log-odds"),
        ("nine_eleven", "present", "juncture.nine_eleven.present", ""),
        ("isaf_from", "date", "juncture.isaf.date", ""),
        ("council_rule", "setting", "council.rule", ""),
    ]
    pull, attacks, isaf, rule = plan.factors
    assert (pull.low, pull.high, pull.values) == (0.5, 2.5, ())
    assert attacks.values == (False, True)
    assert (isaf.low, isaf.high, isaf.dated) == ("2002-01-01", "2005-01-01", True)
    assert rule.values == ("consensus", "leader")
    assert (plan.design.kind, plan.design.points, plan.design.seed) == ("sobol", 8, 7)
    assert plan.outcomes[-1].name == "office_by_2014"
    assert plan.outcomes[-1].text == "rung>=8@2014"
    assert len(plan.outcomes) == 81
    assert (plan.points, plan.rows) == (8, 48)
    assert plan.calendar.steps == 304


def test_seven_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = SOUND
    for broken, by in (
        ("seed = 7", "sede = 7"),
        ("no_second_abe", "no_second_abee"),
        ("low = 0.5", "low = -1.0"),
        ('present = "nine_eleven"', 'present = "nine_elevn"'),
        ('name = "isaf_from"', 'name = "point"'),
        ("rung>=8@2014", "rung=8@2044"),
    ):
        text = text.replace(broken, by)
    told = problems_of(written(tmp_path, text))
    places = (
        *("unknown key 'sede'", "seed: is missing", "no_second_abee", "'threat_pull': low"),
        *("'nine_elevn'", "factor 'point': is the name", "comparison is '='", "time is 2044"),
    )
    assert all(any(place in problem for problem in told) for place in places), told


CONTENTS: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "is empty"),
    "not TOML": ("this is = not = toml", "is not valid TOML: .*line 1"),
    "binary": (bytes(range(256)), "is not text in UTF-8"),
    "huge": (f"# {'x' * 2_100_000}\n", "must have at most 2,000,000"),
}


@pytest.mark.parametrize(("content", "says"), CONTENTS.values(), ids=CONTENTS)
def test_a_file_that_is_no_plan_says_so_in_one_sentence(
    content: str | bytes, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ScenarioError, match=says) as caught:
        load_plan(path)
    assert len(caught.value.problems) == 1


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="does not exist"):
        load_plan(tmp_path / "nowhere.toml")


def test_a_scenario_given_as_a_plan_is_told_as_one(tmp_path: Path) -> None:
    scenario = 'extends = "japan_nato/baseline"\ntitle = "t"\ndescription = "d"\n'
    path = written(tmp_path, scenario)
    (problem,) = problems_of(path)
    assert problem.startswith("is a scenario, not a sweep plan; to simulate it: alliance-sim run ")
    assert problem.endswith(path.name)


def test_scenario_files_are_looked_for_beside_the_plan(tmp_path: Path) -> None:
    (tmp_path / "worlds").mkdir()
    mine = 'extends = "japan_nato/baseline"\ntitle = "Mine"\ndescription = "d"\nwithout = ["isaf"]'
    written(tmp_path, mine, "worlds/no_isaf.toml")
    head = ONE.replace('"japan_nato/baseline"', '"japan_nato/baseline", "worlds/no_isaf.toml"')
    plan = read(tmp_path, head + '[design]\nkind = "replicates"\n')
    assert plan.labels == ("baseline", "no_isaf")
    assert plan.scenarios[1].title == "Mine"


def test_scenarios_whose_short_names_are_alike_go_by_longer_ones(tmp_path: Path) -> None:
    mine = 'extends = "japan_nato/baseline"\ntitle = "Mine"\ndescription = "d"\nwithout = ["isaf"]'
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        written(tmp_path, mine, f"{folder}/baseline.toml")
    first = ONE.replace('"japan_nato/baseline"', '"japan_nato/baseline", "one/baseline.toml"')
    design = '[design]\nkind = "replicates"\n'
    assert read(tmp_path, first + design).labels == ("japan_nato/baseline", "baseline")
    both = ONE.replace('"japan_nato/baseline"', '"one/baseline.toml", "two/baseline.toml"')
    assert read(tmp_path, both + design).labels == ("one/baseline.toml", "two/baseline.toml")


@pytest.mark.filterwarnings("ignore::alliance_sim.errors.ScenarioWarning")
def test_scenarios_of_other_years_cannot_share_a_plan(tmp_path: Path) -> None:
    mine = (
        'extends = "japan_nato/baseline"\ntitle = "Short"\ndescription = "d"\n'
        '[[set]]\npath = "time.last_year"\nto = 2020\nsource = "a test"\n'
    )
    written(tmp_path, mine, "short.toml")
    head = ONE.replace('"japan_nato/baseline"', '"japan_nato/baseline", "short.toml"')
    (told,) = problems_of(written(tmp_path, head + '[design]\nkind = "replicates"\n'))
    assert told.startswith("scenarios: 'short' has other years and steps than 'baseline'; ")


def test_scenarios_of_other_states_cannot_share_a_plan(tmp_path: Path) -> None:
    mine = (
        'extends = "japan_nato/baseline"\ntitle = "More"\ndescription = "d"\n[[item]]\n'
        'name = "second_office"\ntitle = "x"\ntabled = 2024-01-01\nsource = "a test"\n'
        'demand = [1.2, -1.0, 3.0, "log-odds", "assumed"]\n'
    )
    written(tmp_path, mine, "more.toml")
    head = ONE.replace('"japan_nato/baseline"', '"japan_nato/baseline", "more.toml"')
    (told,) = problems_of(written(tmp_path, head + '[design]\nkind = "replicates"\n'))
    assert "'more' has other states than 'baseline'" in told


def test_a_number_varies_over_its_own_range_unless_the_plan_says_otherwise(tmp_path: Path) -> None:
    design = '[design]\nkind = "latin_hypercube"\npoints = 5\nseed = 3\n'
    factor = '[[factor]]\nname = "pace"\nnumber = "levels.pace"\nlabel = "Speed"\n'
    plan = read(tmp_path, ONE + design + factor)
    (pace,) = plan.factors
    own = load_scenario("japan_nato/baseline").levels.pace
    assert (pace.low, pace.high, pace.words()) == (own.low, own.high, "Speed (times a year)")
    assert plan.replicates == 1
    assert plan.design.seed == 3


def test_a_number_varies_within_the_range_that_all_scenarios_give_it(tmp_path: Path) -> None:
    juncture = (
        'extends = "japan_nato/baseline"\ntitle = "t"\ndescription = "d"\n[[juncture]]\n'
        'name = "treaty"\ntitle = "Treaty"\nkind = "event"\ndate = 2010-01-01\nsource = "a test"\n'
        'when_removed = "Nothing"\n[[juncture.effect]]\nmoves = "commitment"\nsize = '
    )
    written(tmp_path, juncture + '[0.2, 0.0, 0.5, "1", "assumed"]\n', "wide.toml")
    written(tmp_path, juncture + '[0.2, 0.1, 0.9, "1", "assumed"]\n', "other.toml")
    head = ONE.replace('"japan_nato/baseline"', '"wide.toml", "other.toml"')
    design = '[design]\nkind = "sobol"\npoints = 4\n[[factor]]\nname = "size"\n'
    factor = 'number = "juncture.treaty.effect.0.size"\n'
    plan = read(tmp_path, head + design + factor)
    assert (plan.factors[0].low, plan.factors[0].high) == (0.1, 0.5)
    told = problems_of(written(tmp_path, head + design + factor + "high = 0.8\n"))
    assert told == ("factor 'size': high: 0.8 is outside the number's range 0.1 to 0.5",)


def test_steps_become_evenly_spaced_values(tmp_path: Path) -> None:
    factors = (
        '[design]\nkind = "grid"\n[[factor]]\nname = "a"\nnumber = "willingness.threat_state"\n'
        'low = 0\nhigh = 1\nsteps = 5\n[[factor]]\nname = "b"\ndate = "isaf"\n'
        "low = 2002-01-01\nhigh = 2002-01-31\nsteps = 3\n"
        '[[factor]]\nname = "c"\nsetting = "theory.threat"\n'
    )
    plan = read(tmp_path, ONE + factors)
    assert plan.factors[0].values == (0.0, 0.25, 0.5, 0.75, 1.0)
    assert plan.factors[1].values == ("2002-01-01", "2002-01-16", "2002-01-31")
    assert plan.factors[2].values == (False, True)
    assert plan.points == 30


def test_positions_in_paths_become_names(tmp_path: Path) -> None:
    factor = (
        '[design]\nkind = "sobol"\npoints = 2\n[[factor]]\nname = "a"\n'
        'number = "juncture.0.effect.0.size"\n'
    )
    (found,) = read(tmp_path, ONE + factor).factors
    assert found.path.startswith("juncture.")
    assert not found.path.startswith("juncture.0")


def test_a_setting_may_be_a_day(tmp_path: Path) -> None:
    factor = (
        '[design]\nkind = "grid"\n[[factor]]\nname = "menu"\n'
        'setting = "rung.full_partner_menu.opens"\nvalues = [2006-01-01, 2011-04-15]\n'
    )
    plan = read(tmp_path, ONE + factor)
    assert plan.design_table()["menu"].tolist() == ["2006-01-01", "2011-04-15"]
    changed = plan.scenario_at("baseline", {"menu": "2006-01-01"})
    opens = {rung.name: rung.opens for rung in changed.rungs}["full_partner_menu"]
    assert str(opens) == "2006-01-01"


def test_whole_numbers_of_a_setting_are_not_yes_and_no(tmp_path: Path) -> None:
    factor = (
        '[design]\nkind = "grid"\n[[factor]]\nname = "years"\n'
        'setting = "threat.russia.capability.window"\nvalues = [0, 1]\n'
    )
    plan = read(tmp_path, ONE + factor)
    assert [type(value) for value in plan.factors[0].values] == [int, int]
    assert plan.design_table()["years"].tolist() == [0, 1]


def test_independent_runs_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    text = ONE + 'replicates = 1000\nnoise = "independent"\n[design]\nkind = "sobol"\n'
    text += 'points = 8388608\n[[factor]]\nname = "a"\nnumber = "levels.pace"\n'
    (told,) = problems_of(written(tmp_path, text))
    assert told == "the last run would be 8589934567, must be at most 4294967295"


def test_a_grid_with_too_many_points_is_refused_before_it_is_built(tmp_path: Path) -> None:
    text = ONE + '[design]\nkind = "grid"\n'
    for path in ("levels.pace", "levels.ratchet", "assets.growth", "assets.rung_gain"):
        text += f'[[factor]]\nname = "{path.partition(".")[2]}"\nnumber = "{path}"\nsteps = 100\n'
    (told,) = problems_of(written(tmp_path, text))
    assert told == "the design has 100,000,000 points, must have at most 10,000,000"
