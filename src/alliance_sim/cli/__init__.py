"""The command line: `alliance-sim`. What it ends with is listed in `exit_codes`."""

from __future__ import annotations

import gc
import sys

from typer.main import get_command

from alliance_sim.cli import exit_codes, terminal
from alliance_sim.cli.app import app
from alliance_sim.files import why

__all__ = ["app", "main"]

# New objects after which Python looks for garbage; 700 as it comes. Most of what a command makes in
# its first seconds are modules and tables, which stay: looking took a tenth of `history`.
LOOKS_AFTER = 50_000


def main() -> None:
    """Run the command line of this process, and leave it with an exit code."""
    gc.set_threshold(LOOKS_AFTER)
    with terminal.sound_streams() as out, terminal.warned():
        code = get_command(app).main(standalone_mode=False)
        sys.stdout.flush()
        error = terminal.lost(out)
        if error is not None:
            terminal.say_error(f"standard output: {why(error)}; what was to be shown is lost")
            code = code or exit_codes.FAILED
    sys.exit(code)
