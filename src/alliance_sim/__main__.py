"""Where the program begins, installed as `alliance-sim` or as `python -m alliance_sim`."""

from __future__ import annotations

import sys

STOPPED = 130  # exit code, as that of the commands


def main() -> None:
    """Run the command line; stopped while it is still being imported, it ends as it does later."""
    try:
        from alliance_sim.cli import main as command_line

        command_line()
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        sys.exit(STOPPED)


if __name__ == "__main__":
    main()
