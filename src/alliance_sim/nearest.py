"""Which known names were most likely meant, also where they are spelt another way.

Names are compared without case, accents and punctuation, with numbers in words as digits and "not"
and "without" as "no": "no_911", "no-nine-eleven" and "without 9/11" are one spelling. A name may
have others, such as its title and its date; a few words out of them are enough.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

NEAR = 0.6  # how alike a name has to be to be offered: 0 is not at all, 1 the same
WORDS_ALIKE = 0.8  # how alike two words have to be to count as one misspelt
BY_WORDS, FOR_ALL_WORDS = 0.7, 0.25  # how alike names are that share the words asked for
LONGEST = 200  # letters of a name that are compared
MOST_LOOKED_AT = 1_000  # files of a folder among which the one that was meant is looked for
BY_HAND = ".toml"  # ends the name of a file that people write, and most likely meant
BEGINNING = 4  # letters of a word that stand for the whole, as in "sept"

_COUNTED = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    *("nineteen", "twenty"),
)
_SAME = {
    **{word: str(number) for number, word in enumerate(_COUNTED)},
    "without": "no",
    "not": "no",
}
_SAID_ANYWAY = frozenset({"a", "an", "and", "at", "by", "for", "in", "of", "on", "s", "the", "to"})

Spellings = Mapping[str, Sequence[str]]
"""Other spellings by name: the title first, then what else people may write."""


class Match(NamedTuple):
    """A known name and how near it is.

    Attributes:
        name: The name.
        score: 1 for the same but for case, punctuation and numbers in words; above 0.6 for near.
        in_words: Whether words of it were found rather than letters.
        letters: How alike the letters of the name itself are, 0 to 1.
    """

    name: str
    score: float
    in_words: bool
    letters: float


def matches(
    name: str, known: Iterable[str], also: Spellings | None = None, *, least: float = NEAR
) -> list[Match]:
    """Return the known names that may have been meant, the nearest first.

    The last part of a path or of a file's name stands for the whole.

    Args:
        name: The name as found.
        known: The names that would have been accepted.
        also: Other spellings of some of them.
        least: How near they have to be.
    """
    asked, names = name[:LONGEST], sorted(known)
    ends = [whole for whole in names if name and whole.endswith((f"/{name}", f".{name}"))]
    if ends or not name:
        return [Match(whole, 1.0, in_words=False, letters=1.0) for whole in ends]
    others = also or {}
    found = [_match(asked, whole, others.get(whole, ())) for whole in names]
    near = [match for match in found if match.score >= least]
    return sorted(near, key=lambda match: (-match.score, match.name))


def nearest_file(path: Path, ending: str = "") -> str | None:
    """Return the name of the file beside a path that was most likely meant, None if there is none.

    The ending counts for less than what stands before it: it may have been forgotten, or misspelt.

    Args:
        path: Where nothing lies.
        ending: That of the files which are looked at, all if left out.
    """
    try:
        found = islice(path.parent.iterdir(), MOST_LOOKED_AT)
        beside = [file.name for file in found if file.name.endswith(ending) and file.is_file()]
    except (OSError, ValueError):
        return None
    ends = {path.suffix} if path.suffix else {Path(name).suffix for name in beside}
    for wanted in (ends, {Path(name).suffix for name in beside} - ends):
        there = [name for name in beside if Path(name).suffix in wanted]
        stems = {Path(name).stem: name for name in sorted(there, key=_by_hand)}
        near = matches(path.stem, stems)
        if near and (wanted is ends or path.stem in stems):
            return stems[near[0].name]
    return None


def _by_hand(name: str) -> bool:
    return name.endswith(BY_HAND)


def _match(asked: str, name: str, others: Sequence[str]) -> Match:
    """Return how near one name with its other spellings is."""
    wanted, parts = words(asked), re.split(r"[/.]", name)
    spellings = [words(text) for text in (name, parts[-1], *others)]
    if (wanted and wanted in spellings) or "".join(wanted) in map("".join, spellings[:2]):
        return Match(name, 1.0, in_words=bool(others), letters=_alike(asked, name))
    of_name = _alike(asked, name)
    by_letters = max(of_name, *(_alike("".join(wanted), "".join(text)) for text in spellings[:3]))
    by_words = _shared(wanted, spellings)
    return Match(name, max(by_letters, by_words), in_words=by_words > by_letters, letters=of_name)


def _alike(one: str, other: str) -> float:
    matcher = difflib.SequenceMatcher(None, other, one, autojunk=False)
    if matcher.real_quick_ratio() < NEAR / 2 or matcher.quick_ratio() < NEAR / 2:
        return 0.0
    return matcher.ratio()


def _shared(wanted: Sequence[str], spellings: Sequence[tuple[str, ...]]) -> float:
    """Return how near a name is all of whose wanted words stand somewhere in it, else 0."""
    telling = [w for w in wanted if w not in _SAID_ANYWAY and (len(w) > 1 or w.isdigit())]
    there = {word for text in spellings for word in text}
    if not telling or all(w == "no" for w in telling):
        return 0.0
    if not all(any(_same_word(w, word) for word in there) for w in telling):
        return 0.0
    best = max(
        sum(any(_same_word(w, word) for w in telling) for word in text) / max(1, len(text))
        for text in spellings
    )
    return BY_WORDS + FOR_ALL_WORDS * best


def _same_word(asked: str, word: str) -> bool:
    if asked == word:
        return True
    if asked.isdigit() or word.isdigit() or min(len(asked), len(word)) < BEGINNING:
        return False
    return word.startswith(asked) or _alike(asked, word) >= WORDS_ALIKE


@lru_cache(maxsize=2048)
def words(text: str) -> tuple[str, ...]:
    """Return the words and numbers of a text, in one spelling each."""
    letters = unicodedata.normalize("NFKD", text[:LONGEST]).casefold()
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    found = re.findall(r"[0-9]+|[^\W\d_]+", plain)
    return tuple(
        (part.lstrip("0") or "0") if part.isdigit() else _SAME.get(part, part) for part in found
    )
