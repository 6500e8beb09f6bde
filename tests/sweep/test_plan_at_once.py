"""All that is wrong with a plan is told at once: no mistake hides another."""

from __future__ import annotations

from pathlib import Path

from tests.sweep.test_plan_file import SOUND, problems_of, written


def broken_in(text: str, *swaps: tuple[str, str]) -> str:
    """Return a text with some of its words swapped, each of which stands in it once."""
    for words, by in swaps:
        assert text.count(words) == 1, words
        text = text.replace(words, by)
    return text


def assert_told(told: tuple[str, ...], *places: str) -> None:
    """Check that each place stands in a problem of its own, and that there are no others."""
    missing = [place for place in places if not any(place in problem for problem in told)]
    assert missing == [], told
    assert len(told) == len(places), told


def test_a_misspelt_scenario_hides_no_mistake_in_the_rest(tmp_path: Path) -> None:
    text = broken_in(
        SOUND,
        ('["japan_nato/baseline", "japan_nato/no_second_abe"]', '["japan_nato/basline"]'),
        ("willingness.threat_state", "willingness.thret_state"),
        ('present = "nine_eleven"', 'present = "nine_elven"'),
        ('"leader"]', '"boss"]'),
        ("high = 2005-01-01", "high = 2035-01-01"),
        ("rung>=8@2014", "rung=>8@2014"),
    )
    assert_told(
        problems_of(written(tmp_path, text)),
        "; the rest of the plan is checked in 'japan_nato/baseline'",
        "unknown key 'thret_state'; did you mean 'threat_state'",
        "unknown juncture 'nine_elven'; did you mean 'nine_eleven'",
        "council.rule: is 'boss', must be 'consensus'",
        "high: 2035-01-01 is outside the years of the run",
        "comparison is '=>', must be one of >=, >, <=, <",
    )


def test_without_any_scenario_a_plan_says_what_it_could_not_check(tmp_path: Path) -> None:
    text = broken_in(
        SOUND,
        ('["japan_nato/baseline", "japan_nato/no_second_abe"]', '["theirs.toml"]'),
        ("low = 0.5", 'low = "0.5"'),
        ("low = 2002-01-01", "steps = 1"),
    )
    assert_told(
        problems_of(written(tmp_path, text)),
        "scenarios: 'theirs.toml': does not exist",
        "scenarios: none can be read, so what the plan says of them is not checked yet",
        "factor 'threat_pull': low: is '0.5', must be a number",
        "factor 'isaf_from'.steps: is 1, must be at least 2",
        "factor 'isaf_from': low is missing",
    )


def test_one_mistake_in_a_factor_hides_no_other_in_it(tmp_path: Path) -> None:
    text = broken_in(
        SOUND,
        ('name = "threat_pull"', 'name = "threat pull"\nstep = 3'),
        ("willingness.threat_state", "willingness.thret_state"),
        ("low = 0.5\nhigh = 2.5", "low = 3.0\nhigh = 2.5"),
        ('date = "isaf"', 'date = "isfa"'),
        ("low = 2002-01-01", "low = 1902-01-01"),
        ('values = ["consensus", "leader"]', 'values = ["consensus", "boss", "boss"]\nhigh = 3'),
        ('present = "nine_eleven"', 'present = "nine_elven"\nvalues = ["yes"]'),
    )
    assert_told(
        problems_of(written(tmp_path, text)),
        "factor 'threat pull'.name: is 'threat pull', must be a name",
        "factor 'threat pull': unknown key 'step'; did you mean 'steps'",
        "factor 'threat pull': path 'willingness.thret_state'",
        "factor 'threat pull': low is 3.0, must be below high, which is 2.5",
        "factor 'isaf_from': unknown juncture 'isfa'",
        "factor 'isaf_from': low: 1902-01-01 is outside the years of the run",
        "factor 'council_rule': high: does not belong to a factor with setting",
        "factor 'council_rule': values: 'boss' stands twice",
        "factor 'council_rule': council.rule: is 'boss', must be",
        "factor 'nine_eleven': unknown juncture 'nine_elven'",
        "factor 'nine_eleven': values has 1 entries, must have at least two",
        "factor 'nine_eleven': values: is 'yes', must be true or false",
    )


def test_a_key_that_is_unsound_is_not_called_missing(tmp_path: Path) -> None:
    text = broken_in(
        SOUND,
        ("low = 2002-01-01", "low = [2002]"),
        ('number = "willingness.threat_state"', "number = 3"),
        ('values = ["consensus", "leader"]', "values = 3"),
        ("points = 8", 'points = "8"\nlevels = 4'),
    )
    assert_told(
        problems_of(written(tmp_path, text)),
        "factor 'isaf_from'.low: is [2002], must be",
        "factor 'threat_pull'.number: is 3, must be text in quotes",
        "factor 'council_rule'.values: is 3, must be a list",
        "design.points: is '8', must be a whole number",
        "design.levels: does not belong to kind 'sobol'",
    )


def test_a_factor_with_a_mistake_is_still_compared_with_the_others(tmp_path: Path) -> None:
    again = '[[factor]]\nname = "again"\nnumber = "willingness.threat_state"\nlow = 9\n[outcomes]'
    assert_told(
        problems_of(written(tmp_path, broken_in(SOUND, ("[outcomes]", again)))),
        "factor 'again': low: 9 is outside the number's range 0 to 6",
        "factor 'again': varies willingness.threat_state as 'threat_pull' does",
    )


def test_a_design_is_checked_whatever_else_is_wrong(tmp_path: Path) -> None:
    text = broken_in(
        SOUND,
        ('kind = "sobol"\npoints = 8', 'kind = "sobol"\npoints = 10\nlevels = 4\npace = 2'),
        ('name = "threat_pull"', 'name = "Pull"'),
    )
    assert_told(
        problems_of(written(tmp_path, text)),
        "design: unknown key 'pace'",
        "design.levels: does not belong to kind 'sobol'",
        "design.points is 10, must be a power of two",
        "factor 'Pull'.name: is 'Pull', must be a name",
    )
    grid = broken_in(
        SOUND,
        ('kind = "sobol"\npoints = 8', 'kind = "grid"'),
        ("willingness.threat_state", "willingness.thret_state"),
        ("low = 2002-01-01", "low = 2002-01-01\nsteps = 3"),
    )
    assert_told(
        problems_of(written(tmp_path, grid)),
        "factor 'threat_pull': path 'willingness.thret_state'",
        "factor 'threat_pull': a grid needs values = [...] or steps = ...",
    )


def test_too_many_points_are_told_beside_everything_else(tmp_path: Path) -> None:
    text = 'seed = 1\nscenarios = ["japan_nato/baseline"]\n[design]\nkind = "grid"\n'
    for path in ("levels.pace", "levels.ratchet", "assets.growth", "assets.rung_gain"):
        text += f'[[factor]]\nname = "{path.partition(".")[2]}"\nnumber = "{path}"\nsteps = 100\n'
    assert_told(
        problems_of(written(tmp_path, text + '[outcomes]\nx = "rung>=8"\n')),
        "title: is missing",
        "outcomes.x: 'rung>=8': says no time",
        "the design has 100,000,000 points, must have at most 10,000,000",
    )


def test_what_goes_wrong_in_a_whole_world_is_told_beside_everything_else(tmp_path: Path) -> None:
    text = broken_in(
        SOUND,
        ('setting = "council.rule"', 'setting = "threat.china.capability.series"'),
        ('["consensus", "leader"]', '["cinc_china", "cinc_chian"]'),
        ("seed = 7", "seed = -7"),
    )
    (seed, series) = problems_of(written(tmp_path, text))
    assert seed.startswith("seed: is -7")
    assert series.startswith("factor 'council_rule' at cinc_chian")


def test_an_outcome_with_a_bad_name_has_its_text_checked(tmp_path: Path) -> None:
    text = broken_in(SOUND, ("office_by_2014 =", '"Office" = "rnug@2014"\nclass ='))
    assert_told(
        problems_of(written(tmp_path, text.replace("rung>=8@2014", "rung>=8"))),
        "outcomes.Office",
        "outcomes.Office: 'rnug@2014': unknown state 'rnug'",
        "outcomes.class: 'rung>=8': says no time",
        "outcomes.class: is a word of Python",
    )


def test_a_broken_factor_leaves_the_columns_of_the_others_to_be_checked(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text(
        "threat_pull,nine_eleven,isaf_from,council_rule\n9.0,maybe,2003-01-01,boss\n"
    )
    text = broken_in(
        SOUND,
        ('kind = "sobol"\npoints = 8', 'kind = "table"\nfile = "points.csv"'),
        ('present = "nine_eleven"', 'present = "nine_elven"'),
    )
    assert_told(
        problems_of(written(tmp_path, text)),
        "unknown juncture 'nine_elven'",
        "column 'threat_pull', row 1: is '9.0', must be from 0.5 to 2.5",
        "column 'council_rule', row 1: is 'boss', must be one of consensus, leader",
    )
