"""A scenario's coefficients as the rules take them: per step, and with the theory switches in."""

from __future__ import annotations

from math import sqrt
from typing import Annotated, NamedTuple

from alliance_sim.arithmetic import exp, log, power
from alliance_sim.rules.council import CONSENSUS, LEADER, WEIGHTED_MAJORITY
from alliance_sim.rules.domestic import LawPull
from alliance_sim.rules.events import Counting
from alliance_sim.rules.ladder import AgreementPull, LadderPull
from alliance_sim.rules.levels import Growth, Pace
from alliance_sim.rules.perception import Perception
from alliance_sim.rules.threats import ThreatHabits
from alliance_sim.rules.willingness import AssetPull, GuarantorPull, ThreatPull
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.number import Number
from alliance_sim.scenario.part import DOMAINS, SERIES
from alliance_sim.scenario.theory import ByDomain
from alliance_sim.world.declaration import Coefficient

LN2 = 0.6931471805599453
DECISIONS = {"consensus": CONSENSUS, "weighted_majority": WEIGHTED_MAJORITY, "leader": LEADER}


class Coefficients(NamedTuple):
    """Everything that does not change during a run, nested along the axes declared."""

    dt: Annotated[float, Coefficient("length of a step, years")]
    habits: Annotated[ThreatHabits, Coefficient("how threats move")]
    eyes: Annotated[Perception, Coefficient("how fast threats are felt and forgotten, per step")]
    floors: Annotated[
        tuple[tuple[float, ...], ...],
        Coefficient("log ratio with nothing else there", ("side", "domain")),
    ]
    threat_pulls: Annotated[
        tuple[tuple[ThreatPull, ...], ...], Coefficient("what threats do", ("side", "domain"))
    ]
    guarantor_pull: Annotated[GuarantorPull, Coefficient("what a guarantor does to the state")]
    asset_pulls: Annotated[
        tuple[AssetPull, ...], Coefficient("what has been built does", ("domain",))
    ]
    dependence: Annotated[float, Coefficient("how far the state leans on its guarantor, 0 to 1")]
    slow_carry: Annotated[float, Coefficient("share of slow noise that is left after a step")]
    slow_jolt: Annotated[float, Coefficient("spread of what is added to it in a step, log-odds")]
    pace: Annotated[Pace, Coefficient("how fast levels move")]
    softness: Annotated[float, Coefficient("power of the soft minimum, above 0")]
    growth: Annotated[Growth, Coefficient("how assets grow and decay")]
    domestic: Annotated[float, Coefficient("1 if the domestic block is on")]
    leader_spread: Annotated[float, Coefficient("spread of drawn leaders' push, log-odds")]
    law: Annotated[LawPull, Coefficient("what makes drawn laws pass")]
    ratification_spread: Annotated[float, Coefficient("spread of ratification, share of domains")]
    leverage: Annotated[float, Coefficient("how far operations open what law shuts")]
    attention_speed: Annotated[float, Coefficient("share of the gap to political ties closed")]
    decision: Annotated[int, Coefficient("how the Council decides, one of `DECISIONS`")]
    leading: Annotated[
        int, Coefficient("position of the member that decides alone, -1 under another rule")
    ]
    majority: Annotated[float, Coefficient("share of weights that a majority needs")]
    member_spread: Annotated[float, Coefficient("spread of members' answers, log-odds")]
    ladder: Annotated[LadderPull, Coefficient("what makes officials try the next rung")]
    downgrade: Annotated[float, Coefficient("log hazard of losing a rung, per year")]
    agreement: Annotated[AgreementPull, Coefficient("what makes single allies sign")]
    network_lag: Annotated[float, Coefficient("share of the gap to today's network closed")]
    counting: Annotated[tuple[Counting, ...], Coefficient("how levels show in events", ("series",))]
    suspension: Annotated[float, Coefficient("log rate of suspensions, per year")]
    suspension_entrapment: Annotated[float, Coefficient("what entrapment adds to it")]


def coefficients(scenario: Scenario) -> Coefficients:
    """Return the coefficients of a scenario."""
    will, domestic, council = scenario.willingness, scenario.domestic, scenario.council
    dt = 1.0 / scenario.time.steps_per_year
    institutions = _switch(scenario.theory.institutions)
    carry = power(will.slow_memory.value, dt)
    counting = scenario.observation.counting
    network = scenario.network
    return Coefficients(
        dt=dt,
        habits=_habits(scenario, dt),
        eyes=Perception(
            _closed(scenario.perception.half_life_up, dt),
            _closed(scenario.perception.half_life_down, dt),
        ),
        floors=(_by_domain(will.floor_state), _by_domain(will.floor_alliance)),
        threat_pulls=(_pulls(scenario, "state"), _pulls(scenario, "alliance")),
        guarantor_pull=_guarantor_pull(scenario),
        asset_pulls=_asset_pulls(scenario, institutions),
        dependence=will.dependence.value,
        slow_carry=carry,
        slow_jolt=will.slow_noise.value * sqrt(1.0 - carry * carry),
        pace=_pace(scenario, dt),
        softness=scenario.levels.softness.value,
        growth=_growth(scenario, dt),
        domestic=_switch(scenario.theory.domestic),
        leader_spread=domestic.leader_spread.value,
        law=LawPull(domestic.law_threat.value, domestic.law_leader.value, domestic.law_level.value),
        ratification_spread=domestic.ratification_spread.value,
        leverage=scenario.motives.leverage.value,
        attention_speed=1.0 - exp(-scenario.motives.agenda.value * dt),
        decision=DECISIONS[council.rule],
        leading=_leading(scenario),
        majority=council.majority.value,
        member_spread=council.spread.value,
        ladder=LadderPull(
            scenario.ladder.by_level.value,
            scenario.ladder.by_assets.value * institutions,
            council.spread.value,
            scenario.ladder.caution.value,
        ),
        downgrade=log(scenario.ladder.downgrade.value),
        agreement=AgreementPull(
            network.log_hazard.value,
            network.by_degree.value * institutions,
            network.by_share.value * institutions,
            network.by_operations.value * institutions,
        ),
        network_lag=1.0 - exp(-dt),
        counting=tuple(
            Counting(counting[s].log_rate.value, counting[s].slope.value, counting[s].size.value)
            for s in SERIES
        ),
        suspension=scenario.observation.suspension.value,
        suspension_entrapment=scenario.observation.suspension_entrapment.value,
    )


def _switch(on: bool) -> float:  # noqa: FBT001 - the whole of its meaning
    return 1.0 if on else 0.0


def _leading(scenario: Scenario) -> int:
    if scenario.council.rule != "leader":
        return -1
    return sorted(member.name for member in scenario.member).index(scenario.council.leader)


def _closed(half_life: Number, dt: float) -> float:
    """Return the share of a gap closed in a step, from its half-life in years."""
    return 1.0 - exp(-LN2 * dt / half_life.value)


def _by_domain(numbers: ByDomain) -> tuple[float, ...]:
    return tuple(float(getattr(numbers, domain).value) for domain in DOMAINS)


def _habits(scenario: Scenario, dt: float) -> ThreatHabits:
    dynamics = scenario.threat_dynamics
    carry = power(dynamics.memory.value, dt)
    return ThreatHabits(
        pace=_closed(dynamics.half_life, dt),
        provocation=dynamics.provocation.value,
        calming=dynamics.calming.value,
        carry=carry,
        jolt=dynamics.noise.value * sqrt(1.0 - carry * carry),
    )


def _pulls(scenario: Scenario, side: str) -> tuple[ThreatPull, ...]:
    """Return the realist coefficients of a side; only the alliance is distracted at home."""
    will = scenario.willingness
    on = _switch(scenario.theory.threat)
    state = side == "state"
    return tuple(
        ThreatPull(
            overlap=on * (will.threat_state if state else will.threat_alliance).value,
            distraction=0.0 if state else on * will.distraction.value,
            entrapment=on * will.entrapment.value * getattr(will.entrapment_share, domain).value,
        )
        for domain in DOMAINS
    )


def _guarantor_pull(scenario: Scenario) -> GuarantorPull:
    """Return what a guarantor means; only the state depends on one."""
    will = scenario.willingness
    on = _switch(scenario.theory.threat)
    return GuarantorPull(
        abandonment=on * will.abandonment.value,
        substitute=on * will.hub_substitute.value,
        complement=on * will.hub_complement.value,
        capability=on * will.capability_pull.value,
    )


def _asset_pulls(scenario: Scenario, on: float) -> tuple[AssetPull, ...]:
    will = scenario.willingness
    assets, network = on * will.assets.value, on * will.network.value
    return (
        AssetPull(assets, 0.0, 0.0, on * will.spill_back.value, network),
        AssetPull(assets, on * will.spill_political_operations.value, 0.0, 0.0, network),
        AssetPull(
            assets,
            on * will.spill_political_equipment.value,
            on * will.spill_operations_equipment.value,
            0.0,
            2.0 * network,
        ),
    )


def _pace(scenario: Scenario, dt: float) -> Pace:
    levels, theory = scenario.levels, scenario.theory
    return Pace(
        speed=levels.pace.value,
        ratchet=levels.ratchet.value * _switch(theory.institutions),
        disruption=levels.capability_break.value * _switch(theory.threat),
        leader=levels.leader_pace.value * _switch(theory.domestic),
        dt=dt,
    )


def _growth(scenario: Scenario, dt: float) -> Growth:
    assets = scenario.assets
    return Growth(
        gain=1.0 - exp(-assets.growth.value * dt),
        general=assets.general_share.value,
        loss=_closed(assets.half_life, dt),
        per_rung=assets.rung_gain.value,
        mission_loss=assets.mission_loss.value,
    )
