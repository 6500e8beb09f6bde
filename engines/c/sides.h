/* Threats, the state and the members, a block of runs at a time: `engine.kernel.sides`.

   `c` constants, `now` this quarter's inputs, `u` its uniforms, `s` the state as it was, `x` the
   state as it will be, `a` what is worked out on the way. */

#ifndef SIDES_H
#define SIDES_H

#include "elementary.h"

#define STATE 0
#define ALLIANCE 1
#define OPERATIONS 1

static void leaders_push(
    const Block *b, const row *restrict c, const row *restrict now, row *restrict a) {
    const Rows *at = b->at;
    for (int side = 0; side < 2; side++)
        EACH_SIMPLY(i) a[A_push + side][i] = now[at->given_push + side][i];
    for (int64_t leader = 0; leader < b->shape->leaders; leader++) {
        double *push = a[A_push + b->sides[leader]];
        EACH_SIMPLY(i) {
            double pushed = c_leader_spread(c)[i] * b->drawn[leader][i];
            push[i] = push[i] + now[at->given_drawn_push + leader][i] * pushed;
        }
    }
}

static void what_is_built(const Block *b, const row *restrict s, row *restrict a) {
    (void)b;
    EACH_SIMPLY(i) {
        a[A_assets][i] = min(1.0, s[S_general][i] + s[S_mission][i]);
        a[A_activity][i] = mean_of_three(s[S_level][i], s[S_level + 1][i], s[S_level + 2][i]);
        a[A_lost][i] = max(0.0, s[S_peak][i] - s[S_level + OPERATIONS][i]);
    }
}

static void asset_terms(
    const Block *b, const row *restrict c, const row *restrict now, const row *restrict s,
    row *restrict a) {
    for (int domain = 0; domain < 3; domain++) {
        const double *assets = c_asset_pulls_assets(c, domain);
        const double *political = c_asset_pulls_political(c, domain);
        const double *operations = c_asset_pulls_operations(c, domain);
        const double *back = c_asset_pulls_back(c, domain);
        const double *network = c_asset_pulls_network(c, domain);
        const double *missions = c_asset_pulls_missions(c, domain);
        EACH_SIMPLY(i)
            a[A_asset_term + domain][i] = assets[i] * a[A_assets][i] + political[i] * s[S_level][i]
                + operations[i] * s[S_level + OPERATIONS][i] - back[i] * a[A_lost][i]
                + network[i] * s[S_network][i] + missions[i] * now[b->at->given_missions][i];
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
    const Block *b, const row *restrict c, const row *restrict now, const row *restrict lucks,
    row *restrict x) {
    const Rows *at = b->at;
    for (int64_t k = 0; k < b->shape->threats; k++) {
        EACH_SIMPLY(i) x[at->mood + k][i] = at_first(c_habits_spread(c)[i], lucks[k][i]);
        EACH_SIMPLY(i) x[at->hostility + k][i] = now[at->given_hostility + k][i];
        menace_all(
            now[at->given_capability + k], c[at->fixed_offence + k], x[at->hostility + k],
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
            hostile[i] = next_hostility(
                c_habits_pace(c)[i], c_habits_provocation(c)[i], c_habits_calming(c)[i], was[i],
                given[i], mood[i], a[A_activity][i], attended(here[i], there[i]));
            next[i] = carried(c_habits_carry(c)[i], c_habits_jolt(c)[i], mood[i], luck[i]);
        }
        menace_all(
            now[at->given_capability + k], c[at->fixed_offence + k], hostile, x[at->menace + k]);
    }
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

static void feel_at_once(const Block *b, const row *restrict now, row *restrict x) {
    const Rows *at = b->at;
    int64_t threats = b->shape->threats;
    for (int64_t k = 0; k < threats; k++)
        EACH_SIMPLY(i)
            x[at->felt_state + k][i] =
                felt_at_once(now[at->given_exposure_state + k][i], x[at->menace + k][i]);
    row attentive;
    EACH_SIMPLY(i) attentive[i] = attention_with(0.0, now[at->given_attention][i]);
    for (int64_t k = 0; k < b->shape->members * threats; k++) {
        const double *exposure = now[at->given_exposure_member + k];
        row nearer;
        if (b->asian[k % threats]) {
            attended_exposures(exposure, attentive, nearer);
            exposure = nearer;
        }
        EACH_SIMPLY(i)
            x[at->felt_member + k][i] = felt_at_once(exposure[i], x[at->menace + k % threats][i]);
    }
}

/* Let one row look at a threat. */
rule void look(
    const row *restrict c, const double *restrict was, const double *restrict exposure,
    const double *restrict menacing, double *restrict out) {
    EACH_SIMPLY(i)
        out[i] = next_perceived(
            c_eyes_learn(c)[i], c_eyes_forget(c)[i], was[i], exposure[i], menacing[i]);
}

static void feel(
    const Block *b, const row *restrict c, const row *restrict now, const row *restrict s,
    row *restrict x) {
    const Rows *at = b->at;
    int64_t threats = b->shape->threats;
    for (int64_t k = 0; k < threats; k++)
        look(c, s[at->felt_state + k], now[at->given_exposure_state + k], s[at->menace + k],
             x[at->felt_state + k]);
    row attentive;
    EACH_SIMPLY(i)
        attentive[i] = attention_with(s[S_attention][i], now[at->given_attention][i]);
    double attention = 0.0;
    EACH_RUN(i, b) attention = max(attention, attentive[i]);
    for (int64_t k = 0; k < b->shape->members * threats; k++) {
        const double *was = s[at->felt_member + k], *exposure = now[at->given_exposure_member + k];
        const double *menacing = s[at->menace + k % threats];
        double *out = x[at->felt_member + k];
        row nearer;
        if (b->asian[k % threats] && attention > 0.0) {
            attended_exposures(exposure, attentive, nearer);
            exposure = nearer;
        }
        look(c, was, exposure, menacing, out);
    }
}

static void weigh_all(const Block *b, const row *now, row *a) {
    const row *weight = now + b->at->given_weight;
    int64_t members = b->shape->members;
    EACH_PART(i) {
        vector total[4] = {0};
        for (int64_t member = 0; member < members; member++)
            EACH_VECTOR(q) total[q] = total[q] + part_of(weight[member], i, q) * 1.0;
        EACH_VECTOR(q) put_part(a[A_everybody], i, q, total[q]);
    }
}

/* The mean of one value per member, weighted by this quarter's weights. */
static void mean_of_members(
    const Block *b, const row *now, const row *a, const row *values, int64_t stride, double *out) {
    const row *weight = now + b->at->given_weight;
    int64_t members = b->shape->members;
    EACH_PART(i) {
        vector total[4] = {0};
        for (int64_t member = 0; member < members; member++)
            EACH_VECTOR(q)
                total[q] = total[q]
                    + part_of(weight[member], i, q) * part_of(values[stride * member], i, q);
        EACH_VECTOR(q) put_part(out, i, q, total[q] / part_of(a[A_everybody], i, q));
    }
}

static void means_of_members(
    const Block *b, const row *restrict now, const row *restrict a, row *x) {
    const Rows *at = b->at;
    int64_t threats = b->shape->threats;
    for (int64_t k = 0; k < threats; k++)
        mean_of_members(b, now, a, x + at->felt_member + k, threats, x[at->felt_alliance + k]);
    mean_of_members(b, now, a, x + at->ratio_member, 3, x[S_mean_ratio]);
    for (int domain = 0; domain < 3; domain++)
        mean_of_members(b, now, a, x + at->willing_member + domain, 3, x[S_mean_willing + domain]);
}

static void wanted_by_alliance(const Block *b, const row *restrict now, const row *s, row *a) {
    for (int domain = 0; domain < 3; domain++)
        mean_of_members(b, now, a, s + b->at->willing_member + domain, 3, a[A_wanted + domain]);
}

/* How far two fear the same threats. */
static void agenda_overlap(
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
    double guarantor[LANES];
    EACH_SIMPLY(i) {
        double commitment = now[at->given_commitment][i], networking = now[at->given_networking][i];
        double depends = c_dependence(c)[i];
        double replaced = commitment * (1.0 - networking) * x[S_overlap][i] * depends;
        double brokered = commitment * networking * depends;
        guarantor[i] = c_guarantor_pull_abandonment(c)[i] * depends * (1.0 - commitment)
            - c_guarantor_pull_substitute(c)[i] * replaced
            + c_guarantor_pull_complement(c)[i] * brokered
            + c_guarantor_pull_capability(c)[i] * now[at->given_capability_state][i];
    }
    for (int domain = 0; domain < 3; domain++) {
        const double *common = c_threat_pulls_overlap(c, STATE, domain);
        const double *home = c_threat_pulls_distraction(c, STATE, domain);
        const double *entrapment = c_threat_pulls_entrapment(c, STATE, domain);
        const double *floor = c_floors(c, STATE, domain), *year = now[at->given_year];
        const double *slope = c_trend_slope(c), *around = c_trend_around(c);
        double *ratio = x[S_ratio + domain];
        EACH_SIMPLY(i) {
            double threat = threat_term(
                common[i], home[i], entrapment[i], x[S_overlap][i], 0.0,
                now[at->given_involvement + 1][i], s[S_level + domain][i]);
            ratio[i] = log_ratio(
                floor_in(slope[i], around[i], floor[i], year[i]), 0.0, threat + guarantor[i], a[A_asset_term + domain][i],
                c_domestic(c)[i] * a[A_push][i], now[at->given_need + domain][i],
                s[S_slow + domain][i]);
        }
        logistic_all(ratio, x[S_willing + domain]);
    }
}

/* What all members face alike in each domain: entanglement, and what the leaders push for. */
static void faced_by_all(
    const Block *b, const row *restrict c, const row *restrict now, const row *restrict s,
    const row *restrict a, row *restrict entangled, double *restrict leader) {
    for (int domain = 0; domain < 3; domain++)
        EACH_SIMPLY(i)
            entangled[domain][i] = c_threat_pulls_entrapment(c, ALLIANCE, domain)[i]
                * s[S_level + domain][i] * now[b->at->given_involvement][i];
    EACH_SIMPLY(i) leader[i] = c_domestic(c)[i] * a[A_push + 1][i];
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
        const double *offset = c[at->fixed_offset + member];
        agenda_overlap(threats, felt, s + at->felt_state, overlaps);
        EACH_SIMPLY(i) worries[i] = 0.0;
        for (int64_t k = 0; k < threats; k++)
            if (b->distracting[k]) EACH_SIMPLY(i) worries[i] = max(worries[i], felt[k][i]);
        EACH_SIMPLY(i) worries[i] = worries[i] * (1.0 - now[at->given_link][i]);
        for (int domain = 0; domain < 3; domain++) {
            const double *common = c_threat_pulls_overlap(c, ALLIANCE, domain);
            const double *home = c_threat_pulls_distraction(c, ALLIANCE, domain);
            const double *floor = c_floors(c, ALLIANCE, domain), *built = a[A_asset_term + domain];
            const double *slope = c_trend_slope(c), *around = c_trend_around(c);
            const double *need = now[at->given_need + 3 + domain], *slow = s[S_slow + 3 + domain];
            double *ratios = x[at->ratio_member + 3 * member + domain];
            EACH_SIMPLY(i) {
                double threat = common[i] * overlaps[i] - home[i] * worries[i]
                    - entangled[domain][i];
                double low = floor_in(slope[i], around[i], floor[i], now[at->given_year][i]);
                ratios[i] = log_ratio(
                    low, offset[i], threat, built[i], leader[i], need[i], slow[i]);
            }
            logistic_all(ratios, x[at->willing_member + 3 * member + domain]);
        }
    }
}

static void slow_begins(const row *restrict c, const row *restrict lucks, row *s, row *x) {
    for (int k = 0; k < 6; k++)
        EACH_SIMPLY(i)
            s[S_slow + k][i] = x[S_slow + k][i] = at_first(c_slow_spread(c)[i], lucks[k][i]);
}

static void drift(
    const row *restrict c, const row *restrict lucks, const row *restrict s, row *restrict x) {
    for (int k = 0; k < 6; k++)
        EACH_SIMPLY(i)
            x[S_slow + k][i] =
                carried(c_slow_carry(c)[i], c_slow_jolt(c)[i], s[S_slow + k][i], lucks[k][i]);
    EACH_SIMPLY(i)
        x[S_attention][i] = next_attention(s[S_attention][i], c_attention_speed(c)[i], s[S_level][i]);
}

static void open_domains(
    const Block *b, const row *restrict c, const row *restrict now, const row *restrict s,
    row *restrict x) {
    const Rows *at = b->at;
    for (int domain = 0; domain < 3; domain++) {
        double *open = x[S_win_set + domain];
        EACH_SIMPLY(i) open[i] = now[at->given_shut + domain][i];
        for (int64_t law = 0; law < b->shape->laws; law++) {
            const double *lasts = c[at->fixed_law_lasts + law];
            const double *opens = c[at->fixed_law_opens + 3 * law + domain];
            EACH_SIMPLY(i) {
                double there = in_force(s[at->law_age + law][i], lasts[i]);
                open[i] = shut_after(open[i], opens[i] * there);
            }
        }
        EACH_SIMPLY(i) {
            double leverage = domain == OPERATIONS ? c_leverage(c)[i] : 0.0;
            open[i] = open_part(
                win_set(open[i], leverage, s[S_level + OPERATIONS][i]), c_domestic(c)[i]);
        }
    }
}

static void laws_pass(
    const Block *b, int64_t step, const row *restrict c, const row *restrict u,
    const row *restrict s, const row *restrict a, row *restrict x) {
    const Rows *at = b->at;
    for (int64_t law = 0; law < b->shape->laws; law++) {
        const double *log_hazard = c[at->fixed_law_log_hazard + law];
        const double *first_step = c[at->fixed_law_first_step + law];
        row threat, passed;
        EACH_SIMPLY(i) threat[i] = s[at->felt_state][i];
        for (int64_t k = 1; k < b->shape->threats; k++)
            EACH_SIMPLY(i) threat[i] = max(threat[i], s[at->felt_state + k][i]);
        EACH_SIMPLY(i) {
            double drive = c_law_threat(c)[i] * threat[i] + c_law_leader(c)[i] * a[A_push][i]
                + c_law_level(c)[i] * s[S_level + OPERATIONS][i];
            passed[i] = log_hazard[i] + drive;
        }
        happens_all(passed, c_dt(c), u[at->noise_law + law]);
        EACH_SIMPLY(i) {
            double before = b->after[law] < 0 ? 1.0 : s[at->law_age + b->after[law]][i];
            double age = s[at->law_age + law][i];
            x[at->law_age + law][i] =
                next_age(age, passed[i] * may_pass(age, step, first_step[i], before));
        }
    }
}

#endif
