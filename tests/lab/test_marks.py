"""Events of a run as the page's module tells them: those of the chronology, to the day."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from alliance_sim import Scenario, load_scenario, simulate
from alliance_sim.calendar import Calendar
from alliance_sim.engine.chronology import AGREEMENT, chronology
from alliance_sim.lab import marks
from alliance_sim.scenario.fields import SERIES
from alliance_sim.world.state import axes_of
from alliance_sim.world.tables import recipe_of
from tests.lab.worlds import WORLDS, Host, edited, frame, host, needs_module, prepared

pytestmark = pytest.mark.slow

SEED = 2**40 + 5
Told = tuple[Any, ...]


def day_of(calendar: Calendar, quarter: int, share: float) -> str:
    """Return the date of a share of a quarter."""
    start = np.datetime64(calendar.start_of(quarter))
    last = quarter + 1 == calendar.steps
    after = f"{calendar.last_year + 1}-01-01" if last else calendar.start_of(quarter + 1)
    return str(start + int(share * int((np.datetime64(after) - start).astype(int))))


def in_words(row: list[float], world: Scenario, calendar: Calendar) -> Told:
    """Return a row of the module in the words of the chronology, without months and title."""
    quarter, what, which, share, kind, salience, who, _ = row
    axes, partners = axes_of(world), world.partners
    starters = [*(f"member:{name}" for name in axes["member"]), partners.state, partners.alliance]
    whom = [*starters, "both"][int(who)]
    by_series = sorted(world.kinds, key=lambda k: (SERIES.index(k.domain), k.name))
    rung = {r.number: r for r in world.rungs}.get(int(which))
    domain, name = "institution", "suspension"
    if what == marks.COUNTED:
        domain, name = SERIES[int(which)], by_series[int(kind)].name
    elif what == marks.CLIMBED and rung is not None:
        domain, name, salience = rung.event_domain, rung.event_kind, float(rung.salience)
    elif what == marks.PASSED:
        name = "office"
    elif what == marks.AGREED:
        name = "agreement"
    elif what == marks.SUSPENDED:
        domain = "operations"
    date = day_of(calendar, int(quarter), share)
    return (int(quarter), date, domain, name, int(salience), whom)


def told(running: Host, states: np.ndarray[Any, Any], run: int) -> np.ndarray[Any, Any]:
    """Return the rows that the module writes of a run."""
    running["run.values"][...] = states
    running["run.key"][:] = SEED & 0xFFFFFFFF, SEED >> 32
    running["run.number"][0] = run
    running.call("mark_events")
    found: np.ndarray[Any, Any] = running["run.events"][: int(running["run.told"][0])].copy()
    return found


@needs_module
@pytest.mark.parametrize("kind", ["simd", "scalar"])
@pytest.mark.parametrize("seed", [0, 31, 32])
@pytest.mark.parametrize("name", WORLDS)
def test_events_of_the_module_are_those_of_the_chronology(name: str, seed: int, kind: str) -> None:
    world = edited(name, seed) if seed else load_scenario(name)
    running = prepared(host(name, kind), name, world)
    running.ask(SEED)
    values = running.advance(0, frame(name).shape.steps, 3)
    ensemble = simulate(world, runs=3, seed=SEED)
    assert values.tobytes() == ensemble.values.tobytes()
    wanted = chronology(ensemble, world)
    calendar = recipe_of(world).calendar
    kinds = set()
    for run in range(3):
        rows = told(running, values[run], run)
        mine = sorted(in_words(row, world, calendar) for row in rows.tolist())
        own = wanted[wanted["run"] == run]
        columns = ("quarter", "date", "domain", "kind", "salience", "initiator")
        theirs = sorted(
            (int(q), str(d.date()), *rest)
            for q, d, *rest in zip(*(own[column] for column in columns), strict=True)
        )
        assert mine == theirs
        months = rows[rows[:, marks.WHAT] == marks.SUSPENDED, marks.MONTHS]
        assert np.round(np.sort(months), 1).tolist() == sorted(own["months"].dropna())
        signed = own["title"].str.startswith(AGREEMENT).sum()
        assert (rows[:, marks.WHAT] == marks.AGREED).sum() == signed
        kinds |= set(rows[:, marks.WHAT].tolist())
    assert marks.COUNTED in kinds


@needs_module
def test_events_beyond_the_room_for_them_are_counted() -> None:
    name = WORLDS[1]
    small = json.loads(frame(name).to_json())
    running = prepared(host(name, "simd"), name, load_scenario(name))
    running.ask(SEED)
    values = running.advance(0, frame(name).shape.steps, 1)[0]
    rows = told(running, values, 0)
    from alliance_sim.lab.module import usable

    other = Host(usable("simd"), small)
    other.replace("run.events", np.zeros((3, marks.COLUMNS)))
    prepared(other, name, load_scenario(name))
    assert len(rows) > 3
    assert told(other, values, 0).tobytes() == rows[:3].tobytes()
    assert int(other["run.told"][0]) == len(rows)


@needs_module
def test_a_refused_rung_is_that_which_was_asked_for_where_the_ladder_is_held() -> None:
    """The chronology tells its title, and the module its number, from which the page has it."""
    name = WORLDS[1]
    free = simulate(load_scenario(name), runs=200, seed=SEED)
    blocked = chronology(free, load_scenario(name))
    blocked = blocked[blocked["title"].str.startswith("Blocked by ")]
    rung = free.column("rung")
    steps = {r.title: r.number for r in load_scenario(name).rungs}
    asked = blocked.assign(step=blocked["title"].str.rpartition(": ")[2].map(steps)).dropna(
        subset="step"
    )
    run, quarter, step = (int(asked.iloc[0][column]) for column in ("run", "quarter", "step"))
    assert step == rung[run, quarter - 1] + 1
    running = prepared(host(name, "simd"), name, load_scenario(name))
    running.ask(SEED)
    for held in (0, len(steps)):
        states = free.values[run].copy()
        states[quarter:, free.states.index("rung")] = held
        rows = told(running, states, run)
        now = rows[(rows[:, marks.QUARTER] == quarter) & (rows[:, marks.WHAT] == marks.REFUSED)]
        assert now[:, marks.WHICH].tolist() == [step]
