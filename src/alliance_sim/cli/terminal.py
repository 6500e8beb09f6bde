"""What people read: results on standard output, messages and progress on standard error.

Every text goes through `visible`, so that nothing that comes out of a file, a path or an argument
is obeyed by the terminal or taken for markup. The streams never raise: a full disk, a closed
descriptor or a reader who has left must not turn into an error in the middle of some other work.
The work goes on, and the end of the command tells what became of its output.
"""

from __future__ import annotations

import errno
import io
import json
import logging
import os
import re
import select
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any, TextIO

import typer
from rich.console import Console
from rich.text import Text

from alliance_sim.cli.activity import Rate, activity
from alliance_sim.errors import ScenarioWarning, visible

if TYPE_CHECKING:
    from alliance_sim.engine.simulate import Progress

SO_FAR = "so far"  # ends what a log tells again and again
FILE_WIDTH = 120  # columns where output is not a terminal
LEAST_WIDTH, MOST_WIDTH = 10, 1000  # columns that we write for, whatever the terminal has
STOPPED = 130  # exit code

# What JSON may hold as it is, and a terminal would obey.
_UNSAFE = re.compile(r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


@contextmanager
def sound_settings() -> Iterator[None]:
    """Leave out settings of the terminal that are no numbers, and say warnings, for a while.

    Libraries read these variables as well, and not all of them look twice. A warning of Python is a
    message like any other, without a line of source.
    """
    shown = warnings.showwarning
    warnings.showwarning = lambda message, *_where: say(f"Warning: {message}")
    names = ("COLUMNS", "LINES", "TERMINAL_WIDTH")
    before = {name: os.environ[name] for name in names if name in os.environ}
    for name, value in before.items():
        if not _columns(value):
            del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(before)
        warnings.showwarning = shown


def _columns(text: str) -> int:
    """Return a number of columns, 0 if a text does not say one that can be written for."""
    sane = text.isascii() and text.isdigit() and len(text) <= 9
    return min(int(text), MOST_WIDTH) if sane else 0


def output() -> Console:
    """Return the console for results, standard output."""
    asked = _columns(os.environ.get("COLUMNS", "").strip())
    console = Console(highlight=False, width=asked or (None if _is_terminal() else FILE_WIDTH))
    console.width = max(LEAST_WIDTH, console.width)
    return console


def _is_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


def messages() -> Console:
    """Return the console for messages and progress, standard error."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """Print a message on standard error, on as many lines as it has."""
    activity.spoke()
    messages().print(Text(visible(text, lines=True)))


def say_error(text: str) -> None:
    """Print on standard error what went wrong."""
    messages().print(Text.assemble(("Error:", "red"), " ", visible(text, lines=True)))


def tell(text: str, style: str = "", *, wrap: bool = False, lines: bool = False) -> None:
    """Print a text of the result on standard output.

    Args:
        text: The text.
        style: A style of rich, such as "bold".
        wrap: Whether to wrap it at the width of the terminal; paths and commands stay in one line.
        lines: Whether ends of lines in it are meant; in a name they are not.
    """
    activity.spoke()
    output().print(Text(visible(text, lines=lines), style), soft_wrap=not wrap)


class _Messages(logging.Handler):
    """Prints what the package logs among the messages, above a progress bar if there is one.

    What it logs for debugging is what it is at, and what ends in "so far" is what has to be done
    first; both are told only where nothing else was for long, and a bar shows them itself.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record, or keep it for whoever waits."""
        text = self.format(record)
        goes_on = record.levelno < logging.INFO or text.endswith(SO_FAR)
        if not goes_on:
            say(text)
        if record.levelno < logging.INFO:
            activity.begin(visible(text).rstrip(" ."))
        elif goes_on or text.endswith("..."):
            activity.meanwhile(visible(text).rstrip(" .").partition(" (")[0])


@contextmanager
def warned(*, quiet: bool = False) -> Iterator[list[str]]:
    """Say on standard error what a scenario is warned of; yield a list that the sentences fill.

    Args:
        quiet: Only fill the list.
    """
    told: list[str] = []
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", ScenarioWarning)
        yield told
    for warning in said:
        if not issubclass(warning.category, ScenarioWarning):
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
            continue
        told.append(visible(str(warning.message)))
        if not quiet:
            say(f"warning: {warning.message}")


def show_log() -> None:
    """Let people see what the package is doing when it takes long."""
    log = logging.getLogger("alliance_sim")
    if not any(isinstance(handler, _Messages) for handler in log.handlers):
        log.addHandler(_Messages())
    log.setLevel(logging.DEBUG)  # each time: whoever came between may have put it back
    log.propagate = False


@contextmanager
def stoppable(words: Callable[[], str]) -> Iterator[None]:
    """Stop in good order on Ctrl-C and SIGTERM, and say how to go on; the second time, at once.

    Args:
        words: Gives what to say after "Stopped.".

    Raises:
        typer.Exit: When stopped.
    """
    with _signals() if threading.current_thread() is threading.main_thread() else nullcontext():
        try:
            yield
        except KeyboardInterrupt:
            say(f"Stopped. {words()}")
            raise typer.Exit(STOPPED) from None


@contextmanager
def _signals() -> Iterator[None]:
    """Let the first Ctrl-C or SIGTERM interrupt this process, and the second end it.

    Python answers signals between two steps of Python code; in machine code there is none for
    seconds. The system also writes the number of each signal into a pipe as soon as it comes, and
    a thread reads it there. Whoever is ended so has lost no more than by SIGKILL.
    """
    came: list[int] = []

    def interrupt(number: int, _frame: object) -> None:
        came.append(number)
        if len(came) == 1:
            raise KeyboardInterrupt

    def watch() -> None:
        left = 2
        while left and (number := os.read(reader, 1)):
            left -= number[0] in {signal.SIGINT, signal.SIGTERM}
        if not left:
            with suppress(OSError):
                os.write(2, b"Stopped at once.\n")
            os._exit(STOPPED)
        os.close(reader)

    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    awake = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:  # as `nohup` and shells ask for
            signal.signal(number, interrupt)
    watcher = threading.Thread(target=watch, name="second signal", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(awake)
        os.close(writer)
        watcher.join()  # a thread that outlives the interpreter may end in an abort


@contextmanager
def progress(what: str, unit: str = "runs") -> Iterator[Progress]:
    """Yield what to call with (done, all); a terminal shows a bar, anything else a line at times.

    Args:
        what: What is done, as in "simulating".
        unit: What is counted.
    """
    activity.begin(what, unit)
    console = messages()
    try:
        if not console.is_terminal:
            yield activity.count
            return
        with _bar(console, what, unit) as show:
            yield show
    finally:
        activity.begin("finishing")


@contextmanager
def _bar(console: Console, what: str, unit: str) -> Iterator[Progress]:
    from rich import progress as bars

    rate = Rate()

    class Speed(bars.ProgressColumn):
        def render(self, task: bars.Task) -> Text:  # noqa: ARG002 - as the class above has it
            speed = rate.each_second()
            return Text(f"{speed:,.0f} {unit}/s" if speed else "")

    class Count(bars.ProgressColumn):
        def render(self, task: bars.Task) -> Text:
            if task.total is None:  # nothing is counted yet, perhaps nothing has to be
                return Text("")
            return Text(f"{task.completed:.0f}/{task.total:.0f} {unit}")

    columns = (
        bars.SpinnerColumn(),
        bars.TextColumn("{task.description}", markup=False),
        bars.BarColumn(),
        Count(),
        Speed(),
        bars.TimeElapsedColumn(),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(visible(what), total=None)

        def show(done: int, total: int) -> None:
            if bar.tasks[0].total is None:
                bar.reset(task, completed=done, total=total)  # what was there says nothing of speed
            rate.at(done)
            activity.count(done, total)
            bar.update(task, completed=done, total=total)

        with activity.drawn_by(lambda words: bar.update(task, description=visible(words))):
            yield show


def print_json(value: Any) -> None:
    """Print one JSON object on standard output, in its own escapes where a terminal would obey."""
    utf8 = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().startswith("utf")
    text = json.dumps(value, ensure_ascii=not utf8, allow_nan=False, indent=2)
    sys.stdout.write(_UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")


class Sink(io.RawIOBase):
    """A descriptor that goes on taking bytes after it has failed.

    Attributes:
        error: Why it failed, None if it has not.
    """

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self.error: OSError | None = None

    def writable(self) -> bool:
        """Return that it takes bytes."""
        return True

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._descriptor

    def isatty(self) -> bool:
        """Return whether somebody watches."""
        return os.isatty(self._descriptor)

    def write(self, data: Any, /) -> int:
        """Take some bytes."""
        while self.error is None:
            try:
                return os.write(self._descriptor, data)
            except BlockingIOError:
                select.select([], [self._descriptor], [])
            except OSError as error:
                self.error = error
        return memoryview(data).nbytes


@contextmanager
def sound_streams() -> Iterator[Sink | None]:
    r"""Let standard output and error take everything, for as long as this lasts.

    Characters that the encoding does not have are written as `\u2026`.

    Yields:
        What became of standard output; None where somebody else has taken its place already, such
        as a notebook.
    """
    before = sys.stdout, sys.stderr
    if sys.stdin is None:
        os.open(os.devnull, os.O_RDONLY)  # or the next file opened becomes standard input
    out = _sink(sys.stdout, sys.__stdout__, os.O_RDONLY)  # writing there fails, as it should
    err = _sink(sys.stderr, sys.__stderr__, os.O_WRONLY)
    try:
        if out is not None:
            sys.stdout = _text(out, before[0])
        if err is not None:
            sys.stderr = _text(err, before[1])
        yield out
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        sys.stdout, sys.stderr = before


def _sink(stream: TextIO | None, original: object, closed: int) -> Sink | None:
    """Return what takes the bytes of a stream: None if it is none of the process's own."""
    if stream is None:
        return Sink(os.open(os.devnull, closed))
    try:
        return Sink(stream.fileno()) if stream is original else None
    except (OSError, ValueError):
        return None


def _text(sink: Sink, like: TextIO | None) -> io.TextIOWrapper:
    encoding = getattr(like, "encoding", None) or "utf-8"
    buffer = io.BufferedWriter(sink)
    return io.TextIOWrapper(
        buffer, encoding, errors="backslashreplace", line_buffering=sink.isatty()
    )


def lost(sink: Sink | None) -> OSError | None:
    """Return why output was lost, None if it was not or if its reader has left on purpose."""
    error = None if sink is None else sink.error
    return None if error is not None and error.errno == errno.EPIPE else error
