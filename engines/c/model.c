/* The rules of alliance-sim in C: how fast can the same bits be had on this machine?

   A rendering of `src/alliance_sim/engine/kernel`, stage by stage and operation by operation, with
   the same layout: one row for each number, one column for each of 64 runs. It exists to be
   compared with, in bits and in speed; nothing in the package uses it. */

#include "outputs.h"
#include "relationship.h"
#include "sides.h"

#include "derived.h"

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
    EACH_RUN(i, b) if (step >= a[A_asks_opens][i]) return 1;
    return 0;
}

/* What everybody looks at this quarter. */
static void bring(const Block *b, const row *s, row *a) {
    leaders_push(b, b->c, b->now, a);
    weigh_all(b, b->now, a);
    what_is_built(b, s, a);
    asset_terms(b, b->c, b->now, s, a);
}

static void perceive(const Block *b, const row *lucks, const row *s, row *a, row *x) {
    const Rows *at = b->at;
    threats_move(b, b->c, b->now, lucks, s, a, x);
    feel(b, b->c, b->now, s, x);
    agenda_overlap(b->shape->threats, s + at->felt_state, s + at->felt_alliance, x[S_overlap]);
}

static void weigh(const Block *b, const row *s, row *a, row *x) {
    state_weighs(b, b->c, b->now, s, a, x);
    members_weigh(b, b->c, b->now, s, a, x);
}

static void legislate(
    const Block *b, int64_t step, const row *u, const row *s, row *a, row *x) {
    laws_pass(b, step, b->c, u, s, a, x);
    open_domains(b, b->c, b->now, s, x);
}

static void follow(const Block *b, const row *s, row *a, row *x) {
    wanted_by_alliance(b, b->now, s, a);
    levels_follow(b, b->c, b->now, s, a, x);
    assets_grow(b, b->c, b->now, s, a, x);
}

static void negotiate(
    const Block *b, int64_t step, const row *u, const row *s, row *a, row *x) {
    formal_ratios(b, b->now, s, a);
    if (any_may_try(b, step, a)) {
        decisive(b, b->c, b->now, a);
        steps_tried(b, step, b->c, u, s, a, x);
    } else
        nobody_tries(b, u, s, a, x);
    formal_steps(b, step, s, a, x);
}

static void show(const Block *b, const row *u, const row *s, row *a, row *x) {
    events(b, b->c, u, s, a, x);
    suspended(b, b->c, b->now, u, s, x);
}

static void sum_up(const Block *b, const row *s, row *a, row *x) {
    means_of_members(b, b->now, a, x);
    derived(b, b->c, s, x);
}

/* Settle everybody into the first quarter; `s` holds zeros, the state ends up in `x`. */
static void begin(const Block *b, const row *u, row *s, row *x, row *a) {
    const row *c = b->c, *now = b->now;
    const Rows *at = b->at;
    size_t threats = (size_t)b->shape->threats, members = (size_t)b->shape->members;
    row lucks[threats + 6];
    normals((int64_t)threats + 6, u + at->noise_mood, lucks);
    bring(b, s, a);
    slow_begins(c, lucks + threats, s, x);
    threats_begin(b, c, now, lucks, x);
    feel_at_once(b, now, x);
    means_of_members(b, now, a, x);
    agenda_overlap(b->shape->threats, x + at->felt_state, x + at->felt_alliance, x[S_overlap]);
    open_domains(b, c, now, s, x);
    state_weighs(b, c, now, s, a, x);
    memcpy(s[at->felt_state], x[at->felt_state], sizeof(row) * threats);
    memcpy(s[at->felt_member], x[at->felt_member], sizeof(row) * members * threats);
    members_weigh(b, c, now, s, a, x);
    wanted_by_alliance(b, now, x, a);
    levels_begin(c, a, x);
    sum_up(b, s, a, x);
    risk_of_losing(c, a);
    EACH_RUN(i, b) rung_asked(b, i, c, x, a);
}

/* One quarter: everybody decides from `s`, and `x` holds what they become. The phases are those of
   `world.state.PHASES`, in their order. */
static void quarter(const Block *b, int64_t step, const row *u, const row *s, row *x, row *a) {
    int64_t threats = b->shape->threats;
    row lucks[threats + 6]; /* threats' moods and slow noise come first, one after the other */
    normals(threats + 6, u + b->at->noise_mood, lucks);
    bring(b, s, a);
    perceive(b, lucks, s, a, x);
    weigh(b, s, a, x);
    drift(b->c, lucks + threats, s, x);
    legislate(b, step, u, s, a, x);
    follow(b, s, a, x);
    negotiate(b, step, u, s, a, x);
    sign(b, b->c, b->now, u, s, x);
    show(b, u, s, a, x);
    sum_up(b, s, a, x);
}

/* Simulate the runs of a block from the first quarter to the last. */
void simulate_block(const Block *b) {
    row *s = b->before, *x = b->next_state;
    bring_inputs(b, 0);
    for (int64_t leader = 0; leader < b->shape->leaders; leader++)
        EACH_RUN(i, b)
            lucks_of(b, i, b->at->noise_leader + leader, 1, 0, &b->drawn[leader][i]);
    begin(b, noise_of_quarter(b, 0), s, x, b->aside);
    keep(b, 0, x);
    for (int64_t step = 1; step < b->shape->steps; step++) {
        row *spare = s;
        s = x;
        x = spare;
        bring_inputs(b, step);
        quarter(b, step, noise_of_quarter(b, step), s, x, b->aside);
        keep(b, step, x);
    }
}
