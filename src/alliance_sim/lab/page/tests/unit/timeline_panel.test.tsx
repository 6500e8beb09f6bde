// The timeline as a reader uses it: handles by keys and pointer, acts by arrows, controls, files.
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Question } from "../../src/contract";
import { Timeline } from "../../src/panels/timeline";
import { chosen } from "../../src/panels/timeline/juncture_signs";
import { refused } from "../../src/state/asking";
import { Store } from "../../src/state/store";
import { words } from "../../src/text";
import { madeModel, madePayload, madePicture } from "./made";
import { frameOf } from "./payload";

const WIDTH = 900;
let root: HTMLElement;
let store: Store;

function show(refuses: (question: Question) => string[] = () => [], payload = madePayload()): void {
  words.value = payload.relationship.words;
  store = new Store(payload, ["timeline", "answer"]);
  store.model.value = madeModel(refuses);
  store.picture.value = madePicture(store.question.value, null);
  void act(() => render(<Timeline store={store} />, root));
}

/** Open what is behind a title. */
function open(selector: string): void {
  for (const part of all(selector) as HTMLDetailsElement[]) {
    void act(() => {
      part.open = true;
      part.dispatchEvent(new Event("toggle"));
    });
  }
}

const edits = () => store.question.value.edits;
const find = <E extends Element = HTMLElement>(selector: string) =>
  root.querySelector<E>(selector)!;
const all = (selector: string) => [...root.querySelectorAll<HTMLElement>(selector)];
const handle = (name: string) => find(`[role="slider"][aria-label="${name}"]`);

function press(element: Element, key: string, more: KeyboardEventInit = {}): void {
  void act(() => {
    element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...more }));
  });
}

function release(element: Element): void {
  void act(() => {
    element.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true }));
  });
}

function point(element: Element, kind: string, x: number): void {
  void act(() => {
    const buttons = kind === "pointerup" ? 0 : 1;
    const more = { bubbles: true, clientX: x, button: 0, buttons, pointerId: 1, isPrimary: true };
    element.dispatchEvent(new PointerEvent(kind, more));
  });
}

function type(field: HTMLInputElement | HTMLTextAreaElement, text: string, kind = "change"): void {
  void act(() => {
    field.value = text;
    field.dispatchEvent(new Event(kind, { bubbles: true }));
  });
}

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(WIDTH);
  HTMLElement.prototype.setPointerCapture = () => undefined;
  chosen.value = null;
  refused.value = [];
});

afterEach(() => {
  void act(() => render(null, root));
  root.remove();
  vi.restoreAllMocks();
});

describe("a handle", () => {
  test("is a slider that says what it is, when it is, and how far it can go", () => {
    show();
    const raid = handle("great raid");
    expect(raid.getAttribute("aria-valuenow")).toBe("0");
    expect(raid.getAttribute("aria-valuemin")).toBe("-21");
    expect(raid.getAttribute("aria-valuemax")).toBe("18");
    expect(raid.getAttribute("aria-valuetext")).toBe("Apr 1995");
  });

  test("moves by a quarter with an arrow key, with shift by a year, and never past its range", () => {
    show();
    press(handle("great raid"), "ArrowRight");
    expect(edits()).toEqual(["shift great_raid:+1"]);
    press(handle("great raid"), "ArrowRight", { shiftKey: true });
    expect(edits()).toEqual(["shift great_raid:+5"]);
    expect(handle("great raid").getAttribute("aria-valuetext")).toBe(
      "Jul 1996, 5 quarters later than it was",
    );
    press(handle("great raid"), "End");
    press(handle("great raid"), "ArrowRight");
    expect(edits()).toEqual(["shift great_raid:+18"]);
    press(handle("great raid"), "Home");
    expect(edits()).toEqual(["shift great_raid:-21"]);
  });

  test("that is moved out of the years shown stays at their edge, and can be brought back", () => {
    show();
    void act(() => store.change({ edits: ["shift great_raid:-21", "without ports_act"] }));
    const raid = handle("great raid");
    expect(raid.getAttribute("aria-valuetext")).toBe("Jan 1990, 21 quarters earlier than it was");
    const whole = raid.style.left;
    const nearer = find(`[aria-label="Fewer years"]`);
    void act(() => nearer.click());
    expect(handle("great raid")).toBe(raid);
    expect(raid.className).toContain("before");
    expect(raid.getAttribute("aria-valuetext")).toContain("before the years that are shown");
    expect(raid.style.left).toBe(whole); // at the left edge, as the first day of all was
    press(raid, "End");
    release(raid);
    expect(raid.className).toContain("after");
    expect(parseFloat(raid.style.left) || WIDTH - parseFloat(raid.style.right)).toBeLessThan(WIDTH);
    const place = parseFloat(raid.style.left) || WIDTH - parseFloat(raid.style.right);
    point(raid, "pointerdown", place);
    point(raid, "pointermove", WIDTH / 2);
    point(raid, "pointerup", WIDTH / 2);
    expect(raid.className).not.toMatch(/before|after/);
  });

  test("that is chosen stays where it can be reached when fewer years are shown", () => {
    show();
    const admiral = handle("admiral rules");
    admiral.focus();
    for (let k = 0; k < 3; k += 1) press(admiral, "+");
    expect(admiral.className).toContain("after");
    expect(document.activeElement).toBe(admiral);
    expect(all(".timeline-handle").length).toBeLessThan(4); // others that lie outside are not shown
  });

  test("that a key is held on is undone in one go", () => {
    show();
    for (let k = 0; k < 6; k += 1) press(handle("great raid"), "ArrowRight");
    release(handle("great raid"));
    expect(edits()).toEqual(["shift great_raid:+6"]);
    expect(store.link()).toContain("edit=shift+great_raid%3A%2B6");
    void act(() => store.undo());
    expect(edits()).toEqual([]);
    expect(store.canUndo.value).toBe(false);
  });

  test("that is dragged asks at every quarter passed, and is undone in one go", () => {
    show();
    const asked: string[] = [];
    const change = store.change.bind(store);
    store.change = (next, passing = false) => {
      asked.push(`${next.edits?.join()} ${passing}`);
      change(next, passing);
    };
    const raid = handle("great raid");
    point(raid, "pointerdown", 500);
    for (let x = 500; x <= 545; x += 3) point(raid, "pointermove", x);
    point(raid, "pointerup", 545);
    expect(asked).toEqual([
      "shift great_raid:+1 true",
      "shift great_raid:+2 true",
      "shift great_raid:+2 false",
    ]);
    void act(() => store.undo());
    expect(edits()).toEqual([]);
  });

  test("that is dragged where it cannot be goes back, and why is told", () => {
    show((question) => (question.edits.some((one) => one.endsWith("+2")) ? ["Not there."] : []));
    const raid = handle("great raid");
    point(raid, "pointerdown", 500);
    point(raid, "pointermove", 545);
    point(raid, "pointerup", 545);
    expect(edits()).toEqual([]);
    expect(find(".controls-refused").textContent).toBe("Not there.");
    expect(store.canUndo.value).toBe(false);
  });

  test("whose part of the page is left while a key is held on it is set down there", () => {
    show();
    press(handle("joint patrol"), "ArrowRight");
    void act(() => render(null, root));
    void act(() => render(<Timeline store={store} />, root));
    expect(edits()).toEqual(["shift joint_patrol:+1"]);
    void act(() => store.undo());
    expect(edits()).toEqual([]);
    // Nothing is held any more: handles follow what is changed elsewhere.
    const where = () => handle("great raid").style.left;
    const before = where();
    void act(() => store.change({ edits: ["shift great_raid:+8"] }));
    expect(where()).not.toBe(before);
  });

  test("that is left with Escape while dragged is where it was", () => {
    show();
    const raid = handle("great raid");
    point(raid, "pointerdown", 500);
    point(raid, "pointermove", 600);
    press(raid, "Escape");
    expect(edits()).toEqual([]);
    expect(store.canUndo.value).toBe(false);
  });

  test("is switched off and on with Enter, and cannot be moved while it is off", () => {
    show();
    press(handle("great raid"), "ArrowRight");
    release(handle("great raid"));
    press(handle("great raid"), "Enter");
    expect(edits()).toEqual(["without great_raid"]);
    expect(handle("great raid").getAttribute("aria-disabled")).toBe("true");
    press(handle("great raid"), "ArrowRight");
    expect(edits()).toEqual(["without great_raid"]);
    press(handle("great raid"), "Enter");
    expect(edits()).toEqual([]);
  });
});

describe("coded acts", () => {
  test("have one place in the order of the keys, and arrows go on from it", () => {
    show();
    const stops = () => all(".timeline-act").filter((one) => one.getAttribute("tabindex") === "0");
    expect(stops()).toHaveLength(1);
    void act(() => stops()[0]!.focus());
    expect(find(".timeline-tip").textContent).toContain("First talk");
    press(stops()[0]!, "ArrowRight");
    expect(stops()).toHaveLength(1);
    expect(stops()[0]!.getAttribute("aria-label")).toBe("August 11, 1995: A patrol. Source: made");
    expect(document.activeElement).toBe(stops()[0]);
    press(stops()[0]!, "Escape");
    expect(root.querySelector(".timeline-tip")).toBeNull();
  });
});

describe("the window of time", () => {
  const shown = () => find(".timeline-span").textContent;

  test("changes by buttons and by keys", () => {
    show();
    expect(shown()).toBe("1990–1999");
    void act(() => find(`button[aria-label="Fewer years"]`).click());
    expect(shown()).toBe("1992–1997");
    void act(() => find(`button[aria-label="Later"]`).click());
    expect(shown()).toBe("1993–1998");
    press(find(".timeline-chart"), "0");
    expect(shown()).toBe("1990–1999");
    press(find(".timeline-chart"), "+");
    expect(shown()).toBe("1992–1997");
  });

  test("changes by dragging over a row", () => {
    show();
    const row = find(".timeline-ground-of-row");
    point(row, "pointerdown", 300);
    point(row, "pointermove", 600);
    expect(root.querySelector(".timeline-chosen")).not.toBeNull();
    point(row, "pointerup", 600);
    expect(shown()).toBe("1993–1996");
  });
});

describe("controls", () => {
  const field = (text: string) =>
    all(".controls label").find((one) => one.textContent?.startsWith(text))!;

  test("switch a juncture and list what is changed, with a button that takes it back", () => {
    show();
    open(".controls-part");
    const box = find<HTMLInputElement>(".controls-junctures input[type=checkbox]");
    void act(() => box.click());
    expect(edits()).toEqual(["without great_raid"]);
    expect(find(".controls-edits").textContent).toContain("Without “great raid”");
    void act(() => find(".controls-edits button").click());
    expect(edits()).toEqual([]);
  });

  test("set leaders, the rule, motives and the seed", () => {
    show();
    open(".controls-part");
    const choose = (text: string, value: string) => {
      const select = field(text).querySelector("select")!;
      void act(() => {
        select.value = value;
        select.dispatchEvent(new Event("change", { bubbles: true }));
      });
    };
    choose("Captain", "admiral_rules");
    choose("Rule", "leader");
    void act(() => find<HTMLInputElement>(".controls-switch input").click());
    expect(edits()).toEqual([
      "leader captain=admiral_rules",
      "council leader",
      "motive leverage=on",
    ]);
    choose("Captain", "");
    choose("Rule", "consensus");
    expect(edits()).toEqual(["motive leverage=on"]);
    type(field("Seed").querySelector("input")!, "7");
    expect(store.question.value.seed).toBe(7);
    type(field("Seed").querySelector("input")!, "-1");
    expect(store.question.value.seed).toBe(7);
  });

  test("set a member's number, and a value that is none leaves it as it was", () => {
    show();
    open(".controls-part");
    const number = find<HTMLInputElement>(".controls-number input[type=number]");
    type(number, "0.5");
    expect(edits()).toEqual(["member hills:offset=0.5"]);
    type(number, "");
    expect(number.value).toBe("0.5");
    type(number, "0.2");
    expect(edits()).toEqual([]);
  });

  test("hold a state at a value for some years, and take it back", () => {
    const problem = "contradict each other";
    show(({ edits: asked }) => (asked.length > 2 ? [problem] : []));
    open(".controls-part");
    const hold = find<HTMLFormElement>(".controls-hold");
    const [value, from, to] = hold.querySelectorAll<HTMLInputElement>("input[type=number]");
    const submit = () =>
      void act(() => {
        hold.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
      });
    type(value!, "3");
    type(from!, "1995");
    type(to!, "1997");
    submit();
    expect(edits()).toEqual(["hold rung=3@1995..1997"]);
    type(value!, "2.4"); // steps are whole
    submit();
    expect(edits()).toEqual(["hold rung=2@1995..1997"]);
    const select = hold.querySelector("select")!;
    void act(() => {
      select.value = "level_operations";
      select.dispatchEvent(new Event("change", { bubbles: true }));
    });
    type(value!, "7");
    expect(value!.value).toBe("0.5"); // above 1, so as it was
    type(value!, "0.1");
    type(to!, "2100");
    expect(to!.value).toBe("1997"); // after the run
    type(to!, "1995");
    submit();
    expect(edits()).toEqual(["hold rung=2@1995..1997", "hold level_operations=0.1@1995"]);
    expect(all(".controls-edits li")[1]?.textContent).toContain("held at 0.1 in 1995");
    type(to!, "1996");
    submit();
    expect(edits()).toHaveLength(2);
    expect(find(".controls-refused").textContent).toContain(problem);
    void act(() => all(".controls-edits button")[0]?.click());
    expect(edits()).toEqual(["hold level_operations=0.1@1995"]);
  });

  test("find any number by its name and set it", () => {
    show();
    open(".controls-part");
    type(find<HTMLInputElement>("input[type=search]"), "PACE levels", "input");
    const found = all(".controls-number").find((one) => one.textContent?.includes("pace"))!;
    type(found.querySelector<HTMLInputElement>("input[type=number]")!, "2");
    expect(edits()).toEqual(["set levels.pace=2"]);
  });

  test("show a number as it is set, whichever part of the page sets it", () => {
    show();
    open(".controls-part");
    type(find<HTMLInputElement>("input[type=search]"), "hills offset", "input");
    const fields = () =>
      (all(".controls-number input[type=number]") as HTMLInputElement[]).map(({ value }) => value);
    expect(fields()).toEqual(["0.2", "0.2"]);
    for (const edit of ["member hills:offset=0.5", "set member.hills.offset=0.5"]) {
      void act(() => store.change({ edits: [edit] }));
      expect(fields()).toEqual(["0.5", "0.5"]);
    }
    type(all(".controls-number input[type=number]")[1] as HTMLInputElement, "0.6");
    expect(edits()).toEqual(["member hills:offset=0.6"]);
  });

  test("ask a typed outcome, and refuse one that cannot be asked", () => {
    show((question) => (question.outcome === "nonsense" ? ["No such state."] : []));
    const form = find<HTMLFormElement>(".controls-typed");
    const ask = (text: string) => {
      type(form.querySelector("input")!, text, "input");
      void act(() => {
        form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
      });
    };
    ask("nonsense");
    expect(store.question.value.outcome).toBe("rung>=3@1998");
    expect(find(".controls-refused").textContent).toBe("No such state.");
    ask("rung>=2@1997");
    expect(store.question.value.outcome).toBe("rung>=2@1997");
    expect(find(".controls-refused").textContent).toBe("");
  });

  test("ask under the theory that a file names, which is no change of one world", () => {
    const theories = ["RID", "RI"].map((name) => ({ name, title: name, weight: 1, draws: 4 }));
    show(undefined, { ...madePayload(), theories });
    open(".controls-part");
    const text = 'extends = "two_islands/baseline"\nedits = ["theory IR", "council leader"]';
    type(find<HTMLTextAreaElement>(".controls textarea"), text, "input");
    const read = all(".controls button").find((one) => one.textContent === "Read the text")!;
    void act(() => read.click());
    expect([store.question.value.theory, edits()]).toEqual(["RI", ["council leader"]]);
  });

  test("read a pasted file, and show a hostile one as the words that it is", () => {
    show();
    open(".controls-part");
    const paste = (text: string) => {
      type(find<HTMLTextAreaElement>(".controls textarea"), text, "input");
      const read = all(".controls button").find((one) => one.textContent === "Read the text")!;
      void act(() => read.click());
    };
    paste('extends = "two_islands/baseline"\nedits = ["without great_raid", "council leader"]');
    expect(edits()).toEqual(["without great_raid", "council leader"]);
    expect(find(".controls-told").textContent).toContain("Read: 2 changes.");
    paste('extends = "two_islands/baseline"\nedits = ["<img src=x onerror=alert(1)>"]');
    expect(edits()).toEqual(["without great_raid", "council leader"]);
    expect(root.querySelector("img")).toBeNull();
    expect(find(".controls-told").textContent).toContain("<img src=x onerror=alert(1)>");
    expect(find(".controls-told").textContent).toContain("Nothing was changed.");
  });
});

describe("tables", () => {
  test("are worked out when they are opened, with a row a year", () => {
    show();
    const [levels] = all(".data") as HTMLDetailsElement[];
    expect(levels!.querySelector("table")).toBeNull();
    open(".data");
    expect(levels!.querySelectorAll("tbody tr")).toHaveLength(10);
    expect(levels!.querySelector("tbody tr")!.textContent).toContain("1990");
  });

  test("have as many years as the run, whatever a step is", () => {
    show(undefined, { ...madePayload(), frame: frameOf(1990, 2009, 2) });
    open(".data");
    const years = all(".data")[0]!.querySelectorAll("tbody tr");
    expect([years.length, years[19]!.textContent]).toEqual([
      20,
      expect.stringContaining("20090.69"), // the last half of the last year
    ]);
  });
});
