// What-if files go out and come in again; broken and hostile ones are told, and change nothing.
import { readFileSync } from "node:fs";
import { expect, test, type Lab } from "./fixtures";

const HEAD = 'extends = "two_islands/baseline"\n';
const EDITS = "v=1&edit=without+great_raid&edit=council+leader&noise=fresh&runs=100";

async function given(lab: Lab, text: string | Buffer): Promise<string> {
  const buffer = typeof text === "string" ? Buffer.from(text) : text;
  const told = lab.page.locator(".controls-told");
  await lab.page.getByLabel("Open a file of changes (TOML)").setInputFiles({
    name: "mine.toml",
    mimeType: "text/plain",
    buffer,
  });
  await expect(told).not.toBeEmpty();
  return told.innerText();
}

async function sharing(lab: Lab): Promise<void> {
  await lab.page.locator(".controls summary", { hasText: "Take it along" }).click();
}

test("changes that are saved as a file come in again as they were", async ({ lab }) => {
  await lab.start("small", EDITS);
  await sharing(lab);
  const saving = lab.page.waitForEvent("download");
  await lab.page.getByRole("button", { name: "Save the changes as a file" }).click();
  const download = await saving;
  expect(download.suggestedFilename()).toMatch(/\.toml$/);
  const text = readFileSync(await download.path(), "utf8");
  expect(text).toContain(HEAD.trim());
  await lab.page.getByRole("button", { name: "Reset", exact: true }).click();
  await expect(lab.page.locator(".controls-edits li")).toHaveCount(0);
  expect(await given(lab, text)).toContain("2 changes");
  expect(lab.said().getAll("edit").sort()).toEqual(["council leader", "without great_raid"]);
});

const HOSTILE: [string, string | Buffer, RegExp][] = [
  ["that is no TOML", "edits = [", /no TOML/],
  ["of another scenario", 'extends = "elsewhere/baseline"\nedits = []', /elsewhere\/baseline/],
  ["that says no scenario", 'edits = ["without great_raid"]', /extends/],
  ["that adds a member", `${HEAD}[[member]]\nname = "new"`, /member/],
  ["that holds what is not there", `${HEAD}edits = ["hold rungs=1@2003..2005"]`, /'rung'/],
  [
    "that holds a state twice",
    `${HEAD}edits = ["hold rung=1@2003", "hold rung=2@2003"]`,
    /contradict/,
  ],
  [
    "with a script for a title",
    `${HEAD}title = "<script>window.hurt=1</script>"\nedits = 3`,
    /list/,
  ],
  ["with a script for an edit", `${HEAD}edits = ["<img src=x onerror=window.hurt=1>"]`, /img/],
  ["with a number that is none", `${HEAD}edits = ["set levels.pace=nan"]`, /pace|nan/i],
  ["with a prototype's key", `${HEAD}[__proto__]\npolluted = 1`, /__proto__/],
  [
    "with a million edits",
    `${HEAD}edits = [${'"without great_raid",'.repeat(4_000)}]`,
    /4000|4,000|many|at most/,
  ],
  ["with lists in lists in lists", `${HEAD}edits = ${"[".repeat(50_000)}`, /nested/],
  ["with tables in tables in tables", `extends${".a".repeat(40_000)} = 1`, /two_islands\/baseline/],
  ["of 10 MB", `${HEAD}# ${"x".repeat(10_000_000)}`, /too long/],
  ["that is no text", Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x80]), /UTF-8/],
  ["that is empty", " ", /extends/],
];

test("broken and hostile files are told, and change nothing", async ({ lab }) => {
  await lab.start("small", EDITS);
  await sharing(lab);
  const before = lab.said().toString();
  for (const [what, text, said] of HOSTILE) {
    await test.step(what, async () => {
      const told = await given(lab, text);
      expect(told).toMatch(said);
      expect(told).toContain("Nothing was changed.");
      expect(lab.said().toString()).toBe(before);
      const hurt = await lab.page.evaluate(() => ["hurt" in window, "polluted" in {}]);
      expect(hurt).toEqual([false, false]);
    });
  }
});

test("a file can be pasted as text", async ({ lab }) => {
  await lab.start("small", "v=1&noise=fresh&runs=100");
  await sharing(lab);
  await lab.page.getByLabel("Or paste its text").fill(`${HEAD}edits = ["without great_raid"]`);
  await lab.page.getByRole("button", { name: "Read the text" }).click();
  await expect.poll(() => lab.said().getAll("edit")).toEqual(["without great_raid"]);
});
