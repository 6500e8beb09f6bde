"""Baselines and models held against a record, in sample and out of it.

Six settings. In sample: all acts at the best numbers (plug-in). Blind: forecasts from one fixed
origin, inputs kept as they were there. Told: the same with the true inputs; acts are never told.
Rolling: each year from the years before it, with inputs as they were; and told, with the true ones.
Left out: each year from all others, but for the first of the scenario.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

import numpy as np

from alliance_sim.calibration.acts import ActCounts, act_counts, first_observed
from alliance_sim.calibration.baselines import BASELINES, Baseline, Holdout, log_quadratic_evidence
from alliance_sim.calibration.baselines.holdout import InSample
from alliance_sim.calibration.predictive import Predictive, beside
from alliance_sim.calibration.scores import (
    Difference,
    Scores,
    Uniformity,
    difference,
    scores_of,
    share_inside,
    uniformity,
)
from alliance_sim.display import Facts, Shown, Table, counted
from alliance_sim.errors import SettingError, UnknownName, explains_calls, shown, unknown_name
from alliance_sim.parallel import executors
from alliance_sim.record.forecasts import ForecastYears, editions_of, forecast_years
from alliance_sim.record.record import COUNTED_DOMAINS, SERIES, Record
from alliance_sim.several import several

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.engine.simulate import Progress
    from alliance_sim.scenario import Scenario


IN_SAMPLE, BLIND, TOLD, LEAVE_OUT = "in_sample", "blind", "told", "leave_out"
ROLLING, ROLLING_TOLD = "rolling", "rolling_told"
SETTINGS = (IN_SAMPLE, BLIND, TOLD, ROLLING, ROLLING_TOLD, LEAVE_OUT)
AGAIN = "Nothing was kept; the same again, with fewer workers if memory is short"
CURVE = "log_quadratic"
HORIZONS = {
    BLIND: 8,
    TOLD: 8,
    ROLLING: 4,
    ROLLING_TOLD: 4,
    LEAVE_OUT: 4,
}  # quarters whose scores hang together


class Cell(NamedTuple):
    """One model in one setting of one series.

    Attributes:
        scores: Of every quarter and field.
        predictive: What they are scores of.
        parameters: Free numbers, None out of sample.
        evidence: Log evidence, in sample or beside rolling forecasts that add up to it; None
            otherwise, or without a proper prior.
        evidence_error: Its numerical error.
    """

    scores: Scores
    predictive: Predictive
    parameters: int | None = None
    evidence: float | None = None
    evidence_error: float | None = None


class Key(NamedTuple):
    """Which cell: edition of the record, series, setting, model."""

    edition: str
    series: str
    setting: str
    model: str


@dataclass(frozen=True, eq=False, repr=False)
class ScoreTable(Shown):
    """Scores of models and baselines on one or more editions of a record.

    Attributes:
        scenario: Name of the scenario.
        edition: The edition that the scenario names.
        acts: What was scored, by edition and series.
        years: Which years were forecast from which, by edition.
        cells: The scores.
        titles: What models and baselines are called, by name, in the order of tables.
        curve: By edition and series the evidence of a Poisson log-quadratic curve and its error.
    """

    scenario: str
    edition: str
    acts: Mapping[tuple[str, str], ActCounts]
    years: Mapping[str, ForecastYears]
    cells: Mapping[Key, Cell]
    titles: Mapping[str, str]
    curve: Mapping[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    def _facts(self) -> Facts:
        series = next((key.series for key in self.cells if key.edition == self.edition), SERIES[0])
        where = (self.edition, series, ROLLING)
        best = []
        if where in {key[:3] for key in self.cells}:
            best = [("best rolling", self.titles[self.best(*where)])]
        editions = ", ".join(self.years)
        brief = [counted(len(self.titles), "model"), f"editions {editions}"]
        more = [("editions", editions), *best, ("table", ".frame()")]
        frame = self.frame()
        here = frame[(frame["edition"] == self.edition) & (frame["series"] == series)]
        named = zip(here["model"], here["setting"], strict=True)
        scored = dict(zip(named, here["log_score"].tolist(), strict=True))
        rows = [
            [title, *(scored.get((name, setting), math.nan) for setting in SETTINGS)]
            for name, title in self.titles.items()
        ]
        return Facts(self.scenario, brief, more, Table(["log score", *SETTINGS], rows))

    def frame(self) -> pd.DataFrame:
        """Return one row per edition, series, setting and model.

        Returns:
            Columns `edition`, `series`, `setting`, `model`, `log_score` (sum over quarters and
            fields), `crps`, `brier`, `coverage` (means), `quarters`, `spent` (whether some of the
            years were looked at before), `unspent_log_score` (the sum over the others; NaN if there
            are none), `pit_inside` (of the held-out settings), `pit_inside_share` (the share of
            other sets of uniforms with which they stay inside), `parameters`, `evidence` and
            `evidence_error` (in sample), `evidence_poisson` and its error (of the log-quadratic
            curve under the Poisson distribution).
        """
        import pandas as pd

        return pd.DataFrame([{**key._asdict(), **self.told(key)} for key in self.cells])

    def told(self, key: Key) -> dict[str, Any]:
        """Return the numbers of one cell, as in a row of `frame`; None for what it has not."""
        cell, calendar = self.cells[key], self.acts[key.edition, key.series].calendar
        years = [
            calendar.first_year + step // calendar.steps_per_year
            for step in range(cell.predictive.start, cell.predictive.stop)
        ]
        spent = np.array([self.years[key.edition].is_spent(year) for year in years])
        kept = cell.scores.log_score[~spent]
        held_out = key.setting != IN_SAMPLE
        curve: tuple[float | None, float | None] = (None, None)
        if (key.setting, key.model) == (IN_SAMPLE, CURVE):
            curve = self.curve.get((key.edition, key.series), curve)
        return {
            **cell.scores.told(),
            "quarters": len(years),
            "spent": bool(spent.any()),
            "unspent_log_score": float(kept.sum()) if len(kept) else None,
            "pit_inside": self.calibration(key).inside if held_out else None,
            "pit_inside_share": self._share_inside(key) if held_out else None,
            "parameters": cell.parameters,
            "evidence": cell.evidence,
            "evidence_error": cell.evidence_error,
            "evidence_poisson": curve[0],
            "evidence_poisson_error": curve[1],
        }

    def best(self, edition: str, series: str, setting: str) -> str:
        """Return the model with the highest log score.

        Raises:
            UnknownName: If nothing was scored so.
        """
        found = {
            key.model: float(cell.scores.log_score.sum())
            for key, cell in self.cells.items()
            if key[:3] == (edition, series, setting)
        }
        if not found:
            known = sorted({", ".join(key[:3]) for key in self.cells})
            raise UnknownName(unknown_name("scores", f"{edition}, {series}, {setting}", known))
        return max(found, key=lambda name: found[name])

    def differences(self) -> pd.DataFrame:
        """Return how far each model lies behind the best of its setting, with the error.

        Returns:
            Columns `edition`, `series`, `setting`, `model`, `best`, and the fields of
            `scores.Difference`; the best models themselves are left out.
        """
        import pandas as pd

        rows = []
        for key, cell in self.cells.items():
            best = self.best(*key[:3])
            if key.setting == IN_SAMPLE or best == key.model:
                continue
            gap = self.against(key, best, cell)
            rows.append({**key._asdict(), "best": best, **gap._asdict()})
        return pd.DataFrame(rows)

    def against(self, key: Key, other: str, cell: Cell | None = None) -> Difference:
        """Return what a model scores more than another in the same setting."""
        mine = (cell or self.cells[key]).scores.log_score
        theirs = self.cells[key._replace(model=other)].scores.log_score
        return difference(mine, theirs, horizon=min(HORIZONS[key.setting], len(mine)))

    def calibration(self, key: Key) -> Uniformity:
        """Return whether the forecasts of one cell were calibrated, by their PIT values."""
        return uniformity(self.cells[key].scores.pit)

    def _share_inside(self, key: Key) -> float:
        predictive = self.cells[key].predictive
        counts = self.acts[key.edition, key.series].counts
        return share_inside(predictive, counts[predictive.start : predictive.stop])

    def tree(self) -> dict[str, Any]:
        """Return by edition the first year, the years forecast and `series` -> setting -> model."""
        return {edition: self._edition(edition) for edition in self.years}

    def _edition(self, edition: str) -> dict[str, Any]:
        series: dict[str, Any] = {}
        for key in (key for key in self.cells if key.edition == edition):
            row = {name: _plain(value) for name, value in self.told(key).items()}
            if key.setting != IN_SAMPLE:
                best = self.best(*key[:3])
                gap = None if best == key.model else self.against(key, best)._asdict()
                told = None if gap is None else {k: _plain(v) for k, v in gap.items()}
                row["difference"] = None if told is None else {"best": best, **told}
                row["pit_inside_by_field"] = self._by_field(key)
            series.setdefault(key.series, {}).setdefault(key.setting, {})[key.model] = row
        years = self.years[edition]
        acts = next(acts for (of, _), acts in self.acts.items() if of == edition)
        return {
            "edition": edition,
            "first_year": acts.first_year,
            "known_until": years.known_until,
            "scored_until": years.scored_until,
            "rolling_from": years.rolling_from,
            "spent": None if years.spent is None else list(years.spent),
            "series": series,
        }

    def _by_field(self, key: Key) -> dict[str, bool]:
        pit = self.cells[key].scores.pit
        return {name: uniformity(pit[:, k]).inside for k, name in enumerate(COUNTED_DOMAINS)}


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it; NaN and infinities are None."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


class MadeAlready(Protocol):
    """A model whose forecasts were made before, by fits that take longer than a score."""

    @property
    def name(self) -> str:
        """Key in tables and JSON."""

    @property
    def title(self) -> str:
        """What it is called in tables."""

    def held_out(self, acts: ActCounts, setting: str, start: int, stop: int) -> InSample | None:
        """Return what it says of some quarters in a setting, None if that was not forecast."""


class _Work(NamedTuple):
    """One model to be fitted to one series, everywhere."""

    edition: str
    acts: ActCounts
    years: ForecastYears
    model: Baseline | MadeAlready
    told: Baseline | None


@explains_calls
def score_record(
    scenario: Scenario,
    *,
    series: str | Sequence[str] = SERIES,
    editions: str | Sequence[str] | None = None,
    since: int | None = None,
    models: Baseline | MadeAlready | Sequence[Baseline | MadeAlready] = BASELINES,
    workers: int = 1,
    progress: Progress | None = None,
) -> ScoreTable:
    """Return how well baselines describe and forecast a scenario's record.

    Args:
        scenario: The scenario; its record, stages and inputs are used, none of its numbers.
        series: Which of the series of acts, one alone or several.
        editions: What to name as `record` for each edition, one alone or several; all that there
            are if left out.
        since: First year that counts; that which each edition states if left out.
        models: What is fitted, one alone or several: anything that follows `Baseline`. One with an
            `edition` is scored on that alone, one with `settings` in those alone.
        workers: Processes to use; the numbers do not depend on it.
        progress: Called with (fits done, fits in all).

    Raises:
        NoRecord: If the scenario has no record.
        RecordError: If a record cannot be used.
        SettingError: If a record holds no act, `since` is no year or leaves too few, there is no
            series, edition or model, or something that is no model; or if no model says anything of
            what is scored.
        UnknownName: If there is no such series.
    """
    executors.check_workers("score", workers=workers)
    compared = several(models)
    _check_models(compared)
    named = Record.of(scenario).name
    acts, years = what_is_scored(scenario, series=series, editions=editions, since=since)
    work = [
        _Work(edition, counts, years[edition], model, _told(model))
        for (edition, _), counts in acts.items()
        for model in compared
        if getattr(model, "edition", edition) == edition
    ]
    cells: dict[Key, Cell] = {}
    curve: dict[tuple[str, str], tuple[float, float]] = {}
    done = 0
    if progress is not None:
        progress(0, len(work))
    with executors.explained(AGAIN), executors.chosen(workers=workers) as pool:
        for found, edition, one, evidence in executors.spread(pool, _fitted, work):
            cells |= found
            if evidence is not None:
                curve[edition, one] = evidence
            done += 1
            if progress is not None:
                progress(done, len(work))
    if not cells:
        told = f"no model says anything of what is scored ({', '.join(map(str, years))})"
        raise SettingError("score", [told])
    order = {name: place for place, name in enumerate(model.name for model in compared)}
    ranks = {name: place for place, name in enumerate(SETTINGS)}
    placed = list(acts)
    ordered = sorted(
        cells, key=lambda k: (placed.index((k.edition, k.series)), ranks[k.setting], order[k.model])
    )
    return ScoreTable(
        scenario=scenario.name,
        edition=named if named in years else list(years)[-1],
        acts=acts,
        years=years,
        cells={key: cells[key] for key in ordered},
        titles={model.name: model.title for model in compared},
        curve=dict(sorted(curve.items(), key=lambda item: placed.index(item[0]))),
    )


def what_is_scored(
    scenario: Scenario,
    *,
    series: str | Sequence[str] = SERIES,
    editions: str | Sequence[str] | None = None,
    since: int | None = None,
) -> tuple[dict[tuple[str, str], ActCounts], dict[str, ForecastYears]]:
    """Return the acts by (edition, series), and the years that are forecast by edition.

    This is quick, and refuses what cannot be scored before anything is simulated or fitted.
    Arguments and errors are those of `score_record`.
    """
    acts, years = {}, {}
    named = editions_of(scenario) if editions is None else several(editions)
    wanted = several(series)
    problems = [f"edition is {shown(x)}, must be a name" for x in named if not isinstance(x, str)]
    lists = {"edition": named, "series": wanted}
    problems += [f"no {name} is given, must be at least one" for name in lists if not lists[name]]
    if problems:
        raise SettingError("score", problems)
    for edition in named:
        world = scenario.model_copy(update={"record": edition})
        record = Record.of(world)
        if record.events.empty:
            problem = f"{record.name} holds no act, so there is nothing to score"
            raise SettingError("record", [problem])
        for one in wanted:
            acts[record.name, one] = act_counts(record, world, one, since=since)
        first = first_observed(record, world) if since is None else int(since)
        years[record.name] = _within(forecast_years(world, first=first), first)
    return acts, years


def _check_models(models: Sequence[object]) -> None:
    """Refuse what does not follow `Baseline`, and has no forecasts that were made before either.

    Raises:
        SettingError: Naming all that is missing.
    """
    problems = [] if models else ["no model is given, must be at least one"]
    for model in models:
        calls = ("held_out",) if hasattr(model, "held_out") else ("predict", "in_sample")
        lacking = [name for name in ("name", "title", *calls) if not hasattr(model, name)]
        if lacking:
            problems.append(f"model {shown(model)} has no {', '.join(lacking)}")
    if problems:
        raise SettingError("score", problems)


def _within(years: ForecastYears, first: int) -> ForecastYears:
    """Refuse years that leave nothing known at the first rolling origin."""
    if years.rolling_from <= first:
        problem = f"the first year that counts is {first}, must be before {years.rolling_from}"
        raise SettingError("score", [f"{problem}, the first year that is forecast (--from)"])
    return years


def _told(model: Baseline | MadeAlready) -> Baseline | None:
    """Return what a model is where it is told the inputs, None where that makes no difference."""
    make = getattr(model, "when_told", None)
    return None if make is None else make()


def _fitted(work: _Work) -> tuple[dict[Key, Cell], str, str, tuple[float, float] | None]:
    """Return one model's cells, and for the curve its evidence under the Poisson distribution."""
    made = hasattr(work.model, "held_out")
    cells = _made_already(work) if made else _by_fits(work)
    wanted = several(getattr(work.model, "settings", ())) or SETTINGS
    cells = {name: cell for name, cell in cells.items() if name in wanted}
    evidence = log_quadratic_evidence(work.acts) if work.model.name == CURVE else None
    keys = (Key(work.edition, work.acts.series, name, work.model.name) for name in cells)
    found = dict(zip(keys, cells.values(), strict=True))
    return found, work.edition, work.acts.series, evidence


def _by_fits(work: _Work) -> dict[str, Cell]:
    """Return the cells of a model that is fitted here."""
    acts, years = work.acts, work.years
    behind = acts.year_starts(years.scored_until + 1)
    origin = Holdout(acts.year_starts(years.known_until + 1), behind)
    rolling = _yearly(acts, range(years.rolling_from, years.scored_until + 1), after=False)
    years_left_out = range(acts.first_forecast_year, acts.calendar.last_year + 1)
    left = _yearly(acts, years_left_out, after=True)
    model = cast("Baseline", work.model)
    predicted = model.predict(acts, [origin, *rolling, *left])
    split = 1 + len(rolling)
    told = predicted[:split] if work.told is None else work.told.predict(acts, [origin, *rolling])
    settings = {
        BLIND: predicted[0],
        TOLD: told[0],
        ROLLING: beside(predicted[1:split]),
        ROLLING_TOLD: beside(told[1:]),
        LEAVE_OUT: beside(predicted[split:]),
    }
    inside = model.in_sample(acts)
    described = _scored(acts, inside.predictive)
    numbers = inside.parameters, inside.evidence, inside.evidence_error
    cells = {IN_SAMPLE: Cell(described, inside.predictive, *numbers)}
    return cells | {name: Cell(_scored(acts, one), one) for name, one in settings.items()}


def _made_already(work: _Work) -> dict[str, Cell]:
    """Return the cells of a model whose forecasts were made by fits that are stored."""
    acts, years, model = work.acts, work.years, cast("MadeAlready", work.model)
    behind = acts.year_starts(years.scored_until + 1)
    origin = acts.year_starts(years.known_until + 1), behind
    rolling = acts.year_starts(years.rolling_from), behind
    spans = {
        BLIND: origin,
        TOLD: origin,
        ROLLING: rolling,
        ROLLING_TOLD: rolling,
        LEAVE_OUT: (acts.year_starts(acts.first_forecast_year), acts.steps),
    }
    found = {name: model.held_out(acts, name, *span) for name, span in spans.items()}
    return {
        name: Cell(_scored(acts, one.predictive), one.predictive, None, one.evidence)
        for name, one in found.items()
        if one is not None
    }


def _scored(acts: ActCounts, predictive: Predictive) -> Scores:
    return scores_of(predictive, acts.counts[predictive.start : predictive.stop])


def _yearly(acts: ActCounts, years: range, *, after: bool) -> list[Holdout]:
    return [Holdout(acts.year_starts(y), acts.year_starts(y + 1), after) for y in years]
