"""A threat or a period is one file: it brings what periods need of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alliance_sim import load_scenario, simulate
from alliance_sim.errors import ScenarioError, ScenarioWarning
from alliance_sim.scenario import Scenario

BASE = load_scenario("japan_nato/baseline")
HEAD = 'extends = "japan_nato/baseline"\ntitle = "More"\ndescription = "One table more."\n'
NO_HOSTILITY = (
    "more.toml: 1 problem\n  - threat 'pandemic'.hostility: is missing; give it one number for all "
    "periods in its [[threat]], or one for each in [threat.hostility] below it"
)
THREAT = """
[[threat]]
name = "pandemic"
title = "Pandemic"
region = "global"
offence = [0.9, 0.0, 1.0, "1", "assumed"]
capability = [0.5, 0.0, 1.0, "1", "assumed"]
hostility = [0.4, 0.0, 1.0, "1", "assumed"]
exposure_alliance = [0.3, 0.0, 1.0, "1", "assumed"]
[threat.exposure_state]
cold_war = [0.1, 0.0, 1.0, "1", "assumed"]
initial = [0.2, 0.0, 1.0, "1", "assumed"]
formation = [0.3, 0.0, 1.0, "1", "assumed"]
deepening = [0.4, 0.0, 1.0, "1", "assumed"]
"""


def loaded(folder: Path, text: str) -> Scenario:
    (folder / "more.toml").write_text(HEAD + text, "utf-8")
    return load_scenario(folder / "more.toml")


def test_a_threat_is_one_table_and_has_its_numbers_in_every_period(tmp_path: Path) -> None:
    found = loaded(tmp_path, THREAT)
    assert [p.hostility["pandemic"].value for p in found.periods] == [0.4] * 4
    assert [p.exposure_state["pandemic"].value for p in found.periods] == [0.1, 0.2, 0.3, 0.4]
    assert [edit.words for edit in found.edits] == ["with threat pandemic"]
    runs = simulate(found, runs=2, seed=1)
    assert "perceived_nato_pandemic" in runs.states


def test_adding_a_threat_leaves_the_noise_of_all_others_alone(tmp_path: Path) -> None:
    deaf = THREAT.replace("[0.4, 0.0", "[0.0, 0.0").replace("[0.5, 0.0", "[0.0, 0.0")
    found = simulate(loaded(tmp_path, deaf), runs=2, seed=1).column("hostility_china")
    assert (found == simulate(BASE, runs=2, seed=1).column("hostility_china")).mean() > 0.1


def test_an_edit_may_change_what_was_added(tmp_path: Path) -> None:
    change = '[[set]]\npath = "period.initial.hostility.pandemic"\nto = 0.9\nsource = "assumed"\n'
    found = loaded(tmp_path, THREAT + change)
    assert found.periods[1].hostility["pandemic"].value == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("initial =", "intial =", "threat 'pandemic'.exposure_state: unknown period 'intial'"),
        ("initial = [0.2", "initial = [1.2", "period 'initial'.exposure_state.pandemic: value"),
        ('hostility = [0.4, 0.0, 1.0, "1", "assumed"]', "", NO_HOSTILITY),
        ('initial = [0.2, 0.0, 1.0, "1", "assumed"]', "", "exposure_state: threat 'pandemic' is m"),
        ('name = "pandemic"', 'name = "china"', "threat 'china': is in the extended scenario"),
    ],
)
def test_what_is_wrong_with_an_added_threat_is_told(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        loaded(tmp_path, THREAT.replace(old, new))
    assert says in str(caught.value)


def test_a_period_is_one_table_that_takes_its_place_by_date(tmp_path: Path) -> None:
    names = [threat.name for threat in BASE.threats]
    rows = "".join(f'{name} = [0.3, 0.0, 1.0, "1", "assumed"]\n' for name in names)
    share = '[0.5, 0.0, 1.0, "1", "assumed"]'
    text = (
        f'[[period]]\nname = "after"\ntitle = "After"\nid = "P3b"\nstart = 2008-01-01\n'
        f"commitment = {share}\nnetworking = {share}\nlink = {share}\n"
        + "".join(f"[period.{key}]\n{rows}" for key in ("hostility", "exposure_state"))
        + f"[period.exposure_alliance]\n{rows}"
    )
    found = loaded(tmp_path, text)
    assert [p.name for p in found.periods] == [
        *("cold_war", "initial", "formation", "after", "deepening")
    ]
    assert [p.id for p in found.calendar().periods] == ["P1", "P2", "P3", "P3b", "P4"]
    with pytest.raises(ScenarioError, match="id 'P3' stands 2 times"):
        loaded(tmp_path, text.replace("P3b", "P3"))


JUNCTURE = """
[[juncture]]
name = "mine"
title = "Mine"
kind = "event"
date = {day}
source = "mine"
when_removed = "nothing"
"""
ITEM = """
[[item]]
name = "mine"
title = "Mine"
tabled = {day}
demand = [0.0, -1.0, 1.0, "log-odds", "mine"]
source = "mine"
"""
MEMBER = """
[[member]]
name = "mine"
title = "Mine"
offset = [0.0, -1.0, 1.0, "log-odds", "mine"]
[[member.accession]]
date = {day}
states = 1
weight = [0.1, 0.0, 1.0, "1", "mine"]
source = "mine"
"""


@pytest.mark.parametrize("table", [JUNCTURE, ITEM, MEMBER], ids=["juncture", "item", "member"])
def test_what_is_added_after_the_run_is_warned_of(table: str, tmp_path: Path) -> None:
    with pytest.warns(ScenarioWarning, match="'mine'.*2096-01-01 lies after the run") as caught:
        loaded(tmp_path, table.format(day="2096-01-01"))
    assert len(caught) == 1
    loaded(tmp_path, table.format(day="1996-01-01"))  # where a warning is an error


def test_a_whole_file_is_warned_of_what_comes_after_its_own_years(
    tree: dict[str, Any], write: Callable[..., Path]
) -> None:
    tree["time"] = {"first_year": 1950, "last_year": 2003}
    with pytest.warns(ScenarioWarning, match="lie outside the run, which goes from 1950 to 2003"):
        load_scenario(base := write(tree))
    # What is extended is somebody else's: only what a file brings itself is told.
    item = ITEM.format(day="1996-01-01")
    load_scenario(write(HEAD.replace("japan_nato/baseline", str(base)) + item, "more.toml"))
