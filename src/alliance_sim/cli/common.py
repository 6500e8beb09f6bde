"""What all commands share: options, progress, errors and JSON."""

from __future__ import annotations

import functools
import json
import logging
import os
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.markup import escape

from alliance_sim.errors import AllianceSimError, SettingError, UnfinishedError

FILE_WIDTH = 120  # columns where output is not a terminal
CHECK_FAILED, WRONG_INPUT, STOPPED = 1, 2, 130

P = ParamSpec("P")
T = TypeVar("T")

Runs = Annotated[int, typer.Option("--runs", help="How many runs.", show_default=True)]
Seed = Annotated[
    str, typer.Option("--seed", help="Seed of the noise: a whole number; the same gives the same.")
]
Out = Annotated[Path, typer.Option("--out", help="Folder to write to; made if it is not there.")]
Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on standard output, nothing else.")
]
Workers = Annotated[
    int | None,
    typer.Option("--workers", help="Processors to use; all if left out. Numbers stay the same."),
]


def output() -> Console:
    """Return the console for results, standard output."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else _file_width())


def _file_width() -> int:
    """Return the width of output that is no terminal: what COLUMNS says, if it says a width."""
    asked = os.environ.get("COLUMNS", "").strip()
    return int(asked) if asked.isascii() and asked.isdigit() and int(asked) else FILE_WIDTH


def messages() -> Console:
    """Return the console for messages and progress, standard error."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


class _Messages(logging.Handler):
    """Prints what the package logs among the messages, above a progress bar if there is one."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record."""
        messages().print(self.format(record), markup=False)


def show_log() -> None:
    """Let people see what the package is doing when it takes long."""
    log = logging.getLogger("alliance_sim")
    if not any(isinstance(handler, _Messages) for handler in log.handlers):
        log.addHandler(_Messages())
        log.setLevel(logging.INFO)
        log.propagate = False


def report_errors(command: Callable[P, T]) -> Callable[P, T]:
    """Return a command that tells errors of the user in words and ends with their exit code."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except AllianceSimError as error:
            messages().print(f"[red]Error:[/red] {escape(str(error))}")
            stopped = isinstance(error, UnfinishedError)
            raise typer.Exit(CHECK_FAILED if stopped else WRONG_INPUT) from None
        except MemoryError:
            words = "there is not enough memory; ask for fewer runs, or for a sweep, which keeps"
            messages().print(f"[red]Error:[/red] {words} a few numbers of each run")
            raise typer.Exit(CHECK_FAILED) from None
        except KeyboardInterrupt:
            messages().print("Stopped.")
            raise typer.Exit(STOPPED) from None

    return wrapped


@contextmanager
def stoppable(words: Callable[[], str]) -> Iterator[None]:
    """Stop in good order on Ctrl-C and SIGTERM, and say how to go on.

    Args:
        words: Gives what to say after "Stopped.".

    Raises:
        typer.Exit: When stopped.
    """
    before = None
    if threading.current_thread() is threading.main_thread():
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        messages().print(f"Stopped. {words()}", markup=False)
        raise typer.Exit(STOPPED) from None
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Yield what to call with (done, all), or None where nobody watches."""
    console = messages()
    if not console.is_terminal:
        yield None
        return
    from rich.progress import (
        BarColumn,
        Progress,
        ProgressColumn,
        SpinnerColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Speed(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:,.0f} runs/s" if speed else "")

    class Count(ProgressColumn):
        def render(self, task: Task) -> Text:
            if task.total is None:  # nothing is simulated yet, perhaps nothing has to be
                return Text("")
            return Text(f"{task.completed:.0f}/{task.total:.0f} runs")

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        Count(),
        Speed(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)

        def show(done: int, total: int) -> None:
            if bar.tasks[0].total is None:
                bar.reset(task, completed=done, total=total)  # what was there says nothing of speed
            bar.update(task, completed=done, total=total)

        yield show


def processors(workers: int | None, option: str = "--workers") -> int:
    """Return how many processors to use.

    Raises:
        SettingError: If less than one is asked for.
    """
    from alliance_sim.engine.simulate import processors as all_of_them

    if workers is not None and workers < 1:
        problem = f"{option[2:]} is {workers!r}, must be a whole number of at least 1"
        raise SettingError(option, [problem])
    return all_of_them() if workers is None else workers


def print_json(value: Any) -> None:
    """Print one JSON object on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2) + "\n")


def command_line(name: str, argument: str | Path, **options: object) -> str:
    """Return the command that makes a result again.

    Args:
        name: The command.
        argument: Its argument.
        **options: Its options: a list is given once for each entry, None not at all.
    """
    words = ["alliance-sim", name, str(argument)]
    for option, value in options.items():
        values = value if isinstance(value, list) else [] if value is None else [value]
        for one in values:
            words += [f"--{option.replace('_', '-')}", str(one)]
    return shlex.join(words)
