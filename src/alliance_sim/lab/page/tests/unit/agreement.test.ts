// How far theories agree on an effect.
import { expect, test } from "vitest";
import { agreementOf } from "../../src/answer/labels";

test("theories that agree to the last digit have nothing between them", () => {
  for (const weights of [
    [0.04, 1],
    [0.1, 0.2, 0.7],
    [0.3, 0.3, 0.3, 0.05],
  ]) {
    for (const effect of [-1, -0.2, 0.1, 1 / 3]) {
      const by = (give: (place: number) => unknown) =>
        Object.fromEntries(weights.map((_, place) => [`T${place}`, give(place)]));
      const found = agreementOf(
        by(() => [effect]) as Record<string, number[]>,
        by((place) => weights[place]) as Record<string, number>,
      );
      expect([found.mean, found.ambiguity]).toEqual([effect, 0]);
    }
  }
});
