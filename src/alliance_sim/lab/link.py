"""The address of a page as a question: what stands behind its #, read as the page reads it.

`page/src/state/link.ts` writes and reads the same: `v=1&of=DIGEST12&edit=without+great_raid&
outcome=rung>=2@2010&theory=RID&noise=posterior&runs=4&seed=1&panel=one_world&history=17`. What a
link does not say is as the page begins. Whatever cannot be read is told, all at once, and nothing
is run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, urlencode

from alliance_sim import provenance
from alliance_sim.errors import LONGEST, SettingError, shown, unknown_name
from alliance_sim.lab.curves import plainest

if TYPE_CHECKING:
    from alliance_sim.scenario import Scenario

WHERE = "link"
VERSION = "1"
LONGEST_LINK = 8_000  # letters behind the #, as JavaScript counts them
LONGEST_TEXT = 1_000_000  # letters that are looked at for a #
MOST_EDITS = 100
MORE = "a file can hold more: alliance-sim whatif FILE"
# As many as the page runs in 0.8 GB, paths and noise of all histories included.
MOST_RUNS = {"posterior": 8, "fresh": 5_000}
MORE_RUNS = "alliance-sim whatif runs more, with --uniforms and --runs"
MOST_HISTORY = 1_000_000  # where it is not known how many draws there are
MOST_SEED = 2**53 - 1  # the largest whole number that a page can hold
DIGITS = re.compile(r"[0-9]{1,16}")
DIGEST = 12  # letters of a digest in a link
POSTERIOR, FRESH = "posterior", "fresh"
PANELS = ("timeline", "answer", "one_world", "two_worlds", "guess", "lesson", "about")
THEORY = "theory"


class LinkQuestion(NamedTuple):
    """What a link asks.

    Attributes:
        edits: Texts of edits, in the order asked.
        outcome: What is looked at.
        theory: The theory that both worlds are under.
        noise: "posterior" for twins of the history that happened, "fresh" for pairs of runs.
        runs: Sets of uniforms a draw, or pairs of runs.
        seed: Seed of all that is drawn.
        panel: The part of the page that is shown.
        history: Which history is looked at where the page shows a single one, from 1. No number
            of the answer hangs on it.
    """

    edits: tuple[str, ...]
    outcome: str
    theory: str
    noise: str
    runs: int
    seed: int
    panel: str
    history: int


class Beginning(NamedTuple):
    """What a page begins with.

    Attributes:
        digest: Of its scenario.
        outcome: The first outcome that it offers.
        theories: Theories that it knows, the first of them shown.
        draws: Whether it has draws of a posterior.
        counts: How many it has, by theory.
    """

    digest: str
    outcome: str
    theories: Sequence[str]
    draws: bool
    counts: Mapping[str, int] = MappingProxyType({})


def parameters_of(link: object) -> dict[str, list[str]]:
    """Return what a link says, by key, with every value in order.

    Args:
        link: A whole address, or the part behind its #, with the # or without.

    Raises:
        SettingError: If it is no text, or too long to be one of the page.
    """
    if not isinstance(link, str):
        raise SettingError(WHERE, [f"is {shown(link)}, must be a text such as '#v={VERSION}&...'"])
    if len(link) > LONGEST_TEXT:
        raise SettingError(WHERE, [_long(len(link))])
    address, mark, part = link.strip().partition("#")
    text = part if mark else ("" if "://" in address or "=" not in address else address)
    length = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if length > LONGEST_LINK:
        raise SettingError(WHERE, [_long(length)])
    if not mark and not text and address and "://" not in address:
        problem = f"is {shown(link, LONGEST)}, and holds no question; copy the page's address whole"
        raise SettingError(WHERE, [problem])
    found: dict[str, list[str]] = {}
    for key, value in parse_qsl(text, keep_blank_values=True, errors="replace"):
        found.setdefault(key, []).append(value)
    return found if found or not text else {"": [""]}  # something was said, and nothing is meant


def link_of(scenario: Scenario, edits: Sequence[str]) -> str:
    """Return the part of an address, # and all, by which the page of a scenario begins edited.

    Args:
        scenario: The scenario of the page.
        edits: Texts of edits, in the order asked.

    Raises:
        SettingError: If a link cannot hold as many edits, or none as long.
    """
    said = [("v", VERSION), ("of", provenance.scenario_digest(scenario)[:DIGEST])]
    said += [("edit", plainest(edit)) for edit in edits]
    text = urlencode(said)
    problems = list(_too_many(edits))
    if len(text) > LONGEST_LINK:
        problems.append(_long(len(text)))
    if problems:
        raise SettingError(WHERE, problems)
    return f"#{text}"


def read_link(said: Mapping[str, Sequence[str]], beginning: Beginning) -> LinkQuestion:
    """Return what a link asks of a page.

    Args:
        said: What it says, from `parameters_of`; of a key that is said twice the first counts.
        beginning: What the page begins with.

    Raises:
        SettingError: Naming everything that is wrong: another version or scenario, too many edits,
            a theory, noise, number or part that the page does not have.
    """
    first = {key: values[0] for key, values in said.items()}
    edits = tuple(said.get("edit", ()))
    usual = POSTERIOR if beginning.draws else FRESH
    noise = first.get("noise", usual)
    theory = first.get("theory", beginning.theories[0])
    panel = first.get("panel", PANELS[0])
    problems = list(_elsewhere(first, beginning)) if said else []
    problems += _of_edits(edits)
    if noise not in MOST_RUNS:
        problems.append(unknown_name("noise", noise, tuple(MOST_RUNS)))
    elif noise == POSTERIOR and not beginning.draws:
        problems.append(
            f"noise is {POSTERIOR!r}, and the page has no draws of a posterior; ask for {FRESH!r}"
        )
    if theory not in beginning.theories:
        problems.append(unknown_name("theory", theory, beginning.theories))
    if panel not in PANELS:
        problems.append(unknown_name("panel", panel, PANELS))
    most = MOST_RUNS.get(noise, MOST_RUNS[usual])
    begun = 4 if beginning.draws else 1000
    runs = _whole(first.get("runs"), begun, 1, most)
    seed = _whole(first.get("seed"), 1, 0, MOST_SEED)
    many = _histories(noise, theory, runs or begun, beginning)
    history = _whole(first.get("history"), 1, 1, many)
    numbers = (
        ("runs", runs, 1, most),
        ("seed", seed, 0, MOST_SEED),
        ("history", history, 1, many),
    )
    problems += [
        f"{name} is {shown(first[name], LONGEST)}, must be a whole number from {least} to {end:,}"
        f"{f'; {MORE_RUNS}' if name == 'runs' else ''}"
        for name, value, least, end in numbers
        if value is None
    ]
    if problems or runs is None or seed is None or history is None:
        raise SettingError(WHERE, problems)
    outcome = first.get("outcome", beginning.outcome)
    return LinkQuestion(edits, outcome, theory, noise, runs, seed, panel, history)


def _histories(noise: str, theory: str, runs: int, beginning: Beginning) -> int:
    """Return how many histories a question has."""
    if noise == FRESH:
        return runs
    draws = beginning.counts.get(theory, 0)
    return draws * runs if draws else MOST_HISTORY


def _elsewhere(first: Mapping[str, str], beginning: Beginning) -> Iterator[str]:
    """Yield what shows that a link is not one of this page."""
    if first.get("v") != VERSION:
        found = shown(first["v"], LONGEST) if "v" in first else "missing"
        yield f"v is {found}, must be {VERSION}: the link is of another version, or was cut short"
    of, own = first.get("of"), beginning.digest[:DIGEST]
    if of is not None and of != own:
        yield (
            f"of is {shown(of, LONGEST)}, and the scenario's digest begins with {own}: the link is "
            "of another scenario, or of another version of it"
        )


def _too_many(edits: Sequence[str]) -> Iterator[str]:
    if len(edits) > MOST_EDITS:
        yield f"holds {len(edits):,} edits, at most {MOST_EDITS} are read; {MORE}"


def _of_edits(edits: Sequence[str]) -> Iterator[str]:
    """Yield what no page can be asked; whether edits can be done is looked at later."""
    yield from _too_many(edits)
    if len(edits) > MOST_EDITS:
        return
    for edit in edits:
        if edit.strip().partition(" ")[0] == THEORY:
            yield f"edit {shown(edit, LONGEST)}: both worlds are under theory=NAME in a link"


def _whole(text: str | None, usual: int, least: int, most: int) -> int | None:
    if text is None:
        return usual
    if not DIGITS.fullmatch(text):
        return None
    return value if least <= (value := int(text)) <= most else None


def _long(length: int) -> str:
    return f"has {length:,} letters, at most {LONGEST_LINK:,} are read; {MORE}"
