"""Commands for what comes after a sweep: summaries, sensitivity, discovery."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from alliance_sim.cli import terminal
from alliance_sim.cli.activity import activity
from alliance_sim.cli.options import PATH, WHOLE_NUMBER, Json, Workers, command_line, processors
from alliance_sim.errors import SettingError
from alliance_sim.files import writable_folder

if TYPE_CHECKING:
    from rich.console import RenderableType

    from alliance_sim.sweep.sweep import Sweep

Result = TypeVar("Result")
Options = dict[str, Any]

Folder = Annotated[Path, typer.Argument(help="Results folder of a sweep.", **PATH)]
Out = Annotated[
    Path | None,
    typer.Option("--out", help="Folder to write to; a folder in DIR if left out.", **PATH),
]
Scenario = Annotated[
    str | None, typer.Option("--scenario", help="Label of a scenario of the sweep.")
]
OUTCOME = (
    "Name of an outcome, a comparison such as 'rung_end>=8', or a text such as 'rung>=8@2014'; "
    "runs are simulated again if it was not kept."
)
MOST_NAMED = 12  # outcomes that are named to somebody who named none
Outcome = Annotated[
    str | None, typer.Option("--outcome", help=f"{OUTCOME} Left out: says what was kept.")
]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the app."""
    app.command()(summarise)
    app.command()(sensitivity)
    app.command()(discover)


@dataclass(frozen=True)
class SweepAnalysis:
    """One analysis of a sweep from the command line.

    Attributes:
        command: The command's name.
        folder: Of the sweep.
        out: Folder to write to.
        as_json: Whether to print JSON in place of tables.
        workers: Processors to use, as given.
    """

    command: str
    folder: Path
    out: Path
    as_json: bool
    workers: int | None

    def carry_out(
        self,
        analysis: Callable[..., Result],
        write: Callable[..., dict[str, Any]],
        asked: Options,
    ) -> Result | None:
        """Analyse the sweep and write what was found; return it if it is still to be shown.

        Args:
            analysis: What is called with the sweep, `workers` and `progress`.
            write: What is called with what was found, `out` and `command`; returns it as JSON.
            asked: Options of the command line that makes it again.
        """
        from alliance_sim.sweep.store.own_places import refuse_own_places
        from alliance_sim.sweep.sweep import open_sweep

        command = command_line(self.command, self.folder, **asked, out=self.out)
        words = f"Runs that were simulated again are kept. To go on: {command}"
        with terminal.stoppable(lambda: words), terminal.progress("reading the sweep") as show:
            sweep = open_sweep(self.folder)
            if "outcome" in asked and not asked["outcome"] and self.command != "summarise":
                raise SettingError(self.command, [_outcomes_of(sweep)])
            refuse_own_places(self.folder, self.out)
            with _kept_if_filled(self.out) as place:
                found = analysis(sweep, workers=processors(self.workers), progress=show)
                activity.begin("writing tables and figures")
                tree = write(found, out=place, command=command)
        if not self.as_json:
            return found
        terminal.print_json(tree)
        return None

    def show(self, found: Any, *tables: RenderableType) -> None:
        """Print tables, sentences, and where everything is."""
        for table in tables:
            terminal.output().print(table)
        for sentence in found.words():
            terminal.tell(sentence, wrap=True)
        terminal.tell(f"Written to {self.out}/")


@contextmanager
def _kept_if_filled(out: Path) -> Iterator[Path]:
    """Yield a folder as `writable_folder` returns it; one that stays empty is removed again."""
    made = not out.exists()
    folder = writable_folder(out)
    try:
        yield folder
    finally:
        if made:
            with suppress(OSError):  # it holds something
                folder.rmdir()


def _outcomes_of(sweep: Sweep) -> str:
    """Return which outcomes a sweep kept, for somebody who named none."""
    from alliance_sim.results.outcomes import is_binary

    outcomes = tuple(reversed(sweep.plan.outcomes))  # the plan's own first
    events = [outcome.name for outcome in outcomes if is_binary(outcome)]
    numbers = [outcome.name for outcome in outcomes if not is_binary(outcome)]
    return (
        f"--outcome is missing. Of what happens or does not this sweep kept {_some(events)}. Of "
        f"numbers, which can be compared as in 'rung_end>=8', it kept {_some(numbers)}. Any other "
        "is simulated for the same runs, such as 'rung>=8@2014'"
    )


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return (f"{shown} and {more} more" if more > 0 else shown) or "nothing"


def summarise(  # noqa: PLR0913, PLR0917 - the options of a command
    folder: Folder,
    outcome: Annotated[
        list[str] | None,
        typer.Option("--outcome", help=f"{OUTCOME} All that were kept if left out."),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option("--by", help="Factor to draw over, once (fan) or twice (heat map)."),
    ] = None,
    scenario: Scenario = None,
    contrast: Annotated[
        str | None,
        typer.Option(
            "--contrast",
            help="Differences run by run: 'B - A' of two scenarios, 'A' of all others minus A, or "
            "'factor=B - A' of two values of a factor.",
        ),
    ] = None,
    out: Out = None,
    as_json: Json = False,
    workers: Workers = None,
) -> None:
    """Means, quantiles and probabilities at each point of a sweep, with their Monte Carlo error."""
    from alliance_sim.report.sweep import summarise_sweep, write_summary

    work = SweepAnalysis(
        "summarise", folder, out or folder / "summary", as_json=as_json, workers=workers
    )
    asked: Options = {"outcome": outcome, "by": by, "scenario": scenario, "contrast": contrast}
    analysis = partial(
        summarise_sweep,
        outcomes=outcome or [],
        by=by or [],
        scenario=scenario,
        contrast=contrast,
    )
    found = work.carry_out(analysis, write_summary, asked)
    if found is not None:
        from alliance_sim.cli.tables import contrasts_table, ranges_table

        work.show(found, contrasts_table(found) if contrast else ranges_table(found))


def sensitivity(  # noqa: PLR0913, PLR0917 - the options of a command
    folder: Folder,
    outcome: Outcome = None,
    method: Annotated[
        str | None,
        typer.Option(
            "--method",
            help="sobol (needs a Saltelli design), morris (a Morris design) or pawn (any points "
            "that fill the space); what fits the design if left out.",
        ),
    ] = None,
    contrast: Annotated[
        str | None,
        typer.Option(
            "--contrast", help="'B - A': the difference of two scenarios of the sweep, run by run."
        ),
    ] = None,
    scenario: Scenario = None,
    out: Out = None,
    as_json: Json = False,
    workers: Workers = None,
) -> None:
    """Which factors an outcome of a sweep hangs on, with 95 % intervals."""
    from alliance_sim.report.sensitivity import sweep_sensitivity, write_sensitivity

    work = SweepAnalysis("sensitivity", folder, out or folder / "sensitivity", as_json, workers)
    asked: Options = {
        "outcome": outcome,
        "method": method,
        "contrast": contrast,
        "scenario": scenario,
    }
    found = work.carry_out(partial(sweep_sensitivity, **asked), write_sensitivity, asked)
    if found is not None:
        from alliance_sim.cli.tables import pairs_table, sensitivity_table

        pairs = found.found.pairs
        tables = [] if pairs is None else [pairs_table(pairs)]
        work.show(found, sensitivity_table(found.found, found.what), *tables)


def discover(  # noqa: PLR0913, PLR0917 - the options of a command
    folder: Folder,
    outcome: Outcome = None,
    method: Annotated[
        str, typer.Option("--method", help="prim (boxes) or cart (a tree).")
    ] = "prim",
    scenario: Scenario = None,
    boxes: Annotated[
        int | None,
        typer.Option(
            "--boxes", help="prim: look for at most so many boxes; 3 if left out.", **WHOLE_NUMBER
        ),
    ] = None,
    step: Annotated[
        int | None,
        typer.Option(
            "--step", help="prim: take this step of the first peeling as the box.", **WHOLE_NUMBER
        ),
    ] = None,
    resample: Annotated[
        int | None,
        typer.Option(
            "--resample",
            help="prim: see in so many random halves of the runs which factors are limited again.",
            **WHOLE_NUMBER,
        ),
    ] = None,
    out: Out = None,
    as_json: Json = False,
    workers: Workers = None,
) -> None:
    """Under which conditions something happens in a sweep, such as --outcome 'rung>=8@2014'."""
    from alliance_sim.analysis.discovery.discover import Search
    from alliance_sim.report.discovery import sweep_discovery, write_discovery

    of_prim: Options = {"boxes": boxes, "step": step, "resample": resample}
    given = {name: value for name, value in of_prim.items() if value is not None}
    if method == "cart" and given:
        problems = [f"--{name} goes with --method prim and not with cart" for name in given]
        raise SettingError("discover", problems)
    work = SweepAnalysis(
        "discover", folder, out or folder / "discovery", as_json=as_json, workers=workers
    )
    asked: Options = {"outcome": outcome, "method": method, "scenario": scenario}
    analysis = partial(sweep_discovery, **asked, search=Search(**given))
    found = work.carry_out(analysis, write_discovery, asked | of_prim)
    if found is not None:
        from alliance_sim.cli.tables import again_table, boxes_table

        again = found.found.again
        tables = [] if again is None else [again_table(again)]
        work.show(found, *boxes_table(found.found, found.column.title), *tables)
