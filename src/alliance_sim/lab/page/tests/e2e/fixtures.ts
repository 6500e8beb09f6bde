// A page opened from a disk with the network closed. A warning or error on the console, and a request,
// fails the test in which it comes, whatever the test is about.
import AxeBuilder from "@axe-core/playwright";
import { expect, test as base, type Page } from "@playwright/test";
import { PAGES } from "./export";

export { expect } from "@playwright/test";
export { PAGES } from "./export";

const OWN = /^(file|data|blob):/;

/** A page, and what went wrong in it. */
export class Lab {
  /** What went wrong since the last look. */
  readonly wrong: string[] = [];
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    page.on("console", (said) => {
      if (["error", "warning"].includes(said.type())) this.wrong.push(`console: ${said.text()}`);
    });
    page.on("pageerror", (error) => this.wrong.push(`error: ${error.stack ?? error.message}`));
    page.on("request", (request) => {
      if (!OWN.test(request.url())) this.wrong.push(`request: ${request.url()}`);
    });
  }

  /** Open a page anew, with a link behind its #. */
  async open(which: keyof typeof PAGES = "small", link = ""): Promise<void> {
    await this.page.goto("about:blank");
    await this.page.goto(PAGES[which] + (link === "" ? "" : `#${link}`));
  }

  /** Open a page and wait until its model runs. */
  async start(which: keyof typeof PAGES = "small", link = ""): Promise<void> {
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
  async ask(which: keyof typeof PAGES, link: string): Promise<void> {
    await this.page.evaluate(() => performance.clearMeasures());
    await this.page.goto(`${PAGES[which]}#${link}`);
    await this.whole();
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
    const axe = new AxeBuilder({ page: this.page });
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
interface Shared {
  shared: Lab;
}

export const test = base.extend<Mine, Shared>({
  // One page for all tests of a worker: to open it is what costs most.
  shared: [
    async ({ browser }, use) => {
      const context = await browser.newContext({ viewport: { width: 1366, height: 768 } });
      await context.setOffline(true);
      await context.route(/^(?!file:|data:|blob:)/, (route) => route.abort());
      await use(new Lab(await context.newPage()));
      await context.close();
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
  },
});
