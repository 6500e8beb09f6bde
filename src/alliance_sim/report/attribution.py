"""What junctures contributed, as a folder of files and as a page."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliance_sim.counterfactual.contributions import HEADS, SHAPLEY
from alliance_sim.counterfactual.labels import SENTENCE
from alliance_sim.errors import explains_calls
from alliance_sim.plots.attribution import attribution_figure
from alliance_sim.provenance import Origin, new_origin
from alliance_sim.report import page
from alliance_sim.report.page import render
from alliance_sim.report.result_folder import ResultFolder, answer_folder, rows_of

if TYPE_CHECKING:
    from alliance_sim.counterfactual.contributions import Attribution
    from alliance_sim.report.result_folder import Picture
    from alliance_sim.results.outcomes import Outcome
    from alliance_sim.scenario import Scenario

KIND = "attribute"


def attribution_folder(
    out: str | os.PathLike[str], base: Scenario, outcome: Outcome, asked: Mapping[str, Any]
) -> Path:
    """Return a folder that an attribution may be written to, made when it is; ask first.

    Args:
        out: The folder.
        base: The factual scenario.
        outcome: What is looked at.
        asked: What makes the question beside it, as `write_attribution` takes it.

    Raises:
        SettingError: If it cannot be written, or holds results of another question.
    """
    every = {"outcome": outcome.text, **asked}
    told = "holds the attribution of another outcome,"
    return answer_folder(out, kind=KIND, scenarios=[base], asked=every, told=told)


@explains_calls
def write_attribution(
    found: Attribution,
    *,
    out: str | os.PathLike[str],
    command: str,
    asked: Mapping[str, Any] | None = None,
) -> dict[str, str]:
    """Write the figure, tables, the answer, a page and a manifest; return names and paths.

    Args:
        found: The attribution.
        out: The folder, made if need be.
        command: The command line that makes the files again.
        asked: What makes the question beside the outcome, by name, as values that JSON can hold:
            where another value is asked for, the folder is another's.

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
    image = result.picture("attribution", partial(attribution_figure, found), found.outcome.text)
    result.table("contributions", found.frame)
    result.table("groups", found.groups_frame, "contributions")
    result.json("answer", found.as_tree())
    result.page("report", attribution_page(found, image=image, origin=origin))
    told = {"outcome": found.outcome.text, "junctures": list(found.players)}
    return result.close(asked={**(asked or {}), **told})


def attribution_page(found: Attribution, *, image: Picture, origin: Origin) -> str:
    """Return an attribution as an HTML page that needs no other file.

    Args:
        found: The attribution.
        image: The figure.
        origin: Where the numbers come from.
    """
    return render(
        "attribution.html",
        title=f"Which junctures made it? {found.title}",
        found=found,
        conventions=[HEADS[name] for name in found.draws],
        rows=_rows(found),
        groups=rows_of(found.groups_frame),
        image=image,
        alt=f"{found.verdict} {found.answer}",
        statement=SENTENCE,
        words=page,
        origin=origin,
    )


def _rows(found: Attribution) -> list[dict[str, Any]]:
    """Return a row for each juncture, the largest by Shapley's value first."""
    return [
        {
            "juncture": player,
            "title": found.titles[player],
            "shapley": found.estimate(SHAPLEY, player),
            "others": [found.estimate(name, player).value for name in found.draws][1:],
        }
        for player in found.ranks(SHAPLEY)
    ]
