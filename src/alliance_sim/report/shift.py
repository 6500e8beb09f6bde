"""How an effect changes with when a juncture comes, as a folder of files and as a page."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliance_sim.counterfactual.labels import SENTENCE
from alliance_sim.errors import explains_calls
from alliance_sim.plots.shift import shift_figure
from alliance_sim.provenance import Origin, new_origin
from alliance_sim.report import page
from alliance_sim.report.page import render
from alliance_sim.report.result_folder import ResultFolder, answer_folder, rows_of

if TYPE_CHECKING:
    from alliance_sim.counterfactual.shift_result import ShiftResponse
    from alliance_sim.counterfactual.shifting import ShiftQuestion
    from alliance_sim.report.result_folder import Picture
    from alliance_sim.scenario import Scenario

KIND = "shift"


def shift_folder(
    out: str | os.PathLike[str],
    base: Scenario,
    question: ShiftQuestion,
    asked: Mapping[str, Any] | None = None,
) -> Path:
    """Return a folder that a response may be written to, made when it is; ask first.

    Args:
        out: The folder.
        base: The factual scenario.
        question: The question.
        asked: What makes it beside outcome and juncture, as `write_shift` takes it.

    Raises:
        SettingError: If it cannot be written, or holds results of another question.
    """
    return answer_folder(
        out,
        kind=KIND,
        scenarios=[base],
        asked={
            "outcome": question.outcome.text,
            "juncture": question.juncture.name,
            **(asked or {}),
        },
        told="holds the shift response of another outcome,",
    )


@explains_calls
def write_shift(
    found: ShiftResponse,
    *,
    out: str | os.PathLike[str],
    command: str,
    asked: Mapping[str, Any] | None = None,
) -> dict[str, str]:
    """Write the figure, the table, the answer, a page and a manifest; return names and paths.

    Args:
        found: The response.
        out: The folder, made if need be.
        command: The command line that makes the files again.
        asked: What makes the question beside outcome and juncture, by name, as values that JSON can
            hold: where another value is asked for, the folder is another's.

    Raises:
        SettingError: If the folder or a file in it cannot be written, or holds other results.
    """
    origin = new_origin(
        found.scenario,
        engine=f"kernel, given the record, {found.coupling} coupling, {found.posterior.label}",
        seed=found.seed,
        runs=found.histories,
        command=command,
    )
    result = ResultFolder(out, kind=KIND, origin=origin)
    title = f"{found.juncture}: {found.outcome.text}"
    image = result.picture(KIND, partial(shift_figure, found), title)
    result.table("shifts", found.frame)
    result.json("answer", found.as_tree())
    result.page("report", shift_page(found, image=image, origin=origin))
    told = {"outcome": found.outcome.text, "juncture": found.juncture}
    return result.close(asked={**(asked or {}), **told})


def shift_page(found: ShiftResponse, *, image: Picture, origin: Origin) -> str:
    """Return a response as an HTML page that needs no other file.

    Args:
        found: The response.
        image: The figure.
        origin: Where the numbers come from.
    """
    return render(
        "shift.html",
        title=f"When it came: {found.called}",
        found=found,
        rows=rows_of(found.frame),
        image=image,
        alt=found.answer,
        statement=SENTENCE,
        words=page,
        origin=origin,
    )
