"""`python -m alliance_sim`: the command line, for who has it not on the path."""

from alliance_sim.cli import main

if __name__ == "__main__":
    main()
