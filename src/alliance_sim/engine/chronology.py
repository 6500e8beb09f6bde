"""Simulated runs as dated events that a historian can read, in the words of the coded record.

The model says how many events of a domain a quarter holds; this module says which. Marks (day,
kind, salience, who starts it) follow the scenario's observation tables by `rules.events`, with
noise channels of their own (`world.state.Marks`). They feed nothing back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alliance_sim.engine.kernel.marks import Acts
from alliance_sim.engine.marks import marks_of
from alliance_sim.noise import scattered
from alliance_sim.results import Ensemble
from alliance_sim.rules import events
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.fields import SERIES
from alliance_sim.scenario.schema import Kind, Rung
from alliance_sim.world import World, build_world
from alliance_sim.world.state import Marks, channels_of

COLUMNS = (
    *("run", "quarter", "date", "domain", "kind", "salience", "initiator", "months", "title"),
)
ROOM = 64  # places in a quarter's block of a channel; more than any count (events.MOST) needs
AGREEMENT = "Agreement on protecting information with"  # begins the title of one with an ally
UNKNOWN = {0: " (month not known)", 1: " (day not known)"}  # by dashes in a day as it was coded
RUNG, SIGNED, STOPPED, REFUSED = "rung", "agreement", "suspension", "refused"  # in places
Row = tuple[Any, ...]
Place = tuple[int, str, int | str]  # of an act: quarter, series and number; or quarter, what, which


class CodedAct(NamedTuple):
    """An act as it was coded, for a simulated one that stands for it.

    Attributes:
        date: Its day, or the middle of what is known of it.
        day: As it was coded: YYYY, YYYY-MM or YYYY-MM-DD.
        kind: Its kind.
        salience: How much it matters, 1 to 3.
        initiator: Who began it.
        title: What it is called.
    """

    date: dt.date
    day: str
    kind: str
    salience: int
    initiator: str
    title: str

    @property
    def told(self) -> str:
        """Its title, with how much of its day is not known."""
        return f"{self.title}{UNKNOWN.get(self.day.count('-'), '')}"


class OnRecord(NamedTuple):
    """What a record holds of the quarters of a run that comes to it.

    Attributes:
        counted: Acts that are counted, by quarter and series, in the order of their days.
        formal: By quarter, what and which: formal steps with their number, agreements and
            suspensions with 0, proposals that were refused with their name.
    """

    counted: Mapping[tuple[int, str], Sequence[CodedAct]]
    formal: Mapping[Place, CodedAct]


def chronology(
    ensemble: Ensemble, scenario: Scenario, coded: Mapping[Place, CodedAct] | None = None
) -> pd.DataFrame:
    """Return the dated events of every run, sorted by run and date.

    Args:
        ensemble: Runs of the scenario.
        scenario: The scenario that they are runs of. All of them are told by its numbers, also
            where runs have parameters of draws: `comparison.acts.with_draw` returns it with those
            of one draw.
        coded: Acts that are told as they were coded, by their places; see `coded_places`.

    Returns:
        Columns `run`, `quarter` (position), `date`, `domain`, `kind`, `salience` (1 to 3),
        `initiator`, `months` (length of a suspension, else NaN) and `title`. Kinds and initiators
        are those of the coded record; "suspension" counts negative.
    """
    scribe = _Scribe(ensemble, scenario, coded)
    rows = [*scribe.formal(), *scribe.agreements(), *scribe.suspensions()]
    others = pd.DataFrame(rows, columns=list(COLUMNS))
    others["date"] = pd.to_datetime(others["date"]).dt.as_unit("s")
    others["months"] = others["months"].astype(float)
    parts = [part for part in (*scribe.counted(), others) if len(part)]
    frame = pd.concat(parts, ignore_index=True) if parts else others
    keys = ["run", "date", "domain", "kind", "title"]
    return frame.sort_values(keys, kind="stable", ignore_index=True)


def coded_places(
    ensemble: Ensemble, scenario: Scenario, on_record: OnRecord
) -> dict[Place, CodedAct]:
    """Return which acts of a run that comes to a record stand for which of its acts.

    A quarter has as many acts of a series as were coded, or more, as not all are found. Those whose
    drawn day comes first stand for the coded ones: which number they have is luck, so that none is
    likelier than another to be without a twin in another world.

    Args:
        ensemble: The run, alone.
        scenario: Its scenario.
        on_record: What the record holds.
    """
    return _Scribe(ensemble, scenario).places(on_record)


def rung_asked(rung: Sequence[float] | NDArray[np.float64], quarter: int) -> int:
    """Return the rung that was asked for in a quarter: the one above that stood on before it.

    At the end of the quarter a run may be held on another.

    Args:
        rung: The rung at the end of each quarter.
        quarter: The quarter, from 1 on.
    """
    return int(rung[max(quarter - 1, 0)]) + 1


def _first(u: float, weights: list[float]) -> int | None:
    """Return the position of the entry that a uniform picks by weight; None if none weighs."""
    total = below = 0.0
    for weight in weights:
        total = total + weight
    for position, weight in enumerate(weights):
        below = below + weight
        if events.chosen(u, total, below) > 0.0:
            return position
    return None


class _Scribe:
    """Writes the events of an ensemble down."""

    def __init__(
        self,
        ensemble: Ensemble,
        scenario: Scenario,
        coded: Mapping[Place, CodedAct] | None = None,
    ) -> None:
        self.coded = {} if coded is None else coded
        self.ensemble = ensemble
        self.scenario = scenario
        self.world: World = build_world(scenario)
        self.marks = channels_of(Marks, scenario.partners.name, self.world.axes)
        calendar = ensemble.calendar
        self.starts = [calendar.start_of(quarter) for quarter in range(calendar.steps)]
        after = [*self.starts[1:], dt.date(calendar.last_year + 1, 1, 1)]
        self.lengths = [(b - a).days for a, b in zip(self.starts, after, strict=True)]
        self.partners = scenario.partners
        self.titles = {m.name: m.title for m in scenario.members} | {
            self.partners.state: self.partners.state_title,
            self.partners.alliance: self.partners.alliance_title,
            "both": "both sides",
        }
        self.guarantors = {m.name for m in scenario.members if m.guarantor}
        self.weights: dict[int, list[float]] = {}  # of allies, by quarter
        self.level = {d: ensemble.column(f"level_{d}") for d in SERIES[:3]}
        self.assets = ensemble.column("assets_general") + ensemble.column("assets_mission")
        self.level["institution"] = self.assets * self.level["political"]
        state, alliance = self.partners.state, self.partners.alliance
        self.gap = ensemble.column(f"ratio_{state}") - ensemble.column(f"ratio_{alliance}")

    def _uniforms(
        self, number: int, rows: NDArray[np.int64], steps: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        return scattered(self.ensemble.seed, number, rows + self.ensemble.first_run, steps)

    def _date(self, quarter: int, u: float) -> dt.date:
        return self.starts[quarter] + dt.timedelta(days=int(u * self.lengths[quarter]))

    def counted(self) -> Iterator[pd.DataFrame]:
        """Yield the events that the counts of each domain stand for, domain by domain."""
        of_events = (self.marks.day, self.marks.kind, self.marks.salience, self.marks.initiator)
        lengths = np.array(self.lengths)
        for series, *channels in zip(SERIES, *of_events, strict=True):
            counts = np.nan_to_num(self.ensemble.column(f"count_{series}")).astype(np.int64)
            rows, quarters = np.nonzero(counts)
            many = np.minimum(counts[rows, quarters], events.MOST)
            order = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
            rows, quarters = np.repeat(rows, many), np.repeat(quarters, many)
            steps = quarters * ROOM + order
            days, *luck = (self._uniforms(number, rows, steps) for number in channels)
            kinds = sorted(
                (k for k in self.scenario.kinds if k.domain == series), key=lambda k: k.name
            )
            state = (self.level[series], self.assets, self.gap)
            acts = Acts(*(values[rows, quarters] for values in state), *luck)
            chosen, salience, side = marks_of(acts, kinds, self.scenario.observation)
            kind = chosen.astype(np.int64)
            starts = np.array(self.starts, dtype="datetime64[D]")[quarters]
            who = self._initiators(kinds, quarters, kind, side, luck[-1])
            frame = pd.DataFrame(
                {
                    "run": rows + self.ensemble.first_run,
                    "quarter": quarters,
                    "date": (starts + (days * lengths[quarters]).astype(np.int64)).astype(
                        "datetime64[s]"
                    ),
                    "domain": series,
                    "kind": np.array([one.name for one in kinds], dtype=object)[kind],
                    "salience": salience.astype(np.int64),
                    "initiator": who,
                    "months": np.nan,
                    "title": self._titles(kinds, kind, who),
                }
            )
            yield self._with_coded(frame, series, order)

    def _titles(
        self, kinds: Sequence[Kind], kind: NDArray[np.int64], who: NDArray[np.object_]
    ) -> list[str]:
        """Return what events are called, by the position of their kind and who starts them."""
        pairs = list(zip(kind.tolist(), who.tolist(), strict=True))
        words = {
            (at, one): f"{kinds[at].title}, started by {self._called(one)}"
            for at, one in set(pairs)
        }
        return [words[pair] for pair in pairs]

    def _with_coded(
        self, frame: pd.DataFrame, series: str, order: NDArray[np.int64]
    ) -> pd.DataFrame:
        """Return events of a series, those that stand for coded acts as these were coded."""
        mine = {(q, number): act for (q, what, number), act in self.coded.items() if what == series}
        for (quarter, number), act in mine.items():
            there = ((frame["quarter"] == quarter) & (order == number)).to_numpy()
            marks = (pd.Timestamp(act.date), act.kind, act.salience, act.initiator, act.told)
            frame.loc[there, ["date", "kind", "salience", "initiator", "title"]] = marks
        return frame

    def places(self, on_record: OnRecord) -> dict[Place, CodedAct]:
        """Return the acts of a record by the places of those of the only run."""
        found = dict(on_record.formal)
        days: dict[str, int] = dict(zip(SERIES, self.marks.day, strict=True))
        for (quarter, series), acts in on_record.counted.items():
            count = int(np.nan_to_num(self.ensemble.column(f"count_{series}")[0, quarter]))
            at = quarter * ROOM + np.arange(count, dtype=np.int64)
            luck = self._uniforms(days[series], np.zeros(count, dtype=np.int64), at).tolist()
            first = sorted(range(count), key=lambda number: self._date(quarter, luck[number]))
            chosen = sorted(first[: len(acts)])
            found |= {
                (quarter, series, number): act for number, act in zip(chosen, acts, strict=False)
            }
        return found

    def _as_coded(self, row: int, quarter: int, domain: str, coded: CodedAct) -> Row:
        date, _, kind, salience, initiator, _ = coded
        run = row + self.ensemble.first_run
        return (run, quarter, date, domain, kind, salience, initiator, None, coded.told)

    def _initiators(
        self,
        kinds: Sequence[Kind],
        quarters: NDArray[np.int64],
        kind: NDArray[np.int64],
        side: NDArray[np.float64],
        u: NDArray[np.float64],
    ) -> NDArray[np.object_]:
        """Return who starts events: a single ally on its own track, both sides, or one."""
        found = np.full(len(side), self.partners.alliance, dtype=object)
        found[side == events.STATE] = self.partners.state
        found[side == events.BOTH] = "both"
        for at in np.flatnonzero(side == events.SINGLE_ALLY).tolist():
            alone = kinds[kind[at]].single_ally.value
            found[at] = self._ally(int(quarters[at]), float(u[at]) / alone)
        return found

    def _ally(self, quarter: int, u: float) -> str:
        """Return an ally other than the guarantor, the weightier the likelier."""
        found = _first(u, self._ally_weights(quarter))
        return f"member:{self.world.members[-1 if found is None else found]}"

    def _ally_weights(self, quarter: int) -> list[float]:
        if quarter not in self.weights:  # the same in all runs
            given = zip(self.world.members, self.world.inputs[quarter].weight, strict=True)
            self.weights[quarter] = [
                events.ally_weight(weight, 1.0 if name in self.guarantors else 0.0)
                for name, weight in given
            ]
        return self.weights[quarter]

    def _called(self, initiator: str) -> str:
        return self.titles[initiator.removeprefix("member:")]

    def _single(self, number: int, rows: NDArray[np.int64], quarters: NDArray[np.int64]) -> Any:
        """Return rows, quarters and a uniform of each place, as plain lists zipped."""
        luck = self._uniforms(number, rows, quarters)
        return zip(rows.tolist(), quarters.tolist(), luck.tolist(), strict=True)

    def formal(self) -> Iterator[Row]:
        """Yield rungs climbed and lost, items passed, and steps that were blocked."""
        rung = self.ensemble.column("rung")
        change = np.diff(rung, axis=1, prepend=rung[:, :1])
        rungs = {r.number: r for r in self.scenario.rungs}
        for row, quarter, u in self._single(self.marks.rung_day, *np.nonzero(change > 0)):
            step = rungs[int(rung[row, quarter])]
            mark = (step.event_domain, step.event_kind, step.salience, "both", step.title)
            yield self._event(row, quarter, u, mark, (quarter, RUNG, step.number))
        for row, quarter, u in self._single(self.marks.fall_day, *np.nonzero(change < 0)):
            title = f"Lost: {rungs[int(rung[row, quarter]) + 1].title}"
            if change[row, quarter] < -1.0:  # as only a hold can
                title += " and all above it"
            yield self._event(row, quarter, u, ("institution", "suspension", 3, "both", title))
        names = self.world.axes["item"]
        passes = dict(zip(names, self.marks.item_day, strict=True))
        fails = dict(zip(names, self.marks.item_blocked_day, strict=True))
        for item in self.scenario.items:
            passed = self.ensemble.column(f"passed_{item.name}")
            rises = np.diff(passed, axis=1, prepend=passed[:, :1]) > 0
            for row, quarter, u in self._single(passes[item.name], *np.nonzero(rises)):
                mark = ("institution", "office", 3, "both", item.title)
                yield self._event(row, quarter, u, mark)
        yield from self._blocked_rungs(rungs)
        for item in self.scenario.items:
            refused = self._refusals(f"refused_{item.name}_")
            places = np.nonzero(refused.any(axis=-1))
            for row, quarter, u in self._single(fails[item.name], *places):
                mark = self._blocked(refused[row, quarter], item.title)
                yield self._event(row, quarter, u, mark, (quarter, REFUSED, item.name))

    def _blocked_rungs(self, rungs: dict[int, Rung]) -> Iterator[Row]:
        refused = self._refusals("refused_")
        rung = self.ensemble.column("rung")
        for row, quarter, u in self._single(
            self.marks.blocked_day, *np.nonzero(refused.any(axis=-1))
        ):
            title = rungs[rung_asked(rung[row], quarter)].title
            yield self._event(row, quarter, u, self._blocked(refused[row, quarter], title))

    def _refusals(self, prefix: str) -> NDArray[np.bool_]:
        """Return who refused a step that failed, as an array (run, quarter, partner)."""
        names = [f"{prefix}{name}" for name in (*self.world.members, self.partners.state)]
        return self.ensemble.block(names) > 0

    def _blocked(self, refused: NDArray[np.bool_], what: str) -> Row:
        """Return the marks of a blocked step, named after the first who refused it."""
        names = [*self.world.members, self.partners.state]
        who = [name for name, no in zip(names, refused.tolist(), strict=True) if no]
        initiator = who[0] if who[0] == self.partners.state else f"member:{who[0]}"
        by = ", ".join(self.titles[name] for name in who)
        return ("institution", "suspension", 2, initiator, f"Blocked by {by}: {what}")

    def _event(
        self, row: int, quarter: int, u: float, mark: Row, place: Place | None = None
    ) -> Row:
        domain, kind, salience, initiator, title = mark
        coded = None if place is None else self.coded.get(place)
        if coded is not None:
            return self._as_coded(row, quarter, domain, coded)
        date = self._date(quarter, u)
        run = row + self.ensemble.first_run
        return (run, quarter, date, domain, kind, salience, initiator, None, title)

    def agreements(self) -> Iterator[Row]:
        """Yield agreements with single allies."""
        count = self.ensemble.column("agreements")
        rises = np.nonzero(np.diff(count, axis=1, prepend=count[:, :1]) > 0)
        for row, quarter, u in self._single(self.marks.agreement, *rises):
            ally = self._ally(quarter, u)
            title = f"{AGREEMENT} {self._called(ally)}"
            mark = ("institution", "agreement", 1, ally, title)
            yield self._event(row, quarter, u, mark, (quarter, SIGNED, 0))

    def suspensions(self) -> Iterator[Row]:
        """Yield suspensions of running operations, with their length in months."""
        rows, quarters = np.nonzero(self.ensemble.column("suspensions") > 0)
        lengths = self._uniforms(self.marks.suspension_months, rows, quarters).tolist()
        mean = self.scenario.observation.suspension_months.value
        for (row, quarter, u), length in zip(
            self._single(self.marks.suspension_day, rows, quarters), lengths, strict=True
        ):
            coded = self.coded.get((quarter, STOPPED, 0))
            if coded is not None:
                yield self._as_coded(row, quarter, "operations", coded)
                continue
            months = events.months_suspended(mean, length)
            yield (
                row + self.ensemble.first_run,
                quarter,
                self._date(quarter, u),
                "operations",
                "suspension",
                2,
                self.partners.state,
                round(months, 1),
                f"Operations suspended for {max(1, round(months))} months",
            )
