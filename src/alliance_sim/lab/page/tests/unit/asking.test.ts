// Lists of edits as the engine reads them, which changes nothing and which does.
import { expect, test } from "vitest";
import type { Frame } from "../../../engine.mjs";
import { readEdits } from "../../src/engine/asking";
import { Offered, type Editable } from "../../src/engine/drafts";

type Card = Editable["junctures"][string];
const card = (date: string, more: Partial<Card> = {}): Card => ({
  ...{ spellings: [], kind: "event", present: true, date, end: null, original: null },
  ...{ follows: [], hazard: false, effects: [], leads: null, ...more },
});
const kind = { form: "so", example: "this" };
const editable: Editable = {
  kinds: { shift: kind, set: kind, keep: kind },
  junctures: {
    great_raid: card("1995-04-01"),
    joint_patrol: card("1996-07-01", { kind: "mission", end: "1998-07-01" }),
    ports_act: card("1996-10-01", { kind: "law", follows: ["joint_patrol"] }),
  },
  ...{ leaders: {}, theories: {} },
  settings: { "juncture.ports_act.when_cause_removed": { value: "drawn", choices: { stays: 0 } } },
  holds: { states: {}, cannot: {}, periods: {} },
};
const frame: Partial<Frame> = { time: [1990, 1999, 4], tables: {}, reported: {} };
const offered = new Offered(editable, [], frame as Frame);
const problems = (...edits: string[]) => readEdits(offered, edits, "islands").problems;

test("a shift that moves only the end of a juncture changes something", () => {
  expect(problems("shift joint_patrol:+0:1999-01-01")).toEqual([]);
  expect(problems("shift joint_patrol:1996-07-01:1999-01-01")).toEqual([]);
});

test("a shift that leaves both days where they are changes nothing", () => {
  for (const end of ["", ":moves", ":stays", ":1998-07-01"]) {
    const edit = `shift joint_patrol:+0${end}`;
    expect(problems(edit)).toEqual([`${edit}: changes nothing, it stands so in islands`]);
  }
  const edits = ["shift great_raid:+0", "set juncture.joint_patrol.date=1996-07-01"];
  expect(problems(...edits)).toHaveLength(2);
});

test("nothing is held on account of a juncture whose end alone is moved", () => {
  expect(problems("shift joint_patrol:+1", "keep ports_act")).toEqual([]);
  expect(problems("shift joint_patrol:+0:1999-01-01", "keep ports_act")).toEqual([
    "keep ports_act: nothing that it follows is edited, so there is nothing to hold",
  ]);
});
