"""Scores of a record, as a folder of files and as one JSON object."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from alliance_sim import provenance
from alliance_sim.calibration.carried_forecasts import MODEL as CARRIED_OVER
from alliance_sim.calibration.counted_runs import MODEL
from alliance_sim.calibration.scores import SEED
from alliance_sim.calibration.scoring import BLIND, IN_SAMPLE, ROLLING, ScoreTable
from alliance_sim.plots.scores import forecast_figure, pit_figure
from alliance_sim.plots.theories import claims_figure, theory_figure
from alliance_sim.provenance import new_origin
from alliance_sim.record.record import COUNTED_DOMAINS, SERIES
from alliance_sim.record.words import Words
from alliance_sim.report.result_folder import ResultFolder, rows_of
from alliance_sim.scenario.file import word_for

if TYPE_CHECKING:
    from alliance_sim.calibration.carried_forecasts import Transfer
    from alliance_sim.calibration.fitted_theories import FittedTheories
    from alliance_sim.scenario import Scenario

FORECASTS = [
    *("edition", "series", "model", "quarter", "domain", "observed", "expected", "low", "high")
]
ENGINE = "baselines"  # what computed the numbers: no run of the model is among them
NO_FIT = (
    "Baselines only: no fit of the model to this record is stored, so the model itself is not "
    "among the rows. `{refit}` fits it to parts of the record and scores it on the rest, which "
    "takes long. `{calibrate}` fits it to all of it; runs with those draws are scored in Python, "
    "by calibration.free_runs."
)
IN_SAMPLE_ONLY = (
    "The model is among the rows in sample only: free runs with the parameters of draws that were "
    "fitted to all years. Other settings need fits that did not see the years held out: `{refit}` "
    "makes them, which takes long."
)


HELD_OUT = "The model's rows out of sample come from fits that did not see the years held out. "
EVIDENCE = (
    "Its evidence is the chance of all counts, each year's given all that was on record before it, "
    "told the inputs of the year; that of baselines is of the same counts."
)
NO_EVIDENCE = (
    "The model has no evidence here: that takes a forecast of each year that counts, and the first "
    "of these is the first of the scenario, or has acts on record before it."
)


def about_the_model(table: ScoreTable, asked: str | None = None) -> str:
    """Return in a sentence where the model stands among the rows, or why it does not.

    Where it stands there with what was carried over, that says so itself; but not which evidence.

    Args:
        table: The scores.
        asked: The scenario as it was asked for, which can be typed again; its name if left out.
    """
    evident = {
        model: [cell.evidence is not None for key, cell in table.cells.items()
                if key.model == model and key.setting != IN_SAMPLE]
        for model in (MODEL, CARRIED_OVER)
    }  # fmt: skip
    if evident[MODEL]:
        return f"{HELD_OUT}{EVIDENCE if any(evident[MODEL]) else NO_EVIDENCE}"
    if CARRIED_OVER in table.titles and MODEL not in table.titles:
        return NO_EVIDENCE if evident[CARRIED_OVER] and not any(evident[CARRIED_OVER]) else ""
    named = shlex.quote(word_for(table.scenario, asked or ""))
    return (IN_SAMPLE_ONLY if MODEL in table.titles else NO_FIT).format(
        refit=f"alliance-sim score {named} --refit",
        calibrate=f"alliance-sim calibrate {named} --out FOLDER",
    )


def write_scores(
    table: ScoreTable,
    scenario: Scenario,
    *,
    out: str | os.PathLike[str],
    command: str,
    carried: Transfer | None = None,
    theories: FittedTheories | None = None,
    claims: pd.DataFrame | None = None,
) -> dict[str, str]:
    """Write tables, figures and a manifest; return their names and paths.

    Args:
        table: The scores.
        scenario: Whose record was scored.
        out: The folder, made if need be.
        command: The command line that makes the files again.
        carried: What was carried over from another relationship, None for nothing.
        theories: What fits of rival theories came to, None for none.
        claims: How often claims hold, as `claim_passes` returns it, None for none.

    Raises:
        SettingError: If the folder or a file in it cannot be written, or holds other results.
    """
    origin = new_origin(
        scenario,
        engine=ENGINE,
        seed=SEED,
        runs=0,
        command=command,
    )
    result = ResultFolder(out, kind="score", origin=origin)
    result.table("scores", table.frame())
    result.table("score_differences", table.differences())
    result.table("forecasts", forecasts_of(table))
    if carried is not None:
        result.table("carried_over", carried.frame())
    words = Words.of(scenario)
    there = {(key.series, key.setting) for key in table.cells if key.edition == table.edition}
    for series in (one for one in SERIES if (one, BLIND) in there):
        draw = partial(forecast_figure, table, series=series, words=words)
        result.figure(f"forecast_{series}", draw(), f"Forecasts beside what happened: {series}")
    if any(setting == ROLLING for _, setting in there):
        result.figure("pit", pit_figure(table), "Were the forecasts calibrated?")
    if theories is not None:
        result.table("theories", theories.frame())
        result.table("theory_shapley", theories.shapley())
        result.figure("theories", theory_figure(theories), "Rival theories on the same record")
    if claims is not None:
        result.table("claim_passes", claims)
        figure = claims_figure(claims, scenario=scenario.name)
        result.figure("claims", figure, "What passing a claim is worth")
    return result.close(record=table.edition)


def forecasts_of(table: ScoreTable) -> pd.DataFrame:
    """Return what models expected of each quarter from the fixed origin on, and what happened.

    Returns:
        Columns `edition`, `series`, `model`, `quarter`, `domain`, `observed`, `expected`, `low` and
        `high` (5th and 95th percentile); no row where nothing was forecast from there.
    """
    frames = []
    for key, cell in table.cells.items():
        if key.setting != BLIND:
            continue
        acts, forecast = table.acts[key.edition, key.series], cell.predictive
        quarters = np.arange(forecast.start, forecast.stop)
        low, high = forecast.quantile(0.05), forecast.quantile(0.95)
        fields = range(len(COUNTED_DOMAINS))
        frames.append(
            pd.DataFrame(
                {
                    "edition": key.edition,
                    "series": key.series,
                    "model": key.model,
                    "quarter": np.repeat(
                        [acts.calendar.label(int(q)) for q in quarters], len(fields)
                    ),
                    "domain": np.tile(COUNTED_DOMAINS, len(quarters)),
                    "observed": acts.counts[quarters].ravel(),
                    "expected": forecast.means().ravel(),
                    "low": low.ravel(),
                    "high": high.ravel(),
                }
            )
        )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=FORECASTS)


def scores_json(
    table: ScoreTable,
    scenario: Scenario,
    *,
    files: Mapping[str, str],
    asked: str | None = None,
    carried: Transfer | None = None,
    theories: FittedTheories | None = None,
    claims: pd.DataFrame | None = None,
) -> dict[str, Any]:
    """Return what `alliance-sim score --json` prints: plain values, null for what is missing.

    Args:
        table: The scores.
        scenario: Whose record was scored.
        files: Names and paths of the files written.
        asked: The scenario as it was asked for, which can be typed again; its name if left out.
        carried: What was carried over from another relationship, None for nothing.
        theories: What fits of rival theories came to, None for none.
        claims: How often claims hold, as `claim_passes` returns it, None for none.

    Returns:
        Keys `scenario`, `digest`, `version`; of the edition that the scenario names `edition`,
        `first_year`, `known_until`, `scored_until`, `rolling_from`, `spent` (first and last year
        looked at, or null), `why_spent` and `series`; `editions`, a list of the same for all
        editions scored; `titles` of the models; `missing`, what of the model is not among them,
        and why, or ""; `carried_over`, from another relationship, or null; `theories`, a row for
        each as `FittedTheories.frame` has it, `theory_shapley`, a row for each block, and
        `theories_told`, what they are of; `claims`, a row for each as `claim_passes` has it, or
        null; and `files`.
        `series` leads by series, setting (`in_sample`, `blind`, `told`, `rolling`, `rolling_told`,
        `leave_out`) and model to `log_score` (sum), `crps`, `brier` and `coverage` (means),
        `quarters`, `spent`, `unspent_log_score`, `pit_inside`, `pit_inside_share`,
        `pit_inside_by_field`, `difference` to the best (null for the best itself), in sample
        `parameters`, `evidence` and `evidence_error`, and for the curve `evidence_poisson` with
        its error.
    """
    trees = table.tree()
    return {
        "scenario": scenario.name,
        "digest": provenance.scenario_digest(scenario),
        "version": provenance.version(),
        **trees[table.edition],
        "why_spent": table.years[table.edition].why_spent,
        "editions": list(trees.values()),
        "titles": dict(table.titles),
        "missing": about_the_model(table, asked),
        "carried_over": None if carried is None else carried.told(),
        "theories": None if theories is None else rows_of(theories.frame()),
        "theory_shapley": None if theories is None else rows_of(theories.shapley()),
        "theories_told": "" if theories is None else theories.told(),
        "claims": None if claims is None else rows_of(claims),
        "files": dict(files),
    }
