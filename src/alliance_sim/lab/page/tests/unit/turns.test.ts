import { expect, test } from "vitest";
import { Turns } from "../../src/engine/turns";

test("what is asked for in one moment is done one after the other, and all of it ends", async () => {
  const turns = new Turns();
  let [under_way, most] = [0, 0];
  const done: string[] = [];
  const work = (name: string, fails: boolean) => async () => {
    most = Math.max(most, (under_way += 1));
    await new Promise((go) => setTimeout(go, 1));
    under_way -= 1;
    done.push(name);
    if (fails) throw new Error(name);
    return name;
  };
  const found = await Promise.allSettled([
    turns.take(work("first", false)),
    turns.take(work("second", true)),
    turns.take(work("third", false)),
  ]);
  expect(found.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(done).toEqual(["first", "second", "third"]);
  expect(most).toBe(1);
});
