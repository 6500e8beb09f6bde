/* The rules of alliance-sim in C: how fast can the same bits be had on this machine?

   A rendering of `src/alliance_sim/engine/kernel`, stage by stage and operation by operation, with
   the same layout: one row for each number, one column for each of 64 runs. It exists to be
   compared with, in bits and in speed; nothing in the package uses it. */

#include "outputs.h"
#include "relationship.h"
#include "sides.h"

/* Copy what changes this quarter in the inputs of every run's world. */
static void bring_inputs(const Block *b, int64_t step) {
    int64_t numbers = b->at->all_inputs, steps = b->shape->steps;
    if (b->worlds == 1) {
        const double *table = b->tables + step * numbers;
        for (int64_t k = 0; k < numbers; k++)
            if (step == 0 || table[k] != table[k - numbers])
                EACH_SIMPLY(i) b->now[k][i] = table[k];
        return;
    }
    for (int i = 0; i < LANES; i++) {
        const double *table = b->tables + (b->which[i] * steps + step) * numbers;
        for (int64_t k = 0; k < numbers; k++)
            if (step == 0 || table[k] != table[k - numbers]) b->now[k][i] = table[k];
    }
}

static int any_may_try(const Block *b, int64_t step, const row *a) {
    EACH_RUN(i, b) if (step >= a[ASKS + 3][i]) return 1;
    return 0;
}

/* Settle everybody into the first quarter; `s` holds zeros, the state ends up in `x`. */
static void begin(const Block *b, row *s, row *x, row *a) {
    const row *c = b->c, *now = b->now;
    const Rows *at = b->at;
    leaders_push(b, c, now, a);
    weigh_all(b, now, a);
    threats_begin(b, c, now, x);
    feel_at_once(b, now, x);
    means_of_members(b, now, a, x);
    what_is_built(b, s, a);
    asset_terms(c, s, a);
    overlap_of(b->shape->threats, x + at->felt_state, x + at->felt_alliance, x[OVERLAP]);
    open_domains(b, c, now, s, x);
    state_weighs(b, c, now, s, a, x);
    int64_t felt = at->felt_member + b->shape->members * b->shape->threats - at->felt_state;
    memcpy(s[at->felt_state], x[at->felt_state], sizeof(row) * (size_t)felt);
    members_weigh(b, c, now, s, a, x);
    wanted_by_alliance(b, now, x, a);
    levels_begin(c, a, x);
    means_of_members(b, now, a, x);
    risk_of_losing(c, a);
    EACH_RUN(i, b) rung_asked(b, i, c, x, a);
}

/* One quarter: everybody decides from `s`, and `x` holds what they become. */
static void quarter(const Block *b, int64_t step, const row *u, const row *s, row *x, row *a) {
    const row *c = b->c, *now = b->now;
    int64_t threats = b->shape->threats;
    row lucks[threats + 6]; /* threats' moods and slow noise come first, one after the other */
    normals(threats + 6, u + b->at->noise_mood, lucks);
    leaders_push(b, c, now, a);
    weigh_all(b, now, a);
    what_is_built(b, s, a);
    asset_terms(c, s, a);
    threats_move(b, c, now, lucks, s, a, x);
    feel(b, c, now, s, x);
    overlap_of(threats, s + b->at->felt_state, s + b->at->felt_alliance, x[OVERLAP]);
    state_weighs(b, c, now, s, a, x);
    members_weigh(b, c, now, s, a, x);
    drift(c, lucks + threats, s, x);
    legislate(b, step, c, u, s, a, x);
    open_domains(b, c, now, s, x);
    wanted_by_alliance(b, now, s, a);
    levels_follow(b, c, now, s, a, x);
    assets_grow(b, c, now, s, a, x);
    formal_ratios(b, now, s, a);
    if (any_may_try(b, step, a)) {
        decisive(b, c, now, a);
        steps_tried(b, step, c, u, s, a, x);
    } else
        nobody_tries(b, u, s, a, x);
    formal_steps(b, step, s, a, x);
    agreements_follow(b, c, now, u, s, x);
    events(b, c, u, s, a, x);
    suspended(b, c, now, u, s, x);
    means_of_members(b, now, a, x);
}

/* Simulate the runs of a block from the first quarter to the last. */
void simulate_block(const Block *b) {
    row *s = b->before, *x = b->next_state;
    bring_inputs(b, 0);
    for (int64_t leader = 0; leader < b->shape->leaders; leader++)
        EACH_RUN(i, b)
            lucks_of(b, i, b->at->noise_leader + leader, 1, 0, &b->drawn[leader][i]);
    begin(b, s, x, b->aside);
    keep(b, 0, x);
    noise_of_quarter(b, 0);
    for (int64_t step = 1; step < b->shape->steps; step++) {
        row *spare = s;
        s = x;
        x = spare;
        bring_inputs(b, step);
        quarter(b, step, noise_of_quarter(b, step), s, x, b->aside);
        keep(b, step, x);
    }
}
