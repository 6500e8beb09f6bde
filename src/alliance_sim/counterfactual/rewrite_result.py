"""The smallest rewrite of history that turns an outcome: what was found, and what was tried."""

from __future__ import annotations

import datetime as dt
import math
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from alliance_sim.counterfactual.answer import of_100
from alliance_sim.counterfactual.assumed import doubted
from alliance_sim.counterfactual.couplings import QUANTILE
from alliance_sim.counterfactual.estimates import Estimate
from alliance_sim.counterfactual.labels import SENTENCE
from alliance_sim.counterfactual.rewrite_tree import Node, tree_of
from alliance_sim.display import Facts, Shown, Table, counted, figure
from alliance_sim.results.outcome_words import outcome_title
from alliance_sim.world.state import meanings_of

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.counterfactual.answer_parts import UnderTheory
    from alliance_sim.counterfactual.labels import Agreement, Label
    from alliance_sim.counterfactual.small_rewrite import SearchExtent, SmallRewrite
    from alliance_sim.results.outcomes import Outcome
    from alliance_sim.scenario import Scenario

HISTORIES = ("first", "search", "confirm", "told")  # what they are for


@dataclass(frozen=True, eq=False, repr=False)
class Rewrite(Shown):
    """The smallest rewrites of history that turn an outcome, and what comes near.

    How often means: the outcome is as wanted, so brought about or averted.

    Attributes:
        base: The factual scenario.
        asked_of: What a command names the scenario and the draws by, in its words.
        outcome: What is looked at.
        wanted: Whether it is to come about, or to be averted.
        until: Last day that the outcome looks at.
        posterior: Draws of parameters and noise.
        fact: How often the outcome is as wanted with nothing edited.
        found: Rewrites that turn it, the cheapest first; empty if none was found and confirmed.
        unconfirmed: Rewrites that turn it in the search, and not where that is confirmed.
        nearest: The first of those found, or what comes nearest.
        reached: Whether there is nothing to rewrite, as the fact is as wanted.
        searched: What was searched, and how far.
        couplings: By how much the nearest changes how often, by coupling.
        theories: The nearest under every theory that there are draws of.
        agreed: How far they agree.
        label: "robust", "theory-dependent", "fragile" or "silent", and why not better.
        seed: Seed of what the record leaves open.
    """

    base: Scenario
    asked_of: tuple[str, ...]
    outcome: Outcome
    wanted: bool
    until: dt.date
    posterior: PosteriorDraws
    fact: Estimate
    found: tuple[SmallRewrite, ...]
    unconfirmed: tuple[SmallRewrite, ...]
    nearest: SmallRewrite
    reached: bool
    searched: SearchExtent
    couplings: Mapping[str, Estimate]
    theories: tuple[UnderTheory, ...]
    agreed: Agreement
    label: Label
    seed: int

    @property
    def turns(self) -> str:
        """What a rewrite does to the outcome: "brought about" or "averted"."""
        return "brought about" if self.wanted else "averted"

    @property
    def outcome_title(self) -> str:
        """The outcome in words."""
        return outcome_title(self.outcome, self.base.calendar(), meanings_of(self.base))

    @property
    def words(self) -> str:
        """The question in one sentence."""
        how = "bring about" if self.wanted else "avert"
        return f"What is the least that would have to be otherwise to {how}: {self.outcome_title}?"

    @property
    def answer(self) -> str:
        """What it comes to, in a few plain sentences."""
        limits, before = self.searched.limits, of_100(self.fact.value)
        least = of_100(limits.threshold)
        if self.reached:
            return (
                f"Nothing to rewrite: {self._what} is {self.turns} in {before} of 100 re-runs of "
                "this history as it was."
            )
        one = self.nearest
        edits, often = "; ".join(one.words) or "no edit", of_100(one.told.value)
        span = f"90 % of the draws: {of_100(one.told.low)} to {of_100(one.told.high)}"
        far = f"in {often} of 100 re-runs of this history ({span}), in {before} of 100 as it was"
        if not self.found:
            why = "" if self.searched.complete else " within the budget of worlds"
            if not one.edits:
                return (
                    f"Nothing that was searched{why} comes nearer than the fact: in {before} of "
                    f"100 re-runs of this history as it was, {self.outcome_title} is {self.turns}."
                )
            return (
                f"Nothing that was searched{why} turns it in {least} of 100. Nearest comes: "
                f"{edits} ({bits_told(one.cost.bits)}). {self._what} is then {self.turns} {far}."
            )
        return (
            f"The smallest rewrite found: {edits} ({bits_told(one.cost.bits)}). {self._what} is "
            f"then {self.turns} {far}."
        )

    @property
    def doubts(self) -> tuple[str, ...]:
        """What the search proposed and other draws did not confirm, in sentences."""
        least = of_100(self.searched.limits.threshold)
        return tuple(
            f"Not confirmed: {'; '.join(one.words)} ({bits_told(one.cost.bits)}), which reached "
            f"{of_100(one.searched)} of 100 where it was searched, and {of_100(one.confirmed)} "
            f"where that was confirmed; {least} are asked."
            for one in self.unconfirmed
        )

    @property
    def _what(self) -> str:
        title = self.outcome_title
        return title[:1].upper() + title[1:]

    @property
    def extent(self) -> str:
        """What was searched, in a few sentences."""
        searched = self.searched
        edits, limits = searched.candidates.edits, searched.limits
        first, many, confirms, tells = searched.histories
        if self.reached:
            return "Nothing was searched."
        told = [
            f"{len(searched.tried):,} worlds were tried: the fact, each of {len(edits)} edits alone"
            + (
                f", and sets of up to {limits.most} of the {len(searched.kept)} that do most "
                "alone, in the order of their cost."
                if searched.kept
                else "."
            )
        ]
        if math.isfinite(searched.until) and len(searched.kept):
            told.append(
                f"Every set of these that costs less than {searched.until:.1f} bits was tried"
                + ("." if searched.complete else "; there the budget ended.")
            )
        elif searched.kept:
            told.append("All of them were tried, as far as they were needed.")
        told.append(
            f"Where {first} histories made clear that the outcome stays away, no more were run "
            f"({len(searched.few):,} worlds); else {many}. What the search proposes has to hold in "
            f"{confirms} histories of other draws, and what is told of it comes from {tells} of "
            "draws that neither used."
        )
        return " ".join(told)

    @property
    def named(self) -> str:
        """Which model and which coded list it is a statement about."""
        held = self.posterior.held
        return (
            f"Model: {self.base.name} under theory {self.posterior.theory}, "
            f"{len(self.posterior)} posterior draws. Coded list: {held.record}, series "
            f"{held.series}, to {held.until}. Coupling: {QUANTILE}. Label: {self.label.name}."
        )

    @property
    def sentence(self) -> str:
        """The answer, what it is about, and what it is not."""
        return f"{self.answer} {self.named} {SENTENCE}"

    @property
    def assumed(self) -> tuple[str, ...]:
        """What had to be assumed, in sentences."""
        years = self.base.time.last_year + 1 - self.base.time.first_year
        searched = self.searched.candidates
        found = [
            *doubted(self.posterior),
            (
                f"Dated events come at the rate of once in the {years} years of the run: one that "
                "stays away until the outcome's end, or comes on another day, costs bits at that "
                "rate, laws included."
            ),
            (
                "Fitted numbers cost their distance within the posterior; what the model gives no "
                "chance costs one bit; each further edit the choice among all junctures."
            ),
            "All that follows from what is edited responds (total effect).",
        ]
        if searched.without_cost:
            found.append(
                "Not made weaker or stronger, as their sizes are known and not fitted: "
                f"{', '.join(searched.without_cost)}."
            )
        if searched.late:
            found.append(f"No candidates: {counted(searched.late, 'juncture')} after {self.until}.")
        if len(self.theories) < 2:
            found.append("One theory only: no draws of the others were given.")
        return tuple(found)

    @property
    def whatif_command(self) -> str:
        """The command that asks the nearest as a what-if, with all that the answer hangs on."""
        from alliance_sim.counterfactual.answering import UNIFORMS

        words = ["alliance-sim", "whatif", *self.asked_of]
        settings = {"seed": (self.seed, 1), "uniforms": (self.searched.limits.uniforms, UNIFORMS)}
        for name, (one, usual) in settings.items():
            words += [] if one == usual else [f"--{name}", str(one)]
        for text in self.nearest.edits:
            kind, _, rest = text.partition(" ")
            words += [f"--{kind}", rest]
        return shlex.join([*words, "--outcome", self.outcome.text])

    @cached_property
    def tree(self) -> tuple[Node, ...]:
        """The sets that a reader is shown, each under the part of it that comes nearest."""
        named = (*self.found, *self.unconfirmed, self.nearest)
        return tree_of(self.searched, named, fact=self.fact.value)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row for each set that was tried, by cost.

        Columns `edits` (texts, parted by "; "), `size`, `bits`, `probability` (how often the
        outcome is as wanted in the histories of the search), `histories` and `found`.
        """
        import pandas as pd

        few, many, _, _ = self.searched.histories
        winners = {frozenset(one.edits) for one in self.found}
        order = {c.text: k for k, c in enumerate(self.searched.candidates.edits)}
        return pd.DataFrame(
            {
                "edits": "; ".join(sorted(one.changes, key=order.__getitem__)),
                "size": len(one.changes),
                "bits": one.cost,
                "probability": one.value,
                "histories": few if one.changes in self.searched.few else many,
                "found": one.changes in winners,
            }
            for one in self.searched.tried
        )

    def plot(self) -> Any:
        """Return a figure of the tree: sets that were tried, their cost, how near they come.

        Returns:
            A `matplotlib.figure.Figure`; a notebook shows it, `savefig` writes it.
        """
        return figure(self)

    def as_tree(self) -> dict[str, Any]:
        """Return the whole answer as plain values fit for JSON; None where there is no number."""
        searched = self.searched
        limits = searched.limits
        return {
            "question": self.words,
            "outcome": self.outcome.text,
            "wanted": self.wanted,
            "threshold": limits.threshold,
            "reached": self.reached,
            "fact": self.fact._asdict(),
            "found": [_told(one) for one in self.found],
            "unconfirmed": [_told(one) for one in self.unconfirmed],
            "nearest": _told(self.nearest),
            "searched": {
                "candidates": [one.text for one in searched.candidates.edits],
                "put_together": list(searched.kept),
                "worlds": len(searched.tried),
                "screened": len(searched.few),
                "budget": limits.budget,
                "most": limits.most,
                "complete": searched.complete,
                "until": searched.until if math.isfinite(searched.until) else None,
                "histories": dict(zip(HISTORIES, searched.histories, strict=True)),
            },
            "tree": [node._asdict() for node in self.tree],
            "couplings": {name: one._asdict() for name, one in self.couplings.items()},
            "theories": [
                {"theory": one.theory, "fact": one.fact.value, "edited": one.edited.value,
                 "effect": one.effect._asdict()}
                for one in self.theories
            ],
            "label": self.label.name,
            "reasons": list(self.label.reasons),
            "assumed": list(self.assumed),
            "answer": self.answer,
            "sentence": self.sentence,
            "whatif": self.whatif_command,
            "seed": self.seed,
        }  # fmt: skip

    def _facts(self) -> Facts:
        rows = [
            [
                "; ".join(one.words),
                f"{one.cost.bits:.1f}",
                f"{of_100(one.told.value)} of 100",
            ]
            for one in self.found or (self.nearest,)
        ]
        brief = f"{bits_told(self.nearest.cost.bits)}, {of_100(self.nearest.told.value)} of 100"
        state = "nothing to rewrite" if self.reached else "found" if self.found else "not found"
        return Facts(
            name=self.outcome.text,
            brief=(state, brief, self.label.name),
            more=[
                ("question", self.words),
                ("answer", self.answer),
                ("searched", self.extent),
                ("about", self.named),
                ("", SENTENCE),
            ],
            table=Table(("rewrite", "bits", self.turns), rows),
        )


def _told(one: SmallRewrite) -> dict[str, Any]:
    cost = one.cost
    return {
        "edits": list(one.edits),
        "words": list(one.words),
        "bits": cost.bits,
        "cost": {name: getattr(cost, name) for name in
                 ("antecedent", "noise", "parameters", "choice")},
        "light": cost.light,
        "probability": one.told.value,
        "low": one.told.low,
        "high": one.told.high,
        "in_search": one.searched,
        "confirmed": one.confirmed,
        "holds": one.holds,
        "minimal": one.minimal,
        "parts": [{"edits": list(edits), "probability": value} for edits, value in one.parts],
    }  # fmt: skip


def bits_told(bits: float) -> str:
    """Return a cost as it is told."""
    return f"{bits:.1f} bits"
