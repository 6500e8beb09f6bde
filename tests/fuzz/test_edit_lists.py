"""A file whose list of edits has any words is refused by name, or is what the texts say."""

from __future__ import annotations

import random
import re
import tomllib
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from alliance_sim import load_scenario
from alliance_sim.provenance import scenario_digest
from tests.fuzz.attempts import attempted, read_of
from tests.fuzz.mutation import Tree, in_toml, mutated

WHOLE = 0.1  # part of the inputs that extend the long history; they take ten times as long
MOST = 24  # edits of one list
SEEDS = {
    "two_islands/baseline": (
        *("hold level_operations=0.1@2003..2007", "hold rung=1@2004Q2..2008Q1", "hold rung=2@2006"),
        *("hold hostility_raiders=1@2004-09-11..2006", "hold level_political=0@2001..2010"),
        *(
            "hold win_set_equipment=0.5@2005",
            "hold agreements=2@2003Q3",
            "hold assets_general=3@2009",
        ),
        *("without great_raid", "shift joint_patrol:+8", "shift great_raid:2005-03-01:stays"),
        *("strength great_raid:0.25", "set levels.pace=1.5", "set levels.decay.political=0.02"),
        *("leader admiral=none", "council weighted_majority", "council leader"),
        *("member hills:offset=0.5", "motive leverage=on", "keep ports_act", "theory RI"),
    ),
    "japan_nato/baseline": (
        *("hold rung=3@2003..2010", "hold hostility_china=0.2@2010..2020", "hold rung=8@2014"),
        *(
            "hold level_equipment=0.9@2024Q1..2024Q4",
            "hold attention_nato=0@1991-01-01..2001-09-10",
        ),
        *("without nine_eleven", "shift abe_second_government:+16", "leader koizumi=none"),
        *("strength ukraine_2022:0.5", "member canada:offset=0.7", "keep isaf", "theory ID"),
    ),
}
KINDS = sorted({text.partition(" ")[0] for texts in SEEDS.values() for text in texts})
SIGNS = ("", "=", ":", "@", "..", " ", "\t", "-", "+", "\u2212", "\u202e", "\x1b[2J", "日本", "e9")
NUMBERS = ("0", "1", "-1", "0.5", "1e308", "1e-320", "nan", "inf", "1_000", "2005", "9" * 400)
WINDOWS = (
    *("2003", "2004Q2", "2006..2003", "2003..2003", "2001..2010", "1950..2025", "2010Q4..2010"),
    *("2004-02-29", "2004-02-30", "2004-09-11..2006", "0000", "2003..", "..2003", "2003...2010"),
)
HOLD = re.compile(r"\s*hold\s+(\w+)\s*=\s*(\S+?)\s*@\s*(\S.*?)\s*")


def piece(rng: random.Random, words: list[str]) -> str:
    """Return something to put in the place of a piece of a text."""
    return rng.choice((rng.choice(words), *(rng.choice(c) for c in (SIGNS, NUMBERS, WINDOWS))))


def changed(rng: random.Random, text: str, words: list[str]) -> str:
    """Return a text with a piece of it changed, left out, or said again."""
    pieces = re.findall(r"[\w.-]+|[^\w.-]+", text)
    k = rng.randrange(len(pieces))
    kind = rng.randrange(6)
    if kind == 0:
        pieces[k] = piece(rng, words)
    elif kind == 1:
        del pieces[k]
    elif kind == 2:
        pieces.insert(k, piece(rng, words))
    elif kind == 3:
        pieces[k] = pieces[k] * rng.choice((2, 3, 2000))
    elif kind == 4:
        pieces[0] = rng.choice((*KINDS, pieces[0].upper(), pieces[0][:-1], ""))
    else:
        at = rng.randrange(len(text))
        return text[:at] + rng.choice(SIGNS) + text[at + 1 :]
    return "".join(pieces)


def asked(rng: random.Random) -> Tree:
    """Return a file that extends a scenario by a list of edits."""
    base = "japan_nato/baseline" if rng.random() < WHOLE else "two_islands/baseline"
    seeds = list(SEEDS[base])
    words = re.findall(r"[a-z_]{4,}", " ".join(seeds))
    edits: list[Any] = rng.sample(seeds, rng.choice((1, 1, 2, 3, 5, min(MOST, len(seeds)))))
    if rng.random() < 0.5:
        edits = [text for text in edits if text.startswith("hold")] or [rng.choice(seeds[:4])]
    for _ in range(rng.choice((0, 0, 1, 1, 2, 5))):
        k = rng.randrange(len(edits))
        edits[k] = changed(rng, edits[k], words) if edits[k] else rng.choice(seeds)
    tree: Tree = {"extends": base, "edits": edits}
    return mutated(rng, tree, words) if rng.random() < 0.2 else tree


def holds_of(edits: list[str]) -> list[tuple[str, float, str]]:
    """Return what the texts hold: an independent reading of them."""
    found = [HOLD.fullmatch(text) for text in edits]
    return sorted((one[1], float(one[2]), one[3].strip()) for one in found if one is not None)


def test_a_list_of_edits_is_refused_by_name_or_holds_and_edits_what_its_texts_say(
    inputs: int, quickly: Callable[[], AbstractContextManager[None]], tmp_path: Path
) -> None:
    seen: Counter[str] = Counter()
    path, again = tmp_path / "mine.toml", tmp_path / "again.toml"
    read = read_of(
        inputs,
        lambda rng: in_toml(asked(rng)),
        load_scenario,
        path,
        quickly=quickly,
        seen=seen,
    )
    for (number, rng, text), scenario in read:
        tree = tomllib.loads(text)
        edits = tree.get("edits", [])
        held = sorted((hold.state, hold.value, hold.window) for hold in scenario.holds)
        assert held == holds_of(edits), number
        again.write_text(in_toml({**tree, "edits": rng.sample(edits, len(edits))}), "utf-8")
        other, why = attempted(load_scenario, again)
        assert other is not None, (number, why)
        assert scenario_digest(other) == scenario_digest(scenario), number
        seen["held"] += bool(held)
    assert seen["refused"] > inputs / 4, seen
    assert seen["held"] > inputs / 20, seen
    assert seen["read"] - seen["held"] > inputs / 50, seen
