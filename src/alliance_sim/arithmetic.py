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
MAGIC = 6755399441055744.0  # 1.5 * 2**52: adding and taking it away rounds to a whole number


@rule
def exp(x: float) -> float:
    """Return e to the power x, within 2 units in the last place, for x in [-708, 709].

    Source: range reduction by ln 2 in two parts and a degree-13 Taylor polynomial (textbook).
    """
    if x < -708.0:
        return 0.0
    y = min(x, 709.0)
    k = (y * INV_LN2 + MAGIC) - MAGIC
    r = (y - k * LN2_HIGH) - k * LN2_LOW
    p = 1.6059043836821613e-10
    p = p * r + 2.08767569878681e-09
    p = p * r + 2.505210838544172e-08
    p = p * r + 2.755731922398589e-07
    p = p * r + 2.7557319223985893e-06
    p = p * r + 2.48015873015873e-05
    p = p * r + 0.0001984126984126984
    p = p * r + 0.001388888888888889
    p = p * r + 0.008333333333333333
    p = p * r + 0.041666666666666664
    p = p * r + 0.16666666666666666
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return p * bits_to_float((int(k) + 1023) << 52)


@rule
def log(x: float) -> float:
    """Return the natural logarithm of a positive number, within 2 units in the last place.

    Source: mantissa brought to [sqrt(1/2), sqrt(2)), then the series of 2 artanh((m-1)/(m+1))
    (textbook).
    """
    bits = float_to_bits(max(x, 1e-300))
    exponent = (bits >> 52) - 1023
    m = bits_to_float((bits & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000)
    if m > 1.4142135623730951:
        m = m * 0.5
        exponent = exponent + 1
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    p = 0.07692307692307693
    p = p * z + 0.09090909090909091
    p = p * z + 0.1111111111111111
    p = p * z + 0.14285714285714285
    p = p * z + 0.2
    p = p * z + 0.3333333333333333
    # Terms beyond the thirteenth power: still visible in the last bits at the interval's ends.
    tail = z * z * z * z * z * z * z
    tail = tail * (
        0.06666666666666667
        + z * (0.058823529411764705 + z * (0.05263157894736842 + z * 0.047619047619047616))
    )
    series = 2.0 * s + 2.0 * s * (p * z + tail)
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
def happens(log_rate: float, dt: float, u: float) -> float:
    """Return 1 if an event with this log rate per year falls within dt years, else 0.

    Complementary log-log: exact under a change of step. One uniform decides, and a higher rate
    never turns a 1 into a 0, so that twin worlds stay coupled.
    """
    hazard = 1.0 - exp(-exp(min(log_rate, 50.0)) * dt)
    return 1.0 if u < hazard else 0.0


@rule
def inverse_normal(u: float) -> float:
    """Return the standard normal quantile of u in (0, 1), relative error below 1e-15.

    Source: M. J. Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988) 477-484.
    """
    q = u - 0.5
    if -0.425 <= q <= 0.425:
        r = 0.180625 - q * q
        return q * _central(r)
    r = sqrt(-log(u if q < 0.0 else 1.0 - u))
    value = _middle(r - 1.6) if r <= 5.0 else _tail(r - 5.0)
    return -value if q < 0.0 else value


@rule
def _central(r: float) -> float:
    a = 2.5090809287301226727e3
    a = a * r + 3.3430575583588128105e4
    a = a * r + 6.7265770927008700853e4
    a = a * r + 4.5921953931549871457e4
    a = a * r + 1.3731693765509461125e4
    a = a * r + 1.9715909503065514427e3
    a = a * r + 1.3314166789178437745e2
    a = a * r + 3.3871328727963666080e0
    b = 5.2264952788528545610e3
    b = b * r + 2.8729085735721942674e4
    b = b * r + 3.9307895800092710610e4
    b = b * r + 2.1213794301586595867e4
    b = b * r + 5.3941960214247511077e3
    b = b * r + 6.8718700749205790830e2
    b = b * r + 4.2313330701600911252e1
    b = b * r + 1.0
    return a / b


@rule
def _middle(r: float) -> float:
    a = 7.74545014278341407640e-4
    a = a * r + 2.27238449892691845833e-2
    a = a * r + 2.41780725177450611770e-1
    a = a * r + 1.27045825245236838258e0
    a = a * r + 3.64784832476320460504e0
    a = a * r + 5.76949722146069140550e0
    a = a * r + 4.63033784615654529590e0
    a = a * r + 1.42343711074968357734e0
    b = 1.05075007164441684324e-9
    b = b * r + 5.47593808499534494600e-4
    b = b * r + 1.51986665636164571966e-2
    b = b * r + 1.48103976427480074590e-1
    b = b * r + 6.89767334985100004550e-1
    b = b * r + 1.67638483018380384940e0
    b = b * r + 2.05319162663775882187e0
    b = b * r + 1.0
    return a / b


@rule
def _tail(r: float) -> float:
    a = 2.01033439929228813265e-7
    a = a * r + 2.71155556874348757815e-5
    a = a * r + 1.24266094738807843860e-3
    a = a * r + 2.65321895265761230930e-2
    a = a * r + 2.96560571828504891230e-1
    a = a * r + 1.78482653991729133580e0
    a = a * r + 5.46378491116411436990e0
    a = a * r + 6.65790464350110377720e0
    b = 2.04426310338993978564e-15
    b = b * r + 1.42151175831644588870e-7
    b = b * r + 1.84631831751005468180e-5
    b = b * r + 7.86869131145613259100e-4
    b = b * r + 1.48753612908506148525e-2
    b = b * r + 1.36929880922735805310e-1
    b = b * r + 5.99832206555887937690e-1
    b = b * r + 1.0
    return a / b
