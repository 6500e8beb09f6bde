"""What the runs of a sweep come to, as files."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from alliance_sim.analysis.axes import Axis, axis_named
from alliance_sim.analysis.bands import (
    OutcomeView,
    bands_along,
    bands_over_periods,
    cell_table,
    states_by_period,
)
from alliance_sim.analysis.contrasts import SCENARIO, Contrast, contrasts_asked, differences
from alliance_sim.analysis.summaries import point_table
from alliance_sim.display import Facts, Shown, counted, frame_table
from alliance_sim.errors import SettingError, UnknownName, explains_calls, unknown_name
from alliance_sim.plots.style import Heading
from alliance_sim.plots.sweep import Kind, fan_figure, heatmap_figure, periods_figure
from alliance_sim.report.result_folder import ResultFolder, rows_of
from alliance_sim.report.sweep_contrast import (
    SAME_NOISE,
    compared,
    contrast_table,
    figure_title,
    stem_of,
    told_of_runs,
)
from alliance_sim.report.sweep_view import (
    Column,
    axes_of,
    caveats,
    column_of,
    scenario_named,
    sweep_tree,
    titled,
    titles_of,
    told_of_sweep,
)
from alliance_sim.results.outcomes import is_binary, standard_outcomes
from alliance_sim.results.state_metadata import meaning
from alliance_sim.sweep.plan import origin_of
from alliance_sim.world.state import meanings_of

if TYPE_CHECKING:
    from alliance_sim.engine.simulate import Progress
    from alliance_sim.sweep.plan import Plan
    from alliance_sim.sweep.sweep import Sweep

MOST_ROWS = 1_000_000  # of a table
MOST_FIGURES = 6
TOGETHER = 16  # outcomes read at a time
SHOWN = ("rung_end", "level_political_end")  # drawn where neither plan nor command names any
RUNGS = 100  # more than any ladder has
ERRORS = (
    "Errors are Monte Carlo standard errors; intervals are 95 %. They tell what other runs of the "
    "same model would give, not whether the model is right."
)


@dataclass(frozen=True, repr=False)
class SweepSummary(Shown):
    """What the runs of a sweep come to.

    Attributes:
        sweep: The sweep.
        scenarios: Labels of the scenarios summarised.
        columns: The outcomes that are drawn and told one by one.
        table: As from `analysis.summaries.point_table`, of all outcomes summarised.
        by: The factors that figures are drawn over: none, one or two.
        contrasts: What is held against what; then columns and table hold differences, and their
            `scenario` tells the contrast.
    """

    sweep: Sweep
    scenarios: tuple[str, ...]
    columns: tuple[Column, ...]
    table: pd.DataFrame
    by: tuple[Axis, ...]
    contrasts: tuple[Contrast, ...] = ()

    @property
    def groups(self) -> tuple[str, ...]:
        """What the column `scenario` of the table holds, in order: scenarios or contrasts."""
        return tuple(map(str, pd.unique(self.table["scenario"])))

    @property
    def stem(self) -> str:
        """How the names of its files begin."""
        return stem_of(self.contrasts) if self.contrasts else "summary"

    def differences(self) -> pd.DataFrame:
        """Return what the contrasts come to; see `report.sweep_contrast.contrast_table`."""
        return contrast_table(self.columns if self.contrasts else (), self.sweep.plan)

    def _facts(self) -> Facts:
        plan = self.sweep.plan
        brief = [counted(len(self.columns), "outcome"), plan.size_in_words()]
        shown = ["outcome", "scenario", "runs", "least", "middle", "greatest"]
        table = frame_table(self.ranges(), shown)
        if self.contrasts:
            shown = ["outcome", "contrast", "factual", "edited", "difference", "low", "high"]
            table = frame_table(self.differences(), shown)
        return Facts(f"“{plan.title}”", brief, [("question", plan.question)], table)

    def plot(self, outcome: str | None = None) -> Any:
        """Return a figure of an outcome over one or two factors, or in each scenario.

        Args:
            outcome: Name of one of `columns`; the first if left out.

        Returns:
            A `matplotlib.figure.Figure`; a notebook shows it, `savefig` writes it.

        Raises:
            UnknownName: If there is no such outcome.
        """
        named = {column.name: column for column in self.columns}
        if outcome is not None and outcome not in named:
            raise UnknownName(unknown_name("outcome", outcome, named))
        return _drawn(self, named[outcome] if outcome else self.columns[0]).figure

    def ranges(self) -> pd.DataFrame:
        """Return for each outcome told and each scenario what the points come to.

        Returns:
            Columns `outcome`, `words`, `scenario`, `points`, `runs`, `failed`, then of the point
            means `least`, `least_se`, `middle` (their median), `greatest`, `greatest_se`; where
            the outcome is 0 or 1 these are probabilities and `least_low` to `greatest_high` are
            their 95 % intervals (Wilson).
        """
        return _ranges(self)

    def words(self) -> list[str]:
        """Return what the numbers rest on and what they are not."""
        plan = self.sweep.plan
        told = [SAME_NOISE] if self.contrasts else [ERRORS]
        if plan.points > 1 and not self.contrasts:
            alike = "; ± 0 means that all runs of that point agree" if plan.replicates > 1 else ""
            told.append(
                f"Least and greatest are the extremes of {plan.points} points and hold luck{alike}."
            )
        if plan.replicates == 1:
            told.append("Each point has one run, so its error cannot be told.")
        if self.sweep.failed:
            told.append(f"{self.sweep.failed} of {self.sweep.rows} runs failed and are left out.")
        return [*told, *caveats(plan, self.scenarios)]


@explains_calls
def summarise_sweep(
    sweep: Sweep,
    outcomes: Sequence[str] = (),
    *,
    by: Sequence[str] = (),
    scenario: str | None = None,
    contrast: str | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> SweepSummary:
    """Return what the runs of a sweep come to at each point.

    Args:
        sweep: The sweep.
        outcomes: As for `report.sweep_view.column_of`; all that were kept if left out.
        by: Factors to draw over, at most two; chosen by the design if left out.
        scenario: Label of the only scenario wanted, all if left out.
        contrast: Differences in place of outcomes, run by run; as for
            `analysis.contrasts.contrasts_asked`.
        workers: How many processes simulate, if runs have to be simulated again.
        progress: Called with (runs done, runs asked for) while they are.

    Raises:
        UnknownName: If there is no such outcome, factor or scenario.
        SettingError: If there are more than two factors to draw over, or the table would be too
            long.
    """
    plan = sweep.plan
    pairs = () if contrast is None else contrasts_asked(contrast, plan.labels, axes_of(plan))
    axes = _drawn_over(plan, by, {pair.along for pair in pairs})
    scenarios = plan.labels if scenario is None else (scenario_named(plan, scenario),)
    if pairs and pairs[0].along == SCENARIO:
        if scenario is not None:
            raise SettingError("summarise", ["give either --contrast of scenarios or --scenario"])
        levels = {level for pair in pairs for level in (pair.edited, pair.factual)}
        scenarios = tuple(label for label in plan.labels if label in levels)
    count = len(outcomes) or len(plan.outcomes)
    rows = plan.points * len(scenarios) * count
    if rows > MOST_ROWS:
        problem = (
            f"the table of {plan.points} points, {len(scenarios)} scenarios and {count} outcomes "
            f"has {rows} rows, must be at most {MOST_ROWS}; choose with --outcome and --scenario"
        )
        raise SettingError("summarise", [problem])
    asked = [
        _only(column_of(sweep, text, workers=workers, progress=progress), scenarios)
        for text in dict.fromkeys(outcomes)
    ]
    columns = list({column.name: column for column in asked}.values())  # some in other spellings
    if not columns:
        columns = [_only(column_of(sweep, name), scenarios) for name in _own(plan)]
    if pairs:
        columns = [compared(column, pairs, plan) for column in columns]
    empty = [column.name for column in columns if column.frame[column.name].isna().all()]
    if empty:
        raise SettingError("summarise", [f"{name}: every run failed" for name in empty])
    tables = [
        _table(column.frame, {column.name: column.binary and not pairs}, plan) for column in columns
    ]
    if not outcomes:
        tables += _others(sweep, {column.name for column in columns}, scenarios, pairs)
    table = pd.concat(tables, ignore_index=True)
    return SweepSummary(sweep, tuple(scenarios), tuple(columns), table, axes, pairs)


def _others(
    sweep: Sweep, told: set[str], scenarios: Sequence[str], pairs: Sequence[Contrast]
) -> Iterator[pd.DataFrame]:
    """Yield the tables of the outcomes that are not told one by one, a few at a time."""
    factors = [factor.name for factor in sweep.plan.factors]
    rest = {o.name: is_binary(o) for o in sweep.plan.outcomes if o.name not in told}
    names = list(rest)
    for first in range(0, len(names), TOGETHER):
        some = {name: rest[name] for name in names[first : first + TOGETHER]}
        frame = sweep.frame(list(some))
        kept = frame[frame["scenario"].isin(list(scenarios))].reset_index(drop=True)
        parts = [differences(kept, pair, outcomes=list(some), factors=factors) for pair in pairs]
        if parts:
            kept, some = pd.concat(parts, ignore_index=True), dict.fromkeys(some, False)
        yield _table(kept, some, sweep.plan)


def _only(column: Column, scenarios: Sequence[str]) -> Column:
    """Return an outcome of some scenarios."""
    kept = column.frame["scenario"].isin(list(scenarios))
    return replace(column, frame=column.frame[kept].reset_index(drop=True))


def _table(frame: pd.DataFrame, binary: Mapping[str, bool], plan: Plan) -> pd.DataFrame:
    """Return the point table of outcomes, of which it is known whether they are 0 or 1."""
    return point_table(
        frame,
        outcomes=list(binary),
        factors=[factor.name for factor in plan.factors],
        binary=[name for name, flag in binary.items() if flag],
    )


def _own(plan: Plan) -> list[str]:
    """Return the outcomes that the plan itself names, or some that are worth a figure."""
    standard = {o.name for o in standard_outcomes(plan.states, plan.calendar, RUNGS)}
    names = [outcome.name for outcome in plan.outcomes]
    own = [name for name in names if name not in standard]
    return (own or [name for name in SHOWN if name in names] or names)[:MOST_FIGURES]


def _drawn_over(plan: Plan, by: Sequence[str], contrasted: Collection[str]) -> tuple[Axis, ...]:
    """Return the factors to draw over: those asked for, or what suits the design."""
    axes = tuple(axis for axis in axes_of(plan) if axis.name not in contrasted)
    if len(by) > 2 or len(set(by)) < len(by):
        problem = f"--by names {', '.join(by)}; must be one factor or two different ones"
        raise SettingError("summarise", [problem])
    if by:
        return tuple(axis_named(axes, name) for name in by)
    return axes[: 2 if plan.design.kind == "grid" else 1]


def _ranges(summary: SweepSummary) -> pd.DataFrame:
    rows = []
    for column in summary.columns:
        table = summary.table[summary.table["outcome"] == column.name]
        for scenario in summary.groups:
            here = table[table["scenario"] == scenario].sort_values("mean", kind="stable")
            worked = here[here["runs"] > 0]
            row: dict[str, Any] = {
                "outcome": column.name,
                "words": column.title,
                "scenario": scenario,
                "points": len(here),
                "runs": int(here["runs"].sum()),
                "failed": int(here["failed"].sum()),
            }
            if len(worked):
                row["middle"] = float(worked["mean"].median())
                for name, place in (("least", 0), ("greatest", -1)):
                    end = worked.iloc[place]
                    row[name], row[f"{name}_se"] = end["mean"], end["mean_se"]
                    row[f"{name}_low"] = end["probability_low"]
                    row[f"{name}_high"] = end["probability_high"]
            rows.append(row)
    ends = [
        f"{end}{part}" for end in ("least", "greatest") for part in ("", "_se", "_low", "_high")
    ]
    columns = ["outcome", "words", "scenario", "points", "runs", "failed", "middle", *ends]
    return pd.DataFrame(rows, columns=columns)


def write_summary(
    summary: SweepSummary, *, out: str | os.PathLike[str], command: str
) -> dict[str, Any]:
    """Write the table, figures and all of it as JSON; return what `--json` prints.

    Raises:
        SettingError: If the folder or a file in it cannot be written.
    """
    plan = summary.sweep.plan
    sweep = summary.sweep
    result = ResultFolder(
        out,
        kind="summarise",
        stem=summary.stem,
        origin=origin_of(
            plan,
            summary.scenarios,
            engine=sweep.engine,
            runs=sweep.rows,
            failed=sweep.failed,
            command=command,
        ),
    )
    factors = {factor.name: factor.meaning() for factor in plan.factors}
    result.table("", summary.table, meanings=factors)
    for column in summary.columns[:MOST_FIGURES]:
        drawn = _drawn(summary, column)
        result.table(drawn.name, drawn.table, "cells" if len(summary.by) == 2 else "bands")
        result.figure(drawn.name, drawn.figure, column.title)
    if not (plan.factors or summary.contrasts):
        _periods(result, summary)
    contrasts = summary.differences()
    if summary.contrasts:
        result.table("contrasts", contrasts)
    tree = {
        "sweep": sweep_tree(sweep),
        "scenarios": list(summary.scenarios),
        "by": [axis.name for axis in summary.by],
        "outcomes": rows_of(summary.ranges()),
        "contrasts": rows_of(contrasts),
        "words": summary.words(),
    }
    return {**tree, "files": result.close(result=tree)}


class _Drawn(NamedTuple):
    """A figure of an outcome, what is drawn in it, and what its files are called."""

    name: str
    table: pd.DataFrame
    figure: Any  # of matplotlib, which only `plots` imports


def sweep_figure(
    sweep: Sweep,
    outcome: str | None = None,
    *,
    by: Sequence[str] = (),
    scenario: str | None = None,
) -> Any:
    """Return a figure of an outcome, as `Sweep.plot` describes it."""
    chosen = outcome or _own(sweep.plan)[0]
    summary = summarise_sweep(sweep, [chosen], by=by, scenario=scenario)
    return summary.plot()


def _drawn(summary: SweepSummary, column: Column) -> _Drawn:
    """Return an outcome drawn over two factors, over one, or beside each other in the scenarios."""
    return _heatmap(summary, column) if len(summary.by) == 2 else _fan(summary, column)


def _heatmap(summary: SweepSummary, column: Column) -> _Drawn:
    plan = summary.sweep.plan
    across, up = summary.by
    cells = cell_table(column.frame, _told(summary, column, drawn=2), across=across, up=up)
    shown, error = "Mean over runs", " ± its standard error where it fits"
    if summary.contrasts:
        shown = "Mean difference, edited minus factual,"
    elif column.binary:
        shown, error = "Share of runs", " with its 95 % interval where it fits"
    if cells[["mean_se", "mean_low"]].isna().all(axis=None):  # as with one run a point
        shown, error = shown.removesuffix(","), ", its error unknown"
    over = _averaged(plan, 2)
    if not (across.values or up.values):
        over += f". {cells['across'].nunique()} by {cells['up'].nunique()} stretches of the factors"
    figure = heatmap_figure(
        titled(plan, cells),
        Heading(
            figure_title(column, summary.contrasts, summary.sweep.plan),
            f"{shown}{error}{over}. {told_of_sweep(plan, summary.scenarios, column)}",
        ),
        across=across.label,
        up=up.label,
        value=column.label,
        kind=_kind(summary, column),
    )
    return _Drawn(f"{column.name}_by_{across.name}_and_{up.name}", cells, figure)


def _kind(summary: SweepSummary, column: Column) -> Kind:
    if summary.contrasts:
        return "difference of shares" if column.binary else "difference"
    return "share" if column.binary else "number"


def _told(summary: SweepSummary, column: Column, *, drawn: int) -> OutcomeView:
    """Return an outcome with what its errors have to hold if so many factors are drawn."""
    plan = summary.sweep.plan
    sampled = len(plan.factors) > drawn and plan.design.kind != "grid"
    return OutcomeView(column.name, column.binary and not summary.contrasts, sampled)


def _averaged(plan: Plan, drawn: int) -> str:
    """Return what a figure is averaged over beside luck."""
    others = len(plan.factors) - drawn
    if others < 1:
        return ""
    which = f"{others} other factors" if others > 1 else "other factor"
    told = f", over all values of the {which}"
    return told if plan.design.kind == "grid" else f"{told}; errors hold those of points and runs"


def _fan(summary: SweepSummary, column: Column) -> _Drawn:
    """Return an outcome along a factor, or in each scenario if there is none."""
    plan, frame = summary.sweep.plan, column.frame
    if summary.by:
        axis = summary.by[0]
    else:
        named = "contrast" if summary.contrasts else "scenario"
        axis = Axis("world", named, "choice", summary.groups)
        frame = frame.assign(world=frame["scenario"].astype(str), scenario="all")
    bands = bands_along(frame, _told(summary, column, drawn=1), axis=axis)
    if not summary.by:
        bands["label"] = [summary.groups[k] for k in bands["bin"]]  # as they are called
    drawn = titled(plan, bands)
    if not summary.by:
        titles = titles_of(plan)
        drawn["label"] = [titles.get(label, label) for label in bands["label"]]
    kind = _kind(summary, column)
    if kind == "number" and (frame[column.name].dropna() % 1 == 0).all():
        kind = "whole"
    figure = fan_figure(
        drawn,
        Heading(
            figure_title(column, summary.contrasts, summary.sweep.plan),
            f"{told_of_runs(column, summary.contrasts)} runs"
            f"{_averaged(plan, len(summary.by))}.{_stretches(bands)} "
            + told_of_sweep(plan, summary.scenarios, column),
        ),
        factor=axis.label,
        value=column.label,
        tick=None if axis.kind == "choice" else axis.tick,
        kind=kind,
    )
    name = f"{column.name}_by_{axis.name if summary.by else 'scenario'}"
    return _Drawn(name, bands, figure)


def _stretches(bands: pd.DataFrame) -> str:
    """Return into how many stretches a factor of many values is cut, "" where it is not."""
    if (bands["low"] == bands["high"]).all():
        return ""
    return f" {bands['bin'].nunique()} stretches of the factor, with equally many runs each."


def _periods(result: ResultFolder, summary: SweepSummary) -> None:
    """Draw the levels of cooperation over the periods."""
    plan = summary.sweep.plan
    kept = [outcome.name for outcome in plan.outcomes]
    periods = plan.calendar.periods_reached
    states = [s for s in states_by_period(kept, periods) if s.startswith("level_")]
    if not states:
        return
    names = [f"{state}_mean_{period.id.lower()}" for state in states for period in periods]
    frame = summary.sweep.frame(names)
    frame = frame[frame["scenario"].isin(list(summary.scenarios))]
    bands = pd.concat([bands_over_periods(frame, state=state, periods=periods) for state in states])
    meanings = meanings_of(plan.scenarios[0])
    told = {state: meaning(state, meanings).long_name for state in states}
    title = "Levels of cooperation by stage"
    figure = periods_figure(
        titled(plan, bands),
        Heading(
            title,
            "Mean level of each stage. Light: 90 % of runs, dark: 50 %, marker: mean with its "
            f"95 % Monte Carlo error. {told_of_sweep(plan, summary.scenarios)}",
        ),
        stages=[period.name for period in periods],
        names=told,
        value="level of cooperation (0 to 1)",
    )
    result.table("levels_by_period", bands)
    result.figure("levels_by_period", figure, title)
