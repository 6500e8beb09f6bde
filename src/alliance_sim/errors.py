"""Every error class of the package, and the sentences that errors share.

A message says what was found, where, what is allowed and what is nearest; and it lists all
problems of one input at once, so that a file is mended in one go.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

NEAR = 0.6  # how alike a name has to be to be offered: 0 is not at all, 1 the same
MOST_LISTED = 20  # known names that are all told; of more, only those most alike
NEAREST = 10


class AllianceSimError(Exception):
    """Base of every error that a user of this package can cause."""


class ProblemsError(AllianceSimError):
    """Several problems found in one input, told together.

    Attributes:
        where: What was read, for example a file name.
        problems: One sentence per problem, in the order found.
    """

    def __init__(self, where: str, problems: Sequence[str]) -> None:
        """Keep the problems and build the message out of them."""
        self.where = where
        self.problems = tuple(problems)
        count = len(self.problems)
        head = f"{where}: {count} problem{'' if count == 1 else 's'}"
        super().__init__("\n".join([head, *(f"  - {problem}" for problem in self.problems)]))

    def __reduce__(self) -> tuple[type[ProblemsError], tuple[str, tuple[str, ...]]]:
        """Let the error cross from a worker process whole."""
        return (type(self), (self.where, self.problems))


class ScenarioError(ProblemsError):
    """A scenario file, or an edit of a scenario, that cannot be used."""


class SettingError(ProblemsError):
    """An argument of a function or a command that is out of range or of the wrong kind."""


class UnknownName(AllianceSimError):  # noqa: N818 - reads better in a traceback
    """A name that is not among those known."""


class ResultError(AllianceSimError):
    """A result file that cannot be read back."""


class UnfinishedError(AllianceSimError):
    """Work that had to stop on the way; what was done is kept, and can be gone on with."""


def unknown_name(kind: str, name: str, known: Iterable[str]) -> str:
    """Return the sentence for an unknown name, with the nearest known one.

    Of many known names only those most alike are told, so that the sentence can still be read.

    Args:
        kind: What the name should name, such as "juncture".
        name: The name as found.
        known: The names that would have been accepted.
    """
    names = sorted(known)
    near = nearest_name(name, names)
    hint = f"; did you mean {near!r}?" if near else ""
    return f"unknown {kind} {name!r}{hint} ({_listing(name, names)})"


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that was most likely meant, None if all are too far away.

    The last part of a path or of a file's name stands for the whole.
    """
    names = sorted(known)
    ends = [whole for whole in names if name and whole.endswith((f"/{name}", f".{name}"))]
    near = ends or difflib.get_close_matches(name, names, n=1, cutoff=NEAR)
    return near[0] if near else None


def _listing(name: str, names: Sequence[str]) -> str:
    """Return known names in words: all if they are few, else the nearest first."""
    if len(names) <= MOST_LISTED:
        return f"known: {', '.join(names) or 'none'}"
    alike = difflib.get_close_matches(name, names, n=NEAREST, cutoff=NEAR / 2)
    shown = list(dict.fromkeys([*alike, *names]))[:NEAREST]
    return f"known, nearest first: {', '.join(shown)} and {len(names) - NEAREST} more"
