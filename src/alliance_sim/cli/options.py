"""Options that several commands share, and the command line that makes a result again."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from alliance_sim.errors import ProblemsError, SettingError, nearest_name, shown
from alliance_sim.nearest import nearest_file
from alliance_sim.provenance import again

WHOLE = re.compile(r"[+-]?[0-9]{1,18}")


def path_of(text: str | Path) -> Path:
    """Return the path that an option names.

    Raises:
        typer.BadParameter: If it names none.
    """
    if not str(text) or "\0" in str(text):
        raise typer.BadParameter("is empty" if not str(text) else "holds a NUL")
    return Path(text)


def parsed_whole_number(text: str | int) -> int:
    """Return the whole number that an option gives, in the digits 0 to 9.

    Raises:
        typer.BadParameter: If it is none; Python would also read 1_0 and digits of other scripts.
    """
    if isinstance(text, int):  # as a default is
        return text
    if not WHOLE.fullmatch(text.strip()):
        raise typer.BadParameter(f"{shown(text)} is not a whole number, such as 50")
    return int(text)


WHOLE_NUMBER: dict[str, Any] = {"parser": parsed_whole_number, "metavar": "INTEGER"}
PATH: dict[str, Any] = {"parser": path_of, "metavar": "PATH"}
OwnOut = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="Folder to write to; made if it is not there. Left out: one named after the scenario.",
        **PATH,
    ),
]


def at_least_one(text: str | int) -> int:
    """Return how many there are to be.

    Raises:
        typer.BadParameter: If it is no whole number, or below 1.
    """
    written = str(text).strip()
    count = int(written) if WHOLE.fullmatch(written) else 0
    if count < 1:
        raise typer.BadParameter(f"is {shown(text)}, must be a whole number of at least 1")
    return count


Runs = Annotated[
    int,
    typer.Option(
        "--runs", help="How many runs.", show_default=True, parser=at_least_one, metavar="N"
    ),
]
Seed = Annotated[
    str, typer.Option("--seed", help="Seed of the noise: a whole number; the same gives the same.")
]
SERIES = typer.Option(help="Acts that count: all, alliance (Alliance-only) or salience2.")
Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on standard output, nothing else.")
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        help="Processors to use; all if left out, at most 64 or four for each that there is. "
        "Numbers stay the same.",
        **WHOLE_NUMBER,
    ),
]

SHIPPED, NONE = "shipped", "none"
Posterior = Annotated[
    str,
    typer.Option(
        help="Draws of the parameters: `shipped` takes those that come with the package, where "
        "they go with the scenario; `none` the numbers that the file states; else a file of draws, "
        "or a folder of them or of a fit.",
        metavar="shipped|none|PATH",
    ),
]


def draws_of(posterior: str, fitted: Any) -> Any:
    """Return the draws that `--posterior` names, as `compare` and `compare_history` take them.

    Args:
        posterior: What was given.
        fitted: The scenario that was fitted, where they are in a file.

    Raises:
        SettingError: If it names nothing.
        ResultError: If the draws cannot be read, or no longer hold.
    """
    if posterior in (SHIPPED, NONE):
        return SHIPPED if posterior == SHIPPED else None
    place = path_of(posterior)
    if not place.exists():
        near = nearest_file(place) or nearest_name(posterior, (SHIPPED, NONE))
        meant = f"; did you mean {near!r}?" if near else ""
        problem = f"is {shown(posterior)}, must be {SHIPPED}, {NONE}, or a file or folder of draws"
        raise SettingError("--posterior", [f"{problem}{meant}"])
    from alliance_sim.calibration import PosteriorDraws

    return PosteriorDraws.load(place, fitted)


def seed_of(text: str) -> int:
    """Return the seed that `--seed` gives.

    Raises:
        SettingError: If it is no whole number from 0 to 2**64 - 1.
    """
    from alliance_sim import noise

    try:
        return noise.as_seed(text)
    except SettingError as error:
        problems = [problem.removeprefix("seed ") for problem in error.problems]
        raise SettingError("--seed", problems) from None


def all_right(command: str, *checks: Callable[[], Any]) -> list[Any]:
    """Return what checks of what was given to a command return; tell at once what all find wrong.

    Raises:
        SettingError: Naming all that is wrong; the error of the check itself if only one is.
    """
    errors: list[ProblemsError] = []
    found = []
    for check in checks:
        try:
            found.append(check())
        except ProblemsError as error:
            errors.append(error)
    if len(errors) == 1:
        raise errors[0]
    if errors:
        problems = [
            problem if one.where == command else _under(one.where, problem)
            for one in errors
            for problem in one.problems
        ]
        raise SettingError(command, problems)
    return found


def _under(where: str, problem: str) -> str:
    """Return a problem after what it is of, as in "--seed is '-1', must be ..."."""
    mark = " " if where.startswith("--") and problem.startswith("is ") else ": "
    return f"{where}{mark}{problem}"


def unless_shipped(posterior: str) -> str | None:
    """Return what a command line tells of `--posterior`: None, and so nothing, if it is the usual.

    Args:
        posterior: What was given.
    """
    return None if posterior == SHIPPED else posterior


def check_draws(posterior: str, asked: str) -> None:
    """Raise an error if `--posterior` says that there are no draws, where they are needed.

    Args:
        posterior: What was given.
        asked: What needs them, such as "a what-if".

    Raises:
        SettingError: If it is "none": without draws nothing is known of the noise.
    """
    if posterior == NONE:
        problem = (
            f"is none, and {asked} needs draws: without them nothing is known of noise; compare "
            "runs edited scenarios with fresh noise and the numbers of the file"
        )
        raise SettingError("--posterior", [problem])


def processors(workers: int | None, option: str = "--workers") -> int:
    """Return how many processors to use.

    Raises:
        SettingError: If less than one is asked for, or too many.
    """
    from alliance_sim.parallel import executors

    if workers is None:
        return executors.processors()
    if problem := executors.workers_problem(option[2:], workers):
        raise SettingError(option, [problem])
    return workers


def refuse_beside(command: str, given: Mapping[str, object], what: str) -> None:
    """Raise an error if options were given that come to nothing beside something else.

    Args:
        command: Name of the command.
        given: What was given for each such option, None for what was not.
        what: What they do not go with, and why, such as "--status, which writes nothing".

    Raises:
        SettingError: Naming all that were given.
    """
    names = [f"--{name.replace('_', '-')}" for name, value in given.items() if value is not None]
    if names:
        do = "do" if len(names) > 1 else "does"
        problem = f"{', '.join(names)} {do} not go with {what}; leave out one or the other"
        raise SettingError(command, [problem])


def command_line(name: str, *arguments: str | Path, **options: object) -> str:
    """Return the command that makes a result again; while one is made again, the one it carried.

    Args:
        name: The command.
        *arguments: Its arguments.
        **options: Its options: a list is given once for each entry, None not at all.
    """
    if (made := again.get()) is not None and "out" in options:
        return made.origin.command
    words = ["alliance-sim", name, *map(str, arguments)]
    for option, value in options.items():
        values = value if isinstance(value, list) else [] if value is None else [value]
        for one in values:
            words += [f"--{option.replace('_', '-')}", str(one)]
    return shlex.join(words)
