"""A file of edits that cannot be used says so, and so does what it extends."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alliance_sim import load_scenario
from alliance_sim.errors import ScenarioError

Tree = dict[str, Any]
Write = Callable[..., Path]

HERE = Path(__file__).parent
BROKEN = tomllib.loads((HERE / "broken_edits.toml").read_text("utf-8"))["broken"]
KINDS = [case["kind"] for case in BROKEN]
JARGON = ("input should", "tuple", "dictionary", "instance of", "datetime.", "validation", "<class")
HEAD = 'title = "Mine"\ndescription = "Mine."\n'


def problems_of(path: Path) -> tuple[str, ...]:
    """Return the problems of a file, after checking that the message names it."""
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert str(caught.value).startswith(f"{path}: ")
    return caught.value.problems


def written(case: Tree, write: Write) -> Path:
    whole = case.get("file") or f'extends = "japan_nato/baseline"\n{HEAD}{case["edits"]}'
    return write(whole)


@pytest.mark.parametrize("case", BROKEN, ids=KINDS)
def test_a_broken_edit_says_where_and_what(case: Tree, write: Write) -> None:
    problems = problems_of(written(case, write))
    assert any(all(word in p for word in case["says"]) for p in problems), problems


@pytest.mark.parametrize("case", BROKEN, ids=KINDS)
def test_a_broken_edit_is_told_once_and_in_words_of_this_project(case: Tree, write: Write) -> None:
    problems = problems_of(written(case, write))
    told = "\n".join(problems)
    assert [word for word in JARGON if word in told] == [], told
    assert len(problems) == len(set(problems))


def test_the_kinds_are_no_two_alike() -> None:
    assert len(set(KINDS)) == len(KINDS) >= 30


def test_all_wrong_edits_of_a_file_are_told_at_once(write: Write) -> None:
    path = write(
        f"""
        extends = "japan_nato/baseline"
        {HEAD}
        without = ["nine_elevn"]
        witout = ["isaf"]
        [[moved]]
        juncture = "iasf"
        by_quarters = 4
        [[set]]
        path = "levels.paec"
        to = 0.5
        source = "mine"
        [[set]]
        path = "levels.pace"
        to = 50.0
        source = "mine"
        """
    )
    problems = problems_of(path)
    places = ("'nine_elevn'", "'witout'", "'iasf'", "'levels.paec'", "50")
    assert [p for p in places if not any(p in told for told in problems)] == []


def test_two_files_that_extend_each_other_are_named_in_a_circle(write: Write) -> None:
    first = write(f'extends = "second.toml"\n{HEAD}', "first.toml")
    write(f'extends = "first.toml"\n{HEAD}', "second.toml")
    (problem,) = problems_of(first)
    assert "circle" in problem
    assert "first.toml -> second.toml -> first.toml" in problem


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"pace": {"value": "a", "low": "b", "high": "c", "unit": "1", "source": "s"}}, "pace"),
        ({"pace": 0.5}, "levels.pace"),
    ],
)
def test_a_broken_number_below_the_edits_is_named_with_its_own_file(
    wrong: Tree, says: str, tree: Tree, write: Write
) -> None:
    tree["levels"] |= wrong
    base = write(tree, "base.toml")
    edits = f"""
        extends = "base.toml"
        {HEAD}
        [[set]]
        path = "levels.pace"
        to = 0.5
        source = "mine"
    """
    told = "\n".join(problems_of(write(edits)))
    assert says in told
    assert base.name in told


JUNCTURES: dict[str, Tree] = {
    "without a name": {"name": None},
    "without a date": {"date": None},
    "with a text for a date": {"date": "2003-08-11"},
    "with a text for an end": {"end": "2014-12-31"},
}


@pytest.mark.parametrize("wrong", JUNCTURES.values(), ids=JUNCTURES)
@pytest.mark.parametrize(
    "edit",
    ['without = ["isaf"]', '[[moved]]\njuncture = "isaf"\nto = 2004-01-01', 'without = ["mine"]'],
    ids=["removed", "moved", "another removed"],
)
def test_a_broken_juncture_below_the_edits_is_named_with_its_own_file(
    edit: str, wrong: Tree, tree: Tree, write: Write
) -> None:
    (isaf,) = (j for j in tree["juncture"] if j["name"] == "isaf")
    isaf |= wrong
    for key in [key for key, value in isaf.items() if value is None]:
        del isaf[key]
    base = write(tree, "base.toml")
    assert base.name in "\n".join(problems_of(write(f'extends = "base.toml"\n{HEAD}{edit}')))


@pytest.mark.parametrize("wrong", [5, [5], "isaf", {"name": "isaf"}])
def test_a_list_that_is_none_below_an_addition_is_named_with_its_own_file(
    wrong: object, tree: Tree, write: Write
) -> None:
    tree["juncture"] = wrong
    tree["prior"] = []
    base = write(tree, "base.toml")
    addition = """
        [[juncture]]
        name = "mine"
        title = "Mine"
        kind = "event"
        date = 2000-01-01
        source = "mine"
        when_removed = "nothing"
    """
    told = "\n".join(problems_of(write(f'extends = "base.toml"\n{HEAD}{addition}')))
    assert "juncture" in told
    assert base.name in told


def test_what_extends_nothing_known_is_told_of_that_alone(tree: Tree, write: Write) -> None:
    (problem,) = problems_of(write(tree | {"extends": "default"}))
    assert "did you mean 'defaults'?" in problem


def test_edits_in_what_is_almost_whole_are_told_first_that_they_extend_nothing(
    write: Write,
) -> None:
    first, *_ = problems_of(write(f'{HEAD}without = ["isaf"]\n[levels]\n'))
    assert first.startswith("extends: is missing; a file that does not extend another has to be w")


def test_only_junctures_are_said_to_be_moved(write: Write) -> None:
    tables = """
        [[juncture]]
        name = "isaf"
        title = "Mine"
        kind = "event"
        date = 2000-01-01
        source = "mine"
        when_removed = "nothing"
        [[item]]
        name = "mine"
        title = "Mine"
        tabled = 1999-01-01
        demand = [0.0, -1.0, 1.0, "log-odds", "mine"]
        source = "mine"
    """
    base = write(f'extends = "japan_nato/baseline"\n{HEAD}{tables}'.replace('"isaf"', '"dawn"'))
    juncture, item = problems_of(
        write(f'extends = "{base}"\n{HEAD}{tables}'.replace("isaf", "dawn"), "more.toml")
    )
    assert "or its day with [[moved]]" in juncture
    assert "[[set]], path item.mine" in item
    assert "moved" not in item


def test_a_faulty_entry_of_a_list_is_told_once(tree: Tree, write: Write) -> None:
    tree["member"][0]["accession"] = [tree["member"][0]["accession"][0] | {"states": "one"}]
    (problem,) = [told for told in problems_of(write(tree)) if "accession" in told]
    assert "must be a whole number" in problem


@pytest.mark.parametrize(
    ("asked", "near"),
    [("my_pair", "my_pair.toml"), ("no_theft.tml", "no_theft.toml"), ("my_par", "my_pair.toml")],
)
def test_a_file_without_its_ending_is_offered(asked: str, near: str, write: Write) -> None:
    folder = write("", "my_pair.toml").parent
    write("", "no_theft.toml")
    with pytest.raises(ScenarioError, match=f"did you mean the file '{near}'"):
        load_scenario(folder / asked)
