"""Every error class of the package, and the sentences that errors share.

A message says what was found, where, what is allowed and what is nearest; and it lists all
problems of one input at once, so that a file is mended in one go.
"""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from os import PathLike
from typing import ParamSpec, TypeVar

from alliance_sim.nearest import NEAR, Spellings, matches

__all__ = [
    "AllianceSimError",
    "EngineError",
    "FileError",
    "NoRecord",
    "ProblemsError",
    "RecordError",
    "ResultError",
    "ScenarioError",
    "ScenarioWarning",
    "SettingError",
    "UnfinishedError",
    "UnknownName",
]

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")

PACKAGE = "alliance_sim."  # how the names of its modules begin
MOST_LISTED = 20  # known names that are all told; of more, only those most alike
NEAREST = 10
OFFERED, TIE = 3, 0.05  # names that are offered at once, if they are so near to each other
MOST_TOLD = 40  # problems that are told one by one; the rest are counted
HUGE = 64  # bits of a whole number that is told by its size alone
SEPARATORS = re.compile(r"[,;\s]+")  # between names that were given as one
LONGEST = 400  # letters of a name that a sentence repeats
LONGEST_PROBLEM = 4000  # letters of a sentence
SCENARIOS = ("Scenario", "Scenario | None")  # as arguments are declared that take no name of one
CALLED = ("progress", "callback")  # arguments that are called as long work goes on

# What a terminal or a page obeys instead of showing: control characters, marks that turn the
# direction of writing, separators of lines, and halves of characters.
OBEYED = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def visible(text: str, *, lines: bool = False) -> str:
    r"""Return a text in which nothing is obeyed by a terminal instead of being shown.

    Control characters, marks that turn the direction of writing and lone surrogates become what
    Python writes for them, such as `\x1b`. Whatever comes out of a file, a path or an argument
    goes through this before it reaches a terminal, a message, a figure or a page.

    Args:
        text: The text as found.
        lines: Whether ends of lines and tabs stay, for texts of several lines.
    """
    kept = "\n\t" if lines else ""
    return OBEYED.sub(lambda m: m[0] if m[0] in kept else ascii(m[0])[1:-1], text)


def shown(value: object, longest: int = 60) -> str:
    """Return a value as Python writes it, in part if it is long; huge numbers by their size."""
    if type(value) is float:
        return repr(value)
    if isinstance(value, int) and value.bit_length() > HUGE:
        return f"a whole number of {value.bit_length():,} bits"
    try:
        text = visible(repr(value))
    except (ValueError, RecursionError):  # huge numbers inside it, or no end of tables in tables
        return f"a {type(value).__name__} that is too large to show"
    return text if len(text) <= longest else f"{text[:longest]}..."


def _in_part(text: str, longest: int) -> str:
    return visible(text if len(text) <= longest else f"{text[:longest]}...")


class AllianceSimError(Exception):
    """Base of every error that a user of this package can cause."""

    def __str__(self) -> str:
        """Return the message, with control characters shown and no line longer than can be read."""
        lines = visible(super().__str__(), lines=True).split("\n")
        return "\n".join(_in_part(line, LONGEST_PROBLEM) for line in lines)


class ProblemsError(AllianceSimError):
    """Several problems found in one input, told together.

    The message tells the first 40 and counts the rest; the attribute holds all of them.

    Attributes:
        where: What was read, for example a file name.
        problems: One sentence per problem, in the order found.
    """

    def __init__(self, where: str, problems: Sequence[str]) -> None:
        """Keep the problems and build the message out of them."""
        self.where = where
        self.problems = tuple(problems)
        count = len(self.problems)
        lines = [f"{_in_part(where, LONGEST)}: {count} problem{'' if count == 1 else 's'}"]
        lines += [
            f"  - {_in_part(problem, LONGEST_PROBLEM)}" for problem in self.problems[:MOST_TOLD]
        ]
        if count > MOST_TOLD:
            lines.append(f"  - and {count - MOST_TOLD:,} more")
        super().__init__("\n".join(lines))

    def __reduce__(self) -> tuple[type[ProblemsError], tuple[str, tuple[str, ...]]]:
        """Let the error cross from a worker process whole."""
        return (type(self), (self.where, self.problems))


class ScenarioError(ProblemsError):
    """A scenario file, or an edit of a scenario, that cannot be used."""


class ScenarioWarning(UserWarning):
    """A scenario that can be used and probably does not say what was meant."""


def warn_of(sentence: str) -> None:
    """Warn of something in a scenario, at the line outside the package that asked for it."""
    frame, level = inspect.currentframe(), 1
    while frame is not None and str(frame.f_globals.get("__name__", "")).startswith(PACKAGE):
        frame, level = frame.f_back, level + 1
    warnings.warn(sentence, ScenarioWarning, stacklevel=level)


class FileError(ProblemsError):
    """A file that cannot be read: it is not there, no regular file, too large, or not of its kind.

    Its one problem is a sentence about the file, fit to be told again under another name.
    """


class RecordError(ProblemsError):
    """A folder that should hold a record, and cannot be used as one."""


class NoRecord(AllianceSimError):  # noqa: N818 - a reason, not a mistake
    """There is no record that a scenario could be compared with; the sentence says why."""


class SettingError(ProblemsError):
    """An argument of a function or a command that is out of range or of the wrong kind."""


class UnknownName(AllianceSimError):  # noqa: N818 - reads better in a traceback
    """A name that is not among those known."""


class ResultError(AllianceSimError):
    """A result file that cannot be read back."""


class EngineError(AllianceSimError):
    """An engine that cannot work here, whatever the scenario: no compiler, or one that is wrong."""


class UnfinishedError(AllianceSimError):
    """Work that had to stop on the way; what was done is kept, and can be gone on with."""


def unknown_name(
    kind: str, name: object, known: Iterable[str], also: Spellings | None = None
) -> str:
    """Return the sentence for an unknown name, with the nearest known one.

    Of many known names only those most alike are told, so that the sentence can still be read.

    Args:
        kind: What the name should name, such as "juncture".
        name: The name as found, or whatever stands in its place.
        known: The names that would have been accepted.
        also: Other spellings of theirs, by name: first the title, which is told where the name that
            is offered does not explain itself.
    """
    names = sorted(known)
    if not isinstance(name, str):
        return f"unknown {kind} {shown(name)}, must be a name ({_listing('', names, also)})"
    part = name if len(name) <= LONGEST else f"{name[:LONGEST]}..."
    several = [part for part in SEPARATORS.split(name.strip()) if part]
    if len(several) > 1 and all(part in names for part in several):
        return f"{part!r} is {len(several)} names of a {kind}; give each by itself"
    return (
        f"unknown {kind} {part!r}{did_you_mean(name, names, also)} ({_listing(name, names, also)})"
    )


def not_among(kind: str, given: Sequence[object], known: Iterable[str]) -> list[str]:
    """Return what is wrong with names of which there must be some, each a known one.

    Args:
        kind: What each of them names, such as "series".
        given: The names as found.
        known: The names that would have been accepted.
    """
    names = tuple(known)
    if not given:
        return [f"no {kind} is given, must be at least one (known: {', '.join(names)})"]
    return [unknown_name(kind, one, names) for one in given if one not in names]


def read_or_told(
    read: Callable[[object], Answer], given: object, problems: list[str], otherwise: Answer
) -> Answer:
    """Return what was read, or something else and what is wrong with it beside other problems.

    Args:
        read: Reads one thing that was given.
        given: What was given.
        problems: Gets a sentence for each thing that is wrong with it.
        otherwise: Returned where it cannot be read.
    """
    try:
        return read(given)
    except ProblemsError as error:
        problems += error.problems
    return otherwise


def did_you_mean(name: str, known: Iterable[str], also: Spellings | None = None) -> str:
    """Return "; did you mean ...?" with the nearest known name, "" if all are too far away.

    Where words of several names were found equally well, up to three of them are offered.
    """
    found = matches(name, known, also)
    if not found:
        return ""
    first = found[0]
    equal = [m for m in found if m.in_words and first.in_words and first.score - m.score < TIE]
    named = [
        f"{match.name!r} ({also[match.name][0]})"
        if also and match.letters < NEAR and also.get(match.name)
        else repr(match.name)
        for match in equal[:OFFERED] or [first]
    ]
    return f"; did you mean {' or '.join(named)}?"


def nearest_name(name: str, known: Iterable[str], also: Spellings | None = None) -> str | None:
    """Return the known name that was most likely meant, None if all are too far away.

    The last part of a path or of a file's name stands for the whole.
    """
    found = matches(name, known, also)
    return found[0].name if found else None


def _listing(name: str, names: Sequence[str], also: Spellings | None) -> str:
    """Return known names in words: all if they are few, else the nearest first."""
    if len(names) <= MOST_LISTED:
        return f"known: {', '.join(names) or 'none'}"
    alike = [match.name for match in matches(name, names, also, least=NEAR / 2)]
    shown = list(dict.fromkeys([*alike, *names]))[:NEAREST]
    return f"known, nearest first: {', '.join(shown)} and {len(names) - NEAREST} more"


def explains_calls(function: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
    """Return a function that says what is wrong with how it was called.

    Python counts what was given by its place, and knows no name that is near to another. A name in
    the place of a scenario it takes for one until something of it is asked for.

    Raises:
        SettingError: When the function is called with what it does not take, or without what it
            needs; it lists all of it.
    """
    scenarios = [name for name, kind in function.__annotations__.items() if kind in SCENARIOS]
    called_later = [name for name in CALLED if name in function.__annotations__]

    @wraps(function)
    def called(*given: Arguments.args, **named: Arguments.kwargs) -> Answer:
        try:
            problems = _named_scenarios(function, scenarios, given, named) if scenarios else []
            problems += _not_to_be_called(called_later, named)
            if not problems:
                return function(*given, **named)
        except TypeError:
            problems = _misfits(inspect.signature(function), given, named)
            if not problems:
                raise
        raise SettingError(function.__name__, problems)

    return called


def _named_scenarios(
    function: Callable[..., object],
    scenarios: Sequence[str],
    given: Sequence[object],
    named: Mapping[str, object],
) -> list[str]:
    """Return which arguments are a name or a file where a scenario is taken, in sentences."""
    if not any(isinstance(value, str | PathLike) for value in (*given, *named.values())):
        return []
    arguments = inspect.signature(function).bind(*given, **named).arguments
    return [
        f"{name} is {shown(arguments[name])}, must be a scenario, such as load_scenario("
        f"{str(arguments[name])!r})"
        for name in scenarios
        if isinstance(arguments.get(name), str | PathLike)
    ]


def _not_to_be_called(names: Sequence[str], named: Mapping[str, object]) -> list[str]:
    """Return which of some arguments cannot be called as the work goes on, in sentences."""
    return [
        f"{name} is {shown(named[name])}, must be a function that is called as the work goes on, "
        "or None"
        for name in names
        if named.get(name) is not None and not callable(named[name])
    ]


def _misfits(
    signature: inspect.Signature, given: Sequence[object], named: Mapping[str, object]
) -> list[str]:
    """Return what of a call a function does not take, and what it lacks, in sentences."""
    asked = signature.parameters.values()
    single = [each for each in asked if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)]
    placed = [each.name for each in single if each.kind is not each.KEYWORD_ONLY]
    names = [each.name for each in single if each.name not in ("self", "cls")]
    alone = " and ".join(name for name in placed if name in names)
    only = f"only {alone} can be" if alone else "which nothing can be"
    by_name = [name for name in names if name not in placed]
    over = () if any(each.kind is each.VAR_POSITIONAL for each in asked) else given[len(placed) :]
    anything = any(each.kind is each.VAR_KEYWORD for each in asked)
    there = {*placed[: len(given)], *named}
    return [
        *(
            f"{shown(value)} is given by its place, and {only}; write what it is, as in "
            f"{by_name[0]}=... (known: {', '.join(by_name)})"
            if by_name
            else f"{shown(value)} is one too many; it takes {alone or 'nothing'}"
            for value in over
        ),
        *(
            unknown_name("argument", name, names)
            for name in named
            if name not in names and not anything
        ),
        *(f"{name} is given twice" for name in placed[: len(given)] if name in named),
        *(
            f"{each.name} is missing"
            for each in single
            if each.default is each.empty and each.name not in there
        ),
    ]
