"""Sweeps: a plan, its design, the runs, and the folder that holds them."""
