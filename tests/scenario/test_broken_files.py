"""Every kind of broken scenario file gives one error that says what to mend."""

import copy
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from alliance_sim import load_scenario
from alliance_sim import shipped as packaged
from alliance_sim.errors import ScenarioError

Tree = dict[str, Any]
Write = Callable[..., Path]

HERE = Path(__file__).parent
BROKEN = tomllib.loads((HERE / "broken_files.toml").read_text("utf-8"))["broken"]
KINDS = [case["kind"] for case in BROKEN]
# Words of the validator and of Python that say nothing to a historian.
JARGON = ("input should", "tuple", "dictionary", "instance of", "datetime.", "validation", "<class")


def at(node: Any, path: str) -> Any:
    """Return what lies at a path: keys of tables, and names or positions in lists."""
    for key in path.split(".") if path else []:
        if isinstance(node, list):
            names = [e.get("name") if isinstance(e, dict) else None for e in node]
            node = node[names.index(key) if key in names else int(key)]
        else:
            node = node[key]
    return node


def parted(tree: Tree, path: str) -> tuple[Any, Any]:
    """Return the table or list that holds what lies at a path, and its key there."""
    head, _, last = path.rpartition(".")
    owner = at(tree, head)
    return owner, int(last) if isinstance(owner, list) and last.isdigit() else last


def damage(tree: Tree, case: Tree) -> None:
    """Break a tree as a case says."""
    if "put" in case:
        owner, key = parted(tree, case["put"])
        owner[key] = copy.deepcopy(case["value"])
    elif "drop" in case:
        owner, key = parted(tree, case["drop"])
        del owner[key]
    elif "rename" in case:
        owner, key = parted(tree, case["rename"])
        owner[case["to"]] = owner.pop(key)
    else:
        owner, _ = parted(tree, case["twice"])
        owner.append(copy.deepcopy(at(tree, case["twice"])))


def problems_of(path: Path) -> tuple[str, ...]:
    """Return the problems of a file, after checking that the message names it and counts them."""
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    problems = caught.value.problems
    count = len(problems)
    first, *rest = str(caught.value).splitlines()
    assert first == f"{path}: {count} problem{'' if count == 1 else 's'}"
    assert rest == [f"  - {problem}" for problem in problems]
    assert count == len(set(problems))
    return problems


@pytest.mark.parametrize("case", BROKEN, ids=KINDS)
def test_a_broken_file_says_where_and_what(case: Tree, tree: Tree, write: Write) -> None:
    damage(tree, case)
    problems = problems_of(write(tree))
    assert any(all(word in p for word in case["says"]) for p in problems), problems


@pytest.mark.parametrize("case", BROKEN, ids=KINDS)
def test_a_broken_file_is_told_in_words_of_this_project(
    case: Tree, tree: Tree, write: Write
) -> None:
    damage(tree, case)
    told = "\n".join(problems_of(write(tree)))
    assert [word for word in JARGON if word in told] == [], told


def test_there_are_thirty_kinds_of_broken_files_and_no_two_alike() -> None:
    assert len(set(KINDS)) == len(KINDS) >= 30


def test_the_baseline_written_down_again_is_not_broken(tree: Tree, write: Write) -> None:
    assert load_scenario(write(tree)).title == tree["title"]


def test_five_mistakes_are_told_at_once(tree: Tree, write: Write) -> None:
    for case in BROKEN:
        if case["kind"] in (
            "misspelt key of a juncture",
            "source of a juncture missing",
            "follows what is not there",
            "an unknown leader of the Council",
            "periods out of order",
        ):
            damage(tree, case)
    told = problems_of(write(tree))
    places = ("'titel'", "'isaf'.source", "'nine_elevn'", "'united_state'", "period 'initial'")
    assert all(any(place in problem for problem in told) for place in places), told


def test_an_alliance_without_members_at_the_beginning_is_refused(tree: Tree, write: Write) -> None:
    for member in tree["member"]:
        for accession in member["accession"]:
            accession["date"] = accession["date"].replace(year=accession["date"].year + 30)
    assert any("member" in problem and "1950" in problem for problem in problems_of(write(tree)))


def test_an_alliance_whose_members_weigh_nothing_is_refused(tree: Tree, write: Write) -> None:
    for member in tree["member"]:
        for accession in member["accession"]:
            accession["weight"] = [0.0, 0.0, 1.0, "1", "assumed"]
    assert any("weight" in problem for problem in problems_of(write(tree)))


def test_a_file_with_only_a_comment_says_what_a_scenario_needs(write: Write) -> None:
    problems = problems_of(write("# nothing yet\n"))
    assert "title: is missing" in problems
    assert "willingness: is missing" in problems


CONTENTS: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "is empty"),
    "blank": (" \n\n", "is empty"),
    "not TOML": ("this is = not = toml", "is not valid TOML: .*line 1"),
    "the same key twice": ('title = "a"\ntitle = "b"', "is not valid TOML"),
    "unfinished": ('title = "a', "is not valid TOML"),
    "too deep": (f"a = {'[' * 5000}{']' * 5000}", "more than 32 deep; at most 32 are read"),
    "another language": ('{"title": "JSON"}', "is not valid TOML: .*line 1"),
    "binary": (bytes(range(256)), "is not text in UTF-8"),
    "picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "is a figure, not a scenario"),
    "another encoding": ('title = "a"'.encode("utf-16"), "is not text in UTF-8"),
    "zero byte": ('title = "a\0"', "is not valid TOML"),
    "huge": (f"# {'x' * 2_100_000}\n", "has 2,100,003 bytes, must have at most 2,000,000"),
}


@pytest.mark.parametrize(("content", "says"), CONTENTS.values(), ids=CONTENTS)
def test_a_file_that_is_no_scenario_says_so_in_one_sentence(
    content: str | bytes, says: str, write: Write
) -> None:
    path = write(content)
    with pytest.raises(ScenarioError, match=says) as caught:
        load_scenario(path)
    assert caught.value.where == str(path)
    assert len(caught.value.problems) == 1


def nowhere(folder: Path) -> Iterator[tuple[str, str | Path, str]]:
    """Yield what leads to no scenario, and what the error says."""
    (folder / "folder.toml").mkdir()
    (folder / "circle.toml").symlink_to(folder / "circle.toml")
    yield "a folder", folder, "is a folder and holds no scenario"
    yield "a folder called .toml", folder / "folder.toml", "is a folder and holds no scenario"
    yield "a missing file", folder / "nowhere.toml", "does not exist"
    yield "a missing folder", folder / "no" / "where.toml", "does not exist"
    yield "a link to itself", folder / "circle.toml", "cannot be read|does not exist"
    yield "a misspelt name", "japan_nato/baselin", "did you mean 'japan_nato/baseline'"
    yield "a shipped name as a file", "japan_nato/basline.toml", "mean 'japan_nato/baseline', which"
    yield "half a name", "baseline", "did you mean 'japan_nato/baseline'"
    yield "an unlike name", "1984", r"known: japan_nato, japan_nato/.*ends in \.toml"
    yield "a misspelt relationship", "japan_nat", r"did you mean 'japan_nato'\? \(known"
    yield "no name", "", "known: japan_nato, |is a folder"
    yield "a name with a zero byte", "a\0b.toml", "cannot be read|does not exist|unknown scenario"
    yield "a very long name", "x" * 5000, "cannot be read|does not exist|unknown scenario"


NOWHERE = (
    *("a folder", "a folder called .toml", "a missing file", "a missing folder"),
    *("a link to itself", "a misspelt name", "half a name", "an unlike name", "no name"),
    "a misspelt relationship",
    *("a name with a zero byte", "a very long name"),
)


@pytest.mark.parametrize("what", NOWHERE)
def test_what_leads_to_no_scenario_says_so_in_one_sentence(what: str, tmp_path: Path) -> None:
    asked, says = {name: (asked, says) for name, asked, says in nowhere(tmp_path)}[what]
    with pytest.raises(ScenarioError, match=says) as caught:
        load_scenario(asked)
    assert len(caught.value.problems) == 1


def test_the_folder_of_all_shipped_scenarios_is_told_as_any_folder() -> None:
    root = packaged.scenarios()
    with pytest.raises(ScenarioError) as caught:
        load_scenario(root)
    (problem,) = caught.value.problems
    assert problem.startswith("is a folder, not a scenario; give one of the files in it, such as ")
    named = [Path(name) for name in problem.rpartition("such as ")[2].split(", ")]
    assert len(named) == 3
    assert all(load_scenario(path).name.startswith("japan_nato/") for path in named)


def test_files_of_another_kind_are_not_offered_where_a_scenario_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "plan.toml").write_text('design = { kind = "grid" }\n', "utf-8")
    (tmp_path / "inner" / "mine.toml").write_text('without = ["isaf"]\n', "utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(tmp_path)
    assert caught.value.problems[0].endswith(f"such as {tmp_path / 'inner' / 'mine.toml'}")
