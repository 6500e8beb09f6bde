"""The smallest rewrite of history as a folder of files and as a page."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliance_sim.counterfactual.answer import of_100
from alliance_sim.counterfactual.labels import SENTENCE
from alliance_sim.errors import explains_calls
from alliance_sim.plots.rewrite import rewrite_figure
from alliance_sim.provenance import Origin, new_origin
from alliance_sim.report import page
from alliance_sim.report.page import render
from alliance_sim.report.result_folder import ResultFolder, answer_folder

if TYPE_CHECKING:
    from alliance_sim.counterfactual.rewrite_question import RewriteQuestion
    from alliance_sim.counterfactual.rewrite_result import Rewrite
    from alliance_sim.report.result_folder import Picture

log = logging.getLogger("alliance_sim")

KIND = "rewrite"


def rewrite_folder(
    out: str | os.PathLike[str], question: RewriteQuestion, asked: Mapping[str, Any]
) -> Path:
    """Return a folder that the answer to a question may be written to; made when it is written.

    Ask before a long search. The answer to the same question may be replaced.

    Args:
        out: The folder.
        question: The question.
        asked: What makes it beside the outcome, as `write_rewrite` takes it.

    Raises:
        SettingError: If it cannot be written, or holds the answer to another question, or results
            of another command.
    """
    return answer_folder(
        out,
        kind=KIND,
        scenarios=[question.base],
        asked={"outcome": question.outcome.text, **asked},
    )


@explains_calls
def write_rewrite(
    answer: Rewrite,
    *,
    out: str | os.PathLike[str],
    command: str,
    asked: Mapping[str, Any] | None = None,
) -> dict[str, str]:
    """Write the tree as a figure, all that was tried, a page and a manifest; return their paths.

    The tables depend on the numbers only: the same seed gives the same bytes.

    Args:
        answer: The answer.
        out: The folder, made if need be.
        command: The command line that makes the files again.
        asked: What makes the question beside the outcome, by name, as values that JSON can hold:
            where another value is asked for, the folder is another's.

    Raises:
        SettingError: If the folder or a file in it cannot be written, or holds other results.
    """
    origin = new_origin(
        answer.base,
        engine=f"kernel, given the record, quantile coupling, {answer.posterior.label}",
        seed=answer.seed,
        runs=answer.searched.histories[-1],
        command=command,
    )
    result = ResultFolder(out, kind=KIND, origin=origin)
    log.debug("drawing")
    image = result.picture(KIND, partial(rewrite_figure, answer), answer.words)
    result.table("tried", answer.frame)
    result.json("answer", answer.as_tree())
    result.page("report", rewrite_page(answer, image=image, origin=origin))
    return result.close(
        asked={
            **(asked or {}),
            "question": answer.words,
            "edits": list(answer.nearest.edits),
            "outcome": answer.outcome.text,
            "posterior": answer.posterior.label,
        }
    )


def rewrite_page(answer: Rewrite, *, image: Picture, origin: Origin) -> str:
    """Return an answer as an HTML page that needs no other file.

    Args:
        answer: The answer.
        image: The figure.
        origin: Where the numbers come from.
    """
    return render(
        "rewrite.html",
        title=f"{answer.outcome_title}: the smallest rewrite",
        answer=answer,
        rows=[(node, of_100(node.probability)) for node in answer.tree],
        found=[(one, of_100(one.told.value), of_100(one.told.low), of_100(one.told.high))
               for one in answer.found or (answer.nearest,)],
        least=of_100(answer.searched.limits.threshold),
        image=image,
        alt=answer.answer,
        statement=SENTENCE,
        words=page,
        origin=origin,
    )  # fmt: skip
