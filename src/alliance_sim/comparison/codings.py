"""Two codings of the same acts: how far they agree, what both miss, and what hangs on it.

Both lists were made from the same pages, so they are not independent: agreement is an upper guide,
what is missing a floor, and a chance of being coded a ceiling.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from alliance_sim.comparison.claims import check_record
from alliance_sim.display import Facts, Shown, frame_table
from alliance_sim.errors import SettingError
from alliance_sim.record.named import place_of
from alliance_sim.record.record import Record
from alliance_sim.record.reporting import Beta, Chance, Reporting
from alliance_sim.record.second_look import SecondLook, second_look_of

if TYPE_CHECKING:
    from alliance_sim.scenario import Scenario

COMPARED = ("domain", "kind", "initiator", "salience")
GROUPS = {"all": (1, 2, 3), "1": (1,), "2-3": (2, 3)}
Z95 = 1.959963984540054  # of the standard normal, two-sided 95 %


class Kappa(NamedTuple):
    """Agreement of two codings beyond chance.

    Attributes:
        acts: How many acts both coded.
        agree: Share of them coded alike.
        kappa: Cohen's kappa: 1 is perfect, 0 is what chance gives.
        se: Its asymptotic standard error.
        low: Lower end of the 95 % interval.
        high: Upper end of it, at most 1.
    """

    acts: int
    agree: float
    kappa: float
    se: float
    low: float
    high: float


class Capture(NamedTuple):
    """How many acts there were, by how many of them both lists hold.

    Attributes:
        first: Acts that the first list holds.
        second: Acts that the second holds.
        both: Acts that both hold.
        total: Chapman's estimate of all acts.
        se: Its standard error.
    """

    first: int
    second: int
    both: int
    total: float
    se: float


@dataclass(frozen=True, eq=False, repr=False)
class Codings(Shown):
    """Two codings of the same acts beside each other.

    Attributes:
        name: The record, with its edition.
        first: Name of the first list, such as "name@1".
        days: Of the acts in both lists those with a full day in both, and how many on the same day.
        agreement: One row per column that is compared: `column`, then as in `Kappa`; none for one
            in which all acts are of one class.
        captures: One row per period and salience: `period`, `salience`, then as in `Capture`, and
            `chance` (share of the second list's acts that the first holds; NaN without an act). The
            salience of an act in both lists is that of the first.
        chances: One row per era of reporting and salience: `era` (its first day, "" for any time),
            `salience`, `first`, `second`, `both`; the chance of being in the first list as a Beta
            distribution (`a`, `b`) on a uniform prior; means of it, of that for the second list,
            and for either, were they independent: `in_first`, `in_second`, `in_either`.
        claims: One row per claim as the record has it: `id`, `claim`, `basis`, the coder's
            verdicts in the first edition and in the record (`verdict_first`, `verdict`; None where
            an edition lacks the claim), and the same test put to the first list, to the second,
            and to the record (`on_first`, `on_second`, `on_record`; None where it cannot be
            decided), with `reading_first`, `reading_second`, `reading`. The ladder is that of the
            record in all three: the second list has none.
    """

    name: str
    first: str
    days: tuple[int, int]
    agreement: pd.DataFrame
    captures: pd.DataFrame
    chances: pd.DataFrame
    claims: pd.DataFrame

    def _facts(self) -> Facts:
        acts = int(self.agreement["acts"].max())
        more = [
            ("first list", self.first),
            ("same day", f"{self.days[1]} of {self.days[0]} acts with a day in both"),
            ("tables", ".agreement, .captures, .chances, .claims"),
        ]
        brief = [f"{acts} acts in both lists"]
        return Facts(self.name, brief, more, frame_table(self.agreement))


def kappa(first: Sequence[Any], second: Sequence[Any]) -> Kappa:
    """Return Cohen's kappa of two codings of the same acts, with its asymptotic interval.

    Source: Cohen 1960; the standard error is that of Fleiss, Cohen and Everitt 1969.

    Raises:
        SettingError: If the lengths differ, there is no act, or all acts are of one class.
    """
    if len(first) != len(second) or not len(first):
        problem = f"codings hold {len(first)} and {len(second)} acts, must be as many, at least one"
        raise SettingError("kappa", [problem])
    classes = sorted({*first, *second})
    if len(classes) < 2:
        raise SettingError(
            "kappa", [f"every act is {classes[0]!r}, so there is nothing to agree on"]
        )
    at = {name: place for place, name in enumerate(classes)}
    table = np.zeros((len(classes), len(classes)))
    for one, other in zip(first, second, strict=True):
        table[at[one], at[other]] += 1
    share, acts = table / table.sum(), len(first)
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    agree, chance = float(np.trace(share)), float(rows @ columns)
    found = (agree - chance) / (1 - chance)
    both = rows[:, None] + columns[None, :]  # of class i in the first, j in the second
    alike = np.diag(share) @ (1 - (rows + columns) * (1 - found)) ** 2
    apart = share * both.T**2
    unlike = (1 - found) ** 2 * (apart.sum() - np.trace(apart))
    spread = alike + unlike - (found - chance * (1 - found)) ** 2
    se = sqrt(max(0.0, spread)) / ((1 - chance) * sqrt(acts))
    return Kappa(acts, agree, found, se, found - Z95 * se, min(1.0, found + Z95 * se))


def chapman(first: int, second: int, both: int) -> Capture:
    """Return how many acts there were, by two lists that caught some of them each.

    Source: Chapman 1951; the standard error is that of Seber 1970.

    Raises:
        SettingError: If both lists share more acts than one of them holds.
    """
    if not 0 <= both <= min(first, second):
        problem = f"both hold {both} acts, must be 0 to {min(first, second)}"
        raise SettingError("chapman", [problem])
    total = (first + 1) * (second + 1) / (both + 1) - 1
    spread = (first + 1) * (second + 1) * (first - both) * (second - both)
    return Capture(first, second, both, total, sqrt(spread / (both + 2)) / (both + 1))


def compare_codings(scenario: Scenario) -> Codings:
    """Return the two codings of a scenario's record beside each other.

    Args:
        scenario: Its record is meant, and its periods.

    Raises:
        NoRecord: If there is no record, or nobody has coded it a second time.
        RecordError: If a file cannot be used; it lists all problems at once.
    """
    record = Record.of(scenario)
    look = second_look_of(place_of(scenario)[0])
    eras = record.reporting.chance
    lists = _both(look, record, eras)
    chances = _chances(lists, eras)
    first = _list(record, look.first, chances, which=("first", "second"))
    second = _list(record, look.second, chances, which=("second", "first"))
    return Codings(
        name=record.name,
        first=f"{record.name.partition('@')[0]}@1" if record.edition else record.name,
        days=_days(look),
        agreement=_agreement(look),
        captures=_captures(lists, record),
        chances=chances,
        claims=_claims(scenario, record, first, second),
    )


def _agreement(look: SecondLook) -> pd.DataFrame:
    rows = []
    for column in COMPARED:
        pairs = [
            (_class(look.first[p.first], column), _class(look.second[p.second], column))
            for p in look.pairs
        ]
        if len({one for pair in pairs for one in pair}) > 1:  # else there is nothing to agree on
            rows.append((column, *kappa([a for a, _ in pairs], [b for _, b in pairs])))
    return pd.DataFrame(rows, columns=["column", *Kappa._fields])


def _class(row: Any, column: str) -> str:
    """Return the class of an act; allies are one class of initiators."""
    text = str(row[column])
    return text.partition(":")[0] if column == "initiator" else text


def _days(look: SecondLook) -> tuple[int, int]:
    full = [
        (a, b)
        for p in look.pairs
        if len(a := look.first[p.first]["date"]) == len(b := look.second[p.second]["date"]) == 10
    ]
    return len(full), sum(a == b for a, b in full)


def _both(look: SecondLook, record: Record, eras: Sequence[Chance]) -> pd.DataFrame:
    """Return the acts of both lists: `when`, `period`, `salience`, `era`, `list`, `shared`."""
    partner = {pair.second: pair.first for pair in look.pairs}
    shared = set(partner.values())
    saliences = [
        *(row["salience"] for row in look.first),
        *(look.first[partner[at]]["salience"] if at in partner else row["salience"]
          for at, row in enumerate(look.second)),
    ]  # fmt: skip
    frames = [
        record.with_acts(acts, name="", reporting=record.reporting).events[["when", "period"]]
        for acts in (look.first, look.second)
    ]
    acts = pd.concat(frames, ignore_index=True)
    days = [when.date() for when in acts["when"]]
    return acts.assign(
        salience=[int(one) for one in saliences],
        era=[max(0, sum(era.since <= day for era in eras) - 1) for day in days],
        list=np.repeat([0, 1], [len(look.first), len(look.second)]),
        shared=[
            *(at in shared for at in range(len(look.first))),
            *(at in partner for at in range(len(look.second))),
        ],
    )


def _caught(acts: pd.DataFrame) -> tuple[int, int, int]:
    """Return how many acts the first list holds, the second, and both.

    An act in both counts for each list where that list dates it, and as shared where the second
    does; one that the lists date on either side of an end is shared at most as often as it counts.
    """
    ours, theirs = acts[acts["list"] == 0], acts[acts["list"] == 1]
    return len(ours), len(theirs), min(len(ours), int(theirs["shared"].sum()))


def _captures(lists: pd.DataFrame, record: Record) -> pd.DataFrame:
    rows = []
    for period, (group, saliences) in product(record.periods, GROUPS.items()):
        here = lists[(lists["period"] == period.id) & lists["salience"].isin(saliences)]
        found = chapman(*_caught(here))
        chance = found.both / found.second if found.second else np.nan
        rows.append((period.id, group, *found, chance))
    return pd.DataFrame(rows, columns=["period", "salience", *Capture._fields, "chance"])


def _chances(lists: pd.DataFrame, eras: Sequence[Chance]) -> pd.DataFrame:
    rows = []
    for group in ("1", "2-3"):
        of_group = lists[lists["salience"].isin(GROUPS[group])]
        for era in [*range(len(eras)), None]:
            here = of_group if era is None else of_group[of_group["era"] == era]
            first, second, both = _caught(here)
            in_first, in_second = ((1 + both) / (2 + n) for n in (second, first))
            either = 1 - (1 - in_first) * (1 - in_second)
            since = "" if era is None else eras[era].since.isoformat()
            shape = (1 + both, 1 + second - both)
            rows.append((since, group, first, second, both, *shape, in_first, in_second, either))
    names = ["era", "salience", "first", "second", "both", "a", "b"]
    return pd.DataFrame(rows, columns=[*names, "in_first", "in_second", "in_either"])


def reporting_of(chances: pd.DataFrame, *, which: tuple[str, str], first_year: int) -> Reporting:
    """Return the chances of being in one of two lists, by what the other holds.

    Those of salience 1 by era, those of salience 2 and 3 at any time.

    Args:
        chances: As in `Codings.chances`.
        which: The list, and the other: "first" and "second" in one of two orders.
        first_year: First year in which an act could have been found.
    """
    other = which[1]

    def beta(rows: pd.DataFrame) -> Beta:
        (row,) = rows.to_dict("records")
        return Beta(beta=(1 + row["both"], 1 + row[other] - row["both"]))

    small, large = (chances[chances["salience"] == group] for group in ("1", "2-3"))
    great = beta(large[large["era"] == ""])
    eras = [era for era in small["era"] if era]
    parts = [
        {
            "from": dt.date.fromisoformat(era),
            "salience_1": beta(small[small["era"] == era]),
            "salience_2": great,
            "salience_3": great,
        }
        for era in eras
    ]
    return Reporting(first_year=first_year, chance=tuple(Chance.model_validate(p) for p in parts))


def _list(
    record: Record, rows: Sequence[Any], chances: pd.DataFrame, *, which: tuple[str, str]
) -> Record:
    """Return a list of acts as a record, with the chances that it has by the other."""
    reporting = reporting_of(chances, which=which, first_year=record.first_year)
    return record.with_acts(rows, name=f"{record.name}, {which[0]} list", reporting=reporting)


def _claims(scenario: Scenario, record: Record, first: Record, second: Record) -> pd.DataFrame:
    relationship, calendar = scenario.relationship, scenario.calendar()
    claims = record.claims.set_index("claim_id")
    coded = {"first": first, "second": second, "record": record}
    checks = {
        name: _checked(one, record, relationship, calendar).set_index("id")
        for name, one in coded.items()
    }
    known = [claim for claim in claims.index if claim in checks["record"].index]
    before = _verdicts_before(scenario, record)
    rows = [
        {
            "id": claim,
            "claim": claims["claim"][claim],
            "basis": claims["basis"][claim] if "basis" in claims else None,
            "verdict_first": before.get(claim),
            "verdict": claims["record"][claim],
            **{f"on_{name}": _truth(found["holds"][claim]) for name, found in checks.items()},
            "reading_first": checks["first"]["reading"][claim],
            "reading_second": checks["second"]["reading"][claim],
            "reading": checks["record"]["reading"][claim],
        }
        for claim in known
    ]
    return pd.DataFrame(rows, dtype=object)


def _checked(one: Record, record: Record, relationship: str, calendar: Any) -> pd.DataFrame:
    """Return the record's own reading of the claims put to a coding."""
    return check_record(replace(one, name=record.name), relationship, calendar)


def _verdicts_before(scenario: Scenario, record: Record) -> dict[str, str]:
    """Return the coder's verdicts of the first edition, by claim; none without editions."""
    if record.edition in (None, 1):
        return {}
    folder = place_of(scenario)[0].with_name("edition_1")
    before = Record.of(scenario.model_copy(update={"record": str(folder)})).claims
    return dict(zip(before["claim_id"], before["record"], strict=True))


def _truth(holds: Any) -> bool | None:
    return None if pd.isna(holds) else bool(holds)
