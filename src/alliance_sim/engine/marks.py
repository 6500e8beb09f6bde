"""Marks of many acts at once, by code that is compiled: kind, salience, who starts each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from alliance_sim.compiled.cache import digest_of
from alliance_sim.compiled.function import Compiled
from alliance_sim.engine.kernel.marks import ActKinds, Acts, Habits, Marked, mark_acts
from alliance_sim.scenario.schema import Kind, Observation

PACKAGE = Path(__file__).parents[1]
MARKED_FROM = ("compiled", "arithmetic.py", "rules/events.py", "engine/kernel/marks.py")
TRIED = 64  # made-up acts that freshly compiled code is tried on


def marks_of(acts: Acts, kinds: Sequence[Kind], observation: Observation) -> Marked:
    """Return the marks of acts of one domain.

    Args:
        acts: What is known of them.
        kinds: The kinds that a domain has. Where none is possible yet, the first of those that need
            no level stands in.
        observation: The scenario's table of how the relationship is observed.

    Returns:
        Positions in `kinds`, salience 1 to 3, and who starts each, as in `rules.events`.
    """
    table = ActKinds(
        weight=np.array([kind.weight.value for kind in kinds]),
        pull=np.array([kind.assets_pull.value for kind in kinds]),
        from_level=np.array([kind.from_level.value for kind in kinds]),
        salience=np.array([kind.salience.value for kind in kinds]),
        single=np.array([kind.single_ally.value for kind in kinds]),
        otherwise=next(k for k, kind in enumerate(kinds) if kind.from_level.value == 0.0),
    )
    habits = Habits(
        top=observation.top_salience.value,
        joint=observation.joint.value,
        base=observation.initiator.value,
        pull=observation.initiator_gap.value,
    )
    marked = Marked(*np.empty((3, len(acts.level))))
    compiled_marks(acts, table, habits, marked)
    return marked


def marks_as_in_plain_python(mark: Callable[..., None]) -> bool:
    """Whether compiled code marks some made-up acts as plain Python does, bit by bit."""
    found = []
    for function in (mark, mark_acts):
        given = made_up_acts()
        function(*given)
        found.append(np.array(given[-1]).tobytes())
    return found[0] == found[1]


def made_up_acts() -> tuple[Acts, ActKinds, Habits, Marked]:
    """Return what is marked to try code out: at times one kind alone is possible, or none."""
    drawn = np.random.default_rng(0).random((len(Acts._fields), TRIED))
    kinds = ActKinds(
        weight=np.array([3.0, 0.0, 7.0]),
        pull=np.array([0.0, 2.4, -2.0]),
        from_level=np.array([0.4, 0.0, 0.7]),
        salience=np.array([-1.0, 0.5, 2.0]),
        single=np.array([0.0, 0.3, 1.0]),
        otherwise=1,
    )
    return Acts(*drawn), kinds, Habits(0.3, 0.4, -0.2, 1.5), Marked(*np.zeros((3, TRIED)))


compiled_marks = Compiled(
    mark_acts,
    sources=lambda: digest_of(MARKED_FROM, PACKAGE),
    check=marks_as_in_plain_python,
    home=f"{__name__}:compiled_marks",
    takes="a few seconds",
)
