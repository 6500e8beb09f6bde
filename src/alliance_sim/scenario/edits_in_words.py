"""What was edited in a scenario, in words: its name, its title, its description.

A juncture is called by its title in what is to be read, and by its name in what is to be typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from alliance_sim.scenario.schema import Change

if TYPE_CHECKING:
    from alliance_sim.scenario.scenario import Scenario

LONGEST_NAME = 200
STRENGTH, HOLDS = "strength ", "hold"
RESPONSE, STAYS = ".when_cause_removed", "stays"
MOST_IN_TITLE, MOST_TOLD = 3, 20  # edits that a title and a description name


def changes_between(factual: Scenario, edited: Scenario) -> tuple[Change, ...]:
    """Return the edits that lead from one scenario to another.

    Those that both begin with are left out; where the edited one does not begin with all edits of
    the factual one, it was edited from elsewhere, and all of its own count.
    """
    shared = len(factual.edits) if edited.edits[: len(factual.edits)] == factual.edits else 0
    return tuple(edited.edits[shared:])


def multiples(changes: Iterable[Change]) -> dict[str, float]:
    """Return how many times as large edits make numbers, by path; of those set, nothing is left."""
    times: dict[str, float] = {}
    stated: set[str] = set()
    for change in changes:
        if change.times is None:
            stated.add(change.path)
        else:
            times[change.path] = times.get(change.path, 1.0) * change.times
    return {path: many for path, many in times.items() if path not in stated}


def likenesses(changes: Iterable[Change]) -> dict[str, str]:
    """Return by path whose value edits give a number, as the path of that.

    A leader's push in the place of another is that of "juncture.<name>.present", which goes. What
    was set before it was copied is a number that was stated, and is left out.
    """
    found: dict[str, str] = {}
    stated: set[str] = set()
    for change in changes:
        found.pop(change.path, None)
        source = found.get(change.like, change.like) if change.like else None
        if source is not None and (source not in stated or change.like in found):
            found[change.path] = source
        stated.add(change.path)
    return found


def kept_of(changes: Iterable[Change]) -> tuple[str, ...]:
    """Return the junctures that edits hold as dated, whatever becomes of what they follow."""
    held = {change.path: change.value for change in changes if change.path.endswith(RESPONSE)}
    return tuple(path.split(".")[1] for path, value in held.items() if value == STAYS)


def texts_of(changes: Sequence[Change], *, tables: bool = False) -> tuple[str, ...]:
    """Return texts that make the same edits again, each once.

    Of what was edited again, only what stands in the end is told: a number that was set later, a
    juncture that was taken out. What made all that a juncture moves stronger or weaker more than
    once is one strength.

    Args:
        changes: The edits, in the order in which they were made.
        tables: Whether a table that was added, which has no text, is told in words.
    """
    found: dict[str, str] = {}
    stronger: dict[str, dict[str, float]] = {}
    for place, change in enumerate(changes):
        text = change.text or (change.words if tables else "")
        if not text or any(_undoes(later, change) for later in changes[place + 1 :]):
            continue
        if change.times is None or not text.startswith(STRENGTH):
            found[text] = text
            continue
        which = text.partition(":")[0]
        before = stronger.setdefault(which, {})
        if change.path in before:  # once more; it stands as it was asked for where it came once
            text = f"{which}:{before[change.path] * change.times!r}"
        before[change.path] = before.get(change.path, 1.0) * change.times
        found[which] = text
    return tuple(found.values())


def _undoes(later: Change, change: Change) -> bool:
    """Whether nothing is left of an edit after a later one."""
    if later.path == change.path and later.path != HOLDS:
        return later.times is None
    head, _, field = later.path.rpartition(".")
    return field == "present" and later.value is False and change.path.startswith(f"{head}.")


def title_of(scenario: Scenario, changes: Sequence[Change]) -> str:
    """Return the title of an edited scenario that brings none, such as "Without “Great raid”".

    Args:
        scenario: The edited scenario, or the one before the edits with all that they name.
        changes: The edits.
    """
    if not changes:
        return f"{scenario.title}, not edited"
    told = list(dict.fromkeys(words_of(change, scenario) for change in changes))
    more = f" and {len(told) - MOST_IN_TITLE} more edits" if len(told) > MOST_IN_TITLE else ""
    text = ", ".join(told[:MOST_IN_TITLE]) + more
    return text[:1].upper() + text[1:]


def edits_in_words(scenario: Scenario, changes: Sequence[Change]) -> str:
    """Return the description of an edited scenario that brings none."""
    told = "; ".join(change.words for change in changes[:MOST_TOLD])
    more = f"; and {len(changes) - MOST_TOLD} more" if len(changes) > MOST_TOLD else ""
    return f"{scenario.title}, with these edits: {told or 'none'}{more}."


def renamed(before: Scenario, after: Scenario, done: Sequence[Change]) -> Scenario:
    """Return an edited scenario whose name, title and list of edits tell what was done.

    A name or a title that would become long tells how many edits there are.
    """
    if not done:
        return after
    edits = (*before.edits, *done)
    name = f"{before.name}, {', '.join(dict.fromkeys(edit.words for edit in done))}"
    if len(name) > LONGEST_NAME or before.name.endswith(" edits"):
        name = f"{before.name.partition(',')[0]}, {len(edits)} edits"
    told = dict.fromkeys(words_of(change, after) for change in done)
    title = f"{before.title}, {', '.join(told)}"
    if len(title) > LONGEST_NAME or before.title.endswith(" edits"):
        whole = _before_edits(
            before, list(dict.fromkeys(words_of(change, after) for change in before.edits))
        )
        title = f"{whole}, {len(edits)} edits"
    return after.model_copy(update={"edits": edits, "name": name, "title": title})


def _before_edits(scenario: Scenario, told: Sequence[str]) -> str:
    """Return the title that a scenario had before the edits that its title tells."""
    title = scenario.title.removesuffix(f", {len(scenario.edits)} edits")
    for words in reversed(told):
        title = title.removesuffix(f", {words}")
    return title


def words_of(change: Change, scenario: Scenario) -> str:
    """Return an edit in words to be read: 'without “Ports act”', 'motive leverage on'."""
    kind, _, rest = change.path.partition(".")
    name, _, field = rest.partition(".")
    plain = _plain(change, scenario)
    if plain:
        return plain
    title = next((f"“{j.title}”" for j in scenario.junctures if j.name == name), "")
    if change.asked is not None and title:
        before, _, after = change.words.partition(name)
        by_name = change.asked.startswith("leader ")  # whoever stands in the place
        return f"{before}{title}{after.replace('_', ' ') if by_name else after}"
    if kind != "juncture" or field not in ("present", "date", "") or not title:
        plainly = change.path.replace(".", " ")
        return change.words.replace(change.path, plainly).replace("_", " ")
    if not field:  # the edit brings it
        return f"with {title}"
    if field == "present":
        return f"{'with' if change.value else 'without'} {title}"
    how = (
        f"to {change.value}" if change.by_quarters is None else f"by {change.by_quarters} quarters"
    )
    end = f", its end {_end_in_words(change.end)}" if change.end not in (None, "moves") else ""
    return f"{title} moved {how}{end}"


def _plain(change: Change, scenario: Scenario) -> str:
    """Return in plain words an edit of a member, "" for any other."""
    kind, _, rest = change.path.partition(".")
    name, _, field = rest.partition(".")
    title = next((m.title for m in scenario.members if m.name == name), "")
    if kind != "member" or not title or change.value is None:
        return ""
    return _of_member(title, field, change.value, scenario)


def _of_member(title: str, field: str, value: object, scenario: Scenario) -> str:
    """Return what a field of a member was set to, as a reader says it; "" if there is no word."""
    alliance = _alliance(scenario)
    what, _, more = field.partition(".")
    if what == "guarantor":
        return f"{title} {'a guarantor' if value else 'no guarantor'} by treaty"
    if what == "accession":
        number, _, of = more.partition(".")
        which = f"accession {int(number) + 1} of {title}" if number.isdigit() else ""
        told = {"date": f"{which} on {value}", "weight": f"weight of {which} set to {value}"}
        told["states"] = f"{which} counted as {value} states"
        return told.get(of, "") if which else ""
    if not isinstance(value, int | float):
        return ""
    if what == "offset":
        by = f"{value:+g}".replace("-", "\N{MINUS SIGN}")
        how = "more" if value > 0.0 else "less"
        same = f"{title} as willing as {alliance} on average"
        return f"{title} {how} willing than {alliance} ({by})" if value else same
    if what == "exposure":
        threat = next((t.title for t in scenario.threats if t.name == more), more)
        times = "" if value == 1.0 else f"{value:g} times "
        return f"exposure of {title} to “{threat}” {times or 'just '}that of {alliance}"
    return ""


def _alliance(scenario: Scenario) -> str:
    return scenario.partners.alliance_title or scenario.partners.alliance


def _end_in_words(end: str | None) -> str:
    return "stays" if end == "stays" else f"on {end}"
