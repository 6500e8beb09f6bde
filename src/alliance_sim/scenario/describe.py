"""A scenario in words: what acts, what was edited, and which junctures respond to an edit."""

from __future__ import annotations

from typing import Any

from alliance_sim.scenario.path import numbers
from alliance_sim.scenario.scenario import Scenario
from alliance_sim.scenario.schema import Effect, Juncture

MOVES = {
    "hostility": "hostility of {of}",
    "commitment": "US commitment",
    "networking": "US preference for networks",
    "link": "link between theatres",
    "win_set": "what law allows in {of}",
    "leadership": "leadership of the {of}",
    "involvement": "involvement of the {of} in conflicts",
    "need": "need of the {of} for {domain} cooperation",
}


def missing_cause(juncture: Juncture, by_name: dict[str, Juncture]) -> Juncture | None:
    """Return a juncture that this one cannot do without and that is not there in time.

    A cause is missing if it was removed, if it falls or has to be drawn for want of a cause of its
    own, or if it was moved behind this juncture's day. None for junctures that stay as dated
    whatever happens.
    """
    if juncture.when_cause_removed == "stays":
        return None
    for name in sorted(juncture.follows):
        cause = by_name[name]
        moved_behind = cause.original_date is not None and cause.date > juncture.date
        if not cause.present or missing_cause(cause, by_name) or moved_behind:
            return cause
    return None


def standing(juncture: Juncture, by_name: dict[str, Juncture]) -> str:
    """Return how a juncture stands in a scenario, in words."""
    if not juncture.present:
        return "removed"
    cause = missing_cause(juncture, by_name)
    if cause is not None:
        word = "drawn" if juncture.when_cause_removed == "drawn" else "falls away"
        return f"{word}, as {cause.name} is not there in time"
    if juncture.original_date is not None and juncture.original_date != juncture.date:
        return f"moved from {juncture.original_date}"
    return "as dated"


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
        Keys `name`, `title`, `question`, `description`, `edits`, `numbers` (how many),
        `assumed_numbers`, `theory`, `council`, `periods` and `junctures`; a juncture has `name`,
        `title`, `kind`, `date`, `end`, `standing`, `effects`, `follows`, `when_removed`,
        `replacement` and `source`.
    """
    by_name = {j.name: j for j in scenario.juncture}
    found = [node for _, node in numbers(scenario.model_dump())]
    return {
        "name": scenario.name,
        "title": scenario.title,
        "question": scenario.question,
        "description": " ".join(scenario.description.split()),
        "edits": list(scenario.edits),
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
            for p in sorted(scenario.period, key=lambda p: p.start)
        ],
        "junctures": [
            _card(juncture, by_name)
            for juncture in sorted(scenario.juncture, key=lambda j: (j.date, j.name))
        ],
    }


def assumed_numbers(scenario: Scenario) -> int:
    """Return how many numbers of a scenario are judgements rather than read from a source."""
    found = [node["source"] for _, node in numbers(scenario.model_dump())]
    return sum(source.strip().lower().startswith("assumed") for source in found)


def _card(juncture: Juncture, by_name: dict[str, Juncture]) -> dict[str, Any]:
    return {
        "name": juncture.name,
        "title": juncture.title,
        "kind": juncture.kind,
        "date": str(juncture.date),
        "end": None if juncture.end is None else str(juncture.end),
        "standing": standing(juncture, by_name),
        "effects": [effect_in_words(effect) for effect in juncture.effect],
        "follows": list(juncture.follows),
        "when_removed": juncture.when_removed,
        "replacement": [effect_in_words(effect) for effect in juncture.replacement],
        "source": juncture.source,
    }
