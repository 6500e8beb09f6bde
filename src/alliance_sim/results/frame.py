"""A frame whose missing columns are told with the nearest that there is."""

from __future__ import annotations

from typing import Any

import pandas as pd  # noqa: TID253 - imported where it is used

from alliance_sim.errors import UnknownName, unknown_name


class UnknownColumnError(UnknownName, KeyError):
    """A column that a frame does not have; caught as a `KeyError` like any other."""

    def __str__(self) -> str:
        """Return the message; a plain `KeyError` would put it in quotes."""
        return str(self.args[0])


class StateFrame(pd.DataFrame):
    """States by run and quarter; what is made out of it is a plain frame."""

    def __getitem__(self, key: Any) -> Any:
        """Return a column, or whatever else pandas returns.

        Raises:
            UnknownColumnError: If it is the name of no column, with the nearest.
        """
        try:
            return super().__getitem__(key)
        except KeyError:
            if not isinstance(key, str):
                raise
            problem = unknown_name("column", key, map(str, self.columns))
            raise UnknownColumnError(problem) from None
