"""A new file of edits as text: commented, valid, and with examples of what it does not use."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from alliance_sim.errors import ScenarioError, shown, visible
from alliance_sim.scenario.causes import missing_causes
from alliance_sim.scenario.edit import MOVES, Edit, Move, Remove, Set, edited, value_at
from alliance_sim.scenario.edit_kinds import KINDS, setting_read
from alliance_sim.scenario.edit_texts import EditText, idle, read_edits
from alliance_sim.scenario.edits_in_words import title_of
from alliance_sim.scenario.fields import Number, no_such_day, written_day
from alliance_sim.scenario.path import PathProblem, numbers
from alliance_sim.scenario.scenario import Scenario
from alliance_sim.scenario.schema import Juncture
from alliance_sim.scenario.theories import TREND

SOURCE = "a what-if"
THREAT = "threat."


class EditsOfFile(NamedTuple):
    """Edits that words of a command line ask for.

    Attributes:
        edits: Those that have tables of their own in a file.
        texts: Those that stand in its list of texts, made after the others.
    """

    edits: list[Edit]
    texts: list[EditText]


def edits_asked(
    base: Scenario,
    without: Sequence[str],
    moves: Sequence[str],
    sets: Sequence[str],
    texts: Sequence[str] = (),
) -> EditsOfFile:
    """Return the edits that words of a command line ask for.

    Args:
        base: What they are edits of.
        without: Names of junctures.
        moves: Texts such as "isaf=2005-01-01", or "isaf=+8" for eight quarters later.
        sets: Texts such as "willingness.threat_state=1.2" or "council.rule=leader".
        texts: Edits of any kind in the grammar of `edit_texts`.

    Raises:
        ScenarioError: Naming everything that cannot be read or done, with the nearest names.
    """
    problems: list[str] = []
    edits: list[Edit] = [Remove(name) for name in without]
    for text in moves:
        edits += _read(lambda: _move(base, text), problems)  # noqa: B023 - called at once
    for text in sets:
        edits += _read(lambda: _set(base, text), problems)  # noqa: B023 - called at once
    after, asked = base, []
    try:
        after = edited(base, edits)
    except ScenarioError as error:
        problems += error.problems
    try:
        asked = read_edits(after, texts, beside=_beside(edits))
        if texts and not problems:
            edited(after, [edit for one in asked for edit in one.edits])
    except ScenarioError as error:
        problems += error.problems
    if problems:
        raise ScenarioError(base.name, problems)
    return EditsOfFile(edits, asked)


def _beside(edits: Sequence[Edit]) -> list[EditText]:
    return [EditText(edit.change.text, (edit,)) for edit in edits]


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
    if missing := no_such_day(when):
        raise PathProblem(f"--move is {shown(text)}: {missing}")
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


def new_file(base: Scenario, *, extends: str, asked: EditsOfFile, name: str, of: str = "") -> str:
    """Return the text of a file that makes some edits of a scenario.

    Args:
        base: The scenario.
        extends: What the file calls it.
        asked: What `edits_asked` returns.
        name: How the file will be called, for the lines to type that stand in it.
        of: What lists are asked with, such as " --scenario my.toml", where they are not those of
            the usual scenario.
    """
    edits = asked.edits
    every = [*edits, *(edit for one in asked.texts for edit in one.edits)]
    title = title_of(base, [edit.change for edit in every]) if every else "My what-if"
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
        *_without(base, [edit for edit in edits if isinstance(edit, Remove)], of),
        "",
        *_texts(base, asked),
        "",
        *_moved(base, [edit for edit in edits if isinstance(edit, Move)]),
        "",
        *_sets(base, [edit for edit in edits if isinstance(edit, Set)], of),
    ]
    text = "\n".join(line.rstrip() for line in lines)
    return text.replace("\n\n\n", "\n\n").rstrip("\n") + "\n"


def _without(base: Scenario, edits: Sequence[Remove], of: str) -> Iterator[str]:
    by_name = {juncture.name: juncture for juncture in base.junctures}
    yield f"# Junctures that never happen. What there is: alliance-sim list junctures{of}"
    if not edits:
        for first in _present(base)[:1]:
            yield f'# without = ["{first.name}"]  # {_card(first)}'
        return
    yield "without = ["
    for edit in edits:
        yield f"    {_text(edit.juncture)},  # {_card(by_name[edit.juncture])}"
    yield "]"


def _texts(base: Scenario, asked: EditsOfFile) -> Iterator[str]:
    yield "# Edits of every kind as texts, made after the others; they combine in any order."
    if asked.texts:
        yield "edits = ["
        for one in asked.texts:
            yield f"    {_text(one.text)},  # {_line(one.edits[0].words)}"
        yield "]"
        return
    yield "# edits = ["
    for text in examples(base):
        yield f"#     {_text(text)},  # {KINDS[text.partition(' ')[0]].words}"
    yield "# ]"


def examples(base: Scenario) -> list[str]:
    """Return an edit of each kind that has no table of its own, which all can be made together.

    A kind that nothing in the scenario is fit for is left out.
    """
    given = _tables(base)
    beside = _beside(given)
    after = edited(base, given)
    found: list[str] = []
    for kind in (kind for kind in KINDS if kind not in ("without", "set")):
        for rest in _candidates(base, kind):
            texts = [*found, f"{kind} {rest}"]
            try:
                asked = read_edits(after, texts, beside=beside)
                edited(after, [edit for one in asked for edit in one.edits])
            except ScenarioError:
                continue
            if not list(idle(after, asked)):
                found = texts
                break
    return found


def _tables(base: Scenario) -> list[Edit]:
    """Return the edits that the examples in tables of their own stand for."""
    there = _present(base)
    edits: list[Edit] = [Remove(one.name) for one in there[:1]]
    edits += [
        Move(one.name, _a_year_later(one), None, MOVES if one.end else None) for one in there[1:2]
    ]
    path, number = _a_number(base)
    return [*edits, Set(path, number.high, SOURCE)]


def _candidates(base: Scenario, kind: str) -> Iterator[str]:
    """Yield what may stand behind the first word of an edit, the fittest first."""
    there = _present(base)
    causes = {name for juncture in there for name in juncture.follows}
    first, last = base.time.first_year, base.time.last_year
    if kind == "shift":  # first one that others follow, which can then be kept
        yield from (f"{one.name}:+4" for one in sorted(there, key=lambda j: j.name not in causes))
    elif kind == "strength":
        yield from (f"{one.name}:0.5" for one in there if one.effects)
    elif kind == "hold":
        middle = (first + last) // 2
        yield f"level_operations=0.1@{middle}..{min(middle + 5, last)}"
    elif kind == "leader":
        offices = [one.name for one in there if one.kind == "leader"]
        yield from (f"{name}=none" for name in (*(one.name for one in base.leaders), *offices))
    elif kind == "council":
        yield from ("weighted_majority", "leader", "consensus")
    elif kind == "member":
        yield from (f"{one.name}:offset={one.offset.low:g}" for one in base.members)
    elif kind == "motive":
        yield from (f"{name}={state}" for name in type(base.motives).model_fields
                    for state in ("on", "off"))  # fmt: skip
    elif kind == "keep":
        yield from (one.name for one in there if one.follows)
    elif kind == "theory":
        yield from ("RI", "R", "RID")


def _moved(base: Scenario, edits: Sequence[Move]) -> Iterator[str]:
    by_name = {juncture.name: juncture for juncture in base.junctures}
    yield "# A juncture on another day; by_quarters = 8 in place of `to` moves it by quarters."
    yield '# An end goes along with end = "moves", stays with end = "stays", or gets a day.'
    if not edits:
        for other in _present(base)[1:2]:
            yield from ("# [[moved]]", f'# juncture = "{other.name}"  # {_card(other)}')
            yield f"# to = {_a_year_later(other)}"
            yield from ('# end = "moves"',) if other.end else ()
    for edit in edits:
        yield "[[moved]]"
        yield f"juncture = {_text(edit.juncture)}  # {_card(by_name[edit.juncture])}"
        yield f"to = {edit.to}" if edit.to else f"by_quarters = {edit.by_quarters}"
        if edit.end is not None:
            yield f"end = {_text(str(edit.end))}"
        yield ""


def _sets(base: Scenario, edits: Sequence[Set], of: str) -> Iterator[str]:
    if of:
        yield "# A number inside its range, or a setting. What there is:"
        yield from (f"#   alliance-sim list {kind}{of}" for kind in ("numbers", "settings"))
    else:
        yield "# A number inside its range, or a setting. What there is: alliance-sim list numbers,"
        yield "# alliance-sim list settings"
    if not edits:
        path, number = _a_number(base)
        yield from ("# [[set]]", f'# path = "{path}"  # {_range(number)}')
        yield from (f"# to = {number.high:g}", f'# source = "{SOURCE}"')
    for edit in edits:
        old = value_at(base, edit.path)
        was = _range(old) if isinstance(old, Number) else f"{_line(str(old))} so far"
        yield from ("[[set]]", f"path = {_text(edit.path)}  # {was}")
        yield from (f"to = {_value(edit.value)}", f"source = {_text(SOURCE)}", "")


def _a_number(base: Scenario) -> tuple[str, Number]:
    """Return a number that examples set, with its path; not one that a theory sets.

    That is the first of a threat, which moves what all follows from, and can still rise.
    """
    found = [one for one in numbers(base) if one[0] != TREND]
    of_threats = (
        one
        for one in found
        if one[0].startswith(THREAT) and one[0].count(".") == 2 and one[1].value < one[1].high
    )
    other = (one for one in found if one[0].count(".") == 1)
    return next(of_threats, next(other, found[0]))


def _a_year_later(juncture: Juncture) -> dt.date:
    return juncture.date.replace(year=juncture.date.year + 1, day=1)


def _present(base: Scenario) -> list[Juncture]:
    """Return the junctures that happen, by date, for examples."""
    lacking = missing_causes(base.junctures)
    there = (
        juncture
        for juncture in base.junctures
        if juncture.present
        and not (juncture.name in lacking and juncture.when_cause_removed == "falls")
    )
    return sorted(there, key=lambda j: (j.date, j.name))


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
