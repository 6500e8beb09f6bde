// A class hour in another browser than Chromium: the page is opened from a disk and from a running
// `alliance-sim lab`, and gone through from its first line to its last part.
import { expect } from "@playwright/test";
import type { Solved } from "../e2e/solved";
import { Key, PATIENCE, type Driven } from "./driven";
import { test } from "./fixtures";
import { ASKED, KINDS, written } from "./solved";

const QUICK = "v=1&noise=fresh&runs=100";
const PAPER = "rgb(255, 255, 255)";

/** The numbers of the answer panel are those of the package. */
async function held(lab: Driven, told: Solved): Promise<void> {
  const { counts, effect, rows } = written(told);
  await lab.whole();
  await expect.poll(() => lab.texts(".answer-icons figcaption strong")).toEqual(counts);
  expect(await lab.text(".answer-effect strong")).toContain(effect);
  const shown = () =>
    lab.run<string[][]>(
      `return Array.from(document.querySelector(".answer-numbers").querySelectorAll("tbody tr"),
         (row) => Array.from(row.querySelectorAll("td"), (cell) => cell.innerText.trim()))`,
    );
  await expect.poll(shown, { timeout: PATIENCE }).toEqual(rows);
  if (told.sentence === undefined) return;
  expect(told.sentence.startsWith(await lab.text(".answer-told"))).toBe(true);
}

/** How many pixels of the first canvas are painted. */
const painted = (lab: Driven) =>
  lab.run<number>(
    `const canvas = document.querySelector("main canvas");
     if (canvas === null) return 0;
     const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
     return data.filter((_, k) => k % 4 === 3 && data[k] > 0).length`,
  );

/** Tell how long the page took, from its address to what is seen. */
async function timed(lab: Driven, what: string): Promise<void> {
  const [paint, asked, first] = await lab.run<(number | undefined)[]>(
    `const one = performance.getEntriesByName("first picture")[0];
     const paint = performance.getEntriesByName("first-contentful-paint")[0];
     return [paint?.startTime, one?.startTime, one?.duration]`,
  );
  const whole = (value: number | undefined) => (value === undefined ? "?" : value.toFixed(0));
  console.log(
    `  ${what}: first paint after ${whole(paint)} ms, asked after ${whole(asked)} ms, ` +
      `first picture ${whole(first)} ms later`,
  );
}

for (const from of ["disk", "lab"] as const) {
  for (const which of KINDS) {
    const { juncture, title, link } = ASKED[which];
    const handle = `.timeline-handle[aria-label="${title}"]`;
    const happens = ".timeline-card input[type=checkbox]";
    const [where, tag] = from === "disk" ? ["a disk", "@disk"] : ["alliance-sim lab", "@served"];

    test.describe(`the ${which} page from ${where}`, { tag }, () => {
      let address: string;
      test.beforeEach(async ({ lab, places }) => {
        address = await places[from].at(which);
        await lab.size(1366, 768);
      });
      test.afterEach(async ({ lab }) => expect(await lab.wrong()).toEqual([]));

      test("opens, and its first answer is the package's", async ({ lab, answer }) => {
        await lab.begin(`${address}#${link}`);
        await held(lab, answer(which));
        await timed(lab, `${which} from ${where}`);
        await lab.show("timeline");
        await expect.poll(() => painted(lab)).toBeGreaterThan(1000);
      });

      test("changes by keys and by pointer, and takes changes back", async ({ lab }) => {
        await lab.begin(`${address}#${QUICK}`);
        await lab.focus(handle);
        await lab.keys(Key.ARROW_RIGHT);
        await expect.poll(() => lab.edits()).toEqual([`shift ${juncture}:+1`]);
        await lab.drag(handle, 60);
        await expect.poll(() => lab.edits()).not.toEqual([`shift ${juncture}:+1`]);
        const dragged = await lab.edits();
        expect(dragged.join()).toMatch(new RegExp(`^shift ${juncture}:\\+\\d+$`));
        await lab.click(happens);
        await expect.poll(() => lab.edits()).toEqual([`without ${juncture}`]);
        await lab.press("Undo");
        await expect.poll(() => lab.edits()).toEqual(dragged);
        await lab.press("Redo");
        await expect.poll(() => lab.edits()).toEqual([`without ${juncture}`]);
        await lab.press("Reset");
        await expect.poll(() => lab.edits()).toEqual([]);
        await lab.driver.navigate().back();
        await expect.poll(() => lab.edits()).toEqual([`without ${juncture}`]);
        await expect.poll(() => lab.text(handle)).toContain(title.slice(0, 5));
        expect(
          await lab.run(`return document.querySelector(arguments[0]).ariaDisabled`, handle),
        ).toBe("true");
      });

      test("shows the same numbers when its link is opened again", async ({ lab }) => {
        await lab.begin(`${address}#${QUICK}&edit=shift+${juncture}:%2B4&seed=7`);
        await lab.whole();
        const told = await lab.text(".timeline-told");
        expect(told).toMatch(/\d/);
        await lab.unfold();
        const copied = await lab.run<string>(
          `return document.querySelector('input[aria-label="Link to what you see"]').value`,
        );
        await lab.begin(`${address.split("#")[0]}#${copied.split("#")[1]}`);
        await lab.whole();
        expect(await lab.text(".timeline-told")).toBe(told);
        expect(await lab.edits()).toEqual([`shift ${juncture}:+4`]);
      });

      test("writes its changes as a file, and reads them back", async ({ lab }) => {
        await lab.begin(`${address}#${QUICK}&edit=without+${juncture}`);
        await lab.unfold();
        await lab.press("Save the changes as a file");
        await expect.poll(() => lab.saved()).toEqual(["what_if.toml"]);
        const text = lab.take("what_if.toml");
        expect(text).toContain(`without ${juncture}`);
        await lab.press("Reset");
        await expect.poll(() => lab.edits()).toEqual([]);
        await lab.give("input[type=file]", text);
        await expect.poll(() => lab.text(".controls-told")).toContain("Read: one change");
        expect(await lab.edits()).toEqual([`without ${juncture}`]);
        await lab.give("input[type=file]", "edits = [");
        await expect.poll(() => lab.text(".controls-told")).toContain("Nothing was changed.");
      });

      test("opens every part, and nothing scrolls sideways", async ({ lab }) => {
        await lab.begin(`${address}#${QUICK}&edit=without+${juncture}`);
        await lab.whole();
        for (const width of [1366, 390]) {
          await lab.size(width, 800);
          for (const panel of await lab.panels()) {
            await lab.show(panel);
            await expect.poll(async () => (await lab.text("main")).length).toBeGreaterThan(200);
            await lab.fits();
          }
        }
      });

      test("begins a lesson", async ({ lab }) => {
        await lab.begin(`${address}#${QUICK}&panel=lesson`);
        const head = () => lab.text(".lesson-step h3");
        const next = async () => {
          const before = await head();
          await lab.click(".lesson-next button:nth-child(2)");
          await expect.poll(head).not.toBe(before);
          const focused = () => lab.run<string>(`return document.activeElement.innerText`);
          await expect.poll(focused).toBe(await head()); // once the step has been painted
        };
        await next();
        const percents = ".lesson-percent input[type=number]";
        const many = (await lab.texts(percents)).length;
        expect(many).toBeGreaterThan(0);
        for (let at = 0; at < many; at += 1) await lab.type(percents, String(20 + 10 * at), at);
        await lab.focus(".lesson-percent input[type=range]");
        await lab.keys(Key.ARROW_RIGHT);
        const first = () =>
          lab.run<string>(`return document.querySelector(arguments[0]).value`, percents);
        await expect.poll(first).toBe("21");
        await next();
        await lab.click(".lesson-gate button");
        await expect.poll(() => lab.text(".lesson-outcome .lesson-sum")).toContain("0.21");
      });

      test("is light on paper, without its buttons", async ({ lab }) => {
        await lab.begin(`${address}#${QUICK}&edit=without+${juncture}`);
        await lab.whole();
        await lab.paper(true);
        const looks = await lab.run<string[]>(
          `return [getComputedStyle(document.querySelector(".tools")).display,
             getComputedStyle(document.querySelector(".tabs")).display,
             getComputedStyle(document.body).backgroundColor]`,
        );
        expect(looks).toEqual(["none", "none", PAPER]);
        await expect.poll(() => painted(lab)).toBeGreaterThan(1000);
        await lab.paper(false);
        expect(
          await lab.run(`return document.querySelector(".tools").offsetHeight`),
        ).toBeGreaterThan(0);
      });
    });
  }
}
