"""A new file of edits as text: commented, valid, and with examples of what it does not use."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from typing import Any

from alliance_sim.errors import ScenarioError, shown, visible
from alliance_sim.scenario.edit import MOVES, Edit, Move, Remove, Set, edited, value_at
from alliance_sim.scenario.edit_kinds import setting_read
from alliance_sim.scenario.edits_in_words import title_of
from alliance_sim.scenario.fields import Number, written_day
from alliance_sim.scenario.path import PathProblem, numbers
from alliance_sim.scenario.scenario import Scenario
from alliance_sim.scenario.schema import Juncture

SOURCE = "a what-if"


def edits_asked(
    base: Scenario, without: Sequence[str], moves: Sequence[str], sets: Sequence[str]
) -> list[Edit]:
    """Return the edits that words of a command line ask for.

    Args:
        base: What they are edits of.
        without: Names of junctures.
        moves: Texts such as "isaf=2005-01-01", or "isaf=+8" for eight quarters later.
        sets: Texts such as "willingness.threat_state=1.2" or "council.rule=leader".

    Raises:
        ScenarioError: Naming everything that cannot be read or done, with the nearest names.
    """
    problems: list[str] = []
    edits: list[Edit] = [Remove(name) for name in without]
    for text in moves:
        edits += _read(lambda: _move(base, text), problems)  # noqa: B023 - called at once
    for text in sets:
        edits += _read(lambda: _set(base, text), problems)  # noqa: B023 - called at once
    try:
        edited(base, edits)
    except ScenarioError as error:
        problems += error.problems
    if problems:
        raise ScenarioError(base.name, problems)
    return edits


def _read(read: Any, problems: list[str]) -> list[Edit]:
    try:
        return [read()]
    except PathProblem as problem:
        problems.append(str(problem))
        return []


def _move(base: Scenario, text: str) -> Edit:
    name, mark, when = text.partition("=")
    when = when.strip()
    day = written_day(when)
    quarters = when[1:].isascii() and when[1:].isdigit() and len(when) < 6 and when[0] in "+-"
    if not mark or (day is None and not quarters):
        raise PathProblem(
            f"--move is {shown(text)}, must be a juncture and its new day, such as "
            "isaf=2005-01-01, or quarters later or earlier, such as isaf=+8"
        )
    has_end = any(j.name == name.strip() and j.end is not None for j in base.junctures)
    end = MOVES if has_end else None
    return Move(name.strip(), day, None if day else int(when), end)


def _set(base: Scenario, text: str) -> Edit:
    path, mark, value = (part.strip() for part in text.partition("="))
    if not mark or not path or not value:
        raise PathProblem(
            f"--set is {shown(text)}, must be a path and a value, such as "
            "willingness.threat_state=1.2 or council.rule=leader"
        )
    return setting_read(base, path, value, SOURCE)


def new_file(base: Scenario, *, extends: str, edits: Sequence[Edit], name: str) -> str:
    """Return the text of a file that makes some edits of a scenario.

    Args:
        base: The scenario.
        extends: What the file calls it.
        edits: What `edits_asked` returns.
        name: How the file will be called, for the lines to type that stand in it.
    """
    title = title_of(base, [edit.change for edit in edits]) if edits else "My what-if"
    lines = [
        "# A what-if. What stands here is changed in the scenario that it extends; all else stays.",
        f"#   check it:            alliance-sim validate {name}",
        f"#   read it:             alliance-sim show {name}",
        f"#   see what follows:    alliance-sim compare {name}",
        "",
        f"extends = {_text(extends)}  # {_line(base.title)}",
        f"title = {_text(title)}",
        'question = ""  # in one sentence, for figures and pages',
        "",
        *_without(base, [edit for edit in edits if isinstance(edit, Remove)]),
        "",
        *_moved(base, [edit for edit in edits if isinstance(edit, Move)]),
        "",
        *_sets(base, [edit for edit in edits if isinstance(edit, Set)]),
    ]
    text = "\n".join(line.rstrip() for line in lines)
    return text.replace("\n\n\n", "\n\n").rstrip("\n") + "\n"


def _without(base: Scenario, edits: Sequence[Remove]) -> Iterator[str]:
    by_name = {juncture.name: juncture for juncture in base.junctures}
    yield "# Junctures that never happen. What there is: alliance-sim list junctures"
    if not edits:
        for first in _present(base)[:1]:
            yield f'# without = ["{first.name}"]  # {_card(first)}'
        return
    yield "without = ["
    for edit in edits:
        yield f"    {_text(edit.juncture)},  # {_card(by_name[edit.juncture])}"
    yield "]"


def _moved(base: Scenario, edits: Sequence[Move]) -> Iterator[str]:
    by_name = {juncture.name: juncture for juncture in base.junctures}
    yield "# A juncture on another day; by_quarters = 8 in place of `to` moves it by quarters."
    yield '# An end goes along with end = "moves", stays with end = "stays", or gets a day.'
    if not edits:
        for other in _present(base)[1:2]:
            yield from ("# [[moved]]", f'# juncture = "{other.name}"  # {_card(other)}')
            yield f"# to = {other.date.replace(year=other.date.year + 1, day=1)}"
            yield from ('# end = "moves"',) if other.end else ()
    for edit in edits:
        yield "[[moved]]"
        yield f"juncture = {_text(edit.juncture)}  # {_card(by_name[edit.juncture])}"
        yield f"to = {edit.to}" if edit.to else f"by_quarters = {edit.by_quarters}"
        if edit.end is not None:
            yield f"end = {_text(str(edit.end))}"
        yield ""


def _sets(base: Scenario, edits: Sequence[Set]) -> Iterator[str]:
    yield "# A number inside its range, or a setting. What there is: alliance-sim list numbers,"
    yield "# alliance-sim list settings"
    if not edits:
        found = list(numbers(base))
        path, number = next((one for one in found if one[0].count(".") == 1), found[0])
        yield from ("# [[set]]", f'# path = "{path}"  # {_range(number)}')
        yield from (f"# to = {number.high:g}", f'# source = "{SOURCE}"')
    for edit in edits:
        old = value_at(base, edit.path)
        was = _range(old) if isinstance(old, Number) else f"{_line(str(old))} so far"
        yield from ("[[set]]", f"path = {_text(edit.path)}  # {was}")
        yield from (f"to = {_value(edit.value)}", f"source = {_text(SOURCE)}", "")


def _present(base: Scenario) -> list[Juncture]:
    """Return the junctures that happen, by date, for examples."""
    return sorted((j for j in base.junctures if j.present), key=lambda j: (j.date, j.name))


def _card(juncture: Juncture) -> str:
    until = "" if juncture.end is None else f" to {juncture.end}"
    return f"{_line(juncture.title)}, {juncture.date}{until}"


def _line(text: str) -> str:
    """Return a text as a comment can hold it."""
    return visible(" ".join(text.split()))


def _range(number: Number) -> str:
    unit = "" if number.unit == "1" else f" ({_line(number.unit)})"
    return f"{number.value:g} so far, from {number.low:g} to {number.high:g}{unit}"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float | dt.date) else _text(str(value))
