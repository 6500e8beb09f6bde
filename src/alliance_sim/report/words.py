"""The longer texts of the page, and how numbers are put into words."""

from __future__ import annotations

from alliance_sim.comparison.claims import HELD

RECORD_WORDS = {
    "supported": "supports it",
    "partly": "supports it in part",
    "contradicted": "does not bear it out",
    "untestable": "cannot test it",
}
PARTED = (
    "Bold: model and record part. Where the record does not bear a claim out and the histories "
    "tell it all the same, the model follows the description and not the record; that is a "
    "finding, not a fault of the run."
)
SELDOM = round(1 - HELD, 9)  # share of runs up to which a claim counts as not told

NOT_FITTED = """
The numbers of the scenario are starting values: read from published series, taken from dated
inputs or judged within a stated range, and set by hand with the record in view. None has been
fitted yet, and a good match may come as much from how they were chosen as from the model.
"""


def beside(record: str, share: float | None) -> tuple[str, str]:
    """Return how a share of runs stands to the record: a word for the style, and the words.

    Args:
        record: What the record comes to, such as "supported".
        share: Share of runs in which the claim holds; None if it applies to none.
    """
    if share is None:
        return "open", "not applicable"
    if record == "supported":
        if share >= HELD:
            return "agrees", "agrees"
        return ("differs", "differs") if share <= SELDOM else ("short", "falls short")
    if record == "contradicted":
        if share >= HELD:
            return "differs", "differs"
        return ("agrees", "agrees") if share <= SELDOM else ("short", "undecided")
    return "open", "left open"


def number(value: float) -> str:
    """Return a number with at most one decimal place."""
    return f"{value:.1f}".removesuffix(".0")
