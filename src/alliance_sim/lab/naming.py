"""What the page calls the parts of any scenario: numbers, rules, theories, outcomes, states.

Words stand in `names/LANGUAGE.toml`, with places for the names of a scenario's own parts. What a
file leaves out is said by its path.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from importlib import resources
from itertools import product
from typing import TYPE_CHECKING, Any

from alliance_sim.results.outcomes import AT
from alliance_sim.scenario.describe import MOVES
from alliance_sim.scenario.fields import SERIES
from alliance_sim.scenario.path import PathProblem, follow
from alliance_sim.scenario.theories import LATTICE
from alliance_sim.world.catalogue import catalogue
from alliance_sim.world.state import state_names

if TYPE_CHECKING:
    from alliance_sim.results.outcomes import Outcome
    from alliance_sim.scenario import Scenario

ENGLISH = "en"
PLACE = re.compile(r"\{(\w+)\}")
EFFECTS = ("effect", "replacement")
ACCESSION = "accession"
RULES, BLOCKS = "council", "block"


class Names:
    """Names of a scenario's parts in one language.

    Args:
        scenario: The scenario.
        language: The language, of which there are words.
        own: By kind and name what the relationship calls something, "juncture.great_raid"; the
            scenario's own title where it says nothing.
        words: `state`, `alliance` and `domains` of the relationship in that language.
    """

    def __init__(
        self,
        scenario: Scenario,
        language: str,
        own: Mapping[str, str],
        words: Mapping[str, Any],
    ) -> None:
        self._scenario, self._own, self._words = scenario, own, words
        self._tables = texts(language)

    def every(self, outcomes: Iterable[Outcome]) -> dict[str, str]:
        """Return all names by the keys that the page looks for: "council.leader", "number.PATH"."""
        scenario = self._scenario
        paths = [str(row[0]) for row in catalogue("inputs", scenario).rows]
        found = {f"council.{name}": self.council(name) for name in self._tables[RULES]}
        found |= {f"motive.{name}": text for name, text in self._tables["motive"].items()}
        found |= {f"kind.{name}": text for name, text in self._tables.get("kind", {}).items()}
        found |= {f"unit.{unit}": text for unit, text in self._tables.get("unit", {}).items()}
        found |= {f"theory.{name}": self.theory(name) for name in LATTICE}
        found |= {f"number.{path}": self.number(path) for path in paths}
        found |= {
            f"state.{name}": self._states[name]
            for name in state_names(scenario)
            if name in self._states
        }
        for outcome in outcomes:
            if (text := self.outcome(outcome)) is not None:
                found[f"outcome.{outcome.text}"] = text
        found |= {f"replacement.{key}": self._tables[key] for key in ("nobody", "drawn")}
        return found

    def council(self, rule: str) -> str:
        """Return what a rule is called by which the alliance decides."""
        leader = self._called("member", self._scenario.council.leader)
        return str(self._tables[RULES][rule]).format(member=leader)

    def motive(self, name: str) -> str:
        """Return what a motive says."""
        return str(self._tables["motive"][name])

    def theory(self, name: str) -> str:
        """Return what acts under a theory."""
        blocks = self._tables[BLOCKS]
        told = [blocks[letter] for letter in name.partition("+")[0] if letter in blocks]
        return str(self._tables["between"]).join(told) or str(self._tables["nothing"])

    @property
    def replacements(self) -> tuple[str, str]:
        """What is said for nobody in a leader's place, and for one who is drawn."""
        return self._tables["nobody"], self._tables["drawn"]

    def number(self, path: str) -> str:
        """Return what a number or a day of the scenario is; its path in words where nobody says."""
        head, *rest = path.split(".")
        if head == "juncture" and len(rest) > 1 and rest[1] in EFFECTS:
            return self._effect(path, rest)
        if head == "member" and len(rest) > 1 and rest[1] == ACCESSION:
            return self._accession(rest)
        said = self._numbers.get(path)
        return said or ": ".join(part.replace("_", " ") for part in (head, " ".join(rest)))

    def of_member(self, member: str, path: str) -> str:
        """Return what a number of a member is, without the member's name before it."""
        named = self._called("member", member)
        return self.number(f"member.{member}.{path}").removeprefix(f"{named}: ")

    def outcome(self, outcome: Outcome) -> str | None:
        """Return what an outcome at the end of a year is, None where no words are kept for it."""
        forms, calendar = self._tables.get("outcome", {}), self._scenario.calendar()
        if outcome.fold != AT or outcome.stop % calendar.steps_per_year or not outcome.compare:
            return None
        told = {
            "year": calendar.first_year + outcome.stop // calendar.steps_per_year - 1,
            "number": f"{outcome.threshold:g}",
            "of": len(self._scenario.rungs),
        }
        for form, text in forms.items():
            rest = outcome.state.removeprefix(form).removeprefix("_")
            if outcome.state.startswith(form):
                names = {"domain": self._words["domains"].get(rest, rest)}
                return str(text).format(**told, **names, item=self._called("item", rest))
        return None

    def _effect(self, path: str, rest: list[str]) -> str:
        effect = follow(self._scenario, path.rpartition(".")[0])
        moves = self._tables.get("moves", MOVES)
        threats = {one.name for one in self._scenario.threats}
        of = effect.of or ""
        if of in threats:
            of = self._called("threat", of)
        else:
            of = self._words["domains"].get(of, moves.get(of, of))
        domain = self._words["domains"].get(effect.domain, effect.domain)
        moved = moves[effect.moves].format(of=of, domain=domain)
        form = "replacement" if rest[1] == "replacement" else rest[-1]
        juncture = self._called("juncture", rest[0])
        return str(self._tables["effect"][form]).format(juncture=juncture, moves=moved)

    def _accession(self, rest: list[str]) -> str:
        member = self._scenario.members[rest[0]]
        form = self._tables[ACCESSION].get(rest[-1], self._tables[ACCESSION]["weight"])
        year = member.accessions[int(rest[2])].date.year
        return str(form).format(member=self._called("member", rest[0]), year=year)

    @cached_property
    def _numbers(self) -> dict[str, str]:
        return dict(self._filled("number"))

    @cached_property
    def _states(self) -> dict[str, str]:
        return dict(self._filled("state"))

    def _filled(self, table: str) -> Iterator[tuple[str, str]]:
        """Yield each entry of a table for all names that its places can stand for."""
        for key, text in self._tables.get(table, {}).items():
            places = PLACE.findall(key)
            for names in product(*(self._parts[place] for place in places)):
                own = dict(zip(places, names, strict=True))
                told = {place: self._parts[place][name] for place, name in own.items()}
                yield key.format(**own), str(text).format(**told)

    @cached_property
    def _parts(self) -> dict[str, dict[str, str]]:
        """What places in texts can stand for: by place and name what it is called."""
        scenario, partners = self._scenario, self._scenario.partners
        kinds = {
            f"{kind.domain}_{kind.name}": self._tables.get("kind", {}).get(
                f"{kind.domain}.{kind.name}", kind.title
            )
            for kind in scenario.kinds
        }
        named: dict[str, Iterable[Any]] = {
            "threat": scenario.threats,
            "member": scenario.members,
            "item": scenario.items,
            "juncture": scenario.junctures,
            "leader": scenario.leaders,
            "period": scenario.periods,
        }
        return {
            "domain": {domain: self._words["domains"][domain] for domain in SERIES},
            "side": {
                partners.state: self._words["state"],
                partners.alliance: self._words["alliance"],
            },
            "kind": kinds,
            "rung": {one.name: self._called("rung", str(one.number)) for one in scenario.rungs},
            **{
                place: {one.name: self._called(place, one.name) for one in parts}
                for place, parts in named.items()
            },
        }

    def _called(self, kind: str, name: str) -> str:
        """Return what the relationship calls something, else its title, else its name."""
        if (told := self._own.get(f"{kind}.{name}")) is not None:
            return told
        try:
            return str(follow(self._scenario, f"{kind}.{name}").title)
        except PathProblem:
            return name


def languages() -> tuple[str, ...]:
    """Return the languages that there are words of, English first."""
    files = resources.files("alliance_sim.lab").joinpath("names").iterdir()
    found = {file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")}
    return (ENGLISH, *sorted(found - {ENGLISH}))


@cache
def texts(language: str) -> Mapping[str, Any]:
    """Return the words of a language."""
    file = resources.files("alliance_sim.lab").joinpath("names", f"{language}.toml")
    return tomllib.loads(file.read_text("utf-8"))
