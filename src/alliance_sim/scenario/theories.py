"""The rival theories (A.13): which blocks of mechanisms are on, and which numbers then matter.

Three blocks give eight theories, from "N", with none of them, to the synthesis "RID". Each can also
have a common linear trend, "+T": only what still gains beside it is evidence for a mechanism and
not merely for growth.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

from alliance_sim.errors import ScenarioError, unknown_name
from alliance_sim.scenario.edit import replaced, value_at
from alliance_sim.scenario.path import PathProblem

if TYPE_CHECKING:
    from alliance_sim.scenario.scenario import Scenario

BLOCKS = {"R": "threat", "I": "institutions", "D": "domestic"}
BLOCK_WORDS = {"R": "threats", "I": "institutions", "D": "domestic politics"}
NONE, WITH_TREND, TREND = "N", "+T", "willingness.trend"
LATTICE = (
    NONE,
    *("".join(some) for size in (1, 2, 3) for some in combinations(BLOCKS, size)),
)
THEORIES = (*LATTICE, *(f"{name}{WITH_TREND}" for name in LATTICE))

# Numbers that matter only where one of these blocks is on, by the first pattern that fits; all
# others matter in every theory. How strongly laws are brought on belongs to the domestic block.
NEEDED = (
    ("willingness.assets", "I"),
    ("willingness.spill_*", "I"),
    ("willingness.network", "I"),
    ("willingness.mission_pull", "I"),
    ("willingness.floor_*", "RID" + NONE),
    ("willingness.slow_*", "RID" + NONE),
    ("willingness.*", "R"),
    ("levels.capability_break", "R"),
    ("levels.ratchet", "I"),
    ("levels.leader_pace", "D"),
    ("ladder.by_assets", "I"),
    ("network.by_*", "I"),
    ("perception.*", "RD"),
    ("threat_dynamics.*", "RD"),
    ("domestic.ratification_spread", "RID" + NONE),
    ("domestic.*", "D"),
    ("motives.leverage", "D"),
    ("motives.agenda", "R"),
    ("partners.state_capability*", "R"),
    ("threat.*", "RD"),
    ("member.*.exposure.*", "R"),
    ("period.*.hostility.*", "RD"),
    ("period.*.exposure_state.*", "RD"),
    ("period.*", "R"),
    ("leader.*", "D"),
)
# The same for what an effect of a juncture moves; what is not listed always matters.
EFFECT_NEEDED = {
    "hostility": "RD",
    "commitment": "R",
    "networking": "R",
    "link": "R",
    "attention": "R",
    "involvement": "R",
    "win_set": "D",
    "leadership": "D",
}
# Numbers that no switch turns off, and that are 0 where their block is.
ZERO_WITHOUT = {
    "D": ("domestic.law_threat", "domestic.law_leader", "domestic.law_level"),
}


class Theory(NamedTuple):
    """One of the rival theories.

    Attributes:
        name: Such as "RI" or "RI+T".
        blocks: Letters of the blocks that are on.
        trend: Whether it has a common linear trend.
    """

    name: str
    blocks: str
    trend: bool

    def needs(self, scenario: Scenario, path: str) -> bool:
        """Whether a number of a scenario can move anything that is observed under the theory.

        Args:
            scenario: The scenario.
            path: Of the number, as `scenario.path` writes it.
        """
        if path.startswith(TREND):  # and the year around which it turns
            return self.trend
        return any(block in (*self.blocks, NONE) for block in _needed(scenario, path))


def _needed(scenario: Scenario, path: str) -> str:
    parts = path.split(".")
    if parts[0] == "juncture" and len(parts) > 3 and parts[2] in ("effect", "replacement"):
        moves = value_at(scenario, ".".join((*parts[:4], "moves")))
        return EFFECT_NEEDED.get(moves, NONE)
    if parts[0] == "juncture":
        return "D"  # log hazards of laws
    return next((blocks for pattern, blocks in NEEDED if fnmatchcase(path, pattern)), NONE)


def theory_of(name: object) -> Theory:
    """Return the theory of a name, whose letters may stand in any order.

    Raises:
        ScenarioError: If there is none, with the nearest.
    """
    text = str(name)
    letters, trend = text.removesuffix(WITH_TREND), text.endswith(WITH_TREND)
    known = {frozenset(blocks): blocks for blocks in LATTICE}
    blocks = known.get(frozenset(letters)) if len(set(letters)) == len(letters) else None
    if blocks is None:
        raise ScenarioError("theory", [unknown_name("theory", text, THEORIES)])
    return Theory(blocks + (WITH_TREND if trend else ""), blocks.replace(NONE, ""), trend)


def letters_told(names: Iterable[str]) -> str:
    """Return what the letters of some theories stand for: "R: threats, D: domestic politics"."""
    found = [theory_of(name) for name in names]
    told = [
        f"{letter}: {words}"
        for letter, words in BLOCK_WORDS.items()
        if any(letter in one.blocks for one in found)
    ]
    told += [f"{NONE}: none of these"] * any(not one.blocks for one in found)
    told += [f"{WITH_TREND}: with a common trend"] * any(one.trend for one in found)
    return ", ".join(told)


def own_theory(scenario: Scenario) -> Theory:
    """Return the theory that a scenario's switches stand for, with a trend if it has one."""
    blocks = "".join(b for b, switch in BLOCKS.items() if getattr(scenario.theory, switch))
    trend = _trend(scenario) not in (None, 0.0)
    return Theory((blocks or NONE) + (WITH_TREND if trend else ""), blocks, trend)


def _trend(scenario: Scenario) -> float | None:
    try:
        return float(value_at(scenario, TREND).value)
    except PathProblem:
        return None


def settings_under(scenario: Scenario, theory: Theory) -> dict[str, Any]:
    """Return what has to be set in a scenario to come under a theory, by path.

    What it says already is left out.

    Raises:
        ScenarioError: If the theory has a trend and the scenario has no number for one.
    """
    if theory.trend and _trend(scenario) is None:
        problem = f"theory {theory.name!r} needs a number {TREND!r}, which there is not"
        raise ScenarioError(scenario.name, [problem])
    wanted: dict[str, Any] = {
        f"theory.{switch}": block in theory.blocks for block, switch in BLOCKS.items()
    }
    if not theory.trend and _trend(scenario) is not None:
        wanted[TREND] = 0.0
    for block, paths in ZERO_WITHOUT.items():
        wanted |= {path: 0.0 for path in paths if block not in theory.blocks}
    return {path: value for path, value in wanted.items() if _stands(scenario, path) != value}


def with_theory(scenario: Scenario, theory: Theory, *, but: Collection[str] = ()) -> Scenario:
    """Return the same world under a theory: its switches set, and 0 what no switch turns off.

    What a scenario says already is not set again, so its own theory gives the identical scenario.

    Args:
        scenario: The scenario.
        theory: The theory.
        but: Paths that keep what the scenario says, such as those that were edited.

    Raises:
        ScenarioError: If the theory has a trend and the scenario has no number for one.
    """
    wanted = settings_under(scenario, theory)
    changed = {path: value for path, value in wanted.items() if path not in but}
    if not changed:
        return scenario
    after = replaced(scenario, changed)
    return after.model_copy(update={"name": f"{scenario.name} under {theory.name}"})


def _stands(scenario: Scenario, path: str) -> Any:
    found = value_at(scenario, path)
    return getattr(found, "value", found)
