// A page opened from a disk, or from a running `alliance-sim lab`, with the network closed. A warning or
// error on the console, and a request for anything but the page, fails the test in which it comes,
// whatever the test is about.
import AxeBuilder from "@axe-core/playwright";
import { expect, test as base, type Page } from "@playwright/test";
import { OnDisk, Served, type Places, type Which } from "./served";

export { expect } from "@playwright/test";
export { PAGES } from "./export";
export type { Which } from "./served";

// Rows of a sheet of numbers from the ninth on. `Table` makes each row alike, a head and cells that
// hold text and nothing else (its types let nothing else in), so eight stand for the two hundred.
const ALIKE = ".data-sheet tbody tr:nth-child(n + 9)";

/** Rules of axe that hang on sizes and colours; all others hang on which elements there are. */
export const LOOKED_AT = [
  "color-contrast",
  "link-in-text-block",
  "scrollable-region-focusable",
  "skip-link",
];

/** A page, and what went wrong in it. */
export class Lab {
  /** What went wrong since the last look. */
  readonly wrong: string[] = [];
  readonly page: Page;
  readonly places: Places;

  constructor(page: Page, places: Places) {
    this.page = page;
    this.places = places;
    page.on("console", (said) => {
      if (["error", "warning"].includes(said.type())) this.wrong.push(`console: ${said.text()}`);
    });
    page.on("pageerror", (error) => this.wrong.push(`error: ${error.stack ?? error.message}`));
    page.on("request", (request) => {
      if (!places.own(request.url())) this.wrong.push(`request: ${request.url()}`);
    });
  }

  /** Return the address of a page, with a link behind its #. */
  async at(which: Which = "small", link = ""): Promise<string> {
    return (await this.places.at(which)) + (link === "" ? "" : `#${link}`);
  }

  /** Open a page anew; the network is there for as long as this takes, if the page is served. */
  async visit(address: string): Promise<void> {
    const context = this.page.context();
    await this.page.goto("about:blank");
    await context.setOffline(address.startsWith("file:"));
    await this.page.goto(address);
    await context.setOffline(true);
  }

  /** Open a page anew, with a link behind its #. */
  async open(which: Which = "small", link = ""): Promise<void> {
    await this.visit(await this.at(which, link));
  }

  /** Open a page and wait until its model runs. */
  async start(which: Which = "small", link = ""): Promise<void> {
    await this.open(which, link);
    await this.running();
  }

  async running(): Promise<void> {
    await expect(this.page.locator(".bottom")).toContainText("same bits as alliance-sim");
  }

  /** Wait until what is asked has been answered whole, and is painted. */
  async whole(): Promise<void> {
    await this.page.waitForFunction(() => performance.getEntriesByName("whole picture").length > 0);
  }

  /** Ask something else in the page that is open, and wait for the answer. */
  async ask(which: Which, link: string): Promise<void> {
    await this.page.evaluate(() => performance.clearMeasures());
    await this.page.goto(await this.at(which, link));
    await this.whole();
  }

  /** What was chosen of language and look is not found by the next page that is opened. */
  async forget(): Promise<void> {
    await this.page.evaluate(() => {
      if (location.protocol !== "about:") localStorage.clear();
    });
  }

  async show(panel: string): Promise<void> {
    await this.page.locator(`#tab-${panel}`).click();
    await expect(this.page.locator(`#tab-${panel}`)).toHaveAttribute("aria-current", "page");
  }

  /** The names of the parts that the page has. */
  async panels(): Promise<string[]> {
    const ids = await this.page
      .locator(".tabs button")
      .evaluateAll((all) => all.map(({ id }) => id));
    return ids.map((id) => id.replace("tab-", ""));
  }

  /** What the address says. */
  said(): URLSearchParams {
    return new URLSearchParams(new URL(this.page.url()).hash.slice(1));
  }

  /** Axe finds nothing; with all its rules, if none are named. */
  async accessible(rules?: string[]): Promise<void> {
    // Only what is wrong is told, and all is told by the page itself: else axe works out for each of
    // thousands of elements with which nothing is wrong how it is found, which takes most of its time.
    // What it loses by that are frames of other origins, and there are no frames at all.
    expect(this.page.frames()).toHaveLength(1);
    const axe = new AxeBuilder({ page: this.page })
      .setLegacyMode()
      .options({ resultTypes: ["violations"], selectors: false })
      .exclude(ALIKE);
    const { violations } = await (rules === undefined ? axe : axe.withRules(rules)).analyze();
    const told = violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`,
    );
    expect(told).toEqual([]);
  }

  /** Nothing scrolls sideways. */
  async fits(): Promise<void> {
    const over = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
    expect(await this.page.evaluate(over)).toBeLessThanOrEqual(0);
  }
}

interface Mine {
  lab: Lab;
}
export interface Shared {
  shared: Lab;
  /** Where pages come from. */
  from: "disk" | "lab";
}

export const test = base.extend<Mine, Shared>({
  from: ["disk", { option: true, scope: "worker" }],
  // One page for all tests of a worker: to open it is what costs most.
  shared: [
    async ({ browser, from }, use) => {
      const places = from === "disk" ? new OnDisk() : new Served();
      const context = await browser.newContext({ viewport: { width: 1366, height: 768 } });
      await context.setOffline(true);
      await context.route(
        (address) => !places.own(address.href),
        (route) => route.abort(),
      );
      await use(new Lab(await context.newPage(), places));
      await context.close();
      await places.close();
    },
    { scope: "worker" },
  ],
  lab: async ({ shared }, use) => {
    shared.wrong.length = 0;
    await use(shared);
    const { page } = shared;
    expect(shared.wrong.splice(0)).toEqual([]);
    await page.setViewportSize({ width: 1366, height: 768 });
    await page.emulateMedia({ colorScheme: null, media: null, reducedMotion: null });
    await shared.forget();
  },
});
