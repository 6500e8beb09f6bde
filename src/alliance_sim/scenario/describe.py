"""A scenario in words: what acts, what was edited, what responds, and how two of them differ."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from alliance_sim.provenance import WORDS_ONLY
from alliance_sim.scenario.causes import doubts, missing_causes
from alliance_sim.scenario.edit import as_tree
from alliance_sim.scenario.path import entries, is_number, numbers
from alliance_sim.scenario.scenario import Scenario
from alliance_sim.scenario.schema import Change, Effect, Juncture

MOVES = {
    "hostility": "hostility of {of}",
    "commitment": "commitment of the guarantor",
    "networking": "the guarantor's preference for networks",
    "link": "link between theatres",
    "win_set": "what law allows in {of}",
    "leadership": "leadership of the {of}",
    "involvement": "involvement of the {of} in conflicts",
    "attention": "attention of the alliance to distant regions",
    "need": "need of the {of} for {domain} cooperation",
}
LONGEST = 400  # letters of a text that differs
ABSENT = "-"


def standing(juncture: Juncture, lacking: Mapping[str, Juncture], *, titles: bool = False) -> str:
    """Return how a juncture stands in a scenario, in words.

    Args:
        juncture: The juncture.
        lacking: What `missing_causes` returns.
        titles: Whether to call a cause by its title, to be read, in place of its name.
    """
    if not juncture.present:
        return "removed"
    cause = lacking.get(juncture.name)
    if cause is not None:
        called = f"“{cause.title}”" if titles else cause.name
        late = juncture.when_cause_removed == "drawn" and _comes(cause, lacking)
        since = f" from {cause.date} on" if late else ""
        return f"{without_cause(juncture)}{since}, as {called} is not there in time"
    if juncture.original_date is not None and juncture.original_date != juncture.date:
        return f"moved from {juncture.original_date}"
    return "as dated"


def _comes(cause: Juncture, lacking: Mapping[str, Juncture]) -> bool:
    """Return whether a cause that is not there in time comes later, and is not gone."""
    return cause.present and cause.name not in lacking


def without_cause(juncture: Juncture) -> str:
    """Return what becomes of a juncture whose cause is not there in time."""
    return "left to chance" if juncture.when_cause_removed == "drawn" else "falls away"


def effect_in_words(effect: Effect) -> str:
    """Return what an effect moves, such as "hostility of terrorism +0.7, half gone in 10 years"."""
    what = MOVES[effect.moves].format(of=(effect.of or "").replace("_", " "), domain=effect.domain)
    text = f"{what} {effect.size.value:+g}"
    if effect.drawn:
        text += ", plus a draw once per run"
    if effect.half_life is not None:
        text += f", half gone in {effect.half_life.value:g} years"
    return text


def explain(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario in words, as plain values fit for JSON.

    Returns:
        Keys `name`, `title`, `question`, `description`, `edits`, `responses`, `warnings`, `years`
        (first and last), `members` and `steps` (how many), `numbers` (how many),
        `assumed_numbers`, `theory`, `council`, `periods` and `junctures`. A juncture has `name`,
        `title`, `kind`, `date`, `end`, `standing`, `effects`, `follows`, `when_removed`,
        `replacement` and `source`; a response, which is what an edit comes to, has `name`, `what`
        ("removed", "moved", "falls away", "left to chance"), `words`, `gone`, the effects that go
        with it, and `edit`, the edit itself, None where it follows from another.
    """
    lacking = missing_causes(scenario.junctures)
    found = list(numbers(scenario))
    return {
        "name": scenario.name,
        "title": scenario.title,
        "question": scenario.question,
        "description": " ".join(scenario.description.split()),
        "edits": [edit.words for edit in scenario.edits],
        "responses": list(_responses(scenario, lacking)),
        "warnings": list(doubts(scenario)),
        "years": [scenario.time.first_year, scenario.time.last_year],
        "members": len(scenario.members),
        "steps": len(scenario.rungs),
        "numbers": len(found),
        "assumed_numbers": assumed_numbers(scenario),
        "theory": scenario.theory.model_dump(),
        "council": scenario.council.rule,
        "periods": [
            {
                "name": p.name,
                "title": p.title,
                "start": str(p.start),
                "commitment": p.commitment.value,
                "networking": p.networking.value,
                "link": p.link.value,
            }
            for p in sorted(scenario.periods, key=lambda p: p.start)
        ],
        "junctures": [
            _card(juncture, lacking)
            for juncture in sorted(scenario.junctures, key=lambda j: (j.date, j.name))
        ],
    }


def assumed_numbers(scenario: Scenario, *, but: Collection[str] = ()) -> int:
    """Return how many numbers of a scenario are judgements rather than read from a source.

    Args:
        scenario: The scenario.
        but: Paths of those that are not counted, as draws of a fit take their place.
    """
    fitted = frozenset(but)
    return sum(number.assumed and path not in fitted for path, number in numbers(scenario))


def _responses(scenario: Scenario, lacking: Mapping[str, Juncture]) -> Iterator[dict[str, Any]]:
    """Yield what became of each juncture that was edited, or that hangs on one that was, by date.

    An end that moved along, a law whose day is left to chance and the effects that go with what
    goes are part of it.
    """
    for juncture in sorted(scenario.junctures, key=lambda j: (j.original_date or j.date, j.name)):
        cause = lacking.get(juncture.name)
        moved = juncture.original_date not in (None, juncture.date)
        until = "" if juncture.end is None else f" to {juncture.end}"
        words, gone = f"{juncture.title}, {juncture.date}{until}", True
        if not juncture.present:
            what = "removed"
            words += f"; in its place: {juncture.when_removed}"
        elif cause is not None:
            what = without_cause(juncture)
            late = "comes later" if _comes(cause, lacking) else "is gone"
            words += f", as “{cause.title}” {late}"
        elif moved:
            what, gone = "moved", False
            words = f"{juncture.title}, from {juncture.original_date} to {juncture.date}"
            words += _end_in_words(juncture, scenario.edits)
        else:
            continue
        effects = [effect_in_words(effect) for effect in juncture.effects] if gone else []
        own = f"juncture.{juncture.name}."
        edits = [edit.words for edit in scenario.edits if edit.path.startswith(own)]
        told = {"name": juncture.name, "what": what, "words": words, "gone": effects}
        yield told | {"edit": edits[-1] if edits else None}


def _end_in_words(juncture: Juncture, edits: Sequence[Change]) -> str:
    """Return what became of the end of a juncture that was moved, "" if it has none."""
    if juncture.end is None or juncture.original_date is None:
        return ""
    ends = [edit.end for edit in edits if edit.path == f"juncture.{juncture.name}.date"]
    if ends[-1:] in ([None], ["moves"], []):
        before = juncture.end - (juncture.date - juncture.original_date)
        return f"; its end moves along, from {before} to {juncture.end}"
    return f"; its end stays {juncture.end}" if ends[-1] == "stays" else f"; it ends {juncture.end}"


def _card(juncture: Juncture, lacking: Mapping[str, Juncture]) -> dict[str, Any]:
    return {
        "name": juncture.name,
        "title": juncture.title,
        "kind": juncture.kind,
        "date": str(juncture.date),
        "end": None if juncture.end is None else str(juncture.end),
        "standing": standing(juncture, lacking),
        "effects": [effect_in_words(effect) for effect in juncture.effects],
        "follows": list(juncture.follows),
        "when_removed": juncture.when_removed,
        "replacement": [effect_in_words(effect) for effect in juncture.replacements],
        "source": juncture.source,
    }


class Difference(NamedTuple):
    """One place in which two scenarios differ."""

    path: str
    first: Any
    second: Any


def diff(first: Scenario, second: Scenario) -> list[Difference]:
    """Return every place in which two scenarios differ, in the order of the schema.

    Titles and descriptions are left out. A table that only one of them has is named once, with
    "-" on the other side; a hold is told whole. Of a number, the value is compared, then its
    range and source.
    """
    left, right = as_tree(first), as_tree(second)
    for key in (*WORDS_ONLY, "hold"):
        left.pop(key, None)
        right.pop(key, None)
    holds = [{(one.state, one.window): one.text for one in both.holds} for both in (first, second)]
    return [
        *_differences(left, right, ""),
        *(
            Difference(f"hold.{key[0]}", *(one.get(key, f"hold {ABSENT}")[5:] for one in holds))
            for key in dict.fromkeys([*holds[0], *holds[1]])
            if holds[0].get(key) != holds[1].get(key)
        ),
    ]


def _differences(left: Any, right: Any, path: str) -> Iterator[Difference]:
    if left == right:
        return
    if is_number(left) and is_number(right):
        yield Difference(path, _number(left), _number(right))
        return
    lefts, rights = dict(entries(left)), dict(entries(right))
    if not lefts or not rights:
        yield Difference(path, _plain(left), _plain(right))
        return
    for key in [*lefts, *(k for k in rights if k not in lefts)]:
        here = f"{path}.{key}" if path else key
        if key not in rights:
            yield Difference(here, "there", ABSENT)
        elif key not in lefts:
            yield Difference(here, ABSENT, "there")
        else:
            yield from _differences(lefts[key], rights[key], here)


def _number(node: Any) -> str:
    return f"{node['value']:g} ({node['low']:g} to {node['high']:g}; {node['source']})"


def _plain(node: Any) -> str:
    if node is None or node == ():
        return ABSENT
    text = str(node)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
