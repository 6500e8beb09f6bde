"""The model, declared once: its phases, states, inputs, noise channels, and what a run holds fixed.

Each entry says what it is counted by (its *axes*), unit, range and meaning; a state also which
phase and rule make it. All else is worked out from here: names of reported states, rows of the
compiled engine, what Mesa collects, noise channels, tables of the documentation, the header of the
rendering in C. Coefficients are declared alike, beside the formulas that make them, in
`coefficients.Coefficients`.
"""

from __future__ import annotations

import itertools
from math import inf
from typing import Annotated, NamedTuple

from alliance_sim.noise import channel
from alliance_sim.results.state_metadata import Meaning
from alliance_sim.rules import domestic, events, ladder, levels, perception, threats
from alliance_sim.rules import willingness as weighing
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.fields import DOMAINS, SERIES
from alliance_sim.world.declaration import (
    Axes,
    Channel,
    Input,
    Kind,
    Phase,
    Variable,
    along,
    declared,
    titles_of,
    unpacked,
)

SIDES = ("state", "alliance")
# Axes whose labels are the same in every world, and those that a world gives its own: `who` are
# the members, then the state; laws and leaders are those that are drawn.
FIXED_AXES: dict[str, tuple[str, ...]] = {"side": SIDES, "domain": DOMAINS, "series": SERIES}
WORLD_AXES = ("threat", "member", "who", "rung", "law", "item", "leader")


# A quarter, in order. In the phases of `DECISIONS` everybody decides from last quarter's state;
# then all become what they decided, and what follows from that is summed up.
PHASES = (
    Phase("bring", "inputs of the quarter, the leaders' push, and what has been built so far"),
    Phase("perceive", "threats move; everybody looks at them, and agendas are compared"),
    Phase("weigh", "the state and every member weigh cooperation in each domain"),
    Phase("drift", "slow noise drifts, and attention follows political ties"),
    Phase("legislate", "drawn laws pass or grow older; what laws leave open is summed up"),
    Phase("follow", "levels follow what both sides want; what is built grows and decays"),
    Phase("negotiate", "the next rung and tabled items go to Council and parliament"),
    Phase("sign", "single allies sign agreements"),
    Phase("show", "events show the levels, and running operations may be suspended"),
    Phase("sum_up", "what follows from all decisions: means of members, the peak, rungs climbed"),
)
DECISIONS = tuple(phase.name for phase in PHASES[1:-1])


# Reported states stand in the order in which they are reported.
STATES: tuple[Variable, ...] = (
    Variable(
        *("level", "level of cooperation in {domain}", "follow", levels.next_level),
        "partnership.level",
        per=("domain",),
        symbol="c_d",
        reported="level_{domain}",
    ),
    Variable(
        *("willing", "level in {domain} that {state} would choose alone", "weigh"),
        weighing.willingness,
        "state.willing",
        per=("domain",),
        symbol="w_{Jd}",
        reported="willing_{state}_{domain}",
    ),
    Variable(
        *("mean_willing", "level in {domain} that {alliance} would choose alone", "sum_up"),
        weighing.mean_with,
        "alliance.willing",
        per=("domain",),
        symbol="w_{Nd}",
        reported="willing_{alliance}_{domain}",
    ),
    Variable(
        *("win_set", "part that law allows in {domain} (win set)", "legislate"),
        domestic.open_part,
        "state.win_set",
        per=("domain",),
        symbol="W_d",
        reported="win_set_{domain}",
    ),
    Variable(
        *("overlap", "shared fears (agenda overlap)", "perceive", perception.overlap),
        "state.overlap",
        symbol="C_J",
        reported="agenda_overlap",
    ),
    Variable(
        *("general", "institutions that outlive a mission", "follow", levels.next_general),
        "partnership.general",
        symbol="I_g",
        reported="assets_general",
    ),
    Variable(
        *("mission", "institutions tied to missions", "follow", levels.next_mission),
        "partnership.mission",
        symbol="I_s",
        reported="assets_mission",
    ),
    Variable(
        *("rung", "formal step reached, of {steps} (rung)", "negotiate", ladder.rung_after),
        "partnership.rung",
        unit="formal step",
        high=inf,
        symbol="L",
        reported="rung",
    ),
    Variable(
        *("agreements", "agreements with single allies in force", "sign", ladder.signs),
        "partnership.agreements",
        unit="agreements",
        high=inf,
        symbol="n",
        reported="agreements",
    ),
    Variable(
        *("attention", "attention of {alliance} to distant regions", "drift"),
        perception.next_attention,
        "alliance.attention",
        symbol=r"\alpha",
        reported="attention_{alliance}",
    ),
    Variable(
        *("ratio", "how far benefit outweighs cost for {state} in politics", "weigh"),
        weighing.log_ratio,
        "state.ratio",
        per=("domain",),
        unit="log-odds",
        low=-inf,
        high=inf,
        symbol="b_{JP}",
        reported="ratio_{state}",
        only="political",
    ),
    Variable(
        *("mean_ratio", "how far benefit outweighs cost for {alliance} in politics", "sum_up"),
        weighing.mean_with,
        "alliance.political_ratio",
        unit="log-odds",
        low=-inf,
        high=inf,
        symbol="b_{NP}",
        reported="ratio_{alliance}",
    ),
    Variable(
        *("felt_state", "threat felt by {state}: {threat}", "perceive"),
        perception.next_perceived,
        "state.perceived",
        per=("threat",),
        symbol="T_{Jk}",
        reported="perceived_{state}_{threat}",
    ),
    Variable(
        *("felt_alliance", "threat felt by {alliance}: {threat}", "sum_up", weighing.mean_with),
        "alliance.perceived",
        per=("threat",),
        symbol="T_{Nk}",
        reported="perceived_{alliance}_{threat}",
    ),
    Variable(
        *("hostility", "hostility: {threat}", "perceive", threats.next_hostility),
        "threats.hostility",
        per=("threat",),
        symbol="H_k",
        reported="hostility_{threat}",
    ),
    Variable(
        *("count", "acts in {series}", "show", events.event_count, "partnership.counts"),
        per=("series",),
        unit="acts a quarter",
        high=float(events.MOST),
        symbol="y_d",
        reported="count_{series}",
    ),
    Variable(
        *("suspended", "running operations suspended", "show", events.suspends),
        "partnership.suspended",
        unit="times a quarter",
        reported="suspensions",
    ),
    Variable(
        *("blocked", "formal steps tried and refused", "negotiate", ladder.tries),
        "partnership.blocked",
        unit="times a quarter",
        high=inf,
        reported="blocked",
    ),
    Variable(
        *("refused", "formal step refused by {who}", "negotiate", domestic.ratifies),
        "partnership.refused",
        per=("who",),
        unit="times a quarter",
        reported="refused_{who}",
    ),
    Variable(
        *("item_refused", "{item}: refused by {who}", "negotiate", domestic.ratifies),
        "partnership.item_refused",
        per=("item", "who"),
        unit="times a quarter",
        reported="refused_{item}_{who}",
    ),
    Variable(
        *("passed", "{item}: has passed", "negotiate", domestic.ratifies),
        "partnership.passed_items",
        per=("item",),
        unit="yes or no",
        reported="passed_{item}",
    ),
    Variable(
        *("peak", "highest operations level so far", "sum_up", levels.higher, "partnership.peak"),
        symbol="c_O^{max}",
        of=("was.peak", "level.operations"),
    ),
    Variable(
        *("climbed", "rungs climbed in the quarter", "sum_up", ladder.climbed),
        "partnership.climbed",
        unit="rung",
        of=("was.rung", "rung"),
    ),
    Variable(
        *("network", "share of allies with an agreement, lagged", "sign", ladder.next_network),
        "partnership.network",
        symbol="N",
    ),
    Variable(
        *("slow", "slow noise of a side", "drift", weighing.next_slow, "sides.slow"),
        *(("side", "domain"), "log-odds", -inf, inf),
        symbol="u_{id}",
    ),
    Variable(
        *("mood", "what a threat's mood adds to its hostility", "perceive", threats.next_mood),
        "threats.mood",
        per=("threat",),
        low=-inf,
        high=inf,
        symbol="x_k",
    ),
    Variable(
        *("menace", "how hard a threat presses", "perceive", threats.menace, "threats.menace"),
        per=("threat",),
        symbol="M_k",
    ),
    Variable(
        *("felt_member", "how strongly a member feels a threat", "perceive"),
        perception.next_perceived,
        "members.perceived",
        per=("member", "threat"),
        symbol="T_{mk}",
    ),
    Variable(
        *("ratio_member", "a member's log benefit/cost of cooperation", "weigh"),
        weighing.log_ratio,
        "members.ratio",
        per=("member", "domain"),
        unit="log-odds",
        low=-inf,
        high=inf,
        symbol="b_{md}",
    ),
    Variable(
        *("willing_member", "level that a member would choose alone", "weigh"),
        weighing.willingness,
        "members.willing",
        per=("member", "domain"),
        symbol="w_{md}",
    ),
    Variable(
        *("law_age", "quarters since a drawn law has passed, 0 before", "legislate"),
        domestic.next_age,
        "state.laws",
        per=("law",),
        unit="quarters",
        high=inf,
    ),
)


Along = tuple[float, ...]  # one number for each label of an axis


class Inputs(NamedTuple):
    """What one quarter brings from outside; threats, members and so on in the world's order."""

    hostility: Annotated[Along, Input("hostility of a threat by itself", ("threat",))]
    capability: Annotated[Along, Input("capability of a threat", ("threat",))]
    exposure_state: Annotated[Along, Input("how far a threat reaches the state", ("threat",))]
    exposure_member: Annotated[
        tuple[Along, ...], Input("how far a threat reaches a member", ("member", "threat"))
    ]
    weight: Annotated[Along, Input("weight of a member, 0 before it joins", ("member",))]
    reluctance: Annotated[
        Along, Input("how far its least willing state lies below", ("member",), "log-odds", 0, inf)
    ]
    states: Annotated[float, Input("states in the alliance", (), "states", 0, inf)]
    commitment: Annotated[float, Input("how committed the guarantor is to the state")]
    networking: Annotated[float, Input("how far the guarantor prefers networked partners")]
    link: Annotated[float, Input("how far theatres are seen as linked")]
    capability_state: Annotated[
        float, Input("the state's capability less its mean over all years", (), "1", -1)
    ]
    capability_change: Annotated[float, Input("absolute change of it over a year")]
    push: Annotated[Along, Input("the push of leaders", ("side",), "log-odds", -inf, inf)]
    drawn_push: Annotated[
        Along, Input("share of the quarter that a drawn leader is in office", ("leader",))
    ]
    involvement: Annotated[Along, Input("involvement of a side in conflicts", ("side",))]
    need: Annotated[
        tuple[Along, ...],
        Input("what events of the day ask for", ("side", "domain"), "log-odds", -inf, inf),
    ]
    shut: Annotated[Along, Input("part of a domain that dated laws leave shut", ("domain",))]
    missions_ended: Annotated[float, Input("share of running missions that end in the quarter")]
    missions: Annotated[float, Input("missions that the alliance leads", (), "1", 0, inf)]
    year: Annotated[float, Input("the middle of the quarter", (), "year", 0, inf)]
    attention: Annotated[float, Input("attention to distant regions that the agenda draws")]


# What holds throughout a run beside the coefficients: `of` is a field of the world, or of entries.
CONSTANTS: dict[str, Input] = {
    "offence": Input("how far a threat's forces reach out", ("threat",), of="offence"),
    "offset": Input(
        *("willingness of a member against the mean", ("member",), "log-odds", -inf, inf),
        of="offsets",
    ),
    "rung_log_hazard": Input(
        "how often a rung is tried", ("rung",), "log 1/year", -inf, inf, "rungs.log_hazard"
    ),
    "rung_demand": Input(
        "what a rung asks of members", ("rung",), "log-odds", -inf, inf, "rungs.demand"
    ),
    "rung_domestic_demand": Input(
        "what a rung asks at home", ("rung",), "1", -inf, inf, "rungs.domestic_demand"
    ),
    "rung_opens": Input(
        "step from which on a rung can be asked for", ("rung",), "steps", 0, inf, "rungs.opens"
    ),
    "rung_granted": Input("1 if a rung is granted to all", ("rung",), of="rungs.granted"),
    "law_log_hazard": Input(
        "how often a drawn law passes", ("law",), "log 1/year", -inf, inf, "drawn_laws.log_hazard"
    ),
    "law_first_step": Input(
        "first step in which a law can pass", ("law",), "steps", 0, inf, "drawn_laws.first_step"
    ),
    "law_lasts": Input(
        "steps for which a law stays in force", ("law",), "steps", 0, inf, "drawn_laws.lasts"
    ),
    "law_opens": Input("part that a law opens", ("law", "domain"), of="drawn_laws.opens"),
    "item_tabled": Input(
        "step in which an item is tabled, -1 for none", ("item",), "steps", -1, inf, "items.tabled"
    ),
    "item_demand": Input(
        "what an item asks of members", ("item",), "log-odds", -inf, inf, "items.demand"
    ),
}


Numbers = tuple[int, ...]


class Channels(NamedTuple):
    """The noise channels of a world, by what they decide in a run."""

    mood: Annotated[
        Numbers, Channel("threat.{threat}.mood", "jolt to a threat's mood", ("threat",))
    ]
    slow: Annotated[
        tuple[Numbers, ...],
        Channel("slow.{side}.{domain}", "jolt to a side's slow noise", ("side", "domain")),
    ]
    counts: Annotated[Numbers, Channel("count.{series}", "how many events happen", ("series",))]
    tried: Annotated[int, Channel("ladder.tried", "whether the next rung is tried")]
    fall: Annotated[int, Channel("ladder.fall", "whether a rung is lost")]
    agreement: Annotated[int, Channel("network.agreement", "whether an ally signs")]
    suspension: Annotated[int, Channel("suspension", "whether operations are suspended")]
    law: Annotated[Numbers, Channel("law.{law}", "whether a drawn law passes", ("law",))]
    council: Annotated[
        Numbers,
        Channel(
            *("council.{who}.rung", "a member's answer to a rung; last, ratification", ("who",)),
            *("ladder.ratified", False),
        ),
    ]
    item: Annotated[
        tuple[Numbers, ...],
        Channel(
            *("council.{who}.item/{item}", "the same for an item", ("item", "who")),
            *("item/{item}.ratified", False),
        ),
    ]
    leader: Annotated[
        Numbers,
        Channel("leader.{leader}", "how a drawn leader pushes; once", ("leader",), often=False),
    ]


class Marks(NamedTuple):
    """The noise channels of what is told of events afterwards; they feed nothing back."""

    day: Annotated[Numbers, Channel("mark.{series}.day", "day of an event", ("series",))]
    kind: Annotated[Numbers, Channel("mark.{series}.kind", "kind of an event", ("series",))]
    salience: Annotated[
        Numbers, Channel("mark.{series}.salience", "salience of an event", ("series",))
    ]
    initiator: Annotated[
        Numbers, Channel("mark.{series}.initiator", "who starts an event", ("series",))
    ]
    rung_day: Annotated[int, Channel("mark.rung.day", "day of a rung climbed")]
    fall_day: Annotated[int, Channel("mark.fall.day", "day of a rung lost")]
    blocked_day: Annotated[int, Channel("mark.blocked.day", "day of a rung refused")]
    item_day: Annotated[
        Numbers, Channel("mark.item/{item}.day", "day on which an item passes", ("item",))
    ]
    item_blocked_day: Annotated[
        Numbers, Channel("mark.item/{item}.blocked.day", "day of an item refused", ("item",))
    ]
    agreement: Annotated[int, Channel("mark.agreement.ally", "ally and day of an agreement")]
    suspension_day: Annotated[int, Channel("mark.suspension.day", "day of a suspension")]
    suspension_months: Annotated[int, Channel("mark.suspension.months", "length of a suspension")]


def axes_of(scenario: Scenario, **more: tuple[str, ...]) -> Axes:
    """Return the labels along each axis of a scenario, sorted by name; `more` adds axes."""
    members = tuple(sorted(member.name for member in scenario.members))
    return {
        **FIXED_AXES,
        "threat": tuple(sorted(threat.name for threat in scenario.threats)),
        "member": members,
        "who": (*members, scenario.partners.state),
        "rung": tuple(str(number) for number in sorted(rung.number for rung in scenario.rungs)),
        "item": tuple(sorted(item.name for item in scenario.items)),
        **more,
    }


def channel_names(kind: type, relationship: str, axes: Axes) -> list[str]:
    """Return the full name of each channel of `Channels` or `Marks`, in order."""
    names = []
    for entry in declared(kind).values():
        for labels in along(entry.per, axes):
            at_home = entry.at_home and labels["who"] == axes["who"][-1]
            name = (entry.at_home if at_home else entry.pattern).format(**labels)
            names.append(f"{relationship}/{name}:v{entry.version}")
    return names


def channels_of(kind: type[Kind], relationship: str, axes: Axes) -> Kind:
    """Return the channels of `Channels` or `Marks` by what they decide, as numbers.

    Each is a declared name with its version, never a position.
    """
    names = channel_names(kind, relationship, axes)
    counts = {axis: len(labels) for axis, labels in axes.items()}
    return unpacked(kind, map(channel, names), counts)


def reported(scenario: Scenario) -> list[tuple[str, Variable, int]]:
    """Return for each reported state its name, its declaration and its position along the axes."""
    axes = axes_of(scenario)
    partners = {"state": scenario.partners.state, "alliance": scenario.partners.alliance}
    return [
        (state.reported.format(**partners, **labels), state, position)
        for state in STATES
        if state.reported
        for position, labels in enumerate(along(state.per, axes))
        if not state.only or labels[state.per[0]] == state.only
    ]


def state_names(scenario: Scenario) -> tuple[str, ...]:
    """Return the names of the states that every engine reports, in order."""
    return tuple(name for name, _, _ in reported(scenario))


def meanings_of(scenario: Scenario) -> dict[str, Meaning]:
    """Return what each reported state is called, in plain words, its unit and its range, by name.

    Words are those of the glossary, and the scenario's titles of partners, members and so on.
    """
    titles, axes, found = titles_of(scenario), axes_of(scenario), {}
    for name, state, position in reported(scenario):
        labels = next(itertools.islice(along(state.per, axes), position, None))
        named = {axis: titles[axis][label] for axis, label in labels.items()}
        words = state.meaning.format(**titles[""], **named)
        found[name] = Meaning(words, state.unit, state.low, state.high)
    return found


def not_finite(state: str, quarter: str) -> str:
    """Return the status of a run in which a reported state became infinite or not a number."""
    return f"{state} is not finite in {quarter}"
