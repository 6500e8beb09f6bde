"""States held at a value over a window of time, whatever the rules would make of them.

    hold level_operations=0.1@2003..2010    from the first quarter of 2003 to the last of 2010
    hold rung=3@2014Q2..2018Q1              by quarters; @2014 alone is all of 2014
    hold hostility_raiders=1@2004-09-11..2006

In each quarter of the window all decide as ever, from what everybody was last quarter; the state
then becomes the value in place of what the rules say. What shows or sums it up in the same quarter
(acts, the highest level, rungs climbed, how hard a threat presses) sees the value, and everybody
else from the next quarter on, as they see every state. After the window the rules go on from there.

A state can be held if something in the model follows from it and from nothing that stands behind
it; `holdable` names them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from alliance_sim.calendar import moment
from alliance_sim.errors import unknown_name
from alliance_sim.scenario.fields import DOMAINS, Part, Text, written_day, written_number
from alliance_sim.scenario.path import Entries, PathProblem
from alliance_sim.scenario.schema import Change

if TYPE_CHECKING:
    from alliance_sim.calendar import Calendar
    from alliance_sim.scenario.scenario import Scenario

PATH = "hold"  # where holds stand in a scenario
FORM = "STATE=VALUE@FROM..TO, with years, quarters or days, or STATE=VALUE@YEAR"
EXAMPLE = "level_operations=0.1@2003..2010"
OF_AN_EDIT = (
    "a state is held by a text of the list edits in a file that extends a scenario: "
    f'edits = ["{PATH} {EXAMPLE}"]'
)
LADDER, AGREEMENTS = "rung", "agreements"

# States that can be held, as they are reported, and in a word what follows from them.
CAN_BE_HELD = {
    "level_{domain}": "acts, willingness, assets, formal steps",
    "willing_{state}_{domain}": "the level",
    "win_set_{domain}": "the level, ratification",
    "assets_general": "willingness, formal steps",
    "assets_mission": "willingness, formal steps",
    LADDER: "which step can be tried next, assets",
    AGREEMENTS: "further agreements, willingness",
    "attention_{alliance}": "how far distant threats reach members",
    "perceived_{state}_{threat}": "shared fears, laws",
    "hostility_{threat}": "the threat that everybody feels",
}
# Reported states that cannot, by how their names begin, and why not.
CANNOT_BE_HELD = {
    "willing_{alliance}_": "is worked out anew from what each member wants",
    "perceived_{alliance}_": "is worked out anew from what each member feels; hold hostility_...",
    "agenda_overlap": "is worked out anew from the threats that both feel; hold perceived_...",
    "ratio_": "is what willingness is made of; hold willing_{state}_...",
    "count_": "nothing in the model follows from how many acts there were; hold level_...",
    "suspensions": "nothing in the model follows from it; hold level_operations",
    "blocked": "nothing in the model follows from it; hold rung",
    "refused_": "nothing in the model follows from it; hold rung",
    "passed_": "nothing in the model follows from it",
}


class Hold(Part):
    """One state that is held.

    Attributes:
        state: A reported state.
        value: What it is held at.
        window: From when to when, both included: years, parts of years or days, as "2003..2010".
    """

    state: Text
    value: float
    window: Text

    @property
    def text(self) -> str:
        """The edit that makes it, as a text."""
        return f"{PATH} {self.state}={_plain(self.value)}@{self.window}"


class Limits(NamedTuple):
    """Between which values a state can be held, both included, and whether at whole numbers."""

    low: float
    high: float
    whole: bool


@dataclass(frozen=True)
class HoldState:
    """The edit that holds a state at a value over a window."""

    hold: Hold

    @property
    def words(self) -> str:
        """What the edit does."""
        first, dots, last = self.hold.window.partition("..")
        when = f"from {first} to {last}" if dots else f"in {first}"
        return f"{self.hold.state} held at {_plain(self.hold.value)} {when}"

    @property
    def change(self) -> Change:
        """What the edit does, as a scenario keeps it."""
        return Change(words=self.words, path=PATH, value=self.hold.value, asked=self.hold.text)

    def applied(self, scenario: Scenario) -> Scenario:
        """Return the scenario in which the state is held; `hold_problems` tells of the rest."""
        if self.hold in scenario.holds:
            raise PathProblem(f"{self.hold.text}: is held so already; say it once")
        held = sorted((*scenario.holds, self.hold), key=lambda one: (one.state, one.window))
        return scenario.model_copy(update={"holds": Entries(held)})


def read_hold(text: str) -> HoldState | None:
    """Return the edit that "STATE=VALUE@FROM..TO" asks for, None if it is not written so."""
    state, _, rest = (part.strip() for part in text.partition("="))
    value, _, window = (part.strip() for part in rest.partition("@"))
    number = written_number(value)
    ends = [end.strip() for end in window.split("..")]
    if not state or number is None or len(ends) > 2 or not all(ends):
        return None
    if len(ends) == 2 and ends[0] == ends[1]:
        ends = ends[:1]
    return HoldState(Hold(state=state, value=number + 0.0, window="..".join(ends)))


def holdable(scenario: Scenario) -> dict[str, Limits]:
    """Return the states of a scenario that can be held, by name, and between which values."""
    partners = scenario.partners
    threats = sorted(threat.name for threat in scenario.threats)
    labels = {"domain": DOMAINS, "threat": threats}
    whole = {LADDER: float(len(scenario.rungs)), AGREEMENTS: _states(scenario)}
    found = {}
    for pattern in CAN_BE_HELD:
        axis = next((name for name in labels if f"{{{name}}}" in pattern), None)
        for label in labels[axis] if axis else ("",):
            name = pattern.format(
                state=partners.state, alliance=partners.alliance, domain=label, threat=label
            )
            found[name] = Limits(0.0, whole.get(name, 1.0), name in whole)
    return found


def _states(scenario: Scenario) -> float:
    """Return how many states join the alliance in all."""
    joined = (a.states for member in scenario.members for a in member.accessions)
    return float(sum(int(getattr(states, "value", states)) for states in joined))


def window_of(hold: Hold, calendar: Calendar, problems: list[str] | None = None) -> tuple[int, int]:
    """Return the first step in which a state is held and one past the last.

    Args:
        hold: What is held.
        calendar: The steps of a run.
        problems: Where a sentence goes that says what is wrong; (0, 0) is returned then.
    """
    told: list[str] = []
    ends = [_end(text, calendar, told) for text in hold.window.split("..")]
    first, last = ends[0], ends[-1]
    if first is not None and last is not None and not told and last[1] <= first[0]:
        told.append(f"{hold.window} ends before it begins")
    if problems is not None:
        problems += [f"{hold.text}: {problem}" for problem in told]
    if told or first is None or last is None:
        return 0, 0
    return first[0], last[1]


def _end(text: str, calendar: Calendar, problems: list[str]) -> tuple[int, int] | None:
    """Return the first step that one end of a window means, and one past the last."""
    day = written_day(text)
    if day is None:
        return moment(text, calendar, problems)
    if not calendar.first_year <= day.year <= calendar.last_year:
        problems.append(
            f"time is {text}, must be from {calendar.first_year} to {calendar.last_year}"
        )
        return None
    step = calendar.index(day)
    return step, step + 1


def hold_problems(
    scenario: Scenario, edits: Iterable[tuple[str, str]] | None = None
) -> Iterator[str]:
    """Yield a sentence for each hold of a scenario that cannot be, and for each two that clash.

    Args:
        scenario: The scenario.
        edits: Text and path of each edit that may clash with a hold; those of the scenario if left
            out.
    """
    if not scenario.holds:
        return
    calendar, known = scenario.calendar(), holdable(scenario)
    windows = []
    for hold in scenario.holds:
        told: list[str] = []
        window = window_of(hold, calendar, told)
        if hold.state not in known:
            yield f"{hold.text}: {_unknown(hold.state, scenario, known)}"
        elif wrong := _out_of_range(hold, known[hold.state]):
            yield f"{hold.text}: {wrong}"
        yield from told
        if not told:
            windows.append((hold, window))
    yield from _clashes(windows, calendar)
    told_of = edits if edits is not None else ((c.text, c.path) for c in scenario.edits)
    yield from _hidden(windows, scenario, told_of)


def _unknown(name: str, scenario: Scenario, known: Mapping[str, Limits]) -> str:
    partners = {"state": scenario.partners.state, "alliance": scenario.partners.alliance}
    for pattern, why in CANNOT_BE_HELD.items():
        beginning = pattern.format(**partners)
        if name == beginning or (beginning.endswith("_") and name.startswith(beginning)):
            told = f"{name} cannot be held: it {why.format(**partners)}"
            return told.replace("it nothing", "nothing") + f" (can be held: {', '.join(known)})"
    return unknown_name("state that can be held", name, known)


def _out_of_range(hold: Hold, limits: Limits) -> str:
    """Return why a state cannot have a value, "" if it can."""
    found, high = _plain(hold.value), _plain(limits.high)
    if hold.state == LADDER and hold.value > limits.high:
        return f"{found} is above the ladder, whose last rung is {high}"
    if limits.whole and (not hold.value.is_integer() or not 0.0 <= hold.value <= limits.high):
        return f"{hold.state} is {found}, must be a whole number from 0 to {high}"
    if not limits.low <= hold.value <= limits.high:
        return f"{hold.state} is {found}, must be from {_plain(limits.low)} to {high}"
    return ""


def _clashes(windows: list[tuple[Hold, tuple[int, int]]], calendar: Calendar) -> Iterator[str]:
    """Yield a sentence for each two holds of one state that overlap."""
    for later, (second, its) in enumerate(windows):
        for first, mine in windows[:later]:
            start, stop = max(mine[0], its[0]), min(mine[1], its[1])
            if first.state == second.state and start < stop:
                yield (
                    f"{first.text!r} and {second.text!r} contradict each other from "
                    f"{calendar.label(start)} to {calendar.label(stop - 1)}; leave one out, or let "
                    "one window end before the other begins"
                )


def _hidden(
    windows: list[tuple[Hold, tuple[int, int]]],
    scenario: Scenario,
    edits: Iterable[tuple[str, str]],
) -> Iterator[str]:
    """Yield a sentence for each edit of a period's hostility that a hold leaves no quarter to."""
    calendar, periods = scenario.calendar(), scenario.periods
    for text, path in edits:
        head, _, rest = path.partition(".")
        name, _, what = rest.partition(".")
        place = next((k for k, period in enumerate(periods) if period.name == name), None)
        if head != "period" or place is None:
            continue
        start = max(0, calendar.index(periods[place].start))
        after = periods[place + 1 :]
        stop = calendar.index(after[0].start) if after else calendar.steps
        for hold, (first, last) in windows:
            threat = hold.state.removeprefix("hostility_")
            if what == f"hostility.{threat}" and first <= start and stop <= last:
                yield (
                    f"{text!r} and {hold.text!r} contradict each other: nothing is left of "
                    "the first where the state is held; leave one out"
                )


def _plain(value: float) -> str:
    return repr(value).removesuffix(".0")


def without_empty(tree: dict[str, Any]) -> dict[str, Any]:
    """Return a scenario as plain tables without the list of what is held, where nothing is."""
    return {key: value for key, value in tree.items() if key not in (PATH, "holds") or value}
