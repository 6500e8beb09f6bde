// What is wrong with a question that can be read: edits that touch nothing, an outcome before them.

import type { Engine } from "../../../engine.mjs";
import { firstHeld, labelOf } from "./holding";
import { NO_CHANGES, Recipe, type Changes } from "./recipe";
import type { Fold } from "./outcome";
import { quoted } from "./letters";

/** Finds out from when on edits change a scenario as it stands. */
export class Touching {
  private readonly recipe: Recipe;

  constructor(private readonly engine: Engine) {
    this.recipe = new Recipe(engine);
    this.prepare(NO_CHANGES);
    engine.keepWorld();
  }

  private prepare(changes: Changes): void {
    this.recipe.write(this.recipe.changed({}, changes));
    this.engine.call("prepare", { first_lane: 0, last_lane: 1 });
  }

  /** Return the first step in which the edited scenario differs from that as it stands. */
  first(changes: Changes): number {
    this.prepare(changes);
    this.engine.call("touched", { n: 1 });
    return firstHeld(changes.holds, Number(this.engine.whole("found")[0]));
  }

  /** Return why a question with edits is void, in a sentence each. */
  problems(changes: Changes, fold: Fold): string[] {
    const { frame } = this.engine;
    const first = this.first(changes);
    if (first >= (frame.shape["steps"] as number)) {
      return ["the edits change no number that the model uses, so both worlds are the same"];
    }
    if (fold.stop - 1 >= first) return [];
    const [last, from] = [labelOf(fold.stop - 1, frame.time), labelOf(first, frame.time)];
    return [
      `outcome ${quoted(fold.text)} looks at nothing after ${last}, and the edits touch nothing ` +
        `before ${from}; ask for a later time, such as @${frame.time[1]}`,
    ];
  }
}
