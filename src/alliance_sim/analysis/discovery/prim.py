"""PRIM: peel off slices of the space of factors until what is left is dense with cases.

The algorithm is EMA Workbench's. What is ours is which box of the peeling is offered: of those
without a limit that may be chance, the one with the best balance of coverage and density. Boxes
made by lifting such limits from the best of the others are judged with them.

Source: Bryant and Lempert (2010), Technological Forecasting and Social Change 77, 34-49.
"""

from __future__ import annotations

import inspect
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from alliance_sim.analysis import loaded
from alliance_sim.analysis.discovery.boxes import Box, Cases, Limit, box_of, repeatable
from alliance_sim.errors import SettingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

PEEL = 0.05  # share of a box peeled at a time
MOST_QP = 0.05  # quasi-p value above which a limit is no better than none
TRIED = 5  # steps of the best balance from which such limits are lifted
LEAST_COVERAGE = 0.05  # of a second or third box
NEVER_BELOW = 1e-9  # density under which EMA Workbench would give up a box; we judge ourselves


class Peeled:
    """PRIM on some cases, box after box."""

    def __init__(self, cases: Cases) -> None:
        self.cases = cases
        self.boxes: list[Box] = []
        module = loaded("ema_workbench.analysis.prim")
        settings = {"peel_alpha": PEEL, "mass_min": cases.least_mass()}
        if _takes(module.Prim, "threshold"):  # before version 3
            settings["threshold"] = NEVER_BELOW
        with repeatable(0):  # nothing is drawn here
            self._prim = module.Prim(_labelled(cases), cases.y.copy(), **settings)
        self._first: Any = None
        self._chosen = 0

    def next(self, step: int | None = None) -> tuple[Box, pd.DataFrame] | None:
        """Return the next box and its peeling, None if no factor has a limit that is not chance.

        Args:
            step: Which step of the peeling to take; None for the best balance.

        Raises:
            SettingError: If there is no such step.
        """
        found = self._prim.find_box()
        if found is None:
            return None
        peeled = len(found.box_lims)
        offered = _offered(found, self.cases.share)
        steps = len(found.box_lims)
        if step is not None and not 0 <= step < steps:
            problem = f"step is {step}, must be from 0 to {steps - 1}"
            raise SettingError("peeling", [problem])
        step = offered if step is None else step
        peeling = _peeling(found, self.cases.share)
        if not peeling["restricted"][step]:
            return None
        found.select(step)
        peeling["lifted"] = peeling["step"] >= peeled
        peeling["offered"] = peeling["step"] == offered
        peeling["chosen"] = peeling["step"] == step
        box = box_of(_limits(found, step, self.cases), self.cases, before=self.boxes)
        self.boxes.append(box)
        if self._first is None:
            self._first, self._chosen = found, step
        return box, peeling

    def again(self, times: int, seed: int) -> pd.DataFrame:
        """Return in what share of random halves of the runs each factor is limited again.

        Args:
            times: Number of halves.
            seed: Of the halves.

        Returns:
            Columns `factor`, `label`, `same_coverage`, `same_density`: shares, 0 to 1, of the
            halves whose box of like coverage, or of like density, limits the factor. The
            first is NaN if the box covers all, as every box does before peeling begins.
        """
        with repeatable(seed):
            generator = {"rng": seed} if _takes(self._first.resample, "rng") else {}
            found = self._first.resample(self._chosen, iterations=times, **generator) / 100
        whole = self._first.peeling_trajectory["coverage"][self._chosen] >= 1.0
        axes = {_column(k): axis for k, axis in enumerate(self.cases.axes)}
        return pd.DataFrame(
            {
                "factor": [axes[name].name for name in found.index],
                "label": [axes[name].brief for name in found.index],
                "same_coverage": math.nan if whole else found["reproduce coverage"].to_numpy(),
                "same_density": found["reproduce density"].to_numpy(),
            }
        )


def _labelled(cases: Cases) -> pd.DataFrame:
    """Return the factors as EMA Workbench wants them: floats, and texts for choices."""
    columns: dict[str, NDArray[Any]] = {}
    for k, (axis, column) in enumerate(zip(cases.axes, cases.x.T, strict=True)):
        columns[_column(k)] = column
        if axis.kind == "choice":
            names = np.array([_code(v) for v in range(len(axis.values))], dtype=object)
            columns[_column(k)] = names[column.astype(np.intp)]
    return pd.DataFrame(columns)


def _takes(function: Any, name: str) -> bool:
    """Whether a function of EMA Workbench has a parameter of that name in this version."""
    return name in inspect.signature(function).parameters


def _chances(found: Any) -> list[dict[str, list[float]]]:
    """Return the quasi-p values of every step, by factor; -1 where there is no limit."""
    chances: list[dict[str, list[float]]] = getattr(found, "p_values", None) or found.qp
    return chances


def _column(position: int) -> str:
    """Return what a factor is called there, where a name such as "scenario" means something."""
    return f"x{position}"


def _code(position: int) -> str:
    """Return a text for a value of a choice, which may be true, "true" or anything."""
    return f"v{position}"


def _peeling(found: Any, share: float) -> pd.DataFrame:
    """Return the steps of a peeling.

    Returns:
        Columns `step`, `coverage`, `density`, `mass`, `runs`, `of_interest`, `restricted`
        (number of factors with a limit), `worst_qp` (greatest quasi-p value of its limits; NaN
        without limits), `lift` (density over that of all runs).
    """
    steps = found.peeling_trajectory
    worst = [
        max((p for pair in values.values() for p in pair if p >= 0), default=math.nan)
        for values in _chances(found)
    ]
    return pd.DataFrame(
        {
            "step": np.arange(len(steps)),
            "coverage": steps["coverage"].to_numpy(dtype=np.float64),
            "density": steps["density"].to_numpy(dtype=np.float64),
            "mass": steps["mass"].to_numpy(dtype=np.float64),
            "runs": steps["n"].to_numpy(dtype=np.int64),
            "of_interest": steps["k"].to_numpy(dtype=np.int64),
            "restricted": steps["res_dim"].to_numpy(dtype=np.int64),
            "worst_qp": worst,
            "lift": steps["density"].to_numpy(dtype=np.float64) / share,
        }
    )


def _offered(found: Any, share: float) -> int:
    """Return the step with the best balance among those without a limit that may be chance.

    The steps with the best balance of all may have such limits. These are lifted, which adds steps
    to the peeling, and the boxes that are left are judged with the others.
    """
    balance = _balance(_peeling(found, share))
    best = np.argsort(-balance, kind="stable")[:TRIED]
    for step in best[balance[best] > 0]:
        _without_idle(found, int(step))
    peeling = _peeling(found, share)
    sound = (peeling["worst_qp"] <= MOST_QP).to_numpy()
    return int(np.argmax(np.where(sound, _balance(peeling), -1.0)))


def _balance(peeling: pd.DataFrame) -> NDArray[np.float64]:
    """Return the balance of each step: the harmonic mean of coverage and gain; -1 for no box.

    The gain is how much of the way from the share of all runs to certainty the density has gone;
    with density itself, what happens nearly always would be best described by no box at all.
    """
    coverage, density = peeling["coverage"].to_numpy(), peeling["density"].to_numpy()
    gain = (density - density[0]) / max(1 - density[0], 1e-12)
    sound = (peeling["restricted"].to_numpy() > 0) & (gain > 0) & (coverage > 0)
    balance = 2 * coverage * gain / np.where(sound, coverage + gain, 1.0)
    return np.where(sound, balance, -1.0)


def _without_idle(found: Any, step: int) -> None:
    """Add to the peeling what is left of a step when limits that may be chance are lifted.

    The one with the greatest quasi-p value is lifted first, then the others are judged anew.
    """
    while True:
        chances = [
            (chance, name, end)
            for name, pair in _chances(found)[step].items()
            for end, chance in enumerate(pair)
            if chance > MOST_QP
        ]
        if not chances:
            return
        _, name, end = max(chances)
        box = found.box_lims[step].copy()
        whole = found.prim.box_init
        if isinstance(whole.loc[0, name], set):
            box[name] = whole[name]
        else:
            box.loc[end, name] = whole.loc[end, name]
        known = [k for k, other in enumerate(found.box_lims) if box.equals(other)]
        if not known:
            found.update(box, _inside(found, box))
        step = known[0] if known else len(found.box_lims) - 1


def _inside(found: Any, box: pd.DataFrame) -> NDArray[np.intp]:
    """Return the numbers of the runs in a box, of those that no box before it holds."""
    left: NDArray[np.intp] = found.prim.yi_remaining
    rows = np.ones(len(left), dtype=bool)
    for name in box.columns:
        column, (low, high) = found.prim.x.loc[left, name], box[name]
        rows &= (column.isin(low) if isinstance(low, set) else column.between(low, high)).to_numpy()
    return left[rows]


def _limits(found: Any, step: int, cases: Cases) -> list[Limit]:
    """Return the conditions of one step of a peeling."""
    box, whole, chances = found.box_lims[step], found.prim.box_init, _chances(found)[step]
    limits = []
    for number, axis in enumerate(cases.axes):
        key = _column(number)
        if key not in chances:
            continue
        qp = [math.nan if p < 0 else float(p) for p in chances[key]]
        low, high = box[key]
        if axis.kind == "choice":
            kept = tuple(k for k in range(len(axis.values)) if _code(k) in low)
            limits.append(Limit(axis, kept=kept, qp_low=qp[0]))
            continue
        first, last = whole[key]
        limits.append(
            Limit(
                axis,
                low=float(low) if low > first else -math.inf,
                high=float(high) if high < last else math.inf,
                qp_low=qp[0],
                qp_high=qp[1],
            )
        )
    return limits
