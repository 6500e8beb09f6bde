// Quantiles of many numbers, as NumPy has them, without sorting all: numbers are put roughly in order,
// by equal parts of their range, and only the parts in which a quantile lies are looked at.

const PARTS = 256;
const WIDEST = 1e300; // parts to a unit, above which products are not safe

/** Numbers in rough order, and where each part of them ends. */
let rough = new Float64Array(0);
const ends = new Int32Array(PARTS + 2);

/** Put numbers, from the least to the most, in rough order; return false if all are one part. */
function putInOrder(values: Float64Array, low: number, high: number): boolean {
  const scale = PARTS / (high - low);
  if (!(scale > 0 && scale < WIDEST)) return false;
  const [into, stop] = [rough, ends];
  stop.fill(0);
  for (let k = 0; k < values.length; k += 1) {
    const part = (((values[k] as number) - low) * scale) | 0;
    stop[part + 1] = (stop[part + 1] as number) + 1;
  }
  for (let part = 2; part < stop.length; part += 1) {
    stop[part] = (stop[part] as number) + (stop[part - 1] as number);
  }
  for (let k = 0; k < values.length; k += 1) {
    const value = values[k] as number;
    const part = ((value - low) * scale) | 0;
    const place = stop[part] as number; // where the part has come to; in the end, where it ends
    into[place] = value;
    stop[part] = place + 1;
  }
  return true;
}

/** Put the number of a rank where sorting would put it, smaller ones before and larger behind. */
function select(values: Float64Array, rank: number, low: number, high: number): void {
  let [left, right] = [low, high];
  while (left < right) {
    const pivot = values[(left + right) >> 1] as number;
    let [i, j] = [left, right];
    while (i <= j) {
      while ((values[i] as number) < pivot) i += 1;
      while ((values[j] as number) > pivot) j -= 1;
      if (i <= j) {
        const held = values[i] as number;
        values[i] = values[j] as number;
        values[j] = held;
        i += 1;
        j -= 1;
      }
    }
    if (rank <= j) right = j;
    else if (rank >= i) left = i;
    else return;
  }
}

/** Whether numbers from one place to before another are all the same. */
function alike(first: number, stop: number): boolean {
  const value = rough[first];
  let k = first + 1;
  while (k < stop && rough[k] === value) k += 1;
  return k >= stop;
}

/** Return the least and the most of some numbers. */
function rangeOf(values: Float64Array): [number, number] {
  let low = values[0] as number;
  let high = low;
  for (let k = 1; k < values.length; k += 1) {
    const value = values[k] as number;
    if (value < low) low = value;
    else if (value > high) high = value;
  }
  return [low, high];
}

/**
 * Return quantiles of finite numbers.
 * @param shares Rising shares from 0 to 1.
 */
export function quantiles(values: Float64Array, shares: readonly number[]): number[] {
  const many = values.length;
  const last = many - 1;
  const [low, high] = rangeOf(values);
  if (low === high) return shares.map(() => low);
  if (rough.length < many) rough = new Float64Array(many);
  if (!putInOrder(values, low, high)) {
    rough.set(values);
    ends.fill(many);
  }
  // The part that holds a rank, the first rank in it, and how far it is known to be in order.
  let [part, begin, known] = [0, 0, 0];
  const found = (rank: number): number => {
    for (let end = ends[part] as number; rank >= end; end = ends[part] as number) {
      known = begin = end;
      part += 1;
    }
    const stop = ends[part] as number;
    if (known === begin && alike(begin, stop)) known = stop;
    if (rank >= known) {
      select(rough, rank, known, stop - 1);
      known = rank + 1;
    }
    return rough[rank] as number;
  };
  return shares.map((share) => {
    const place = share * last;
    const below = Math.floor(place);
    const low = found(below);
    if (below === last) return low;
    const high = found(below + 1);
    const rest = place - below;
    const apart = high - low;
    return rest >= 0.5 ? high - apart * (1 - rest) : low + apart * rest;
  });
}
