"""What would have been different: the answer to one question, with all that it depends on.

Of the histories that come to the record, each has a twin in which something was edited; the effect
is edited minus factual. Beside it stand what other couplings and other theories say, and what runs
with fresh noise say of necessity and sufficiency, with bounds that depend on no coupling.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim.calibration.on_record import on_record_for
from alliance_sim.comparison.edits import edits_between, label_of
from alliance_sim.comparison.scenarios import Comparison
from alliance_sim.counterfactual.answer_parts import (
    couplings_frame,
    robustness_frame,
    theories_frame,
)
from alliance_sim.counterfactual.assumed import assumptions_of, doubted
from alliance_sim.counterfactual.card import refusals
from alliance_sim.counterfactual.couplings import QUANTILE
from alliance_sim.counterfactual.estimates import LEAST, Estimate
from alliance_sim.counterfactual.labels import SENTENCE, sign_of
from alliance_sim.counterfactual.over_time import Parting, effects_over_time, partings
from alliance_sim.counterfactual.small_differences import Response
from alliance_sim.counterfactual.stored_curves import curve_if_shipped
from alliance_sim.display import Facts, Shown, Table, figure
from alliance_sim.glossary import decimal, percent_close, signed
from alliance_sim.record.words import Words
from alliance_sim.results.state_metadata import meaning
from alliance_sim.scenario.edits_in_words import words_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.comparison.edits import DatedEdit
    from alliance_sim.counterfactual.answer_parts import Ensembled, UnderTheory
    from alliance_sim.counterfactual.card import Check
    from alliance_sim.counterfactual.coupling_free import Futures
    from alliance_sim.counterfactual.curves import InevitabilityCurve
    from alliance_sim.counterfactual.labels import Agreement, Label
    from alliance_sim.counterfactual.question import Question
    from alliance_sim.counterfactual.rivals import Weights
    from alliance_sim.counterfactual.robustness import Robustness
    from alliance_sim.counterfactual.small_differences import Amplification
    from alliance_sim.counterfactual.worlds import TwinWorlds

    Floats = NDArray[np.float64]

MOST_EDITS = 3  # that a sentence names
PROBABILITY, MEDIAN = "probability", "median"
OPPOSITE = {">=": "<", ">": "<=", "<=": ">", "<": ">="}  # of a comparison, what is left
NOTEBOOK_DPI = 80


@dataclass(frozen=True, eq=False, repr=False)
class WhatIf(Shown):
    """The answer to a what-if, and what it depends on. Effects are edited minus factual.

    Attributes:
        question: What was asked.
        posterior: Draws of parameters and noise, of the theory that is answered first.
        twins: Histories and their twins, by coupling; "quantile" is what the answer is of.
        fact: The outcome as it was: its probability, averaged over what the record leaves open, or
            its median where it is a number.
        edited: The same in the edited world.
        effect: The difference of both.
        given_history: Share of the histories with the outcome whose twin is without it; None for a
            number, and where no history has the outcome.
        ensemble: Necessity and sufficiency with fresh noise; None for a number.
        anew: How often the outcome comes about in both worlds if all is drawn anew from where the
            edits begin, and what that bounds whatever the coupling; None for a number.
        couplings: Effect and necessity given the history under each coupling.
        theories: The same question under every theory that there are draws of.
        weights: What they weigh, and by what.
        without_draws: Theories of the lattice that were not asked, and why.
        agreed: How far theories agree, by their weights.
        robustness: What else was tried: other readings of the record, a little other noise, and
            how much the data told of what carries the effect.
        label: "robust", "theory-dependent", "fragile" or "silent", and why not better.
        card: The plausibility card: checks of the question itself.
        seed: Seed of what the record leaves open, and of fresh noise.
        amplification: How far a small difference in slow noise is carried to what is asked about;
            None where that was not worked out, or the edits touch nothing by then.
    """

    question: Question
    posterior: PosteriorDraws
    twins: Mapping[str, TwinWorlds]
    fact: Estimate
    edited: Estimate
    effect: Estimate
    given_history: float | None
    ensemble: Ensembled | None
    anew: Futures | None
    couplings: Mapping[str, tuple[Estimate, float | None]]
    theories: tuple[UnderTheory, ...]
    weights: Weights
    without_draws: Mapping[str, str]
    agreed: Agreement
    robustness: Robustness
    label: Label
    card: tuple[Check, ...]
    seed: int
    amplification: Amplification | None = None

    @property
    def measure(self) -> str:
        """What the estimates are: "probability" or "median"."""
        return PROBABILITY if self.question.binary else MEDIAN

    @property
    def over(self) -> str:
        """What intervals are over: "draws" of a yes or no, "histories" of a number."""
        return "draws" if self.question.binary else "histories"

    @property
    def worlds(self) -> TwinWorlds:
        """The twins that the answer is of, under the quantile coupling."""
        return self.twins[QUANTILE]

    @cached_property
    def curve(self) -> InevitabilityCurve | None:
        """From when the outcome was certain, where a curve of the question ships; else None."""
        return curve_if_shipped(self.question, self.posterior.theory)

    @cached_property
    def comparison(self) -> Comparison:
        """Both worlds as `compare` has them: tables, dates of formal steps, acts that differ."""
        worlds, question = self.worlds, self.question
        name = label_of(question.base, question.edited)
        return Comparison(
            factual=worlds.base,
            edited={name: worlds.edited_scenario},
            factual_runs=worlds.factual,
            edited_runs={name: worlds.edited},
            edits={name: edits_between(question.base, question.edited)},
            touched={name: question.touched},
            outcomes=(question.outcome,),
            words=Words.of(question.base),
            parameters=f"Parameters and noise: {self.posterior.label}.",
            draws=self.posterior,
            draw=worlds.draw,
            on_record=on_record_for(self.posterior),
        )

    @property
    def edits_in_words(self) -> str:
        """What was edited, as it goes on after "this history"; of many edits the first three."""
        question = self.question
        own = (words_of(change, question.edited) for change in question.changes)
        told = list(dict.fromkeys(own))
        more = len(told) - MOST_EDITS
        words = ", ".join(
            one if one.startswith(("without ", "under ", "with ")) else f"with {one}"
            for one in told[: MOST_EDITS if more > 1 else None]
        )
        return f"{words} and {more} more edits" if more > 1 else words

    @property
    def answer(self) -> str:
        """What it comes to, in one or two plain sentences."""
        what, edits = self.question.outcome_title, self.edits_in_words
        what = what[:1].upper() + what[1:]
        if not self.question.binary:
            outcome = self.question.outcome
            unit = meaning(outcome.state, self.worlds.factual.meanings).unit
            unit = "1" if outcome.compare else unit
            low, high = signed(self.effect.low, unit), signed(self.effect.high, unit)
            return (
                f"{what}: {decimal(self.fact.value, unit)} in this history as it was, "
                f"{decimal(self.edited.value, unit)} in this history {edits}; the difference is "
                f"{signed(self.effect.value, unit)} (90 % of the histories: {low} to {high})."
            )
        before, after = of_100(self.fact.value), of_100(self.edited.value)
        low, high = (in_100(end) for end in (self.effect.low, self.effect.high))
        return (
            f"{what}: in {after} of 100 re-runs of this history {edits}, in {before} of 100 as it "
            f"was (90 % of the draws: a difference of {low} to {high} in 100)."
        )

    @property
    def without_coupling(self) -> str:
        """What both worlds do by themselves from where the edits begin; "" for a number."""
        if self.anew is None:
            return ""
        low, high = self.anew.bounds["necessity"]
        return (
            f"With all luck drawn anew from {self.question.touched} on, the outcome comes about in "
            f"{of_100(self.anew.fact)} of 100 histories as it was and in "
            f"{of_100(self.anew.edited)} of 100 {self.edits_in_words}. What the first of these "
            "differs by from what happened is owed to new luck and not to the edit; the effects "
            "under redraw_after and independent include it. However the luck of both worlds is "
            f"tied, what was edited was needed in {low:.2f} to {high:.2f} of the histories in "
            "which the outcome comes about."
        )

    @property
    def named(self) -> str:
        """Which model and which coded list it is a statement about."""
        held = self.posterior.held
        return (
            f"Model: {self.question.base.name} under theory {self.posterior.theory}, "
            f"{len(self.posterior)} posterior draws. Coded list: {held.record}, series "
            f"{held.series}, to {held.until}. Coupling: {QUANTILE}. Label: {self.label.name}."
        )

    @cached_property
    def responds(self) -> tuple[DatedEdit, ...]:
        """What answers to the edits by the rules of the scenario: falls away, or is drawn anew."""
        edits = edits_between(self.question.base, self.question.edited)
        return tuple(edit for edit in edits if edit.responds)

    @property
    def other_way(self) -> str:
        """How to learn how far what was edited kept the outcome away; "" where it did not."""
        outcome = self.question.outcome
        comes = outcome.passes or outcome.compare
        if not (self.question.binary and self.effect.value >= LEAST and comes in OPPOSITE):
            return ""
        opposite = OPPOSITE[comes].join(outcome.text.rsplit(comes, 1))
        return (
            "With the edits the outcome comes about more often, so what was edited was not needed "
            f"for it. How far it was needed to keep it away: ask for --outcome '{opposite}'."
        )

    @property
    def across(self) -> str:
        """How far the theories that were asked lie apart; "" where one was asked."""
        agreed = self.agreed
        if len(agreed.means) < 2:
            return ""
        low, high = (signed(end, places=2) for end in agreed.widest)
        return (
            f"Under the {len(agreed.means)} theories the effect lies from {low} to {high}, "
            f"{signed(agreed.mean, places=2)} by their weights; {percent_close(agreed.ambiguity)} "
            "of how much it varies (variance) lies between them."
        )

    @property
    def refused(self) -> str:
        """Why the plausibility card refuses the question, before any answer; "" if it does not."""
        why = "; ".join(refusals(self.card))
        return why and f"The question itself is refused ({why}). The model answers all the same:"

    @property
    def sentence(self) -> str:
        """The answer, what it is about, and what it is not; before it why it is refused, if so."""
        told = f"{self.answer} {self.named} {SENTENCE}"
        return f"{self.refused} {told}" if self.refused else told

    @property
    def assumed(self) -> tuple[str, ...]:
        """What had to be assumed, in sentences."""
        found = [*doubted(self.posterior)]
        found += assumptions_of(self.question, self.worlds, until=self.posterior.held.until)
        found.append(self.weights.words)
        found += [
            f"Theory {name} was not asked: {why}." for name, why in self.without_draws.items()
        ]
        if self.robustness.problem:
            found.append(f"Not used: {self.robustness.problem}")
        return tuple(found)

    @cached_property
    def over_time(self) -> pd.DataFrame:
        """Both worlds and the effect by quarter: `state`, `quarter` and quantiles over histories.

        Columns `fact`, `edited` and `effect`, each the median, with `_low` and `_high` for the 5th
        and the 95th percentile, of levels, the formal step and counts of acts.
        """
        return effects_over_time(self.worlds)

    @cached_property
    def partings(self) -> tuple[Parting, ...]:
        """When the levels of both worlds part and meet again, field by field."""
        return partings(self.worlds)

    @cached_property
    def partings_frame(self) -> pd.DataFrame:
        """A row for each field: `state`, `title`, and when its levels part and meet again.

        `parted` is the first quarter of a year in which more than 90 % of the histories differ by
        more than 0.05 in each quarter, `met_again` the first later one in which more than 90 %
        differ by less than 0.02, both None for never; `most` the largest share that differs by
        more than 0.05 in one quarter, `most_in`; `area`, `area_low`, `area_high` the area under
        edited minus factual, in years of the level: median, 5th and 95th percentile.
        """
        import pandas as pd

        return pd.DataFrame([one._asdict() for one in self.partings])

    @cached_property
    def theories_frame(self) -> pd.DataFrame:
        """A row for each theory: `theory`, and `fact`, `edited`, `effect` with `_low`, `_high`.

        `weight` is what it weighs, `weight_low` and `weight_high` what the error of its evidence
        leaves open, `log_evidence` that evidence; NaN where there is none.
        """
        return theories_frame(self.theories, self.weights)

    @cached_property
    def couplings_frame(self) -> pd.DataFrame:
        """A row for each coupling: `coupling`, `effect` with `_low`, `_high`, and `necessity`."""
        return couplings_frame(self.couplings)

    @cached_property
    def robustness_frame(self) -> pd.DataFrame:
        """The effect in all that was tried, a row each, in the order of the figure.

        Columns `kind` ("theory", "coupling", "series", "edition" or "reporting"), `name`,
        `effect` with `_low` and `_high` (NaN where it is not to be had), `weight` (of theories),
        and `words`: where the number comes from, or why there is none.
        """
        tried = self.theories, self.weights, self.without_draws, self.couplings
        return robustness_frame(*tried, self.robustness.varied)

    @cached_property
    def amplification_frame(self) -> pd.DataFrame:
        """How far a small difference in slow noise moves levels: a row for each world and level.

        `world` ("fact" or "edited"), `state` ("levels" for the mean over the fields), `title`; by
        standard deviation of slow noise `year_later`, `most` with `most_in`, `last` with `low` and
        `high` (5th and 95th percentile of the histories), and `left`, last over most. No rows where
        `amplification` is None.
        """
        import pandas as pd

        names = [*Response._fields, "left"]
        rows = [] if self.amplification is None else self.amplification.as_tree()["responses"]
        return pd.DataFrame(rows, columns=names)

    @cached_property
    def card_frame(self) -> pd.DataFrame:
        """A row for each check of the card: `check`, `verdict`, `number`, `words`."""
        import pandas as pd

        return pd.DataFrame([check._asdict() for check in self.card])

    def _repr_html_(self) -> str:
        """Return the figure, the sentence, the card and what was assumed, for a notebook."""
        drawn = io.BytesIO()
        self.plot().savefig(drawn, format="png", dpi=NOTEBOOK_DPI)
        image = base64.b64encode(drawn.getvalue()).decode("ascii")
        picture = f'<img alt="{html.escape(self.answer)}" src="data:image/png;base64,{image}">'
        return f"{super()._repr_html_()}\n{picture}"

    def plot(self) -> Any:
        """Return a figure of both worlds, of their difference, and of the answer in 100 re-runs.

        Returns:
            A `matplotlib.figure.Figure`; a notebook shows it, `savefig` writes it.
        """
        return figure(self)

    def as_tree(self, *, leave_out: Collection[str] = ()) -> dict[str, Any]:
        """Return the whole answer as plain values fit for JSON; None where there is no number.

        Args:
            leave_out: Keys that are not wanted.
        """
        kind, ensemble = self.measure, self.ensemble
        both = None if ensemble is None else ensemble.both
        curve = None if "inevitability" in leave_out else self.curve
        dates = None if "dates" in leave_out else self._dates_tree()
        found = {
            "question": self.question.words,
            "edits": list(self.question.edits),
            "kept": list(self.question.kept),
            "held": list(self.question.held),
            "outcome": self.question.outcome.text,
            "refused": self.refused or None,
            "responds": [edit.words for edit in self.responds],
            "unmatched": {world: list(names) for world, names in self.worlds.only.items()},
            "inevitability": None if curve is None else curve.as_tree(),
            "fact": _tree(kind, self.fact),
            "edited": _tree(kind, self.edited),
            "effect": _tree(kind, self.effect),
            "dates": dates,
            "necessity": {
                "given_history": self.given_history,
                "ensemble": None if ensemble is None else ensemble.necessity,
            },
            "sufficiency": None if ensemble is None else ensemble.sufficiency,
            "both": both,
            "bounds": {
                name: None if ensemble is None else list(ensemble.bounds[name])
                for name in ("PN", "PS", "PNS")
            },
            "errors": None if ensemble is None else dict(ensemble.errors),
            "couplings": self._couplings_tree(),
            "label": self.label.name,
            "reasons": list(self.label.reasons),
            "card": [check._asdict() for check in self.card],
            "theories": self._theories_tree(),
            "theories_without_draws": dict(self.without_draws),
            "agreement": {
                "weights": self.weights.basis,
                "mean": self.agreed.mean,
                "range": [self.agreed.low, self.agreed.high],
                "range_of_all": list(self.agreed.widest),
                "agreement": self.agreed.agreement,
                "sign": self.agreed.sign,
                "probability_of_sign": self.agreed.probability,
                "probability_of_opposite": self.agreed.against,
                "ambiguity": self.agreed.ambiguity,
            },
            "robustness": self.robustness.tree(self.measure),
            "amplification": None if self.amplification is None else self.amplification.as_tree(),
            "assumed": list(self.assumed),
            "sentence": self.sentence,
            "seed": self.seed,
            "draws": len(self.posterior),
            "histories": self.worlds.histories,
        }
        return {key: value for key, value in found.items() if key not in leave_out}

    def _dates_tree(self) -> dict[str, Any]:
        steps = self.comparison.steps.drop(columns=["scenario"]).astype(object)
        return {
            "levels": [one._asdict() for one in self.partings],
            "steps": steps.where(steps.notna(), None).to_dict("records"),
        }

    def _couplings_tree(self) -> dict[str, Any]:
        told = {
            name: {"effect": _tree(self.measure, effect), "necessity": needed}
            for name, (effect, needed) in self.couplings.items()
        }
        if self.anew is None:
            return told
        bounds = {name: list(ends) for name, ends in self.anew.bounds.items()}
        free = {"fact": self.anew.fact, "edited": self.anew.edited, "bounds": bounds}
        return {**told, "coupling_free": free}

    def _theories_tree(self) -> list[dict[str, Any]]:
        kind, weights = self.measure, self.weights
        least = LEAST if self.question.binary else 0.0
        return [
            {
                "theory": one.theory,
                "weight": weights.of[one.theory],
                "weight_span": list(weights.spans.get(one.theory, ())) or None,
                "log_evidence": list(weights.evidence.get(one.theory, ())) or None,
                "sign": sign_of(one.effect.value, least),
                "fact": _tree(kind, one.fact),
                "edited": _tree(kind, one.edited),
                "effect": _tree(kind, one.effect),
            }
            for one in self.theories
        ]

    def _facts(self) -> Facts:
        rows = [[check.check, check.verdict, check.words] for check in self.card]
        return Facts(
            name=self.question.words,
            brief=(f"effect {self.effect.value:+.2f}", self.label.name),
            more=[
                *([("refused", self.refused)] if self.refused else []),
                ("answer", self.answer),
                ("label", "; ".join((self.label.name, *self.label.reasons))),
                ("about", self.named),
                ("assumed", " ".join(self.assumed)),
                ("", SENTENCE),
            ],
            table=Table(("plausibility", "verdict", "why"), rows),
        )


def of_100(probability: float) -> int:
    """Return a probability as how many of 100."""
    return round(100 * probability)


def in_100(difference: float) -> str:
    """Return a difference of two probabilities as how many of 100 more or fewer."""
    return f"{of_100(difference):+d}".replace("-", "\N{MINUS SIGN}").replace("+0", "0")


def _tree(kind: str, estimate: Estimate) -> dict[str, float]:
    return {kind: estimate.value, "low": estimate.low, "high": estimate.high}
