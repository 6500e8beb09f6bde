// Every control that the page has, found in the running page and not in a list: each is reached, has a
// name, is operated by keyboard alone, and something comes of it.
import { expect, Lab, test, type Which } from "./fixtures";

const ALIKE = 2; // how many of many that are alike, such as rows of numbers, are used
const QUIET = 60; // milliseconds without a change after which nothing moves, if no answer is awaited

/** What a control is, and how it is found again after the page was drawn anew. */
interface Control {
  kind: string;
  name: string;
  /** Which of those with this kind and name. */
  order: number;
  /** What it is like: others of one likeness need not be tried, too. */
  like: string;
  /** Why nothing is to come of it; "" if something is. */
  idle: string;
}

/** Put what looks at controls into a page before all else: `control()`, `unfolded()`, `moved()`. */
function prepared(): void {
  const found = globalThis as unknown as Record<string, unknown>;
  const all = () =>
    Array.from(
      document.querySelectorAll<HTMLElement>(
        "button, input, select, textarea, summary, [role=slider], a[href], [tabindex='0']",
      ),
    ).filter(
      (one) =>
        one.checkVisibility() &&
        !(one as HTMLButtonElement).disabled &&
        !one.matches("button[aria-disabled=true]") &&
        (one.closest("main") !== null || location.hash.includes("panel=timeline")),
    );
  const nameOf = (one: HTMLElement) => {
    const labels = (one as HTMLInputElement).labels;
    const texts = [
      one.getAttribute("aria-label"),
      ...(one.getAttribute("aria-labelledby") ?? "")
        .split(" ")
        .map((id) => document.getElementById(id)?.textContent),
      ...Array.from(labels ?? [], (label) => label.textContent),
      ["SELECT", "INPUT", "TEXTAREA"].includes(one.tagName) ? "" : one.textContent,
      one.title,
    ];
    const name = texts.find((text) => text !== null && text !== undefined && text.trim() !== "");
    // Numbers in names are others in other histories.
    return (name ?? "")
      .replace(/\s+/g, " ")
      .replace(/[\d.,]*\d/g, "#")
      .trim();
  };
  const kindOf = (one: HTMLElement) => {
    const role = one.getAttribute("role");
    if (role !== null) return role;
    return one.tagName === "INPUT" ? (one as HTMLInputElement).type : one.tagName.toLowerCase();
  };
  const idleOf = (one: HTMLElement): string => {
    const select = one as HTMLSelectElement;
    if (["true", "page"].includes(one.getAttribute("aria-current") ?? "")) return "is shown";
    if (one.getAttribute("aria-pressed") === "true" && one.parentElement?.role === "group")
      return "is chosen";
    if (kindOf(one) === "radio" && (one as HTMLInputElement).checked) return "is chosen";
    if (kindOf(one) === "file") return "is used where files are tried";
    if ((one as HTMLInputElement).readOnly) return "is there to be copied";
    if (["region", "list", "math", "ol", "div"].includes(kindOf(one)))
      return "is there to be scrolled";
    if (one.tagName === "SELECT" && select.querySelectorAll("option:enabled").length < 2)
      return "has one choice";
    const form = one.closest("form");
    if ((one as HTMLButtonElement).type === "submit" && form?.querySelector("input")?.value === "")
      return "has nothing typed";
    return "";
  };
  const listed = () => {
    const many = new Map<string, number>();
    return all().map((one) => {
      const [kind, name] = [kindOf(one), nameOf(one)];
      const key = `${kind} ${name}`;
      const order = many.get(key) ?? 0;
      many.set(key, order + 1);
      const part = one.closest("details")?.querySelector("summary")?.textContent ?? "";
      const like = [kind, one.className, one.parentElement?.className ?? "", part].join(" / ");
      const parts = { kind, name, order, idle: idleOf(one) };
      return {
        one,
        told: {
          ...parts,
          like: kind === "summary" ? `${like} ${name}` : like,
        },
      };
    });
  };
  found["control"] = (kind: string, name: string, order: number) =>
    listed().find(({ told }) => told.kind === kind && told.name === name && told.order === order)
      ?.one ?? null;
  let done = 0;
  window.print = () => void (done += 1);
  const click = HTMLAnchorElement.prototype.click;
  HTMLAnchorElement.prototype.click = function () {
    if (this.download !== "") done += 1; // a file is given
    click.call(this);
  };
  // What stands on the page: its address, its words, what is filled in.
  const standing = () => [
    location.hash,
    document.querySelector("#lab")?.innerHTML,
    Array.from(document.querySelectorAll<HTMLInputElement>("input, select, textarea"), (one) => [
      one.value,
      one.checked,
    ]),
    Array.from(document.querySelectorAll("details"), (one) => one.open),
    [document.documentElement.lang, document.documentElement.dataset["theme"]],
  ];
  // What can be seen of it: where it is scrolled to, too, what was given, what has the focus.
  const seen = () => JSON.stringify([standing(), scrollY, done, document.activeElement?.id]);
  // What each worker has not answered yet; a question ends the one before it.
  const awaited = new Map<Worker, Map<number, string>>();
  const post = Worker.prototype.postMessage as (message: unknown) => void;
  Worker.prototype.postMessage = function (this: Worker, message: { kind: string; id: number }) {
    const mine = awaited.get(this) ?? new Map<number, string>();
    if (!awaited.has(this)) {
      this.addEventListener("message", ({ data }: MessageEvent<typeof message>) => {
        if (["ended", "told", "failed"].includes(data.kind)) mine.delete(data.id);
      });
    }
    awaited.set(this, mine);
    if (message.kind === "ask") mine.clear();
    if (["ask", "one"].includes(message.kind)) mine.set(message.id, message.kind);
    post.call(this, message);
  };
  let changed = 0;
  new MutationObserver(() => (changed = performance.now())).observe(document, {
    ...{ subtree: true, childList: true, attributes: true, characterData: true },
  });
  const frame = () => new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
  // Wait until no worker is at work, and for as long nothing has changed any more.
  const still = async (quiet: number) => {
    const began = performance.now();
    const since = () => performance.now() - Math.max(began, changed);
    do {
      await frame();
      if (performance.now() - began > 20_000) throw new Error("the page does not come to rest");
    } while (since() < quiet || [...awaited.values()].some(({ size }) => size > 0));
  };
  let before = "";
  // Open what is behind titles, and what is within that; return all controls, and what stands there
  // but for names that elements have for each other, and for whether something can be undone.
  found["unfolded"] = async (quiet: number) => {
    for (let within = 0; within < 2; within += 1) {
      const closed = document.querySelectorAll<HTMLDetailsElement>("main details:not([open])");
      if (within > 0 && closed.length === 0) break;
      for (const one of closed) one.open = true;
      await still(quiet);
    }
    before = seen();
    const state = JSON.stringify(standing())
      .replace(/P\d+-\d+/g, "P")
      .replace(/ aria-disabled=\\"\w+\\"(?=>(Undo|Redo)<)/g, "");
    return { all: listed().map(({ told }) => told), state };
  };
  // Whether anything is seen that was not when all was unfolded.
  found["moved"] = () => seen() !== before;
}

/** Use a control by keyboard as its kind is used, or say that it is not there any more. */
async function used(lab: Lab, { kind, name, order }: Control): Promise<boolean> {
  const handle = await lab.page.evaluateHandle<HTMLElement | null>(
    `control(${JSON.stringify(kind)}, ${JSON.stringify(name)}, ${order})`,
  );
  const one = handle.asElement();
  if (one === null) return false;
  await one.focus();
  const keys = lab.page.keyboard;
  const value = () => one.evaluate((field) => (field as HTMLInputElement).value);
  const before = await value();
  const either = async (first: string, second: string) => {
    await keys.press(first);
    if ((await value()) === before) await keys.press(second);
  };
  if (kind === "number") {
    const next = await one.evaluate((field) => {
      const { min, max, step, value: now } = field as HTMLInputElement;
      if (min !== "" && max !== "") {
        const middle = (Number(min) + Number(max)) / 2;
        const other = middle === Number(now) ? (middle + Number(max)) / 2 : middle;
        return step === "any" ? other : Math.round(Math.min(other, Number(now) + 1 || 1));
      }
      return Number(now) + 1;
    });
    await keys.press("Control+a");
    await keys.type(String(next));
    await keys.press("Enter");
    await keys.press("Tab");
  } else if (kind === "range" || kind === "slider") {
    const now = await one.getAttribute("aria-valuenow");
    await either("ArrowRight", "ArrowLeft");
    if (kind === "slider" && now === (await one.getAttribute("aria-valuenow")))
      await keys.press("ArrowLeft");
  } else if (kind === "select") await either("ArrowDown", "ArrowUp");
  else if (kind === "checkbox" || kind === "radio") await keys.press("Space");
  else if (["text", "search", "textarea"].includes(kind)) await keys.type("a");
  else if (kind === "date") await either("ArrowUp", "ArrowDown");
  else if (kind === "img" || kind === "image") await keys.press("ArrowRight");
  else await keys.press("Enter");
  return true;
}

/** Use every control of a part of the page; return those of which nothing came. */
async function tried(lab: Lab, which: Which, link: string): Promise<[Control[], string[]]> {
  const listed = () => lab.page.evaluate<{ all: Control[]; state: string }>(`unfolded(${QUIET})`);
  const anew = async () => {
    await lab.forget();
    await lab.start(which, link);
    await lab.whole();
    return listed();
  };
  const { all, state } = await anew();
  /** Go back to what was there first, and see that it is; only if not, open the page anew. */
  const begun = async (): Promise<void> => {
    await lab.page.goto(await lab.at(which, link));
    if ((await listed()).state !== state) await anew();
  };
  const many = new Map<string, number>();
  const nothing: string[] = [];
  let changed = false;
  for (const control of all) {
    const told = `${control.kind} “${control.name}”`;
    if (control.name === "") nothing.push(`${told} has no name (${control.like})`);
    const alike = many.get(control.like) ?? 0;
    if (control.idle !== "" || alike === ALIKE) continue;
    many.set(control.like, alike + 1);
    if (changed) await begun();
    changed = true;
    if (!(await used(lab, control))) {
      nothing.push(`${told} is not there the second time`);
      continue;
    }
    try {
      // As a function: a text would be evaluated at each look, which the page's policy forbids.
      await lab.page.waitForFunction(
        () => (globalThis as unknown as { moved: () => boolean }).moved(),
        undefined,
        { polling: "raf", timeout: 15_000 },
      );
    } catch {
      nothing.push(told);
    }
  }
  return [all, nothing];
}

for (const panel of ["timeline", "answer", "one_world", "two_worlds", "guess", "lesson", "about"]) {
  test(`every control of the part ${panel} has a name and does something, by keyboard`, async ({
    lab,
  }) => {
    test.setTimeout(300_000);
    const link = `v=1&edit=without+great_raid&noise=fresh&runs=100&panel=${panel}`;
    const own = new Lab(await lab.page.context().newPage(), lab.places);
    // Else a browser may ask whether a page may write there, and wait for an answer that never comes.
    await own.page.context().grantPermissions(["clipboard-write"]);
    await own.page.addInitScript(prepared);
    const [all, nothing] = await tried(own, "small", link);
    expect(own.wrong).toEqual([]);
    await own.forget();
    await own.page.close();
    test.info().annotations.push({ type: "controls", description: String(all.length) });
    expect(nothing).toEqual([]);
    expect(all.length).toBeGreaterThan(3);
  });
}
