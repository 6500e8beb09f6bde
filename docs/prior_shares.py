# ruff: noqa: INP001 - a page-building extension beside conf.py, not a package
"""How much of a prior lies below where a fit starts, for the table of priors."""

from __future__ import annotations

import math
from typing import Any


def share_below(prior: dict[str, Any], values: list[float]) -> str:
    """Return the part of a prior that lies below the start; "–" where that is no one number."""
    plain = prior["scale"] is None and prior["group"] is None and not prior["difference"]
    if not plain or len(set(values)) > 1:
        return "–"
    return f"{100 * prior_share_below(prior['family'], prior['parameters'], values[0]):.0f} %"


def prior_share_below(family: str, parameters: tuple[float, ...], value: float) -> float:
    """Return the part of a prior that lies below a value."""
    from scipy import stats

    first, *rest = parameters
    frozen = {
        "normal": lambda: stats.norm(first, *rest),
        "half_normal": lambda: stats.halfnorm(scale=first),
        "lognormal": lambda: stats.lognorm(rest[0], scale=math.exp(first)),
        "beta": lambda: stats.beta(first, *rest),
        "gamma": lambda: stats.gamma(first, scale=1.0 / rest[0]),
        "exponential": lambda: stats.expon(scale=1.0 / first),
        "uniform": lambda: stats.uniform(first, rest[0] - first),
        "logit_normal": lambda: stats.norm(first, *rest),
    }
    if family == "logit_normal":
        value = math.log(value / (1.0 - value))
    return float(frozen[family]().cdf(value))
