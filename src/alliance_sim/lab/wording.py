"""What things are called in the page: names in each language, colours, titles of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from alliance_sim.errors import shown, unknown_name
from alliance_sim.glossary import explained_units
from alliance_sim.lab.naming import ENGLISH, Names, languages
from alliance_sim.record.translation import translations_of
from alliance_sim.record.words import Words
from alliance_sim.scenario.fields import SERIES

if TYPE_CHECKING:
    from alliance_sim.results.outcomes import Outcome
    from alliance_sim.scenario import Scenario

LANGUAGES = languages()  # that the page has texts of
# Text in a domain's colour on white, and a lighter one on dark, where a relationship has none.
COLOURS = {
    "political": ("#005a8c", "#6db8e8"),
    "operations": ("#9c4400", "#f2995c"),
    "equipment": ("#006b4e", "#4cc9a0"),
    "institution": ("#4d4d4d", "#b8b8b8"),
}
DARK = "#1b1f24"  # behind figures of the dark theme
READABLE = 4.5  # contrast of text that can be read
LIGHTER = 20  # steps from a colour to white


def language_problem(language: object) -> str | None:
    """Return why the page cannot open in a language, with the nearest; None if it can."""
    if not isinstance(language, str):
        return f"language is {shown(language)}, must be one of {', '.join(LANGUAGES)}"
    known = language in LANGUAGES
    return None if known else unknown_name("language", language, LANGUAGES)


def words_of(scenario: Scenario, outcomes: Iterable[Outcome]) -> dict[str, dict[str, Any]]:
    """Return the words of a scenario's relationship by language, always in English.

    Where names of the relationship are known in a language, what the package itself names is said
    in it too, so that no part of a page stays in another.

    Args:
        scenario: The scenario.
        outcomes: Outcomes that are offered.
    """
    english = _english(scenario)
    found = {ENGLISH: english}
    for language, told in translations_of(scenario).items():
        if language not in LANGUAGES:
            continue
        own = {
            "title": told.title or english["title"],
            "state": told.state or english["state"],
            "alliance": told.alliance or english["alliance"],
            "domains": {**english["domains"], **told.domains},
        }
        names = Names(scenario, language, {**english["names"], **told.names}, own)
        every = {**told.names, **names.every(outcomes)}
        found[language] = {**own, "names": every, "told": dict(told.told)}
    return found


def names_of(scenario: Scenario) -> Names:
    """Return the English names of a scenario's parts."""
    english = _english(scenario)
    return Names(scenario, ENGLISH, english["names"], english)


def _english(scenario: Scenario) -> dict[str, Any]:
    words, partners = Words.of(scenario), scenario.partners
    steps = [0, *(rung.number for rung in scenario.rungs)]
    return {
        "title": words.title,
        "state": partners.state_title,
        "alliance": partners.alliance_title,
        "domains": {domain: words.domain(domain) for domain in SERIES},
        "names": {
            **{f"rung.{number}": words.rung(number) for number in sorted(steps)},
            **{f"unit.{unit}": told for unit, told in explained_units().items()},
        },
    }


def colours_of(scenario: Scenario) -> dict[str, dict[str, str]]:
    """Return text colours by domain, for a light and for a dark page."""
    own: Mapping[str, tuple[str, str]] = Words.of(scenario).colours
    found = {}
    for series, usual in COLOURS.items():
        line, text = own.get(series, ("", usual[0]))
        dark = usual[1] if text.lower() == usual[0] else lightened(line, DARK)
        found[series] = {"light": text, "dark": dark}
    return found


def lightened(colour: str, ground: str) -> str:
    """Return a colour mixed with so little white that text in it can be read on a dark ground."""
    parts = mixed = _parts(colour)
    for step in range(LIGHTER + 1):
        mixed = tuple(round(part + (255 - part) * step / LIGHTER) for part in parts)
        if contrast(mixed, _parts(ground)) >= READABLE:
            break
    return "#" + "".join(f"{part:02x}" for part in mixed)


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG 2 defines it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(parts: tuple[int, ...]) -> float:
    shares = [part / 255 for part in parts]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[k : k + 2], 16) for k in (1, 3, 5))
