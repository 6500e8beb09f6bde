"""What is said about a relationship: titles, short names of rungs, and texts of the page."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

from alliance_sim.glossary import domain_words

if TYPE_CHECKING:
    from alliance_sim.scenario import Scenario


@dataclass(frozen=True)
class Words:
    """The words of a relationship; a text may be empty, and is then left out.

    Attributes:
        title: Both sides, such as "the first and the second".
        rungs: Short names of the rungs of the ladder, from rung 0 on.
        reading: What the claims are and how they are put to a run.
        contested: Why the described history is one reading among others.
        weaknesses: What the record cannot bear, a paragraph each.
        colours: By domain the colour of lines and areas, and a darker one for text; without an
            entry a domain is drawn in neutral ones.
        domains: By domain what it is called, where that is not what the glossary says.
    """

    title: str
    rungs: tuple[str, ...]
    reading: str = ""
    contested: str = ""
    weaknesses: tuple[str, ...] = ()
    colours: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    domains: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, scenario: Scenario) -> Words:
        """Return the words of a scenario's relationship; its own titles where none are known."""
        known = _known(scenario.relationship)
        partners = scenario.partners
        steps = sorted(scenario.rungs, key=lambda rung: rung.number)
        own = ("none", *(rung.name.replace("_", " ") for rung in steps))
        rungs = tuple(known.get("rungs", ()))
        return cls(
            title=known.get("title", f"{partners.state_title} and {partners.alliance_title}"),
            rungs=rungs if len(rungs) == len(own) else own,
            reading=known.get("reading", ""),
            contested=known.get("contested", ""),
            weaknesses=tuple(known.get("weaknesses", ())),
            colours={name: tuple(pair) for name, pair in known.get("colours", {}).items()},
            domains=known.get("domains", {}),
        )

    @classmethod
    def named(cls, relationship: str) -> Words | None:
        """Return the words of a registered relationship; None for any other."""
        known = _known(relationship)
        if not known:
            return None
        colours = {name: tuple(pair) for name, pair in known.get("colours", {}).items()}
        lists = {key: tuple(known.get(key, ())) for key in ("rungs", "weaknesses")}
        return cls(**{**known, **lists, "colours": colours})

    def domain(self, name: str) -> str:
        """Return what a domain is called."""
        return self.domains.get(name, domain_words(name))

    def rung(self, number: int) -> str:
        """Return the short name of a rung, or its number where it has none."""
        return self.rungs[number] if number < len(self.rungs) else str(number)


def registered() -> tuple[str, ...]:
    """Return the relationships that the package holds a record of, sorted."""
    return tuple(sorted(folder.name for folder in _folders()))


def _folders() -> Iterator[Traversable]:
    for folder in resources.files("alliance_sim.record").iterdir():
        if folder.is_dir() and folder.joinpath("words.toml").is_file():
            yield folder


@cache
def _known(relationship: str) -> dict[str, Any]:
    for folder in _folders():
        if folder.name == relationship:
            return tomllib.loads(folder.joinpath("words.toml").read_text("utf-8"))
    return {}
