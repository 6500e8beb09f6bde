// Where handles stand so that none lies on another: each in the first lane that has room.

export interface Standing {
  /** Lane, from the top. */
  lane: number;
  /** Room for its label beside it, in CSS pixels; 0 where there is none. */
  room: number;
}

/** How wide a handle is with the air around it, in CSS pixels. */
export const HANDLE = 28;
/** How high a lane is. */
export const LANE = 24;
const MOST_LANES = 7;
const LEAST_LABEL = 64;

/**
 * Return where handles stand.
 *
 * @param xs Places of the handles, from the left.
 * @param wanted How wide the label of each would be.
 * @param width Where the chart ends.
 */
export function standings(
  xs: readonly number[],
  wanted: readonly number[],
  width: number,
): Standing[] {
  const order = xs.map((_, place) => place).sort((a, b) => (xs[a] ?? 0) - (xs[b] ?? 0));
  const ends: number[] = []; // of each lane with its label
  const heads: number[] = []; // of each lane, without
  const lanes = xs.map(() => 0);
  for (const place of order) {
    const x = xs[place] ?? 0;
    const label = wanted[place] ?? 0;
    let lane = ends.findIndex((end) => end <= x - HANDLE / 2);
    if (lane < 0 && ends.length < MOST_LANES) lane = ends.length;
    if (lane < 0) lane = fittest(heads, x);
    lanes[place] = lane;
    heads[lane] = x + HANDLE / 2;
    ends[lane] = x + HANDLE / 2 + label;
  }
  return xs.map((x, place) => {
    const lane = lanes[place] ?? 0;
    const after = order.filter((other) => lanes[other] === lane && (xs[other] ?? 0) > x);
    const next = Math.min(width, ...after.map((other) => (xs[other] ?? 0) - HANDLE / 2));
    const room = next - x - HANDLE / 2;
    return { lane, room: room >= LEAST_LABEL ? Math.min(room, wanted[place] ?? 0) : 0 };
  });
}

/** Return the lane whose last handle is farthest away; a new one where all are too near. */
function fittest(heads: readonly number[], x: number): number {
  const free = heads.map((end, lane) => ({ end, lane })).sort((a, b) => a.end - b.end)[0];
  return free !== undefined && free.end <= x - HANDLE / 2 ? free.lane : heads.length;
}
