"""The kinds of edits that a text can ask for: how each is written, and what it comes to."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from alliance_sim.errors import LONGEST, ScenarioError, shown, unknown_name
from alliance_sim.scenario.edit import (
    MOVES,
    STAYS,
    Edit,
    Move,
    Remove,
    Set,
    juncture_named,
    value_at,
)
from alliance_sim.scenario.fields import Number, no_such_day, written_day, written_number
from alliance_sim.scenario.holds import EXAMPLE, FORM, read_hold
from alliance_sim.scenario.path import Entries, PathProblem
from alliance_sim.scenario.schema import Change, Effect, Juncture
from alliance_sim.scenario.theories import settings_under, theory_of

if TYPE_CHECKING:
    import datetime as dt

    from alliance_sim.scenario.scenario import Scenario

SOURCE = "asked"
LEADERSHIP: Literal["leadership"] = "leadership"
ON, OFF = "on", "off"
NONE, DRAWN = "none", "drawn"  # who may stand in a leader's place but another leader
LONGEST_QUARTERS, LONGEST_DAY = 5, 10  # letters


class Kind(NamedTuple):
    """One kind of edit.

    Attributes:
        read: Returns what the rest of a text comes to in a scenario.
        form: How the rest is written.
        example: Such a rest.
        words: What it does, in a few words.
    """

    read: Callable[[Scenario, str], list[Edit]]
    form: str
    example: str
    words: str


@dataclass(frozen=True)
class ReplaceLeader:
    """The edit that removes a leader's juncture and puts a push of known size in its place.

    Attributes:
        juncture: Name of the juncture.
        replacement: Whose push it is, or "none".
        push: How strong, log-odds.
        like: Path of the push of who stands in the place, None for nobody's.
    """

    juncture: str
    replacement: str
    push: float
    like: str | None = None

    @property
    def words(self) -> str:
        """What the edit does."""
        who = "nobody" if self.replacement == NONE else self.replacement
        return f"{self.juncture} replaced by {who}"

    @property
    def change(self) -> Change:
        """What the edit does, as a scenario keeps it."""
        return Change(
            words=self.words,
            path=f"juncture.{self.juncture}.present",
            value=False,
            asked=f"leader {self.juncture}={self.replacement}",
            like=self.like,
        )

    def applied(self, scenario: Scenario) -> Scenario:
        """Return the scenario with the push in the leader's place."""
        found = juncture_named(scenario, self.juncture)
        gone = Remove(self.juncture).applied(scenario)
        lost = _leadership(found)
        size = lost.size.model_copy(update={"value": self.push, "source": SOURCE})
        stands = Effect(moves=LEADERSHIP, of=lost.of, size=size)
        others = tuple(r for r in found.replacements if (r.moves, r.of) != (LEADERSHIP, lost.of))
        card = {"present": False, "replacements": (*others, stands)}
        after = found.model_copy(update=card)
        junctures = Entries(after if j.name == self.juncture else j for j in gone.junctures)
        return gone.model_copy(update={"junctures": junctures})


def standing_at(scenario: Scenario, path: str) -> str:
    """Return where the number stands that an edit at a path has put there.

    Of a leader's office, "juncture.<name>.present", it is that of who stands in the place.
    """
    head, name, *field = path.split(".")
    if (head, field) != ("juncture", ["present"]):
        return path
    there = juncture_named(scenario, name)
    led = {effect.of for effect in there.effects if effect.moves == LEADERSHIP}
    place = next(
        k for k, one in enumerate(there.replacements) if one.moves == LEADERSHIP and one.of in led
    )
    return f"juncture.{name}.replacement.{place}.size"


def example_of(base: Scenario, word: str) -> str:
    """Return what may stand behind the first word of an edit, with a name that a scenario has."""
    read, _, example, _ = KINDS[word]
    name, rest = re.split(r"\b", example, maxsplit=2)[1:]
    junctures = [one.name for one in base.junctures if one.present]
    for one in (name, *junctures, *(member.name for member in base.members)):
        with suppress(PathProblem, ScenarioError):
            for edit in read(base, f"{one}{rest}"):
                edit.applied(base)
            return f"{one}{rest}"
    return example


class Unreadable(PathProblem):
    """The rest of a text that is not of the form of its kind."""

    def __init__(self, word: str, rest: str) -> None:
        """Say how it is to be written."""
        form = KINDS[word].form
        super().__init__(f"{word} {shown(rest, LONGEST)}: cannot be read; write {form}")


def _halves(word: str, rest: str, marks: str, whole: str | None = None) -> tuple[str, str]:
    """Return what stands before and after the first of some marks.

    Args:
        word: First word of the text.
        rest: What is looked at.
        marks: The marks.
        whole: All that stands behind the word, if that is more.

    Raises:
        PathProblem: If none of them is there, or nothing stands on one side.
    """
    place = min((rest.find(mark) for mark in marks if mark in rest), default=-1)
    name, value = rest[:place].strip(), rest[place + 1 :].strip()
    if place < 0 or not name or not value:
        raise Unreadable(word, whole or rest)
    return name, value


def _without(base: Scenario, rest: str) -> list[Edit]:
    juncture_named(base, rest)
    return [Remove(rest)]


def _shift(base: Scenario, rest: str) -> list[Edit]:
    name, value = _halves("shift", rest, ":=")
    when, _, ends = (part.strip() for part in value.partition(":"))
    day = written_day(when)
    if missing := no_such_day(when) or no_such_day(ends):
        raise PathProblem(f"shift {shown(rest, LONGEST)}: {missing}")
    quarters = when[1:].isascii() and when[1:].isdigit() and when[0] in "+-"
    if (day is None and not quarters) or len(when) > (
        LONGEST_QUARTERS if day is None else LONGEST_DAY
    ):
        raise Unreadable("shift", rest)
    has_end = juncture_named(base, name).end is not None
    end: dt.date | str | None = MOVES if has_end else None
    if ends:
        end = ends if ends in (MOVES, STAYS) else written_day(ends)
        if end is None:
            raise Unreadable("shift", rest)
    return [Move(name, day, None if day else int(when), end)]


def _strength(base: Scenario, rest: str) -> list[Edit]:
    name, value = _halves("strength", rest, ":=")
    times = written_number(value)
    if times is None or not 0.0 <= times < math.inf:
        raise Unreadable("strength", rest)
    found = juncture_named(base, name)
    if not found.present:
        raise PathProblem(f"strength {name}: the juncture was removed, so it moves nothing")
    if not found.effects:
        raise PathProblem(f"strength {name}: the juncture itself moves nothing; what follows may")
    told = f"{name} at {times:g} times its strength"
    edits: list[Edit] = []
    for place, effect in enumerate(found.effects):
        size = effect.size.value * times
        if not effect.size.low <= size <= effect.size.high:
            raise PathProblem(f"strength {name}:{value}: {_out_of_range(effect, size)}")
        path = f"juncture.{name}.effect.{place}.size"
        edits.append(Set(path, size, SOURCE, number=True, told=told, times=times))
    return edits


def _out_of_range(effect: Effect, size: float) -> str:
    value, low, high = effect.size.value, effect.size.low, effect.size.high
    end = high if size > high else low
    most = f"; at most {end / value:.3g} times" if value and end / value > 0 else ""
    span = f"its range {low:g} to {high:g}"
    return f"{effect.name} would be {size:g}, outside {span}, and is {value:g}{most}"


def _set(base: Scenario, rest: str) -> list[Edit]:
    path, value = _halves("set", rest, "=")
    return [setting_read(base, path, value)]


def setting_read(base: Scenario, path: str, value: str, source: str = SOURCE) -> Set:
    """Return the edit that puts a value, given as text, at a path of a scenario.

    Raises:
        PathProblem: If there is no such path.
    """
    old = value_at(base, path)
    number = written_number(value)
    if isinstance(old, bool) and value.lower() in ("true", "false"):
        return Set(path, value.lower() == "true", source)
    if isinstance(old, int) and not isinstance(old, bool) and number is not None:
        return Set(path, int(number) if number.is_integer() else value, source)
    if isinstance(old, Number) and number is not None:
        return Set(path, number, source)
    if isinstance(old, Number | bool | int):
        return Set(path, value, source)
    return Set(path, written_day(value) or value, source)


def _hold(_: Scenario, rest: str) -> list[Edit]:
    found = read_hold(rest)
    if found is None:
        raise Unreadable("hold", rest)
    return [found]


def _leader(base: Scenario, rest: str) -> list[Edit]:
    name, other = _halves("leader", rest, "=")
    spells = {leader.name: leader for leader in base.leaders}
    offices = {j.name: j for j in base.junctures if j.kind == "leader" and _leads(j)}
    known = [*spells, *offices]
    problems = [
        unknown_name("leader", one, [*known, *more])
        for one, more in ((name, ()), (other, (NONE, DRAWN)))
        if one not in (*known, *more)
    ]
    if problems:
        raise PathProblem("; ".join(problems))
    if name == other:
        raise PathProblem(f"leader {name}: is replaced by the same; name another, none or drawn")
    if other == DRAWN:
        return _drawn(name, offices)
    partner = spells[name].partner if name in spells else _leadership(offices[name]).of
    push, like = 0.0, None
    if other != NONE:
        theirs = spells[other].partner if other in spells else _leadership(offices[other]).of
        if theirs != partner:
            raise PathProblem(
                f"leader {name}={other}: lead different sides, {partner} and {theirs}"
            )
        like = f"leader.{other}.push" if other in spells else _push_of(offices[other])
        push = value_at(base, like).value
    if name in offices:
        return [ReplaceLeader(name, other, push, like)]
    told = f"{name} replaced by {'nobody' if other == NONE else other}"
    return [Set(f"leader.{name}.push", push, SOURCE, number=True, told=told, like=like)]


def _drawn(name: str, offices: dict[str, Juncture]) -> list[Edit]:
    if name in offices and any(
        r.moves == LEADERSHIP and r.drawn for r in offices[name].replacements
    ):
        return [Remove(name)]
    can = [n for n, j in offices.items() if any(r.drawn for r in j.replacements)]
    which = f"; of these a successor is drawn: {', '.join(can)}" if can else ""
    raise PathProblem(f"leader {name}={DRAWN}: no successor is drawn for this one{which}")


def _leads(juncture: Juncture) -> bool:
    return any(effect.moves == LEADERSHIP for effect in juncture.effects)


def _push_of(office: Juncture) -> str:
    """Return where the push of a leader stands who is a juncture."""
    place = next(k for k, effect in enumerate(office.effects) if effect.moves == LEADERSHIP)
    return f"juncture.{office.name}.effect.{place}.size"


def _leadership(juncture: Juncture) -> Effect:
    return next(effect for effect in juncture.effects if effect.moves == LEADERSHIP)


def _council(base: Scenario, rest: str) -> list[Edit]:
    return [setting_read(base, "council.rule", rest)]


def _member(base: Scenario, rest: str) -> list[Edit]:
    name, more = _halves("member", rest, ":")
    path, value = _halves("member", more, "=", rest)
    known = [member.name for member in base.members]
    if name not in known:
        raise PathProblem(unknown_name("member", name, known))
    return [setting_read(base, f"member.{name}.{path}", value)]


def _motive(base: Scenario, rest: str) -> list[Edit]:
    name, value = _halves("motive", rest, "=")
    motives = type(base.motives).model_fields
    if name not in motives:
        raise PathProblem(unknown_name("motive", name, motives))
    number: Number = getattr(base.motives, name)
    middle = (number.low + number.high) / 2
    size = {OFF: 0.0, ON: middle}.get(value, written_number(value))
    if size is None:
        raise Unreadable("motive", rest)
    told = f"motive {name} {value}" if value in (ON, OFF) else f"motive {name} at {size:g}"
    if value == ON:
        told += f" (at {size:g}, the middle of its range)"
    return [Set(f"motives.{name}", size, SOURCE, number=True, told=told)]


def _keep(base: Scenario, rest: str) -> list[Edit]:
    found = juncture_named(base, rest)
    if not found.present:
        raise PathProblem(f"keep {rest}: the juncture was removed and cannot be held")
    if not found.follows:
        raise PathProblem(f"keep {rest}: follows nothing, so it stays as it is anyway")
    told = f"{rest} held as dated"
    return [Set(f"juncture.{rest}.when_cause_removed", STAYS, SOURCE, told=told)]


def _theory(base: Scenario, rest: str) -> list[Edit]:
    theory = theory_of(rest)
    told = f"under theory {theory.name}"
    return [Set(p, v, SOURCE, told=told) for p, v in settings_under(base, theory).items()]


KINDS = {
    "without": Kind(_without, "a juncture", "great_raid", "A juncture that never happens."),
    "shift": Kind(
        _shift,
        "JUNCTURE:+QUARTERS, JUNCTURE:-QUARTERS or JUNCTURE:DAY, and after one more colon what "
        "becomes of its end: moves, stays or a day",
        "great_raid:+16",
        "A juncture some quarters later (J:+16), or on another day (J:2005-03-01).",
    ),
    "strength": Kind(
        _strength,
        "JUNCTURE:TIMES, a number of at least 0",
        "great_raid:0.5",
        "All that a juncture moves, times a number (J:0.5).",
    ),
    "set": Kind(
        _set,
        "PATH=VALUE",
        "levels.pace=1.5",
        "A number inside its range, or a setting (PATH=VALUE).",
    ),
    "hold": Kind(
        _hold,
        FORM,
        EXAMPLE,
        "A state held at a value over a window of time (STATE=VALUE@FROM..TO).",
    ),
    "leader": Kind(
        _leader,
        "LEADER=OTHER, LEADER=none or LEADER=drawn",
        "admiral=none",
        "A leader with the push of another in office; or none, or drawn (NAME=OTHER).",
    ),
    "council": Kind(
        _council,
        "consensus, weighted_majority or leader",
        "weighted_majority",
        "How the alliance decides: consensus, weighted_majority or leader.",
    ),
    "member": Kind(
        _member, "MEMBER:PATH=VALUE", "hills:offset=0", "Something of a member (NAME:offset=0)."
    ),
    "motive": Kind(
        _motive,
        "MOTIVE=on, MOTIVE=off or MOTIVE=NUMBER",
        "leverage=on",
        "A motive on or off, or how strong it is (NAME=on).",
    ),
    "keep": Kind(
        _keep,
        "a juncture",
        "ports_act",
        "A juncture that stays as dated although what it follows is edited; else it responds.",
    ),
    "theory": Kind(
        _theory,
        "letters of the blocks that act",
        "RI",
        "Blocks of theory that act, such as RI, or N for none.",
    ),
}
