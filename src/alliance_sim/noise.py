"""Noise that is asked for, never drawn: a pure function of (seed, run, channel, step).

`Philox4x32-10` is a counter-based generator: it scrambles a 128-bit counter under a 64-bit key.
The key is the seed. The counter is

    word 0, 1   the channel, 64 bits hashed from a declared, versioned name
    word 2      the run
    word 3      the step divided by 4; the step's remainder picks one of the four output words

so run 54,321 computed alone equals row 54,321 of 100,000, and adding, renaming or reordering
anything unrelated changes no other number. Two channels would share noise only if their hashes
were equal: with 1,000 channels that has probability 1000**2 / 2**65, about 3e-14.

Each value is one 32-bit word w, read as the uniform (w + 1/2) / 2**32, strictly between 0 and 1.
Everything else (normals, counts, hazards) is made from one such uniform by an inverse distribution
function, which keeps twin worlds coupled.

Source: J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, "Parallel random numbers: as easy as
1, 2, 3", Supercomputing 2011; known answers from the Random123 distribution.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from alliance_sim.arithmetic import inverse_normal
from alliance_sim.compiled import high32, low32, rule
from alliance_sim.errors import SettingError, shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_SEED = 2**64 - 1
MAX_RUN = 2**32 - 1
WORD = 0xFFFFFFFF
TO_UNIT = 2.0**-32
LONGEST = 40  # digits or letters of a seed or run that are read or shown

Words = tuple[Any, Any, Any, Any]


@rule
def philox(counter: Words, key_low: Any, key_high: Any) -> Words:
    """Return four 32-bit words for a counter of four 32-bit words and a key of two.

    Plain integers and NumPy arrays of uint64 are scrambled alike, element by element.
    """
    a, b, c, d = counter
    k0 = key_low
    k1 = key_high
    for _ in range(10):
        high_a = high32(a, 0xD2511F53)
        low_a = low32(a, 0xD2511F53)
        high_c = high32(c, 0xCD9E8D57)
        low_c = low32(c, 0xCD9E8D57)
        a = high_c ^ b ^ k0
        b = low_c
        c = high_a ^ d ^ k1
        d = low_a
        k0 = (k0 + 0x9E3779B9) & 0xFFFFFFFF
        k1 = (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return a, b, c, d


def channel(name: str) -> int:
    """Return the 64-bit number of a channel.

    Args:
        name: A declared name with its version, such as "slow.state.political:v1". It is never a
            position, a path or a class name; change the version to give a decision fresh noise.
    """
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def uniform(seed: int, run: int, channel: int, step: int) -> float:
    """Return a number strictly between 0 and 1, the same on every machine.

    Args:
        seed: Whole number from 0 to 2**64 - 1.
        run: Number of the run, from 0 to 2**32 - 1.
        channel: From `channel(name)`.
        step: Number of the step, from 0 to 2**34 - 1.
    """
    counter = (channel & WORD, channel >> 32, run, step >> 2)
    words = philox(counter, seed & WORD, seed >> 32)
    return float((words[step & 3] + 0.5) * TO_UNIT)


def normal(seed: int, run: int, channel: int, step: int) -> float:
    """Return a standard normal, the quantile of `uniform` with the same arguments."""
    return inverse_normal(uniform(seed, run, channel, step))


def table(seed: int, run: int, channels: Sequence[int], steps: int) -> NDArray[np.float64]:
    """Return the uniforms of one run for many channels and all steps at once.

    Returns:
        Array (channel, step), equal to the last bit to calling `uniform` for each entry.
    """
    import numpy as np

    names = np.asarray(channels, dtype=np.uint64)[:, None]
    blocks = np.arange((steps + 3) // 4, dtype=np.uint64)[None, :]
    low, high = np.broadcast_arrays(names & np.uint64(WORD), names >> np.uint64(32))
    zeros = np.zeros((len(channels), blocks.shape[1]), dtype=np.uint64)
    counter = (low + zeros, high + zeros, zeros + np.uint64(run), blocks + zeros)
    words = np.stack(philox(counter, np.uint64(seed & WORD), np.uint64(seed >> 32)), axis=-1)
    flat = words.reshape(len(channels), -1)[:, :steps]
    return (flat.astype(np.float64) + 0.5) * TO_UNIT


def scattered(
    seed: int, channel: int, runs: NDArray[np.int64], steps: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the uniforms of one channel at many places.

    Args:
        seed: As for `uniform`.
        channel: As for `uniform`.
        runs: Runs, one per value wanted.
        steps: Steps, of the same length.

    Returns:
        Array of that length, equal to the last bit to calling `uniform` for each entry.
    """
    import numpy as np

    run = np.asarray(runs, dtype=np.uint64)
    step = np.asarray(steps, dtype=np.uint64)
    low = np.full_like(run, channel & WORD)
    high = np.full_like(run, channel >> 32)
    counter = (low, high, run, step >> np.uint64(2))
    words = np.stack(philox(counter, np.uint64(seed & WORD), np.uint64(seed >> 32)), axis=-1)
    chosen = words[np.arange(len(run)), (step & np.uint64(3)).astype(np.int64)]
    return (chosen.astype(np.float64) + 0.5) * TO_UNIT


def as_seed(value: object) -> int:
    """Return a seed as an explicit integer; None asks the operating system for one.

    Text such as "42", as a text box delivers it, is read as the number it shows.

    Raises:
        SettingError: If it is not a whole number from 0 to 2**64 - 1.
    """
    if value is None:
        import secrets

        return secrets.randbits(32)
    number = _whole_number(value)
    if number is None or not 0 <= number <= MAX_SEED:
        problem = f"seed is {shown(value, LONGEST)}, must be a whole number from 0 to {MAX_SEED}"
        raise SettingError("noise", [problem])
    return number


def as_run(value: object) -> int:
    """Return the number of a run as a plain integer.

    Raises:
        SettingError: If it is not a whole number from 0 to 2**32 - 1.
    """
    number = _whole_number(value)
    if number is None or not 0 <= number <= MAX_RUN:
        problem = f"run is {shown(value, LONGEST)}, must be a whole number from 0 to {MAX_RUN}"
        raise SettingError("noise", [problem])
    return number


def _whole_number(value: object) -> int | None:
    """Return the whole number that a value is or shows, None if there is none."""
    if isinstance(value, str):
        text = value.strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else None
    if isinstance(value, bool | bytes) or type(value).__name__ in ("bool", "bool_"):
        return None
    try:
        whole = int(value)  # type: ignore[call-overload]
        return int(whole) if bool(whole == value) else None
    except (TypeError, ValueError, OverflowError):
        return None
