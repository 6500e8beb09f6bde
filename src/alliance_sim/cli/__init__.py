"""The command line: `alliance-sim`. What it ends with is listed in `exit_codes`."""

from __future__ import annotations

import sys

from typer.main import get_command

from alliance_sim.cli import exit_codes, terminal
from alliance_sim.cli.app import app
from alliance_sim.files import why

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line of this process, and leave it with an exit code."""
    with terminal.sound_streams() as out, terminal.warned():
        code = get_command(app).main(standalone_mode=False)
        sys.stdout.flush()
        error = terminal.lost(out)
        if error is not None:
            terminal.say_error(f"standard output: {why(error)}; what was to be shown is lost")
            code = code or exit_codes.FAILED
    sys.exit(code)
