"""What is asked: a factual world, edits of it, and an outcome; all that is wrong is told first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from alliance_sim.errors import AllianceSimError, ScenarioError, SettingError, warn_of
from alliance_sim.results.outcome_words import outcome_title
from alliance_sim.results.outcomes import HOLDS, Outcome, is_binary, parse_outcome
from alliance_sim.scenario.causes import needless, outside_the_run
from alliance_sim.scenario.edit import edited as edited_by
from alliance_sim.scenario.edit import put, value_at
from alliance_sim.scenario.edit_texts import EditText, idle, read_edits
from alliance_sim.scenario.edits_in_words import changes_between, kept_of, texts_of, title_of
from alliance_sim.scenario.file import word_for
from alliance_sim.scenario.holds import window_of
from alliance_sim.scenario.theories import theory_of, with_theory
from alliance_sim.world import build_world, first_touched
from alliance_sim.world.build import prepared
from alliance_sim.world.state import meanings_of, state_names

if TYPE_CHECKING:
    import datetime as dt

    from alliance_sim.scenario import Scenario
    from alliance_sim.scenario.schema import Change

WHERE = "whatif"
FOLDS_WITHIN = ("mean", "max", "min")  # folds of a state that stay within its range
UNDER = "theory "  # how a text begins that holds for both worlds
EXAMPLE = "--without {name}, or without={name!r} in Python"


@dataclass(frozen=True)
class Question:
    """A what-if that makes sense: it differs from the fact, and its outcome comes after that.

    Attributes:
        base: The factual scenario.
        edited: The same, edited.
        edits: What was edited, as texts that `Scenario.edited` takes; of tables that a file adds,
            in words.
        theory: The theory that both worlds are under, such as "RI"; None for that of the base.
        outcome: What is looked at.
        touched: First day of the first quarter that the edits touch.
        called: What a command finds the base by, such as a file; "" for its name.
    """

    base: Scenario
    edited: Scenario
    edits: tuple[str, ...]
    theory: str | None
    outcome: Outcome
    touched: dt.date
    called: str = ""

    @property
    def word(self) -> str:
        """What a command finds the base by."""
        return word_for(self.base, self.called)

    @property
    def changes(self) -> tuple[Change, ...]:
        """The edits that lead from the factual world to the edited one."""
        return changes_between(self.base, self.edited)

    @property
    def kept(self) -> tuple[str, ...]:
        """Junctures that are held as dated although what they follow is edited."""
        return kept_of(self.changes)

    @property
    def held(self) -> tuple[str, ...]:
        """States that the edited world holds at a value, as texts of edits."""
        return tuple(hold.text for hold in self.edited.holds)

    def under(self, theory: str) -> tuple[Scenario, Scenario]:
        """Return the factual and the edited world under a theory; what an edit set stays set."""
        one, edits = theory_of(theory), {change.path for change in self.changes}
        return with_theory(self.base, one), with_theory(self.edited, one, but=edits)

    @property
    def binary(self) -> bool:
        """Whether the outcome happens or does not."""
        return is_binary(self.outcome)

    @property
    def outcome_title(self) -> str:
        """The outcome in words."""
        return outcome_title(self.outcome, self.base.calendar(), meanings_of(self.base))

    @property
    def short_words(self) -> tuple[str, ...]:
        """What is asked beside the edits, in words of a file's name."""
        return (self.outcome.name, *([self.theory] if self.theory else []))

    @property
    def words(self) -> str:
        """The question in one sentence."""
        given = f"{self.edited.question} " if self.edited.question else ""
        return f"{given}{'; '.join(self.edits)}: {self.outcome_title}?"


def ask(
    base: Scenario,
    edits: Sequence[str],
    outcome: str,
    *,
    start: Scenario | None = None,
    called: str = "",
) -> Question:
    """Return a question, or all that is wrong with it.

    Args:
        base: The factual scenario.
        edits: Texts such as "without great_raid"; "theory RI" holds for both worlds.
        outcome: Such as "rung>=8@2014".
        start: An edited scenario that the edits come on top of; `base` if left out. A theory that
            it was put under holds for both worlds, too, unless `edits` name another.
        called: What a command finds the base by, where that is not its name.

    Raises:
        SettingError: Naming everything that is wrong: edits that cannot be read or done, that
            contradict each other or change nothing; an outcome that cannot be read, that comes
            before anything can differ, or that a held state settles by itself.
    """
    problems: list[str] = []
    found = read_outcome(base, outcome, problems)
    edited: Scenario | None = None
    asked: list[EditText] = []
    theory: str | None = None
    first = base
    try:
        if start is not None:
            first, theory = _without_theory(base, start)
        texts = [one.text for one in read_edits(first, edits)]  # what contradicts itself, too
        common = [text for text in texts if text.startswith(UNDER)]
        theory = common[0].removeprefix(UNDER) if common else theory
        asked = read_edits(first, [text for text in texts if text not in common])
        problems += idle(first, asked)
        edited = edited_by(first, [one for text in asked for one in text.edits])
    except ScenarioError as error:
        problems += error.problems
    told = () if edited is None else _told(base, edited)
    if edited is not None and not told:
        there = (juncture.name for juncture in base.junctures if juncture.present)
        example = EXAMPLE.format(name=next(there, "great_raid"))
        problems.append(f"no edit is given; give one, such as {example}")
    if edited is not None and told:
        problems += _other_years(base, edited)
    if edited is not None and found is not None:
        problems += _set_by_a_hold(edited, found)
    if found is not None:
        problems += beyond_the_range(base, found)
    if problems or edited is None or found is None:
        raise SettingError(WHERE, problems)
    day, late = _touched(base, edited, found)
    if late or day is None:
        raise SettingError(WHERE, [late])
    return Question(base, edited, told, theory, found, day, called)


def warn_of_doubts(question: Question, start: Scenario | None = None) -> None:
    """Warn of edits that add nothing to the others, and of days that no run comes to.

    Args:
        question: The question.
        start: The scenario that its edits came on top of, which was warned of when it was read.
    """
    before = _doubts(question.base) | (set() if start is None else _doubts(start))
    for sentence in sorted(_doubts(question.edited) - before):
        warn_of(sentence)


def _doubts(scenario: Scenario) -> set[str]:
    """Return what is probably not meant: edits that add nothing, and days that no run comes to."""
    return {*needless(scenario), *(told for _, told in outside_the_run(scenario))}


def read_outcome(base: Scenario, text: str, problems: list[str]) -> Outcome | None:
    """Return an outcome as it was asked for, or None and say what is wrong with it.

    Args:
        base: The scenario.
        text: Such as "rung>=8@2014".
        problems: Given in sentences what is wrong.
    """
    try:
        return parse_outcome(text, states=state_names(base), calendar=base.calendar())
    except SettingError as error:
        problems += [f"{error.where}: {problem}" for problem in error.problems]
        return None


def _without_theory(base: Scenario, start: Scenario) -> tuple[Scenario, str | None]:
    """Return an edited scenario without the theory among its edits, and the name of that.

    Raises:
        ScenarioError: If another edit is of what the theory sets, so that it cannot be told apart.
    """
    changes = changes_between(base, start)
    under = [change for change in changes if change.text.startswith(UNDER)]
    if not under:
        return start, None
    rest = [change for change in changes if change not in under]
    places = {change.path: change.text for change in under}
    problems = [
        f"{places[change.path]!r} and {change.text!r} contradict each other; leave one out"
        for change in rest
        if change.path in places
    ]
    if problems:
        raise ScenarioError(start.name, problems)
    before = start
    for path in places:
        before = put(before, path, value_at(base, path))
    made, title, name = title_of(start, changes), start.title, start.name
    for words in dict.fromkeys(change.words for change in under):
        title, name = (told.replace(f", {words}", "") for told in (title, name))
    if start.title == made:
        title = title_of(before, rest) if rest else base.title
    edits = (*start.edits[: len(start.edits) - len(changes)], *rest)
    told = {"edits": edits, "title": title, "name": name}
    return before.model_copy(update=told), under[-1].text.removeprefix(UNDER)


def _told(base: Scenario, edited: Scenario) -> tuple[str, ...]:
    """Return the edits that lead from one scenario to the other."""
    return texts_of(changes_between(base, edited), tables=True)


def _other_years(base: Scenario, edited: Scenario) -> Iterator[str]:
    mine, its = base.time, edited.time
    if (mine.first_year, mine.last_year, mine.steps_per_year) != (
        *(its.first_year, its.last_year, its.steps_per_year),
    ):
        yield "the edits change the years of the run or its steps, which both worlds share"


def _set_by_a_hold(edited: Scenario, outcome: Outcome) -> Iterator[str]:
    """Yield a sentence for a hold that leaves nothing of an outcome open."""
    for hold in edited.holds:
        first, last = window_of(hold, edited.calendar())
        if hold.state == outcome.state and first <= outcome.start and outcome.stop <= last:
            yield (
                f"outcome {outcome.text!r} is what {hold.text!r} says itself; ask for another "
                "state, or for a time after the window"
            )


def beyond_the_range(base: Scenario, outcome: Outcome) -> Iterator[str]:
    """Yield a sentence for an outcome that the range of what it compares settles, by itself."""
    meaning = meanings_of(base)[outcome.state]
    low, high = meaning.low, meaning.high
    if outcome.state == "rung":
        high = max(rung.number for rung in base.rungs)
    compared = [(outcome.state, outcome.compare, outcome.threshold, low, high)]
    if outcome.passes:
        within = outcome.fold in FOLDS_WITHIN and not outcome.compare
        what = outcome.state if within else outcome.text.rpartition(outcome.passes)[0]
        compared.append((what, outcome.passes, outcome.mark, *_folded(base, outcome, low, high)))
    for what, compare, value, least, most in compared:
        if compare and HOLDS[compare](least, value) == HOLDS[compare](most, value):
            told = "always" if HOLDS[compare](least, value) else "never"
            lies = f"lies from {least:g} to {most:g}; compare it with a value in between"
            if most == inf:
                lies = f"is {least:g} or more; compare it with a larger value"
            yield f"outcome {outcome.text!r} is {told} so, whatever is edited: {what} {lies}"
            return


def _folded(base: Scenario, outcome: Outcome, low: float, high: float) -> tuple[float, float]:
    """Return the range of what quarters are folded into, from that of the state."""
    calendar = base.calendar()
    if outcome.fold == "first":
        return float(calendar.first_year), float(calendar.last_year + 1)
    if outcome.compare:
        low, high = 0.0, 1.0
    steps = outcome.stop - outcome.start if outcome.fold == "sum" else 1
    return low * steps, high * steps


def _touched(base: Scenario, edited: Scenario, outcome: Outcome) -> tuple[dt.date | None, str]:
    """Return the first day that the edits touch, and in a sentence why the question is void."""
    calendar = base.calendar()
    try:
        factual, _ = prepared(base)
        step = first_touched(factual, build_world(edited, like=factual))
    except AllianceSimError as error:
        return None, " ".join(str(error).split())
    if step is None:
        return None, "the edits change no number that the model uses, so both worlds are the same"
    if outcome.stop - 1 < step:
        last, first = calendar.label(outcome.stop - 1), calendar.label(step)
        return None, (
            f"outcome {outcome.text!r} looks at nothing after {last}, and the edits touch nothing "
            f"before {first}; ask for a later time, such as @{calendar.last_year}"
        )
    return calendar.start_of(step), ""
