/* The relationship, a block of runs at a time: `engine.kernel.relationship`. Formal steps are rare
   and go through runs one by one. */

#ifndef RELATIONSHIP_H
#define RELATIONSHIP_H

#include "elementary.h"
#include "noise.h"

#define OPERATIONS 1

/* Soft minima of two rows. */
static void soft_minima(
    const double *restrict one, const double *restrict other, const double *restrict softness,
    double *restrict out) {
    row small, large, v;
    EACH_SIMPLY(i) {
        small[i] = max(1e-12, min(one[i], other[i]));
        large[i] = max(1e-12, max(one[i], other[i]));
        v[i] = small[i] / large[i];
    }
    log_all(v);
    EACH_SIMPLY(i) v[i] = softness[i] * v[i];
    exp_all(v);
    EACH_SIMPLY(i) v[i] = 1.0 + v[i];
    log_all(v);
    EACH_SIMPLY(i) v[i] = (0.6931471805599453 - v[i]) / softness[i];
    exp_all(v);
    EACH_SIMPLY(i) out[i] = min(large[i], small[i] * v[i]);
}

/* The levels in a domain that both sides want and the law allows. */
static void targets(
    const row *restrict c, const double *restrict open, const double *restrict ours,
    const double *restrict theirs, double *restrict out) {
    row wanted, bounded;
    soft_minima(ours, theirs, c_softness(c), wanted);
    soft_minima(open, wanted, c_softness(c), bounded);
    EACH_SIMPLY(i) {
        double ceiling = c_ceiling(c)[i];
        out[i] = (1.0 - ceiling) * (open[i] * wanted[i]) + ceiling * bounded[i];
    }
}

static void levels_begin(const row *c, const row *a, row *x) {
    for (int domain = 0; domain < 3; domain++)
        targets(c, x[S_win_set + domain], x[S_willing + domain], a[A_wanted + domain],
                x[S_level + domain]);
}

static void levels_follow(
    const Block *b, const row *restrict c, const row *restrict now, const row *restrict s,
    const row *restrict a, row *restrict x) {
    row hurry, breaking, wanted, v;
    EACH_SIMPLY(i) hurry[i] = c_pace_leader(c)[i] * (a[A_push][i] + a[A_push + 1][i]);
    EACH_SIMPLY(i) breaking[i] = c_pace_disruption(c)[i] * now[b->at->given_capability_change][i];
    exp_all(hurry);
    exp_all(breaking);
    EACH_SIMPLY(i) hurry[i] = c_pace_speed(c)[i] * hurry[i];
    EACH_SIMPLY(i) breaking[i] = (1.0 - c_pace_ratchet(c)[i] * a[A_assets][i]) * breaking[i];
    for (int domain = 0; domain < 3; domain++) {
        const double *level = s[S_level + domain];
        targets(c, s[S_win_set + domain], s[S_willing + domain], a[A_wanted + domain], wanted);
        EACH_SIMPLY(i) {
            double rate = wanted[i] < level[i] ? hurry[i] * breaking[i] : hurry[i];
            v[i] = -rate * c_pace_dt(c)[i];
        }
        exp_all(v);
        EACH_SIMPLY(i) x[S_level + domain][i] = level[i] + (1.0 - v[i]) * (wanted[i] - level[i]);
    }
}

static void assets_grow(
    const Block *b, const row *restrict c, const row *restrict now, const row *restrict s,
    const row *restrict a, row *restrict x) {
    EACH_SIMPLY(i) {
        double gain = c_growth_gain(c)[i], general = c_growth_general(c)[i];
        double loss = c_growth_loss(c)[i], activity = a[A_activity][i];
        double missing = max(0.0, 1.0 - s[S_general][i] - s[S_mission][i]);
        double climb = c_growth_per_rung(c)[i] * s[S_climbed][i];
        double first = min(1.0, general * gain * activity + climb);
        x[S_general][i] = s[S_general][i] * (1.0 - loss) + first * missing;
        double kept = s[S_mission][i] * (1.0 - loss)
            * (1.0 - c_growth_mission_loss(c)[i] * now[b->at->given_missions_ended][i]);
        double gained = (1.0 - general) * gain * activity;
        x[S_mission][i] = kept + min(gained, 1.0 - first) * missing;
    }
}

static void sign(
    const Block *b, const row *restrict c, const row *restrict now, const row *restrict u,
    const row *restrict s, row *restrict x) {
    row v;
    EACH_SIMPLY(i) v[i] = 1.0 + s[S_agreements][i];
    log_all(v);
    EACH_SIMPLY(i) {
        double states = max(1.0, now[b->at->given_states][i]);
        double drive = c_agreement_degree(c)[i] * v[i]
            + c_agreement_share(c)[i] * s[S_agreements][i] / states;
        v[i] = c_agreement_base(c)[i] + drive
            + c_agreement_operations(c)[i] * s[S_level + OPERATIONS][i];
    }
    happens_all(v, c_dt(c), u[b->at->noise_agreement]);
    EACH_SIMPLY(i) {
        double states = max(1.0, now[b->at->given_states][i]), count = s[S_agreements][i];
        x[S_agreements][i] = count + (count >= states ? 0.0 : v[i]);
        x[S_network][i] = next_network(s[S_network][i], c_network_lag(c)[i], count, states);
    }
}

static void events(
    const Block *b, const row *restrict c, const row *restrict u, const row *restrict s,
    const row *restrict a, row *restrict x) {
    for (int series = 0; series < 4; series++) {
        const double *log_rate = c_counting_log_rate(c, series);
        const double *slope = c_counting_slope(c, series), *size = c_counting_size(c, series);
        const double *rise = c_counting_rise(c, series);
        const double *luck = u[b->at->noise_counts + series];
        row shown, up, mean, nothing;
        EACH_SIMPLY(i)
            shown[i] = series < 3 ? x[S_level + series][i] : a[A_assets][i] * s[S_level][i];
        EACH_SIMPLY(i) {
            double built = min(1.0, x[S_general][i] + x[S_mission][i]) * x[S_level][i];
            up[i] = series < 3 ? risen(s[S_level + series][i], shown[i]) : risen(shown[i], built);
        }
        EACH_SIMPLY(i) mean[i] = log_rate[i] + slope[i] * shown[i];
        exp_all(mean);
        EACH_SIMPLY(i) mean[i] = shown[i] * mean[i] * c_dt(c)[i] + rise[i] * up[i];
        EACH_SIMPLY(i) nothing[i] = (mean[i] + size[i]) / size[i];
        log_all(nothing);
        EACH_SIMPLY(i) nothing[i] = -size[i] * nothing[i];
        exp_all(nothing);
        EACH_SIMPLY(i) x[S_count + series][i] = 0.0;
        uint8_t some[LANES];
        EACH_SIMPLY(i) some[i] = luck[i] > nothing[i];
        EACH_MARKED(i, marked(some))
            x[S_count + series][i] = event_count(mean[i], size[i], nothing[i], luck[i]);
    }
}

static void suspended(
    const Block *b, const row *restrict c, const row *restrict now, const row *restrict u,
    const row *restrict s, row *restrict x) {
    double *out = x[S_suspended];
    EACH_SIMPLY(i) out[i] = s[S_level + OPERATIONS][i];
    log_all(out);
    EACH_SIMPLY(i) {
        double entrapment = s[S_level + OPERATIONS][i] * now[b->at->given_involvement + 1][i];
        out[i] = c_suspension(c)[i] + c_suspension_entrapment(c)[i] * entrapment + out[i];
    }
    happens_all(out, c_dt(c), u[b->at->noise_suspension]);
}

static void formal_ratios(
    const Block *b, const row *restrict now, const row *restrict s, row *restrict a) {
    for (int64_t member = 0; member < b->shape->members; member++)
        EACH_SIMPLY(i)
            a[A_formal + member][i] =
                s[b->at->ratio_member + 3 * member][i] - now[b->at->given_reluctance + member][i];
}

static void risk_of_losing(const row *restrict c, row *restrict a) {
    EACH_SIMPLY(i) a[A_risk][i] = c_downgrade(c)[i];
    hazard_all(a[A_risk], c_dt(c));
}

/* The member on whom it turns, in the runs in which a majority decides, or a leader. */
static void decisive_otherwise(
    const Block *b, const row *restrict c, const row *restrict now, row *restrict a) {
    const row *weight = now + b->at->given_weight, *formal = a + A_formal;
    int64_t members = b->shape->members;
    EACH_SIMPLY(i)
        a[A_decisive][i] =
            c_decision(c)[i] == WEIGHTED_MAJORITY ? -LARGEST_RATIO : a[A_decisive][i];
    for (int64_t candidate = 0; candidate < members; candidate++) {
        const double *asked = formal[candidate];
        double backing[LANES] = {0};
        for (int64_t member = 0; member < members; member++)
            EACH_SIMPLY(i)
                backing[i] =
                    backing_with(backing[i], weight[member][i], formal[member][i], asked[i]);
        EACH_SIMPLY(i) {
            double so_far = a[A_decisive][i];
            double with_it =
                decisive_with(so_far, asked[i], backing[i], a[A_everybody][i], c_majority(c)[i]);
            int counts = c_decision(c)[i] == WEIGHTED_MAJORITY && weight[candidate][i] > 0.0;
            a[A_decisive][i] = counts ? with_it : so_far;
        }
    }
    for (int64_t member = 0; member < members; member++)
        EACH_SIMPLY(i) {
            int alone = c_decision(c)[i] == LEADER && c_leading(c)[i] == member;
            a[A_decisive][i] = alone ? formal[member][i] : a[A_decisive][i];
        }
}

static void decisive(
    const Block *b, const row *restrict c, const row *restrict now, row *restrict a) {
    const row *weight = now + b->at->given_weight, *formal = a + A_formal;
    int64_t members = b->shape->members;
    EACH_SIMPLY(i) a[A_decisive][i] = LARGEST_RATIO;
    for (int64_t member = 0; member < members; member++)
        EACH_SIMPLY(i)
            a[A_decisive][i] = least_of(a[A_decisive][i], formal[member][i], weight[member][i]);
    int other_rule = 0;
    EACH_RUN(i, b) other_rule |= c_decision(c)[i] != CONSENSUS;
    if (other_rule) decisive_otherwise(b, c, now, a);
}

static void steps_tried(
    const Block *b, int64_t step, const row *restrict c, const row *restrict u,
    const row *restrict s, row *restrict a, row *restrict x) {
    row margin, would;
    EACH_SIMPLY(i)
        margin[i] = (a[A_decisive][i] - a[A_asks_demand][i] - c_ladder_caution(c)[i])
            / c_ladder_spread(c)[i];
    logistic_all(margin, would);
    log_all(would);
    EACH_SIMPLY(i)
        would[i] = a[A_asks_log_hazard][i] + c_ladder_level(c)[i] * a[A_activity][i]
            + c_ladder_assets(c)[i] * a[A_assets][i] + would[i];
    happens_all(would, c_dt(c), u[b->at->noise_tried]);
    EACH_SIMPLY(i) {
        double now_tried = tries(step, a[A_asks_opens][i], a[A_asks_granted][i], would[i]);
        double lower = rung_after(s[S_rung][i], falls(a[A_risk][i], u[b->at->noise_fall][i]));
        a[A_tries][i] = now_tried;
        x[S_rung][i] = now_tried > 0.0 ? s[S_rung][i] : lower;
        x[S_blocked][i] = 0.0;
    }
}

static void nobody_tries(
    const Block *b, const row *restrict u, const row *restrict s, row *restrict a,
    row *restrict x) {
    EACH_SIMPLY(i) {
        a[A_tries][i] = 0.0;
        x[S_rung][i] = rung_after(s[S_rung][i], falls(a[A_risk][i], u[b->at->noise_fall][i]));
        x[S_blocked][i] = 0.0;
    }
}

/* Look up what the next rung of one run asks; beyond the last it never opens. */
static void rung_asked(const Block *b, int i, const row *c, const row *x, row *a) {
    int64_t rung = (int64_t)x[S_rung][i];
    if (rung >= b->shape->rungs) {
        a[A_asks_opens][i] = NEVER;
        a[A_asks_granted][i] = 0.0;
        return;
    }
    a[A_asks_log_hazard][i] = c[b->at->fixed_rung_log_hazard + rung][i];
    a[A_asks_demand][i] = c[b->at->fixed_rung_demand + rung][i];
    a[A_asks_domestic_demand][i] = c[b->at->fixed_rung_domestic_demand + rung][i];
    a[A_asks_opens][i] = c[b->at->fixed_rung_opens + rung][i];
    a[A_asks_granted][i] = c[b->at->fixed_rung_granted + rung][i];
}

static double council(
    const Block *b, int i, double demand, const row *c, const row *now, const row *a) {
    double yes = 0.0, everybody = 0.0, leader = 0.0;
    for (int64_t member = 0; member < b->shape->members; member++) {
        double weight = now[b->at->given_weight + member][i], answer = 1.0;
        if (weight > 0.0) {
            double spread = c_member_spread(c)[i];
            answer = accepts(a[A_formal + member][i], demand, spread, b->lucks[member]);
        }
        b->answers[member] = answer;
        everybody = everybody + weight;
        yes = yes + weight * answer;
        if (c_leading(c)[i] == member) leader = answer;
    }
    return agreed(c_decision(c)[i], yes, everybody, leader, c_majority(c)[i]);
}

/* Whether both sides of one run consent; who answered what stays in `answers`. */
static int both_consent(
    const Block *b, int i, int64_t step, int64_t channel, const double demands[2], const row *s,
    const row *a) {
    int64_t members = b->shape->members;
    lucks_of(b, i, channel, members + 1, step, b->lucks);
    double agreement = council(b, i, demands[0], b->c, b->now, a);
    double opening = mean_of_three(s[S_win_set][i], s[S_win_set + 1][i], s[S_win_set + 2][i]);
    double ratified =
        accepts(opening, demands[1], c_ratification_spread(b->c)[i], b->lucks[members]);
    b->answers[members] = ratified;
    return agreement > 0.0 && ratified > 0.0;
}

static void refuse(const Block *b, int i, int64_t first, row *x) {
    for (int64_t who = 0; who < b->shape->members + 1; who++)
        x[first + who][i] = 1.0 - b->answers[who];
    x[S_blocked][i] = x[S_blocked][i] + 1.0;
}

static void formal_steps(const Block *b, int64_t step, const row *s, row *a, row *x) {
    const Rows *at = b->at;
    int64_t members = b->shape->members;
    memset(x[at->refused], 0, sizeof(row) * (size_t)(members + 1));
    memset(x[at->item_refused], 0, sizeof(row) * (size_t)(b->shape->items * (members + 1)));
    EACH_RUN(i, b) if (a[A_tries][i] > 0.0) {
        double demands[2] = {a[A_asks_demand][i], a[A_asks_domestic_demand][i]};
        if (a[A_asks_granted][i] > 0.0 || both_consent(b, i, step, at->noise_council, demands, s, a))
            x[S_rung][i] = s[S_rung][i] + 1.0;
        else
            refuse(b, i, at->refused, x);
    }
    for (int64_t item = 0; item < b->shape->items; item++) {
        const double *tabled = b->c[at->fixed_item_tabled + item];
        int64_t channel = at->noise_item + item * (members + 1);
        memcpy(x[at->passed + item], s[at->passed + item], sizeof(row));
        EACH_RUN(i, b) if (tabled[i] == (double)step) {
            double demands[2] = {b->c[at->fixed_item_demand + item][i], 0.0};
            int passed = both_consent(b, i, step, channel, demands, s, a);
            x[at->passed + item][i] = passed;
            if (!passed) refuse(b, i, at->item_refused + item * (members + 1), x);
        }
    }
    EACH_RUN(i, b) if (x[S_rung][i] != s[S_rung][i]) rung_asked(b, i, b->c, x, a);
}

#endif
