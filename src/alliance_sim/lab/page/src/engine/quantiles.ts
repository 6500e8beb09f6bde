// Quantiles of many numbers, as NumPy has them, without sorting all.

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

/**
 * Return quantiles of finite numbers, whose order is lost.
 * @param shares Rising shares from 0 to 1.
 */
export function quantiles(values: Float64Array, shares: readonly number[]): number[] {
  const last = values.length - 1;
  let from = 0;
  return shares.map((share) => {
    const place = share * last;
    const below = Math.floor(place);
    select(values, below, from, last);
    from = below;
    const low = values[below] as number;
    if (below === last) return low;
    let high = values[below + 1] as number;
    for (let k = below + 2; k <= last; k += 1) {
      if ((values[k] as number) < high) high = values[k] as number;
    }
    const part = place - below;
    const apart = high - low;
    return part >= 0.5 ? high - apart * (1 - part) : low + apart * part;
  });
}
