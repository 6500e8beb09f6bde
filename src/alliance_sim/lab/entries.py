"""What the page's module does beside the engine: a recipe made ready to run, and what it touches.

Everything that an edit may bring in has a place from the start: every law that can be drawn and
every leader whose push can be, whether or not they are in the world as it stands. So an edit is a
change of numbers and nothing else, and nothing is laid out anew while somebody tries things.
A law that is not drawn has a first step that never comes; a leader who is not drawn is never in
office.

Written in the exact subset of the rules, with arrays besides: the same source is compiled for the
page and runs as plain Python.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from alliance_sim.arithmetic import inverse_normal
from alliance_sim.compiled import inlined, stage
from alliance_sim.engine.kernel.generated import made_function
from alliance_sim.engine.kernel.layout import NEVER, Shape
from alliance_sim.engine.kernel.noise import as_uniform
from alliance_sim.noise import WORD, philox
from alliance_sim.world.coefficients import Coefficients, Values, combined
from alliance_sim.world.declaration import declared, leaf_types
from alliance_sim.world.fill import Into, Places, fill
from alliance_sim.world.recipe import COEFFICIENTS, Table, named_of, rows_wanted
from alliance_sim.world.settle import (
    AFTER,
    FIRST_STEP,
    JUNCTURE,
    LASTS,
    LAW,
    LAW_DRAWN,
    LOG_HAZARD,
    OPENS,
    RUNG,
    Counts,
    Numbers,
    Settled,
    settle,
    settle_days,
)
from alliance_sim.world.state import FIXED_AXES

Floats = Any  # array of float64
Ints = Any  # array of int64


class Tables(NamedTuple):
    """The tables of a recipe, each flat, one row after the other; what an edit changes.

    Attributes:
        threat: Offence, and whether it distracts and lies in Asia.
        member: Offset.
        values: The numbers of `recipe.COEFFICIENTS`, in the order of their rows.
        period: This and what follows as in `settle.Numbers`.
    """

    threat: Floats
    member: Floats
    values: Floats
    period: Floats
    series: Floats
    yearly: Floats
    exposure: Floats
    accession: Floats
    leader: Floats
    juncture: Floats
    follows: Floats
    effect: Floats
    rung: Floats
    item: Floats
    largest_normal: Floats
    win_set: Floats  # written by `prepare`, out of `values`


class Drawable(NamedTuple):
    """What can be drawn: the juncture of each law, and the effect by which each leader leads."""

    laws: Ints
    leaders: Ints


class Ready(NamedTuple):
    """A world as the engine takes it; `advance` is given the same arrays.

    Attributes:
        constants: Array (number, lane): all that stays the same during a run.
        asian: Per threat, 1 if it lies in Asia.
        distracting: Per threat, 1 if it draws the alliance away from other theatres.
        after: Per law, the position of the law that has to come first, or -1.
        table: Inputs by step, flat.
    """

    constants: Floats
    asian: Ints
    distracting: Ints
    after: Ints
    table: Floats


def _positions() -> Any:
    """Return the place of each number in `Tables.values`, as `Values`."""
    tables, first = {}, 0
    for name in COEFFICIENTS:
        rows = rows_wanted(name)
        places = np.arange(first, first + len(rows), dtype=np.float64)
        tables[name] = Table(("value",), rows, places[:, None])
        first += len(rows)
    return Values._make(named_of(tables).values())


def _reading(places: Any, names: dict[str, Any]) -> str:
    """Return how numbers are read into the tuples that hold their places."""
    if not isinstance(places, tuple):
        return f"values[{int(places)}]"
    kind = type(places)
    names[kind.__name__] = kind
    return f"{kind.__name__}({', '.join(_reading(part, names) for part in places)})"


def _writing() -> str:
    """Return lines that write coefficients down one after the other, nested as declared."""
    lines: list[str] = []

    def leaves(place: str, kind: Any, per: tuple[str, ...]) -> None:
        if per:
            for k in range(len(FIXED_AXES[per[0]])):
                leaves(f"{place}[{k}]", kind, per[1:])
        elif hasattr(kind, "_fields"):
            for name in kind._fields:
                lines.append(f"    out[{len(lines)}, i] = {place}.{name}")
        else:
            lines.append(f"    out[{len(lines)}, i] = {place}")

    kinds = leaf_types(Coefficients)
    for name, entry in declared(Coefficients).items():
        leaves(f"found.{name}", kinds[name], entry.per)
    return "\n".join(lines)


PLACES = _positions()
DIVERSITY = int(PLACES.council.diversity)
WIN_SET = int(PLACES.domestic.win_set.political)  # those of the other domains follow
_names: dict[str, Any] = {"combined": combined}
_coefficients = inlined(
    made_function(
        "def coefficients_into(values, dt, out, i):\n"
        f"    found = combined({_reading(PLACES, _names)}, dt)\n{_writing()}\n",
        _names,
    )
)


@stage
def _fixed(counts: Counts, tables: Tables, settled: Settled, rows: Any, out: Ready, i: int) -> None:
    """Write what holds for threats, members, rungs and items throughout a run."""
    c = out.constants
    for k in range(counts.threats):
        c[rows.fixed_offence + k, i] = tables.threat[3 * k]
        out.distracting[k] = 1 if tables.threat[3 * k + 1] > 0.0 else 0
        out.asian[k] = 1 if tables.threat[3 * k + 2] > 0.0 else 0
    for k in range(counts.members):
        c[rows.fixed_offset + k, i] = tables.member[k]
    for k in range(counts.rungs):
        c[rows.fixed_rung_log_hazard + k, i] = tables.rung[k * RUNG]
        c[rows.fixed_rung_demand + k, i] = tables.rung[k * RUNG + 1]
        c[rows.fixed_rung_domestic_demand + k, i] = tables.rung[k * RUNG + 2]
        c[rows.fixed_rung_opens + k, i] = settled.rung_opens[k]
        c[rows.fixed_rung_granted + k, i] = 1.0 if tables.rung[k * RUNG + 4] > 0.0 else 0.0
    for k in range(counts.items):
        c[rows.fixed_item_tabled + k, i] = settled.tabled[k]
        c[rows.fixed_item_demand + k, i] = tables.item[2 * k + 1]


@stage
def _laws(
    tables: Tables, drawable: Drawable, settled: Settled, rows: Any, out: Ready, i: int
) -> None:
    """Write what makes each law pass that can be drawn; those that are not never can."""
    c = out.constants
    for law in range(drawable.laws.shape[0]):
        j = drawable.laws[law]
        row = j * LAW
        drawn = settled.law[row + LAW_DRAWN] > 0.0
        c[rows.fixed_law_log_hazard + law, i] = tables.juncture[j * JUNCTURE + LOG_HAZARD]
        c[rows.fixed_law_first_step + law, i] = settled.law[row + FIRST_STEP] if drawn else NEVER
        c[rows.fixed_law_lasts + law, i] = settled.law[row + LASTS]
        for domain in range(3):
            c[rows.fixed_law_opens + 3 * law + domain, i] = settled.law[row + OPENS + domain]
        out.after[law] = -1
        for other in range(drawable.laws.shape[0]):
            if drawn and settled.law[row + AFTER] == drawable.laws[other]:
                out.after[law] = other


def prepare(
    counts: Counts,
    tables: Tables,
    drawable: Drawable,
    settled: Settled,
    at: Places,
    into: Into,
    rows: Any,
    out: Ready,
    first: int,
    last: int,
) -> None:
    """Turn a recipe into what lanes `first` to `last` - 1 run by; the table is that of all lanes.

    Args:
        counts: How many there are of each.
        tables: The recipe.
        drawable: What can be drawn.
        settled: Room for what the cards of junctures amount to.
        at: Where inputs stand in a row of the table.
        into: Room for `fill`; its table is `out.table`.
        rows: Where constants stand, as `layout.rows_of` gives them.
        out: What is written.
        first: First lane whose constants are written.
        last: One past the last.
    """
    for domain in range(3):
        tables.win_set[domain] = tables.values[WIN_SET + domain]
    numbers = Numbers(
        tables.period,
        tables.series,
        tables.yearly,
        tables.exposure,
        tables.accession,
        tables.leader,
        tables.juncture,
        tables.follows,
        tables.effect,
        tables.rung,
        tables.item,
        tables.largest_normal,
        tables.win_set,
        tables.values[DIVERSITY],
    )
    settle(counts, numbers, settled)
    settle_days(counts, numbers, settled)
    for place in range(out.table.shape[0]):
        out.table[place] = 0.0
    fill(counts, numbers, settled, at, into)
    for i in range(first, last):
        _coefficients(tables.values, 1.0 / counts.steps_per_year, out.constants, i)
        _fixed(counts, tables, settled, rows, out, i)
        _laws(tables, drawable, settled, rows, out, i)


@stage
def _law_acts(one: Ready, other: Ready, row: int, i: int) -> float:
    """Return the first step in which a law can pass in one of two worlds."""
    step: float = min(one.constants[row, i], other.constants[row, i])
    return step


@stage
def _item_acts(one: Ready, other: Ready, row: int, i: int) -> float:
    """Return the first step in which an item is tabled in one of two worlds."""
    step = NEVER
    if one.constants[row, i] >= 0.0:
        step = one.constants[row, i]
    if other.constants[row, i] >= 0.0:
        step = min(step, other.constants[row, i])
    return step


@stage
def _constants_differ(n: int, shape: Shape, rows: Any, one: Ready, other: Ready) -> float:
    """Return the first step in which a number that stays the same differs and does something."""
    step = NEVER
    for row in range(one.constants.shape[0]):
        for i in range(n):
            if one.constants[row, i] == other.constants[row, i]:
                continue
            if row < rows.fixed_law_log_hazard:
                return 0.0
            if row < rows.fixed_item_tabled:
                law = row - rows.fixed_law_log_hazard
                if row >= rows.fixed_law_opens:
                    law = (row - rows.fixed_law_opens) // 3
                law = law % shape.laws
                step = min(step, _law_acts(one, other, rows.fixed_law_first_step + law, i))
            else:
                item = (row - rows.fixed_item_tabled) % shape.items
                step = min(step, _item_acts(one, other, rows.fixed_item_tabled + item, i))
    return step


def touched(n: int, shape: Shape, rows: Any, one: Ready, other: Ready, found: Ints) -> None:
    """Find the first step in which two worlds differ; until then runs of both are the same.

    Args:
        n: How many lanes are in use.
        shape: How many there are of each, in both.
        rows: Where constants stand.
        one: A world, as `prepare` writes it.
        other: Another.
        found: The step goes into its first number; `shape.steps` if they never differ.
    """
    step = 1.0 * shape.steps
    for k in range(shape.threats):
        if one.asian[k] != other.asian[k] or one.distracting[k] != other.distracting[k]:
            step = 0.0
    for law in range(shape.laws):
        if one.after[law] != other.after[law]:
            for i in range(n):
                step = min(step, _law_acts(one, other, rows.fixed_law_first_step + law, i))
    step = min(step, _constants_differ(n, shape, rows, one, other))
    width = one.table.shape[0] // shape.steps
    last = int(step) * width
    for place in range(last):
        if one.table[place] != other.table[place]:
            step = min(step, 1.0 * (place // width))
            break
    found[0] = int(max(step, 0.0))


def draw_uniforms(n: int, steps: int, key: Ints, channels: Ints, runs: Ints, out: Floats) -> None:
    """Draw uniforms by key, as `noise.table` does.

    Args:
        n: How many runs.
        steps: How many steps.
        key: The seed in two halves of 32 bits.
        channels: Array (2, channel) of the halves of their numbers.
        runs: Numbers of the runs.
        out: Array (run, channel, step).
    """
    for i in range(n):
        for channel in range(out.shape[1]):
            low, high = channels[0, channel] & WORD, channels[1, channel] & WORD
            for step in range(0, steps, 4):
                counter = (low, high, runs[i] & WORD, (step >> 2) & WORD)
                words = philox(counter, key[0] & WORD, key[1] & WORD)
                out[i, channel, step] = as_uniform(words[0])  # type: ignore[no-untyped-call]
                if step + 1 < steps:
                    out[i, channel, step + 1] = as_uniform(words[1])  # type: ignore[no-untyped-call]
                if step + 2 < steps:
                    out[i, channel, step + 2] = as_uniform(words[2])  # type: ignore[no-untyped-call]
                if step + 3 < steps:
                    out[i, channel, step + 3] = as_uniform(words[3])  # type: ignore[no-untyped-call]


def normals_of_ranks(levels: int, values: Floats) -> None:
    """Turn ranks into the standard normals in the middle of their intervals, where they stand.

    Args:
        levels: How many equally likely intervals there are.
        values: Array (number,): from 0 to `levels` - 1; normals afterwards.
    """
    for k in range(values.shape[0]):
        values[k] = inverse_normal((values[k] + 0.5) / levels)
