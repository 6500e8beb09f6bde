/* The rules of `alliance_sim.rules`, under their own names; what each claims is said there. */

#ifndef RULES_H
#define RULES_H

#include "arithmetic.h"

#define CONSENSUS 0.0
#define WEIGHTED_MAJORITY 1.0
#define LEADER 2.0
#define LARGEST_RATIO 1e6
#define MOST 60

/* threats */
rule double next_hostility(
    double pace, double provocation, double calming, double hostility, double given, double mood,
    double cooperation, double attention) {
    double base = max(0.0, min(1.0, given + mood));
    double target = base * (1.0 - calming * (1.0 - attention)) + provocation * cooperation;
    return hostility + pace * (max(0.0, min(1.0, target)) - hostility);
}

/* What is left of slow noise, and a fresh jolt: `next_mood` and `next_slow`. */
rule double carried(double carry, double jolt, double noise, double luck) {
    return carry * noise + jolt * luck;
}

/* Slow noise in the first quarter: `first_mood` and `first_slow`. */
rule double at_first(double spread, double luck) { return spread * luck; }

/* perception */
rule double next_perceived(
    double learn, double forget, double perceived, double exposure, double menace) {
    double pressure = min(1.0, exposure * menace);
    double speed = pressure > perceived ? learn : forget;
    return perceived + speed * (pressure - perceived);
}

rule double next_attention(double attention, double speed, double political) {
    return attention + speed * (political - attention);
}

rule double attention_with(double attention, double drawn) { return min(1.0, attention + drawn); }

rule double felt_at_once(double exposure, double menace) { return min(1.0, exposure * menace); }

rule double attended(double here, double there) { return 0.5 * (here + there); }

rule double apart_after(double apart, double here, double there) {
    return apart * (1.0 - __builtin_sqrt(here * there));
}

/* willingness */
rule double threat_term(
    double common, double home, double entrapment, double overlap, double distraction,
    double involvement, double level) {
    return common * overlap - home * distraction - entrapment * level * involvement;
}

rule double floor_in(double slope, double around, double floor, double year) {
    return floor + slope * (year - around);
}

rule double log_ratio(
    double floor, double offset, double threat, double assets, double leader, double need,
    double slow) {
    return floor + offset + threat + assets + leader + need + slow;
}

/* domestic */
rule double shut_after(double shut, double opening) { return shut * (1.0 - opening); }

rule double win_set(double shut, double leverage, double operations) {
    return min(1.0, 1.0 - shut + leverage * operations * shut);
}

rule double open_part(double allowed, double domestic) {
    return 1.0 - domestic * (1.0 - allowed);
}

rule double may_pass(double age, double step, double first_step, double before) {
    return age <= 0.0 && step >= first_step && before > 0.0 ? 1.0 : 0.0;
}

rule double next_age(double age, double passed) { return age > 0.0 ? age + 1.0 : passed; }

rule double in_force(double age, double lasts) { return 0.0 < age && age <= lasts ? 1.0 : 0.0; }

/* levels */
rule double higher(double before, double now) { return max(before, now); }

rule double mean_of_three(double political, double operations, double equipment) {
    return (political + operations + equipment) / 3.0;
}

/* events */
rule double risen(double before, double now) { return max(0.0, now - before); }

rule double event_count(double mean, double size, double nothing, double luck) {
    double share = mean / (mean + size);
    double probability = nothing, below = nothing;
    int count = 0;
    while (count < MOST && luck > below) {
        probability = probability * share * (count + size) / (count + 1.0);
        below = below + probability;
        count++;
    }
    return count;
}

/* ladder */
rule double tries(double step, double opens, double granted, double would) {
    return step >= opens && (granted > 0.0 || would > 0.0) ? 1.0 : 0.0;
}

rule double rung_after(double rung, double fallen) { return max(0.0, rung - fallen); }

rule double climbed(double rung, double next) { return max(0.0, next - rung); }

rule double falls(double risk, double luck) { return luck < risk ? 1.0 : 0.0; }

rule double next_network(double network, double lag, double count, double states) {
    return network + lag * (min(1.0, count / states) - network);
}

/* council */
rule double accepts(double ratio, double demand, double spread, double luck) {
    return ratio + spread * luck >= demand ? 1.0 : 0.0;
}

rule double least_of(double decisive, double ratio, double weight) {
    double least = min(decisive, ratio);
    return weight > 0.0 ? least : decisive;
}

rule double backing_with(double backing, double weight, double ratio, double asked) {
    return ratio >= asked ? backing + weight : backing;
}

rule double decisive_with(
    double decisive, double ratio, double backing, double all_weight, double share) {
    return backing >= share * all_weight ? max(decisive, ratio) : decisive;
}

rule double agreed(double decision, double yes, double all_weight, double leader, double needed) {
    if (decision == LEADER) return leader;
    double share = decision == WEIGHTED_MAJORITY ? needed : 1.0;
    return yes >= share * all_weight ? 1.0 : 0.0;
}

#endif
