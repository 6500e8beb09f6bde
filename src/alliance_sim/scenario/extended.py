"""What a file of edits makes of the scenario that it extends.

Loaded when the first such file is read: a whole scenario needs none of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from alliance_sim import shipped as packaged
from alliance_sim.errors import ScenarioError
from alliance_sim.scenario.adding import OfThreats, with_periods, without_periods
from alliance_sim.scenario.causes import needless
from alliance_sim.scenario.checks import cross_problems
from alliance_sim.scenario.edit import Edit, apply_edits, as_tree
from alliance_sim.scenario.edit_file import (
    ADDITIONS,
    EditFile,
    clashes,
    doubts_of_edits,
    edits_in,
    listed,
    names_added,
)
from alliance_sim.scenario.edit_texts import EditText, read_edits
from alliance_sim.scenario.edits_in_words import edits_in_words, title_of
from alliance_sim.scenario.holds import hold_problems
from alliance_sim.scenario.path import Entries, Tree, fields_of
from alliance_sim.scenario.problems import field_problems, frozen
from alliance_sim.scenario.scenario import Scenario
from alliance_sim.scenario.schema import Change

OWN = ("relationship", "record", "series")  # settings that a file of edits may replace


def extended(
    tree: Tree, where: str, base_of: Callable[[str], Scenario], problems: list[str]
) -> tuple[Scenario, tuple[str, ...]]:
    """Return what a file of edits makes of the scenario that it extends, which has to be sound.

    Args:
        tree: The file.
        where: What it was asked for as, for the message.
        base_of: Reads the scenario of a name or path that the file extends.
        problems: Sentences for what is wrong with the file so far.

    Returns:
        The scenario, and a sentence for each edit that was probably not meant.

    Raises:
        ScenarioError: Naming every problem at once.
    """
    given: EditFile | None = None
    tree, of_threats = without_periods(tree)
    try:
        given = EditFile.model_validate(frozen(tree))
    except ValidationError as error:
        problems += field_problems(error, tree, EditFile)
    scenario: Scenario | None = None
    base: Scenario | None = None
    added: list[tuple[str, str]] = []
    edits: list[Edit] = []
    extends = tree.get("extends", packaged.usual_scenario())
    if isinstance(extends, str) and extends:
        try:
            scenario = base_of(extends)
        except ScenarioError as error:  # told alone: what else is wrong hangs on what it extends
            told = [f"extends {extends!r}: {p}" for p in error.problems]
            raise ScenarioError(where, told) from None
    if scenario is not None:
        added = names_added(tree)
        problems += clashes(scenario, added, tree)
        edits = edits_in(tree, added if given is None else ())
        if given is not None:
            scenario = _with_tables(scenario, given, of_threats, problems)
        base = scenario
        scenario, told = apply_edits(base, edits)
        problems += [problem for problem in told if problem not in problems]
        scenario, more = _with_texts(scenario, tree, edits, problems)
        edits += more
    if problems or scenario is None or base is None or given is None:
        raise ScenarioError(where, problems)
    changes = [
        *(Change(words=f"with {key} {name}", path=f"{key}.{name}") for key, name in added),
        *(edit.change for edit in edits),
    ]
    scenario = scenario.model_copy(update=_told(scenario, given, changes))
    problems += [*cross_problems(as_tree(scenario)), *hold_problems(scenario)]
    if problems:
        raise ScenarioError(where, problems)
    told_of_edits = (*doubts_of_edits(base, edits, extends), *_needless(scenario, base, where))
    if not changes and not any(key in tree for key in OWN):
        told_of_edits = (f"has no edits, so it changes nothing against {extends}",)
    return scenario, told_of_edits


def _needless(scenario: Scenario, base: Scenario, where: str) -> Iterator[str]:
    """Yield what a file of one's own edits although it falls away by its other edits.

    What ships may name all that goes with what it takes out: its digest is that of stored results.
    """
    if not Path(where).is_relative_to(packaged.scenarios().resolve()):
        known = set(needless(base))
        yield from (sentence for sentence in needless(scenario) if sentence not in known)


def _told(scenario: Scenario, given: EditFile, changes: list[Change]) -> dict[str, Any]:
    """Return what a file of edits says of the scenario itself: words, edits, settings of its own.

    Title and description are made out of the edits where the file has none.
    """
    return {
        "title": given.title or title_of(scenario, changes),
        "description": given.description or edits_in_words(scenario, changes),
        "question": given.question,
        **{key: getattr(given, key) for key in OWN if getattr(given, key) is not None},
        "edits": (*scenario.edits, *changes),
    }


def _with_tables(
    scenario: Scenario, given: EditFile, of_threats: OfThreats, problems: list[str]
) -> Scenario:
    """Return a scenario with the tables that a file of edits adds, and append all problems."""
    names = [fields_of(Scenario)[key] for key in ADDITIONS]
    added = {name: Entries((*getattr(scenario, name), *getattr(given, name))) for name in names}
    added["periods"] = Entries(sorted(added["periods"], key=lambda period: period.start))
    scenario = scenario.model_copy(update=added)
    tree, strangers = with_periods(as_tree(scenario), of_threats)
    problems += strangers
    if not of_threats:
        return scenario
    try:
        return Scenario.model_validate(frozen(tree))
    except ValidationError as error:
        problems += field_problems(error, tree, Scenario)
        return scenario


def _with_texts(
    scenario: Scenario, tree: Tree, before: Sequence[Edit], problems: list[str]
) -> tuple[Scenario, list[Edit]]:
    """Return a scenario after the edits that a file lists as texts, and append all problems.

    Args:
        scenario: The scenario after the file's other edits.
        tree: The file.
        before: Those edits.
        problems: Where sentences go.
    """
    beside = [EditText(edit.change.text, (edit,)) for edit in before]
    try:
        texts = read_edits(scenario, listed(tree, "edits", str), beside=beside)
    except ScenarioError as error:
        problems += [f"edits: {problem}" for problem in error.problems]
        return scenario, []
    edits = [edit for text in texts for edit in text.edits]
    return apply_edits(scenario, edits)[0], edits
