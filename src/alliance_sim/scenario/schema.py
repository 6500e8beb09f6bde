"""The parts of a scenario: frozen, complete, checked at birth.

Each class is one table of a scenario file. What the numbers do is said in `alliance_sim.rules`;
their symbols and priors are those of the method (section A), named in brackets here.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Never

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag

from alliance_sim.scenario.number import Amount, Between, Number, Real, Share, Strength, Years

Domain = Literal["political", "operations", "equipment"]
DOMAINS: tuple[Domain, ...] = ("political", "operations", "equipment")
Series = Literal["political", "operations", "equipment", "institution"]
SERIES: tuple[Series, ...] = ("political", "operations", "equipment", "institution")
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Text = Annotated[str, Field(min_length=1, max_length=4000)]
Heads = Annotated[int, Field(ge=1, le=20)]


class Table(dict[str, Any]):
    """A table with keys of the user's choosing that cannot be changed in place."""

    def _refuse(self, *_args: object, **_kwargs: object) -> Never:
        raise TypeError("a scenario cannot be changed in place; edits return a new one")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[Table], tuple[dict[str, Any]]]:
        """Let tables be copied and sent to other processes."""
        return (Table, (dict(self),))


class Part(BaseModel):
    """Base of every table: frozen, no unknown keys, no silent conversions."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


Shares = Annotated[dict[Name, Share], AfterValidator(Table)]
Strengths = Annotated[dict[Name, Strength], AfterValidator(Table)]


class Time(Part):
    """Which years are simulated, and how finely."""

    first_year: int = Field(default=1950, ge=1900, le=2100)
    last_year: int = Field(default=2025, ge=1900, le=2100)
    steps_per_year: Literal[1, 2, 4, 12] = 4


class Switches(Part):
    """Which blocks of theory are on: the eight rival variants (A.13).

    Attributes:
        threat: Realist block R: common threat, abandonment and entrapment, the US hub.
        institutions: Institutional block I: assets, spillover, networks of agreements.
        domestic: Domestic block D: the win-set and leadership.
    """

    threat: bool = True
    institutions: bool = True
    domestic: bool = True


class ByDomain(Part):
    """One number for each domain of cooperation."""

    political: Real
    operations: Real
    equipment: Real


class ShareByDomain(Part):
    """One share, 0 to 1, for each domain of cooperation."""

    political: Share
    operations: Share
    equipment: Share


class Willingness(Part):
    """What moves the log benefit/cost ratio of both partners (A.0 to A.5, A.10, A.11)."""

    floor_state: ByDomain  # [beta0_J] log-odds with nothing else at work
    floor_alliance: ByDomain  # [beta0_N]
    slow_memory: Share  # [rho] part of the slow noise left after a year
    slow_noise: Strength  # [s_u] standard deviation on log-odds
    threat_state: Strength  # [bT_J] per unit of agenda overlap
    threat_alliance: Strength  # [bT_N]
    distraction: Strength  # [bD] per unit of a home threat that is not linked
    abandonment: Strength  # [fA] per unit of doubt in the United States
    dependence: Share  # [dep_J] how far the state depends on the United States
    entrapment: Strength  # [fE] per unit of the other side's conflicts
    entrapment_share: ShareByDomain  # [x_d] how far each domain entangles
    capability_pull: Real  # [a_cap] per unit of the state's own capability
    hub_substitute: Strength  # [chi_s]
    hub_complement: Strength  # [chi_c]
    assets: Strength  # [bI] per unit of institutional assets
    spill_political_operations: Strength  # [S_PO]
    spill_operations_equipment: Strength  # [S_OE]
    spill_political_equipment: Strength  # [S_PE]
    spill_back: Strength  # [S_bk] per unit of operations lost since their peak
    network: Strength  # [bK] per unit of share of allies with an agreement; double for equipment


class Levels(Part):
    """How cooperation follows what both sides want (A.0, A.3, A.4)."""

    pace: Amount  # [k] share of the gap closed, per year
    ratchet: Share  # [r] how much assets slow a fall
    softness: Amount  # [-p] power of the soft minimum
    capability_break: Strength  # [a_chg] faster falls when capability changes
    leader_pace: Strength  # how much a leader's push speeds things up


class Assets(Part):
    """Institutional assets (A.4)."""

    growth: Amount  # [al] per year
    general_share: Share  # [th] part of growth that outlives missions
    half_life: Years  # [del]
    rung_gain: Share  # [ze] gain per rung climbed
    mission_loss: Share  # [q] part of the mission's own assets lost at its end


class Perception(Part):
    """How fast threats are felt and forgotten (A.1)."""

    half_life_up: Years
    half_life_down: Years


class ThreatDynamics(Part):
    """How threats themselves move."""

    half_life: Years  # of the gap between hostility and its target
    provocation: Strength  # added hostility at full cooperation
    calming: Share  # part of hostility that goes when nobody attends to it
    memory: Share  # part of own noise left after a year
    noise: Strength  # standard deviation of own noise


class Domestic(Part):
    """The state's two-level game (A.6)."""

    win_set: ShareByDomain  # opening before any law
    ratification_spread: Amount  # [s_W]
    law_threat: Strength  # [g_T]
    law_leader: Strength  # [g_l]
    law_level: Strength  # [g_c]
    leader_spread: Strength  # [s_l] spread of a leader who is drawn


class Council(Part):
    """How the alliance agrees (A.9)."""

    rule: Literal["consensus", "weighted_majority", "leader"] = "consensus"
    majority: Share  # share of weights that a weighted majority needs
    leader: Name  # the member that decides alone under the rule "leader"
    spread: Amount  # [s_x] uncertainty of one member's answer
    diversity: Strength  # [s_m] spread of opinions inside a group of members


class Ladder(Part):
    """How formal steps are tried (B.2)."""

    by_level: Strength  # [b_c]
    by_assets: Strength  # [b_I]
    caution: Strength  # margin above the demand at which half of possible tries are made
    downgrade: Share  # hazard per year of losing a rung


class Network(Part):
    """Defence agreements with single allies (A.11)."""

    log_hazard: Real
    by_degree: Strength  # [b1]
    by_share: Strength  # [b2]
    by_operations: Strength  # [b3]


class Motives(Part):
    """The two interpretive arrows, off unless a scenario turns them on (A.12)."""

    leverage: Strength  # [om_W] alliance work opens the state's operations
    agenda: Strength  # [om_A] political ties draw the alliance's attention, per year


class Period(Part):
    """What differs between the four stages and is not coded from the relationship."""

    name: Name
    title: Text
    start: dt.date
    commitment: Share  # US commitment to the state [Us]
    networking: Share  # US preference for networked partners [net]
    link: Share  # how far the theatres are seen as one [link]
    hostility: Shares
    exposure_state: Shares
    exposure_alliance: Shares


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

    date: dt.date
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
    accession: tuple[Accession, ...] = Field(min_length=1)


class Leader(Part):
    """A spell in office of a prime minister or a Secretary General."""

    name: Name
    title: Text
    partner: Literal["state", "alliance"]
    start: dt.date
    end: dt.date
    push: Real
    source: Text


class Effect(Part):
    """What a juncture moves, by how much and for how long.

    `moves` with `of`: "hostility" of a threat; "commitment", "networking" or "link" (no `of`);
    "win_set" of a domain; "leadership" or "involvement" of "state" or "alliance"; "need" of a
    partner in a `domain`. Without `half_life` the effect lasts to the juncture's end, or for good.
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
    date: dt.date
    end: dt.date | None = None
    original_date: dt.date | None = None
    source: Text
    present: bool = True
    mission: bool = False
    follows: tuple[Name, ...] = ()
    when_cause_removed: Literal["stays", "falls", "drawn"] = "stays"
    log_hazard: Real | None = None
    when_removed: Text
    effect: tuple[Effect, ...] = ()
    replacement: tuple[Effect, ...] = ()


class Rung(Part):
    """A step of the formal ladder (B.2)."""

    number: int = Field(ge=1, le=20)
    name: Name
    title: Text
    log_hazard: Real  # [a_k]
    demand: Real  # [q_k] asked of every member, log-odds
    domestic_demand: Share  # asked of the state's mean win-set
    opens: dt.date | None = None  # an alliance-wide policy without which it cannot come
    granted: bool = False  # comes to every partner at once, without being asked for
    event_domain: Series  # how the step stands in a chronology
    event_kind: Name
    salience: int = Field(ge=1, le=3)


class Item(Part):
    """A formal proposal beside the ladder that the Council takes up on a given day."""

    name: Name
    title: Text
    tabled: dt.date
    demand: Real
    source: Text


class Counting(Part):
    """How many events a level shows itself in (B.1)."""

    log_rate: Real  # [al] log of events per year and unit of level
    slope: Strength  # [ga]
    size: Amount  # [phi] of the negative binomial


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
    """What will be believed about a number before it is fitted."""

    path: Text
    family: Literal["normal", "half_normal", "lognormal", "beta"]
    parameters: tuple[float, ...] = Field(min_length=1, max_length=2)
    source: Text
