"""What a lesson's file may hold; `lessons` says what is made of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from alliance_sim.record.folder import KINDS
from alliance_sim.scenario.fields import SERIES

Kind = Literal["before", "predict", "reveal", "curves", "run", "compare", "claim", "exit"]
KINDS_OF_STEPS: tuple[str, ...] = get_args(Kind)  # in the order in which they may stand
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Text = Annotated[str, Field(min_length=1, max_length=1500)]
Line = Annotated[str, Field(min_length=1, max_length=300)]
Outcome = Annotated[str, Field(min_length=1, max_length=300)]
Day = Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]


class Entry(BaseModel):
    """A table of a lesson's file."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    _words: tuple[str, ...] = ()  # keys that are words, and so differ between languages

    def bones(self) -> dict[str, Any]:
        """Return all but the words."""
        return self.model_dump(mode="json", exclude=set(self._words))

    def said(self) -> dict[str, Any]:
        """Return the words."""
        return self.model_dump(mode="json", include=set(self._words))


class Happens(Entry):
    """What the record is searched for: a formal step, or acts of which all that is said holds.

    Attributes:
        rung: Number of the step.
        domain: That of the acts.
        kind: Their kind.
        initiator: Who began them; with * at its end, any that begins so.
        words: What stands in their title.
        salience: Their least salience, 1 to 3.
        since: Last day on which they do not count yet; `known_until` of the lesson if left out.
        at_least: How many of them there have to be.
    """

    rung: Annotated[int, Field(ge=1, le=20)] | None = None
    domain: Literal[SERIES] | None = None  # type: ignore[valid-type]
    kind: Literal[KINDS] | None = None  # type: ignore[valid-type]
    initiator: Line | None = None
    words: Line | None = None
    salience: Annotated[int, Field(ge=1, le=3)] = 1
    since: dt.date | None = None
    at_least: Annotated[int, Field(ge=1, le=1000)] = 1

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        acts = (self.domain, self.kind, self.initiator, self.words)
        if (self.rung is None) == all(part is None for part in acts):
            raise ValueError(
                "must say either rung, or what the acts are by domain, kind, initiator or words"
            )
        more = sorted(self.model_fields_set & {"salience", "since", "at_least"})
        if self.rung is not None and more:
            raise ValueError(f"{', '.join(more)}: said of acts alone, and rung is no act")
        return self


class Shown(Entry):
    """An act that explains an outcome: its day as the record has it, and a word of its title."""

    day: Day
    words: Line


class Cause(Entry):
    """One of the cards with which a lesson begins."""

    title: Line
    text: Text


class Word(Entry):
    """A word or a name that students may not know, in one or two sentences.

    Attributes:
        name: A name.
        term: The word as it stands on the screen.
        text: What it means.
        steps: Kinds of the steps under which it is told.
    """

    _words = ("term", "text")
    name: Name
    term: Line
    text: Line
    steps: Annotated[tuple[Kind, ...], Field(min_length=1)]


class Step(Entry):
    """One part of the lesson: what students read, and what the teacher does."""

    _words = ("title", "text", "notes")
    kind: Kind
    minutes: Annotated[int, Field(ge=1, le=90)]
    title: Line
    text: Text
    notes: tuple[Text, ...]


class Item(Entry):
    """Something that students give a probability before they know.

    Attributes:
        name: A name.
        text: The statement.
        after: What to say once it is known; no number and no date, as the record gives them.
        by: Day by which it has to have come about.
        happens: What the record is searched for.
        shows: Acts that explain why it did not come about.
        outcome: The same in the model, if it has it.
    """

    _words = ("text", "after")
    name: Name
    text: Line
    after: Text
    by: dt.date
    happens: Happens
    shows: tuple[Shown, ...] = ()
    outcome: Outcome | None = None


class Query(Entry):
    """A what-if."""

    edits: Annotated[tuple[Line, ...], Field(min_length=1, max_length=20)]
    outcome: Outcome


class Suggestion(Query):
    """A what-if that a pair of students may take.

    Attributes:
        name: A name.
        title: What is changed.
        replaced: What stands in its place.
        follows: What the change leaves to chance, as a question.
        result: The outcome in words.
    """

    _words = ("title", "replaced", "follows", "result")
    name: Name
    title: Line
    replaced: Text
    follows: Text
    result: Line


class Belief(Query):
    """The what-if that is estimated at the beginning and at the end."""

    _words = ("text",)
    text: Line


class Drawn(Query):
    """The inevitability curve that students hold against their own.

    Attributes:
        world: Whether it is that of the world as it was, or of the edited one.
    """

    world: Literal["fact", "edited"]


class LessonFile(Entry):
    """A lesson in one language.

    Attributes:
        title: What it is called.
        question: What it asks.
        summary: What students will do.
        unread: Says that nobody who speaks the language from childhood has read it.
        scenario: The scenario that it is about; others of the relationship do not offer it.
        known_until: Last day that students see before they predict.
        minutes: How long it takes.
        cause: Cards with which it begins.
        word: Words and names that students may look up.
        step: Its parts.
        item: What students predict.
        suggestion: What-ifs that they choose from.
        belief: What they estimate at the beginning and at the end.
        curve: The question whose inevitability curve they draw.
    """

    _words = ("title", "question", "summary", "unread")
    title: Line
    question: Line
    summary: Text
    unread: Line | None = None  # who has not read this translation
    scenario: Line
    known_until: dt.date
    minutes: Annotated[int, Field(ge=10, le=200)]
    cause: Annotated[tuple[Cause, ...], Field(min_length=2, max_length=4)]
    word: Annotated[tuple[Word, ...], Field(max_length=40)] = ()
    step: Annotated[tuple[Step, ...], Field(min_length=1)]
    item: Annotated[tuple[Item, ...], Field(min_length=2, max_length=8)]
    suggestion: Annotated[tuple[Suggestion, ...], Field(min_length=1, max_length=8)]
    belief: Belief
    curve: Drawn | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        problems = []
        kinds = [step.kind for step in self.step]
        if kinds != [kind for kind in KINDS_OF_STEPS if kind in kinds]:
            order = ", ".join(KINDS_OF_STEPS)
            problems.append(f"steps are {', '.join(kinds)}; each once, in this order: {order}")
        took = sum(step.minutes for step in self.step)
        if took != self.minutes:
            problems.append(f"minutes is {self.minutes}, and the steps take {took}")
        problems += [
            f"word {word.name!r}: there is no step {kind}"
            for word in self.word
            for kind in word.steps
            if kind not in kinds
        ]
        named: tuple[tuple[str, Sequence[Word | Item | Suggestion]], ...] = (
            *(("word", self.word), ("item", self.item)),
            ("suggestion", self.suggestion),
        )
        for what, parts in named:
            names = [part.name for part in parts]
            twice = sorted({name for name in names if names.count(name) > 1})
            problems += [f"{what} {name!r} stands twice" for name in twice]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def texts(self) -> dict[str, Any]:
        """Return all that is words, as the page reads it."""
        return {
            **self.said(),
            "words": {word.name: word.said() for word in self.word},
            "causes": [cause.model_dump() for cause in self.cause],
            "steps": {step.kind: step.said() for step in self.step},
            "items": {item.name: item.said() for item in self.item},
            "suggestions": {one.name: one.said() for one in self.suggestion},
            "belief": self.belief.text,
        }
