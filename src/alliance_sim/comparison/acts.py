"""Which dated acts of one run are new, gone, moved or became others when a scenario is edited.

Both runs have the same noise: the n-th act of a domain in a quarter has the same day in both, and
differs in kind or partner only where the edit makes it so. Formal steps, proposals and agreements
with single allies are known by their titles, so that one that comes at another time is one that
moved and not two acts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from alliance_sim.engine.chronology import AGREEMENT, CodedAct, Place, chronology, coded_places
from alliance_sim.results import Ensemble
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.edit import replaced

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliance_sim.engine.chronology import OnRecord
    from alliance_sim.engine.vectors import ParameterDraws

NEW, GONE, MOVED, ANOTHER = "new", "gone", "moved", "became another"
TOLD_BY = (
    "observation.initiator",
    "observation.joint",
    "observation.top_salience",
    "observation.suspension_months",
    "kind.",
)  # begin paths of numbers
COLUMNS = (
    *("change", "factual_date", "edited_date", "domain", "kind", "salience"),
    *("factual_title", "edited_title", "recorded"),
)
Act = dict[str, Any]
Key = tuple[Any, ...]


def with_draw(scenario: Scenario, draws: ParameterDraws, draw: int) -> Scenario:
    """Return a scenario with the numbers of one draw by which acts are told.

    Who starts an act and how much it matters hang on numbers that a posterior has draws of: a run
    with a draw's parameters is told by that draw's, and not by those that the file states.

    Args:
        scenario: The scenario.
        draws: The draws, which go with it.
        draw: Which of them.
    """
    paths, values = draws.numbers_of(scenario)
    own = zip(paths, values[:, draw].tolist(), strict=True)
    return replaced(scenario, {path: value for path, value in own if path.startswith(TOLD_BY)})


def differing_acts(
    factual: tuple[Ensemble, Scenario],
    edited: tuple[Ensemble, Scenario],
    *,
    row: int,
    on_record: OnRecord | None = None,
) -> pd.DataFrame:
    """Return the acts that differ between a run of a scenario and its twin in another.

    Args:
        factual: Runs of the factual scenario, and the scenario.
        edited: Runs of the edited one with the same seed and numbers, and the scenario.
        row: Position of the run.
        on_record: What the record holds, where the factual run is a history that comes to it: its
            acts are told as they were coded.

    Returns:
        Columns as of `Comparison.acts_of`, without the scenario.
    """
    known: set[str] = set()
    for _, scenario in (factual, edited):
        known |= {rung.title for rung in scenario.rungs} | {item.title for item in scenario.items}

    def named(act: Act) -> Key | None:
        title = str(act["title"])
        return (title,) if title in known or title.startswith(AGREEMENT) else None

    coded: dict[Place, CodedAct] = {}
    if on_record is not None:
        coded = coded_places(_alone(factual[0], row), factual[1], on_record)
    recorded = {(act.date, act.told) for act in coded.values()}
    before, after = (_acts(*one, row, coded) for one in (factual, edited))
    ways: tuple[tuple[str, Callable[[Act], Key | None]], ...] = (
        ("", lambda act: tuple(act[key] for key in ("date", "domain", "kind", "title", "months"))),
        (MOVED, named),
        (ANOTHER, lambda act: (act["date"], act["domain"])),
    )
    pairs: list[tuple[str, Act | None, Act | None]] = []
    for change, key in ways:
        before, after, found = _matched(before, after, key)
        pairs += [(change, *pair) for pair in found if change]
    pairs += [(GONE, act, None) for act in before] + [(NEW, None, act) for act in after]
    frame = pd.DataFrame([_row(*pair, recorded) for pair in pairs], columns=list(COLUMNS))
    dates = frame["factual_date"].fillna(frame["edited_date"])
    return frame.iloc[dates.argsort(kind="stable")].reset_index(drop=True)


def _alone(ensemble: Ensemble, row: int) -> Ensemble:
    return replace(
        ensemble,
        values=ensemble.values[row : row + 1],
        first_run=ensemble.first_run + row,
        status=ensemble.status[row : row + 1],
    )


def _acts(
    ensemble: Ensemble, scenario: Scenario, row: int, coded: Mapping[Place, CodedAct]
) -> list[Act]:
    """Return the dated acts of one run."""
    events = chronology(_alone(ensemble, row), scenario, coded)
    return [
        {str(k): v for k, v in act.items()}
        for act in events.fillna({"months": 0.0}).to_dict("records")
    ]


def _matched(
    before: list[Act], after: list[Act], key: Callable[[Act], Key | None]
) -> tuple[list[Act], list[Act], list[tuple[Act, Act]]]:
    """Return what is left of two lists once acts with equal keys are paired, and the pairs."""
    waiting: dict[Key, list[Act]] = {}
    for act in after:
        found = key(act)
        if found is not None:
            waiting.setdefault(found, []).append(act)
    left, pairs = [], []
    for act in before:
        found = key(act)
        twins = waiting.get(found, []) if found is not None else []
        if twins:
            pairs.append((act, twins.pop(0)))
        else:
            left.append(act)
    taken = {id(twin) for _, twin in pairs}
    return left, [act for act in after if id(act) not in taken], pairs


def _row(
    change: str, before: Act | None, after: Act | None, recorded: Collection[tuple[dt.date, str]]
) -> tuple[Any, ...]:
    told = after if before is None else before
    if told is None:
        raise AssertionError("an act is in one of both runs")
    dates = [pd.NaT if act is None else act["date"] for act in (before, after)]
    titles = ["" if act is None else act["title"] for act in (before, after)]
    known = before is not None and (before["date"].date(), before["title"]) in recorded
    return (change, *dates, told["domain"], told["kind"], told["salience"], *titles, known)
