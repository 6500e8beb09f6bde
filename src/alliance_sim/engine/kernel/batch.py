"""From cases to blocks and back: arrays in, one compiled call for each block, arrays out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alliance_sim.calendar import Calendar
from alliance_sim.compiled.cache import digest_of
from alliance_sim.compiled.function import Compiled
from alliance_sim.compiled.objects import NOT_COMPILED
from alliance_sim.engine.kernel.advance import Inputs, Kinds, Workspace, simulate_block
from alliance_sim.engine.kernel.layout import LANES, A, Shape, reported_rows, rows_of, shape_of
from alliance_sim.engine.kernel.noise import SLOW, TOGETHER, NoiseRequest
from alliance_sim.engine.kernel.outputs import COMPARISONS, FOLDS, Outputs
from alliance_sim.noise import WORD
from alliance_sim.results import OK
from alliance_sim.results.outcomes import Outcome
from alliance_sim.scenario import Scenario
from alliance_sim.world import build_world
from alliance_sim.world.build import Fill
from alliance_sim.world.declaration import flattened
from alliance_sim.world.fill import fill
from alliance_sim.world.state import CONSTANTS, not_finite, state_names
from alliance_sim.world.world import World

Floats = NDArray[np.float64]
Block = Callable[..., None]
PACKAGE = Path(__file__).parents[2]
SOURCES = (  # of all that is compiled; an edit of one asks for new code
    "engine/kernel",
    "rules",
    "compiled",
    "arithmetic.py",
    "noise.py",
    "world/coefficients.py",
    "world/declaration.py",
    "world/state.py",
)
FILLED_FROM = (  # the same of what fills in a world
    "compiled",
    "arithmetic.py",
    "rules/domestic.py",
    "world/fill.py",
    "world/settle.py",
)
HELD = tuple({entry.of.partition(".")[0] for entry in CONSTANTS.values()})  # fields of a world
# Fields of a world that its frame is made of, beside the channels, which tell how many there are.
FRAMED = ("calendar", "asian", "distracting", "drawn_laws", "drawn_leaders")
TRIED = 2  # runs of the described history that freshly compiled code is tried on


@lru_cache(maxsize=1)
def sources_digest() -> str:
    """Return a digest of every source that the compiled engine depends on."""
    return digest_of(SOURCES, PACKAGE, leave_out=NOT_COMPILED)


def plain_runs() -> tuple[Ready, Floats]:
    """Return the described history, and some runs of it in plain Python: (run, quarter, state).

    Compilers have made mistakes, and so has memory; what is compiled now serves for months. So it
    is held against the Mesa model first, with seed 0.
    """
    from alliance_sim.engine.mesa_model.model import AllianceModel

    models = [AllianceModel(run=run, rng=0, agent_data=False) for run in range(TRIED)]
    ready = make_ready(models[0].world.scenario)
    states = state_names(ready.world.scenario)
    for model in models:
        while model.running:
            model.step()
    collected = [model.datacollector.model_vars for model in models]
    wanted = np.array([[columns[state] for state in states] for columns in collected])
    return ready, np.ascontiguousarray(wanted.swapaxes(1, 2))


def as_in_plain_python(block: Block) -> bool:
    """Whether a compiled block gives every state of some runs as the Mesa model does, bitwise."""
    ready, wanted = plain_runs()
    setting = setting_of(ready.frame, state_names(ready.world.scenario), ())
    found = np.zeros(wanted.shape)
    run_block(setting, Columns([ready] * TRIED, np.arange(TRIED), 0), found, block=block)
    return found.tobytes() == wanted.tobytes()


compiled_block = Compiled(
    simulate_block,
    sources=sources_digest,
    check=as_in_plain_python,
    home=f"{__name__}:compiled_block",
)


def fills_as_in_plain_python(fill: Fill) -> bool:
    """Whether compiled code fills in the described history as plain Python does, bit by bit."""
    from alliance_sim.engine.mesa_model.model import AllianceModel

    plain = AllianceModel(agent_data=False).world
    return build_world(plain.scenario, fill=fill).table.tobytes() == plain.table.tobytes()


compiled_fill = Compiled(
    fill,
    sources=lambda: digest_of(FILLED_FROM, PACKAGE),
    check=fills_as_in_plain_python,
    home=f"{__name__}:compiled_fill",
)


class Frame(NamedTuple):
    """What runs of one block share: how many there are of each, of which kind, with what noise."""

    shape: Shape
    asian: tuple[bool, ...]
    distracting: tuple[bool, ...]
    after: tuple[int, ...]
    sides: tuple[int, ...]
    channels: tuple[int, ...]
    calendar: Calendar


@dataclass(frozen=True, eq=False)
class Ready:
    """A scenario ready for the compiled engine.

    Attributes:
        world: Its world.
        frame: What it shares with others in a block.
        constants: Array (number,): all that stays the same during a run.
    """

    world: World
    frame: Frame
    constants: Floats


def make_ready(scenario: Scenario, like: Ready | None = None) -> Ready:
    """Return a scenario ready for the engine; `like` as for `build_world`."""
    near = None if like is None else like.world
    world = build_world(scenario, like=near, fill=compiled_fill)
    frame = like.frame if like is not None and _framed_alike(world, like.world) else _frame(world)
    return Ready(world, frame, _constants(world, like))


def _framed_alike(world: World, other: World) -> bool:
    """Whether two worlds have the same frame, at a glance: all that `_frame` reads is the same."""
    return world.channels is other.channels and all(
        getattr(world, field) == getattr(other, field) for field in FRAMED
    )


def _frame(world: World) -> Frame:
    return Frame(
        shape=shape_of(world),
        asian=world.asian,
        distracting=world.distracting,
        after=tuple(law.after for law in world.drawn_laws),
        sides=tuple(leader.side for leader in world.drawn_leaders),
        channels=world.all_channels,
        calendar=world.calendar,
    )


def _constants(world: World, like: Ready | None = None) -> Floats:
    """Return what stays the same during a run, in the order of rows."""
    first = flattened(world.coefficients)
    if like is not None and all(getattr(world, k) is getattr(like.world, k) for k in HELD):
        return np.concatenate((first, like.constants[len(first) :]))
    fixed = [_held(world, *entry.of.split(".")) for entry in CONSTANTS.values()]
    return np.array([*first, *flattened(fixed)], dtype=np.float64)


def _held(world: World, field: str, within: str = "") -> Any:
    """Return a field of the world, or that of each entry of a field."""
    found = getattr(world, field)
    return [getattr(entry, within) for entry in found] if within else found


@dataclass(frozen=True, eq=False)
class Setting:
    """What blocks of one frame need, worked out once; see `setting_of`."""

    frame: Frame
    at: Any  # `Rows`
    kinds: Kinds
    channels: NDArray[np.int64]  # (2, channel): halves of their numbers
    reported: NDArray[np.int64]  # rows of the reported states
    states: tuple[str, ...]
    folds: NDArray[np.int64]  # as in `Outputs`
    thresholds: Floats
    years: Floats
    lengths: Floats  # what a sum is divided by: quarters for a mean, else 1


def setting_of(frame: Frame, states: tuple[str, ...], outcomes: Sequence[Outcome]) -> Setting:
    """Return what blocks of a frame need to compute outcomes of the named states."""
    at = rows_of(frame.shape)
    rows = dict(zip(states, reported_rows(frame.shape), strict=True))
    kinds = (frame.asian, frame.distracting, frame.after, frame.sides)
    folds = [
        (FOLDS[o.fold], COMPARISONS[o.compare], rows[o.state], o.start, o.stop) for o in outcomes
    ]
    lengths = [o.stop - o.start if o.fold == "mean" else 1 for o in outcomes]
    calendar = frame.calendar
    return Setting(
        frame=frame,
        at=at,
        kinds=Kinds(*(np.array(kind, dtype=np.int64) for kind in kinds)),
        channels=_whole([(number & WORD, number >> 32) for number in frame.channels], 2).T.copy(),
        reported=np.array(list(rows.values()), dtype=np.int64),
        states=states,
        folds=_whole(folds, 5),
        thresholds=np.array([o.threshold for o in outcomes], dtype=np.float64),
        years=np.array([*calendar.years, calendar.last_year + 1.0]),
        lengths=np.array(lengths, dtype=np.float64),
    )


def _whole(rows: Sequence[tuple[int, ...]], width: int) -> NDArray[np.int64]:
    return np.array(rows, dtype=np.int64).reshape(-1, width)


class Columns(NamedTuple):
    """What a block is to simulate: for each column its scenario and its run.

    Attributes:
        ready: Scenarios, all of one frame.
        runs: Numbers of the runs.
        seed: The seed of all.
        given: Uniforms to use instead of the seed's, array (column, channel, step); or None.
    """

    ready: Sequence[Ready]
    runs: NDArray[np.int64]
    seed: int
    given: Floats | None = None


class BlockResult(NamedTuple):
    """What a block found: outcomes (column, outcome), and what went wrong, one text a column."""

    outcomes: Floats
    status: list[str]


def run_block(
    setting: Setting,
    columns: Columns,
    trajectories: Floats | None = None,
    block: Block | None = None,
) -> BlockResult:
    """Simulate up to LANES runs.

    Args:
        setting: From `setting_of`, for the frame of these scenarios.
        columns: What to simulate.
        trajectories: Array (column, quarter, reported state) to fill in, or None.
        block: What simulates it; `compiled_block` if left out.
    """
    n = len(columns.runs)
    shape = setting.frame.shape
    tables, which = _tables(columns.ready)
    constants = np.zeros((len(columns.ready[0].constants), LANES))
    constants[:, :n] = np.stack([ready.constants for ready in columns.ready], axis=1)
    summaries = np.zeros((len(setting.folds), LANES))
    failures = np.full((2, LANES), -1, dtype=np.int64)
    nothing = np.zeros((0, 0, 0))
    (block or compiled_block)(
        n,
        shape,
        setting.at,
        setting.kinds,
        NoiseRequest(
            np.array([columns.seed & WORD, columns.seed >> 32], dtype=np.int64),
            setting.channels,
            columns.runs,
            nothing if columns.given is None else columns.given,
            np.zeros(1, dtype=np.int64),
        ),
        Inputs(constants, tables, which),
        workspace(shape, setting.at),
        Outputs(
            setting.reported,
            nothing if trajectories is None else trajectories,
            setting.folds,
            setting.thresholds,
            setting.years,
            summaries,
            failures,
        ),
    )
    found = summaries[:, :n].T / setting.lengths
    status = [OK] * n
    for column in np.flatnonzero(failures[0, :n] >= 0).tolist():
        step, state = failures[:, column].tolist()
        label = setting.frame.calendar.label(step)
        status[column] = not_finite(setting.states[state], label)
        found[column] = np.nan
        if trajectories is not None:
            trajectories[column] = np.nan
    return BlockResult(found, status)


def _tables(ready: Sequence[Ready]) -> tuple[Floats, NDArray[np.int64]]:
    """Return the different tables of inputs, and which one each column uses."""
    position: dict[int, int] = {}
    tables: list[Floats] = []
    which = np.zeros(LANES, dtype=np.int64)
    for column, entry in enumerate(ready):
        table = entry.world.table
        if id(table) not in position:
            position[id(table)] = len(tables)
            tables.append(table)
        which[column] = position[id(table)]
    return np.stack(tables), which  # a copy: the compiled engine takes writable arrays only


def workspace(shape: Shape, at: Any) -> Workspace:
    """Return room for one block."""

    def zeros(rows: int) -> Floats:
        return np.zeros((rows, LANES))

    return Workspace(
        before=zeros(at.all_states),
        after=zeros(at.all_states),
        now=zeros(at.all_inputs),
        noise=zeros(at.drawn_for_blocks),
        four=zeros(4 * at.drawn_for_blocks),
        luck=zeros(shape.threats + SLOW),
        outer=np.zeros((3, LANES * (shape.threats + SLOW) + TOGETHER)),
        aside=zeros(A.formal + shape.members),
        drawn=zeros(shape.leaders),
        odd=zeros(2),
        lucks=np.zeros(shape.members + 1),
        answers=np.zeros(shape.members + 1),
    )
