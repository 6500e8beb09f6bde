"""Plans: a question, the scenarios, what is varied, at which points, and what is kept of each run.

A plan is read from a TOML file, checked as a whole, and holds everything that decides the numbers
of a sweep; so a results folder that keeps it can be run again without any other file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from alliance_sim import noise, provenance
from alliance_sim.calendar import Calendar
from alliance_sim.display import Facts, Shown, counted
from alliance_sim.errors import AllianceSimError, ResultError, SettingError, shown, unknown_name
from alliance_sim.provenance import Origin, scenario_origin
from alliance_sim.results.dictionary import outcome_meaning
from alliance_sim.results.outcomes import Outcome, parse_outcome
from alliance_sim.results.state_metadata import Meaning
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.checks import cross_problems
from alliance_sim.scenario.edit import EditCache, replaced
from alliance_sim.scenario.edit import as_tree as scenario_tree
from alliance_sim.scenario.problems import field_problems
from alliance_sim.sweep import designs
from alliance_sim.sweep.designs import Design
from alliance_sim.sweep.factors import Factor
from alliance_sim.sweep.store.metadata import METADATA, Metadata
from alliance_sim.whole_numbers import whole_number
from alliance_sim.world.state import meanings_of

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
COMMON, INDEPENDENT = "common", "independent"
ROOM = 1024  # runs kept free for each point of a plan with independent noise, if they fit
PASSING = {"_kept", "digest", "points_digest"}  # found again by whoever needs it


@dataclass(frozen=True, kw_only=True, repr=False)
class Plan(Shown):
    """A sweep as it was asked for.

    Attributes:
        title: What the sweep is called.
        question: What it is to answer.
        seed: Seed of the noise.
        replicates: Runs of each scenario at each point.
        noise: "common": every point sees the same runs, numbered from 0; or "independent".
        stride: How far the runs of neighbouring points lie apart; 0 for common noise.
        labels: Short names of the scenarios, each once.
        scenarios: The scenarios, in the order of the labels. They share their years, their states
            and their rungs.
        states: Names of the reported states.
        factors: What is varied.
        design: At which points.
        outcomes: What is kept of each run: the standard outcomes, then the plan's own.
    """

    title: str
    question: str = ""
    seed: int
    replicates: int
    noise: str = COMMON
    stride: int = 0
    labels: tuple[str, ...]
    scenarios: tuple[Scenario, ...]
    states: tuple[str, ...]
    factors: tuple[Factor, ...]
    design: Design
    outcomes: tuple[Outcome, ...]
    _kept: dict[str, EditCache] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def calendar(self) -> Calendar:
        """The steps of every run."""
        return self.scenarios[0].calendar()

    @property
    def points(self) -> int:
        """Number of points."""
        return self.design.count(self.factors)

    @property
    def rows(self) -> int:
        """Number of runs in all."""
        return self.points * len(self.scenarios) * self.replicates

    def size_in_words(self) -> str:
        """Return what the rows are made of, such as "8 points x 2 scenarios x 5 replicates"."""
        counts = ((self.points, "point"), (len(self.labels), "scenario"))
        return " x ".join(counted(*one) for one in (*counts, (self.replicates, "replicate")))

    def told(self) -> list[tuple[str, object]]:
        """Return what the plan asks for, each a title and a text, as a notebook shows it."""
        return [
            ("question", self.question),
            ("scenarios", ", ".join(self.labels)),
            ("design", f"{self.design.kind}, {self.size_in_words()}"),
            ("factors", ", ".join(factor.name for factor in self.factors)),
            ("outcomes", f"{len(self.outcomes)} of each run"),
            ("seed", self.seed),
        ]

    def meanings(self, outcomes: Mapping[str, str]) -> dict[str, Meaning]:
        """Return what the factors and some outcomes mean, their units and ranges.

        Args:
            outcomes: Texts of outcomes by name.
        """
        found = {factor.name: factor.meaning() for factor in self.factors}
        calendar, states = self.calendar, meanings_of(self.scenarios[0])
        for name, text in outcomes.items():
            outcome = parse_outcome(text, name=name, states=self.states, calendar=calendar)
            found[name] = outcome_meaning(outcome, calendar, states)
        return found

    def _facts(self) -> Facts:
        return Facts(
            f"“{self.title}”", [counted(self.rows, "row"), self.size_in_words()], self.told()
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything that decides the numbers, their rows and their columns."""
        return provenance.digest(
            {
                "seed": self.seed,
                "replicates": self.replicates,
                "noise": [self.noise, self.stride],
                "labels": self.labels,
                "scenarios": [provenance.scenario_digest(one) for one in self.scenarios],
                "factors": [
                    [f.name, f.kind, f.path, f.values, f.low, f.high, f.dated] for f in self.factors
                ],
                "design": self.design.as_tree(),
                "outcomes": [[outcome.name, outcome.text] for outcome in self.outcomes],
            }
        )

    def __hash__(self) -> int:
        return hash(self.digest)

    def __getstate__(self) -> dict[str, Any]:
        """Leave behind what is only kept to be quick."""
        return {key: value for key, value in vars(self).items() if key not in PASSING}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _kept={})

    def design_table(self) -> pd.DataFrame:
        """Return the points: one row per point, one column per factor.

        Numbers are float64, presence is bool, days are texts such as "2001-09-11", and other
        settings are bool, int64 or text. The same plan always gives the same table.
        """
        return self.design.table(self.factors)

    @cached_property
    def points_digest(self) -> str:
        """SHA-256 of the values at all points; libraries that draw them may change."""
        found = hashlib.sha256()
        for name, values in self.design_table().items():
            column = values.to_numpy()
            texts = column.dtype.kind not in "bif"
            found.update(f"{name}\n".encode())
            found.update("\n".join(map(str, column)).encode() if texts else column.tobytes())
        return found.hexdigest()

    def run_of(self, point: int, replicate: int) -> int:
        """Return the number of the run of a replicate at a point, the same in every scenario."""
        return point * self.stride + replicate

    def scenario_at(self, label: str, values: Mapping[str, object]) -> Scenario:
        """Return a scenario of the plan with a point's values in it.

        What no factor touches is the identical object at every point, and parts with the same
        values mostly are.

        Args:
            label: One of `labels`.
            values: One value per factor, as in a row of the table of points.

        Raises:
            SettingError: If there is no such scenario, or values do not fit the factors.
            ScenarioError: If the values cannot stand together.
        """
        if label not in self.labels:
            raise SettingError("plan", [unknown_name("scenario", label, self.labels)])
        if len(values) != len(self.factors) or any(f.name not in values for f in self.factors):
            self._refuse(values)
        base = self.scenarios[self.labels.index(label)]
        if not self.factors:
            return base
        changes = {f.path: f.in_scenario(values[f.name]) for f in self.factors}
        return replaced(base, changes, kept=self._kept.setdefault(label, {}))

    def _refuse(self, values: Mapping[str, object]) -> None:
        """Raise the error for values that do not fit the factors."""
        known = [factor.name for factor in self.factors]
        problems = [unknown_name("factor", name, known) for name in values if name not in known]
        problems += [f"factor {name!r} has no value" for name in known if name not in values]
        raise SettingError("point", problems)

    def as_tree(self) -> dict[str, Any]:
        """Return the plan as plain values fit for JSON, its scenarios and tables included."""
        return {
            "format": FORMAT,
            "title": self.title,
            "question": self.question,
            "seed": self.seed,
            "replicates": self.replicates,
            "noise": self.noise,
            "stride": self.stride,
            "labels": list(self.labels),
            "scenarios": [json.loads(scenario.model_dump_json()) for scenario in self.scenarios],
            "states": list(self.states),
            "factors": [factor.as_tree() for factor in self.factors],
            "design": self.design.as_tree(),
            "outcomes": [[outcome.name, outcome.text] for outcome in self.outcomes],
        }

    @classmethod
    def from_tree(cls, tree: Mapping[str, Any]) -> Plan:
        """Return the plan that `as_tree` described.

        Raises:
            ResultError: If it is no such description, or one that another version wrote.
        """
        found = dict(tree).get("format")
        if found != FORMAT:
            raise ResultError(f"plan: has format {found!r}, this version reads format {FORMAT}")
        try:
            scenarios = tuple(_scenario(entry) for entry in tree["scenarios"])
            calendar = scenarios[0].calendar()
            states = tuple(tree["states"])
            return cls(
                title=tree["title"],
                question=tree["question"],
                seed=tree["seed"],
                replicates=tree["replicates"],
                noise=tree["noise"],
                stride=tree["stride"],
                labels=tuple(tree["labels"]),
                scenarios=scenarios,
                states=states,
                factors=tuple(Factor.from_tree(entry) for entry in tree["factors"]),
                design=Design.from_tree(tree["design"]),
                outcomes=tuple(
                    parse_outcome(text, name=name, states=states, calendar=calendar)
                    for name, text in tree["outcomes"]
                ),
            )
        except ResultError:
            raise
        except (KeyError, TypeError, ValueError, IndexError, AllianceSimError) as error:
            reason = f"{type(error).__name__}: {error}"
            raise ResultError(f"plan: cannot be read back: {reason}") from error


def origin_of(
    plan: Plan, scenarios: Sequence[str], *, engine: str, runs: int, failed: int, command: str
) -> Origin:
    """Return the origin of a sweep, or of what was made from one.

    Args:
        plan: The plan of the sweep.
        scenarios: Labels of the scenarios in it.
        engine: What computed the numbers.
        runs: How many runs it was made from.
        failed: How many of them failed.
        command: The command line that makes it again.
    """
    by_label = dict(zip(plan.labels, plan.scenarios, strict=True))
    first, *others = (scenario_origin(by_label[label], name=label) for label in scenarios)
    return Origin(
        **vars(first),
        others=others,
        engine=engine,
        version=provenance.version(),
        seed=plan.seed,
        runs=runs,
        failed_runs=failed,
        command=command,
        sweep=plan.title,
        plan=plan.digest,
    )


def plan_of(metadata: Metadata, path: Path) -> Plan:
    """Return the plan of a folder.

    Raises:
        ResultError: If it cannot be read back, or is not the one that the folder was begun with.
    """
    try:
        plan = Plan.from_tree(metadata.plan)
        outcomes = {outcome.name: outcome.text for outcome in plan.outcomes}
        held = (metadata.digest, metadata.rows, metadata.scenarios, dict(metadata.outcomes))
        same = held == (plan.digest, plan.rows, len(plan.labels), outcomes)
    except ResultError as error:
        raise ResultError(f"{path / METADATA}: {error}") from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise ResultError(f"{path / METADATA}: its plan cannot be read: {error!r}") from error
    if not same:
        raise ResultError(
            f"{path / METADATA}: its plan is not the one with which this sweep was begun (by "
            f"alliance-sim {metadata.version}; this is {provenance.version()}, which may read it "
            "otherwise); put that back, or open it with that version"
        )
    return plan


def extended(plan: Plan, *, replicates: int | None = None, points: int | None = None) -> Plan:
    """Return a plan with more replicates or more points; those it had stay what they were.

    Args:
        plan: The plan.
        replicates: How many replicates there are to be, more than before.
        points: How big the design is to be, more than before, counted as its settings count:
            points of a Sobol sequence, base points of a Saltelli design, trajectories of a Morris
            design.

    Raises:
        SettingError: If the plan cannot grow that way, with the reason.
    """
    problems = []
    if (replicates is None) == (points is None):
        problems.append("give either replicates or points; for both, extend twice")
    for key, number in (("replicates", replicates), ("points", points)):
        if number is not None and not whole_number(number):
            told = f"{key} is {shown(number)}, must be a whole number"
            raise SettingError("extended plan", [told])
    # Of NumPy they could not be written into the description of a sweep.
    replicates = None if replicates is None else int(replicates)
    points = None if points is None else int(points)
    if replicates is not None and replicates <= plan.replicates:
        problems.append(f"replicates is {replicates}, must be more than the {plan.replicates} now")
    design = plan.design
    if points is not None:
        problem = _no_more_points(plan, points)
        if problem is None:
            design = design.resized(points)
        else:
            problems.append(problem)
    longer = replace(plan, design=design, replicates=replicates or plan.replicates)
    if not problems:
        problem = too_many_runs(longer)
        problems += [problem] if problem else []
    if problems:
        raise SettingError("extended plan", problems)
    return longer


def stride_for(noise_kind: str, points: int, replicates: int) -> int:
    """Return how far the runs of neighbouring points lie apart: a power of two, with room to grow.

    0 for common noise.
    """
    if noise_kind == COMMON:
        return 0
    roomy = 1 << (max(replicates, ROOM) - 1).bit_length()
    tight = 1 << (replicates - 1).bit_length()
    return roomy if points * roomy - 1 <= noise.MAX_RUN else tight


def too_many_runs(plan: Plan) -> str | None:
    """Return why a plan's runs cannot be numbered, None if they can."""
    if plan.points > designs.MOST_POINTS:
        return f"the design has {plan.points:,} points, must have at most {designs.MOST_POINTS:,}"
    cells = plan.points * len(plan.factors)
    if cells > designs.MOST_CELLS:
        return (
            f"the design has {plan.points:,} points of {len(plan.factors):,} factors, {cells:,} "
            f"values; must have at most {designs.MOST_CELLS:,}"
        )
    if plan.stride and plan.replicates > plan.stride:
        return (
            f"replicates is {plan.replicates}, must be at most {plan.stride}: with independent "
            "noise each point has so many runs of its own"
        )
    last = plan.run_of(plan.points - 1, plan.replicates - 1)
    if last > noise.MAX_RUN:
        return f"the last run would be {last}, must be at most {noise.MAX_RUN}"
    return None


def _no_more_points(plan: Plan, points: int) -> str | None:
    """Return why a design cannot have so many points, None if it can."""
    design = plan.design
    if design.kind == designs.LATIN_HYPERCUBE:
        return (
            "a Latin hypercube of more points is another hypercube, so none of its points would "
            "stay; begin with kind 'sobol', which can grow"
        )
    if design.kind not in designs.KEEPS_POINTS or design.optimal:
        what = "chosen among all trajectories" if design.optimal else "set by the plan"
        return f"the points of this design of kind {design.kind!r} are {what}; write another plan"
    if points <= design.size():
        return f"points is {points}, must be more than the {design.size()} now"
    return designs.size_problem(design.resized(points), len(plan.factors))


def _scenario(tree: object) -> Scenario:
    """Return a scenario from plain values as JSON holds them.

    Raises:
        ResultError: If it cannot be used.
    """
    try:
        scenario = Scenario.model_validate_json(json.dumps(tree))
    except ValidationError as error:
        plain = tree if isinstance(tree, dict) else {}
        problem = field_problems(error, plain, Scenario)[0]
        raise ResultError(
            f"plan: a scenario cannot be read back: {problem}. Where the model has changed since, "
            "that version of the program reads it; with this one, run the plan's file anew"
        ) from None
    problems = cross_problems(scenario_tree(scenario))
    if problems:
        raise ResultError(f"plan: a scenario cannot be read back: {problems[0]}")
    return scenario
