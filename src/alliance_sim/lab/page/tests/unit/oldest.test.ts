// The page that ships runs in the oldest browsers that docs/how-to/lab.md names: what they cannot read keeps
// all of its script from running, and no test in a browser of today would notice.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const SHIPPED = join(import.meta.dirname, "..", "..", "..", "made", "page.html");
const NEWER: Record<string, RegExp> = {
  "looking behind": /\(\?<[=!]/,
  "static blocks": /\bstatic\s*\{/,
  "copies of arrays": /\.(toSorted|toReversed|toSpliced)\(|\bfromAsync\b/,
  groups: /\.groupBy\(/,
  "sets of sets": /\.(isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference)\(/,
  "promises from outside": /\.withResolvers\(/,
  unpacking: /\bDecompressionStream\b/,
  "canvases without a page": /\bOffscreenCanvas\b/,
  "round corners on a canvas": /\.roundRect\(/,
  "addresses that can be read": /\bURL\.(canParse|parse)\b/,
  "two colours in one": /light-dark\(/,
};

test("the page asks for nothing that came after Safari 15.4, Firefox 104 and Chrome 97", () => {
  const page = readFileSync(SHIPPED, "utf8");
  expect(page).toContain("findLast("); // which these are the first to have
  expect(Object.keys(NEWER).filter((what) => NEWER[what]?.test(page))).toEqual([]);
});
