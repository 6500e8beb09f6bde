"""Pages made from templates: self-contained, plain, and every text escaped."""

from __future__ import annotations

import base64
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from alliance_sim.errors import visible
from alliance_sim.glossary import decimal, percent, signed
from alliance_sim.report.words import number

if TYPE_CHECKING:
    import jinja2


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
    environment.filters |= {"percent": percent, "number": number, "base64": _base64}
    environment.filters |= {"decimal": decimal, "signed": signed}
    return environment


def _finalized(value: Any) -> Any:
    """Return what is shown of a value: of texts from outside, only what can be seen."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return visible(value, lines=True)
    return value


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
