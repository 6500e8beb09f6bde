// Browsers that lack something: it is said, and what can go on goes on.
import { expect, Lab, test } from "./fixtures";

/** A page of its own, in which something is done before anything of it runs. */
async function withPage(
  lab: Lab,
  before: () => void,
  then: (other: Lab) => Promise<void>,
): Promise<void> {
  const page = await lab.page.context().newPage();
  await page.addInitScript(before);
  const other = new Lab(page, lab.places);
  await other.open("small", "v=1&noise=fresh&runs=100");
  await then(other);
  expect(other.wrong).toEqual([]);
  await page.close();
}

test("without vectors the plain module gives the same bits", async ({ lab }) => {
  await withPage(
    lab,
    () => {
      WebAssembly.validate = () => false;
    },
    async (other) => other.running(),
  );
});

test("without WebAssembly the page says so and stays whole", async ({ lab }) => {
  await withPage(
    lab,
    () => {
      Reflect.deleteProperty(globalThis, "WebAssembly");
    },
    async (other) => {
      await expect(other.page.locator(".problems")).toContainText("WebAssembly");
      await other.show("two_worlds");
      await other.accessible();
    },
  );
});

test("where a browser keeps nothing and lets no page copy, the page goes on", async ({ lab }) => {
  await withPage(
    lab,
    () => {
      const refuse = () => {
        throw new DOMException("refused", "SecurityError");
      };
      for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"]) {
        Object.defineProperty(globalThis, name, { get: refuse });
      }
      Object.defineProperty(navigator, "clipboard", { value: undefined });
      history.pushState = refuse;
      history.replaceState = refuse;
    },
    async (other) => {
      await other.running();
      await other.page.locator(".tools > button").last().click();
      await expect(other.page.locator("html")).toHaveAttribute("data-theme", "light");
      await other.page.locator(".tools select").selectOption("ja");
      await expect(other.page.locator("html")).toHaveAttribute("lang", "ja");
      await other.page.locator(".tools select").selectOption("en");
      await other.show("one_world");
      await other.show("timeline");
      await other.page.locator(".controls summary", { hasText: "Take it along" }).click();
      await other.page.getByRole("button", { name: "Copy link" }).click();
      await expect(other.page.locator(".controls-told")).toContainText("copy it with Ctrl+C");
      await expect(other.page.getByLabel("Link to what you see")).toBeFocused();
    },
  );
});
