"""Which words people meet: the glossary, and how a share or a number is written, everywhere alike.

`glossary.toml` holds the words. Figures, tables and pages ask here, so that one thing has one name
and one number one rounding.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, NamedTuple

from alliance_sim.errors import UnknownName, unknown_name

WHOLE_UNITS = ("formal step", "agreements", "acts", "quarters", "yes or no")
EACH_STEP = " a quarter"  # how the unit ends of what happens in a step and is summed over years
MISSING = "–"


class Term(NamedTuple):
    """One entry of the glossary.

    Attributes:
        term: The technical term, as files, code and the field use it.
        plain: The word that a reader meets.
        meaning: In one or two sentences.
        avoid: Regular expressions of what the page does not call it.
        others: By language the word and what is avoided there: `plain` and `avoid`.
    """

    term: str
    plain: str
    meaning: str
    avoid: Sequence[str] = ()
    others: Mapping[str, Mapping[str, Any]] = MappingProxyType({})


@cache
def terms() -> tuple[Term, ...]:
    """Return all entries of the glossary, in the order of its file."""
    return tuple(Term(**entry) for entry in _words()["term"])


def plain(term: str) -> str:
    """Return the word for a technical term, such as "turning point" for "juncture".

    Raises:
        UnknownName: If the glossary does not hold it.
    """
    found = {entry.term: entry.plain for entry in terms()}
    if term not in found:
        raise UnknownName(unknown_name("term", term, list(found)))
    return found[term]


def once(term: str) -> str:
    """Return the word with the technical term behind it, for its first use in a text.

    Raises:
        UnknownName: If the glossary does not hold it.
    """
    word = plain(term)
    return word if word == term else f"{word} ({term})"


def domain_words(domain: str) -> str:
    """Return what a domain or a series of acts is called, such as "politics" for "political"."""
    return str(_words()["domains"].get(domain, domain))


def series_words(series: str) -> str:
    """Return which acts a series of counts holds, such as "all acts" for "all"."""
    return str(_words()["series"].get(series, series))


def unit_words(unit: str) -> str:
    """Return a unit as somebody reads it who does not know it; "" for a number without one."""
    return explained_units().get(unit, unit)


def explained_units() -> dict[str, str]:
    """Return by unit what is shown in its place."""
    return {str(unit): str(words) for unit, words in _words()["units"].items()}


def with_unit(name: str, unit: str) -> str:
    """Return what is measured with its unit in brackets, as for an axis."""
    words = unit_words(unit)
    if words and name.endswith(")"):  # a technical term stands there already
        return f"{name[:-1]}, {words})"
    return f"{name} ({words})" if words else name


def is_whole(unit: str) -> bool:
    """Return whether what is measured in a unit comes in whole numbers."""
    return unit in WHOLE_UNITS or unit.endswith(EACH_STEP)


def percent(share: float | None, decimals: int = 0) -> str:
    """Return a share in percent, rounded down so that 79.9 does not pass for 80.

    Args:
        share: From 0 to 1; None or NaN for none.
        decimals: Places after the point.
    """
    if share is None or math.isnan(share):
        return MISSING
    least = 10.0**-decimals
    if 0 < share * 100 < least - 1e-9:
        return f"under {least:.{decimals}f} %"
    return f"{math.floor(share * 100 / least + 1e-9) * least:.{decimals}f} %"


def percent_close(share: float) -> str:
    """Return a share in whole percent, to the nearest: "63 %".

    Args:
        share: 0 or above.
    """
    return f"{100.0 * share:.0f} %"


def decimal(value: float | None, unit: str = "1", *, places: int = 3) -> str:
    """Return a number of a state or an outcome: "0.311", "11" formal steps, "9.5" between two.

    Args:
        value: The number; None or NaN for none.
        unit: Its unit, which says whether it comes in whole numbers.
        places: After the point, of what does not.
    """
    if value is None or math.isnan(value):
        return MISSING
    text = f"{value:.1f}".removesuffix(".0") if is_whole(unit) else f"{value:.{places}f}"
    return text.replace("-", "−")


def signed(value: float | None, unit: str = "1", *, places: int = 3) -> str:
    """Return a difference as `decimal` writes it, with its sign: "+0.004", "−2", "0.000"."""
    text = decimal(value, unit, places=places)
    if not text.strip("−0."):  # nothing of it is left
        return text.removeprefix("−")
    return text if text.startswith(("−", MISSING)) else f"+{text}"


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(
        resources.files("alliance_sim").joinpath("glossary.toml").read_text("utf-8")
    )
