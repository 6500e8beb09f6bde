"""Which junctures hang on others: what is missing when a cause is removed or moved away."""

from __future__ import annotations

from alliance_sim.scenario.schema import Juncture


def missing_cause(juncture: Juncture, by_name: dict[str, Juncture]) -> Juncture | None:
    """Return a juncture that this one cannot do without and that is not there in time.

    A cause is missing if it was removed, if it falls or has to be drawn for want of a cause of its
    own, or if it was moved behind this juncture's day. None for junctures that stay as dated
    whatever happens.
    """
    if juncture.when_cause_removed == "stays":
        return None
    for name in sorted(juncture.follows):
        cause = by_name[name]
        moved_behind = cause.original_date is not None and cause.date > juncture.date
        if not cause.present or missing_cause(cause, by_name) or moved_behind:
            return cause
    return None
