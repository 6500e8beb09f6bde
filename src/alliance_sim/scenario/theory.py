"""The tables that hold coefficients: how strongly, how fast, by which rule.

What the numbers do is said in `alliance_sim.rules`; symbols in brackets are those of the method.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

from alliance_sim.scenario.fields import (
    Amount,
    Between,
    Name,
    Number,
    Part,
    Real,
    Share,
    Strength,
    Years,
)


class Switches(Part):
    """Which blocks of theory are on: the eight rival variants (A.13).

    Dated needs of junctures belong to no block and stay: with all switches off, levels still move
    with them.

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
    trend: Real  # [beta_T] common line in all floors, per ten years
    trend_around: Annotated[Number, AfterValidator(Between(1000.0, 3000.0))]  # year where it is 0
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
    mission_pull: Strength  # [bM] on operations, per mission that the alliance leads


class Levels(Part):
    """How cooperation follows what both sides want (A.0, A.3, A.4)."""

    pace: Amount  # [k] rate at which a gap closes, 1/year
    ratchet: Share  # [r] how much assets slow a fall
    softness: Amount  # [-p] power of the soft minimum
    ceiling: Share  # [h] how far law bounds what both sides want, and does not scale it
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
