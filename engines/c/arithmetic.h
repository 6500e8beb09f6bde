/* Elementary functions and noise: `alliance_sim.arithmetic` and `alliance_sim.noise`, operation by
   operation. Nothing here may be reordered, and nothing may be contracted to a fused
   multiplication: either would change bits. */

#ifndef ARITHMETIC_H
#define ARITHMETIC_H

#include <stdint.h>
#include <string.h>

#define rule static inline __attribute__((always_inline))

#define LN2_HIGH 6.93147180369123816490e-01
#define LN2_LOW 1.90821492927058770002e-10
#define INV_LN2 1.44269504088896338700e00
#define MAGIC 6755399441055744.0
#define MAGIC_BITS 0x4338000000000000
#define TO_UNIT 0x1p-32
#define WORD 0xFFFFFFFFu

rule int64_t float_to_bits(double x) {
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

rule double bits_to_float(int64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* As Python's: the first argument unless the second is smaller (larger). */
rule double min(double a, double b) { return b < a ? b : a; }
rule double max(double a, double b) { return b > a ? b : a; }

rule double exp_of(double x) {
    double y = min(x, 709.0);
    double shifted = y * INV_LN2 + MAGIC;
    double k = shifted - MAGIC;
    double r = (y - k * LN2_HIGH) - k * LN2_LOW;
    double r2 = r * r;
    double r4 = r2 * r2;
    double low = (0.5 + 0.16666666666666666 * r)
        + (0.041666666666666664 + 0.008333333333333333 * r) * r2;
    double middle = (0.001388888888888889 + 0.0001984126984126984 * r)
        + (2.48015873015873e-05 + 2.7557319223985893e-06 * r) * r2;
    double high = (2.755731922398589e-07 + 2.505210838544172e-08 * r)
        + (2.08767569878681e-09 + 1.6059043836821613e-10 * r) * r2;
    double p = 1.0 + (r + r2 * (low + (middle + high * r4) * r4));
    uint64_t scale = (uint64_t)float_to_bits(shifted) - MAGIC_BITS + 1023;
    double value = p * bits_to_float((int64_t)(scale << 52));
    return x < -708.0 ? 0.0 : value;
}

rule double log_of(double x) {
    uint64_t bits = (uint64_t)float_to_bits(max(x, 1e-300));
    /* A positive float, so that the shift brings in zeros. */
    int64_t whole = (int64_t)(bits >> 52) - 1023;
    double m = bits_to_float((int64_t)((bits & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000));
    int64_t more = m > 1.4142135623730951 ? 1 : 0;
    m = m > 1.4142135623730951 ? m * 0.5 : m;
    double exponent = bits_to_float(whole + more + MAGIC_BITS) - MAGIC;
    double f = m - 1.0;
    double s = f / (2.0 + f);
    double z = s * s;
    double z2 = z * z;
    double z4 = z2 * z2;
    double low = (0.3333333333333333 + 0.2 * z)
        + (0.14285714285714285 + 0.1111111111111111 * z) * z2;
    double middle = (0.09090909090909091 + 0.07692307692307693 * z)
        + (0.06666666666666667 + 0.058823529411764705 * z) * z2;
    double high = 0.05263157894736842 + 0.047619047619047616 * z;
    double series = 2.0 * s + 2.0 * s * (z * (low + (middle + high * z4) * z4));
    return exponent * LN2_HIGH + (series + exponent * LN2_LOW);
}

rule double logistic(double x) {
    return 1.0 / (1.0 + exp_of(-max(-40.0, min(40.0, x))));
}

/* AS 241 in its two parts; `normals` in `noise.h` knows which of them a uniform needs. */
rule int is_central(double u) { return (-0.425 <= u - 0.5) & (u - 0.5 <= 0.425); }

rule double degree_seven(const double a[8], double x) {
    double x2 = x * x;
    double low = (a[0] + a[1] * x) + (a[2] + a[3] * x) * x2;
    double high = (a[4] + a[5] * x) + (a[6] + a[7] * x) * x2;
    return low + high * (x2 * x2);
}

rule double normal_central(double u) {
    static const double above[8] = {CENTRAL}, under[8] = {UNDER_CENTRAL};
    double q = u - 0.5;
    double r = 0.180625 - q * q;
    return q * (degree_seven(above, r) / degree_seven(under, r));
}

rule double normal_outer(double u) {
    static const double above[8] = {OUTER}, under[8] = {UNDER_OUTER};
    double q = u - 0.5;
    double r = __builtin_sqrt(-log_of(q < 0.0 ? u : 1.0 - u)) - 1.6;
    double value = degree_seven(above, r) / degree_seven(under, r);
    return q < 0.0 ? -value : value;
}

/* Four numbers at once: whole ones for noise, floats for sums that stay in registers. */
typedef uint64_t words __attribute__((vector_size(32)));
typedef double vector __attribute__((vector_size(32)));

/* The product of the lower halves; the upper ones may hold anything. */
rule words product(words a, uint64_t factor) {
    words by = (words){0} + factor;
#ifdef __AVX2__
    typedef int halves __attribute__((vector_size(32)));
    return (words)__builtin_ia32_pmuludq256((halves)a, (halves)by);
#else
    return (a & WORD) * by;
#endif
}

/* Philox4x32-10: scrambles four words of counters under one key; `times` four counters at once. */
rule void philox(words w[][4], int times, const int64_t key[2]) {
    uint64_t low = (uint64_t)key[0] & WORD, high = (uint64_t)key[1] & WORD;
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++) {
#pragma GCC unroll 4
        for (int k = 0; k < times; k++) {
            words from_a = product(w[k][0], 0xD2511F53), from_c = product(w[k][2], 0xCD9E8D57);
            w[k][0] = (from_c >> 32) ^ w[k][1] ^ low;
            w[k][1] = from_c;
            w[k][2] = (from_a >> 32) ^ w[k][3] ^ high;
            w[k][3] = from_a;
        }
        low = (low + 0x9E3779B9) & WORD;
        high = (high + 0xBB67AE85) & WORD;
    }
    for (int k = 0; k < times; k++)
        for (int part = 0; part < 4; part++) w[k][part] &= WORD;
}

/* Words below 2**32 as numbers strictly between 0 and 1: their bits make the lowest of 2**52. */
rule vector as_uniforms(words w) {
    return ((vector)(w | 0x4330000000000000) - 0x1p52 + 0.5) * TO_UNIT;
}

#endif
