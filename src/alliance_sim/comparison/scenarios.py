"""What follows in the model when something is changed: scenarios run on the same noise.

Run r of every scenario has the same noise, so that the difference of two runs is what the edit
makes of one course of events; luck that both share cancels. It is edited minus factual everywhere.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from alliance_sim.comparison.acts import differing_acts, with_draw
from alliance_sim.comparison.counts import step_changes
from alliance_sim.comparison.drawn import drawn_from
from alliance_sim.comparison.edits import DatedEdit, edits_between
from alliance_sim.comparison.pairing import WHERE, ScenarioLike, labels_of, pairs_of
from alliance_sim.comparison.sentences import Findings, sentence_of
from alliance_sim.display import Facts, Shown, Table, counted, figure
from alliance_sim.engine.simulate import Kernel, Progress, shared, simulate
from alliance_sim.errors import SettingError, UnknownName, explains_calls, shown, unknown_name
from alliance_sim.glossary import signed
from alliance_sim.parallel.executors import check_workers
from alliance_sim.provenance import STATEMENT
from alliance_sim.record.words import Words
from alliance_sim.results import OK, Ensemble
from alliance_sim.results.dictionary import outcome_meaning
from alliance_sim.results.draws import USUAL
from alliance_sim.results.outcome_words import outcome_title
from alliance_sim.results.outcomes import Outcome, evaluate, is_binary, parse_outcome
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.fields import LEVELS
from alliance_sim.several import several
from alliance_sim.whole_numbers import not_whole, whole_number
from alliance_sim.world import build_world, first_touched
from alliance_sim.world.build import prepared
from alliance_sim.world.state import state_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.engine.chronology import OnRecord
    from alliance_sim.engine.vectors import ParameterDraws

LOW, HIGH = 0.05, 0.95
SHOWN = (*LEVELS, "rung", "agenda_overlap")  # states of which every comparison tells


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Shown):
    """Edited scenarios beside a factual one, run by run on the same noise.

    Differences are edited minus factual. A pair of runs in which one failed is left out.

    Attributes:
        factual: The scenario that the others are held against.
        edited: The other scenarios by label: the title, or what it adds to that of the factual one;
            the name where titles do not tell them apart.
        factual_runs: Runs of the factual scenario.
        edited_runs: Runs of the edited scenarios with the same seed and numbers, by label.
        edits: What was edited and what responds to it, with dates, by label.
        touched: Day on which the first quarter begins that an edit touches, by label; until then
            both worlds are the same to the last bit. None where nothing differs.
        outcomes: What the table tells of.
        words: What is said about the relationship.
        parameters: In a sentence which posterior the runs have parameters of, or why not the
            shipped one; "" where the files state them.
        draws: Draws of which the runs have parameters; None where the files state them.
        draw: Which of them each run has, array (run,).
        on_record: What the record holds, where factual runs are histories that come to it.
    """

    factual: Scenario
    edited: Mapping[str, Scenario]
    factual_runs: Ensemble
    edited_runs: Mapping[str, Ensemble]
    edits: Mapping[str, tuple[DatedEdit, ...]]
    touched: Mapping[str, dt.date | None]
    outcomes: tuple[Outcome, ...]
    words: Words
    parameters: str = ""
    draws: ParameterDraws | None = None
    draw: NDArray[np.int64] | None = None
    on_record: OnRecord | None = None

    @cached_property
    def table(self) -> pd.DataFrame:
        """Differences of the outcomes, one row for each scenario and outcome.

        Columns `scenario` (label), `outcome` (as it is asked for), `title` (in words), `state`,
        `year`, `unit`, `factual` and `edited` (median over runs; the share of runs for what happens
        or does not), `difference` (median of the differences run by run; for what happens or does
        not, that of the shares), `low` and `high` (5th and 95th percentile of the differences),
        `above` and `below` (share of runs in which it is above and below zero) and `runs` (pairs
        that count).
        """
        return self._table(self.outcomes)

    @cached_property
    def yearly(self) -> pd.DataFrame:
        """The same columns for levels, formal step and agenda overlap at the end of every year."""
        calendar = self.factual_runs.calendar
        years = range(calendar.first_year, calendar.last_year + 1)
        return self._table(tuple(self._outcome(f"{s}@{y}") for s in SHOWN for y in years))

    @cached_property
    def steps(self) -> pd.DataFrame:
        """When formal steps and proposals come: `counts.step_changes`, after column `scenario`."""
        frames = []
        for label, runs in self.edited_runs.items():
            frame = step_changes(self.factual_runs, runs, self.factual)
            frame.insert(0, "scenario", label)
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    @cached_property
    def acts(self) -> pd.DataFrame:
        """Dated acts that differ in the first pair of runs that both worked; see `acts_of`."""
        return self.acts_of(self.shown_run)

    @property
    def shown_run(self) -> int:
        """Number of the first run that failed in none of the scenarios.

        Raises:
            SettingError: If there is none.
        """
        row = next((row for row in range(self.factual_runs.runs) if self._whole(row)), None)
        if row is None:
            raise SettingError(WHERE, ["in every pair of runs one failed, so nothing is compared"])
        return self.factual_runs.first_run + row

    @cached_property
    def sentences(self) -> dict[str, str]:
        """What each edited scenario comes to, in one plain sentence, by label."""
        found = {}
        for label in self.edited:
            findings = Findings(
                yearly=self.yearly[self.yearly["scenario"] == label],
                steps=self.steps[self.steps["scenario"] == label],
                last=int(self.table["year"].max()),
                same=self.same(label),
            )
            found[label] = sentence_of(
                label,
                findings,
                against=self.factual.title,
                words=self.words,
                rungs=len(self.factual.rungs),
            )
        return found

    @property
    def sentence(self) -> str:
        """What the comparison comes to: a sentence for each edited scenario, and what it is worth.

        The last two say that it is a statement about the model.
        """
        return " ".join([*self.sentences.values(), STATEMENT])

    def plot(self, label: str | None = None) -> Any:
        """Return a figure of the courses of both scenarios, and of their difference.

        Args:
            label: Which of several edited scenarios; all, as differences alone, if left out.

        Returns:
            A `matplotlib.figure.Figure`; a notebook shows it, `savefig` writes it.

        Raises:
            UnknownName: If no edited scenario is called so.
        """
        return figure(self, label)

    def _facts(self) -> Facts:
        runs = self.factual_runs
        last = self.table.groupby(["scenario", "state"], sort=False).last().reset_index()
        rows = [
            [f"{row['scenario']}: {row['title']}", signed(row["difference"], row["unit"]),
             f"{signed(row['low'], row['unit'])} to {signed(row['high'], row['unit'])}"]
            for row in last.to_dict("records")
        ]  # fmt: skip
        return Facts(
            name=f"{'; '.join(self.edited)} against {self.factual.title}",
            brief=(counted(runs.runs, "pair") + " of runs", f"seed {runs.seed}"),
            more=[*self.sentences.items(), ("parameters", self.parameters)],
            table=Table(("edited minus factual", "median", "90 % of runs"), rows),
        )

    def same(self, label: str) -> bool:
        """Return whether an edited scenario gives the same numbers as the factual one throughout.

        Args:
            label: Of the edited scenario.

        Raises:
            UnknownName: If no edited scenario is called so.
        """
        mine, its = self.factual_runs, self._edited(label)
        if mine.states != its.states:
            return False
        return np.array_equal(mine.values, its.values, equal_nan=True)

    def alike_until(self, label: str) -> str:
        """Return the last quarter up to which both worlds are the same, such as "2001Q2".

        It is "" where they differ from the first quarter on, and where they never differ.

        Args:
            label: Of the edited scenario.

        Raises:
            UnknownName: If no edited scenario is called so.
        """
        touched, calendar = self.touched[self._known(label)], self.factual_runs.calendar
        first = 0 if touched is None else calendar.index(touched)
        return calendar.label(first - 1) if first else ""

    def moved_steps(self, label: str) -> pd.DataFrame:
        """Return the rows of `steps` of one scenario that come at another time in some run.

        Args:
            label: Of the edited scenario.

        Raises:
            UnknownName: If no edited scenario is called so.
        """
        steps = self.steps[self.steps["scenario"] == self._known(label)]
        return steps[(steps["earlier"] > 0) | (steps["later"] > 0)]

    def differences(self, label: str | None = None) -> pd.DataFrame:
        """Return edited minus factual by run and quarter.

        Args:
            label: Of the edited scenario; may be left out where there is only one.

        Returns:
            Columns `run`, `quarter` (such as "1950Q1"), and one for each level, the formal step and
            the agenda overlap; NaN where one of a pair of runs failed.

        Raises:
            UnknownName: If no edited scenario is called so.
            SettingError: If there are several and none is named.
        """
        mine, its = self.factual_runs, self._edited(label)
        frame = pd.DataFrame(
            {state: (its.column(state) - mine.column(state)).reshape(-1) for state in SHOWN}
        )
        frame.insert(0, "run", np.repeat(mine.numbers, mine.calendar.steps))
        quarters = np.array(mine.calendar.labels, dtype=object)
        frame.insert(1, "quarter", np.tile(quarters, mine.runs))
        return frame

    def acts_of(self, run: int) -> pd.DataFrame:
        """Return the dated acts that differ between both sides of one pair of runs.

        Args:
            run: Number of the run.

        Returns:
            Columns `scenario` (label), `change` ("new", "gone", "moved" or "became another"),
            `factual_date` and `factual_title` (missing and empty for what is new), `edited_date`
            and `edited_title` (for what is gone), `domain`, `kind`, `salience` and `recorded`
            (whether the factual act is one of the record, told as it was coded); sorted by date.

        Raises:
            SettingError: If there is no such run, or one of the pair failed.
        """
        first, count = self.factual_runs.first_run, self.factual_runs.runs
        if problems := not_whole("run", run, least=first, most=first + count - 1):
            raise SettingError(WHERE, problems)
        row = run - first
        if not self._whole(row):
            raise SettingError(WHERE, [f"run {run} failed in one of the scenarios; take another"])
        frames = []
        for label, scenario in self.edited.items():
            frame = differing_acts(
                (self.factual_runs, self._told_by(self.factual, row)),
                (self.edited_runs[label], self._told_by(scenario, row)),
                row=row,
                on_record=self.on_record,
            )
            frame.insert(0, "scenario", label)
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    def _told_by(self, scenario: Scenario, row: int) -> Scenario:
        """Return a scenario with the numbers by which the acts of a run are told."""
        if self.draws is None or self.draw is None:
            return scenario
        return with_draw(scenario, self.draws, int(self.draw[row]))

    def _edited(self, label: str | None) -> Ensemble:
        """Return the runs of an edited scenario, of the only one if none is named."""
        return self.edited_runs[self._known(label)]

    def _known(self, label: str | None) -> str:
        """Return the label of an edited scenario, of the only one if none is named.

        Raises:
            UnknownName: If no edited scenario is called so.
            SettingError: If there are several and none is named.
        """
        if label is None and len(self.edited_runs) == 1:
            return next(iter(self.edited_runs))
        if label is None:
            problem = f"label is left out, must be one of: {', '.join(self.edited_runs)}"
            raise SettingError(WHERE, [problem])
        if label not in tuple(self.edited_runs):
            raise UnknownName(unknown_name("scenario", label, self.edited_runs))
        return label

    def _whole(self, row: int) -> bool:
        every = (self.factual_runs, *self.edited_runs.values())
        return all(runs.status[row] == OK for runs in every)

    def _outcome(self, text: str) -> Outcome:
        runs = self.factual_runs
        return parse_outcome(text, states=runs.states, calendar=runs.calendar)

    def _table(self, outcomes: tuple[Outcome, ...]) -> pd.DataFrame:
        mine = _evaluated(self.factual_runs, outcomes)
        calendar, meanings = self.factual_runs.calendar, self.factual_runs.meanings
        rows = []
        for label, runs in self.edited_runs.items():
            its = _evaluated(runs, outcomes)
            for column, outcome in enumerate(outcomes):
                told = {
                    "scenario": label,
                    "outcome": outcome.text,
                    "title": outcome_title(outcome, calendar, meanings),
                    "state": outcome.state,
                    "year": calendar.first_year + (outcome.stop - 1) // calendar.steps_per_year,
                    "unit": outcome_meaning(outcome, calendar, meanings).unit,
                }
                rows.append(
                    told | _paired(mine[:, column], its[:, column], binary=is_binary(outcome))
                )
        return pd.DataFrame(rows)


@explains_calls
def compare(  # noqa: PLR0913 - what is asked of one comparison, by name
    *scenarios: ScenarioLike,
    against: ScenarioLike | None = None,
    runs: int = 200,
    seed: int | None = None,
    outcomes: str | Sequence[str] = (),
    years: int | Sequence[int] = (),
    posterior: ParameterDraws | str | os.PathLike[str] | None = USUAL,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Return edited scenarios beside a factual one, run by run on the same noise.

    The factual one is `against`. If that is left out it is the one among the scenarios that is not
    edited (the first, if there are several); if all are edited, or there is only one, it is the
    whole scenario that all of them extend.

    Args:
        *scenarios: Scenarios, names of shipped ones, or files.
        against: The factual scenario.
        runs: Runs of each.
        seed: Seed of the noise; None lets the operating system choose, and the result names it.
        outcomes: What the table tells of beside levels, formal step and agenda overlap: a text such
            as "rung>=8@2014", or several, see `alliance_sim.results.outcomes`.
        years: At whose ends these are told, one or several; if left out, ends of stages after the
            first edit, and the last year.
        posterior: Draws of the parameters, the same ones in every scenario: run r has draw r modulo
            their number, and what an edit sets stays set. A file or folder of draws is
            read; "shipped" takes those that ship for the relationship, where they go with all the
            scenarios; None or "none" the numbers of the files.
        workers: Processors to use, all if left out; the numbers do not depend on it.
        progress: Called with (runs done, runs asked for) over all scenarios.

    Raises:
        ScenarioError: If a scenario cannot be used.
        SettingError: If it cannot be told which scenario is the factual one; if the scenarios are
            not of one relationship, years and steps; if the posterior does not go with one; or if a
            setting is out of range.
    """
    check_workers(WHERE, workers=workers)
    factual, others = pairs_of(scenarios, against)
    labels = labels_of(factual, others)
    world, _ = prepared(factual)
    steps = [first_touched(world, build_world(other, like=world)) for other in others]
    calendar = factual.calendar()
    days = [None if step is None else calendar.start_of(step) for step in steps]
    asked = _outcomes(factual, several(outcomes), several(years), days)
    draws, parameters = drawn_from(posterior, [factual, *others], where=WHERE, runs=runs)
    alike = partial(simulate, runs=runs, engine=Kernel(threads=workers), posterior=draws)
    parts = shared(progress, runs=runs, among=1 + len(others))
    base = alike(factual, seed=seed, progress=parts[0])
    ensembles = {
        label: alike(other, seed=base.seed, progress=part)
        for label, other, part in zip(labels, others, parts[1:], strict=True)
    }
    return Comparison(
        factual=factual,
        edited=dict(zip(labels, others, strict=True)),
        factual_runs=base,
        edited_runs=ensembles,
        edits={n: edits_between(factual, o) for n, o in zip(labels, others, strict=True)},
        touched=dict(zip(labels, days, strict=True)),
        outcomes=asked,
        words=Words.of(factual),
        parameters=parameters,
        draws=draws,
        draw=None if draws is None else base.numbers % draws.numbers_of(factual).values.shape[1],
    )


def asked_outcomes(
    factual: Scenario, texts: Sequence[str], years: Sequence[object]
) -> tuple[Outcome, ...]:
    """Return the outcomes of some texts, each once, for a table that tells of these years.

    Raises:
        SettingError: Naming all years and texts that cannot be used.
    """
    calendar, states = factual.calendar(), state_names(factual)
    first, last = calendar.first_year, calendar.last_year
    problems = []
    for year in years:
        whole = whole_number(year)
        if not whole or year not in range(first, last + 1):
            given, kind = (str(year), "") if whole else (shown(year), "a whole number ")
            problems.append(f"year is {given}, must be {kind}from {first} to {last}")
    found: dict[str, Outcome] = {}
    for text in texts:
        try:
            outcome = parse_outcome(text, states=states, calendar=calendar)
            found[outcome.text] = outcome
        except SettingError as error:
            problems += [f"{error.where}: {problem}" for problem in error.problems]
    if problems:
        raise SettingError(WHERE, problems)
    return tuple(found.values())


def _outcomes(
    factual: Scenario,
    texts: Sequence[str],
    years: Sequence[object],
    touched: Sequence[dt.date | None],
) -> tuple[Outcome, ...]:
    """Return what the table tells of: the usual states at some years, and what was asked for.

    Raises:
        SettingError: Naming all years and texts that cannot be used.
    """
    asked = asked_outcomes(factual, texts, years)
    told = sorted({int(str(year)) for year in years})
    told = told or _years(factual, [day for day in touched if day is not None])
    usual = asked_outcomes(factual, [f"{state}@{year}" for state in SHOWN for year in told], ())
    return tuple({outcome.text: outcome for outcome in (*usual, *asked)}.values())


def _years(factual: Scenario, touched: Sequence[dt.date]) -> list[int]:
    """Return the years told where none were asked for: ends of stages after the first edit."""
    calendar = factual.calendar()
    last = calendar.last_year
    if not touched:
        return [last]
    first = min(touched).year
    ends = {period.end.year for period in calendar.periods if first < period.end.year < last}
    return [*sorted(ends or {(first + last) // 2}), last]


def _evaluated(runs: Ensemble, outcomes: tuple[Outcome, ...]) -> np.ndarray[Any, Any]:
    return evaluate(outcomes, runs.states, runs.values, runs.calendar)


def _paired(
    mine: np.ndarray[Any, Any], its: np.ndarray[Any, Any], *, binary: bool
) -> dict[str, float | int]:
    """Return what an outcome comes to in both scenarios, and its differences run by run."""
    whole = ~np.isnan(mine) & ~np.isnan(its)
    mine, its = mine[whole], its[whole]
    if not len(mine):
        raise SettingError(WHERE, ["in every pair of runs one failed, so nothing is compared"])
    difference = its - mine
    middle = np.mean if binary else np.median
    low, high = np.quantile(difference, [LOW, HIGH])
    return {
        "factual": float(middle(mine)),
        "edited": float(middle(its)),
        "difference": float(middle(difference)),
        "low": float(low),
        "high": float(high),
        "above": float((difference > 0).mean()),
        "below": float((difference < 0).mean()),
        "runs": len(difference),
    }
