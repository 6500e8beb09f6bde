"""What the page may edit of a scenario, as plain values: `page/src/engine/edits.ts` reads it.

An edit of the page is the edit of `whatif`: the same words, the same numbers of the recipe. What
only names and dates decide is told here; numbers with their ranges stand in `payload.numbers`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, get_args

from alliance_sim.scenario.edit_kinds import KINDS, example_of
from alliance_sim.scenario.holds import CANNOT_BE_HELD, holdable
from alliance_sim.scenario.path import follow, numbers, paths
from alliance_sim.scenario.schema import Juncture
from alliance_sim.scenario.theories import LATTICE, settings_under, theory_of
from alliance_sim.scenario.theory import Council, Switches
from alliance_sim.world.recipe import RESPONSES
from alliance_sim.world.tables import DECISIONS

if TYPE_CHECKING:
    from alliance_sim.scenario import Scenario
    from alliance_sim.scenario.schema import Effect

LEADERSHIP = "leadership"
OF_NO_WORLD = ("edits", "prior", "spread", "hold")  # what no edit of a world sets


def editable(scenario: Scenario) -> dict[str, Any]:
    """Return what the page may edit of a scenario, fit for JSON.

    Returns:
        `kinds`: how each kind of edit is written. `junctures` and `leaders`: by name, what edits of
        them need. `settings`: by path what a setting may be, with the recipe's number for each;
        null where the page sets none. `theories`: by name the numbers of the recipe that it sets.
        `holds`: what can be held, and what cannot.
    """
    return {
        "kinds": {
            word: {"form": kind.form, "example": example_of(scenario, word)}
            for word, kind in KINDS.items()
        },
        "junctures": {one.name: _juncture(one) for one in scenario.junctures},
        "leaders": {
            leader.name: {"partner": leader.partner, "push": leader.push.value}
            for leader in scenario.leaders
        },
        "settings": dict(_settings(scenario)),
        "theories": {
            name: {
                path: float(value)
                for path, value in settings_under(scenario, theory_of(name)).items()
            }
            for name in LATTICE
        },
        "holds": _holds(scenario),
    }


def _holds(scenario: Scenario) -> dict[str, Any]:
    """Return what holds of states need.

    Returns:
        `states`: by name lowest and highest value, and whether it has to be whole. `cannot`: by how
        names begin why they cannot be held. `periods`: by name the first step and one past the
        last, of periods whose hostility an edit may set.
    """
    partners, calendar = scenario.partners, scenario.calendar()
    starts = [max(0, calendar.index(period.start)) for period in scenario.periods]
    return {
        "states": {name: list(limits) for name, limits in holdable(scenario).items()},
        "cannot": {
            beginning.format(state=partners.state, alliance=partners.alliance): why.format(
                state=partners.state, alliance=partners.alliance
            )
            for beginning, why in CANNOT_BE_HELD.items()
        },
        "periods": {
            period.name: [start, stop]
            for period, start, stop in zip(
                scenario.periods, starts, [*starts[1:], calendar.steps], strict=True
            )
        },
    }


def _juncture(one: Juncture) -> dict[str, Any]:
    leads = next((effect for effect in one.effects if effect.moves == LEADERSHIP), None)
    stands = [
        place
        for place, effect in enumerate(one.replacements)
        if leads is not None and (effect.moves, effect.of) == (LEADERSHIP, leads.of)
    ]
    return {
        "spellings": list(one.spellings),
        "kind": one.kind,
        "present": one.present,
        "date": one.date.isoformat(),
        "end": None if one.end is None else one.end.isoformat(),
        "original": None if one.original_date is None else one.original_date.isoformat(),
        "follows": list(one.follows),
        "hazard": one.log_hazard is not None,
        "effects": [_effect(effect) for effect in one.effects],
        "leads": None
        if leads is None or one.kind != "leader"
        else {
            "of": leads.of,
            "push": leads.size.value,
            "replacement": stands[0] if len(stands) == 1 else None,
            "drawn": any(one.replacements[place].drawn for place in stands),
        },
    }


def _effect(effect: Effect) -> dict[str, Any]:
    return {
        "name": effect.name,
        "moves": effect.moves,
        "fades": effect.half_life is not None,
    }


def _settings(scenario: Scenario) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Yield every setting by its path, with what it may be where the page can set it."""
    members = sorted(member.name for member in scenario.members)
    choices: dict[str, dict[str, float]] = {
        "council.rule": {
            name: float(DECISIONS[name])
            for name in get_args(Council.model_fields["rule"].annotation)
        },
        "council.leader": {name: float(place) for place, name in enumerate(members)},
    }
    switches: list[str] = [f"theory.{name}" for name in Switches.model_fields]
    for one in scenario.junctures:
        start = f"juncture.{one.name}"
        choices[f"{start}.when_cause_removed"] = {
            name: float(place) for place, name in enumerate(RESPONSES)
        }
        switches.append(f"{start}.present")
    every = {path for path, _ in numbers(scenario)}
    tree = scenario.model_dump(by_alias=True)
    for path in paths(tree):
        if path in every or path.startswith(OF_NO_WORLD):
            continue
        if path in choices:
            yield path, {"value": follow(tree, path), "choices": choices[path]}
        else:
            yield path, {"value": follow(tree, path), "choices": None} if path in switches else None
