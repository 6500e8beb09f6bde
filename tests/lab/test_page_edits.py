"""Edits in the page: the same numbers of the recipe as in Python, and the same sentences."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alliance_sim import Scenario, ScenarioError, load_scenario
from alliance_sim.engine.kernel.layout import reported_rows
from alliance_sim.errors import SettingError
from alliance_sim.scenario.edit import edited
from alliance_sim.scenario.edit_texts import idle, read_edits
from alliance_sim.scenario.holds import holdable, window_of
from alliance_sim.scenario.path import numbers
from alliance_sim.world.state import state_names
from alliance_sim.world.tables import recipe_of
from tests.lab.headless import answer, needs_page
from tests.lab.shown import payload
from tests.lab.worlds import WORLDS, frame, needs_module

pytestmark = [pytest.mark.slow, needs_page, needs_module]

LISTS = 200
SCRIPT = """
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
const [engine, given] = process.argv.slice(2);
const { Engine, Offered, Recipe, readEdits } = await import(engine);
const { module, payload, lists } = JSON.parse(readFileSync(given, "utf8"));
const running = new Engine(new WebAssembly.Module(readFileSync(module)), payload.frame);
const offered = new Offered(payload.editable, payload.numbers, payload.frame);
const recipe = new Recipe(running);
const found = lists.map((texts) => {
  const { changes, problems } = readEdits(offered, texts, payload.scenario.name);
  if (problems.length > 0) return { problems };
  recipe.write(recipe.changed({}, changes));
  const whole = createHash("sha256");
  for (const name of [...recipe.base.keys()].sort()) {
    const array = running.floats(name);
    whole.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
  const holds = changes.holds.map(({ text, row, value, first, last }) =>
    [text, row, value, first, last]);
  return { digest: whole.digest("hex"), set: changes.set, times: changes.times, holds };
});
console.log(JSON.stringify(found));
"""


def read(name: str, lists: list[list[str]], tmp_path: Path) -> list[dict[str, Any]]:
    """Return what the page makes of lists of edits."""
    from alliance_sim.lab import module

    code = tmp_path / "engine.wasm"
    code.write_bytes(module.usable("simd"))
    found: list[dict[str, Any]] = answer(
        SCRIPT,
        {"module": str(code), "payload": payload(name, draws=False), "lists": lists},
        tmp_path,
    )
    return found


def in_python(base: Scenario, texts: list[str]) -> Scenario:
    """Return a scenario after edits.

    Raises:
        ScenarioError: If they cannot be done, or change nothing.
    """
    asked = read_edits(base, texts)
    problems = list(idle(base, asked))
    if problems:
        raise ScenarioError(base.name, problems)
    return edited(base, [one for text in asked for one in text.edits])


def digest(name: str, scenario: Scenario) -> str:
    """Return the digest of all numbers of a recipe."""
    arrays = frame(name).numbers_of(recipe_of(scenario))
    found = hashlib.sha256()
    for array in sorted(set(arrays) - {"tables.win_set"}):
        found.update(np.ascontiguousarray(arrays[array]).tobytes())
    return found.hexdigest()


def held(name: str, scenario: Scenario) -> list[list[Any]]:
    """Return what a scenario holds: text, row of the engine's state, value, window."""
    rows = dict(zip(state_names(scenario), reported_rows(frame(name).shape), strict=True))
    calendar = scenario.calendar()
    return [
        [hold.text, rows[hold.state], hold.value, *window_of(hold, calendar)]
        for hold in scenario.holds
    ]


def one_hold(base: Scenario, luck: random.Random) -> str:
    """Return a hold that may be one, or not."""
    years = range(base.time.first_year, base.time.last_year + 1)
    begin = luck.choice(years)
    end = min(years[-1], begin + luck.choice([0, 1, 3, 10, 40]))
    window = luck.choice(
        [
            *(f"{begin}..{end}", f"{begin}..{end}", str(begin), f"{begin}Q{luck.randint(1, 4)}"),
            f"{begin}Q2..{end}Q3",
            f"{begin}-{luck.randint(1, 12):02}-{luck.randint(1, 28):02}..{end}",
        ]
    )
    name, limits = luck.choice(list(holdable(base).items()))
    if luck.random() < 0.1:
        name = luck.choice(state_names(base))
    value = luck.choice([limits.low, limits.high, luck.uniform(limits.low, limits.high)])
    value = round(value) if limits.whole else round(value, luck.choice([1, 3, 17]))
    return f"{name}={value!r}@{window}"


def one_edit(base: Scenario, luck: random.Random) -> str:
    """Return an edit that may be one, or not."""
    junctures = [j.name for j in base.junctures]
    members = [member.name for member in base.members]
    leaders = [leader.name for leader in base.leaders]
    offices = [j.name for j in base.junctures if j.kind == "leader"]
    every = list(numbers(base))

    def number() -> str:
        path, one = luck.choice(every)
        return f"{path}={one.low + luck.random() * (one.high - one.low)!r}"

    def moved() -> str:
        day = f"{luck.randint(1955, 2024)}-{luck.randint(1, 12):02}-{luck.randint(1, 28):02}"
        when = luck.choice([f"{luck.randint(-40, 40):+d}", day])
        return f"{luck.choice(junctures)}:{when}{luck.choice(['', '', ':stays', ':moves'])}"

    of: dict[str, Callable[[], str]] = {
        "without": lambda: luck.choice(junctures),
        "shift": moved,
        "strength": lambda: f"{luck.choice(junctures)}:{luck.choice(['0.5', '0', '1.25', '2'])}",
        "set": number,
        "leader": lambda: (
            f"{luck.choice([*leaders, *offices])}="
            + luck.choice([*leaders, *offices, "none", "drawn"])
        ),
        "council": lambda: luck.choice(["weighted_majority", "leader", "consensus"]),
        "member": lambda: f"{luck.choice(members)}:offset={luck.uniform(-1, 1):.3f}",
        "motive": lambda: (
            luck.choice(["leverage", "agenda"]) + luck.choice(["=on", "=off", "=0.1"])
        ),
        "keep": lambda: luck.choice(junctures),
        "hold": lambda: one_hold(base, luck),
    }
    kind = luck.choice([*of, "hold"])
    return f"{kind} {of[kind]()}"


@pytest.mark.parametrize("name", WORLDS)
def test_lists_of_edits_come_to_the_numbers_of_the_package(name: str, tmp_path: Path) -> None:
    base, luck = load_scenario(name), random.Random(5)
    lists: list[list[str]] = []
    wanted: list[dict[str, Any]] = []
    refused = 0
    spaced = [f"\x1c\u3000without {base.junctures[0].name}\x85"]
    while len(lists) < LISTS:
        texts = [one_edit(base, luck) for _ in range(luck.choice([1, 1, 2, 3]))]
        texts = texts if lists else spaced
        try:
            after = in_python(base, texts)
        except ScenarioError as error:
            refused += 1
            if refused % 8 == 0:  # the page refuses them, too
                lists.append(texts)
                wanted.append({"problems": list(error.problems)})
            continue
        try:
            lists.append(texts)
            wanted.append({"digest": digest(name, after), "holds": held(name, after)})
        except SettingError:
            lists.pop()
    found = read(name, lists, tmp_path)
    told = [
        {key: value for key, value in one.items() if key in {"digest", "holds", "problems"}}
        for one in found
    ]
    odd = [
        (texts, mine, theirs)
        for texts, mine, theirs in zip(lists, told, wanted, strict=True)
        if set(mine) != set(theirs)
        or (mine.get("digest"), mine.get("holds")) != (theirs.get("digest"), theirs.get("holds"))
    ]
    assert odd == []
    assert sum("digest" in one for one in wanted) > LISTS / 2
    assert sum(bool(one.get("holds")) for one in wanted) > LISTS / 10


WRONG = [
    ["without nine_elevn"],
    ["without 9/11"],
    ["wihtout nine_eleven"],
    ["without"],
    ["without\tnine_eleven"],
    ["shift nine_eleven"],
    ["shift nine_eleven:soon"],
    ["shift nine_eleven:+4:stays"],
    ["shift isaf:2025-01-01:stays"],
    ["strength nine_eleven:1000"],
    ["strength nine_eleven:-1"],
    ["set levels.pace=1e9"],
    ["set levels.pace=fast"],
    ["set levels=1"],
    ["leader abe_second_government=solana"],
    ["leader koizumi=drawn"],
    ["leader koizumi=koizumi"],
    ["leader koizum=none"],
    ["council majority"],
    ["member germny:offset=0"],
    ["motive leverge=on"],
    ["motive leverage=maybe"],
    ["keep nine_eleven"],
    ["keep anti_terrorism_law"],
    ["without nine_eleven", "shift nine_eleven:+4"],
    ["without nine_eleven", "without nine_eleven"],
    ["council leader", "council weighted_majority"],
    ["council consensus"],
    ["theory RX"],
    ["hold rung"],
    ["hold rung=high@2003"],
    ["hold rung=1@2003..2005..2007"],
    ["hold rung=99@2003"],
    ["hold rung=1.5@2003"],
    ["hold agreements=1000@2003"],
    ["hold level_operations=1.2@2003..2010"],
    ["hold level_operations=-0.00001@2003..2010"],
    ["hold level_operation=0.1@2003..2010"],
    ["hold ratio_japan=0.1@2003..2010"],
    ["hold count_political=1@2003..2010"],
    ["hold agenda_overlap=1@2003..2010"],
    ["hold refused_germany=1@2003..2010"],
    ["hold rung=1@2010..2003"],
    ["hold rung=1@1900..2003Q9"],
    ["hold rung=1@1900-01-01"],
    ["hold rung=1@soon"],
    ["hold rung=1@2003..2010", "hold rung=2@2008"],
    ["hold rung=1@2003..2010", "hold rung=1.0@2003 .. 2010"],
    ["hold rung=1@2003", "hold rung=1@2003"],
    ["shift nine_eleven:2001-02-30"],
    ["shift isaf:+4:2001-00-10"],
    ["shift isaf:2010-07-12:1950-01-01"],
    ["strength nine_eleven:1e400"],
    ["set member.united_kingdom.exposure=1"],
    ["set juncture.nine_eleven.effect.0.size=2007-01-03"],
    [f"set levels.pace={'1' * 70}x"],
    ["member germany:offset="],
    ["keep x\U0001f1ef\U0001f1f5sonia_foRce"],
    ["without nine_eleven, isaf"],
    ["without \x1b\xa0\u202e\U0001f600nine"],
    ["\ufeffwithout nine_eleven"],
    ["without nine_eleven\ufeff"],
    ["\x1cwithout nine_elevn\x85"],
    ["strength nine_eleven:1", "motive leverge=on"],
    ["hold hostility_russia=1@1950..2025", "set period.deepening.hostility.russia=0.5"],
]


def test_what_is_wrong_is_told_as_the_package_tells_it(tmp_path: Path) -> None:
    name = WORLDS[1]
    base = load_scenario(name)
    found = read(name, WRONG, tmp_path)
    for texts, mine in zip(WRONG, found, strict=True):
        with pytest.raises(ScenarioError) as told:
            in_python(base, texts)
        wanted = list(told.value.problems)
        if texts == ["theory RX"]:  # of theories with a trend there are no draws
            assert mine["problems"][0].startswith("unknown theory 'RX'; did you mean 'R'?")
        else:
            assert mine.get("problems") == wanted, texts


def test_a_million_edits_and_names_of_prototypes_are_refused(tmp_path: Path) -> None:
    lists = [["without x"] * 1001, ["constructor x"], ["set __proto__.x=1"], ["without toString"]]
    found = read(WORLDS[0], lists, tmp_path)
    assert all(one["problems"] for one in found)
    assert found[0]["problems"] == ["edits: is 1,001 edits, must be a list of at most 1,000"]
    assert json.dumps(found).count("unknown juncture 'toString'") == 1
