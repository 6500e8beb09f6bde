"""Code that is compiled: rules marked for it, Numba configured, machine code kept and loaded.

`decorator` marks, and imports nothing; `function` is the only place that knows how Numba is told to
compile; `cache` is the only place that reads machine code from a disk.
"""

from alliance_sim.compiled.decorator import (
    bits_to_float,
    enable,
    float_to_bits,
    high32,
    inlined,
    low32,
    merged,
    rule,
    rules,
    stage,
)

__all__ = [
    "bits_to_float",
    "enable",
    "float_to_bits",
    "high32",
    "inlined",
    "low32",
    "merged",
    "rule",
    "rules",
    "stage",
]
