"""Rival theories beside each other, and what claims are worth: arithmetic on scores and runs.

Nothing here fits or simulates. Evidence and scores of theories come from their fits, passes of
claims from runs of prior and posterior.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from alliance_sim.analysis.attribution import shapley
from alliance_sim.errors import SettingError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from alliance_sim.calibration.predictive import Values

NO_PREFERENCE = 4.0  # nats, below which two theories are not told apart
ERRORS = 2.0  # paired standard errors, likewise
ROUNDS, TIGHT = 20_000, 1e-12  # of the search for weights


def stacking_weights(log_scores: Values) -> Values:
    """Return the mixture of models that predicts best, one weight each.

    The weights maximise the sum over held-out cells of the log of the mixed chance. No model has to
    be the true one, and models that say the same share their weight. They are found by
    expectation-maximisation, which never leaves the simplex and always climbs.

    Args:
        log_scores: Log chance of each held-out cell under each model, array (cell, model).

    Returns:
        Array (model), 0 or more, adding up to 1.

    Raises:
        SettingError: If the shape does not fit, or some cell is impossible under every model.

    Source:
        Y. Yao, A. Vehtari, D. Simpson and A. Gelman, "Using stacking to average Bayesian
        predictive distributions", Bayesian Analysis 13 (2018).
    """
    if log_scores.ndim != 2 or not log_scores.size:
        problem = f"log scores have shape {log_scores.shape}, must be (cell, model)"
        raise SettingError("stacking", [problem])
    best = log_scores.max(axis=1, keepdims=True)
    if not np.all(np.isfinite(best)):
        raise SettingError("stacking", ["a cell is impossible, or not scored, under every model"])
    chances = np.exp(log_scores - best)
    weights = np.full(log_scores.shape[1], 1.0 / log_scores.shape[1])
    for _ in range(ROUNDS):
        shares = chances * weights
        new: Values = (shares / shares.sum(axis=1, keepdims=True)).mean(axis=0)
        if np.abs(new - weights).max() < TIGHT:
            return new
        weights = new
    return weights


def theory_shapley(scores: Mapping[str, float], blocks: str = "RID") -> dict[str, float]:
    """Return what each block of theory adds to a score, averaged over all orders of adding it.

    That is fair to explanations that overlap: the parts add up to the score of all blocks less that
    of none.

    Args:
        scores: Score by the letters of the blocks that are on, in any order; "N" or "" for none.
        blocks: The letters.

    Raises:
        SettingError: Naming every combination that has no score.
    """
    known = {frozenset(name) - {"N"}: value for name, value in scores.items()}
    wanted = [frozenset(some) for n in range(len(blocks) + 1) for some in combinations(blocks, n)]
    if missing := sorted("".join(sorted(one)) or "N" for one in wanted if one not in known):
        raise SettingError("theory Shapley", [f"no score of {', '.join(missing)}"])
    return {block: float(part) for block, part in shapley(blocks, known.__getitem__).items()}


def theory_table(
    evidence: Mapping[str, tuple[float, float]],
    held_out: Mapping[str, Values],
    *,
    against: str | None = "N",
) -> pd.DataFrame:
    """Return theories beside each other, best evidence first.

    Args:
        evidence: By theory the log evidence and its error.
        held_out: By theory the log score of each held-out cell, arrays of one shape, the first
            axis quarters.
        against: The theory that gains are told against; None for none, so that they are NaN.

    Returns:
        Columns `theory`, `evidence`, `evidence_error`, `held_out`, `gain` (of held-out score over
        `against`), `gain_error` (block bootstrap), `weight` (stacking) and `preferred` (whether the
        gain is at least 4 nats and two errors).

    Raises:
        SettingError: If the two do not hold the same theories, or `against` is none of them.
    """
    import pandas as pd

    from alliance_sim.calibration.scores import difference

    problems = [f"{name}: evidence or held-out score is missing"
                for name in sorted(set(evidence) ^ set(held_out))]  # fmt: skip
    if against is not None and against not in evidence:
        problems.append(f"{against} is none of {', '.join(sorted(evidence))}")
    if problems:
        raise SettingError("theory table", problems)
    names = sorted(evidence, key=lambda name: -evidence[name][0])
    weights = stacking_weights(np.column_stack([held_out[name].ravel() for name in names]))
    rows = []
    for name, weight in zip(names, weights, strict=True):
        total = error = math.nan
        if against is not None:
            gain = difference(held_out[name], held_out[against])
            total, error = gain.total, gain.error
        preferred = total >= max(NO_PREFERENCE, ERRORS * error)
        rows.append([name, *evidence[name], float(held_out[name].sum()), total, error,
                     float(weight), bool(name != against and preferred)])  # fmt: skip
    heads = ["theory", "evidence", "evidence_error", "held_out", "gain", "gain_error", "weight"]
    return pd.DataFrame(rows, columns=[*heads, "preferred"])


def claim_information(
    claims: Collection[str],
    prior: NDArray[np.bool_] | Values,
    posterior: NDArray[np.bool_] | Values,
) -> pd.DataFrame:
    """Return how often claims hold under prior and posterior, and what holding one is worth.

    A claim that nearly every draw of the prior passes says nothing for the model: passing it is
    worth minus log2 of the prior's pass rate, in bits. In bits the rates are those of a Beta
    posterior with Jeffreys' prior, so that no claim is worth infinitely much because no draw
    happened to pass.

    Args:
        claims: Their ids.
        prior: Whether each free run of the prior passes, array (run, claim); NaN where a claim does
            not apply to a run, which is then left out.
        posterior: The same for the posterior.

    Returns:
        Columns `id`, `prior` and `posterior` (pass rates; NaN where a claim applies to no run),
        `bits`, and `gained` (log2 of the posterior's rate over the prior's).

    Raises:
        SettingError: If the shapes do not fit, or there is no run.
    """
    import pandas as pd

    shapes = {"prior": prior.shape, "posterior": posterior.shape}
    problems = [
        f"{name} has shape {shape}, must be (run, {len(claims)})"
        for name, shape in shapes.items()
        if len(shape) != 2 or shape[1] != len(claims) or not shape[0]
    ]
    if problems:
        raise SettingError("claims", problems)
    rates, logs = [], []
    for given in (prior, posterior):
        values = np.asarray(given, dtype=np.float64)
        applied, passed = (~np.isnan(values)).sum(axis=0), np.nansum(values, axis=0)
        rates.append(np.where(applied > 0, passed / np.maximum(applied, 1), np.nan))
        rate = np.log2((passed + 0.5) / (applied + 1.0))
        logs.append(np.where(applied > 0, rate, np.nan))
    return pd.DataFrame(
        {
            "id": list(claims),
            "prior": rates[0],
            "posterior": rates[1],
            "bits": -logs[0],
            "gained": logs[1] - logs[0],
        }
    )
