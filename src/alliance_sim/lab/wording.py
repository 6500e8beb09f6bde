"""What things are called in the page: names in each language, colours, titles of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from alliance_sim.errors import unknown_name
from alliance_sim.record.translation import translations_of
from alliance_sim.record.words import Words
from alliance_sim.scenario.describe import MOVES
from alliance_sim.scenario.fields import SERIES
from alliance_sim.scenario.path import follow

if TYPE_CHECKING:
    from alliance_sim.scenario import Scenario
    from alliance_sim.scenario.schema import Member

LANGUAGES = ("en", "ja")  # that the page has texts of
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
OFFSET = "willingness against the alliance's mean"
HEADS = ("juncture", "member", "leader", "threat", "period", "rung", "item")


def language_problem(language: str) -> str | None:
    """Return why the page cannot open in a language, with the nearest; None if it can."""
    known = language in LANGUAGES
    return None if known else unknown_name("language", language, LANGUAGES)


def words_of(scenario: Scenario) -> dict[str, dict[str, Any]]:
    """Return the words of a scenario's relationship by language, always in English."""
    words, partners = Words.of(scenario), scenario.partners
    steps = [0, *(rung.number for rung in scenario.rungs)]
    domains = {domain: words.domain(domain) for domain in SERIES}
    english: dict[str, Any] = {
        "title": words.title,
        "state": partners.state_title,
        "alliance": partners.alliance_title,
        "domains": domains,
        "names": {f"rung.{number}": words.rung(number) for number in sorted(steps)},
    }
    found = {"en": english}
    for language, told in translations_of(scenario).items():
        if language not in LANGUAGES:
            continue
        found[language] = {
            "title": told.title or english["title"],
            "state": told.state or english["state"],
            "alliance": told.alliance or english["alliance"],
            "domains": {**domains, **told.domains},
            "names": dict(told.names),
        }
    return found


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


def of_member(member: Member, path: str, scenario: Scenario) -> str:
    """Return what a number of a member is, in words."""
    head, _, rest = path.partition(".")
    if head == "offset":
        return OFFSET
    if head == "exposure":
        titles = {threat.name: threat.title for threat in scenario.threats}
        return f"exposure to {titles.get(rest, rest)}, times the alliance's own"
    accession = member.accessions[int(rest.partition(".")[0])]
    return f"weight of those that joined in {accession.date.year}"


def of_number(path: str, scenario: Scenario) -> str:
    """Return what a number or a day of a scenario is, in words made of its path."""
    head, *rest = path.split(".")
    if head in HEADS and rest:
        owner = follow(scenario, f"{head}.{rest[0]}")
        title = getattr(owner, "title", rest[0])
        if head == "member" and rest[1:] and rest[-1] not in ("date", "states"):
            return f"{title}: {of_member(owner, '.'.join(rest[1:]), scenario)}"
        if head == "juncture" and len(rest) > 2 and rest[1] in ("effect", "replacement"):
            return f"{title}: {_of_effect(path, rest, scenario)}"
        return f"{title}: {' '.join(map(_plain, rest[1:]))}"
    return f"{_plain(head)}: {', '.join(map(_plain, rest))}" if rest else _plain(head)


def _of_effect(path: str, rest: list[str], scenario: Scenario) -> str:
    effect = follow(scenario, path.rpartition(".")[0])
    of = (effect.of or "").replace("_", " ")
    moved = MOVES[effect.moves].format(of=of, domain=effect.domain)
    what = moved if rest[-1] == "size" else f"{moved}, {_plain(rest[-1])}"
    return what if rest[1] == "effect" else f"{what}, of what stands in its place"


def _plain(part: str) -> str:
    return part.replace("_", " ")
