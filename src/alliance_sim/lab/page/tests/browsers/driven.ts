// One browser with one window, and the page in it.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { Builder, By, Key, type WebDriver, type WebElement } from "selenium-webdriver";
import BrowsingContext from "selenium-webdriver/bidi/browsingContext.js";
import { program, type Browser, type Scheme } from "./found";

export { Key } from "selenium-webdriver";

export const PATIENCE = 300_000; // milliseconds, for machines on which much else runs
const SETTLED = 300; // milliseconds that a window takes to change its size
const GIVEN = "given.toml"; // what the page is given to read
const DISPLAY = /^(\d+)\s*$/m;

// What goes wrong in a page is kept from its first line on, in the page itself: WebKit's driver tells
// nothing of its console. It stands before the page's policy, which allows no script that is not its own.
const LISTENING = `<script>
  window.heard = [];
  for (const kind of ["error", "warn"]) {
    const say = console[kind];
    console[kind] = (...told) => {
      heard.push(kind + ": " + told.map(String).join(" "));
      say.apply(console, told);
    };
  }
  addEventListener("error", (event) => heard.push("error: " + (event.message ?? event.target)), true);
  addEventListener("unhandledrejection", (event) => heard.push("rejected: " + event.reason));
  document.addEventListener("securitypolicyviolation", (event) => {
    heard.push("policy: " + event.violatedDirective + " " + event.blockedURI);
  });
</script>`;

/** Return a page that keeps what goes wrong in it. */
export function listening(page: string): string {
  const found = page.split("<head>");
  if (found.length !== 2) throw new Error("the page has no head, or more than one");
  return found.join(`<head>${LISTENING}`);
}

/** A screen that nobody sees, for browsers that want one; null where there is one, or none is wanted. */
async function display(browser: Browser): Promise<{ screen: ChildProcess; name: string } | null> {
  if (!browser.needsDisplay || process.env["DISPLAY"]) return null;
  const server = program(["Xvfb"]);
  if (server === null) throw new Error("there is no display, and Xvfb is not on the path");
  const words = ["-displayfd", "1", "-screen", "0", "1920x2400x24", "-nolisten", "tcp"];
  const screen = spawn(server, words, { stdio: ["ignore", "pipe", "ignore"], detached: true });
  let said = "";
  for await (const bytes of screen.stdout) {
    said += String(bytes);
    const found = DISPLAY.exec(said);
    if (found) return { screen, name: `:${found[1]}` };
  }
  throw new Error("Xvfb ended before it said which display it is");
}

/** End a program, and whatever it started. */
async function ended(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null || program.pid === undefined) return;
  const closed = once(program, "close");
  process.kill(-program.pid);
  await closed;
}

/** Return a port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

const answers = (address: string): Promise<boolean> =>
  fetch(address).then(
    ({ ok }) => ok,
    () => false,
  );

/** A page in a browser. */
export class Driven {
  private constructor(
    readonly browser: Browser,
    readonly driver: WebDriver,
    private readonly downloads: string,
    private readonly stop: () => Promise<void>,
  ) {}

  /** Start a browser. */
  static async start(browser: Browser, scheme: Scheme = "light"): Promise<Driven> {
    const downloads = mkdtempSync(join(tmpdir(), "lab-downloads-"));
    const screen = await display(browser);
    const port = await freePort();
    const service = spawn(browser.driver, browser.words(port, await freePort()), {
      stdio: "ignore",
      detached: true, // a group of its own, which ends as one
      env: {
        ...process.env,
        ...(screen ? { DISPLAY: screen.name } : {}),
        ...browser.environment(scheme, downloads),
      },
    });
    const stop = async () => {
      await ended(service);
      if (screen) await ended(screen.screen);
      rmSync(downloads, { recursive: true, force: true });
    };
    try {
      const address = `http://127.0.0.1:${port}`;
      await expect.poll(() => answers(`${address}/status`), { timeout: PATIENCE }).toBe(true);
      const driver = await new Builder()
        .usingServer(address)
        .withCapabilities(browser.capabilities(scheme, downloads))
        .build();
      return new Driven(browser, driver, downloads, stop);
    } catch (error) {
      await stop();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.driver.quit();
    await this.stop();
  }

  /** What browser it is, as it says itself: "firefox 153.0". */
  async version(): Promise<string> {
    const told = await this.driver.getCapabilities();
    return `${told.getBrowserName() ?? ""} ${told.getBrowserVersion() ?? ""}`;
  }

  /** Make what the page is shown in so large, whatever the window does. */
  async size(width: number, height: number): Promise<void> {
    const inside = () => this.run<[number, number]>("return [innerWidth, innerHeight]");
    if (this.browser.name === "firefox") {
      const browsingContextId = await this.driver.getWindowHandle();
      const context = await BrowsingContext(this.driver, { browsingContextId });
      await context.setViewport(width, height);
      await expect.poll(inside).toEqual([width, height]);
      return;
    }
    // A window is larger by bars of its own: MiniBrowser has one from the first file that it saves.
    const whole = { width, height };
    const fitted = async () => {
      await this.driver
        .manage()
        .window()
        .setRect({ x: 0, y: 0, ...whole });
      await this.driver.sleep(SETTLED);
      const [wide, high] = await inside();
      whole.width += width - wide;
      whole.height += height - high;
      return [wide, high];
    };
    await expect.poll(fitted).toEqual([width, height]);
  }

  /** Open an address anew, also if it differs from what is open by its # alone. */
  async open(address: string): Promise<void> {
    await this.driver.get("about:blank");
    await this.driver.get(address);
    const script = LISTENING.replace(/<\/?script>/g, ""); // for a page that did not come with it
    await this.run(`if (window.heard === undefined) { ${script} }`);
  }

  /** Open an address and wait until its model runs. */
  async begin(address: string): Promise<void> {
    await this.open(address);
    await expect
      .poll(() => this.text(".bottom"), { timeout: PATIENCE })
      .toContain("same bits as alliance-sim");
  }

  /** Wait until what is asked has been answered whole, and is painted. */
  async whole(): Promise<void> {
    await expect.poll(() => this.times("whole picture"), { timeout: PATIENCE }).toHaveLength(1);
  }

  /** Ask something else in the page that is open, and wait for the answer. */
  async ask(link: string): Promise<void> {
    await this.run("performance.clearMeasures(); location.hash = arguments[0]", link);
    await this.whole();
  }

  /** How long something that the page notes took, in milliseconds. */
  times(name: string): Promise<number[]> {
    const found = "performance.getEntriesByName(arguments[0]).map((one) => one.duration)";
    return this.run(`return ${found}`, name);
  }

  run<T>(script: string, ...given: unknown[]): Promise<T> {
    return this.driver.executeScript<T>(script, ...given);
  }

  one(css: string): Promise<WebElement> {
    return this.driver.findElement(By.css(css)) as Promise<WebElement>;
  }

  /** Return the text that is shown in the first element of a kind; "" if there is none. */
  text(css: string): Promise<string> {
    return this.run("return document.querySelector(arguments[0])?.innerText ?? ''", css);
  }

  /** Return the texts of all elements of a kind. */
  texts(css: string): Promise<string[]> {
    return this.run(
      "return Array.from(document.querySelectorAll(arguments[0]), (x) => x.innerText)",
      css,
    );
  }

  async click(css: string): Promise<void> {
    await this.hit(await this.one(css));
  }

  /** Click on something, brought into sight: WebKit's driver does not look into parts that scroll. */
  private async hit(one: WebElement): Promise<void> {
    await this.run("arguments[0].scrollIntoView({ block: 'center' })", one);
    await one.click();
  }

  /** Press the button that is called so. */
  async press(name: string, inside = ""): Promise<void> {
    const found = await this.run<WebElement | null>(
      `return Array.from(document.querySelectorAll(arguments[0] + " button"))
        .find((one) => one.innerText.trim() === arguments[1]) ?? null`,
      inside,
      name,
    );
    if (found === null) throw new Error(`there is no button ${name}`);
    await this.hit(found);
  }

  /** Press keys where the focus is. */
  async keys(...pressed: string[]): Promise<void> {
    await this.driver
      .actions()
      .sendKeys(...pressed)
      .perform();
  }

  async focus(css: string): Promise<void> {
    await this.run("document.querySelector(arguments[0]).focus()", css);
  }

  /** Put text into one of the fields of a kind in place of what stands there, and leave it. */
  async type(css: string, text: string, place = 0): Promise<void> {
    const field = (await this.driver.findElements(By.css(css)))[place];
    if (field === undefined) throw new Error(`there is no field ${place} of ${css}`);
    await field.clear();
    await field.sendKeys(text, Key.TAB);
  }

  /** Wait until something stays where it is, as a hand does before it takes hold. */
  private async still(css: string): Promise<void> {
    let last = "";
    const moved = async () => {
      const before = last;
      const rect = "JSON.stringify(document.querySelector(arguments[0]).getBoundingClientRect())";
      last = await this.run<string>(`return ${rect}`, css);
      return last !== before;
    };
    await expect.poll(moved, { intervals: [300] }).toBe(false);
  }

  /** Drag something to the right, so many pixels, in steps as a hand does. */
  async drag(css: string, by: number): Promise<void> {
    await this.still(css);
    const origin = await this.one(css);
    const grab = this.driver.actions().move({ origin, x: 0, y: 0 }).press();
    const steps = [1, 2, 3, 4].map((k) => Math.round((by * k) / 4));
    const moved = steps.reduce((so_far, x) => so_far.move({ origin, x, y: 0, duration: 50 }), grab);
    await moved.release().perform();
  }

  /** Open all that can be folded away. */
  async unfold(): Promise<void> {
    await this.run("for (const one of document.querySelectorAll('details')) one.open = true");
    const empty = "document.querySelectorAll('.controls-part:not(:has(> :nth-child(2)))').length";
    await expect.poll(() => this.run(`return ${empty}`)).toBe(0); // made once they are opened
  }

  async show(panel: string): Promise<void> {
    await this.click(`#tab-${panel}`);
    await expect
      .poll(() => this.run(`return document.querySelector(".tabs [aria-current]")?.id`))
      .toBe(`tab-${panel}`);
  }

  /** The names of the parts that the page has. */
  async panels(): Promise<string[]> {
    const ids = await this.run<string[]>(
      `return Array.from(document.querySelectorAll(".tabs button"), (one) => one.id)`,
    );
    return ids.map((id) => id.replace("tab-", ""));
  }

  /** What the address says. */
  async said(): Promise<URLSearchParams> {
    return new URLSearchParams(new URL(await this.driver.getCurrentUrl()).hash.slice(1));
  }

  async edits(): Promise<string[]> {
    return (await this.said()).getAll("edit");
  }

  /** Wait until what is shown stays the same for a while. */
  async calm(): Promise<void> {
    let last = "";
    const changed = async () => {
      const before = last;
      last = await this.text("main");
      return last !== before;
    };
    await expect.poll(changed, { timeout: PATIENCE, intervals: [1000] }).toBe(false);
  }

  /** Wait until the answer has its label, for which all theories and couplings are run. */
  async labelled(): Promise<void> {
    await expect.poll(() => this.text(".answer-label"), { timeout: PATIENCE }).not.toBe("");
  }

  /** Nothing scrolls sideways. */
  async fits(): Promise<void> {
    const over = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    expect(await this.run<number>(`return ${over}`)).toBeLessThanOrEqual(0);
  }

  /** What went wrong in the page since it was opened, and what it asked the network for. */
  async wrong(): Promise<string[]> {
    const fetched = await this.run<string[]>(
      `return performance.getEntriesByType("resource").map((one) => "request: " + one.name)
        .filter((one) => !/^request: (data|blob):/.test(one))`,
    );
    return [...(await this.run<string[]>("return window.heard ?? []")), ...fetched];
  }

  /** Give a file to the field for one. */
  async give(css: string, text: string): Promise<void> {
    const path = join(this.downloads, GIVEN);
    writeFileSync(path, text);
    await (await this.one(css)).sendKeys(path);
  }

  /** Names of the files that the page has saved. */
  saved(): string[] {
    const files = readdirSync(this.downloads).filter((name) => name.endsWith(".toml"));
    return files.filter((name) => name !== GIVEN);
  }

  /** Return what was saved under a name, and have it no more. */
  take(name: string): string {
    const text = readFileSync(join(this.downloads, name), "utf8");
    rmSync(join(this.downloads, name));
    return text;
  }

  /**
   * Have the page as it is on paper, or as it is on the screen again. No driver shows a page as it is
   * printed: rules for paper are made rules for the screen, and the page is told what a browser tells it.
   */
  async paper(on: boolean): Promise<void> {
    await this.run(
      `const [from, to] = arguments[0] ? ["print", "screen"] : ["screen", "print"];
       for (const sheet of document.styleSheets)
         for (const rule of sheet.cssRules)
           if (rule.media?.mediaText === from) rule.media.mediaText = to;
       dispatchEvent(new Event(arguments[0] ? "beforeprint" : "afterprint"))`,
      on,
    );
  }

  async picture(path: string): Promise<void> {
    writeFileSync(path, Buffer.from(await this.driver.takeScreenshot(), "base64"));
  }
}
