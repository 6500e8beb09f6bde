"""Whatever ends a command, as an exit code and one message: the only place that maps errors.

- 0 done, also where the reader of a pipe has left
- 1 a check failed, or the system refused: no memory, a full disk, no permission, lost output
- 2 wrong input: a file, an argument, a folder, an environment variable
- 130 stopped by hand
"""

from __future__ import annotations

import errno
import inspect
import os
import re
import shlex
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from alliance_sim.cli import terminal
from alliance_sim.cli.activity import activity
from alliance_sim.errors import (
    AllianceSimError,
    EngineError,
    UnfinishedError,
    did_you_mean,
    visible,
)
from alliance_sim.files import why

DONE, FAILED, WRONG_INPUT, STOPPED = 0, 1, 2, terminal.STOPPED
TRACEBACK = "ALLIANCE_SIM_TRACEBACK"  # set to 1, a fault of the program is shown whole
LEAST_HELP_WIDTH = 80  # columns, with fewer the tables of options cut what they hold
LONGEST = 1000  # letters of a message that another library wrote

# What the machine refuses, whatever was asked for; other OSErrors are about a name that was given.
REFUSALS = frozenset(
    getattr(errno, name)
    for name in (
        *("EACCES", "EAGAIN", "EBADF", "EDQUOT", "EFBIG", "EIO", "EMFILE", "ENFILE", "ENODEV"),
        *("ENOMEM", "ENOSPC", "EPERM", "EROFS", "ESTALE", "ETXTBSY"),
    )
    if hasattr(errno, name)
)
NO_MEMORY = (
    "there is not enough memory; ask for fewer runs, or for a sweep, which keeps a few numbers of "
    "each run"
)
UsageError: Any = typer.BadParameter.__bases__[0]  # of the copy of click that typer brings along


class Program(TyperGroup):
    """The group of all commands, which ends in one of four exit codes and never in a traceback."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,  # noqa: ARG002 - as the class above has it
        standalone_mode: bool = True,
        windows_expand_args: bool = True,  # noqa: ARG002 - as the class above has it
        **extra: Any,
    ) -> Any:
        """Run one command line and return its exit code, or leave the process with it."""
        words = list(sys.argv[1:] if args is None else args)

        def work() -> None:
            with self.make_context(prog_name or "alliance-sim", words, **extra) as context:
                self.invoke(context)

        with terminal.sound_settings():
            if terminal.output().width < LEAST_HELP_WIDTH:
                _explain_plainly(self)
            with activity.told(terminal.say):
                code = report_errors(work)
        if standalone_mode:
            sys.exit(code)
        return code

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that a line begins with; one that is unknown comes with the nearest.

        Raises:
            UsageError: If there is no such command.
        """
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise UsageError(unknown_command(args[0], self.list_commands(ctx)), ctx)
        return super().resolve_command(ctx, args)


ALSO_CALLED = {
    "simulate": "run",
    "check": "validate",
    "describe": "show",
    "explain": "show",
    "figure": "plot",
    "draw": "plot",
    "scenarios": "list scenarios",
    "junctures": "list junctures",
    "events": "list junctures",
    "outcomes": "list outcomes",
    "create": "new",
    "init": "new",
    "edit": "new",
    "versus": "compare",
    "contrast": "compare",
    "plan": "sweep",
    "resume": "sweep",
    "summary": "summarise",
    "summarize": "summarise",
    "prim": "discover",
    "cart": "discover",
    "sobol": "sensitivity",
    "morris": "sensitivity",
    "page": "lab",
    "lesson": "lab",
    "browser": "lab",
    "teach": "lab",
    "version": "--version",
    "help": "--help",
}  # what other programs call a command, and what it is called here


ALSO_OPTIONS = {  # what an option is called elsewhere, and what it is called here, with an example
    "--move": "--shift isaf:+8, or isaf:2005-01-01",
    "--moved": "--shift isaf:+8, or isaf:2005-01-01",
    "--remove": "--without isaf",
    "--removed": "--without isaf",
}


def unknown_command(name: str, known: Sequence[str]) -> str:
    """Return the sentence for an unknown command, with the nearest, or with what does the same."""
    same = ALSO_CALLED.get(name.lower())
    hint = f"; did you mean {same!r}?" if same else did_you_mean(name, known)
    if not hint and name.endswith((".toml", ".parquet")):
        hint = f"; did you mean 'run {name}'?"
    shown = _short(visible(name))
    return f"unknown command {shown!r}{hint} (known: {', '.join(sorted(known))})"


def _explain_plainly(command: Any) -> None:
    """Let a command and those in it be explained without tables, so that nothing is cut."""
    command.rich_markup_mode = None
    for part in getattr(command, "commands", {}).values():
        # Of a long sentence the list of commands would show the beginning only.
        first = inspect.cleandoc(part.help or "").partition("\n\n")[0]
        part.short_help = part.short_help or " ".join(first.split())
        _explain_plainly(part)


def report_errors(work: Callable[[], object]) -> int:
    """Do some work, tell in one message what stopped it if anything did, and return the exit code.

    Args:
        work: A whole command line.
    """
    try:
        work()
    except typer.Exit as ended:
        return int(ended.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        terminal.say("Stopped.")
        return STOPPED
    except Exception as error:  # noqa: BLE001 - the last resort
        return _tell(error)
    return DONE


def _tell(error: Exception) -> int:
    """Tell what went wrong, and return the exit code."""
    refused = FAILED if _refused(error) else WRONG_INPUT
    if isinstance(error, UsageError):
        return _tell_usage(error)
    if isinstance(error, AllianceSimError):
        stopped = isinstance(error, UnfinishedError | EngineError)
        words, code = str(error), FAILED if stopped else refused
    elif isinstance(error, MemoryError):
        words, code = NO_MEMORY, FAILED
    elif isinstance(error, RecursionError):
        words, code = "something in the input is nested too deeply to be read", WRONG_INPUT
    elif isinstance(error, UnicodeError):
        words = f"a name or a text in the input is not Unicode: {_short(str(error))}"
        code = WRONG_INPUT
    elif isinstance(error, OSError):
        names = [str(name) for name in (error.filename, error.filename2) if name is not None]
        words, code = ": ".join([*names[:1], why(error)]), refused
    else:
        words, code = _fault(error), FAILED
    terminal.say_error(words)
    return code


def _refused(error: BaseException) -> bool:
    """Whether the machine refused something, and nothing else would have helped."""
    if isinstance(error, EngineError):
        return True
    seen: BaseException | None = error
    known: set[int] = set()  # an error may be its own cause
    while seen is not None and id(seen) not in known:
        known.add(id(seen))
        if isinstance(seen, MemoryError) or (isinstance(seen, OSError) and seen.errno in REFUSALS):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _tell_usage(error: Any) -> int:
    """Tell what is wrong with a command line, and where its options are listed."""
    if type(error).__name__ == "NoArgsIsHelpError":
        terminal.tell(error.ctx.get_help(), lines=True)
        return WRONG_INPUT
    if _same_option(error.ctx, getattr(error, "option_name", None)):
        error.possibilities = []  # what is near in letters is not what was meant
    terminal.say_error(_short(error.format_message()) + example_for(error))
    if error.ctx is not None:
        terminal.say(f"See: {error.ctx.command_path} --help")
    return WRONG_INPUT


EXAMPLES = {  # what is missing, and a line to type
    "scenario": "one, such as two_islands/baseline; all of them: alliance-sim list scenarios",
    "scenarios": "a what-if, such as two_islands/no_raid; all: alliance-sim list scenarios",
    "files": "one, such as two_islands/baseline; all of them: alliance-sim list scenarios",
    "first": "two scenarios, as in: alliance-sim diff two_islands/baseline two_islands/no_raid",
    "second": "two scenarios, as in: alliance-sim diff two_islands/baseline two_islands/no_raid",
    "plan": "the TOML file of a plan, or the folder of a sweep",
    "folder": "the results folder of a sweep, such as results/my_plan",
    "file": "a folder of results, such as results/my_what_if",
    "new file": "the file to write, such as my.toml",
    "state file": "the scenario file that was fitted, such as my.toml",
    "check folder": "the folder of a record, such as my_record",
    "fit": "the folder of a fit, such as results/calibrate_two_islands_baseline",
}


def example_for(error: Any) -> str:
    """Return a line to type for whoever left out an argument or an option."""
    name = getattr(getattr(error, "param", None), "name", None)
    if "unexpected extra argument" in error.message and error.ctx is not None:
        return _several(error.ctx, error.message)
    if type(error).__name__ == "NoSuchOption" and error.ctx is not None:
        return _option(error.ctx, str(error.option_name), found=bool(error.possibilities))
    if type(error).__name__ != "MissingParameter":
        return ""
    command = getattr(error.ctx, "info_name", None)
    example = EXAMPLES.get(f"{command} {name}", EXAMPLES.get(str(name)))
    return f" Give {example}." if example else ""


def _option(context: Any, name: str, *, found: bool) -> str:
    """Return where an option stands that was not found there, or which there are."""
    if same := _same_option(context, name):
        return f". Here it is {same}"
    commands = getattr(context.command, "commands", {})
    owners = [word for word, command in commands.items() if name in _options(command)]
    if owners:
        shown = "run" if "run" in owners else owners[0]
        return f". It stands behind the command, as in: alliance-sim {shown} ... {name} ..."
    return "" if found or commands else f" (options: {', '.join(_options(context.command))})"


def _same_option(context: Any, name: str | None) -> str:
    """Return what an option of another command is called in this one, "" if it is not there."""
    same = ALSO_OPTIONS.get(name or "", "")
    there = context is not None and same.partition(" ")[0] in _options(context.command)
    return same if there else ""


def _options(command: Any) -> list[str]:
    """Return the long options of a command."""
    return [word for part in command.params for word in part.opts if word.startswith("--")]


def _several(context: Any, message: str) -> str:
    """Return what to type for whoever gave more words than a command takes."""
    first = context.params.get("scenario")
    more = re.search(r" \(([^()]*)\)$", message)
    if more is None:
        return ""
    if context.info_name == "new":
        return (
            ". An option of `new` takes one word: --move isaf=2005-01-01, --set council.rule=leader"
        )
    if not isinstance(first, str):
        return ""
    line = shlex.join(["alliance-sim", "compare", first, *more[1].split()])
    return f". It takes one scenario; to hold several against each other: {line}"


def _fault(error: Exception) -> str:
    """Return words for an error that nobody foresaw: it is ours, and no matter of the input."""
    if os.environ.get(TRACEBACK):
        terminal.say("".join(traceback.format_exception(error)))
    text = " ".join(str(error).split())
    return (
        f"{type(error).__name__}{f': {_short(text)}' if text else ''}. This is a fault of the "
        f"program and not of what it was given; with {TRACEBACK}=1 it shows where"
    )


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
