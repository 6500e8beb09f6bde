import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ask, refused, settle } from "../../src/state/asking";
import { firstLanguage } from "../../src/state/kept";
import { Store } from "../../src/state/store";
import { language } from "../../src/text";
import { firstTheme, nextTheme, theme } from "../../src/theme";
import { smallPayload } from "./payload";

let store: Store;
beforeEach(() => {
  history.replaceState(null, "", "#");
  store = new Store(smallPayload(), ["timeline", "about"]);
});
afterEach(() => {
  language.value = "en";
  localStorage.clear();
  vi.unstubAllGlobals();
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

test("a page opens with what it was written with, unless its address says something else", () => {
  const written = smallPayload({ start: "#v=1&edit=without+a" });
  const opened = (hash: string) => {
    const one = new Store(written, ["timeline", "about"]);
    one.open(hash);
    return one.question.value.edits;
  };
  expect(opened("")).toEqual(["without a"]);
  expect(opened("#")).toEqual(["without a"]);
  expect(opened("#v=1&edit=without+b")).toEqual(["without b"]);
  expect(opened("#v=1")).toEqual([]); // an address of the page without an edit
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

test("going back in the browser can be undone, and takes nothing from what was asked", () => {
  store.follow(store.link()); // as the page opens: nothing to undo
  expect(store.canUndo.value).toBe(false);
  store.change({ edits: ["without a"] });
  const first = store.link();
  store.change({ edits: ["without a", "without b"] });
  store.follow(first); // back
  expect(edits()).toEqual(["without a"]);
  store.undo();
  expect(edits()).toEqual(["without a", "without b"]);
  store.undo();
  store.undo();
  expect(edits()).toEqual([]);
  store.redo();
  store.redo();
  expect(edits()).toEqual(["without a", "without b"]);
});

test("a link that cannot be read leaves what was asked", () => {
  store.change({ seed: 5 });
  store.follow("#v=1&runs=NaN");
  expect(store.linkProblems.value).toEqual([{ key: "runs", given: { most: "5,000" } }]);
  expect(store.question.value.seed).toBe(5);
});

test("what stands against one question is told no longer once another is asked", () => {
  store.change({ seed: 5 });
  const before = location.hash;
  store.change({ seed: 6 });
  const ways = [
    () => store.undo(),
    () => store.redo(),
    () => store.follow(before), // the browser's way back
    () => store.change({ seed: 7 }),
    () => store.reset(),
    () => store.reset(), // with nothing to put back
  ];
  for (const [place, way] of ways.entries()) {
    store.follow("#v=1&runs=NaN");
    refused.value = ["no"];
    store.show(store.panel.value === "about" ? "timeline" : "about"); // asks nothing else
    expect([store.linkProblems.value.length, refused.value]).toEqual([1, ["no"]]);
    way();
    expect([place, store.linkProblems.value, refused.value]).toEqual([place, [], []]);
  }
});

test("reset is a change that can be undone", () => {
  store.change({ seed: 5, edits: ["without a"] });
  store.reset();
  expect([store.question.value.seed, edits()]).toEqual([1, []]);
  store.undo();
  expect([store.question.value.seed, edits()]).toEqual([5, ["without a"]]);
});

test("another history is in the address, and there is nothing to undo", () => {
  const length = history.length;
  for (const place of [4, 5, 6]) store.look(place);
  expect(new URLSearchParams(location.hash.slice(1)).get("history")).toBe("7");
  expect(store.canUndo.value).toBe(false);
  expect(history.length).toBe(length);
  const other = new Store(smallPayload(), ["timeline", "about"]);
  other.follow(location.hash);
  expect(other.history.value).toBe(6);
});

test("a link names a history that its question has, whichever was looked at before", () => {
  store.change({ runs: 50 });
  store.look(49);
  store.change({ runs: 20 });
  const said = new URLSearchParams(store.link());
  expect([said.get("runs"), said.get("history")]).toEqual(["20", "20"]);
  store.undo();
  expect(new URLSearchParams(store.link()).get("history")).toBe("50");
});

test("what no link could hold is not asked, and nothing of what was asked is lost", () => {
  const whole = Array.from({ length: 100 }, (_, k) => `set a.b${k}=1`);
  expect(ask(store, { edits: whole })).toEqual([]);
  const address = location.hash;
  const [problem] = ask(store, { edits: [...whole, "set a.c=1"] });
  expect(problem).toContain("holds 101 edits, at most 100 are read");
  expect(refused.value).toEqual([problem]);
  expect(ask(store, { outcome: "x".repeat(8_000) })[0]).toContain("at most 8,000 are read");
  expect(edits()).toEqual(whole);
  expect(location.hash).toBe(address);
  const other = new Store(smallPayload(), ["timeline", "about"]);
  other.follow(location.hash);
  expect(other.question.value).toEqual(store.question.value);
});

test("a drag to what no link could hold ends where it began", () => {
  store.change({ edits: ["shift a:+1"] });
  store.change({ edits: [`shift ${"a".repeat(8_000)}:+1`] }, true);
  settle(store, ["shift a:+1"]);
  expect(refused.value[0]).toContain("letters, at most 8,000 are read");
  expect(edits()).toEqual(["shift a:+1"]);
});

test("the language that was chosen is kept for pages that begin in the same one", () => {
  expect(firstLanguage(store.payload)).toBe("en");
  store.speak("ja");
  expect(language.value).toBe("ja");
  expect(firstLanguage(store.payload)).toBe("ja");
  expect(firstLanguage(smallPayload({ language: "ja" }))).toBe("ja");
  store.speak("en");
  expect(firstLanguage(smallPayload({ language: "ja" }))).toBe("ja"); // it was written so
});

test("a link that names a language wins over what is kept, until another is chosen", () => {
  store.speak("en");
  store.follow("#v=1&language=ja");
  expect(language.value).toBe("ja");
  store.change({ seed: 5 });
  expect(location.hash).toContain("language=ja"); // so that the page opened again speaks it, too
  expect(firstLanguage(store.payload)).toBe("en"); // nobody chose it
  store.speak("en");
  expect(location.hash).toContain("seed=5");
  expect(location.hash).not.toContain("language");
});

test("the look that was chosen is kept", () => {
  const before = theme.value;
  nextTheme();
  expect(firstTheme()).toBe(theme.value);
  expect(theme.value).not.toBe(before);
  nextTheme();
  nextTheme();
});

test("where a browser keeps nothing, language and look are chosen all the same", () => {
  const refuse = () => {
    throw new DOMException("refused", "SecurityError");
  };
  vi.stubGlobal("localStorage", { getItem: refuse, setItem: refuse, clear: () => undefined });
  store.speak("ja");
  expect([language.value, firstLanguage(store.payload)]).toEqual(["ja", "en"]);
  nextTheme();
  expect([theme.value, firstTheme()]).toEqual(["light", "system"]);
  nextTheme();
  nextTheme();
});
