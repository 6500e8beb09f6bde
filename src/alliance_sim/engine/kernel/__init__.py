"""The rules compiled for blocks of runs: the engine for ensembles and sweeps.

The same rules that Mesa agents call, with the same noise, give the same numbers to the last bit.
"""
