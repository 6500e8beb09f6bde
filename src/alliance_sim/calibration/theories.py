"""Rival theories beside each other, and what claims are worth: arithmetic on scores and runs.

Nothing here fits or simulates. Evidence and scores of theories come from their fits, passes of
claims from runs of prior and posterior.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

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
    wanted = {frozenset(order[:k]) for order in permutations(blocks) for k in range(len(order) + 1)}
    if missing := sorted("".join(sorted(one)) or "N" for one in wanted - set(known)):
        raise SettingError("theory Shapley", [f"no score of {', '.join(missing)}"])
    orders = list(permutations(blocks))
    added = dict.fromkeys(blocks, 0.0)
    for order in orders:
        for place, block in enumerate(order):
            before = frozenset(order[:place])
            added[block] += (known[before | {block}] - known[before]) / len(orders)
    return added


def theory_table(
    evidence: Mapping[str, tuple[float, float]],
    held_out: Mapping[str, Values],
    *,
    against: str = "N",
) -> pd.DataFrame:
    """Return theories beside each other, best evidence first.

    Args:
        evidence: By theory the log evidence and its error.
        held_out: By theory the log score of each held-out cell, arrays of one shape, the first
            axis quarters.
        against: The theory that gains are told against.

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
    if against not in evidence:
        problems.append(f"{against} is none of {', '.join(sorted(evidence))}")
    if problems:
        raise SettingError("theory table", problems)
    names = sorted(evidence, key=lambda name: -evidence[name][0])
    weights = stacking_weights(np.column_stack([held_out[name].ravel() for name in names]))
    rows = []
    for name, weight in zip(names, weights, strict=True):
        gain = difference(held_out[name], held_out[against])
        preferred = gain.total >= max(NO_PREFERENCE, ERRORS * gain.error)
        rows.append([name, *evidence[name], float(held_out[name].sum()), gain.total, gain.error,
                     float(weight), bool(name != against and preferred)])  # fmt: skip
    heads = ["theory", "evidence", "evidence_error", "held_out", "gain", "gain_error", "weight"]
    return pd.DataFrame(rows, columns=[*heads, "preferred"])


def claim_information(
    claims: Collection[str], prior: NDArray[np.bool_], posterior: NDArray[np.bool_]
) -> pd.DataFrame:
    """Return how often claims hold under prior and posterior, and what holding one is worth.

    A claim that nearly every draw of the prior passes says nothing for the model: passing it is
    worth minus log2 of the prior's pass rate, in bits. The rate is that of a Beta posterior with
    Jeffreys' prior, so that no claim is worth infinitely much because no draw happened to pass.

    Args:
        claims: Their ids.
        prior: Whether each free run of the prior passes, array (run, claim).
        posterior: The same for the posterior.

    Returns:
        Columns `id`, `prior` and `posterior` (pass rates), and `bits`.

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
    rate = (prior.sum(axis=0) + 0.5) / (len(prior) + 1.0)
    return pd.DataFrame(
        {
            "id": list(claims),
            "prior": prior.mean(axis=0),
            "posterior": posterior.mean(axis=0),
            "bits": -np.log2(rate),
        }
    )
