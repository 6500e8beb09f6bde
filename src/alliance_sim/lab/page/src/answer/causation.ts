// What probabilities of causation must lie between, as `counterfactual/causation.py` has it (Tian and
// Pearl 2000), and what two probabilities alone allow, as `couplings.py` has it (Fréchet 1951).

export type Interval = [number, number];

export interface Ensembled {
  /** Of pairs with the outcome in fact the share without it when edited (PN); null if none has it. */
  necessity: number | null;
  /** Of pairs without it when edited the share with it in fact (PS). */
  sufficiency: number | null;
  /** Pairs with it in fact and without it when edited (PNS). */
  both: number;
  bounds: { PN: Interval; PS: Interval; PNS: Interval };
  pairs: number;
}

const ROUNDING = 1e-15;

/** Return necessity and sufficiency of pairs of runs with fresh noise, the same in each pair. */
export function ensembledOf(factual: Uint8Array, edited: Uint8Array): Ensembled {
  const pairs = factual.length;
  let [with1, with0, both, kept] = [0, 0, 0, 0];
  for (let pair = 0; pair < pairs; pair += 1) {
    const y1 = factual[pair] === 1;
    const y0 = edited[pair] === 1;
    if (y1) with1 += 1;
    if (y0) with0 += 1;
    if (y1 && !y0) both += 1;
    if (y1 && y0) kept += 1;
  }
  const [do1, do0] = [with1 / pairs, with0 / pairs];
  const joint = [
    [(1 - do0) / 2, do0 / 2],
    [(1 - do1) / 2, do1 / 2],
  ] as const;
  return {
    necessity: with1 === 0 ? null : (with1 - kept) / with1,
    sufficiency: with0 === pairs ? null : both / (pairs - with0),
    both: both / pairs,
    bounds: causationBounds(joint, do1, do0),
    pairs,
  };
}

/** Return the bounds of PN, PS and PNS, from `joint[x][y]` and the probabilities under do(x). */
function causationBounds(
  joint: readonly [readonly [number, number], readonly [number, number]],
  do1: number,
  do0: number,
): { PN: Interval; PS: Interval; PNS: Interval } {
  const given = [...joint[0], ...joint[1]].map((value) => inside(value, 0, 1));
  const total = given.reduce((so_far, value) => so_far + value, 0);
  const cells = total === 1 ? given : given.map((value) => value / total);
  const [p00 = 0, p01 = 0, p10 = 0, p11 = 0] = cells;
  const y1 = inside(do1, p11, 1 - p10);
  const y0 = inside(do0, p01, 1 - p00);
  const y = p01 + p11;
  return {
    PN: shareOf(y - y0, 1 - y0 - p00, p11),
    PS: shareOf(y1 - y, y1 - p11, p00),
    PNS: ordered(
      Math.max(0, y1 - y0, y - y0, y1 - y),
      Math.min(y1, 1 - y0, p11 + p00, y1 - y0 + p10 + p01),
    ),
  };
}

/** Return how far couplings can move an answer if each world's own probability is kept. */
export function frechetBounds(
  fact: number,
  edited: number,
): { lost: Interval; won: Interval; necessity: Interval } {
  const lost: Interval = [Math.max(0, fact - edited), Math.min(fact, 1 - edited)];
  const won: Interval = [Math.max(0, edited - fact), Math.min(edited, 1 - fact)];
  const necessity: Interval = fact > 0 ? [lost[0] / fact, Math.min(1, lost[1] / fact)] : [0, 1];
  return { lost, won, necessity };
}

function shareOf(low: number, high: number, of: number): Interval {
  return of < ROUNDING ? [0, 1] : ordered(low / of, high / of);
}

/** Return bounds within [0, 1]; where rounding turned them round, the place between. */
function ordered(low: number, high: number): Interval {
  const [one, other] = [inside(low, 0, 1), inside(high, 0, 1)];
  return one > other ? [(one + other) / 2, (one + other) / 2] : [one, other];
}

function inside(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
