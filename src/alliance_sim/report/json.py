"""A comparison as one JSON object, in a form that is kept stable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from alliance_sim import provenance
from alliance_sim.report.result_folder import rows_of

if TYPE_CHECKING:
    from alliance_sim.comparison.history import Comparison

CLAIM = ("id", "record", "share", "applicable")
COUNT = ("period", "domain", "series", "observed", "mean", "low", "high")
RUNG = ("rung", "observed", "median", "low", "high")


def history_json(comparison: Comparison, *, files: Mapping[str, str]) -> dict[str, Any]:
    """Return what `alliance-sim history --json` prints: plain values, null for what is missing.

    Args:
        comparison: A scenario held against the record.
        files: Names and paths of the files written, as `write_history` returns.

    Returns:
        Keys `scenario`, `digest`, `seed`, `runs`, `version`, `claims`, `counts`, `rungs`,
        `assumed_numbers` and `files`. Shares are of the runs to which a claim applies, and null
        where it applies to none; months of rungs are null where that run never gets there.
    """
    ensemble = comparison.ensemble
    return {
        "scenario": ensemble.scenario,
        "digest": ensemble.digest,
        "seed": ensemble.seed,
        "runs": ensemble.runs,
        "version": provenance.version(),
        "claims": rows_of(comparison.claims, CLAIM),
        "counts": rows_of(comparison.counts, COUNT),
        "rungs": rows_of(comparison.rungs, RUNG),
        "assumed_numbers": comparison.assumed_numbers(),
        "files": dict(files),
    }
