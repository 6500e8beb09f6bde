"""Edits as texts: one grammar for files, the command line and Python.

    without great_raid              a juncture that never happens
    shift joint_patrol:+16          a juncture some quarters later, or earlier with a minus
    shift great_raid:2005-03-01     on another day; after one more colon what becomes of its end:
                                    moves, stays, or a day
    strength great_raid:0.5         all that a juncture moves, times a number
    set levels.pace=1.5             a number inside its range, or a setting
    hold rung=1@2003..2010          a state held at a value over a window of time
    leader admiral=none             another leader's push in the same office, none, or drawn
    council weighted_majority       how the alliance decides
    member hills:offset=0           something of a member
    motive leverage=on              a motive on or off, or how strong it is
    keep ports_act                  a juncture stays as dated although what it follows is edited
    theory RI                       which blocks of theory act

In a file they are a list, `edits = ["without great_raid", "council leader"]`; in Python they are
given to `Scenario.edited`; on the command line the first word is an option, `--council leader`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from alliance_sim.errors import LONGEST, ScenarioError, nearest_name, shown, unknown_name
from alliance_sim.scenario.edit import Edit, Move, Set, value_at
from alliance_sim.scenario.edit_kinds import KINDS, Unreadable, example_of
from alliance_sim.scenario.holds import PATH, hold_problems
from alliance_sim.scenario.path import PathProblem

if TYPE_CHECKING:
    from alliance_sim.scenario.scenario import Scenario

MOST = 1000  # edits of one list
LONGEST_TEXT = 4000  # letters of one edit
MOST_TOLD = 3  # pairs that hang on their order


class EditText(NamedTuple):
    """What one text asks for.

    Attributes:
        text: The text, in its plainest form.
        edits: What it comes to, one after the other.
    """

    text: str
    edits: tuple[Edit, ...]


def read_edits(
    base: Scenario, texts: Sequence[str], *, beside: Sequence[EditText] = ()
) -> list[EditText]:
    """Return what texts ask for, each read in the scenario as those before have left it.

    Their order makes no difference: where it would, they are refused.

    Args:
        base: The scenario.
        texts: The texts.
        beside: Edits that have been made to the scenario already and that these may contradict.

    Raises:
        ScenarioError: Naming everything that cannot be read or done, with the nearest names, and
            what contradicts itself.
    """
    if isinstance(texts, str) or len(texts) > MOST:
        found = shown(texts) if isinstance(texts, str) else f"{len(texts):,} edits"
        raise ScenarioError(base.name, [f"edits: is {found}, must be a list of at most {MOST:,}"])
    problems: list[str] = []
    asked: list[EditText] = []
    now = base
    for text in texts:
        try:
            one = _read(now, text)
            for edit in one.edits:
                now = edit.applied(now)
        except (PathProblem, ScenarioError) as problem:
            alone = _alone(base, text)
            clash = [] if alone is None else list(contradictions([alone], [*beside, *asked]))
            problems += clash or getattr(problem, "problems", [str(problem)])
        else:
            asked.append(one)
    problems = [
        *contradictions(asked, beside),
        *dict.fromkeys(problems),
        *hold_problems(now, [(t, edit.change.path) for t, edits in asked for edit in edits]),
    ]
    problems = problems or list(_hanging_on_order(base, asked, now))
    if problems:
        raise ScenarioError(base.name, problems)
    return asked


def _alone(base: Scenario, text: object) -> EditText | None:
    """Return what a text asks for where it can be done by itself, None where it cannot."""
    try:
        one = _read(base, text)
        for edit in one.edits:
            edit.applied(base)
    except (PathProblem, ScenarioError):
        return None
    return one


def contradictions(asked: Sequence[EditText], beside: Sequence[EditText] = ()) -> Iterator[str]:
    """Yield a sentence for each pair of texts that cannot both be meant.

    Args:
        asked: The texts.
        beside: Others that these are held against, but not against each other.
    """
    for later, second in enumerate(asked):
        for first in (*beside, *asked[:later]):
            if first.text == second.text:
                yield f"{first.text}: is said twice; say it once"
            elif _alike(first, second) or _clash(_paths(first), _paths(second)):
                yield f"{first.text!r} and {second.text!r} contradict each other; leave one out"


def _hanging_on_order(base: Scenario, asked: Sequence[EditText], after: Scenario) -> Iterator[str]:
    """Yield a sentence for the first pairs of texts that come to something else the other way."""
    if len(asked) < 2 or _done(base, [one.text for one in reversed(asked)]) == after:
        return
    told = 0
    for later, second in enumerate(asked):
        for first in asked[:later]:
            pair = [first.text, second.text]
            if _done(base, pair) != _done(base, pair[::-1]):
                yield (
                    f"{first.text!r} and {second.text!r} come to something else in the other "
                    "order; leave one out, or say with set, as a number, what is meant"
                )
                told += 1
        if told >= MOST_TOLD:
            return
    if not told:
        yield "the edits come to something else in another order; leave some out"


def _done(base: Scenario, texts: Sequence[str]) -> Scenario | None:
    """Return a scenario after texts, each read as those before have left it; None if they fail."""
    now = base
    try:
        for text in texts:
            for edit in _read(now, text).edits:
                now = edit.applied(now)
    except (PathProblem, ScenarioError):
        return None
    return now


def idle(base: Scenario, asked: Sequence[EditText]) -> Iterator[str]:
    """Yield a sentence for each text that changes nothing in a scenario."""
    before = base
    for text, edits in asked:
        after = before
        for edit in edits:
            after = edit.applied(after)
        places = [path for edit in edits for path in places_of(edit)]
        try:
            same = all(_value(before, path) == _value(after, path) for path in places)
        except PathProblem:
            yield f"{text}: gives another name to what is known by its name; nothing else changes"
            return
        if same:
            yield f"{text}: changes nothing, it stands so in {base.name}"
        before = after
    for name in (edits[0].change.path.split(".")[1] for text, edits in asked if _keeps(text)):
        if not _hangs_on_an_edit(before, name):
            yield f"keep {name}: nothing that it follows is edited, so there is nothing to hold"


def as_texts(**options: str | Sequence[str] | None) -> list[str]:
    """Return edits given by kind as one list of texts, in the order of the kinds.

    Args:
        **options: By the first word of the text, `set_` for "set", what follows it: one text or
            several.

    Raises:
        ScenarioError: If there is no such kind.
    """
    named = {name.rstrip("_"): given for name, given in options.items()}
    strangers = [unknown_name("edit", name, KINDS) for name in named if name not in KINDS]
    if strangers:
        raise ScenarioError("edits", strangers)
    found = []
    for kind in KINDS:
        given = named.get(kind) or ()
        found += [f"{kind} {one}" for one in ((given,) if isinstance(given, str) else given)]
    return found


def _keeps(text: str) -> bool:
    return text.startswith("keep ")


def _hangs_on_an_edit(after: Scenario, name: str) -> bool:
    """Whether something that a juncture follows, itself or by others, is gone or moved."""
    by_name = {juncture.name: juncture for juncture in after.junctures}
    open_, seen = [*by_name[name].follows], set()
    while open_:
        cause = by_name[open_.pop()]
        if not cause.present or cause.original_date not in (None, cause.date):
            return True
        if cause.name not in seen:
            seen.add(cause.name)
            open_ += cause.follows
    return False


def _paths(asked: EditText) -> list[str]:
    return [edit.change.path for edit in asked.edits]


def _clash(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether two edits are of one place, or one removes the juncture that the other edits."""
    gone = {path.removesuffix("present") for path in (*first, *second) if _removes(path)}
    return any(
        (a == b and a != PATH) or any(a.startswith(head) and b.startswith(head) for head in gone)
        for a in first
        for b in second
    )


def _alike(first: EditText, second: EditText) -> bool:
    """Whether two texts are of a kind that holds for the whole world and can be said once."""
    kinds = {one.text.partition(" ")[0] for one in (first, second)}
    return len(kinds) == 1 and bool(kinds & {"theory", "council"})


def _removes(path: str) -> bool:
    return path.startswith("juncture.") and path.endswith(".present")


def places_of(edit: Edit) -> tuple[str, ...]:
    """Return where an edit says something: of a juncture that moves its day and its end."""
    if isinstance(edit, Move):
        return edit.change.path, f"juncture.{edit.juncture}.end"
    return (edit.change.path,)


def _value(scenario: Scenario, path: str) -> object:
    found = value_at(scenario, path)
    return getattr(found, "value", found)


def _read(base: Scenario, text: object) -> EditText:
    """Return what one text asks for.

    Raises:
        PathProblem: If it cannot be read.
    """
    if not isinstance(text, str):
        such = f"without {example_of(base, 'without')}"
        raise PathProblem(f"edit is {shown(text)}, must be a text such as {such!r}")
    if len(text) > LONGEST_TEXT:
        raise PathProblem(f"edit {shown(text)}: is longer than {LONGEST_TEXT:,} letters")
    word, _, rest = text.strip().partition(" ")
    if word not in KINDS:
        near = nearest_name(word, KINDS)
        meant = f"; did you mean {near!r}?" if near else ""
        raise PathProblem(
            f"edit {shown(text, LONGEST)}: begins with {shown(word)}{meant} (an edit begins with "
            f"{', '.join(KINDS)})"
        )
    kind, rest = KINDS[word], rest.strip()
    if not rest:
        raise PathProblem(f"{word}: names nothing; write it like: {word} {example_of(base, word)}")
    try:
        edits = kind.read(base, rest)
    except Unreadable as problem:
        raise PathProblem(f"{problem}, such as: {word} {example_of(base, word)}") from None
    plain = f"{word} {rest}"
    return EditText(plain, tuple(_marked(edit, plain) for edit in edits))


def _marked(edit: Edit, text: str) -> Edit:
    """Return an edit that keeps the text it was asked for by, where it cannot be told from it."""
    return replace(edit, asked=text) if isinstance(edit, Set) else edit
