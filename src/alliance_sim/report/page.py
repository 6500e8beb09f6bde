"""Pages made from templates: self-contained, plain, every text escaped; and their longer texts."""

from __future__ import annotations

import base64
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from alliance_sim.comparison.claims import HELD
from alliance_sim.errors import visible
from alliance_sim.glossary import decimal, percent, percent_close, signed
from alliance_sim.results.ensemble import DRAWN, draws_taken

if TYPE_CHECKING:
    import jinja2

    from alliance_sim.provenance import Origin


def render(template: str, **context: Any) -> str:
    """Return a page that needs no other file.

    Texts are escaped for HTML, and what a reader's program would obey instead of showing it, such
    as marks that turn the direction of writing, is written out.

    Args:
        template: Name of a file in `report/templates`.
        **context: What the template names; leaving out a name that it uses is an error.
    """
    return _environment().get_template(template).render(context)


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    import jinja2

    folder = resources.files("alliance_sim.report").joinpath("templates")
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: folder.joinpath(name).read_text("utf-8")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalized,
    )
    environment.filters |= {"percent": percent, "percent_close": percent_close, "number": number}
    environment.filters |= {"decimal": decimal, "signed": signed}
    environment.filters |= {"base64": _base64, "engine": engine}
    return environment


def _finalized(value: Any) -> Any:
    """Return what is shown of a value: of texts from outside, only what can be seen."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return visible(value, lines=True)
    return value


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


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
The numbers of the scenario are known (published series, dated inputs), judged within a stated
range, or fitted to the record. A good match may come as much from how they were found as from the
model.
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


def engine(origin: Origin) -> str:
    """Return what computed the runs of a page, and how many draws of a posterior they have."""
    name, drawn, label = origin.engine.partition(DRAWN)
    return f"{name}{drawn}{draws_taken(label, origin.runs)}"


def number(value: float) -> str:
    """Return a number with at most one decimal place."""
    return f"{value:.1f}".removesuffix(".0")
