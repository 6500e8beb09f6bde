// Work that is done one after the other, in the order in which it was asked for.

export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  /** Do something once all before it has ended, well or not. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(work);
    this.last = mine.catch(() => undefined);
    return mine;
  }
}
