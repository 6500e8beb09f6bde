/* One block of runs as Python hands it over, and loops over its columns.

   `layout.h` is written from the compiled engine's own layout when the library is built: where
   rows begin, where coefficients lie, how many columns there are. */

#ifndef BLOCK_H
#define BLOCK_H

#include "layout.h"
#include "rules.h"

/* All columns, four vectors at a time: a processor that waits for one chain of operations works on
   the others meanwhile. Columns do not depend on each other, which the compiler cannot see where
   rows of one array are read and written; the pragma says so. */
#define EACH(i)                                                                                    \
    _Pragma("GCC ivdep") for (int first_ = 0; first_ < LANES / 4; first_++)                        \
        _Pragma("GCC unroll 4") for (int i = first_; i < LANES; i += LANES / 4)

/* The same, one vector at a time: for loops that wait for memory only. */
#define EACH_SIMPLY(i) _Pragma("GCC ivdep") for (int i = 0; i < LANES; i++)

/* Sixteen columns at a time in four vectors, for sums over many rows that stay in registers. */
typedef double loose __attribute__((vector_size(32), aligned(8), may_alias));
#define EACH_PART(i) for (int i = 0; i < LANES; i += 16)
#define EACH_VECTOR(q) _Pragma("GCC unroll 4") for (int q = 0; q < 4; q++)
rule vector part_of(const double *values, int i, int q) {
    return *(const loose *)(values + i + 4 * q);
}
rule void put_part(double *out, int i, int q, vector values) {
    *(loose *)(out + i + 4 * q) = values;
}

/* Columns whose flag is 1, as the bits of one number, and a walk through them. */
rule uint64_t marked(const uint8_t flags[LANES]) {
    uint64_t found = 0, eight;
    for (int i = 0; i < LANES; i += 8) {
        memcpy(&eight, flags + i, 8);
        found |= (eight * 0x0102040810204080 >> 56) << i;
    }
    return found;
}
#define EACH_MARKED(i, marks)                                                                      \
    for (uint64_t left_ = (marks); left_; left_ &= left_ - 1)                                      \
        for (int i = __builtin_ctzll(left_), once_ = 1; once_; once_ = 0)

/* The columns in use, one by one: for what is rare. */
#define EACH_RUN(i, block) for (int i = 0; i < (block)->n; i++)

typedef struct {
    int64_t n; /* columns in use; the others are computed too and mean nothing */
    const Shape *shape;
    const Rows *at;
    const int64_t *asian, *distracting, *after, *sides;
    const int64_t *key;      /* 2 */
    const int64_t *channels; /* 2, channel */
    int64_t channel_count;
    const int64_t *runs;
    const double *noise_given; /* run, channel, step; or nothing */
    const row *c;
    const double *tables; /* world, step, number */
    int64_t worlds;
    const int64_t *which;
    row *before, *next_state, *now, *noise, *four, *aside, *drawn;
    double *lucks, *answers;
    const int64_t *reported;
    int64_t reported_count;
    double *trajectories; /* run, quarter, reported state; or nothing */
    const int64_t *folds; /* outcome, 5 */
    int64_t fold_count;
    const double *thresholds, *years;
    row *summaries;
    int64_t *failures; /* 2, column */
} Block;

#endif
