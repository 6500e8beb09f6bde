"""Parts of an answer to a what-if, and what was tried as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from alliance_sim.counterfactual.estimates import Estimate
    from alliance_sim.counterfactual.rivals import Weights
    from alliance_sim.counterfactual.robustness import Varied

    Floats = NDArray[np.float64]


class Ensembled(NamedTuple):
    """What pairs of runs with fresh noise say, of the factual world against the edited one.

    Attributes:
        necessity: Share of the pairs without the outcome in the edited world, of those with it in
            the factual one (PN); None where there are none.
        sufficiency: Share with it in the factual world, of those without it in the edited one (PS).
        both: Share with it in the factual world and without it in the edited one (PNS).
        bounds: Lowest and highest PN, PS and PNS under any coupling (Tian and Pearl).
        pairs: How many pairs there are.
        errors: Standard errors of PN, PS and PNS, from the pairs that each is a share of; None
            where there are none.
    """

    necessity: float | None
    sufficiency: float | None
    both: float
    bounds: Mapping[str, tuple[float, float]]
    pairs: int
    errors: Mapping[str, float | None]


class UnderTheory(NamedTuple):
    """What the question comes to under one theory."""

    theory: str
    fact: Estimate
    edited: Estimate
    effect: Estimate
    likely: Floats  # equally likely values of the effect
    draws: int


def theories_frame(theories: Iterable[UnderTheory], weights: Weights) -> pd.DataFrame:
    """Return what a question comes to under theories; the columns of `WhatIf.theories_frame`."""
    import pandas as pd

    nothing = (np.nan, np.nan)
    return pd.DataFrame(
        {
            "theory": one.theory,
            "weight": weights.of[one.theory],
            "weight_low": weights.spans.get(one.theory, nothing)[0],
            "weight_high": weights.spans.get(one.theory, nothing)[1],
            "log_evidence": weights.evidence.get(one.theory, nothing)[0],
            **cells("fact", one.fact),
            **cells("edited", one.edited),
            **cells("effect", one.effect),
        }
        for one in theories
    )


def couplings_frame(couplings: Mapping[str, tuple[Estimate, float | None]]) -> pd.DataFrame:
    """Return the effect under each coupling; the columns of `WhatIf.couplings_frame`."""
    import pandas as pd

    return pd.DataFrame(
        {"coupling": name, **cells("effect", effect), "necessity": needed}
        for name, (effect, needed) in couplings.items()
    )


def robustness_frame(
    theories: Iterable[UnderTheory],
    weights: Weights,
    without_draws: Mapping[str, str],
    couplings: Mapping[str, tuple[Estimate, float | None]],
    varied: Iterable[Varied],
) -> pd.DataFrame:
    """Return the effect in all that was tried; the columns of `WhatIf.robustness_frame`."""
    import pandas as pd

    rows: list[dict[str, Any]] = [
        {"kind": "theory", "name": one.theory, **cells("effect", one.effect),
         "weight": weights.of[one.theory], "words": f"{one.draws} draws"}
        for one in theories
    ]  # fmt: skip
    rows += [
        {"kind": "theory", "name": name, **cells("effect"), "words": why}
        for name, why in without_draws.items()
    ]
    rows += [
        {"kind": "coupling", "name": name, **cells("effect", effect), "words": ""}
        for name, (effect, _) in couplings.items()
    ]
    for one in varied:
        kind, _, name = one.name.partition(" ")
        effect = cells("effect", one.effect)
        rows.append({"kind": kind, "name": name, **effect, "words": one.words})
    columns = ["kind", "name", "effect", "effect_low", "effect_high", "weight", "words"]
    return pd.DataFrame(rows, columns=columns)


def cells(name: str, estimate: Estimate | None = None) -> dict[str, float]:
    """Return an estimate as three cells; NaN where there is none."""
    value, low, high = (np.nan, np.nan, np.nan) if estimate is None else estimate
    return {name: value, f"{name}_low": low, f"{name}_high": high}
