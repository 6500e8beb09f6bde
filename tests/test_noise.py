"""Noise is a pure function of seed, run, channel and step, and nothing else."""

import math
import secrets
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_sim import compiled
from alliance_sim.arithmetic import inverse_normal
from alliance_sim.errors import SettingError
from alliance_sim.noise import (
    MAX_RUN,
    MAX_SEED,
    as_seed,
    channel,
    normal,
    philox,
    scattered,
    table,
    uniform,
)

# From the Random123 distribution: counter, key, output of Philox4x32 with ten rounds.
KNOWN_ANSWERS = {
    "zeros": (
        (0, 0, 0, 0),
        (0, 0),
        (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8),
    ),
    "ones": (
        (0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF),
        (0xFFFFFFFF, 0xFFFFFFFF),
        (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
    ),
    "pi": (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
}

seeds = st.integers(0, MAX_SEED)
run_numbers = st.integers(0, MAX_RUN)
channels = st.integers(0, 2**64 - 1)
steps = st.integers(0, 2**34 - 1)
MANY = 100_000


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN_ANSWERS.values(), ids=KNOWN_ANSWERS)
def test_philox_gives_the_published_answers(counter: Any, key: Any, words: Any) -> None:
    assert philox(counter, *key) == words


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN_ANSWERS.values(), ids=KNOWN_ANSWERS)
def test_philox_gives_the_published_answers_in_arrays(counter: Any, key: Any, words: Any) -> None:
    a, b, c, d = (np.full(3, word, dtype=np.uint64) for word in counter)
    found = philox((a, b, c, d), np.uint64(key[0]), np.uint64(key[1]))
    assert [part.tolist() for part in found] == [[word] * 3 for word in words]


@pytest.fixture(scope="session")
def native_philox() -> Callable[..., Any]:
    import numba

    compiled.enable()

    def call(counter: Any, low: Any, high: Any) -> Any:
        return philox(counter, low, high)

    jitted: Callable[..., Any] = numba.njit(call)
    return jitted


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN_ANSWERS.values(), ids=KNOWN_ANSWERS)
def test_philox_gives_the_published_answers_in_machine_code(
    native_philox: Callable[..., Any], counter: Any, key: Any, words: Any
) -> None:
    assert native_philox(counter, *key) == words


@given(seed=seeds, run=run_numbers, number=channels, step=steps)
def test_a_uniform_lies_strictly_between_0_and_1(
    seed: int, run: int, number: int, step: int
) -> None:
    assert 0.0 < uniform(seed, run, number, step) < 1.0


@settings(max_examples=30)
@given(
    seed=seeds,
    run=run_numbers,
    names=st.lists(channels, min_size=1, max_size=4),
    count=st.integers(1, 40),
)
def test_a_table_holds_what_would_be_asked_for_one_by_one(
    seed: int, run: int, names: list[int], count: int
) -> None:
    rows = table(seed, run, names, count)
    assert rows.tolist() == [[uniform(seed, run, c, s) for s in range(count)] for c in names]


@settings(max_examples=30)
@given(
    seed=seeds,
    number=channels,
    places=st.lists(st.tuples(run_numbers, steps), min_size=1, max_size=30),
)
def test_scattered_places_hold_what_would_be_asked_for_one_by_one(
    seed: int, number: int, places: list[tuple[int, int]]
) -> None:
    runs = np.array([run for run, _ in places], dtype=np.int64)
    at = np.array([step for _, step in places], dtype=np.int64)
    expected = [uniform(seed, run, number, step) for run, step in places]
    assert scattered(seed, number, runs, at).tolist() == expected


@given(seed=seeds, run=run_numbers, number=channels, step=steps)
def test_a_normal_is_the_quantile_of_the_uniform(
    seed: int, run: int, number: int, step: int
) -> None:
    u = uniform(seed, run, number, step)
    assert normal(seed, run, number, step) == inverse_normal(u)


def test_run_54_321_alone_equals_its_row_among_100_000() -> None:
    number = channel("slow.state.political:v1")
    runs = np.arange(MANY, dtype=np.int64)
    for step in (0, 3, 4, 303):
        rows = scattered(7, number, runs, np.full(MANY, step, dtype=np.int64))
        assert rows[54_321] == uniform(7, 54_321, number, step)
        assert rows[54_321] == table(7, 54_321, [number], 304)[0, step]


@given(seed=seeds, run=run_numbers)
@settings(max_examples=20)
def test_adding_and_reordering_channels_changes_no_other(seed: int, run: int) -> None:
    names = [channel(name) for name in ("a:v1", "b:v1", "c:v1")]
    alone = table(seed, run, names[:1], 20)[0]
    together = table(seed, run, [names[2], channel("new:v1"), names[0], names[1]], 20)[2]
    assert alone.tolist() == together.tolist()


@given(seed=seeds, run=run_numbers)
@settings(max_examples=20)
def test_asking_for_more_steps_changes_no_earlier_one(seed: int, run: int) -> None:
    number = channel("a:v1")
    few, many = table(seed, run, [number], 7), table(seed, run, [number], 304)
    assert few.tolist() == many[:, :7].tolist()


def test_a_channel_is_its_name_and_nothing_else() -> None:
    assert channel("slow.state.political:v1") == channel("slow.state." + "political:v1")
    # Fixed for good: a change here gives every stored result other noise.
    assert channel("slow.state.political:v1") == int.from_bytes(
        bytes.fromhex("5fb8149c34ee1f78"), "little"
    )
    names = [f"{letter}.{k}:v{v}" for letter in "abcdef" for k in range(50) for v in (1, 2)]
    assert len({channel(name) for name in names}) == len(names)


@pytest.mark.parametrize("changed", ["seed", "run", "channel", "step"])
def test_everything_a_uniform_depends_on_makes_a_difference(changed: str) -> None:
    where = {"seed": 1, "run": 2, "channel": channel("a:v1"), "step": 5}
    there = where | {changed: where[changed] + 1}
    assert uniform(**where) != uniform(**there)


@pytest.mark.parametrize("seed", [0, 1, 2**32, MAX_SEED])
def test_uniforms_have_the_moments_of_uniforms(seed: int) -> None:
    runs = np.arange(MANY, dtype=np.int64)
    rows = [scattered(seed, channel("a:v1"), runs, np.full(MANY, s)) for s in range(5)]
    sampling_error = 1.0 / math.sqrt(12.0 * MANY)
    for row in rows:
        assert abs(row.mean() - 0.5) < 5.0 * sampling_error
        assert abs(row.var() - 1.0 / 12.0) < 5.0 / math.sqrt(180.0 * MANY)
    apart = np.corrcoef(np.stack(rows)) - np.eye(len(rows))
    assert np.abs(apart).max() < 5.0 / math.sqrt(MANY)


def test_normals_have_the_moments_of_normals() -> None:
    draws = np.array([normal(3, run, channel("a:v1"), 9) for run in range(20_000)])
    assert abs(draws.mean()) < 5.0 / math.sqrt(len(draws))
    assert abs(draws.var() - 1.0) < 5.0 * math.sqrt(2.0 / len(draws))


def test_runs_steps_and_channels_are_uncorrelated() -> None:
    rows = table(11, 0, [channel(f"{k}:v1") for k in range(20)], 4000)
    together = np.vstack([rows, table(11, 1, [channel(f"{k}:v1") for k in range(20)], 4000)])
    apart = np.corrcoef(together) - np.eye(len(together))
    assert np.abs(apart).max() < 5.5 / math.sqrt(4000.0)
    lagged = [np.corrcoef(row[:-1], row[1:])[0, 1] for row in together]
    assert np.abs(lagged).max() < 5.5 / math.sqrt(4000.0)


def test_no_seed_gives_an_explicit_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "randbits", lambda bits: 2**bits - 1)
    found = as_seed(None)
    assert type(found) is int
    assert 0 <= found <= MAX_SEED


@pytest.mark.parametrize(
    ("given_seed", "seed"),
    [
        (0, 0),
        (MAX_SEED, MAX_SEED),
        ("42", 42),
        (" 42\n", 42),
        ("0042", 42),
        (str(MAX_SEED), MAX_SEED),
        (42.0, 42),
        (np.int64(42), 42),
        (np.uint64(MAX_SEED), MAX_SEED),
        (np.int8(42), 42),
        (Fraction(42), 42),
        (Decimal(42), 42),
    ],
)
def test_whole_numbers_in_any_dress_are_seeds(given_seed: object, seed: int) -> None:
    found = as_seed(given_seed)
    assert found == seed
    assert type(found) is int


@pytest.mark.parametrize(
    "wrong",
    [
        *(True, False, np.True_, -1, 2**64, 1.5, -0.5, math.nan, math.inf, 1e30),
        *("", "hello", "-1", "1.5", "1e3", "0x10", "4 2", "²", "٤٢", str(2**64)),
        *(b"42", [42], (), {}, np.array([1, 2]), Fraction(1, 2), 1j),
    ],
)
def test_anything_else_is_no_seed_and_the_error_says_what_is(wrong: object) -> None:
    with pytest.raises(SettingError) as caught:
        as_seed(wrong)
    (problem,) = caught.value.problems
    assert problem.startswith("seed is ")
    assert problem.endswith(f"must be a whole number from 0 to {MAX_SEED}")


@pytest.mark.parametrize("huge", ["9" * 5000, 10**5000], ids=["text", "number"])
def test_a_number_too_long_for_python_to_read_or_print_is_no_seed_either(huge: object) -> None:
    with pytest.raises(SettingError, match=f"must be a whole number from 0 to {MAX_SEED}"):
        as_seed(huge)


@given(seed=seeds)
def test_a_seed_survives_a_text_box(seed: int) -> None:
    assert as_seed(str(as_seed(seed))) == seed
