"""Noise that gives a record: each uniform is moved into the part of [0, 1] that the record leaves.

What a record settles had to be drawn below a probability, or above it; inside that part the uniform
by key decides where. So a run in which nothing is held, on this noise, gives every act of the
record at its quarter, and its twin worlds share all that the record does not settle. Done run by
run: it is wanted once for each draw of a posterior.

Arrays are those of `history`.
"""

from __future__ import annotations

from alliance_sim.arithmetic import inverse_normal, normal_share
from alliance_sim.compiled import inlined, stage
from alliance_sim.engine.kernel.coded import share_seen
from alliance_sim.engine.kernel.history import (
    LAW,
    LOST,
    PASS,
    SERIES,
    SIGN,
    SUSPEND,
    TRY,
    YES,
)
from alliance_sim.engine.kernel.history import SHARE as CODED
from alliance_sim.engine.kernel.layout import A, P, S
from alliance_sim.engine.kernel.noise import SLOW, uniform_of
from alliance_sim.engine.kernel.observed import (
    drawn_law_chance,
    ladder_chances,
    law_chance,
)
from alliance_sim.rules.council import LEADER, accept_chance, accepts
from alliance_sim.rules.events import MOST, no_event
from alliance_sim.rules.levels import mean_of_three

LEAST = 1e-11  # how near to 0 or 1 a uniform may come that is turned into a normal
HALVINGS = 60


@inlined
def below(chance, u):
    """Return a uniform that makes a decision of this probability happen."""
    return chance * u


@inlined
def above(chance, u):
    """Return a uniform that keeps a decision of this probability from happening."""
    return chance + (1.0 - chance) * u


@stage
def keyed(n, shape, at, asked, u, given_luck, luck, found):
    """Begin with the uniforms by key, and those of slow noise that somebody brought."""
    step, uniforms = asked.step[0], found.uniforms
    for i in range(n):
        for channel in range(at.drawn_for_blocks):
            uniforms[i, channel, step] = u[channel, i]
        for channel in range(at.drawn_for_blocks, at.all_channels):
            uniforms[i, channel, step] = uniform_of(asked, i, channel)
        if given_luck:
            for k in range(shape.threats):
                uniforms[i, at.noise_mood + k, step] = normal_share(luck[k, i])
            for k in range(SLOW):
                uniforms[i, at.noise_slow + k, step] = normal_share(luck[shape.threats + k, i])


@stage
def an_answer(yes, ratio, demand, spread, u):
    """Return the uniform that makes a member, or parliament, accept (1) or refuse (0).

    Which is as likely as the uniform is large; rounding could put it on the wrong side of the edge,
    so it is tried out, and moved away from the edge until it does what it should.
    """
    chance = accept_chance(ratio, demand, spread)
    found = (1.0 - chance) + chance * u if yes > 0.0 else (1.0 - chance) * u
    found = min(max(found, LEAST), 1.0 - LEAST)
    for _ in range(HALVINGS):
        if accepts(ratio, demand, spread, inverse_normal(found)) == yes:
            break
        edge = 1.0 - LEAST if yes > 0.0 else LEAST
        found = 0.5 * (found + edge)
    return found


@inlined
def who_answers(i, who, shape, at, demands, c, now, s, a):
    """Return what somebody goes by, what is asked, and how sure the answer is; spread 0: no say."""
    if who < shape.members:
        spread = c[P.member_spread, i]
        if now[at.given_weight + who, i] <= 0.0:
            spread = 0.0
        if c[P.decision, i] == LEADER and c[P.leading, i] != who:
            spread = 0.0
        return a[A.formal + who, i], demands[0], spread
    opening = mean_of_three(s[S.win_set, i], s[S.win_set + 1, i], s[S.win_set + 2, i])
    return opening, demands[1], c[P.ratification_spread, i]


@stage
def answered(i, shape, at, step, channel, agreed, demands, c, now, s, a, found):
    """Write uniforms with which a formal step is agreed to by all, or refused by somebody.

    Of a refusal only that there was one is known: who refuses is drawn by the uniforms themselves.
    """
    uniforms = found.uniforms
    for who in range(shape.members + 1):
        ratio, demand, spread = who_answers(i, who, shape, at, demands, c, now, s, a)
        found.answers[who] = accept_chance(ratio, demand, spread) if spread > 0.0 else 1.0
    refused = 0.0
    for who in range(shape.members + 1):
        ratio, demand, spread = who_answers(i, who, shape, at, demands, c, now, s, a)
        if spread <= 0.0:
            continue
        u = uniforms[i, channel + who, step]
        chance = found.answers[who]
        if agreed == 0.0 and refused == 0.0:
            all_left = 1.0
            for later in range(who, shape.members + 1):
                all_left = all_left * found.answers[later]
            refuses = (1.0 - chance) / (1.0 - all_left) if all_left < 1.0 else 1.0
            yes = 0.0 if u < refuses else 1.0
            u = (u - refuses) / (1.0 - refuses) if yes > 0.0 else u / refuses
            refused = 1.0 - yes
            uniforms[i, channel + who, step] = an_answer(yes, ratio, demand, spread, u)
        elif agreed > 0.0:
            uniforms[i, channel + who, step] = an_answer(1.0, ratio, demand, spread, u)


@stage
def ladder_noise(n, shape, at, step, c, now, history, seen, s, a, found):
    """Move what decides the ladder: tries, answers and falls."""
    w, uniforms = found.aside, found.uniforms
    before, after = history.rung[step - 1], history.rung[step]
    ladder_chances(n, shape, at, step, before, c, now, s, a, w)
    recorded, coded = step >= seen.first, 3 * seen.era[step] + 1
    for i in range(n):
        tried, passed, lost = w[TRY, i], w[PASS, i], w[LOST, i]
        u = uniforms[i, at.noise_tried, step]
        demands = (0.0, 0.0)
        if before < shape.rungs:
            demands = (
                c[at.fixed_rung_demand + before, i],
                c[at.fixed_rung_domestic_demand + before, i],
            )
        if before < shape.rungs and c[at.fixed_rung_granted + before, i] > 0.0 and tried > 0.0:
            continue  # no luck in it
        refused = 0.0
        if after == before and history.blocked[step] == YES:
            refused = 1.0
        elif after == before:
            unseen = 1.0 - (seen.numbers[coded, i] if recorded else 0.0)
            unseen = tried * (1.0 - passed) * unseen
            none = (1.0 - tried) * (1.0 - lost)
            share = unseen / (unseen + none) if unseen > 0.0 else 0.0
            refused = 1.0 if u < share else 0.0
            u = u / share if u < share else (u - share) / (1.0 - share)
        if after > before or refused > 0.0:
            uniforms[i, at.noise_tried, step] = below(tried, u)
            agreed = 1.0 if after > before else 0.0
            answered(i, shape, at, step, at.noise_council, agreed, demands, c, now, s, a, found)
        else:
            uniforms[i, at.noise_tried, step] = above(tried, u)
            fall = uniforms[i, at.noise_fall, step]
            if before > 0:
                moved = below(lost, fall) if after < before else above(lost, fall)
                uniforms[i, at.noise_fall, step] = moved


@stage
def items_noise(n, shape, at, step, c, now, history, s, a, found):
    """Move what decides items that are tabled this quarter and whose fate is known."""
    for item in range(shape.items):
        for i in range(n):
            if history.items[item] >= 0 and c[at.fixed_item_tabled + item, i] == step:
                channel = at.noise_item + item * (shape.members + 1)
                agreed = 1.0 if history.items[item] == YES else 0.0
                demands = (c[at.fixed_item_demand + item, i], 0.0)
                answered(i, shape, at, step, channel, agreed, demands, c, now, s, a, found)


@stage
def count_noise(mean, size, share, coded, u):
    """Return the uniform of a count, of which a known number is coded.

    Of a gamma mixture of Poisson counts, what is not coded is a negative binomial of its own, given
    what is: its size is larger by the number coded. It is drawn first, then the place of the whole
    count's uniform within its part of [0, 1].
    """
    own_size = size + coded
    own_mean = own_size * mean * (1.0 - share) / (size + mean * share)
    probability = no_event(own_mean, own_size)
    so_far = 0.0
    hidden = 0
    while hidden + coded < MOST and u >= so_far + probability:
        so_far = so_far + probability
        odds = own_mean / (own_mean + own_size)
        probability = probability * odds * (hidden + own_size) / (hidden + 1.0)
        hidden = hidden + 1
    inside = min(max((u - so_far) / probability, 0.0), 1.0) if probability > 0.0 else 0.5
    odds = mean / (mean + size)
    chance = no_event(mean, size)
    low = 0.0
    high = chance
    for count in range(hidden + coded):
        chance = chance * odds * (count + size) / (count + 1.0)
        low = high
        high = high + chance
    return low + (high - low) * (0.5 + (inside - 0.5) * (1.0 - 1e-6))


@stage
def counts_noise(n, at, step, history, seen, x, a, found):
    """Move what decides how many acts happen: those that are coded, and some that are not."""
    for series in range(SERIES):
        share_seen(n, step, series, seen, x, found)
        for i in range(n):
            u = found.uniforms[i, at.noise_counts + series, step]
            found.uniforms[i, at.noise_counts + series, step] = count_noise(
                a[A.mean + series, i],
                a[A.size + series, i],
                found.aside[CODED, i],
                history.counts[step, series],
                u,
            )


@stage
def laws_noise(n, shape, at, after, step, c, history, seen, s, a, found):
    """Move what decides laws, those too whose dates are inputs: in a twin world they are drawn."""
    w, uniforms = found.aside, found.uniforms
    for law in range(shape.laws):
        drawn_law_chance(n, at, law, after[law], step, c, s, a, w)
        for i in range(n):
            u = uniforms[i, at.noise_law + law, step]
            now_passed = history.laws[law] == step
            moved = below(w[LAW, i], u) if now_passed else above(w[LAW, i], u)
            uniforms[i, at.noise_law + law, step] = moved
    for law in range(seen.dated.shape[0]):
        if seen.dated[law, 0] <= step <= seen.dated[law, 1]:
            law_chance(n, seen.numbers, seen.at_dated + law, c, s, a, w)
            for i in range(n):
                u = found.law_uniforms[i, law, step]
                now_passed = seen.dated[law, 1] == step
                moved = below(w[LAW, i], u) if now_passed else above(w[LAW, i], u)
                found.law_uniforms[i, law, step] = moved


@stage
def abduct(n, shape, at, after, step, c, now, history, seen, s, x, a, found):
    """Move a quarter's uniforms to where they give the record; `observe` has gone before."""
    w, uniforms = found.aside, found.uniforms
    for i in range(n):
        u = uniforms[i, at.noise_agreement, step]
        signed = history.agreements[step] > history.agreements[step - 1]
        moved = below(w[SIGN, i], u) if signed else above(w[SIGN, i], u)
        uniforms[i, at.noise_agreement, step] = moved
        if history.suspended[step] >= 0:
            u = uniforms[i, at.noise_suspension, step]
            there = history.suspended[step] == YES
            moved = below(w[SUSPEND, i], u) if there else above(w[SUSPEND, i], u)
            uniforms[i, at.noise_suspension, step] = moved
    ladder_noise(n, shape, at, step, c, now, history, seen, s, a, found)
    items_noise(n, shape, at, step, c, now, history, s, a, found)
    if step >= seen.first:
        counts_noise(n, at, step, history, seen, x, a, found)
    laws_noise(n, shape, at, after, step, c, history, seen, s, a, found)
