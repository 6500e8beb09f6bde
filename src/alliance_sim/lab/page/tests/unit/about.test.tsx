// Every number in the panel about: found, told, and changed as an edit of the question.
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Model, Numbered, Payload } from "../../src/contract";
import { About } from "../../src/panels/about";
import { refused } from "../../src/state/asking";
import { Store } from "../../src/state/store";
import { words } from "../../src/text";
import { smallPayload } from "./payload";

function number(path: string, change: Partial<Numbered> = {}): Numbered {
  return {
    path,
    title: path.replaceAll(".", " "),
    kind: "assumed",
    source: "assumed",
    value: 0.5,
    low: 0,
    high: 1,
    unit: "1",
    ...change,
  };
}

const many = Array.from({ length: 500 }, (_, place) => number(`kind.made_${place}.weight`));
const payload: Payload = smallPayload({
  numbers: [
    ...many,
    number("levels.pace", {
      kind: "fitted",
      title: "levels: pace",
      value: 0.516,
      told: {
        prior: [0.18, 0.51, 1.34],
        posterior: [0.25, 0.516, 1.17],
        ratio: 0.77,
        byPrior: false,
      },
    }),
    number("member.hills.offset", { title: "Hills: offset", low: -1, high: 1, value: 0 }),
    number("leader.kaifu.start", { kind: "known", value: "1989-08-10", low: null, high: null }),
  ],
  relationship: {
    name: "two_islands",
    words: {
      en: {
        title: "Two islands",
        state: "Reefland",
        alliance: "Pact",
        domains: {} as Payload["relationship"]["words"][string]["domains"],
        names: {},
      },
    },
    colours: {} as Payload["relationship"]["colours"],
  },
});

let store: Store;
const root = () => document.body;

beforeEach(async () => {
  words.value = payload.relationship.words;
  store = new Store(payload, ["about"]);
  store.model.value = {
    program: "alliance-sim 1.2",
    simd: true,
    problems: ({ edits }) => (edits.some((edit) => edit.endsWith("=7")) ? ["too large"] : []),
  } as Partial<Model> as Model;
  await act(() => render(<About store={store} />, root()));
});
afterEach(() => act(() => render(null, root())));

function field(label: string): HTMLInputElement {
  const found = [...document.querySelectorAll("label")].find((one) =>
    one.textContent?.includes(label),
  );
  const input = found?.querySelector("input") ?? document.getElementById(found?.htmlFor ?? "");
  if (input === null || input === undefined) throw new Error(`no field ${label}`);
  return input as HTMLInputElement;
}

async function type(input: HTMLInputElement, text: string, event: "input" | "change") {
  await act(() => {
    input.value = text;
    input.dispatchEvent(new Event(event, { bubbles: true }));
  });
}

const rows = () => [...document.querySelectorAll(".about-row")];

test("only some rows are drawn at first, rules before what happened", () => {
  expect(rows()).toHaveLength(25);
  expect(rows()[0]?.textContent).toContain("levels: pace");
  expect(document.querySelector('[role="status"]')?.textContent).toBe("503 numbers");
});

test("search finds a number by words of its title and of its path", async () => {
  await type(field("Search words"), "hills OFFSET", "input");
  expect(rows()).toHaveLength(1);
  expect(document.querySelector('[role="status"]')?.textContent).toBe("1 number");
});

test("a number is changed as an edit in plainest form, and put back", async () => {
  await type(field("Search words"), "hills", "input");
  await type(field("Change: Hills: offset"), "0.25", "change");
  expect(store.question.value.edits).toEqual(["member hills:offset=0.25"]);
  await type(field("Change: Hills: offset"), "0", "change");
  expect(store.question.value.edits).toEqual([]);
});

test("what cannot be is told beside the field, and nothing is changed", async () => {
  await type(field("Change: levels: pace"), "7", "change");
  expect(store.question.value.edits).toEqual([]);
  expect(rows()[0]?.querySelector('[role="alert"]')?.textContent).toBe("too large");
  expect(refused.value).toEqual([]); // the controls of another part of the page do not tell it, too
  await type(field("Change: levels: pace"), "", "change");
  expect(rows()[0]?.querySelector('[role="alert"]')?.textContent).toBe("This is no number.");
});

test("a fitted number says what was believed before and what the record left open", () => {
  const told = rows()[0]?.textContent ?? "";
  expect(told).toContain("Before: 0.51 (0.18 to 1.34).");
  expect(told).toContain("Spread left: 0.77.");
});

test("equations are drawn when they are asked for", async () => {
  expect(document.querySelectorAll(".about-equations")).toHaveLength(0);
  const details = document.querySelector<HTMLDetailsElement>(".about-parts details");
  await act(() => {
    if (details) details.open = true;
    details?.dispatchEvent(new Event("toggle"));
  });
  expect(document.querySelectorAll(".about-equations math")).toHaveLength(1);
});
