"""One thing or several: what may be given alone, or as a list of such."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def several(value: Any) -> tuple[Any, ...]:
    """Return all that is given: one entry where it stands alone, none for None.

    A text is one entry, and not as many as it has letters.

    Args:
        value: One entry, or a collection of entries.
    """
    if value is None:
        return ()
    return tuple(value) if isinstance(value, Iterable) and not isinstance(value, str) else (value,)
