/* What a block leaves behind: `engine.kernel.outputs`. */

#ifndef OUTPUTS_H
#define OUTPUTS_H

#include "block.h"

/* Note runs in which a reported state is infinite or not a number: x - x is then not 0. */
static void look_for_failures(const Block *b, int64_t step, const row *x) {
    double odd[LANES];
    EACH_PART(i) {
        vector sum[4] = {0};
        for (int64_t k = 0; k < b->reported_count; k++)
            EACH_VECTOR(q) {
                vector value = part_of(x[b->reported[k]], i, q);
                sum[q] = sum[q] + (value - value);
            }
        EACH_VECTOR(q) put_part(odd, i, q, sum[q]);
    }
    EACH_RUN(i, b) if (odd[i] != 0.0 && b->failures[i] < 0)
        for (int64_t k = 0; k < b->reported_count && b->failures[i] < 0; k++) {
            double value = x[b->reported[k]][i];
            if (value - value != 0.0) {
                b->failures[i] = step;
                b->failures[LANES + i] = k;
            }
        }
}

/* A state as it is, or 1 where a comparison holds and 0 where it does not. */
static const double *signal_of(
    const double *restrict state, int64_t comparison, double threshold, double *restrict out) {
    switch (comparison) {
    case AS_IT_IS: return state;
    case AT_LEAST: EACH_SIMPLY(i) out[i] = state[i] >= threshold ? 1.0 : 0.0; break;
    case ABOVE: EACH_SIMPLY(i) out[i] = state[i] > threshold ? 1.0 : 0.0; break;
    case AT_MOST: EACH_SIMPLY(i) out[i] = state[i] <= threshold ? 1.0 : 0.0; break;
    default: EACH_SIMPLY(i) out[i] = state[i] < threshold ? 1.0 : 0.0;
    }
    return out;
}

/* Take one more quarter into an outcome. */
static void fold(const Block *b, int64_t step, int64_t outcome, const row *x) {
    const int64_t *how = b->folds + 5 * outcome;
    row room;
    const double *restrict value = signal_of(x[how[2]], how[1], b->thresholds[outcome], room);
    double *restrict out = b->summaries[outcome];
    double never = b->years[b->shape->steps], year = b->years[step];
    int first = step == how[3];
    if (how[0] == ADD)
        EACH_SIMPLY(i) out[i] = out[i] + value[i];
    else if (how[0] == EARLIEST) {
        if (first) EACH_SIMPLY(i) out[i] = never;
        EACH_SIMPLY(i) {
            int now = value[i] > 0.0 && out[i] == never;
            out[i] = now ? year : out[i];
        }
    } else if (first)
        EACH_SIMPLY(i) out[i] = value[i];
    else if (how[0] == LARGEST)
        EACH_SIMPLY(i) out[i] = max(out[i], value[i]);
    else
        EACH_SIMPLY(i) out[i] = min(out[i], value[i]);
}

static void keep(const Block *b, int64_t step, const row *x) {
    look_for_failures(b, step, x);
    int64_t states = b->reported_count;
    if (b->trajectories) EACH_RUN(i, b) {
        double *out = b->trajectories + (i * b->shape->steps + step) * states;
        for (int64_t k = 0; k < states; k++) out[k] = x[b->reported[k]][i];
    }
    for (int64_t outcome = 0; outcome < b->fold_count; outcome++)
        if (b->folds[5 * outcome + 3] <= step && step < b->folds[5 * outcome + 4])
            fold(b, step, outcome, x);
}

#endif
