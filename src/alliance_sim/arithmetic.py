"""Elementary functions from exact operations only, equal to the last bit everywhere.

The C library's `exp` and `log` differ between machines, and NumPy's differ from both; these use
`+ - * /`, `sqrt`, comparisons and moves of exponent bits, which IEEE 754 fixes completely. So the
same seed gives the same history in plain Python, in compiled code and on any processor.

Ranges: `exp` flushes to 0 below -708 and stops at its largest value above 709; `log` wants a
positive normal number and treats anything smaller than 1e-300 as 1e-300.
"""

from __future__ import annotations

from math import sqrt as sqrt  # noqa: PLC0414 - rules take it from here

from alliance_sim.compiled import bits_to_float, float_to_bits, rule

LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
INV_LN2 = 1.44269504088896338700e00
# Adding 1.5 * 2**52 to a float below 2**51 rounds it to a whole number, which the lowest bits of
# the sum then hold: processors that convert floats to 64-bit integers only one by one can do that
# to several at once.
MAGIC = 6755399441055744.0
MAGIC_BITS = 0x4338000000000000

# Coefficients of AS 241, lowest degree first.
CENTRAL = (
    3.3871328727963666080e0,
    1.3314166789178437745e2,
    1.9715909503065514427e3,
    1.3731693765509461125e4,
    4.5921953931549871457e4,
    6.7265770927008700853e4,
    3.3430575583588128105e4,
    2.5090809287301226727e3,
)
UNDER_CENTRAL = (
    1.0,
    4.2313330701600911252e1,
    6.8718700749205790830e2,
    5.3941960214247511077e3,
    2.1213794301586595867e4,
    3.9307895800092710610e4,
    2.8729085735721942674e4,
    5.2264952788528545610e3,
)
OUTER = (
    1.42343711074968357734e0,
    4.63033784615654529590e0,
    5.76949722146069140550e0,
    3.64784832476320460504e0,
    1.27045825245236838258e0,
    2.41780725177450611770e-1,
    2.27238449892691845833e-2,
    7.74545014278341407640e-4,
)
UNDER_OUTER = (
    1.0,
    2.05319162663775882187e0,
    1.67638483018380384940e0,
    6.89767334985100004550e-1,
    1.48103976427480074590e-1,
    1.51986665636164571966e-2,
    5.47593808499534494600e-4,
    1.05075007164441684324e-9,
)

# Coefficients of Hart's algorithm 5666, lowest degree first.
TAIL = (
    220.206867912376,
    221.213596169931,
    112.079291497871,
    33.912866078383,
    6.37396220353165,
    0.700383064443688,
    3.52624965998911e-2,
    0.0,
)
UNDER_TAIL = (
    440.413735824752,
    793.826512519948,
    637.333633378831,
    296.564248779674,
    86.7807322029461,
    16.064177579207,
    1.75566716318264,
    8.83883476483184e-2,
)


@rule
def exp(x: float) -> float:
    """Return e to the power x, within 2 units in the last place, for x in [-708, 709].

    Source: range reduction by ln 2 in two parts and a degree-13 Taylor polynomial (textbook).
    """
    if x < -708.0:
        return 0.0
    y = min(x, 709.0)
    shifted = y * INV_LN2 + MAGIC
    k = shifted - MAGIC
    r = (y - k * LN2_HIGH) - k * LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    low = (0.5 + 0.16666666666666666 * r) + (0.041666666666666664 + 0.008333333333333333 * r) * r2
    middle = (0.001388888888888889 + 0.0001984126984126984 * r) + (
        2.48015873015873e-05 + 2.7557319223985893e-06 * r
    ) * r2
    high = (2.755731922398589e-07 + 2.505210838544172e-08 * r) + (
        2.08767569878681e-09 + 1.6059043836821613e-10 * r
    ) * r2
    p = 1.0 + (r + r2 * (low + (middle + high * r4) * r4))
    return p * bits_to_float((float_to_bits(shifted) - MAGIC_BITS + 1023) << 52)


@rule
def log(x: float) -> float:
    """Return the natural logarithm of a positive number, within 2 units in the last place.

    Source: mantissa brought to [sqrt(1/2), sqrt(2)), then the series of 2 artanh((m-1)/(m+1))
    (textbook).
    """
    bits = float_to_bits(max(x, 1e-300))
    whole = (bits >> 52) - 1023
    m = bits_to_float((bits & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000)
    if m > 1.4142135623730951:
        m = m * 0.5
        whole = whole + 1
    exponent = bits_to_float(whole + MAGIC_BITS) - MAGIC
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    z2 = z * z
    z4 = z2 * z2
    low = (0.3333333333333333 + 0.2 * z) + (0.14285714285714285 + 0.1111111111111111 * z) * z2
    middle = (0.09090909090909091 + 0.07692307692307693 * z) + (
        0.06666666666666667 + 0.058823529411764705 * z
    ) * z2
    high = 0.05263157894736842 + 0.047619047619047616 * z
    series = 2.0 * s + 2.0 * s * (z * (low + (middle + high * z4) * z4))
    return exponent * LN2_HIGH + (series + exponent * LN2_LOW)


@rule
def logistic(x: float) -> float:
    """Return 1 / (1 + exp(-x)), in [0, 1]; x beyond 40 counts as 40."""
    return 1.0 / (1.0 + exp(-max(-40.0, min(40.0, x))))


@rule
def power(base: float, exponent: float) -> float:
    """Return base ** exponent for a base in [0, 1] or above; 0 stays 0 for exponents above 0."""
    if base <= 0.0:
        return 0.0
    return exp(exponent * log(base))


@rule
def hazard(log_rate: float, dt: float) -> float:
    """Return the probability that an event with this log rate per year falls within dt years.

    Complementary log-log: exact under a change of step.
    """
    return 1.0 - exp(-exp(min(log_rate, 50.0)) * dt)


@rule
def happens(chance: float, u: float) -> float:
    """Return 1 if an event of this probability happens, else 0.

    One uniform decides, and a higher probability never turns a 1 into a 0, so that twin worlds stay
    coupled.
    """
    return 1.0 if u < chance else 0.0


@rule
def normal_share(x: float) -> float:
    """Return the probability that a standard normal is at most x, within 2e-16.

    Far below, where it is tiny, it is right to 5 parts in a million; x beyond 37 counts as 37.

    Source: J. F. Hart and others, Computer Approximations (1968), algorithm 5666.
    """
    size = min(37.0, max(x, -x))
    tail = exp(-0.5 * size * size) * (_degree_seven(TAIL, size) / _degree_seven(UNDER_TAIL, size))
    return 1.0 - tail if x > 0.0 else tail


@rule
def inverse_normal(u: float) -> float:
    """Return the standard normal quantile of u, relative error below 1e-15.

    For u from 1e-11 to 1 - 1e-11, which holds for every uniform made of a 32-bit word.

    Source: M. J. Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988) 477-484.
    """
    return normal_central(u) if is_central(u) else normal_outer(u)


@rule
def is_central(u: float) -> bool:
    """Return whether a uniform lies where `inverse_normal` needs neither logarithm nor root."""
    return -0.425 <= u - 0.5 <= 0.425


@rule
def normal_central(u: float) -> float:
    """Return `inverse_normal` of a uniform that is central: 17 in 20 are."""
    q = u - 0.5
    r = 0.180625 - q * q
    return q * (_degree_seven(CENTRAL, r) / _degree_seven(UNDER_CENTRAL, r))


@rule
def normal_outer(u: float) -> float:
    """Return `inverse_normal` of a uniform that is not central."""
    q = u - 0.5
    r = sqrt(-log(u if q < 0.0 else 1.0 - u)) - 1.6
    value = _degree_seven(OUTER, r) / _degree_seven(UNDER_OUTER, r)
    return -value if q < 0.0 else value


@rule
def _degree_seven(a: tuple[float, ...], x: float) -> float:
    """Return a[0] + a[1] x + ... + a[7] x**7, added up in pairs: a processor works them at once."""
    x2 = x * x
    low = (a[0] + a[1] * x) + (a[2] + a[3] * x) * x2
    high = (a[4] + a[5] * x) + (a[6] + a[7] * x) * x2
    return low + high * (x2 * x2)
