import { render } from "preact";
import { expect, test } from "vitest";
import { Ready } from "../../src/parts/ready";
import { language, words } from "../../src/text";
import { madePayload } from "./made";

function shown(headlines: ReturnType<typeof madePayload>["headlines"]): string {
  const payload = { ...madePayload(), headlines };
  words.value = payload.relationship.words;
  language.value = "en";
  const place = document.createElement("div");
  render(<Ready payload={payload} />, place);
  return place.textContent ?? "";
}

test("ready answers say what was changed and how often it comes about", () => {
  const text = shown([
    {
      question: "Without the raid?",
      edits: ["without great_raid"],
      outcome: "rung>=2@1999",
      title: "step 2, end of 1999",
      answer: { year: 1999, fact: [0.994, 0.9, 1], edited: [0.5, 0.4, 0.61] },
    },
    {
      question: "With another office? with juncture office: step 2, end of 1999?",
      edits: ["with juncture office"],
      outcome: "rung>=2@1999",
      title: "step 2, end of 1999",
      answer: { year: 1999, fact: [0.01, 0, 0.02], edited: [0, 0, 0] },
    },
  ]);
  expect(text).toContain("step 2, end of 1999");
  expect(text).toContain("99 (90 to 100)");
  expect(text).toContain("50 (40 to 61)");
  expect(text).toContain("record to 1999");
  expect(text).toContain("With another office?");
  expect(text).not.toContain("end of 1999?");
  expect(text).not.toContain("without great_raid");
});

test("a page without ready answers says so", () => {
  expect(shown([])).toContain("no ready answers");
});
