# ruff: noqa: INP001 - a page-building extension beside conf.py, not a package
"""Equations as MathML, which browsers draw by themselves: no script, no font, no internet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils.nodes import SkipNode
from latex2mathml.converter import convert

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator


def setup(app: Sphinx) -> dict[str, Any]:
    """Tell Sphinx about the way to write equations."""
    app.add_html_math_renderer("mathml", (_visit_inline, None), (_visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


# What stands in the pages, and what the converter knows it by.
SPELT = {
    r"\begin{aligned}": r"\begin{align*}",
    r"\end{aligned}": r"\end{align*}",
    r"\bigl\{": r"\lbrace ",
    r"\bigr\}": r"\rbrace ",
}


def mathml(latex: str, display: str = "inline") -> str:
    """Return an equation as MathML."""
    for spelt, known in SPELT.items():
        latex = latex.replace(spelt, known)
    return str(convert(latex, display=display))


def _visit_inline(writer: HTML5Translator, node: nodes.math) -> None:
    writer.body.append(mathml(node.astext()))
    raise SkipNode


def _visit_block(writer: HTML5Translator, node: nodes.math_block) -> None:
    # Wide ones scroll, with the keyboard too.
    equation = mathml(node.astext(), "block")
    writer.body.append(f'<div class="math" tabindex="0" role="math">{equation}</div>\n')
    raise SkipNode
