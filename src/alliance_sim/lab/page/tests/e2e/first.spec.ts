// The page opens from a disk and answers, and asks the network for nothing.
import { expect, PAGES, test } from "./fixtures";

for (const which of Object.keys(PAGES) as (keyof typeof PAGES)[]) {
  test(`the ${which} page opens, tells its bits and shows a first picture`, async ({ lab }) => {
    await lab.start(which);
    await expect(lab.page.locator(".timeline-told")).not.toContainText("being worked out");
    await expect(lab.page.locator("main canvas").first()).toBeVisible();
    await expect(lab.page).toHaveTitle(/What would have been different/);
  });
}

test("the page is told where it may load from: nowhere", async ({ lab }) => {
  await lab.start();
  const asked = await lab.page.evaluate(async () => {
    try {
      await fetch("https://example.org/");
      return "was let through";
    } catch {
      return "refused";
    }
  });
  expect(asked).toBe("refused");
  // The policy's own complaint about this one request is what is wanted here.
  const complaints = lab.wrong.splice(0);
  expect(complaints.length).toBeGreaterThan(0);
  expect(
    complaints.every((one) => /example\.org|Content Security Policy|violates/i.test(one)),
  ).toBe(true);
});
