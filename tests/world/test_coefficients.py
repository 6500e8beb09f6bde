"""Coefficients mean the same at any step, and a theory that is off adds nothing."""

import math

import numba
import pytest

import alliance_sim.compiled.function  # noqa: F401 - makes the rules known to Numba
from alliance_sim import load_scenario
from alliance_sim.calendar import Calendar
from alliance_sim.compiled import enable
from alliance_sim.errors import ScenarioError
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.edit import replaced
from alliance_sim.scenario.schema import SeriesInput
from alliance_sim.scenario.yearly import parsed
from alliance_sim.world import build_world
from alliance_sim.world.coefficients import Coefficients, coefficients, combined
from alliance_sim.world.tables import raw_by_year

BASE = load_scenario("japan_nato/baseline")
CALENDAR = Calendar()
PLACE = (BASE.series, ("test", "place"))
STEPS = (1, 2, 4, 12)


def at(steps_a_year: int) -> Coefficients:
    return coefficients(BASE.with_setting("time.steps_per_year", steps_a_year))


def without_theory(*blocks: str) -> Scenario:
    edited = BASE
    for block in blocks:
        edited = edited.with_setting(f"theory.{block}", False)
    return edited


@pytest.mark.parametrize("steps", STEPS)
def test_shares_closed_in_a_step_add_up_to_those_of_a_year(steps: int) -> None:
    fine, year = at(steps), at(1)
    for left, left_a_year in (
        (1.0 - fine.eyes.learn, 1.0 - year.eyes.learn),
        (1.0 - fine.eyes.forget, 1.0 - year.eyes.forget),
        (1.0 - fine.habits.pace, 1.0 - year.habits.pace),
        (fine.habits.carry, year.habits.carry),
        (1.0 - fine.growth.loss, 1.0 - year.growth.loss),
        (1.0 - fine.growth.gain, 1.0 - year.growth.gain),
        (1.0 - fine.attention_speed, 1.0 - year.attention_speed),
        (1.0 - fine.network_lag, 1.0 - year.network_lag),
        (fine.slow_carry, year.slow_carry),
    ):
        assert math.isclose(left**steps, left_a_year, rel_tol=1e-9)
    assert math.isclose(fine.dt * steps, 1.0)


@pytest.mark.parametrize("steps", STEPS)
def test_slow_noise_has_the_same_spread_at_any_step(steps: int) -> None:
    fine = at(steps)
    habits = fine.habits
    for carry, jolt, spread, said in (
        (fine.slow_carry, fine.slow_jolt, fine.slow_spread, BASE.willingness.slow_noise),
        (habits.carry, habits.jolt, habits.spread, BASE.threat_dynamics.noise),
    ):
        assert math.isclose(jolt / math.sqrt(1.0 - carry * carry), spread, rel_tol=1e-9)
        assert spread == said.value


def test_half_lives_are_half_lives() -> None:
    year = at(1)
    for left, half_life in (
        (1.0 - year.eyes.learn, BASE.perception.half_life_up),
        (1.0 - year.eyes.forget, BASE.perception.half_life_down),
        (1.0 - year.growth.loss, BASE.assets.half_life),
        (1.0 - year.habits.pace, BASE.threat_dynamics.half_life),
    ):
        assert math.isclose(left**half_life.value, 0.5, rel_tol=1e-9)


def test_a_theory_that_is_off_leaves_no_coefficient() -> None:
    realist = coefficients(without_theory("threat"))
    assert all(part == 0.0 for side in realist.threat_pulls for pull in side for part in pull)
    assert all(part == 0.0 for part in realist.guarantor_pull)
    assert realist.pace.disruption == 0.0
    institutional = coefficients(without_theory("institutions"))
    assert all(part == 0.0 for pull in institutional.asset_pulls for part in pull)
    assert institutional.pace.ratchet == institutional.ladder.assets == 0.0
    domestic = coefficients(without_theory("domestic"))
    assert domestic.domestic == domestic.pace.leader == 0.0


def test_switching_one_theory_off_leaves_the_others_alone() -> None:
    full, realist = coefficients(BASE), coefficients(without_theory("threat"))
    assert realist.asset_pulls == full.asset_pulls
    assert realist.domestic == full.domestic
    assert realist.growth == full.growth
    for theory in ("domestic", "institutions"):
        other = coefficients(without_theory(theory))
        assert other.threat_pulls == full.threat_pulls
        assert other.guarantor_pull == full.guarantor_pull


def test_a_guarantor_pulls_by_the_numbers_of_the_scenario() -> None:
    pull, will = coefficients(BASE).guarantor_pull, BASE.willingness
    assert pull == (
        will.abandonment.value,
        will.hub_substitute.value,
        will.hub_complement.value,
        will.capability_pull.value,
    )
    assert pull.abandonment > 0.0


@pytest.mark.parametrize(
    "path", [f"willingness.{n}" for n in ("abandonment", "hub_substitute", "hub_complement")]
)
def test_only_the_state_depends_on_the_guarantor(path: str) -> None:
    without = BASE.with_number(path, 0.0)
    found = coefficients(without)
    assert found.threat_pulls == coefficients(BASE).threat_pulls
    assert found.guarantor_pull != coefficients(BASE).guarantor_pull


def test_only_the_alliance_is_distracted_at_home() -> None:
    state, alliance = coefficients(BASE).threat_pulls
    assert all(pull.distraction == 0.0 for pull in state)
    assert all(pull.distraction == BASE.willingness.distraction.value > 0.0 for pull in alliance)


def given_series(**changed: object) -> SeriesInput:
    (russia,) = (t for t in BASE.threats if t.name == "russia")
    assert isinstance(russia.capability, SeriesInput)
    return russia.capability.model_copy(update=changed)


def by_year(asked: SeriesInput) -> list[float]:
    """Return the capability of a threat by year, once a series is asked for."""
    threats = tuple(
        t.model_copy(update={"capability": asked}) if t.name == "russia" else t
        for t in BASE.threats
    )
    world = build_world(BASE.model_copy(update={"threats": threats}))
    place = world.threats.index("russia")
    return [quarter.capability[place] for quarter in world.inputs[:: CALENDAR.steps_per_year]]


def yearly(series: str) -> dict[int, float]:
    return dict(parsed(BASE.series)[series])


@pytest.mark.parametrize("series", sorted(parsed(BASE.series)))
@pytest.mark.parametrize("outside", ["hold", "floor"])
def test_a_series_becomes_one_share_a_year_above_its_floor(series: str, outside: str) -> None:
    asked = given_series(series=series, outside=outside)
    found = by_year(asked)
    assert len(found) == CALENDAR.last_year - CALENDAR.first_year + 1
    assert all(asked.floor.value <= value <= 1.0 for value in found)


@pytest.mark.parametrize("window", [0, 1, 3])
def test_a_series_is_the_mean_of_its_window(window: int) -> None:
    asked = given_series(series="cinc_russia_ussr", window=window)
    known = yearly("cinc_russia_ussr")
    found = by_year(asked)
    for year in range(1960, 2000):
        around = [known[y] for y in range(year - window, year + window + 1) if y in known]
        expected = math.fsum(around) / len(around) / asked.divide_by.value
        expected = max(asked.floor.value, min(1.0, expected))
        assert math.isclose(found[year - CALENDAR.first_year], expected, rel_tol=1e-12)


def test_outside_its_years_a_series_holds_or_falls_to_its_floor() -> None:
    known = yearly("somali_piracy_incidents")
    asked = given_series(series="somali_piracy_incidents", window=0)
    before = range(CALENDAR.first_year, min(known))
    held = by_year(asked.model_copy(update={"outside": "hold"}))
    fallen = by_year(asked.model_copy(update={"outside": "floor"}))
    assert len(before) > 10
    first = held[min(known) - CALENDAR.first_year]
    assert all(held[y - CALENDAR.first_year] == first for y in before)
    assert all(fallen[y - CALENDAR.first_year] == asked.floor.value for y in before)


def test_a_series_that_the_record_lacks_is_an_error_with_the_nearest_name() -> None:
    with pytest.raises(ScenarioError, match="'cinc_russia_usr'; did you mean 'cinc_russia_ussr'"):
        by_year(given_series(series="cinc_russia_usr"))


def test_coefficients_are_the_same_compiled() -> None:
    asked: list[tuple[object, float]] = []

    def compiled(numbers: object, dt: float) -> Coefficients:
        asked.append((numbers, dt))
        found: Coefficients = code(numbers, dt)
        return found

    enable()
    code = numba.njit(error_model="numpy")(combined)
    edited = [
        BASE,
        without_theory("threat", "domestic"),
        BASE.with_setting("council.rule", "leader"),
    ]
    edited += [BASE.with_number(path, value) for path, value in NUMBERS.items()]
    plain = [coefficients(scenario) for scenario in edited]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("alliance_sim.world.coefficients.combined", compiled)
        assert [coefficients(scenario) for scenario in edited] == plain
    assert len(asked) == len(edited)
    assert len({str(found) for found in plain}) == len(edited)


NUMBERS = {
    "willingness.slow_memory": 0.71,
    "perception.half_life_up": 1.37,
    "threat_dynamics.noise": 0.21,
    "assets.half_life": 11.3,
    "ladder.downgrade": 0.013,
    "motives.agenda": 0.4,
}


def test_a_world_made_from_another_has_the_coefficients_of_its_scenario() -> None:
    like = build_world(BASE)
    assert like.coefficients == coefficients(BASE)
    for path, value in NUMBERS.items():
        edited = replaced(BASE, {path: value})
        world = build_world(edited, like=like)
        assert world.coefficients == coefficients(edited) != like.coefficients


@pytest.mark.parametrize("first", [1960, 1990, 2015])
def test_the_mean_of_a_year_does_not_hang_on_where_the_run_begins(first: int) -> None:
    series = "a,1950,0.1\na,1960,0.5\na,2000,0.9"
    asked = given_series(series="a", window=0)
    whole, late = (Calendar(year, 2020) for year in (1945, first))
    means = raw_by_year(asked, whole, series, ("test", "place"))
    assert raw_by_year(asked, late, series, ("test", "place")) == means[first - 1945 :]
    assert means[:6] == (0.1,) * 6
    assert means[1990 - 1945] == 0.5
    assert means[-1] == 0.9
