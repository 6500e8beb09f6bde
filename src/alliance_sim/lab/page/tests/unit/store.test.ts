import { beforeEach, expect, test } from "vitest";
import { Store } from "../../src/state/store";
import { smallPayload } from "./payload";

let store: Store;
beforeEach(() => {
  history.replaceState(null, "", "#");
  store = new Store(smallPayload(), ["timeline", "about"]);
});
const edits = () => store.question.value.edits;

test("what was changed can be undone and done again", () => {
  store.change({ edits: ["without a"] });
  store.change({ edits: ["without a", "without b"] });
  store.undo();
  expect(edits()).toEqual(["without a"]);
  store.undo();
  expect(edits()).toEqual([]);
  expect(store.canUndo.value).toBe(false);
  store.redo();
  store.redo();
  expect(edits()).toEqual(["without a", "without b"]);
  expect(store.canRedo.value).toBe(false);
});

test("a drag is one change, however many quarters it passes", () => {
  for (let k = 1; k < 9; k += 1) store.change({ edits: [`shift a:+${k}`] }, true);
  store.change({ edits: ["shift a:+9"] });
  expect(edits()).toEqual(["shift a:+9"]);
  store.undo();
  expect(edits()).toEqual([]);
  expect(store.canUndo.value).toBe(false);
});

test("a drag that ends where it began changes nothing", () => {
  store.change({ edits: ["shift a:+1"] }, true);
  store.change({ edits: [] });
  expect(store.canUndo.value).toBe(false);
});

test("a new change forgets what was undone", () => {
  store.change({ seed: 2 });
  store.undo();
  store.change({ seed: 3 });
  expect(store.canRedo.value).toBe(false);
});

test("the address follows, and is followed", () => {
  store.change({ edits: ["without a"] });
  expect(new URLSearchParams(location.hash.slice(1)).getAll("edit")).toEqual(["without a"]);
  const other = new Store(smallPayload(), ["timeline", "about"]);
  other.follow(location.hash);
  expect(other.question.value).toEqual(store.question.value);
});

test("a link that cannot be read leaves what was asked", () => {
  store.change({ seed: 5 });
  store.follow("#v=1&runs=NaN");
  expect(store.linkProblems.value).toEqual(["runs"]);
  expect(store.question.value.seed).toBe(5);
});

test("reset is a change that can be undone", () => {
  store.change({ seed: 5, edits: ["without a"] });
  store.reset();
  expect([store.question.value.seed, edits()]).toEqual([1, []]);
  store.undo();
  expect([store.question.value.seed, edits()]).toEqual([5, ["without a"]]);
});
