"""The first of the draws that ship: what is asked of them goes the way that it goes with all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from alliance_sim.calibration import PosteriorDraws
from alliance_sim.counterfactual.posteriors import Posteriors


def few(found: Posteriors, many: Mapping[str, int]) -> Posteriors:
    """Return the first draws of posteriors, with what goes with them.

    Args:
        found: The draws that ship.
        many: How many are kept of each theory, the main one first; others are left out.
    """
    every = {one.theory: one for one in (found.main, *found.others)}
    main, *others = (first_draws(every[name], count) for name, count in many.items())
    readings = found.readings
    if readings.weights is not None:
        logs = readings.weights.log_weights[:, : len(main)]
        readings = replace(readings, weights=replace(readings.weights, log_weights=logs))
    return Posteriors(main, tuple(others), readings, found.place)


def first_draws(found: PosteriorDraws, many: int) -> PosteriorDraws:
    """Return the first draws of some."""
    held = found.held
    checked = [k for k, draw in enumerate(held.checked) if draw < many]
    assert checked
    return PosteriorDraws(
        replace(
            held,
            parameters=held.parameters[:many],
            ranks=held.ranks[:many],
            checked=tuple(held.checked[k] for k in checked),
            log_likelihood=held.log_likelihood[checked],
        ),
        found.prior,
    )
