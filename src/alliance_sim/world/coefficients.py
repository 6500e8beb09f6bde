"""A scenario's coefficients as the rules take them: per step, and with the theory switches in."""

from __future__ import annotations

from collections import namedtuple
from math import sqrt
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from alliance_sim.arithmetic import exp, log, power
from alliance_sim.compiled import rule
from alliance_sim.rules.council import LEADER
from alliance_sim.rules.domestic import LawPull
from alliance_sim.rules.events import Counting
from alliance_sim.rules.ladder import AgreementPull, LadderPull
from alliance_sim.rules.levels import Growth, Pace
from alliance_sim.rules.perception import Perception
from alliance_sim.rules.threats import ThreatHabits
from alliance_sim.rules.willingness import AssetPull, GuarantorPull, ThreatPull, Trend
from alliance_sim.scenario import Scenario
from alliance_sim.world.declaration import Coefficient
from alliance_sim.world.recipe import COEFFICIENTS, Recipe
from alliance_sim.world.tables import recipe_of

LN2 = 0.6931471805599453


class Coefficients(NamedTuple):
    """Everything that does not change during a run, nested along the axes declared."""

    dt: Annotated[float, Coefficient("length of a step, years")]
    habits: Annotated[ThreatHabits, Coefficient("how threats move")]
    eyes: Annotated[Perception, Coefficient("how fast threats are felt and forgotten, per step")]
    floors: Annotated[
        tuple[tuple[float, ...], ...],
        Coefficient("log ratio with nothing else there", ("side", "domain")),
    ]
    trend: Annotated[Trend, Coefficient("what grows by itself in all floors, log-odds a year")]
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
    slow_spread: Annotated[float, Coefficient("its spread in the long run, log-odds")]
    pace: Annotated[Pace, Coefficient("how fast levels move")]
    softness: Annotated[float, Coefficient("power of the soft minimum, above 0")]
    ceiling: Annotated[float, Coefficient("how far law bounds, and does not scale, 0 to 1")]
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
    return coefficients_of(recipe_of(scenario))


def coefficients_of(recipe: Recipe) -> Coefficients:
    """Return the coefficients that the numbers of a recipe stand for."""
    return combined(_tables._make(recipe.named.values()), recipe.calendar.dt)


# The numbers of a scenario's tables by name, without range and source: a field for each table, and
# in it a field for each number, such as `domestic.win_set.political`. Switches are 1 or 0, the
# Council's rule and leader have numbers too. Which fields there are is the schema's to say.
_tables: Any = namedtuple("Values", COEFFICIENTS)  # type: ignore[misc]
if TYPE_CHECKING:
    Values = Any
else:
    Values = _tables


@rule
def combined(n: Values, dt: float) -> Coefficients:
    """Return the coefficients that a scenario's numbers stand for, with steps of dt years.

    In the exact subset of the rules, so that whoever changes a number elsewhere gets the same.
    """
    carry = power(n.willingness.slow_memory, dt)
    institutions = n.theory.institutions
    leading = int(n.council.leader) if int(n.council.rule) == LEADER else -1
    return Coefficients(
        dt=dt,
        habits=_habits(n.threat_dynamics, dt),
        eyes=Perception(
            _closed(n.perception.half_life_up, dt), _closed(n.perception.half_life_down, dt)
        ),
        floors=(_by_domain(n.willingness.floor_state), _by_domain(n.willingness.floor_alliance)),
        trend=Trend(n.willingness.trend / 10.0, n.willingness.trend_around),
        threat_pulls=(
            _pulls(n, n.willingness.threat_state, 0.0),
            # Only the alliance is distracted at home.
            _pulls(n, n.willingness.threat_alliance, n.theory.threat * n.willingness.distraction),
        ),
        guarantor_pull=_guarantor_pull(n.willingness, n.theory.threat),
        asset_pulls=_asset_pulls(n.willingness, institutions),
        dependence=n.willingness.dependence,
        slow_carry=carry,
        slow_jolt=n.willingness.slow_noise * sqrt(1.0 - carry * carry),
        slow_spread=n.willingness.slow_noise,
        pace=_pace(n, dt),
        softness=n.levels.softness,
        ceiling=n.levels.ceiling,
        growth=_growth(n.assets, dt),
        domestic=n.theory.domestic,
        leader_spread=n.domestic.leader_spread,
        law=LawPull(n.domestic.law_threat, n.domestic.law_leader, n.domestic.law_level),
        ratification_spread=n.domestic.ratification_spread,
        leverage=n.motives.leverage,
        attention_speed=1.0 - exp(-n.motives.agenda * dt),
        decision=int(n.council.rule),
        leading=leading,
        majority=n.council.majority,
        member_spread=n.council.spread,
        ladder=LadderPull(
            n.ladder.by_level,
            n.ladder.by_assets * institutions,
            n.council.spread,
            n.ladder.caution,
        ),
        downgrade=log(n.ladder.downgrade),
        agreement=AgreementPull(
            n.network.log_hazard,
            n.network.by_degree * institutions,
            n.network.by_share * institutions,
            n.network.by_operations * institutions,
        ),
        network_lag=1.0 - exp(-dt),
        counting=(
            _counting(n.observation.counting.political),
            _counting(n.observation.counting.operations),
            _counting(n.observation.counting.equipment),
            _counting(n.observation.counting.institution),
        ),
        suspension=n.observation.suspension,
        suspension_entrapment=n.observation.suspension_entrapment,
    )


@rule
def _closed(half_life: float, dt: float) -> float:
    """Return the share of a gap closed in a step, from its half-life in years."""
    return 1.0 - exp(-LN2 * dt / half_life)


@rule
def _by_domain(numbers: Values) -> tuple[float, float, float]:
    """Return the numbers of the domains in order."""
    return (numbers.political, numbers.operations, numbers.equipment)


@rule
def _counting(numbers: Values) -> Counting:
    """Return how a level shows in one series of events."""
    return Counting(numbers.log_rate, numbers.slope, numbers.size, numbers.rise)


@rule
def _habits(dynamics: Values, dt: float) -> ThreatHabits:
    """Return how threats move."""
    carry = power(dynamics.memory, dt)
    return ThreatHabits(
        pace=_closed(dynamics.half_life, dt),
        provocation=dynamics.provocation,
        calming=dynamics.calming,
        carry=carry,
        jolt=dynamics.noise * sqrt(1.0 - carry * carry),
        spread=dynamics.noise,
    )


@rule
def _pulls(n: Values, overlap: float, distraction: float) -> tuple[ThreatPull, ...]:
    """Return the realist coefficients of a side, one entry per domain."""
    pull, entrapment = n.theory.threat * overlap, n.theory.threat * n.willingness.entrapment
    return (
        ThreatPull(pull, distraction, entrapment * n.willingness.entrapment_share.political),
        ThreatPull(pull, distraction, entrapment * n.willingness.entrapment_share.operations),
        ThreatPull(pull, distraction, entrapment * n.willingness.entrapment_share.equipment),
    )


@rule
def _guarantor_pull(will: Values, on: float) -> GuarantorPull:
    """Return what a guarantor means; only the state depends on one."""
    return GuarantorPull(
        abandonment=on * will.abandonment,
        substitute=on * will.hub_substitute,
        complement=on * will.hub_complement,
        capability=on * will.capability_pull,
    )


@rule
def _asset_pulls(will: Values, on: float) -> tuple[AssetPull, ...]:
    """Return the institutional coefficients, one entry per domain."""
    assets, network = on * will.assets, on * will.network
    operations = on * will.spill_political_operations
    equipment = on * will.spill_political_equipment
    return (
        AssetPull(assets, 0.0, 0.0, on * will.spill_back, network, 0.0),
        AssetPull(assets, operations, 0.0, 0.0, network, on * will.mission_pull),
        AssetPull(assets, equipment, on * will.spill_operations_equipment, 0.0, 2.0 * network, 0.0),
    )


@rule
def _pace(n: Values, dt: float) -> Pace:
    """Return how fast levels move."""
    return Pace(
        speed=n.levels.pace,
        ratchet=n.levels.ratchet * n.theory.institutions,
        disruption=n.levels.capability_break * n.theory.threat,
        leader=n.levels.leader_pace * n.theory.domestic,
        dt=dt,
    )


@rule
def _growth(assets: Values, dt: float) -> Growth:
    """Return how assets grow and decay."""
    return Growth(
        gain=1.0 - exp(-assets.growth * dt),
        general=assets.general_share,
        loss=_closed(assets.half_life, dt),
        per_rung=assets.rung_gain,
        mission_loss=assets.mission_loss,
    )
