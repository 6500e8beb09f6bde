import { describe, expect, test } from "vitest";
import { LONGEST_LINK, beginning, linkOf, readLink, unlinkable } from "../../src/state/link";
import { smallPayload } from "./payload";

const PANELS = ["timeline", "about"];
const payload = smallPayload();
const digest = payload.scenario.digest;
const reading = (hash: string, of = payload) => readLink(hash, of, PANELS);

describe("a link", () => {
  test("says all that a question is", () => {
    const question = {
      edits: ["without great_raid", "shift joint_patrol:+16", "set levels.pace=1.5"],
      outcome: "level_equipment>0.5@2024",
      theory: "N",
      noise: "fresh" as const,
      runs: 77,
      seed: 12345,
    };
    const place = { question, panel: "about", history: 76 };
    expect(reading(`#${linkOf(place, digest)}`)).toEqual({ place, problems: [] });
  });

  test("says which language it is to be read in, if it names one that the page has", () => {
    const { place, problems } = reading("#v=1&language=ja");
    expect([place.language, problems]).toEqual(["ja", []]);
    expect(reading(`#${linkOf(place, digest)}`).place).toEqual(place);
    for (const other of ["", "&language=xx", "&language=toString"]) {
      expect(reading(`#v=1${other}`)).toEqual({ place: beginning(payload), problems: [] });
    }
    const edits = ["x".repeat(LONGEST_LINK - linkOf(beginning(payload), digest).length - 10)];
    const long = { ...place, question: { ...place.question, edits } };
    expect(reading(`#${linkOf(long, digest)}`).problems).toEqual([]); // it is left out of a full one
  });

  test("that is empty is the beginning", () => {
    expect(reading("")).toEqual({ place: beginning(payload), problems: [] });
    expect(reading("#")).toEqual({ place: beginning(payload), problems: [] });
  });

  test("that is empty opens the lesson of a page that was written for one", () => {
    const taught = smallPayload({ lesson: "was_it_abe" });
    expect(readLink("", taught, [...PANELS, "lesson"]).place.panel).toBe("lesson");
  });

  test("that leaves things out has them as at the beginning", () => {
    const { place, problems } = reading("#v=1&edit=without+great_raid");
    expect(problems).toEqual([]);
    expect(place.question).toEqual({
      ...beginning(payload).question,
      edits: ["without great_raid"],
    });
  });

  test("keeps a script in a name as letters", () => {
    const hostile = "without <script>alert(1)</script>&edit=x#";
    const place = {
      question: { ...beginning(payload).question, edits: [hostile] },
      panel: "about",
      history: 0,
    };
    expect(reading(`#${linkOf(place, digest)}`).place.question.edits).toEqual([hostile]);
  });

  test.each([
    ["v=2", "version"],
    ["edit=without+x", "version"],
    ["v=1&of=another", "scenario"],
    [`v=1&edit=${"x".repeat(LONGEST_LINK)}`, "long"],
    [`v=1${"&edit=x".repeat(101)}`, "edits"],
    ["v=1&edit=theory+N", "theory_edit"],
    ["v=1&noise=posterior", "noise"],
    ["v=1&noise=__proto__", "noise"],
    ["v=1&theory=constructor", "theory"],
    ["v=1&runs=NaN", "runs"],
    ["v=1&runs=1e3", "runs"],
    ["v=1&runs=0", "runs"],
    ["v=1&runs=99999999", "runs"],
    ["v=1&runs=-1", "runs"],
    ["v=1&seed=99999999999999999999", "seed"],
    ["v=1&seed=0x10", "seed"],
    ["v=1&panel=toString", "panel"],
    ["v=1&history=0", "history"],
    ["v=1&history=-3", "history"],
    ["v=1&history=1.5", "history"],
    ["v=1&history=constructor", "history"],
    ["v=1&runs=20&history=21", "history"],
  ])("that cannot be read (%s) says why and changes nothing", (hash, problem) => {
    const { place, problems } = reading(`#${hash}`);
    expect(problems.map(({ key }) => key)).toEqual([problem]);
    expect(place).toEqual(beginning(payload));
  });

  test("tells all its problems at once", () => {
    const { problems } = reading("#v=1&runs=x&seed=y&theory=z");
    expect(problems.map(({ key }) => key)).toEqual(["theory", "runs", "seed"]);
  });

  test("says how many letters and changes it holds, and how many are read", () => {
    const told = (hash: string) => reading(hash).problems[0]?.given;
    expect(told(`v=1&edit=${"x".repeat(7_992)}`)).toEqual({ found: "8,001", most: "8,000" });
    expect(told(`v=1${"&edit=x".repeat(101)}`)).toEqual({ found: "101", most: "100" });
    expect(reading(`v=1${"&edit=x".repeat(100)}`).problems).toEqual([]);
  });

  test("can be made of any question that is not refused for it, and is read back", () => {
    const asking = (edits: string[]) => ({ ...beginning(payload).question, edits });
    const most = (edits: string[]) => unlinkable(asking(edits), payload, PANELS);
    const whole = Array.from({ length: 100 }, (_, k) => `set a.b${k}=1`);
    expect(most(whole)).toEqual([]);
    const place = { question: asking(whole), panel: "timeline", history: 999 };
    expect(reading(`#${linkOf(place, digest)}`)).toEqual({ place, problems: [] });
    expect(most([...whole, "set a.c=1"])).toEqual([
      "link: holds 101 edits, at most 100 are read; a file can hold more: alliance-sim whatif FILE",
    ]);
    const room = 8_000 - linkOf({ ...place, question: asking(["x"]) }, digest).length + 1;
    expect(most(["x".repeat(room)])).toEqual([]);
    expect(most(["x".repeat(room + 1)])).toEqual([
      "link: has 8,001 letters, at most 8,000 are read; a file can hold more: alliance-sim whatif FILE",
    ]);
  });

  test("counts histories from one, and leaves the first out", () => {
    const place = { ...beginning(payload), history: 16 };
    expect(linkOf(place, digest)).toContain("history=17");
    expect(linkOf({ ...place, history: 0 }, digest)).not.toContain("history");
    expect(reading("#v=1&history=17").place.history).toBe(16);
  });

  test("names no history beyond its draws and their sets of uniforms", () => {
    const drawn = smallPayload({
      draws: {},
      theories: [{ name: "RID", title: "all", weight: null, draws: 300 }],
    });
    expect(reading("#v=1&runs=2&history=600", drawn).place.history).toBe(599);
    expect(reading("#v=1&runs=2&history=601", drawn).problems[0]?.key).toBe("history");
  });

  test("may ask given the history where draws are in the page", () => {
    const { place, problems } = reading("#v=1&noise=posterior&runs=7", smallPayload({ draws: {} }));
    expect(problems).toEqual([]);
    expect([place.question.noise, place.question.runs]).toEqual(["posterior", 7]);
  });
});
