// What only a page from a running `alliance-sim lab` does: it is asked for once, and does without.
import { expect, test } from "./fixtures";

test("the page is asked for, and nothing else; it needs no server from then on", async ({
  lab,
}) => {
  const asked: string[] = [];
  lab.page.on("request", (request) => {
    if (!request.url().startsWith("blob:")) asked.push(request.url());
  });
  await lab.start("whole");
  await lab.whole();
  expect(asked).toEqual([await lab.at("whole")]);
  for (const panel of await lab.panels()) await lab.show(panel);
  await lab.ask("whole", "v=1&edit=without+nine_eleven&panel=answer");
  await expect(lab.page.locator(".answer-told")).toBeVisible();
  expect(asked).toHaveLength(1);
});

test("a lesson begins, and its first answer is given", async ({ lab }) => {
  const { page } = lab;
  await lab.start("whole", "v=1&panel=lesson");
  await expect(page.locator(".lesson-cards li")).toHaveCount(3);
  const title = page.locator(".lesson-step h3");
  const first = await title.innerText();
  await page.locator(".lesson-step .lesson-next button").nth(1).click();
  await expect(title).not.toHaveText(first);
  await page.locator(".lesson-percent input[type=number]").first().fill("30");
  await expect(page.locator(".lesson-percent input[type=range]").first()).toHaveValue("30");
});

test("the page is read anew with what was asked in it, and goes back to before", async ({
  lab,
}) => {
  const link = "v=1&edit=without+great_raid&noise=fresh&runs=100";
  await lab.start("small", link);
  await lab.show("two_worlds");
  const asked = lab.page.url();
  await lab.page.context().setOffline(false);
  await lab.page.reload();
  await lab.page.context().setOffline(true);
  await lab.running();
  expect(lab.page.url()).toBe(asked);
  await expect(lab.page.locator("#tab-two_worlds")).toHaveAttribute("aria-current", "page");
  await lab.page.goBack();
  await expect(lab.page.locator("#tab-timeline")).toHaveAttribute("aria-current", "page");
  expect(lab.said().getAll("edit")).toEqual(["without great_raid"]);
});
