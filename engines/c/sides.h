/* Threats, the state and the members, a block of runs at a time: `engine.kernel.sides`.

   `c` constants, `now` this quarter's inputs, `u` its uniforms, `s` the state as it was, `x` the
   state as it will be, `a` what is worked out on the way. */

#ifndef SIDES_H
#define SIDES_H

#include "elementary.h"

#define OPERATIONS 1

static void leaders_push(
    const Block *b, const row *restrict c, const row *restrict now, row *restrict a) {
    const Rows *at = b->at;
    for (int side = 0; side < 2; side++)
        EACH_SIMPLY(i) a[PUSH + side][i] = now[at->push + side][i];
    for (int64_t leader = 0; leader < b->shape->leaders; leader++) {
        double *push = a[PUSH + b->sides[leader]];
        EACH_SIMPLY(i) {
            double pushed = c[P_leader_spread][i] * b->drawn[leader][i];
            push[i] = push[i] + now[at->drawn_push + leader][i] * pushed;
        }
    }
}

static void what_is_built(const Block *b, const row *restrict s, row *restrict a) {
    (void)b;
    EACH_SIMPLY(i) {
        a[ASSETS][i] = min(1.0, s[GENERAL][i] + s[MISSION][i]);
        a[ACTIVITY][i] = mean_of_three(s[LEVEL][i], s[LEVEL + 1][i], s[LEVEL + 2][i]);
        a[LOST][i] = max(0.0, s[PEAK][i] - s[LEVEL + OPERATIONS][i]);
    }
}

static void asset_terms(const row *restrict c, const row *restrict s, row *restrict a) {
    for (int domain = 0; domain < 3; domain++) {
        const row *pull = c + P_asset_pulls + 5 * domain;
        EACH_SIMPLY(i)
            a[ASSET_TERM + domain][i] = pull[0][i] * a[ASSETS][i] + pull[1][i] * s[LEVEL][i]
                + pull[2][i] * s[LEVEL + OPERATIONS][i] - pull[3][i] * a[LOST][i]
                + pull[4][i] * s[NETWORK][i];
    }
}

/* The geometric mean of three. */
static void menace_all(
    const double *restrict capability, const double *restrict offence,
    const double *restrict hostility, double *restrict out) {
    row base, third;
    EACH_SIMPLY(i) base[i] = capability[i] * offence[i] * hostility[i];
    EACH_SIMPLY(i) third[i] = 1.0 / 3.0;
    power_all(base, third, out);
}

static void threats_begin(
    const Block *b, const row *restrict c, const row *restrict now, row *restrict x) {
    const Rows *at = b->at;
    for (int64_t k = 0; k < b->shape->threats; k++) {
        EACH_SIMPLY(i) x[at->mood + k][i] = 0.0;
        EACH_SIMPLY(i) x[at->hostility + k][i] = now[at->given_hostility + k][i];
        menace_all(
            now[at->given_capability + k], c[at->offence + k], x[at->hostility + k],
            x[at->menace + k]);
    }
}

static void threats_move(
    const Block *b, const row *restrict c, const row *restrict now, const row *restrict lucks,
    const row *restrict s, const row *restrict a, row *restrict x) {
    const Rows *at = b->at;
    for (int64_t k = 0; k < b->shape->threats; k++) {
        const double *mood = s[at->mood + k], *was = s[at->hostility + k];
        const double *here = s[at->felt_state + k], *there = s[at->felt_alliance + k];
        const double *given = now[at->given_hostility + k], *luck = lucks[k];
        double *next = x[at->mood + k], *hostile = x[at->hostility + k];
        EACH_SIMPLY(i) {
            double habits[3] = {
                c[P_habits_pace][i], c[P_habits_provocation][i], c[P_habits_calming][i]};
            hostile[i] = next_hostility(
                habits, was[i], given[i], mood[i], a[ACTIVITY][i], attended(here[i], there[i]));
            next[i] = carried(c[P_habits_carry][i], c[P_habits_jolt][i], mood[i], luck[i]);
        }
        menace_all(
            now[at->given_capability + k], c[at->offence + k], hostile, x[at->menace + k]);
    }
}

static void feel_at_once(const Block *b, const row *restrict now, row *restrict x) {
    const Rows *at = b->at;
    int64_t threats = b->shape->threats;
    for (int64_t k = 0; k < threats; k++)
        EACH_SIMPLY(i)
            x[at->felt_state + k][i] =
                felt_at_once(now[at->exposure_state + k][i], x[at->menace + k][i]);
    for (int64_t k = 0; k < b->shape->members * threats; k++)
        EACH_SIMPLY(i)
            x[at->felt_member + k][i] =
                felt_at_once(now[at->exposure_member + k][i], x[at->menace + k % threats][i]);
}

/* Let one row look at a threat. */
rule void look(
    const row *restrict c, const double *restrict was, const double *restrict exposure,
    const double *restrict menacing, double *restrict out) {
    EACH_SIMPLY(i)
        out[i] = next_perceived(
            c[P_eyes_learn][i], c[P_eyes_forget][i], was[i], exposure[i], menacing[i]);
}

/* Exposure to a distant threat once attention has been drawn to it. */
static void attended_exposures(
    const double *restrict exposure, const double *restrict attention, double *restrict out) {
    row exponent;
    EACH_SIMPLY(i) exponent[i] = 1.0 / (1.0 + attention[i]);
    power_all(exposure, exponent, out);
    EACH_SIMPLY(i) {
        int as_it_is = attention[i] <= 0.0 || exposure[i] <= 0.0 || exposure[i] >= 1.0;
        out[i] = as_it_is ? exposure[i] : out[i];
    }
}

static void feel(
    const Block *b, const row *restrict c, const row *restrict now, const row *restrict s,
    row *restrict x) {
    const Rows *at = b->at;
    int64_t threats = b->shape->threats;
    for (int64_t k = 0; k < threats; k++)
        look(c, s[at->felt_state + k], now[at->exposure_state + k], s[at->menace + k],
             x[at->felt_state + k]);
    double attention = 0.0;
    EACH_RUN(i, b) attention = max(attention, s[ATTENTION][i]);
    for (int64_t k = 0; k < b->shape->members * threats; k++) {
        const double *was = s[at->felt_member + k], *exposure = now[at->exposure_member + k];
        const double *menacing = s[at->menace + k % threats];
        double *out = x[at->felt_member + k];
        row nearer;
        if (b->asian[k % threats] && attention > 0.0) {
            attended_exposures(exposure, s[ATTENTION], nearer);
            exposure = nearer;
        }
        look(c, was, exposure, menacing, out);
    }
}

static void weigh_all(const Block *b, const row *now, row *a) {
    const row *weight = now + b->at->weight;
    int64_t members = b->shape->members;
    EACH_PART(i) {
        vector total[4] = {0};
        for (int64_t member = 0; member < members; member++)
            EACH_VECTOR(q) total[q] = total[q] + part_of(weight[member], i, q) * 1.0;
        EACH_VECTOR(q) put_part(a[EVERYBODY], i, q, total[q]);
    }
}

/* The mean of one value per member, weighted by this quarter's weights. */
static void mean_of_members(
    const Block *b, const row *now, const row *a, const row *values, int64_t stride, double *out) {
    const row *weight = now + b->at->weight;
    int64_t members = b->shape->members;
    EACH_PART(i) {
        vector total[4] = {0};
        for (int64_t member = 0; member < members; member++)
            EACH_VECTOR(q)
                total[q] = total[q]
                    + part_of(weight[member], i, q) * part_of(values[stride * member], i, q);
        EACH_VECTOR(q) put_part(out, i, q, total[q] / part_of(a[EVERYBODY], i, q));
    }
}

static void means_of_members(
    const Block *b, const row *restrict now, const row *restrict a, row *x) {
    const Rows *at = b->at;
    int64_t threats = b->shape->threats;
    for (int64_t k = 0; k < threats; k++)
        mean_of_members(b, now, a, x + at->felt_member + k, threats, x[at->felt_alliance + k]);
    mean_of_members(b, now, a, x + at->ratio_member, 3, x[MEAN_RATIO]);
    for (int domain = 0; domain < 3; domain++)
        mean_of_members(b, now, a, x + at->willing_member + domain, 3, x[MEAN_WILLING + domain]);
}

static void wanted_by_alliance(const Block *b, const row *restrict now, const row *s, row *a) {
    for (int domain = 0; domain < 3; domain++)
        mean_of_members(b, now, a, s + b->at->willing_member + domain, 3, a[WANTED + domain]);
}

/* How far two fear the same threats. */
static void overlap_of(
    int64_t threats, const row *restrict one, const row *restrict other, double *restrict out) {
    EACH_SIMPLY(i) out[i] = 1.0;
    for (int64_t k = 0; k < threats; k++)
        EACH_SIMPLY(i) out[i] = apart_after(out[i], one[k][i], other[k][i]);
    EACH_SIMPLY(i) out[i] = 1.0 - out[i];
}

static void state_weighs(
    const Block *b, const row *restrict c, const row *restrict now, const row *restrict s,
    const row *restrict a, row *restrict x) {
    const Rows *at = b->at;
    const row *g = c + P_guarantor_pull;
    double guarantor[LANES];
    EACH_SIMPLY(i) {
        double commitment = now[at->commitment][i], networking = now[at->networking][i];
        double depends = c[P_dependence][i];
        double replaced = commitment * (1.0 - networking) * x[OVERLAP][i] * depends;
        double brokered = commitment * networking * depends;
        guarantor[i] = g[0][i] * depends * (1.0 - commitment) - g[1][i] * replaced
            + g[2][i] * brokered + g[3][i] * now[at->capability_state][i];
    }
    for (int domain = 0; domain < 3; domain++) {
        const row *pull = c + P_threat_pulls + 3 * domain;
        double *ratio = x[RATIO + domain];
        EACH_SIMPLY(i) {
            double pulls[3] = {pull[0][i], pull[1][i], pull[2][i]};
            double threat = threat_term(
                pulls, x[OVERLAP][i], 0.0, now[at->involvement + 1][i], s[LEVEL + domain][i]);
            ratio[i] = log_ratio(
                c[P_floors + domain][i], 0.0, threat + guarantor[i], a[ASSET_TERM + domain][i],
                c[P_domestic][i] * a[PUSH][i], now[at->need + domain][i], s[SLOW + domain][i]);
        }
        logistic_all(ratio, x[WILLING + domain]);
    }
}

/* What all members face alike in each domain: entanglement, and what the leaders push for. */
static void faced_by_all(
    const Block *b, const row *restrict c, const row *restrict now, const row *restrict s,
    const row *restrict a, row *restrict entangled, double *restrict leader) {
    for (int domain = 0; domain < 3; domain++)
        EACH_SIMPLY(i)
            entangled[domain][i] = c[P_threat_pulls + 3 * (3 + domain) + 2][i]
                * s[LEVEL + domain][i] * now[b->at->involvement][i];
    EACH_SIMPLY(i) leader[i] = c[P_domestic][i] * a[PUSH + 1][i];
}

static void members_weigh(
    const Block *b, const row *restrict c, const row *restrict now, const row *restrict s,
    const row *restrict a, row *restrict x) {
    const Rows *at = b->at;
    int64_t threats = b->shape->threats;
    row entangled[3], leader, overlaps, worries;
    faced_by_all(b, c, now, s, a, entangled, leader);
    for (int64_t member = 0; member < b->shape->members; member++) {
        const row *felt = s + at->felt_member + member * threats;
        const double *offset = c[at->offset + member];
        overlap_of(threats, felt, s + at->felt_state, overlaps);
        EACH_SIMPLY(i) worries[i] = 0.0;
        for (int64_t k = 0; k < threats; k++)
            if (b->distracting[k]) EACH_SIMPLY(i) worries[i] = max(worries[i], felt[k][i]);
        EACH_SIMPLY(i) worries[i] = worries[i] * (1.0 - now[at->link][i]);
        for (int domain = 0; domain < 3; domain++) {
            const row *pull = c + P_threat_pulls + 3 * (3 + domain);
            const double *floor = c[P_floors + 3 + domain], *built = a[ASSET_TERM + domain];
            const double *need = now[at->need + 3 + domain], *slow = s[SLOW + 3 + domain];
            double *ratios = x[at->ratio_member + 3 * member + domain];
            EACH_SIMPLY(i) {
                double threat = pull[0][i] * overlaps[i] - pull[1][i] * worries[i]
                    - entangled[domain][i];
                ratios[i] = log_ratio(
                    floor[i], offset[i], threat, built[i], leader[i], need[i], slow[i]);
            }
            logistic_all(ratios, x[at->willing_member + 3 * member + domain]);
        }
    }
}

static void drift(
    const row *restrict c, const row *restrict lucks, const row *restrict s, row *restrict x) {
    for (int k = 0; k < 6; k++)
        EACH_SIMPLY(i)
            x[SLOW + k][i] =
                carried(c[P_slow_carry][i], c[P_slow_jolt][i], s[SLOW + k][i], lucks[k][i]);
    EACH_SIMPLY(i)
        x[ATTENTION][i] = next_attention(s[ATTENTION][i], c[P_attention_speed][i], s[LEVEL][i]);
}

static void open_domains(
    const Block *b, const row *restrict c, const row *restrict now, const row *restrict s,
    row *restrict x) {
    const Rows *at = b->at;
    for (int domain = 0; domain < 3; domain++) {
        double *open = x[WIN_SET + domain];
        EACH_SIMPLY(i) open[i] = now[at->shut + domain][i];
        for (int64_t law = 0; law < b->shape->laws; law++) {
            const row *its = c + at->law + law * PER_LAW;
            EACH_SIMPLY(i) {
                double there = in_force(s[at->law_age + law][i], its[2][i]);
                open[i] = shut_after(open[i], its[3 + domain][i] * there);
            }
        }
        EACH_SIMPLY(i) {
            double leverage = domain == OPERATIONS ? c[P_leverage][i] : 0.0;
            open[i] = open_part(
                win_set(open[i], leverage, s[LEVEL + OPERATIONS][i]), c[P_domestic][i]);
        }
    }
}

static void legislate(
    const Block *b, int64_t step, const row *restrict c, const row *restrict u,
    const row *restrict s, const row *restrict a, row *restrict x) {
    const Rows *at = b->at;
    for (int64_t law = 0; law < b->shape->laws; law++) {
        const row *its = c + at->law + law * PER_LAW;
        row threat, passed;
        EACH_SIMPLY(i) threat[i] = s[at->felt_state][i];
        for (int64_t k = 1; k < b->shape->threats; k++)
            EACH_SIMPLY(i) threat[i] = max(threat[i], s[at->felt_state + k][i]);
        EACH_SIMPLY(i) {
            double drive = c[P_law_threat][i] * threat[i] + c[P_law_leader][i] * a[PUSH][i]
                + c[P_law_level][i] * s[LEVEL + OPERATIONS][i];
            passed[i] = its[0][i] + drive;
        }
        happens_all(passed, c[P_dt], u[at->noise_law + law]);
        EACH_SIMPLY(i) {
            double before = b->after[law] < 0 ? 1.0 : s[at->law_age + b->after[law]][i];
            double age = s[at->law_age + law][i];
            x[at->law_age + law][i] =
                next_age(age, passed[i] * may_pass(age, step, its[1][i], before));
        }
    }
}

#endif
