"""The tables that hold what is there and what happens: frozen, complete, checked at birth.

Each class is one table of a scenario file; coefficients are in `alliance_sim.scenario.theory`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from alliance_sim import calendar
from alliance_sim.errors import shown, unknown_name
from alliance_sim.scenario.fields import (
    Amount,
    Between,
    Day,
    Domain,
    Heads,
    Name,
    Number,
    Part,
    Real,
    Series,
    Share,
    Shares,
    Strength,
    Strengths,
    Table,
    Text,
    Years,
)

PeriodId = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]{0,9}$")]


def _simulated(year: int) -> int:
    if not EARLIEST <= year <= LATEST:
        raise ValueError(f"is {shown(year)}, must be a year from {EARLIEST} to {LATEST}")
    return year


EARLIEST, LATEST = 1900, 2100
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
Year = Annotated[int, AfterValidator(_simulated)]


class Time(Part):
    """Which years are simulated, and how finely."""

    first_year: Year = 1950
    last_year: Year = 2025
    steps_per_year: Literal[1, 2, 4, 12] = 4


class Period(Part):
    """What differs between the stages of a history and is not coded from the relationship.

    Its values hold from `start` on. Acts and claims may be cut on other days: a stage that begins
    with an event begins in the middle of a quarter.

    Attributes:
        id: How tables, claims and outcomes call it; "P1" for the first, and so on, if left out.
        acts_from: First day whose acts count to it; `start` if left out.
        acts_until: Last day; the eve of the next period, or the end of the run, if left out.
    """

    name: Name
    title: Text
    id: PeriodId | None = None
    start: Day
    acts_from: Day | None = None
    acts_until: Day | None = None
    commitment: Share  # the guarantor's commitment to the state [Us]
    networking: Share  # its preference for networked partners [net]
    link: Share  # how far the theatres are seen as one [link]
    hostility: Shares
    exposure_state: Shares
    exposure_alliance: Shares


def periods_of(declared: tuple[Period, ...], last_year: int) -> tuple[calendar.Period, ...]:
    """Return the periods in which acts are counted, in order.

    Args:
        declared: The tables of a scenario.
        last_year: Of the run; the last period ends with it unless it says when.
    """
    starts = [period.acts_from or period.start for period in declared]
    eves = [start - dt.timedelta(days=1) for start in starts[1:]]
    ends = [*eves, dt.date(last_year, 12, 31)]
    return tuple(
        calendar.Period(period.id or f"P{number}", period.title, start, period.acts_until or end)
        for number, (period, start, end) in enumerate(
            zip(declared, starts, ends, strict=True), start=1
        )
    )


class SeriesInput(Part):
    """A published yearly series turned into an input between 0 and 1.

    The formula: the mean of the years within `window` years either side that have an entry,
    divided by `divide_by`, kept between `floor` and 1. A year without any entry in its window
    takes the latest earlier mean; before the first and after the last entry the nearest mean
    holds, or `floor` where `outside` is "floor".
    """

    series: Text
    divide_by: Amount
    window: int = Field(ge=0, le=10)
    outside: Literal["hold", "floor"] = "hold"
    floor: Share


def _form_of_input(data: Any) -> str:
    keys = data if isinstance(data, dict) else getattr(data, "__dict__", {})
    return "series" if "series" in keys else "number"


Input = Annotated[
    Annotated[SeriesInput, Tag("series")] | Annotated[Share, Tag("number")],
    Discriminator(_form_of_input),
]
"""A series turned into an input, or one number for all years."""


class Partners(Part):
    """The two sides of the relationship by name, and what they are called in words."""

    name: Name
    state: Name
    state_title: Text
    alliance: Name
    alliance_title: Text
    state_capability: Input


class Threat(Part):
    """An external threat."""

    name: Name
    title: Text
    region: Literal["euro_atlantic", "asia", "global"]
    distracts: bool = False  # whether it draws the alliance away from other theatres
    offence: Share  # how far its forces can reach out
    capability: Input


class Accession(Part):
    """The day on which states joined, and how many they were."""

    date: Day
    states: Heads
    weight: Share
    source: Text


class Member(Part):
    """A member of the alliance, or a group of members that decide alike.

    A `guarantor` protects the state by a treaty of its own; the record leaves such ties out, so
    it starts no events on a track of its own.
    """

    name: Name
    title: Text
    guarantor: bool = False
    offset: Real  # [d_m] willingness against the alliance's mean, log-odds
    exposure: Strengths = Table()  # times the alliance's own
    accessions: tuple[Accession, ...] = Field(alias="accession", min_length=1)


class Leader(Part):
    """A spell in office of a prime minister or a Secretary General.

    Where two spells of one partner overlap, their pushes add up; while a juncture leads, they count
    for nothing.
    """

    name: Name
    title: Text
    partner: Literal["state", "alliance"]
    start: Day
    end: Day
    push: Real
    source: Text


class Effect(Part):
    """What a juncture moves, by how much and for how long.

    `moves` with `of`: "hostility" of a threat; "commitment", "networking", "link" or "attention"
    (of the alliance to distant regions; no `of`); "win_set" of a domain; "leadership" or
    "involvement" of "state" or "alliance"; "need" of a partner in a `domain`.
    Without `half_life` the effect lasts to the juncture's end, or for good.
    `drawn` adds one draw per run with the domestic leader spread (leadership only).
    """

    moves: Literal[
        "hostility",
        "commitment",
        "networking",
        "link",
        "win_set",
        "leadership",
        "involvement",
        "need",
        "attention",
    ]
    of: Name | None = None
    domain: Domain | None = None
    size: Real
    half_life: Years | None = None
    drawn: bool = False

    @property
    def name(self) -> str:
        """How the effect is called in paths, such as "hostility_terrorism"."""
        return "_".join(part for part in (self.moves, self.of, self.domain) if part)


class Juncture(Part):
    """A dated shock, with its card: what replaces it, and what it descends from.

    Attributes:
        present: False once it has been removed by an edit.
        mission: Whether its end is the end of a mission, which costs mission assets.
        follows: Junctures without which it would not have come as it did.
        when_cause_removed: "stays" as dated, "falls" away, or is "drawn" with `log_hazard`
            from the day of the missing cause on (laws only).
        when_removed: In words, what stands in its place when it is itself removed.
        replacement: The effects of what stands in its place.
        original_date: Where it stood before it was moved.
    """

    name: Name
    title: Text
    kind: Literal["event", "law", "leader", "mission"]
    date: Day
    end: Day | None = None
    original_date: Day | None = None
    source: Text
    present: bool = True
    mission: bool = False
    follows: tuple[Name, ...] = ()
    when_cause_removed: Literal["stays", "falls", "drawn"] = "stays"
    log_hazard: Real | None = None
    when_removed: Text
    effects: tuple[Effect, ...] = Field(default=(), alias="effect")
    replacements: tuple[Effect, ...] = Field(default=(), alias="replacement")

    @property
    def spellings(self) -> tuple[str, ...]:
        """What people may write for its name: title, day, and day in words, in this order."""
        day = self.original_date or self.date
        month = MONTHS[day.month - 1]
        return (self.title, day.isoformat(), f"{day.day} {month} {day.year}")


def unknown_juncture(name: str, junctures: Iterable[Juncture]) -> str:
    """Return the sentence for an unknown juncture; titles and days count as spellings of names."""
    also = {juncture.name: juncture.spellings for juncture in junctures}
    return unknown_name("juncture", name, also, also)


class Rung(Part):
    """A step of the formal ladder (B.2)."""

    number: int = Field(ge=1, le=20)
    name: Name
    title: Text
    log_hazard: Real  # [a_k]
    demand: Real  # [q_k] asked of every member, log-odds
    domestic_demand: Share  # asked of the state's mean win-set
    opens: Day | None = None  # an alliance-wide policy without which it cannot come
    granted: bool = False  # comes to every partner at once, without being asked for
    event_domain: Series  # how the step stands in a chronology
    event_kind: Name
    salience: int = Field(ge=1, le=3)


class Item(Part):
    """A formal proposal beside the ladder that the Council takes up on a given day."""

    name: Name
    title: Text
    tabled: Day
    demand: Real
    source: Text


class Counting(Part):
    """How many events a level shows itself in (B.1)."""

    log_rate: Real  # [al] log of events per year and unit of level
    slope: Strength  # [ga]
    size: Amount  # [phi] of the negative binomial
    rise: Annotated[Number, AfterValidator(Between(0.0, 1000.0))]  # events per unit risen


class Kind(Part):
    """A kind of event in a domain, how common it is and from which level on it occurs."""

    domain: Series
    name: Name
    title: Text
    weight: Annotated[Number, AfterValidator(Between(0.0, 1000.0))]
    from_level: Share
    assets_pull: Real  # log weight per unit of institutional assets
    salience: Real  # log-odds of more than salience 1
    single_ally: Share  # part that runs on a single ally's own track


class Observation(Part):
    """How a run shows itself in dated events (B.1)."""

    counting: Annotated[dict[Series, Counting], AfterValidator(Table)]
    suspension: Real  # [a_x] log rate per year at no entrapment
    suspension_entrapment: Strength  # [f]
    suspension_months: Amount  # mean length
    initiator: Real  # [a0]
    initiator_gap: Strength  # [a1]
    joint: Share  # part of Alliance-track events that both sides start
    top_salience: Share  # part of events above salience 1 that reach 3


class Prior(Part):
    """What will be believed about a number, or about several alike, before it is fitted.

    Attributes:
        path: Of the number; with one `*` that of all entries of a list or table, which are alike.
        family: Of the distribution, which is cut at the number's range; "shrunk" is a normal
            around `parameters` whose standard deviation is the spread of its `group`.
        parameters: Of the family, in its order.
        group: The `[[spread]]` of a shrunk number.
        scale: The scale that a normal or shrunk number is normal on, where it is not its own.
        difference: Whether it is not of the number but of what the number is moved by, on the
            scale, away from the common one that a path with `*` gives it.
        source: Where it comes from.
    """

    path: Text
    family: Literal[
        "normal",
        "half_normal",
        "lognormal",
        "logit_normal",
        "beta",
        "gamma",
        "exponential",
        "uniform",
        "shrunk",
    ]
    parameters: tuple[float, ...] = Field(min_length=1, max_length=2)
    group: Name | None = None
    scale: Literal["log_odds", "log"] | None = None
    difference: bool = False
    source: Text


class Spread(Part):
    """How far apart the numbers of a group are, itself to be fitted: what shrinks them."""

    name: Name
    family: Literal["half_normal", "exponential", "lognormal"] = "half_normal"
    parameters: tuple[float, ...] = Field(min_length=1, max_length=2)
    source: Text


class Change(Part):
    """One edit that was made to a scenario, kept with it.

    Attributes:
        words: What it did, in a few words.
        path: Where; "juncture.<name>.present" and "juncture.<name>.date" for junctures, the table
            itself where one was added.
        value: What stands there since; a date as text; None where a table was added, or a juncture
            was moved by a number of quarters.
        by_quarters: By how many quarters a juncture was moved.
        end: What became of the end of a juncture that was moved, where that was said.
        meant: True where nobody is to be warned of what is unusual about it.
        asked: The text that asked for it, where the rest does not say it; see `text`.
        times: How many times the number before it is, where that was asked for.
        like: Path of another number that it was given the value of, where that was asked for.
    """

    words: str
    path: str
    value: bool | int | float | str | None = None
    by_quarters: int | None = None
    end: str | None = None
    meant: bool | None = None
    asked: str | None = None
    times: float | None = None
    like: str | None = None

    @property
    def text(self) -> str:
        """The edit in the grammar of `scenario.edit_texts`, to make it again; "" for a new table.

        Several changes that were asked for together have the same text.
        """
        head, _, rest = self.path.partition(".")
        name, _, field = rest.rpartition(".")
        if self.asked is not None:
            return self.asked
        if head == "juncture" and field == "present" and self.value is False:
            return f"without {name}"
        if head == "juncture" and field == "date":
            when = self.value if self.by_quarters is None else f"{self.by_quarters:+d}"
            return f"shift {name}:{when}" + (f":{self.end}" if self.end else "")
        if self.value is None:
            return ""
        value = str(self.value).lower() if isinstance(self.value, bool) else self.value
        return f"set {self.path}={value}"
