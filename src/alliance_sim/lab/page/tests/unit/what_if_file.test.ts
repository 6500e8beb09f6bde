import { describe, expect, test } from "vitest";
import { askedBy } from "../../src/state/edits";
import { MOST_EDITS } from "../../src/state/link";
import { MOST_LETTERS, readWhatIf, whatIfFile } from "../../src/state/what_if_file";
import { LANGUAGES } from "../../src/text";
import { madePayload } from "./made";

const payload = madePayload();
const BASE = 'extends = "two_islands/baseline"\n';
const file = (edits: string[], outcome = "", theory = "RID") =>
  whatIfFile({ edits, outcome, theory }, payload);
const keys = (text: string) => readWhatIf(text, payload).problems.map(({ key }) => key);

describe("a what-if file", () => {
  test("that the page writes is read as the same edits", () => {
    const edits = [
      "without great_raid",
      "shift joint_patrol:+4:stays",
      'set council.rule="quoted \\ text"',
      "member hills:offset=-0.5",
    ];
    const text = file(edits, "rung>=3@1998");
    expect(readWhatIf(text, payload)).toEqual({ edits, problems: [] });
    expect(text).toContain("alliance-sim whatif mine.toml --outcome 'rung>=3@1998'");
  });

  test("holds edits as the package reads them: no other space, and no mark of the byte order", () => {
    const read = (edit: string) => readWhatIf(file([edit]), payload);
    expect(read(" without  great_raid\u0085").edits).toEqual(["without great_raid"]);
    for (const edit of ["\ufeffwithout great_raid", "without\tgreat_raid", "without\ufeffx"]) {
      expect(read(edit).problems.map(({ key }) => key)).toEqual(["edit"]);
    }
    expect(read("without great_raid\ufeff").edits).toEqual(["without great_raid\ufeff"]);
  });

  test("stays a file, and its comment one line, whatever a link has asked for", () => {
    for (const outcome of ["a\nedits = []", "a\r\u0085\u2028# b", "a'; rm -rf .; '"]) {
      const text = file(["without great_raid"], outcome);
      expect(text.split(/[\n\r\u0085\u2028]/)).toHaveLength(12);
      expect(text.match(/'/g)).toHaveLength(2);
      expect(readWhatIf(text, payload).edits).toEqual(["without great_raid"]);
    }
  });

  test("keeps the theory that is asked about, and gives it back to the question", () => {
    const others = madePayload();
    others.theories.push({ name: "RI", title: "", weight: 0, draws: 4 });
    const edits = ["without great_raid", "council leader"];
    const text = whatIfFile({ edits, outcome: "rung>=3@1998", theory: "RI" }, others);
    expect(text).toContain('"theory RI"');
    const read = readWhatIf(text, others);
    expect(read.problems).toEqual([]);
    expect(askedBy(read.edits, others)).toEqual({ edits, theory: "RI" });
  });

  test("does not name the usual theory, nor one twice", () => {
    expect(file(["without great_raid"])).not.toContain("theory ");
    expect(file(["theory N"], "", "RI").match(/theory /g)).toHaveLength(1);
  });

  test("of as many changes as can be asked is read, whatever the theory", () => {
    const edits = Array.from({ length: MOST_EDITS }, (_, k) => `set levels.pace=1.${k + 1}`);
    expect(keys(file(edits, "", "RI"))).toEqual([]);
    expect(keys(file([...edits, "council leader"], "", "RI"))).toEqual(["many"]);
  });

  test("keeps holds of states, written and read", () => {
    const edits = ["hold rung=3@1995..1997", "hold level_operations=0.1@1996-02-01"];
    expect(readWhatIf(file(edits), payload)).toEqual({ edits, problems: [] });
  });

  test("can hold the tables that alliance-sim new writes; they come before the texts", () => {
    const text = `${BASE}title = "Mine"
question = ""
without = ["great_raid"]
edits = ["council   leader"]
[[moved]]
juncture = "joint_patrol"
by_quarters = -8
[[moved]]
juncture = "admiral_rules"
to = 1998-02-01
end = "stays"
[[set]]
path = "levels.pace"
to = 1.5
source = "a what-if"
`;
    expect(readWhatIf(text, payload)).toEqual({
      edits: [
        "without great_raid",
        "shift joint_patrol:-8",
        "shift admiral_rules:1998-02-01:stays",
        "set levels.pace=1.5",
        "council leader",
      ],
      problems: [],
    });
  });

  test("without edits is read as none", () => {
    expect(readWhatIf(BASE, payload)).toEqual({ edits: [], problems: [] });
  });

  test("of another scenario, or of one that is not named, is refused", () => {
    expect(keys('extends = "somewhere/else"')).toEqual(["base"]);
    expect(keys('edits = ["council leader"]')).toEqual(["no_base"]);
    expect(keys("extends = 3")).toEqual(["base"]);
  });

  test("that is no TOML is refused with its line", () => {
    const { problems } = readWhatIf(`${BASE}edits = [`, payload);
    expect(problems[0]).toMatchObject({ key: "toml", given: { line: 2 } });
  });

  test("that adds to the scenario, or brings another record, is refused with the reason", () => {
    expect(keys(`${BASE}[[juncture]]\nname = "x"`)).toEqual(["adds"]);
    expect(keys(`${BASE}record = "x@2"`)).toEqual(["other"]);
    expect(keys(`${BASE}colour = 1`)).toEqual(["unknown"]);
  });

  test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    "with the key %s is refused, and no prototype is touched",
    (name) => {
      expect(keys(`${BASE}${name} = 1`)).toEqual(["unknown"]);
      expect(keys(`${BASE}[${name}]\npolluted = 1`)).toEqual(["unknown"]);
      expect(keys(`${BASE}edits = ["${name} x"]`)).toEqual(["edit"]);
      expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    },
  );

  test("with numbers that are none, or with values of another kind, is refused", () => {
    for (const to of ["nan", "inf", "[1]", "{ a = 1 }"]) {
      expect(keys(`${BASE}[[set]]\npath = "levels.pace"\nto = ${to}\nsource = "x"`)).toEqual([
        "set",
      ]);
    }
    expect(keys(`${BASE}edits = "council leader"`)).toEqual(["list"]);
    expect(keys(`${BASE}edits = [1, "council leader"]`)).toEqual(["text"]);
    expect(keys(`${BASE}without = [["great_raid"]]`)).toEqual(["text"]);
    expect(keys(`${BASE}[[moved]]\njuncture = "x"`)).toEqual(["moved"]);
    expect(keys(`${BASE}[[moved]]\njuncture = "x"\nby_quarters = 1\nto = 1998-01-01`)).toEqual([
      "moved",
    ]);
    expect(keys(`${BASE}[[moved]]\njuncture = "x"\nby_quarters = nan`)).toEqual(["moved"]);
  });

  test("with tables in tables without end is refused, and told", () => {
    expect(keys(`extends${".a".repeat(40_000)} = 1`)).toEqual(["base"]);
    expect(keys(`${BASE}edits = ${"[".repeat(50_000)}`)).toEqual(["toml"]);
    expect(keys(`${BASE}edits = [{ a${".a".repeat(40_000)} = 1 }]`)).toEqual(["text"]);
  });

  test("of a million edits is refused, whole, and at once", () => {
    const edits = `edits = [${'"without x",'.repeat(1_000_000)}]`;
    const begin = performance.now();
    expect(keys(BASE + edits)).toEqual(["long"]);
    expect(performance.now() - begin).toBeLessThan(100);
    const fewer = `edits = [${'"without x",'.repeat(500)}]`;
    expect(keys(BASE + fewer)).toEqual(["many"]);
    expect(keys(`# ${"x".repeat(MOST_LETTERS)}`)).toEqual(["long"]);
  });

  test("tells at most some problems, each no longer than a line", () => {
    const strange = Array.from({ length: 50 }, (_, k) => `k${k}${"x".repeat(500)} = 1`).join("\n");
    const { problems } = readWhatIf(BASE + strange, payload);
    expect(problems).toHaveLength(8);
    for (const { given } of problems) expect(String(given["name"]).length).toBeLessThanOrEqual(61);
  });

  test("has words for each of its problems in every language", () => {
    const told =
      "long toml no_base base adds other unknown list text moved set edit long_edit many";
    for (const [code, { text }] of Object.entries(LANGUAGES)) {
      const file = text["file"] as Record<string, unknown>;
      for (const key of told.split(" ")) expect(file, `${key} in ${code}`).toHaveProperty(key);
    }
  });
});
