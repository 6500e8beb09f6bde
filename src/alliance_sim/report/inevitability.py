"""An inevitability curve as a folder of files and as a page."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliance_sim.counterfactual.labels import SENTENCE
from alliance_sim.errors import explains_calls
from alliance_sim.plots.inevitability import inevitability_figure
from alliance_sim.plots.style import PHONE, SLIDE
from alliance_sim.provenance import Origin, new_origin
from alliance_sim.report import page
from alliance_sim.report.page import render
from alliance_sim.report.result_folder import (
    Picture,
    ResultFolder,
    answer_folder,
    png_of,
    rows_of,
)

if TYPE_CHECKING:
    from alliance_sim.counterfactual.curves import InevitabilityCurve
    from alliance_sim.counterfactual.question import Question

KIND = "inevitability"


def inevitability_folder(out: str | os.PathLike[str], question: Question) -> Path:
    """Return a folder that a curve may be written to, made when it is; ask before computing.

    Raises:
        SettingError: If it cannot be written, or holds results of another question.
    """
    return answer_folder(
        out,
        kind=KIND,
        scenarios=[question.base, question.edited],
        asked=_asked(question),
        told="holds the curve of another outcome,",
    )


def _asked(question: Question) -> dict[str, str | None]:
    """Return what makes a question of two worlds, beside their names."""
    return {"outcome": question.outcome.text, "theory": question.theory}


@explains_calls
def write_inevitability(
    curve: InevitabilityCurve, question: Question, *, out: str | os.PathLike[str], command: str
) -> dict[str, str]:
    """Write the figure, the table, the answer, a page and a manifest; return names and paths.

    Args:
        curve: The curve.
        question: What was asked.
        out: The folder, made if need be.
        command: The command line that makes the files again.

    Raises:
        SettingError: If the folder or a file in it cannot be written, or holds other results.
    """
    origin = new_origin(
        question.base,
        others=[question.edited],
        engine=f"kernel, given the record to each year, theory {curve.theory}",
        seed=curve.seed,
        runs=curve.runs,
        command=command,
    )
    result = ResultFolder(out, kind=KIND, origin=origin)
    image = result.picture(KIND, partial(inevitability_figure, curve), curve.question)
    result.table("curve", curve.frame, KIND)
    result.json("answer", curve.as_tree())
    result.page("report", inevitability_page(curve, image=image, origin=origin))
    return result.close(
        asked={**_asked(question), "question": curve.question, "edits": list(curve.edits)}
    )


def inevitability_page(curve: InevitabilityCurve, *, image: Picture, origin: Origin) -> str:
    """Return a curve as an HTML page that needs no other file.

    Args:
        curve: The curve.
        image: The figure.
        origin: Where the numbers come from.
    """
    return render(
        "inevitability.html",
        title=f"When was it certain? {curve.title}",
        curve=curve,
        rows=rows_of(curve.frame),
        image=image,
        alt=curve.line,
        statement=SENTENCE,
        words=page,
        origin=origin,
    )


def curve_told(curve: InevitabilityCurve | None, origin: Origin) -> dict[str, Any] | None:
    """Return what the page of a what-if shows of a curve; None for none.

    Args:
        curve: The curve.
        origin: Where the page comes from.
    """
    if curve is None:
        return None
    drawn = (
        png_of(inevitability_figure(curve, form=form), origin=origin, title=curve.question)
        for form in (SLIDE, PHONE)
    )
    return {"image": Picture(*drawn), "line": curve.line, "about": curve.about}
