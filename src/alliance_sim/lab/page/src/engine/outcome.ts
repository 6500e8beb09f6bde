// How outcomes of runs are folded by the module, and compared afterwards.

/** What the module folds; numbers as `kernel.outputs` has them. */
export interface Fold {
  /** Row of the engine's state. */
  row: number;
  how: number;
  comparison: number;
  threshold: number;
  start: number;
  stop: number;
  /** What a sum is divided by. */
  divideBy: number;
  /** Comparison of what was folded, "" for none. */
  passes: string;
  mark: number;
}

/** Return an outcome after the comparison of what was folded. */
export function passed(fold: Fold, folded: number): number {
  const value = folded / fold.divideBy;
  switch (fold.passes) {
    case ">=":
      return Number(value >= fold.mark);
    case ">":
      return Number(value > fold.mark);
    case "<=":
      return Number(value <= fold.mark);
    case "<":
      return Number(value < fold.mark);
    default:
      return value;
  }
}
