// A link is the question: it opens the same in a new page, and a broken or hostile one is told.
import { expect, Lab, test } from "./fixtures";

const QUESTION = "v=1&edit=without+great_raid&edit=council+leader&noise=fresh&runs=300&seed=5";

test("a link opened in a new page shows the same question and the same numbers", async ({
  lab,
}) => {
  await lab.start("small", `${QUESTION}&panel=timeline`);
  await expect(lab.page.locator(".controls-edits li")).toHaveCount(2);
  const summary = lab.page.locator(".timeline-told");
  await expect(summary).toContainText("With your changes");
  const told = await summary.innerText();
  await lab.page.locator(".controls summary", { hasText: "Take it along" }).click();
  const link = await lab.page
    .getByLabel("Link to what you see")
    .evaluate((one) => (one as HTMLInputElement).value);
  const other = new Lab(await lab.page.context().newPage(), lab.places);
  const [place = ""] = lab.page.url().split("#");
  const [said, question] = link.split("#");
  expect(said).toBe(place.startsWith("file:") ? "" : place); // a file does not say where it lies
  await other.visit(`${place}#${question}`);
  await expect(other.page.locator(".controls-edits li")).toHaveCount(2);
  await expect(other.page.locator(".timeline-told")).toHaveText(told);
  expect(other.wrong).toEqual([]);
  await other.page.close();
});

test("numbers do not depend on what was asked before", async ({ lab }) => {
  const link = (runs: number) => `v=1&edit=without+great_raid&noise=fresh&runs=${runs}`;
  const told = () => lab.page.locator(".answer-short, .timeline-told").allInnerTexts();
  await lab.start("small", link(300));
  await lab.whole();
  const once = await told();
  expect(once).toHaveLength(2);
  await lab.ask("small", link(100));
  expect(await told()).not.toEqual(once);
  await lab.ask("small", link(300));
  expect(await told()).toEqual(once);
  await lab.start("small", link(100));
  await lab.whole();
  await lab.ask("small", link(300));
  expect(await told()).toEqual(once);
});

test("the back button goes back through what was asked, and forward again", async ({ lab }) => {
  await lab.start("small", "v=1&noise=fresh&runs=100");
  await lab.show("two_worlds");
  await lab.show("one_world");
  await lab.page.goBack();
  await expect(lab.page.locator("#tab-two_worlds")).toHaveAttribute("aria-current", "page");
  await lab.page.goBack();
  await expect(lab.page.locator("#tab-timeline")).toHaveAttribute("aria-current", "page");
  await lab.page.goForward();
  await expect(lab.page.locator("#tab-two_worlds")).toHaveAttribute("aria-current", "page");
});

interface Heard {
  asked: unknown[];
}
declare const asked: Heard["asked"];

const HOSTILE: [string, string, RegExp][] = [
  ["of another version", "v=99", /another version/],
  ["of another model", "v=1&of=000000000000", /another model/],
  [
    "with a million edits",
    `v=1&${"edit=without+great_raid&".repeat(40_000)}`,
    /letters, at most 8,000 are read/,
  ],
  [
    "with more edits than there may be",
    `v=1${"&edit=a+b".repeat(101)}`,
    /101 changes, at most 100 are read/,
  ],
  ["that asks for no number of runs", "v=1&runs=NaN", /number of histories/],
  ["that asks for endless runs", "v=1&runs=1e999", /number of histories/],
  ["whose seed is none", "v=1&seed=-Infinity", /seed/],
  ["to a part that is none", "v=1&panel=__proto__", /a part that this page does not have/],
  ["with a theory that is none", "v=1&theory=constructor", /theory/],
  ["with a noise that is none", "v=1&noise=toString", /kind of luck/],
  ["with a script for an edit", "v=1&edit=%3Cscript%3Ewindow.hurt%3D1%3C%2Fscript%3E", /script/],
  ["with a prototype's key for an edit", "v=1&edit=set+__proto__.polluted%3D1", /__proto__/],
  [
    "with an image for an outcome",
    "v=1&outcome=%3Cimg+src%3Dx+onerror%3D%22window.hurt%3D1%22%3E",
    /img/,
  ],
  ["with letters that are none", "v=1&edit=%00%FF%FE", /\0|\uFFFD/],
];

test("hostile links are told, and nothing of them is run", async ({ lab }) => {
  await lab.start("small");
  await lab.page.evaluate(() => {
    // What workers are asked for, from now on.
    (globalThis as unknown as Heard).asked = [];
    const post = Worker.prototype.postMessage as (message: unknown) => void;
    Worker.prototype.postMessage = function (this: Worker, message: { kind: string }) {
      if (message.kind === "ask") asked.push(message);
      post.call(this, message);
    };
  });
  await lab.page.goto(await lab.at("small", "v=1&edit=without+great_raid"));
  await expect.poll(() => lab.page.evaluate(() => asked.length)).toBeGreaterThan(0);
  for (const [what, link, said] of HOSTILE) {
    await test.step(what, async () => {
      await lab.page.goto(await lab.at("small", "v=1"));
      await expect(lab.page.locator(".problems p")).toHaveCount(0);
      await lab.page.evaluate(() => (asked.length = 0));
      await lab.page.goto(await lab.at("small", link));
      await expect(lab.page.locator(".problems")).toContainText(said);
      const hurt = await lab.page.evaluate(() => [
        "hurt" in window,
        "polluted" in {},
        document.querySelectorAll(".problems script, .problems img, main script").length,
      ]);
      expect(hurt).toEqual([false, false, 0]);
      expect(await lab.page.evaluate(() => asked)).toEqual([]);
    });
  }
});

test("language and look are those that were chosen, when the page is opened again", async ({
  lab,
}) => {
  await lab.start("small", "v=1&noise=fresh&runs=100");
  const { page } = lab;
  const language = page.locator(".tools select");
  const look = page.locator(".tools > button").last();
  await language.selectOption("ja");
  await look.click();
  await look.click();
  const chosen = await look.innerText();
  await lab.open("small", "v=1&noise=fresh&runs=100&seed=2");
  await expect(page.locator("html")).toHaveAttribute("lang", "ja");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(look).toHaveText(chosen);
  await lab.open("small", "v=1&noise=fresh&runs=100&language=en");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await lab.open("small", "v=1&noise=fresh&runs=100");
  await expect(page.locator("html")).toHaveAttribute("lang", "ja");
});
