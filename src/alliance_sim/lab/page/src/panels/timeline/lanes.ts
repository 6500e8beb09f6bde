// Where handles stand so that none lies on another: each in the first lane that has room.

export interface Standing {
  /** Lane, from the top. */
  lane: number;
  /** Room for its label beside it, in CSS pixels; 0 where there is none. */
  room: number;
  /** On which side its label is: to the right, but for those whose label would leave the chart. */
  side: "left" | "right";
}

/** How wide a handle is with the air around it, in CSS pixels. */
export const HANDLE = 28;
/** How high a lane is. */
export const LANE = 24;
const MOST_LANES = 7;
const LEAST_LABEL = 64;

interface Span {
  from: number;
  to: number;
}

/**
 * Return where handles stand.
 *
 * @param xs Places of the handles, from the left.
 * @param wanted How wide the label of each would be.
 * @param width Where the chart ends.
 * @param most How much room a label claims at most; it gets more where nobody else claims it.
 */
export function standings(
  xs: readonly number[],
  wanted: readonly number[],
  width: number,
  most = Infinity,
): Standing[] {
  const order = xs.map((_, place) => place).sort((a, b) => (xs[a] ?? 0) - (xs[b] ?? 0));
  const heads = xs.map((x) => ({ from: x - HANDLE / 2, to: x + HANDLE / 2 }));
  const claimed = wanted.map((label) => Math.min(label, most));
  const sides = heads.map((): Standing["side"] => "right");
  const lanes: number[][] = []; // who stands in each, from the left
  const end = (place: number): number => {
    const to = heads[place]?.to ?? 0;
    return sides[place] === "left" ? to : to + (claimed[place] ?? 0);
  };
  const roomy = (from: number): number => {
    const lane = lanes.findIndex((others) => others.every((other) => end(other) <= from));
    return lane < 0 && lanes.length < MOST_LANES ? lanes.length : lane;
  };
  for (const place of order) {
    const { from, to } = heads[place] ?? { from: 0, to: 0 };
    const label = claimed[place] ?? 0;
    const leftwards = to + label > width && from - label >= 0 ? roomy(from - label) : -1;
    if (leftwards >= 0) sides[place] = "left";
    let lane = leftwards >= 0 ? leftwards : roomy(from);
    if (lane < 0) lane = fittest(lanes, heads, place);
    (lanes[lane] ??= []).push(place);
  }
  const found = xs.map((): Standing => ({ lane: 0, room: 0, side: "right" }));
  lanes.forEach((others, lane) => {
    let taken = 0; // up to where the lane is
    others.forEach((place, order) => {
      const head = heads[place] ?? { from: 0, to: 0 };
      const next = others[order + 1];
      const until = next === undefined ? width : (heads[next]?.from ?? width);
      const kept = next !== undefined && sides[next] === "left" ? (claimed[place] ?? 0) : Infinity;
      const side = sides[place] ?? "right";
      const free = side === "left" ? head.from - taken : Math.min(until - head.to, kept);
      const room = free >= LEAST_LABEL ? Math.min(free, wanted[place] ?? 0) : 0;
      found[place] = { lane, room, side };
      taken = side === "left" ? head.to : head.to + room;
    });
  });
  return found;
}

/** Return the lane whose last handle is farthest away; a new one where all are too near. */
function fittest(lanes: readonly number[][], heads: readonly Span[], place: number): number {
  const free = lanes
    .map((others, lane) => ({ end: heads[others.at(-1) ?? -1]?.to ?? 0, lane }))
    .sort((a, b) => a.end - b.end)[0];
  return free !== undefined && free.end <= (heads[place]?.from ?? 0) ? free.lane : lanes.length;
}
