"""The command line: `alliance-sim`.

Exit codes: 0 done, 1 a check failed or work had to stop on the way, 2 wrong input, 130 stopped with
Ctrl-C.
"""

from alliance_sim.cli.app import app, main

__all__ = ["app", "main"]
