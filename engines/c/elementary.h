/* Elementary functions of whole rows, in place. One function per loop leaves enough registers for
   four vectors at once; loops with several of them are slower by a third. */

#ifndef ELEMENTARY_H
#define ELEMENTARY_H

#include "block.h"

#define of_rows static __attribute__((noinline)) void

of_rows exp_all(double *restrict v) { EACH(i) v[i] = exp_of(v[i]); }

of_rows log_all(double *restrict v) { EACH(i) v[i] = log_of(v[i]); }

of_rows logistic_all(const double *restrict x, double *restrict out) {
    EACH(i) out[i] = logistic(x[i]);
}

/* base ** exponent; 0 where the base is 0 or below. */
of_rows power_all(
    const double *restrict base, const double *restrict exponent, double *restrict out) {
    row v;
    EACH_SIMPLY(i) v[i] = base[i];
    log_all(v);
    EACH_SIMPLY(i) v[i] = exponent[i] * v[i];
    exp_all(v);
    EACH_SIMPLY(i) out[i] = base[i] <= 0.0 ? 0.0 : v[i];
}

/* The probability that an event with this log rate per year falls within dt years. */
of_rows hazard_all(double *restrict log_rate, const double *restrict dt) {
    EACH_SIMPLY(i) log_rate[i] = min(log_rate[i], 50.0);
    exp_all(log_rate);
    EACH_SIMPLY(i) log_rate[i] = -log_rate[i] * dt[i];
    exp_all(log_rate);
    EACH_SIMPLY(i) log_rate[i] = 1.0 - log_rate[i];
}

/* 1 where such an event happens, else 0. */
of_rows happens_all(
    double *restrict log_rate, const double *restrict dt, const double *restrict u) {
    hazard_all(log_rate, dt);
    EACH_SIMPLY(i) log_rate[i] = u[i] < log_rate[i] ? 1.0 : 0.0;
}

#endif
