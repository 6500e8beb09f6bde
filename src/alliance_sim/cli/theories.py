"""Rival theories and claims, as `alliance-sim score` and `posterior theories` show them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from alliance_sim.cli import terminal
from alliance_sim.cli.adaptive_table import AdaptiveTable
from alliance_sim.cli.options import PATH, processors
from alliance_sim.cli.pools import pool_of
from alliance_sim.errors import SettingError
from alliance_sim.glossary import decimal, percent

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.calibration.fitted_theories import FittedTheories
    from alliance_sim.scenario import Scenario

FIT = typer.Option(
    help="Folder of alliance-sim calibrate whose theories are put beside each other; may be given "
    "several times. Left out: what ships.",
    **PATH,
)


def of_folders(
    folders: Sequence[Path], scenario: Scenario, workers: int | None = None
) -> FittedTheories:
    """Return what fits came to, with progress.

    Args:
        folders: Folders of fits.
        scenario: The scenario that was fitted.
        workers: How many processes; a thread for each processor if None.

    Raises:
        ResultError: If they cannot be compared.
    """
    from alliance_sim.calibration.fitted_theories import fitted_theories
    from alliance_sim.cli.activity import activity

    with pool_of(workers) as executor, terminal.progress("leaving years out", "years") as show:

        def told(name: str, job: Any) -> None:
            activity.begin(f"theory {name}: leaving years out", "years")
            show(*job.so_far())

        return fitted_theories(folders, scenario, executor=executor, callback=told)


def check(folders: Sequence[Path] | None, scenario: Scenario, posterior: str | None) -> None:
    """Raise an error if folders of fits are given that cannot be compared, before others work.

    Raises:
        SettingError: If another relationship's posterior is carried over, which has no such fits.
        ResultError: If they cannot be compared.
    """
    from alliance_sim.calibration.fitted_theories import comparable_fits

    if folders and posterior:
        problem = "puts theories of this record's own fits beside each other; with --posterior the "
        raise SettingError("--fit", [f"{problem}rules are another's: give one of the two"])
    if folders:
        comparable_fits(folders, scenario)


def theories_and_claims(
    scenario: Scenario, fits: list[Path] | None, workers: int | None
) -> dict[str, Any]:
    """Return `theories` and `claims` of a scenario, None for what there is not.

    Raises:
        ResultError: If folders of fits are given that cannot be compared.
    """
    from alliance_sim.calibration.claim_passes import claim_passes
    from alliance_sim.calibration.fitted_theories import shipped_theories

    theories, why = (
        (of_folders(fits, scenario, workers), "") if fits else shipped_theories(scenario)
    )
    if why:
        terminal.tell(why, wrap=True)
    claims = claim_passes(scenario, threads=processors(workers))
    return {"theories": theories, "claims": claims}


def shown(found: Mapping[str, Any]) -> None:
    """Print theories and claims, where there are any."""
    theories, claims = found.get("theories"), found.get("claims")
    if theories is not None:
        terminal.output().print(theories_table(theories))
        terminal.tell(theories.told(), wrap=True)
        if parts := _parts(theories):
            terminal.tell(parts, wrap=True)
    if claims is not None:
        terminal.output().print(claims_table(claims))


def theories_table(theories: FittedTheories) -> AdaptiveTable:
    """Return theories beside each other, best evidence first."""
    table = theories.frame()
    rows = [
        (
            str(row["theory"]),
            str(row["parameters"]),
            _with_error(row["evidence"], row["evidence_error"]),
            _nats(row["held_out"]),
            _with_error(row["gain"], row["gain_error"]),
            decimal(row["weight"], places=2),
            f"{row['nested_rhat']:.3f}",
            str(row["doubtful_years"]),
        )
        for row in table.to_dict("records")
    ]
    return AdaptiveTable(
        title=f"Rival theories, {theories.record}",
        heads=(
            *("theory", "parameters", "evidence", "left out", "gain over N"),
            *("weight", "nested R-hat", "years with k > 0.7"),
        ),
        rows=tuple(rows),
    )


def claims_table(claims: pd.DataFrame) -> AdaptiveTable:
    """Return how often claims hold in runs of prior and posterior, and what that is worth."""
    rows = [
        (
            str(row["id"]),
            str(row["claim"]),
            str(row["record"]),
            percent(row["prior"]),
            percent(row["posterior"]),
            _nats(row["bits"]),
        )
        for row in claims.to_dict("records")
    ]
    return AdaptiveTable(
        title="Claims in free runs of prior and posterior",
        heads=("id", "claim", "the record", "prior", "posterior", "bits"),
        rows=tuple(rows),
        words=2,
        marked=frozenset(place for place, one in enumerate(claims["asked"]) if one),
    )


def _parts(theories: FittedTheories) -> str:
    """Return in sentences what each block of theory adds, "" where a theory is missing."""
    told = []
    for over, part in theories.shapley().groupby("over", sort=False):
        added = ", ".join(
            f"{row['block']} {_with_error(row['evidence'], row['evidence_error'])}"
            for row in part.to_dict("records")
        )
        told.append(f"Theory Shapley over {over}, nats of evidence: {added}.")
    return " ".join(told)


def _nats(value: float) -> str:
    return decimal(value, places=1)


def _with_error(value: float, error: float) -> str:
    return _nats(value) if math.isnan(value) else f"{_nats(value)} ± {error:.1f}"
