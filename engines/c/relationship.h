/* The relationship, a block of runs at a time: `engine.kernel.relationship`. Formal steps are rare
   and go through runs one by one. */

#ifndef RELATIONSHIP_H
#define RELATIONSHIP_H

#include "elementary.h"
#include "noise.h"

#define OPERATIONS 1

/* The levels in a domain that both sides want and the law allows: a soft minimum. */
static void targets(
    const double *restrict open, const double *restrict ours, const double *restrict theirs,
    const double *restrict softness, double *restrict out) {
    row small, large, v;
    EACH_SIMPLY(i) {
        small[i] = max(1e-12, min(ours[i], theirs[i]));
        large[i] = max(1e-12, max(ours[i], theirs[i]));
        v[i] = small[i] / large[i];
    }
    log_all(v);
    EACH_SIMPLY(i) v[i] = softness[i] * v[i];
    exp_all(v);
    EACH_SIMPLY(i) v[i] = 1.0 + v[i];
    log_all(v);
    EACH_SIMPLY(i) v[i] = (0.6931471805599453 - v[i]) / softness[i];
    exp_all(v);
    EACH_SIMPLY(i) out[i] = open[i] * min(large[i], small[i] * v[i]);
}

static void levels_begin(const row *c, const row *a, row *x) {
    for (int domain = 0; domain < 3; domain++)
        targets(x[WIN_SET + domain], x[WILLING + domain], a[WANTED + domain], c[P_softness],
                x[LEVEL + domain]);
    EACH_SIMPLY(i) x[PEAK][i] = x[LEVEL + OPERATIONS][i];
}

static void levels_follow(
    const Block *b, const row *restrict c, const row *restrict now, const row *restrict s,
    const row *restrict a, row *restrict x) {
    row hurry, breaking, wanted, v;
    EACH_SIMPLY(i) hurry[i] = c[P_pace_leader][i] * (a[PUSH][i] + a[PUSH + 1][i]);
    EACH_SIMPLY(i) breaking[i] = c[P_pace_disruption][i] * now[b->at->capability_change][i];
    exp_all(hurry);
    exp_all(breaking);
    EACH_SIMPLY(i) hurry[i] = c[P_pace_speed][i] * hurry[i];
    EACH_SIMPLY(i) breaking[i] = (1.0 - c[P_pace_ratchet][i] * a[ASSETS][i]) * breaking[i];
    for (int domain = 0; domain < 3; domain++) {
        const double *level = s[LEVEL + domain];
        targets(s[WIN_SET + domain], s[WILLING + domain], a[WANTED + domain], c[P_softness],
                wanted);
        EACH_SIMPLY(i) {
            double rate = wanted[i] < level[i] ? hurry[i] * breaking[i] : hurry[i];
            v[i] = -rate * c[P_pace_dt][i];
        }
        exp_all(v);
        EACH_SIMPLY(i) x[LEVEL + domain][i] = level[i] + (1.0 - v[i]) * (wanted[i] - level[i]);
    }
}

static void assets_grow(
    const Block *b, const row *restrict c, const row *restrict now, const row *restrict s,
    const row *restrict a, row *restrict x) {
    EACH_SIMPLY(i) {
        double gain = c[P_growth_gain][i], general = c[P_growth_general][i];
        double loss = c[P_growth_loss][i], activity = a[ACTIVITY][i];
        double missing = max(0.0, 1.0 - s[GENERAL][i] - s[MISSION][i]);
        double climb = c[P_growth_per_rung][i] * s[CLIMBED][i];
        double first = min(1.0, general * gain * activity + climb);
        x[GENERAL][i] = s[GENERAL][i] * (1.0 - loss) + first * missing;
        double kept = s[MISSION][i] * (1.0 - loss)
            * (1.0 - c[P_growth_mission_loss][i] * now[b->at->missions_ended][i]);
        double gained = (1.0 - general) * gain * activity;
        x[MISSION][i] = kept + min(gained, 1.0 - first) * missing;
        x[PEAK][i] = max(s[PEAK][i], x[LEVEL + OPERATIONS][i]);
    }
}

static void agreements_follow(
    const Block *b, const row *restrict c, const row *restrict now, const row *restrict u,
    const row *restrict s, row *restrict x) {
    const row *pull = c + P_agreement;
    row v;
    EACH_SIMPLY(i) v[i] = 1.0 + s[AGREEMENTS][i];
    log_all(v);
    EACH_SIMPLY(i) {
        double states = max(1.0, now[b->at->states][i]);
        double drive = pull[1][i] * v[i] + pull[2][i] * s[AGREEMENTS][i] / states;
        v[i] = pull[0][i] + drive + pull[3][i] * s[LEVEL + OPERATIONS][i];
    }
    happens_all(v, c[P_dt], u[b->at->noise_agreement]);
    EACH_SIMPLY(i) {
        double states = max(1.0, now[b->at->states][i]), count = s[AGREEMENTS][i];
        x[AGREEMENTS][i] = count + (count >= states ? 0.0 : v[i]);
        x[NETWORK][i] = next_network(s[NETWORK][i], c[P_network_lag][i], count, states);
    }
}

static void events(
    const Block *b, const row *restrict c, const row *restrict u, const row *restrict s,
    const row *restrict a, row *restrict x) {
    for (int series = 0; series < 4; series++) {
        const row *counting = c + P_counting + 3 * series;
        const double *size = counting[2], *luck = u[b->at->noise_count + series];
        row shown, mean, nothing;
        EACH_SIMPLY(i)
            shown[i] = series < 3 ? x[LEVEL + series][i] : a[ASSETS][i] * s[LEVEL][i];
        EACH_SIMPLY(i) mean[i] = counting[0][i] + counting[1][i] * shown[i];
        exp_all(mean);
        EACH_SIMPLY(i) mean[i] = shown[i] * mean[i] * c[P_dt][i];
        EACH_SIMPLY(i) nothing[i] = (mean[i] + size[i]) / size[i];
        log_all(nothing);
        EACH_SIMPLY(i) nothing[i] = -size[i] * nothing[i];
        exp_all(nothing);
        EACH_SIMPLY(i) x[COUNT + series][i] = 0.0;
        uint8_t some[LANES];
        EACH_SIMPLY(i) some[i] = luck[i] > nothing[i];
        EACH_MARKED(i, marked(some))
            x[COUNT + series][i] = event_count(mean[i], size[i], nothing[i], luck[i]);
    }
}

static void suspended(
    const Block *b, const row *restrict c, const row *restrict now, const row *restrict u,
    const row *restrict s, row *restrict x) {
    double *out = x[SUSPENDED];
    EACH_SIMPLY(i) out[i] = s[LEVEL + OPERATIONS][i];
    log_all(out);
    EACH_SIMPLY(i) {
        double entrapment = s[LEVEL + OPERATIONS][i] * now[b->at->involvement + 1][i];
        out[i] = c[P_suspension][i] + c[P_suspension_entrapment][i] * entrapment + out[i];
    }
    happens_all(out, c[P_dt], u[b->at->noise_suspension]);
}

static void formal_ratios(
    const Block *b, const row *restrict now, const row *restrict s, row *restrict a) {
    for (int64_t member = 0; member < b->shape->members; member++)
        EACH_SIMPLY(i)
            a[FORMAL + member][i] =
                s[b->at->ratio_member + 3 * member][i] - now[b->at->reluctance + member][i];
}

static void risk_of_losing(const row *restrict c, row *restrict a) {
    EACH_SIMPLY(i) a[RISK][i] = c[P_downgrade][i];
    hazard_all(a[RISK], c[P_dt]);
}

/* The member on whom it turns, in the runs in which a majority decides, or a leader. */
static void decisive_otherwise(
    const Block *b, const row *restrict c, const row *restrict now, row *restrict a) {
    const row *weight = now + b->at->weight, *formal = a + FORMAL;
    int64_t members = b->shape->members;
    EACH_SIMPLY(i)
        a[DECISIVE][i] =
            c[P_decision][i] == WEIGHTED_MAJORITY ? -LARGEST_RATIO : a[DECISIVE][i];
    for (int64_t candidate = 0; candidate < members; candidate++) {
        const double *asked = formal[candidate];
        double backing[LANES] = {0};
        for (int64_t member = 0; member < members; member++)
            EACH_SIMPLY(i)
                backing[i] =
                    backing_with(backing[i], weight[member][i], formal[member][i], asked[i]);
        EACH_SIMPLY(i) {
            double so_far = a[DECISIVE][i];
            double with_it =
                decisive_with(so_far, asked[i], backing[i], a[EVERYBODY][i], c[P_majority][i]);
            int counts = c[P_decision][i] == WEIGHTED_MAJORITY && weight[candidate][i] > 0.0;
            a[DECISIVE][i] = counts ? with_it : so_far;
        }
    }
    for (int64_t member = 0; member < members; member++)
        EACH_SIMPLY(i) {
            int alone = c[P_decision][i] == LEADER && c[P_leading][i] == member;
            a[DECISIVE][i] = alone ? formal[member][i] : a[DECISIVE][i];
        }
}

static void decisive(
    const Block *b, const row *restrict c, const row *restrict now, row *restrict a) {
    const row *weight = now + b->at->weight, *formal = a + FORMAL;
    int64_t members = b->shape->members;
    EACH_SIMPLY(i) a[DECISIVE][i] = LARGEST_RATIO;
    for (int64_t member = 0; member < members; member++)
        EACH_SIMPLY(i)
            a[DECISIVE][i] = least_of(a[DECISIVE][i], formal[member][i], weight[member][i]);
    int other_rule = 0;
    EACH_RUN(i, b) other_rule |= c[P_decision][i] != CONSENSUS;
    if (other_rule) decisive_otherwise(b, c, now, a);
}

static void steps_tried(
    const Block *b, int64_t step, const row *restrict c, const row *restrict u,
    const row *restrict s, row *restrict a, row *restrict x) {
    const row *pull = c + P_ladder;
    row margin, would;
    EACH_SIMPLY(i)
        margin[i] = (a[DECISIVE][i] - a[ASKS + 1][i] - pull[3][i]) / pull[2][i];
    logistic_all(margin, would);
    log_all(would);
    EACH_SIMPLY(i)
        would[i] = a[ASKS][i] + pull[0][i] * a[ACTIVITY][i] + pull[1][i] * a[ASSETS][i] + would[i];
    happens_all(would, c[P_dt], u[b->at->noise_tried]);
    EACH_SIMPLY(i) {
        double now_tried = tries(step, a[ASKS + 3][i], a[ASKS + 4][i], would[i]);
        double lower = rung_after(s[RUNG][i], falls(a[RISK][i], u[b->at->noise_fall][i]));
        a[TRIES][i] = now_tried;
        x[RUNG][i] = now_tried > 0.0 ? s[RUNG][i] : lower;
        x[BLOCKED][i] = 0.0;
    }
}

static void nobody_tries(
    const Block *b, const row *restrict u, const row *restrict s, row *restrict a,
    row *restrict x) {
    EACH_SIMPLY(i) {
        a[TRIES][i] = 0.0;
        x[RUNG][i] = rung_after(s[RUNG][i], falls(a[RISK][i], u[b->at->noise_fall][i]));
        x[BLOCKED][i] = 0.0;
    }
}

/* Look up what the next rung of one run asks; beyond the last it never opens. */
static void rung_asked(const Block *b, int i, const row *c, const row *x, row *a) {
    int64_t rung = (int64_t)x[RUNG][i];
    if (rung >= b->shape->rungs) {
        a[ASKS + 3][i] = NEVER;
        a[ASKS + 4][i] = 0.0;
        return;
    }
    for (int field = 0; field < PER_RUNG; field++)
        a[ASKS + field][i] = c[b->at->rung + PER_RUNG * rung + field][i];
}

static double council(
    const Block *b, int i, double demand, const row *c, const row *now, const row *a) {
    double yes = 0.0, everybody = 0.0, leader = 0.0;
    for (int64_t member = 0; member < b->shape->members; member++) {
        double weight = now[b->at->weight + member][i], answer = 1.0;
        if (weight > 0.0) {
            double spread = c[P_member_spread][i];
            answer = accepts(a[FORMAL + member][i], demand, spread, b->lucks[member]);
        }
        b->answers[member] = answer;
        everybody = everybody + weight;
        yes = yes + weight * answer;
        if (c[P_leading][i] == member) leader = answer;
    }
    return agreed(c[P_decision][i], yes, everybody, leader, c[P_majority][i]);
}

/* Whether both sides of one run consent; who answered what stays in `answers`. */
static int both_consent(
    const Block *b, int i, int64_t step, int64_t channel, const double demands[2], const row *s,
    const row *a) {
    int64_t members = b->shape->members;
    lucks_of(b, i, channel, members + 1, step, b->lucks);
    double agreement = council(b, i, demands[0], b->c, b->now, a);
    double opening = mean_of_three(s[WIN_SET][i], s[WIN_SET + 1][i], s[WIN_SET + 2][i]);
    double ratified =
        accepts(opening, demands[1], b->c[P_ratification_spread][i], b->lucks[members]);
    b->answers[members] = ratified;
    return agreement > 0.0 && ratified > 0.0;
}

static void refuse(const Block *b, int i, int64_t first, row *x) {
    for (int64_t who = 0; who < b->shape->members + 1; who++)
        x[first + who][i] = 1.0 - b->answers[who];
    x[BLOCKED][i] = x[BLOCKED][i] + 1.0;
}

static void formal_steps(const Block *b, int64_t step, const row *s, row *a, row *x) {
    const Rows *at = b->at;
    int64_t members = b->shape->members;
    memset(x[at->refused], 0, sizeof(row) * (size_t)(at->all_states - at->refused));
    EACH_RUN(i, b) if (a[TRIES][i] > 0.0) {
        double demands[2] = {a[ASKS + 1][i], a[ASKS + 2][i]};
        if (a[ASKS + 4][i] > 0.0 || both_consent(b, i, step, at->noise_council, demands, s, a))
            x[RUNG][i] = s[RUNG][i] + 1.0;
        else
            refuse(b, i, at->refused, x);
    }
    for (int64_t item = 0; item < b->shape->items; item++) {
        const row *its = b->c + at->item + PER_ITEM * item;
        int64_t channel = at->noise_item + item * (members + 1);
        memcpy(x[at->passed + item], s[at->passed + item], sizeof(row));
        EACH_RUN(i, b) if (its[0][i] == (double)step) {
            double demands[2] = {its[1][i], 0.0};
            int passed = both_consent(b, i, step, channel, demands, s, a);
            x[at->passed + item][i] = passed;
            if (!passed) refuse(b, i, at->item_refused + item * (members + 1), x);
        }
    }
    EACH_SIMPLY(i) x[CLIMBED][i] = climbed(s[RUNG][i], x[RUNG][i]);
    EACH_RUN(i, b) if (x[RUNG][i] != s[RUNG][i]) rung_asked(b, i, b->c, x, a);
}

#endif
