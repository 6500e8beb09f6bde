"""When was it certain? The chance of an outcome for whoever knows the record to each year.

Draws that know the record to the end of a year are run on: acts, refusals, laws and items are drawn
from there, told the inputs that came. What share has the outcome is the inevitability curve. Beside
it the same for an edited world: what was before the year has the noise that led to the record, and
is replayed with it from where the edits begin. One less the curve is how possible the alternative
still was (the possibility curve; Tetlock and Lebow 2001).

Once an outcome is on record the number is 0 or 1 in fact. A level is never on record, so that of a
level stays what draws make of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim import display, provenance
from alliance_sim.analysis.summaries import wilson
from alliance_sim.calendar import decimal_year
from alliance_sim.counterfactual.estimates import both_worlds
from alliance_sim.counterfactual.histories import Histories
from alliance_sim.counterfactual.labels import SENTENCE
from alliance_sim.counterfactual.question import Question, ask, warn_of_doubts
from alliance_sim.counterfactual.worlds import twin_worlds
from alliance_sim.counterfactual.yearly_draws import PRIOR, YearlyDraws, first_year_of
from alliance_sim.display import Facts, Shown, frame_table
from alliance_sim.errors import SettingError
from alliance_sim.record.record import Record
from alliance_sim.scenario.theories import theory_of, with_theory

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from alliance_sim.counterfactual.yearly_draws import Known
    from alliance_sim.engine.simulate import Progress
    from alliance_sim.scenario import Scenario

    Floats = NDArray[np.float64]

WHERE = "inevitability"
UNIFORMS = 5  # runs on from each draw
NORMAL_90 = 1.6448536269514722  # 95th percentile of a standard normal
CERTAIN = 0.9
HELD, HELD_ITEMS = ("rung", "agreements", "blocked"), "passed_"  # states that a record settles


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class InevitabilityCurve(Shown):
    """The chance of an outcome by the year to which the record is known.

    Attributes:
        question: The question in words.
        title: The outcome in words.
        outcome: The outcome, such as "rung>=8@2014".
        edits: What was edited, as texts that can be asked again.
        key: SHA-256 of the edited scenario, the outcome and the theory.
        touched: First day that the edits touch, as a decimal year.
        decided: Last year that the outcome looks at.
        scenario: Name of the factual scenario.
        theory: Theory that both worlds are under.
        record: Name of the record with its edition, and the series whose acts count.
        years: Last years known, array (year,), from that before the record if there is one.
        sources: Of each year, where its draws come from: "prior", "yearly pass" or "fit".
        fact: Chance as it was, array (year, 3): the share, and the ends of its 90 % interval.
        edited: The same in the edited world.
        worth: How many distinct draws those of a year are worth, array (year,).
        runs: How many runs go on from each year.
        rungs: Coded formal steps: decimal year and number.
        seed: Seed of what is drawn.
    """

    question: str
    title: str
    outcome: str
    edits: tuple[str, ...]
    key: str
    touched: float
    decided: int
    scenario: str
    theory: str
    record: tuple[str, str]
    years: NDArray[np.int64]
    sources: tuple[str, ...]
    fact: Floats
    edited: Floats
    worth: Floats
    runs: int
    rungs: tuple[tuple[float, int], ...]
    seed: int

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row for each year.

        Columns `year`, `draws_from`, `distinct_draws`; `fact` and `edited`, each with `_low` and
        `_high` for its 90 % interval; and `alternative` and `alternative_edited`, the chance that
        it does not come about.
        """
        import pandas as pd

        columns: dict[str, Any] = {
            "year": self.years,
            "draws_from": list(self.sources),
            "distinct_draws": self.worth,
        }
        for name, values in (("fact", self.fact), ("edited", self.edited)):
            columns |= {name: values[:, 0], f"{name}_low": values[:, 1]}
            columns |= {f"{name}_high": values[:, 2]}
        columns["alternative"] = 1.0 - self.fact[:, 0]
        columns["alternative_edited"] = 1.0 - self.edited[:, 0]
        return pd.DataFrame(columns)

    @property
    def on_record(self) -> bool:
        """Whether the record holds what the outcome looks at, and so settles it in time."""
        names = re.findall(r"[a-z]\w*", self.outcome)
        return any(_held(name) for name in names)

    def at(self, year: int) -> tuple[float, float]:
        """Return the chance as it was and edited, for who knows the record to a year.

        Raises:
            SettingError: If the curve does not have the year.
        """
        place = np.flatnonzero(self.years == year)
        if not place.size:
            allowed = f"{int(self.years[0])} to {int(self.years[-1])}"
            raise SettingError(WHERE, [f"year is {year!r}, must be one of {allowed}"])
        return float(self.fact[place[0], 0]), float(self.edited[place[0], 0])

    def since(self, chance: float) -> int | None:
        """Return from which year known on the chance as it was stays as large; None if it never is.

        Only years to that in which the outcome is decided are looked at.
        """
        until = self.years <= self.decided
        large = self.fact[until, 0] >= chance
        if not large.size or not large[-1]:
            return None
        small = np.flatnonzero(~large)
        first = int(small[-1]) + 1 if small.size else 0
        return int(self.years[first])

    @property
    def line(self) -> str:
        """What the curve says, in a sentence or two."""
        first = int(self.years[0])
        nothing = self.sources[0] == PRIOR
        known = f"before anything is coded ({first})" if nothing else f"with the record to {first}"
        before = f"{_of_100(self.fact[0, 0])} of 100 {known}"
        half, sure = self.since(0.5), self.since(CERTAIN)
        turned = "never more likely than not before it was decided"
        if half is not None:
            turned = f"more likely than not from {half} on"
            turned += f", 9 in 10 from {sure} on" if sure is not None else ", never 9 in 10"
        last = min(int(self.years[-1]), self.decided)
        fact, edited = self.at(last)
        end = "on record" if self.on_record else "not on record, so it stays a probability"
        title = self.title[:1].upper() + self.title[1:]
        return (
            f"{title}: {before}; {turned}; {_of_100(fact)} of 100 with the record to {last} "
            f"({end}), and {_of_100(edited)} of 100 edited ({'; '.join(self.edits)})."
        )

    @property
    def about(self) -> str:
        """Which model, draws and coded list it is a statement about."""
        record, series = self.record
        early = [int(y) for y, s in zip(self.years, self.sources, strict=True) if s == PRIOR]
        prior = ""
        if early:
            prior = f" To {early[-1]} nothing is coded: draws of the prior, weighed by that."
        return (
            f"Model: {self.scenario} under theory {self.theory}. Coded list: {record}, series "
            f"{series}. {self.runs} runs from each year, told the inputs that came; bands: 90 % "
            f"intervals for so many distinct draws, without the error of the pass that drew them."
            f"{prior}"
        )

    @property
    def sentence(self) -> str:
        """What it says, what it is about, and what it is not."""
        return f"{self.line} {self.about} {SENTENCE}"

    def as_tree(self) -> dict[str, Any]:
        """Return the curve as plain values fit for JSON."""
        rows = self.frame.to_dict("records")
        return {
            "question": self.question,
            "edits": list(self.edits),
            "outcome": self.outcome,
            "decided": self.decided,
            "on_record": self.on_record,
            "more_likely_than_not_since": self.since(0.5),
            "nine_in_ten_since": self.since(CERTAIN),
            "years": [{key: _plain(value) for key, value in row.items()} for row in rows],
            "rungs": [{"year": year, "rung": rung} for year, rung in self.rungs],
            "theory": self.theory,
            "record": self.record[0],
            "series": self.record[1],
            "runs": self.runs,
            "seed": self.seed,
            "sentence": self.sentence,
        }

    def plot(self) -> Any:
        """Return a figure of both curves by year, and of how possible the alternative still was.

        Returns:
            A `matplotlib.figure.Figure`; a notebook shows it, `savefig` writes it.
        """
        return display.figure(self)

    def _facts(self) -> Facts:
        return Facts(
            self.question,
            [f"{_of_100(self.fact[0, 0])} of 100 in {self.years[0]}"],
            [("curve", self.line), ("about", self.about), ("", SENTENCE)],
            frame_table(self.frame.iloc[::5], ["year", "fact", "edited", "alternative"]),
        )


def asked_of_curves(
    base: Scenario,
    edits: Sequence[str],
    outcome: str,
    *,
    start: Scenario | None = None,
    called: str = "",
) -> Question:
    """Return a question whose outcome happens or does not, and not before any curve begins.

    Arguments are those of `ask`.

    Raises:
        SettingError: As `ask` does; also if the outcome is a number, or is decided before the first
            year of a curve.
        NoRecord: If the factual scenario has no record.
    """
    question = ask(base, edits, outcome, start=start, called=called)
    if not question.binary:
        text = question.outcome.text
        state, _, when = text.partition("@")
        problem = (
            f"outcome {text!r} is a number, and a curve is of what happens or does not; ask for a "
            f"comparison of it, such as {state}>0.5@{when}"
        )
        raise SettingError(WHERE, [problem])
    first, decided = first_year_of(base, Record.of(base)), _decided(question)
    if decided < first:
        problem = (
            f"outcome {question.outcome.text!r} is decided in {decided}, and a curve begins in "
            f"{first}, the year before the record does; ask for a later time, such as "
            f"@{base.time.last_year}"
        )
        raise SettingError(WHERE, [problem])
    warn_of_doubts(question, start)
    return question


def curves_of(
    questions: Sequence[Question],
    draws: YearlyDraws,
    *,
    uniforms: int = UNIFORMS,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
) -> list[InevitabilityCurve]:
    """Return curves of several questions about one history, which share the runs of each year.

    Args:
        questions: Questions of one factual scenario and theory.
        draws: Draws for each year.
        uniforms: How many runs go on from each draw.
        seed: Seed of what is drawn.
        threads: Threads to use; numbers do not depend on it.
        progress: Called with (years done, years in all).
    """
    shape = (len(questions), len(draws.years), 3)
    fact, edited = np.empty(shape), np.empty(shape)
    worth, sources = np.empty(len(draws.years)), []
    theory = theory_of(draws.last.theory)
    decided, runs = [_decided(question) for question in questions], 0
    for at, year in enumerate(draws.years):
        known = draws.of(year)
        sources.append(known.source)
        base = with_theory(questions[0].base, theory)
        past = Histories.of_posterior(
            known.draws, base, uniforms=uniforms, seed=seed, threads=threads, target=known.target
        )
        runs, who = max(runs, len(past)), known.distinct
        worth[at] = _worth(who)
        for k, question in enumerate(questions):
            both = _both(question, past, known)
            fact[k, at], edited[k, at] = (chance(values, who) for values in both)
            if _held(question.outcome.state) and year >= decided[k]:
                fact[k, at, 1:] = fact[k, at, 0]  # on record, and so not estimated
        if progress is not None:
            progress(at + 1, len(draws.years))
    told: dict[str, Any] = {"worth": worth, "sources": tuple(sources), "runs": runs, "seed": seed}
    return [
        _curve(question, draws, fact=fact[k], edited=edited[k], **told)
        for k, question in enumerate(questions)
    ]


def _both(question: Question, past: Histories, known: Known) -> tuple[Floats, Floats]:
    """Return the outcome as it was and edited, means over the runs of each draw, arrays (draw,)."""
    base, edited = question.under(known.draws.theory)
    twins = twin_worlds(base, edited, past, states=[question.outcome.state])
    fact, its = both_worlds(question, twins)
    return twins.by_draw(fact), twins.by_draw(its)


def chance(by_draw: Floats, who: NDArray[np.int64]) -> tuple[float, float, float]:
    """Return a probability with its 90 % interval, as many distinct draws tell it.

    Draws that are one and the same stand together: their spread says how many independent yes or no
    answers all are worth, and Wilson's interval is taken for so many.

    Args:
        by_draw: Share of the runs of each draw that have the outcome, array (draw,).
        who: Which draws are one and the same, array (draw,).
    """
    whole = np.isfinite(by_draw)
    if not whole.any():
        return np.nan, np.nan, np.nan
    values, same = by_draw[whole], who[whole]
    share = float(values.mean())
    worth = _worth(same)
    if 0.0 < share < 1.0:
        off = np.bincount(same, weights=values - share)
        variance = float((off**2).sum()) / len(values) ** 2
        if variance > 0.0:
            worth = max(share * (1.0 - share) / variance, 1.0)
    low, high = wilson(share * worth, worth, z=NORMAL_90)
    return share, float(low), float(high)


def _worth(who: NDArray[np.int64]) -> float:
    """Return how many draws that weigh alike those are worth of which some are the same."""
    shares = np.bincount(who) / len(who)
    return float(1.0 / (shares @ shares))


def _held(state: str) -> bool:
    """Return whether the record holds a state."""
    return state in HELD or state.startswith(HELD_ITEMS)


def _decided(question: Question) -> int:
    """Return the last year that the outcome looks at."""
    return question.base.calendar().start_of(question.outcome.stop - 1).year


def _curve(question: Question, draws: YearlyDraws, **told: Any) -> InevitabilityCurve:
    held = draws.last.held
    return InevitabilityCurve(
        question=question.words,
        title=question.outcome_title,
        outcome=question.outcome.text,
        edits=question.edits,
        key=key_of(question, held.theory),
        touched=decimal_year(question.touched),
        decided=_decided(question),
        scenario=question.base.name,
        theory=held.theory,
        record=(held.record, held.series),
        years=np.array(draws.years, dtype=np.int64),
        rungs=coded_rungs(question.base),
        **told,
    )


def key_of(question: Question, theory: str) -> str:
    """Return by what a question is found again, however it was put: a SHA-256."""
    tree = {
        "edited": provenance.scenario_digest(question.edited),
        "outcome": question.outcome.text,
        "theory": theory,
    }
    return provenance.digest(tree)


def coded_rungs(base: Scenario) -> tuple[tuple[float, int], ...]:
    """Return the coded formal steps of a scenario's record: decimal year and number."""
    rungs = Record.of(base).rungs
    return tuple(
        (decimal_year(when.date()), int(rung))
        for rung, when in zip(rungs["rung"], rungs["when"], strict=True)
        if rung > 0
    )


def _of_100(chance: float) -> int:
    return round(100 * chance)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
