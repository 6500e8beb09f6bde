"""The answer to a what-if as a folder of files and as a page."""

from __future__ import annotations

import logging
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliance_sim.counterfactual.answer import of_100
from alliance_sim.counterfactual.estimates import told_of_outside
from alliance_sim.counterfactual.labels import SENTENCE
from alliance_sim.errors import explains_calls
from alliance_sim.plots.origin import origin_of
from alliance_sim.plots.robustness import robustness_figure
from alliance_sim.plots.whatif import whatif_figure
from alliance_sim.report import page
from alliance_sim.report.comparison import acts_counted, acts_told
from alliance_sim.report.inevitability import curve_told
from alliance_sim.report.page import render
from alliance_sim.report.result_folder import ResultFolder, answer_folder, rows_of

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.counterfactual.answer import WhatIf
    from alliance_sim.counterfactual.estimates import Estimate
    from alliance_sim.counterfactual.question import Question
    from alliance_sim.provenance import Origin
    from alliance_sim.report.result_folder import Picture

log = logging.getLogger("alliance_sim")

KIND = "whatif"
MOST_ACTS = 40  # on a page; all are in acts.csv


def whatif_folder(out: str | os.PathLike[str], question: Question) -> Path:
    """Return a folder that the answer to a question may be written to; made when it is written.

    Ask before a long computation. The answer to the same question may be replaced.

    Raises:
        SettingError: If it cannot be written, or holds the answer to another question, or results
            of another command.
    """
    scenarios = [question.base, question.edited]
    return answer_folder(out, kind=KIND, scenarios=scenarios, asked=_asked(question))


def _asked(question: Question) -> dict[str, str | None]:
    """Return what makes a question of two worlds, beside their names."""
    return {"outcome": question.outcome.text, "theory": question.theory}


@explains_calls
def write_whatif(answer: WhatIf, *, out: str | os.PathLike[str], command: str) -> dict[str, str]:
    """Write the figure, tables, the answer, a page and a manifest; return names and paths.

    The tables depend on the numbers only: the same seed gives the same bytes.

    Args:
        answer: The answer.
        out: The folder, made if need be.
        command: The command line that makes the files again.

    Raises:
        SettingError: If the folder or a file in it cannot be written, or holds other results.
    """
    worlds, question = answer.worlds, answer.question
    origin = origin_of(worlds.factual, command=command, others=(worlds.edited,))
    result = ResultFolder(out, kind=KIND, origin=origin)
    log.debug("drawing")
    image = result.picture(KIND, partial(whatif_figure, answer), question.words)
    held = result.picture(
        "robustness", partial(robustness_figure, answer), f"Does it hold? {question.words}"
    )
    acts = answer.comparison.acts
    result.table("over_time", answer.over_time)
    result.table("couplings", answer.couplings_frame)
    result.table("theories", answer.theories_frame, "theories_asked")
    result.table("card", answer.card_frame)
    result.table("robustness", answer.robustness_frame, "everything_tried")
    result.table("steps", answer.comparison.steps)
    result.table("partings", answer.partings_frame)
    result.table("acts", acts)
    result.json("answer", answer.as_tree())
    result.page("report", whatif_page(answer, acts, images=(image, held), origin=origin))
    return result.close(
        asked={
            **_asked(question),
            "question": question.words,
            "edits": list(question.edits),
            "posterior": answer.posterior.label,
        }
    )


def whatif_page(
    answer: WhatIf, acts: pd.DataFrame, *, images: tuple[Picture, Picture], origin: Origin
) -> str:
    """Return an answer as an HTML page that needs no other file.

    Args:
        answer: The answer.
        acts: Acts that differ in one history and its twin.
        images: The figure of both worlds, and that of all that was tried.
        origin: Where the numbers come from.
    """
    comparison = answer.comparison
    (label,) = comparison.edited
    edits = comparison.edits[label]
    return render(
        "whatif.html",
        title=f"{label}: what would have been different",
        answer=answer,
        question=answer.question,
        edits=[edit for edit in edits if not edit.responds],
        responses=[edit for edit in edits if edit.responds],
        alike_until=comparison.alike_until(label),
        before=of_100(answer.fact.value),
        after=of_100(answer.edited.value),
        needed=_needed(answer),
        curve=curve_told(answer.curve, origin),
        couplings=rows_of(answer.couplings_frame),
        theories=rows_of(answer.theories_frame),
        steps=rows_of(comparison.moved_steps(label)),
        partings=answer.partings,
        run=comparison.shown_run,
        acts=acts_told(acts, MOST_ACTS, of_record=True),
        acts_counted=acts_counted(acts),
        image=images[0],
        tried=images[1],
        tried_alt=f"The effect under all that was tried. Label: {answer.label.name}.",
        learnt=answer.robustness.learnt.words,
        bistable=answer.robustness.bistable,
        amplification=answer.amplification,
        weighed=answer.weights.words,
        readings=answer.robustness.varied,
        outside=told_of_outside(_effects(answer)),
        alt=answer.answer,
        statement=SENTENCE,
        words=page,
        origin=origin,
    )


def _effects(answer: WhatIf) -> list[Estimate]:
    """Return every effect that the page has a table of."""
    varied = (one.effect for one in answer.robustness.varied or ())
    return [
        *(effect for effect, _ in answer.couplings.values()),
        *(one.effect for one in answer.theories),
        *(effect for effect in varied if effect is not None),
    ]


def _needed(answer: WhatIf) -> list[dict[str, Any]]:
    """Return rows of necessity and sufficiency; none for a number."""
    ensemble = answer.ensemble
    if ensemble is None:
        return []
    told = (
        ("Needed, in this history", answer.given_history, ""),
        ("Needed, in fresh pairs of runs (PN)", ensemble.necessity, "PN"),
        ("Enough, in fresh pairs (PS)", ensemble.sufficiency, "PS"),
        ("Needed and enough, in fresh pairs (PNS)", ensemble.both, "PNS"),
    )
    return [
        {
            "what": what,
            "value": value,
            "error": ensemble.errors.get(name),
            "bounds": ensemble.bounds.get(name),
        }
        for what, value, name in told
    ]
