"""Run the command line with `python -m alliance_sim.cli`."""

from alliance_sim.cli import main

if __name__ == "__main__":
    main()
