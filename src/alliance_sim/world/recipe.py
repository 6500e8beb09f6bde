"""A scenario as plain tables of numbers, of which `fill` makes numbers by quarter.

Dates have become positions on the axis of quarters and names stand beside the numbers, so that
whoever can read JSON can change a number, move a date or remove a juncture, and fill in the same
world as a scenario edited that way. The form is described in `docs/how-to/contribute/recipe.md`.
"""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any, NamedTuple, get_args, get_origin

import numpy as np
from numpy.typing import NDArray

from alliance_sim.calendar import Calendar
from alliance_sim.errors import ScenarioError, unknown_name
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.fields import DOMAINS, SERIES, Part
from alliance_sim.world.settle import NONE, Counts, Numbers

FORMAT, VERSION = "alliance-sim recipe", 1
# Tables of a scenario whose numbers stay the same throughout a run.
COEFFICIENTS = (
    *("theory", "willingness", "levels", "assets", "perception", "threat_dynamics", "domestic"),
    *("council", "ladder", "network", "motives", "observation"),
)
MOVES = (
    *("hostility", "commitment", "networking", "link"),
    *("win_set", "leadership", "involvement", "need", "attention"),
)
RESPONSES = ("stays", "falls", "drawn")
BY_THREAT = ("hostility", "exposure_state", "exposure_alliance")
MOST_BYTES = 8_000_000
MOST_ROWS = 2_000
FAR = 2_000_000.0  # no number of a recipe lies further from 0; largest is a position in months

# Expected largest of K standard normals, K = 1 to 20.
# Source: H. L. Harter, "Expected values of normal order statistics", Biometrika 48 (1961) 151-165.
LARGEST_OF = (
    *(0.0, 0.56419, 0.84628, 1.02938, 1.16296, 1.26721, 1.35218, 1.42360, 1.48501, 1.53875),
    *(1.58644, 1.62923, 1.66799, 1.70338, 1.73591, 1.76599, 1.79394, 1.82003, 1.84448, 1.86748),
)


class Column(NamedTuple):
    """One column of a table, and which numbers it takes."""

    name: str
    low: float = -FAR
    high: float = FAR
    whole: bool = False
    optional: bool = False  # `NONE`, null in JSON, where there is no number
    of: str = ""  # the table whose rows it counts, from 0


def _flag(name: str) -> Column:
    return Column(name, 0.0, 1.0, whole=True)


COLUMNS: dict[str, tuple[Column, ...]] = {
    "threat": (Column("offence", 0.0, 1.0), _flag("distracts"), _flag("asian")),
    "period": (
        Column("start"),
        *(Column(key, 0.0, 1.0) for key in ("commitment", "networking", "link")),
    ),
    "series": (
        Column("constant", 0.0, 1.0, optional=True),
        Column("divide_by", 1e-6, 1e6),
        Column("floor", 0.0, 1.0),
    ),
    "yearly": (),
    "member": (Column("offset"),),
    "exposure": (),
    "accession": (
        Column("member", whole=True, of="member"),
        Column("date"),
        Column("states", 1.0, 20.0, whole=True),
        Column("weight", 0.0, 1.0),
    ),
    "leader": (_flag("partner"), Column("start"), Column("end"), Column("push")),
    "juncture": (
        _flag("present"),
        Column("date"),
        Column("end", optional=True),
        Column("original_date", optional=True),
        _flag("mission"),
        Column("when_cause_removed", 0.0, 2.0, whole=True),
        _flag("event"),
        Column("log_hazard", optional=True),
    ),
    "follows": (
        Column("juncture", whole=True, of="juncture"),
        Column("cause", whole=True, of="juncture"),
    ),
    "effect": (
        Column("juncture", whole=True, of="juncture"),
        _flag("replacement"),
        Column("moves", 0.0, 8.0, whole=True),
        Column("of", -1.0, float(MOST_ROWS), whole=True),
        Column("domain", -1.0, 2.0, whole=True),
        Column("size"),
        Column("half_life", 0.05, 200.0, optional=True),
        _flag("drawn"),
    ),
    "rung": (
        Column("log_hazard"),
        Column("demand"),
        Column("domestic_demand", 0.0, 1.0),
        Column("opens", optional=True),
        _flag("granted"),
    ),
    "item": (Column("tabled"), Column("demand")),
    **dict.fromkeys((*COEFFICIENTS, "largest_normal"), (Column("value"),)),
}
# Tables whose numbers `fill` takes, and those whose rows it counts, in its order.
FILLED = tuple(name for name in Numbers._fields if name in COLUMNS)
COUNTED = (
    *("period", "threat", "member", "accession", "leader", "juncture", "follows", "effect"),
    *("rung", "item"),
)
STEPS_A_YEAR = (1, 2, 4, 12)
YEARS = (1900, 2100)
# For each kind of effect: how many it can be of, 0 if of none, -1 for the threats; and domains.
OF_WHAT = ((-1, 0), (0, 0), (0, 0), (0, 0), (3, 0), (2, 0), (2, 0), (2, 3), (0, 0))


def columns_of(table: str, threats: tuple[str, ...], calendar: Calendar) -> tuple[Column, ...]:
    """Return the columns of a table, which may go on with one for each threat or year."""
    more: tuple[Column, ...] = ()
    if table == "period":
        more = tuple(Column(f"{key}.{name}", 0.0, 1.0) for key in BY_THREAT for name in threats)
    elif table == "exposure":
        more = tuple(Column(name, 0.0, 20.0) for name in threats)
    elif table == "yearly":
        years = range(calendar.first_year, calendar.last_year + 1)
        more = tuple(Column(str(year), -1e12, 1e12) for year in years)
    return COLUMNS[table] + more


class Table(NamedTuple):
    """Numbers by row and column, and what both are called."""

    columns: tuple[str, ...]
    rows: tuple[str, ...]
    values: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Recipe:
    """A scenario as tables of numbers.

    Attributes:
        scenario: Name of the scenario.
        partners: Name of the relationship, of the state and of the alliance.
        calendar: The quarters; dates are positions on its axis.
        tables: By name; see `COLUMNS` and the reference.
        named: The tables of `COEFFICIENTS` as named tuples, in which others may lie: `domestic` has
            `win_set.political`.
    """

    scenario: str
    partners: tuple[str, str, str]
    calendar: Calendar
    tables: Mapping[str, Table]
    named: Mapping[str, Any]

    def _all(self) -> Iterator[tuple[str, Table]]:
        return ((name, self.tables[name]) for name in COLUMNS)

    def shares(self, other: Recipe, *tables: str) -> bool:
        """Whether two recipes hold the identical tables."""
        ours, theirs = self.tables, other.tables
        return all(ours[name] is theirs[name] for name in tables)

    @cached_property
    def counts(self) -> Counts:
        """How many there are of each."""
        first = self.calendar.first_year
        years = self.calendar.last_year - first + 1
        rows = (len(self.tables[name].rows) for name in COUNTED)
        return Counts(years, self.calendar.steps_per_year, first, *rows)

    @cached_property
    def numbers(self) -> Numbers:
        """The tables as `fill` takes them, as arrays."""
        flat: dict[str, Any] = {name: self.tables[name].values.reshape(-1) for name in FILLED}
        diversity, *win_set = self.fixed_inputs()
        fixed: Any = np.array(win_set)
        return Numbers(**flat, win_set=fixed, diversity=diversity)

    def fixed_inputs(self) -> tuple[float, ...]:
        """Return the numbers among the coefficients that inputs are made of."""
        win_set = self.named["domestic"].win_set
        opened = (getattr(win_set, domain) for domain in DOMAINS)
        return (self.named["council"].diversity, *opened)

    @cached_property
    def listed(self) -> Numbers:
        """The same as lists, which plain Python reads faster."""
        arrays: tuple[Any, ...] = self.numbers
        lists: list[Any] = [p if isinstance(p, float) else p.tolist() for p in arrays]
        return Numbers(*lists)

    def names(self, table: str) -> tuple[str, ...]:
        """Return the names of a table's rows, such as "piracy" of "threat.piracy"."""
        return tuple(row.rpartition(".")[2] for row in self.tables[table].rows)

    def column(self, table: str, name: str) -> list[float]:
        """Return the numbers of a column, one per row."""
        found = self.tables[table]
        numbers: list[float] = found.values[:, found.columns.index(name)].tolist()
        return numbers

    def find(self, path: str) -> tuple[str, int, int] | None:
        """Return table, row and column at a path, as "member.germany.accession.0.date", or None."""
        parts = path.split(".")
        for cut in range(len(parts), 0, -1):
            row, column = ".".join(parts[:cut]), ".".join(parts[cut:])
            for name, table in self._all():
                wanted = column or ("constant" if name == "series" else "value")
                if row in table.rows and wanted in table.columns:
                    return name, table.rows.index(row), table.columns.index(wanted)
        return None

    def place(self, path: str) -> tuple[str, int, int]:
        """Return where the number at a path is, as `find` does.

        Raises:
            ScenarioError: If there is no such number.
        """
        if (found := self.find(path)) is not None:
            return found
        known = [
            row if column in ("value", "constant") else f"{row}.{column}"
            for _, table in self._all()
            for row in table.rows
            for column in table.columns
        ]
        raise ScenarioError(self.scenario, [unknown_name("number", path, known)])

    def with_values(self, values: Mapping[str, float]) -> Recipe:
        """Return the recipe with other numbers at some paths; `NONE` where there is none.

        Effects of one juncture that move the same are worked out in the order of their sizes:
        whoever changes one of these has to put them in order again.

        Raises:
            ScenarioError: If there is no number at a path, or its column does not take the value.
        """
        changed: dict[str, NDArray[np.float64]] = {}
        for path, value in values.items():
            name, row, column = self.place(path)
            if name not in changed:
                changed[name] = self.tables[name].values.copy()
            changed[name][row, column] = value
        tables = {
            name: table._replace(values=_kept(changed[name])) if name in changed else table
            for name, table in self._all()
        }
        problems = _problems(tables, self.calendar)
        if problems:
            raise ScenarioError(self.scenario, problems)
        return replace(self, tables=tables, named=named_of(tables))

    def to_json(self) -> str:
        """Return the recipe as JSON; `from_json` gives the same numbers back, to the last bit."""
        calendar = self.calendar
        tree = {
            "format": FORMAT,
            "version": VERSION,
            "scenario": self.scenario,
            "partners": list(self.partners),
            "time": [calendar.first_year, calendar.last_year, calendar.steps_per_year],
            "tables": {
                name: {
                    "columns": list(table.columns),
                    "rows": list(table.rows),
                    "values": [
                        [None if value == NONE else value for value in row]
                        for row in table.values.tolist()
                    ],
                }
                for name, table in self._all()
            },
        }
        return json.dumps(tree, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str, where: str = "recipe") -> Recipe:
        """Return the recipe that a JSON text holds.

        Args:
            text: As written by `to_json`, at most 8 MB.
            where: What was read, for messages.

        Raises:
            ScenarioError: With every problem: no JSON, another format or version, a table that is
                missing or has other columns, a number that its column does not take.
        """
        try:
            if len(text) > MOST_BYTES:
                raise ValueError(f"is {len(text):,} letters long, at most {MOST_BYTES:,} are read")
            tree = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ScenarioError(where, [f"is not JSON that can be read: {error}"]) from None
        problems = _outside_problems(tree)
        if problems:
            raise ScenarioError(where, problems)
        tables = {}
        for name in COLUMNS:
            try:
                tables[name] = _read_table(tree["tables"][name])
            except (ValueError, TypeError, KeyError, OverflowError) as error:
                problems.append(f"table {name!r}: is no table of numbers: {error}")
        if problems:
            raise ScenarioError(where, problems)
        partners = tree["partners"]
        names = (partners[0], partners[1], partners[2])
        calendar = Calendar(*tree["time"])
        problems = _problems(tables, calendar)
        if problems:
            raise ScenarioError(where, problems)
        return cls(tree["scenario"], names, calendar, tables, named_of(tables))


@cache
def kind_of(name: str, fields: tuple[str, ...]) -> Any:
    """Return the class of named tuples that hold the numbers of a table."""
    return namedtuple(name, fields)


def named_of(tables: Mapping[str, Table]) -> dict[str, Any]:
    """Return the tables of `COEFFICIENTS`, whose rows are called by paths, as named tuples."""
    found = {}
    for name in COEFFICIENTS:
        rows, numbers = tables[name].rows, tables[name].values[:, 0].tolist()
        below = [(row.removeprefix(f"{name}."), x) for row, x in zip(rows, numbers, strict=True)]
        found[name] = _branch(name, below)
    return found


def _branch(name: str, below: list[tuple[str, float]]) -> Any:
    fields: dict[str, Any] = {}
    for path, number in below:
        field, _, rest = path.partition(".")
        if rest:
            fields.setdefault(field, []).append((rest, number))
        else:
            fields[field] = number
    return kind_of(name, tuple(fields))(
        *(_branch(f"{name}_{k}", x) if isinstance(x, list) else x for k, x in fields.items())
    )


@cache
def rows_wanted(table: str) -> tuple[str, ...]:
    """Return the rows of a table of `COEFFICIENTS`, which are those of every scenario."""
    return tuple(_paths(Scenario.model_fields[table].annotation, table))


def _paths(kind: Any, path: str) -> Iterator[str]:
    if isinstance(kind, type) and issubclass(kind, Part):
        for name, field in kind.model_fields.items():
            yield from _paths(field.annotation, f"{path}.{name}")
    elif get_origin(kind) is dict:
        for series in sorted(SERIES):
            yield from _paths(get_args(kind)[1], f"{path}.{series}")
    else:
        yield path


def _kept(values: NDArray[np.float64]) -> NDArray[np.float64]:
    values.setflags(write=False)
    return values


def _read_table(tree: Mapping[str, Any]) -> Table:
    """Return a table out of JSON; what its numbers may be is looked at later."""
    columns, rows = tuple(tree["columns"]), tuple(tree["rows"])
    if not all(isinstance(name, str) for name in (*columns, *rows)):
        raise ValueError("columns and rows need names")
    if len(rows) > MOST_ROWS or len(columns) > MOST_ROWS:
        raise ValueError(f"{len(rows):,} rows and {len(columns):,} columns; {MOST_ROWS:,} are most")
    if len(set(rows)) < len(rows):
        raise ValueError("two rows have one name")
    values = np.zeros((len(rows), len(columns)))
    for i, (row, found) in enumerate(zip(rows, tree["values"], strict=True)):
        if len(found) != len(columns):
            raise ValueError(f"row {row!r} holds {len(found)} numbers, must hold {len(columns)}")
        for value in found:
            if value is not None and type(value) not in (int, float):
                raise ValueError(f"{value!r} in row {row!r} is no number")
        values[i] = np.array([NONE if value is None else float(value) for value in found])
    return Table(columns, rows, _kept(values))


def _outside_problems(tree: Any) -> list[str]:
    """Return what is wrong with everything but the tables."""
    if not isinstance(tree, dict) or tree.get("format") != FORMAT:
        return [f"is no recipe: its format must be {FORMAT!r}"]
    if tree.get("version") != VERSION:
        again = "make it again from its scenario, recipe_of(load_scenario(...)).to_json()"
        return [f"has version {tree.get('version')!r}, this program reads {VERSION}: {again}"]
    problems = []
    if not isinstance(tree.get("scenario"), str):
        problems.append("scenario: must be a name")
    partners = tree.get("partners")
    if not isinstance(partners, list) or [type(name) for name in partners] != [str] * 3:
        problems.append("partners: must be the names of relationship, state and alliance")
    time, (low, high) = tree.get("time"), YEARS
    if (
        not isinstance(time, list)
        or [type(number) for number in time] != [int] * 3
        or not low <= time[0] <= time[1] <= high
        or time[2] not in STEPS_A_YEAR
    ):
        steps = ", ".join(map(str, STEPS_A_YEAR))
        problems.append(
            f"time: must be first year, last year ({low} to {high}) and steps a year ({steps})"
        )
    tables = tree.get("tables")
    if not isinstance(tables, dict):
        return [*problems, "tables: must be a table of tables"]
    problems += [f"table {name!r}: is missing" for name in COLUMNS if name not in tables]
    problems += [f"tables: {unknown_name('table', t, COLUMNS)}" for t in tables if t not in COLUMNS]
    return problems


def _problems(tables: Mapping[str, Table], calendar: Calendar) -> list[str]:
    """Return a sentence for everything that `fill` could not use."""
    threats = tuple(row.removeprefix("threat.") for row in tables["threat"].rows)
    problems = []
    for name, table in tables.items():
        columns = columns_of(name, threats, calendar)
        if table.columns != tuple(column.name for column in columns):
            problems.append(f"table {name!r}: columns must be {[c.name for c in columns]}")
        else:
            problems += _numbers_problems(name, table, columns, tables)
    if problems:
        return problems
    rows = {name: len(table.rows) for name, table in tables.items()}
    alike = {"series": rows["threat"] + 1, "yearly": rows["threat"] + 1}
    alike |= {"exposure": rows["member"], "largest_normal": len(LARGEST_OF)}
    problems += [
        f"table {name!r}: has {rows[name]} rows, must have {wanted}"
        for name, wanted in alike.items()
        if rows[name] != wanted
    ]
    lists = ("threat", "period", "member", "accession", "rung")
    problems += [f"table {name!r}: has no row" for name in lists if rows[name] == 0]
    for name in COEFFICIENTS:
        wanted, found = set(rows_wanted(name)), set(tables[name].rows)
        problems += [f"table {name!r}: row {row!r} is missing" for row in sorted(wanted - found)]
        problems += [f"table {name!r}: {unknown_name('row', r, wanted)}" for r in found - wanted]
    return [*problems, *_effect_problems(tables)]


def _numbers_problems(
    name: str, table: Table, columns: tuple[Column, ...], tables: Mapping[str, Table]
) -> Iterator[str]:
    for column, values in zip(columns, table.values.T, strict=True):
        low, high = column.low, column.high
        if column.of:
            low, high = 0.0, len(tables[column.of].rows) - 1.0
        good = (values >= low) & (values <= high)
        if column.whole:
            good &= values == np.floor(values)
        if column.optional:
            good |= values == NONE
        for row in np.flatnonzero(~good).tolist():
            kind = "a whole number" if column.whole else "a number"
            yield (
                f"table {name!r}, row {table.rows[row]!r}, column {column.name!r}: "
                f"is {values[row]:g}, must be {kind} from {low:g} to {high:g}"
            )


def _effect_problems(tables: Mapping[str, Table]) -> Iterator[str]:
    """Say which effects move what there is not, or stand in no order."""
    rows, before = tables["effect"].rows, 0.0
    drawn = RESPONSES.index("drawn")
    for name, row in zip(rows, tables["effect"].values.tolist(), strict=True):
        juncture, stands_in, moves, of, domain = row[:5]
        whom, domains = OF_WHAT[int(moves)]
        whom = len(tables["threat"].rows) if whom < 0 else whom
        if not (0 <= of < whom or of == -1 == whom - 1):
            yield f"table 'effect', row {name!r}: moves {MOVES[int(moves)]!r} of {of:g}"
        if not (0 <= domain < domains or domain == -1 == domains - 1):
            yield f"table 'effect', row {name!r}: moves {MOVES[int(moves)]!r} in domain {domain:g}"
        if juncture < before:
            yield f"table 'effect', row {name!r}: stands behind a later juncture's"
        law = tables["juncture"].values[int(juncture), 5] == drawn
        if law and stands_in == 0.0 and MOVES[int(moves)] != "win_set":
            yield f"table 'effect', row {name!r}: a law that can be drawn may only move the win_set"
        before = juncture
