"""What junctures contributed to an outcome, by every convention: the result, in words and tables.

Shares are shares of a contrast between two worlds on the same noise, not per cents of a cause.
Where conventions do not rank players alike, that is the first thing to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alliance_sim import display
from alliance_sim.counterfactual.answer import PROBABILITY
from alliance_sim.counterfactual.assumed import doubted
from alliance_sim.counterfactual.estimates import Estimate
from alliance_sim.counterfactual.labels import SENTENCE
from alliance_sim.display import Facts, Shown, counted, frame_table
from alliance_sim.glossary import signed
from alliance_sim.results.outcome_words import outcome_title
from alliance_sim.results.outcomes import Outcome, is_binary
from alliance_sim.world.state import meanings_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.scenario import Scenario

    Floats = NDArray[np.float64]

MEAN = "mean"
SHAPLEY, OWEN, IN_ORDER, WITHOUT, ALONE = (
    "shapley",
    "owen",
    "time_ordered",
    "leave_one_out",
    "add_one_in",
)
TITLES = {
    SHAPLEY: "Shapley (mean over all orders)",
    OWEN: "Owen (groups come as one)",
    IN_ORDER: "in order of dates",
    WITHOUT: "leave one out",
    ALONE: "add one in",
}
HEADS = {  # the same over columns
    SHAPLEY: "Shapley",
    OWEN: "Owen",
    IN_ORDER: "By date",
    WITHOUT: "Leave out",
    ALONE: "Add in",
}


class Group(NamedTuple):
    """Junctures that come and go as one in Owen's value."""

    name: str
    players: tuple[str, ...]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Attribution(Shown):
    """What junctures contribute to an outcome, by every convention.

    Attributes:
        scenario: The factual scenario.
        outcome: What is looked at.
        players: Junctures, in the order of their dates.
        titles: What they are called.
        aside: Junctures before the outcome that are no players, and so happen in every world.
        idle: Those of them that change the outcome in no draw, alone or last.
        chosen: Whether the players were named, and not screened.
        groups: Of Owen's value.
        fact: The outcome as it was, the mean over draws, as of all that it is shared out in.
        nobody: The same without any of the players.
        contrast: As it was less without all of them, the mean over draws.
        effect: The same in each draw, array (draw,): means over its histories.
        draws: By convention and player the contributions in each draw, array (draw,).
        estimates: By convention and player the mean of these over draws, with its interval.
        together: The same of each group of Owen's value.
        posterior: Draws of parameters and noise.
        histories: How many histories there are: draws times sets of uniforms, less those that
            failed.
        failed: How many failed in some world, and are left out of all.
        coupling: How acts of the worlds hang together.
        asked: How many worlds were run.
        seed: Seed of what the record leaves open.
    """

    scenario: Scenario
    outcome: Outcome
    players: tuple[str, ...]
    titles: Mapping[str, str]
    aside: tuple[str, ...]
    idle: tuple[str, ...]
    chosen: bool
    groups: tuple[Group, ...]
    fact: Estimate
    nobody: Estimate
    contrast: Estimate
    effect: Floats
    draws: Mapping[str, Mapping[str, Floats]]
    estimates: Mapping[str, Mapping[str, Estimate]]
    together: tuple[Estimate, ...]
    posterior: PosteriorDraws
    histories: int
    failed: int
    coupling: str
    asked: int
    seed: int

    @property
    def binary(self) -> bool:
        """Whether the outcome happens or does not."""
        return is_binary(self.outcome)

    @property
    def measure(self) -> str:
        """What estimates are means over draws of: "probability", or "mean" for a number."""
        return PROBABILITY if self.binary else MEAN

    @property
    def title(self) -> str:
        """The outcome in words."""
        return outcome_title(self.outcome, self.scenario.calendar(), meanings_of(self.scenario))

    def estimate(self, convention: str, player: str) -> Estimate:
        """Return what a player contributes: the mean over draws, and 5th and 95th percentile.

        The percentiles are of a yes or no over draws, without the scatter of a few re-runs; of a
        number over histories.
        """
        return self.estimates[convention][player]

    @property
    def over(self) -> str:
        """What intervals are over: "draws" of a yes or no, "histories" of a number."""
        return "draws" if self.binary else "histories"

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to be divided: no draw has a contrast, no juncture a share."""
        shares = (share for by in self.draws.values() for share in by.values())
        return not (self.effect.any() or any(share.any() for share in shares))

    def ranks(self, convention: str) -> tuple[str, ...]:
        """Return the players from the largest mean contribution to the least."""
        means = {player: float(by.mean()) for player, by in self.draws[convention].items()}
        return tuple(sorted(self.players, key=lambda player: (-means[player], player)))

    @cached_property
    def disagree(self) -> tuple[str, ...]:
        """Conventions that rank some pair of players otherwise than Shapley's value does."""
        return tuple(
            name for name in self.draws if name != SHAPLEY and self._reversed(name) is not None
        )

    def _reversed(self, convention: str) -> tuple[str, str] | None:
        """Return a pair of players that a convention ranks otherwise, the most apart first."""
        mine, its = self.draws[SHAPLEY], self.draws[convention]
        means = [{p: float(by[p].mean()) for p in self.players} for by in (mine, its)]
        tiny = 1e-9 * max(1.0, float(np.abs(self.effect).max()))
        found: list[tuple[float, str, str]] = []
        for k, one in enumerate(self.players):
            for other in self.players[k + 1 :]:
                first, second = (by[one] - by[other] for by in means)
                if first * second < 0.0 and min(abs(first), abs(second)) > tiny:
                    found.append((min(abs(first), abs(second)), one, other))
        if not found:
            return None
        _, one, other = max(found)
        return (one, other) if means[0][one] > means[0][other] else (other, one)

    @property
    def verdict(self) -> str:
        """Whether the conventions agree in rank; said before anything else."""
        if self.nothing:
            return "There is nothing that conventions could rank."
        if not self.disagree:
            return "All conventions rank the junctures alike."
        names = [f"\u201c{TITLES[name]}\u201d" for name in self.disagree]
        listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
        pairs = {name: self._reversed(name) for name in self.disagree}
        name, pair = next((name, pair) for name, pair in pairs.items() if pair is not None)
        return (
            f"The attribution depends on the convention: {listed} "
            f"{'rank' if len(names) > 1 else 'ranks'} junctures otherwise than Shapley's value, "
            f"which puts {self._called(pair[0])} before {self._called(pair[1])}, and "
            f"\u201c{TITLES[name]}\u201d the other way round."
        )

    @property
    def answer(self) -> str:
        """What it comes to, in plain sentences."""
        return f"{self.title[:1].upper()}{self.title[1:]}: {self.contrast_words}"

    @property
    def contrast_words(self) -> str:
        """How far the worlds with all junctures and with none differ, and the largest share."""
        most = self.ranks(SHAPLEY)[0]
        share = self.estimate(SHAPLEY, most)
        how = "chance" if self.binary else "mean over draws"
        worlds = (
            f"{how} {self.fact.value:.2f} in this history as it was, {self.nobody.value:.2f} "
            f"without all of {len(self.players)} junctures"
        )
        if self.nothing:
            return f"{worlds}; they differ in no draw, so there is nothing to be divided."
        return (
            f"{worlds}; the contrast is {self._span(self.contrast)}. The largest share by "
            f"Shapley's value is that of {self._called(most)}: {self._span(share)}."
        )

    def _called(self, player: str) -> str:
        return f"\u201c{self.titles[player]}\u201d"

    def _span(self, one: Estimate) -> str:
        value, low, high = (signed(number, places=2) for number in one)
        return f"{value} (90 % of the {self.over}: {low} to {high})"

    @property
    def about(self) -> str:
        """Which model, draws and coded list it is a statement about, and who the players are."""
        how = "named" if self.chosen else "screened: those that move the outcome most"
        rest = ""
        if self.aside:
            happen = "happens" if len(self.aside) == 1 else "happen"
            rest = f" {counted(len(self.aside), 'other juncture')} before the outcome {happen} in "
            rest += f"every world, {len(self.idle)} of which " if self.idle else "every world."
            rest += f"{'moves' if len(self.idle) == 1 else 'move'} it in no draw." * bool(self.idle)
        if self.failed:
            rest += f" Left out, as they failed in some world: {self.failed} histories."
        return (
            f"{self.basis} Players ({how}): {', '.join(self.players)}.{rest} Shares are of this "
            "contrast between two worlds, not per cents of a cause."
            f"{''.join(f' {one}' for one in doubted(self.posterior))}"
        )

    @property
    def basis(self) -> str:
        """Which model, draws and coded list it is a statement about, and under which coupling."""
        held = self.posterior.held
        return (
            f"Model: {self.scenario.name} under theory {self.posterior.theory}, {self.histories} "
            f"histories of {len(self.posterior)} posterior draws. Coded list: {held.record}, "
            f"series {held.series}. Coupling: {self.coupling}."
        )

    @property
    def sentence(self) -> str:
        """All of it: whether conventions agree, what it comes to, what it is about."""
        return f"{self.verdict} {self.answer} {self.about} {SENTENCE}"

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row for each convention and player, in order of dates.

        Columns `convention`, `juncture`, `title`, `group` (of Owen's value), `rank` (1 for the
        largest), and the `contribution` (mean over draws) with `_low` and `_high`.
        """
        import pandas as pd

        of = {player: group.name for group in self.groups for player in group.players}
        rows = []
        for convention in self.draws:
            ranks = self.ranks(convention)
            for player in self.players:
                mean, low, high = self.estimate(convention, player)
                rows.append(
                    {
                        "convention": convention,
                        "juncture": player,
                        "title": self.titles[player],
                        "group": of[player],
                        "rank": ranks.index(player) + 1,
                        "contribution": mean,
                        "contribution_low": low,
                        "contribution_high": high,
                    }
                )
        return pd.DataFrame(rows)

    @cached_property
    def groups_frame(self) -> pd.DataFrame:
        """A row for each group of Owen's value: `group`, `junctures`, `contribution` as above."""
        import pandas as pd

        rows = []
        for group, (mean, low, high) in zip(self.groups, self.together, strict=True):
            told = {"contribution": mean, "contribution_low": low, "contribution_high": high}
            rows.append({"group": group.name, "junctures": ", ".join(group.players), **told})
        return pd.DataFrame(rows)

    def as_tree(self) -> dict[str, Any]:
        """Return the whole attribution as plain values fit for JSON."""
        by_convention = {
            convention: {
                player: _tree(self.estimate(convention, player)) for player in self.players
            }
            for convention in self.draws
        }
        return {
            "verdict": self.verdict,
            "disagree": list(self.disagree),
            "outcome": self.outcome.text,
            "measure": self.measure,
            "fact": _tree(self.fact),
            "without_all": _tree(self.nobody),
            "effect": _tree(self.contrast),
            "players": list(self.players),
            "chosen": "named" if self.chosen else "screened",
            "aside": list(self.aside),
            "idle": list(self.idle),
            "contributions": by_convention,
            "ranks": {name: list(self.ranks(name)) for name in self.draws},
            "groups": [
                {
                    "group": row.group,
                    "junctures": str(row.junctures).split(", "),
                    "mean": row.contribution,
                    "low": row.contribution_low,
                    "high": row.contribution_high,
                }
                for row in self.groups_frame.itertuples()
            ],
            "coupling": self.coupling,
            "theory": self.posterior.theory,
            "draws": len(self.posterior),
            "histories": self.histories,
            "failed": self.failed,
            "worlds": self.asked,
            "seed": self.seed,
            "sentence": self.sentence,
        }

    def plot(self) -> Any:
        """Return a figure of all contributions with their intervals, conventions side by side.

        Returns:
            A `matplotlib.figure.Figure`; a notebook shows it, `savefig` writes it.
        """
        return display.figure(self)

    def _facts(self) -> Facts:
        table = self.frame[self.frame["convention"] == SHAPLEY].sort_values("rank")
        columns = ["juncture", "contribution", "contribution_low", "contribution_high"]
        return Facts(
            self.outcome.text,
            [f"{len(self.players)} junctures", f"contrast {float(self.effect.mean()):+.2f}"],
            [("conventions", self.verdict), ("answer", self.answer), ("about", self.about),
             ("", SENTENCE)],
            frame_table(table, columns),
        )  # fmt: skip


def _tree(estimate: Estimate) -> dict[str, float]:
    return {"mean": estimate.value, "low": estimate.low, "high": estimate.high}
