"""The package's own elementary functions are right, and equal everywhere to the last bit."""

import math
import struct
from collections.abc import Callable
from fractions import Fraction
from statistics import NormalDist
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alliance_sim import compiled
from alliance_sim.arithmetic import (
    _degree_seven,
    exp,
    happens,
    hazard,
    inverse_normal,
    log,
    logistic,
    normal_share,
    power,
)

EPSILON = 2.0**-52
LARGEST = exp(709.0)
SMALLEST_LOG = log(1e-300)

anything = st.floats(-1e300, 1e300)
exponents = st.floats(-708.0, 709.0)
positives = st.floats(1e-300, 1.7e308)
words = st.integers(0, 2**32 - 1)
open_share = st.floats(2.0**-33, 1.0 - 2.0**-33)
bases = st.floats(0.0, 1e6)
powers = st.floats(-30.0, 30.0)

Compiled = Callable[[Callable[..., Any]], Callable[..., Any]]


def ulps(found: float, expected: float) -> float:
    """Return how many units in the last place lie between two floats."""
    return abs(found - expected) / math.ulp(max(abs(found), abs(expected)))


def bits(x: float) -> bytes:
    return struct.pack("<d", x)


@pytest.fixture(scope="session")
def native() -> Compiled:
    """What turns a rule into machine code called with the same arguments."""
    import numba

    compiled.enable()

    def compile_caller(rule: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            return rule(*arguments)

        jitted: Callable[..., Any] = numba.njit(call)
        return jitted

    return compile_caller


@given(x=exponents)
def test_exp_is_within_one_unit_of_the_library(x: float) -> None:
    assert ulps(exp(x), math.exp(x)) <= 1.0


@given(x=positives)
def test_log_is_within_two_units_of_the_library(x: float) -> None:
    assert ulps(log(x), math.log(x)) <= 2.0


@given(x=st.floats(0.5, 2.0))
def test_log_keeps_its_last_bits_around_one(x: float) -> None:
    assert ulps(log(x), math.log(x)) <= 2.0


@given(word=words)
def test_the_normal_quantile_is_that_of_the_standard_library(word: int) -> None:
    u = (word + 0.5) * 2.0**-32
    assert math.isclose(inverse_normal(u), NormalDist().inv_cdf(u), rel_tol=3e-15)


@given(u=open_share)
def test_the_normal_quantile_undoes_the_distribution_function(u: float) -> None:
    below = 0.5 * math.erfc(-inverse_normal(u) / math.sqrt(2.0))
    assert math.isclose(below, u, rel_tol=1e-13)


@given(word=words)
def test_the_normal_quantile_is_symmetric(word: int) -> None:
    u = (word + 0.5) * 2.0**-32
    assert bits(inverse_normal(1.0 - u)) == bits(-inverse_normal(u))


@given(x=st.floats(-40.0, 40.0))
def test_the_logistic_is_within_a_few_units_of_the_library(x: float) -> None:
    assert ulps(logistic(x), 1.0 / (1.0 + math.exp(-x))) <= 4.0


@given(base=st.floats(1e-12, 1e6), exponent=powers)
def test_a_power_is_as_good_as_its_logarithm_allows(base: float, exponent: float) -> None:
    assume(abs(exponent * math.log(base)) < 700.0)  # beyond it, exp is 0 or at its largest
    units = 4.0 + 3.0 * abs(exponent * math.log(base))
    assert math.isclose(power(base, exponent), base**exponent, rel_tol=units * EPSILON)


@given(x=anything, y=anything)
def test_exp_never_falls(x: float, y: float) -> None:
    low, high = min(x, y), max(x, y)
    assert exp(low) <= exp(high)


@given(x=st.floats(-2.0, 2.0), k=st.integers(-1000, 1000))
def test_exp_never_falls_from_one_float_to_the_next_even_at_seams(x: float, k: int) -> None:
    for at in (x, (k + 0.5) * math.log(2.0)):
        assert exp(at) <= exp(math.nextafter(at, math.inf))


@given(x=positives, y=positives)
def test_log_never_falls(x: float, y: float) -> None:
    low, high = min(x, y), max(x, y)
    assert log(low) <= log(high)


@given(word=st.integers(0, 2**32 - 2))
def test_the_normal_quantile_rises_from_each_uniform_to_the_next(word: int) -> None:
    u, following = (word + 0.5) * 2.0**-32, (word + 1.5) * 2.0**-32
    assert inverse_normal(u) < inverse_normal(following)


@given(x=anything, y=anything)
def test_the_logistic_never_falls_and_stays_a_share(x: float, y: float) -> None:
    low, high = logistic(min(x, y)), logistic(max(x, y))
    assert 0.0 <= low <= high <= 1.0


@given(x=st.floats(-37.0, 37.0))
def test_the_logistic_of_both_signs_adds_to_one(x: float) -> None:
    assert math.isclose(logistic(x) + logistic(-x), 1.0, rel_tol=4.0 * EPSILON)


@given(x=st.floats(max_value=-708.1, allow_nan=False))
def test_exp_flushes_to_nothing_far_below_zero(x: float) -> None:
    assert bits(exp(x)) == bits(0.0)


@given(x=st.floats(min_value=709.0, allow_nan=False))
def test_exp_stops_at_its_largest_value(x: float) -> None:
    assert math.isfinite(LARGEST)
    assert bits(exp(x)) == bits(LARGEST)


@given(x=st.floats(max_value=1e-300, allow_nan=False))
def test_log_takes_whatever_is_too_small_for_its_smallest(x: float) -> None:
    assert bits(log(x)) == bits(SMALLEST_LOG)
    assert math.isclose(SMALLEST_LOG, math.log(1e-300), rel_tol=1e-15)


SEAMS = (0.075, 0.925)


@pytest.mark.parametrize(
    "u",
    [
        *(2.0**-33, 1.0 - 2.0**-33, 1e-11, 1.0 - 1e-11, 0.5),
        *(math.nextafter(seam, way) for seam in SEAMS for way in (0.0, seam, 1.0)),
    ],
)
def test_the_normal_quantile_is_right_at_the_ends_and_seams(u: float) -> None:
    assert math.isclose(inverse_normal(u), NormalDist().inv_cdf(u), rel_tol=3e-15)


@given(u=st.floats(1e-11, 1.0 - 1e-11))
def test_the_normal_quantile_is_right_throughout_its_range(u: float) -> None:
    assert math.isclose(inverse_normal(u), NormalDist().inv_cdf(u), rel_tol=3e-15, abs_tol=1e-16)


@given(log_rate=st.floats(-40.0, 6.0), dt=st.floats(1e-3, 1.0))
def test_a_hazard_is_the_probability_of_at_least_one_event_at_that_rate(
    log_rate: float, dt: float
) -> None:
    found = hazard(log_rate, dt)
    assert 0.0 <= found <= 1.0
    expected = -math.expm1(-math.exp(log_rate) * dt)
    assert math.isclose(found, expected, rel_tol=1e-12, abs_tol=2.0 * EPSILON)


@given(x=anything, y=anything, dt=st.floats(1e-3, 1.0))
def test_a_higher_rate_is_never_a_smaller_hazard(x: float, y: float, dt: float) -> None:
    assert 0.0 <= hazard(min(x, y), dt) <= hazard(max(x, y), dt) <= 1.0


@given(log_rate=st.floats(-5.0, 5.0), dt=st.floats(0.01, 1.0))
def test_two_half_steps_leave_as_much_untouched_as_a_whole_one(log_rate: float, dt: float) -> None:
    half = 1.0 - hazard(log_rate, dt / 2.0)
    assert math.isclose(half * half, 1.0 - hazard(log_rate, dt), rel_tol=1e-9, abs_tol=1e-15)


@given(log_rate=anything, dt=st.floats(1e-3, 1.0), u=open_share)
def test_what_happens_is_what_its_hazard_covers(log_rate: float, dt: float, u: float) -> None:
    chance = hazard(log_rate, dt)
    assert happens(chance, u) == float(u < chance)


@given(a=st.tuples(*([st.floats(-100.0, 100.0)] * 8)), x=st.floats(-2.0, 2.0))
def test_a_polynomial_added_up_in_pairs_is_the_polynomial(a: tuple[float, ...], x: float) -> None:
    exact = sum(Fraction(part) * Fraction(x) ** k for k, part in enumerate(a))
    most = sum(abs(part) * abs(x) ** k for k, part in enumerate(a))
    assert abs(Fraction(_degree_seven(a, x)) - exact) <= 8.0 * EPSILON * most + 1e-300


@given(exponent=st.floats(1e-6, 1e6), base=st.floats(max_value=0.0, allow_nan=False))
def test_a_power_of_nothing_is_nothing(exponent: float, base: float) -> None:
    assert bits(power(base, exponent)) == bits(0.0)


@given(base=st.floats(0.0, 1.0), exponent=st.floats(1e-6, 1e6))
def test_a_share_to_a_positive_power_stays_a_share(base: float, exponent: float) -> None:
    assert 0.0 <= power(base, exponent) <= 1.0


def test_what_must_be_exact_is_exact() -> None:
    assert bits(exp(0.0)) == bits(1.0)
    assert bits(log(1.0)) == bits(0.0)
    assert bits(logistic(0.0)) == bits(0.5)
    assert bits(inverse_normal(0.5)) == bits(0.0)


@given(x=st.floats(-37.0, 37.0))
def test_the_share_below_is_that_of_the_normal_law(x: float) -> None:
    wanted = 0.5 * math.erfc(-x / math.sqrt(2.0))
    assert math.isclose(normal_share(x), wanted, rel_tol=5e-6, abs_tol=3e-16)
    assert abs(normal_share(x) - wanted) < 3e-16


@given(u=st.floats(1e-9, 1.0 - 1e-9))
def test_the_share_below_a_quantile_is_where_it_was_taken(u: float) -> None:
    assert math.isclose(normal_share(inverse_normal(u)), u, rel_tol=1e-8)


@given(x=anything, y=positives, u=open_share, base=bases, exponent=powers)
def test_machine_code_gives_the_same_bits(
    native_five: tuple[Callable[..., Any], ...],
    x: float,
    y: float,
    u: float,
    base: float,
    exponent: float,
) -> None:
    plain = (exp(x), log(y), logistic(x), inverse_normal(u), power(base, exponent))
    arguments: tuple[tuple[float, ...], ...] = ((x,), (y,), (x,), (u,), (base, exponent))
    machine = [f(*given_to) for f, given_to in zip(native_five, arguments, strict=True)]
    assert [bits(value) for value in machine] == [bits(value) for value in plain]


@given(x=exponents, dt=st.floats(1e-3, 1.0))
def test_machine_code_agrees_about_hazards(
    native_hazard: Callable[..., Any], x: float, dt: float
) -> None:
    assert bits(native_hazard(x, dt)) == bits(hazard(x, dt))


@pytest.fixture(scope="session")
def native_five(native: Compiled) -> tuple[Callable[..., Any], ...]:
    return tuple(native(rule) for rule in (exp, log, logistic, inverse_normal, power))


@pytest.fixture(scope="session")
def native_hazard(native: Compiled) -> Callable[..., Any]:
    return native(hazard)


@given(x=st.floats(allow_nan=False))
def test_the_bits_of_a_float_make_it_again(x: float) -> None:
    assert bits(compiled.bits_to_float(compiled.float_to_bits(x))) == bits(x)


@given(a=words, b=words)
def test_both_halves_of_a_product_make_the_product(a: int, b: int) -> None:
    assert (compiled.high32(a, b) << 32) + compiled.low32(a, b) == a * b
