import { describe, expect, test } from "vitest";
import {
  cleared,
  dropped,
  happens,
  moved,
  movedBy,
  numberSet,
  put,
  reach,
  restored,
  said,
  setting,
  tidied,
} from "../../src/state/edits";
import { holdsIn, holdText, plain, readHold } from "../../src/holds";
import { madePayload } from "./made";

const payload = madePayload();
const raid = payload.junctures[0]!;

describe("an edit", () => {
  test("is taken apart at the mark of its kind", () => {
    expect(said("shift great_raid:+4:stays")).toEqual({
      kind: "shift",
      about: "great_raid",
      says: "+4:stays",
    });
    expect(said("member hills:exposure.raiders=2")).toEqual({
      kind: "member",
      about: "hills:exposure.raiders",
      says: "2",
    });
    expect(said("council leader")).toEqual({ kind: "council", about: "leader", says: "" });
    expect(said(" council   leader ")).toEqual({ kind: "council", about: "leader", says: "" });
  });

  test("is parted from its first word by a space, as the package has it, and by nothing else", () => {
    for (const between of ["\t", "\n", "\u00a0", "\u3000"]) {
      expect(said(`council${between}leader`)).toBeNull();
      expect(holdsIn([`hold${between}rung=1@1998`])).toEqual([]);
    }
  });

  test("of no kind that the page has is none, and names of a prototype are none", () => {
    for (const text of ["held rung=3@2003", "", "constructor x", "__proto__ x", "toString y"]) {
      expect(said(text)).toBeNull();
    }
  });
});

describe("a number", () => {
  const { path: motive } = payload.motives[0]!;

  test("is set in plainest words, and read in any", () => {
    expect([setting("levels.pace"), setting("member.hills.offset"), setting(motive)]).toEqual([
      "set levels.pace",
      "member hills:offset",
      "motive leverage",
    ]);
    const cases: [string, string, number | null][] = [
      ["set levels.pace=2", "levels.pace", 2],
      ["member hills:offset=-.5", "member.hills.offset", -0.5],
      ["set member.hills.offset=1e-1", "member.hills.offset", 0.1],
      ["motive leverage=on", motive, 1],
      ["motive leverage=off", motive, 0],
      ["set motives.leverage=0.5", motive, 0.5],
      ["strength great_raid=2", "juncture.great_raid.effect.0.size", null],
      ["leader captain=none", "leader.captain.push", null],
      ["without great_raid", "levels.pace", null],
    ];
    for (const [edit, path, value] of cases) {
      expect([edit, numberSet([edit], path, payload)]).toEqual([edit, value]);
    }
  });
});

describe("putting an edit", () => {
  test("takes the place of another of the same thing", () => {
    const edits = ["shift great_raid:+4", "council leader"];
    expect(put(edits, "shift great_raid:-2", payload)).toEqual([
      "shift great_raid:-2",
      "council leader",
    ]);
    expect(put(["council leader"], "set council.rule=weighted", payload)).toEqual([
      "set council.rule=weighted",
    ]);
    expect(put(["set member.hills.offset=0.1"], "member hills:offset=0.5", payload)).toEqual([
      "member hills:offset=0.5",
    ]);
  });

  test("of a removed juncture leaves no other edit of it standing, and the other way round", () => {
    const moves = ["shift great_raid:+4", "strength great_raid:0.5"];
    expect(put(moves, "without great_raid", payload)).toEqual(["without great_raid"]);
    expect(put(["without great_raid"], "shift great_raid:+4", payload)).toEqual([
      "shift great_raid:+4",
    ]);
    expect(put(["shift admiral_rules:+4"], "leader admiral_rules=none", payload)).toEqual([
      "leader admiral_rules=none",
    ]);
  });

  test("of what is similar in name only touches nothing else", () => {
    const edits = ["without great_raid"];
    expect(put(edits, "without great_raid_ii", payload)).toEqual([
      "without great_raid",
      "without great_raid_ii",
    ]);
  });

  test("that changes nothing takes the old one back", () => {
    expect(put(["set levels.pace=2"], "set levels.pace=1.0", payload)).toEqual([]);
    expect(put(["council leader"], "council consensus", payload)).toEqual([]);
    expect(put(["motive leverage=on"], "motive leverage=off", payload)).toEqual([]);
    expect(put(["member hills:offset=1"], "member hills:offset=0.2", payload)).toEqual([]);
    expect(put(["strength great_raid:2"], "strength great_raid:1", payload)).toEqual([]);
  });
});

describe("a hold", () => {
  test("is of a state and a window: another value takes its place, another window stands beside", () => {
    expect(said("hold rung=3@1995..1997")).toEqual({
      kind: "hold",
      about: "rung",
      says: "3@1995..1997",
    });
    const one = ["hold rung=3@1995..1997"];
    expect(put(one, "hold rung=2@1995..1997", payload)).toEqual(["hold rung=2@1995..1997"]);
    const two = [...one, "hold rung=1@1998"];
    expect(put(one, "hold rung=1@1998", payload)).toEqual(two);
    expect(put(two, "without great_raid", payload)).toEqual([...two, "without great_raid"]);
  });

  test("is read and written as the package does", () => {
    const hold = { state: "rung", value: 3, window: "1995..1997" };
    expect(readHold("rung = 3.0 @ 1995 .. 1997")).toEqual(hold);
    expect(holdText(hold)).toBe("hold rung=3@1995..1997");
    expect(readHold("rung=-0@1995..1995")).toEqual({ state: "rung", value: 0, window: "1995" });
    for (const wrong of ["rung", "rung=x@1995", "rung=1", "=1@1995", "rung=1@1995..1996..1997"]) {
      expect(readHold(wrong)).toBeNull();
    }
    expect([0.1, 1, 1e-5, 2.5e-10].map(plain)).toEqual(["0.1", "1", "1e-05", "2.5e-10"]);
    const both = holdsIn(["hold rung=1@1998", "council leader", "hold level_operations=0.5@1996"]);
    expect(both.map(({ state }) => state)).toEqual(["level_operations", "rung"]);
  });
});

describe("what is kept as dated", () => {
  test("stays while something that it follows is edited, itself or by others", () => {
    const edits = ["without great_raid", "keep ports_act"];
    expect(tidied(edits, payload)).toEqual(edits);
    expect(dropped(edits, "without great_raid", payload)).toEqual([]);
    expect(tidied(["shift joint_patrol:+1", "keep ports_act"], payload)).toHaveLength(2);
    expect(tidied(["without admiral_rules", "keep ports_act"], payload)).toHaveLength(1);
  });
});

describe("a juncture", () => {
  test("is moved by quarters, and back where it was is not moved", () => {
    const edits = moved([], raid, 6, payload);
    expect(edits).toEqual(["shift great_raid:+6"]);
    expect(movedBy(edits, raid)).toBe(6);
    expect(moved(edits, raid, -3, payload)).toEqual(["shift great_raid:-3"]);
    expect(moved(edits, raid, 0, payload)).toEqual([]);
  });

  test("keeps what was said of its end while it is moved", () => {
    expect(moved(["shift great_raid:+1:stays"], raid, 2, payload)).toEqual([
      "shift great_raid:+2:stays",
    ]);
    const patrol = payload.junctures[1]!;
    const ends = moved(["shift joint_patrol:+2 : 1999-01-01"], patrol, 0, payload);
    expect(ends).toEqual(["shift joint_patrol:+0:1999-01-01"]);
    expect(moved(ends, patrol, -1, payload)).toEqual(["shift joint_patrol:-1:1999-01-01"]);
    expect(moved(["shift great_raid:+1:stays"], raid, 0, payload)).toEqual([]);
  });

  test("that was put on a day is told in quarters from where it was", () => {
    expect(movedBy(["shift great_raid:1996-04-02"], raid)).toBeCloseTo(4, 1);
    expect(movedBy(["shift great_raid:nonsense"], raid)).toBe(0);
  });

  test("whose shift is written with spaces is moved all the same", () => {
    expect(movedBy(["shift great_raid : +4 : stays"], raid)).toBe(4);
    expect(movedBy(["shift great_raid: 1996-04-02 :moves"], raid)).toBeCloseTo(4, 1);
    expect(tidied(["shift great_raid:+0 : stays"], payload)).toEqual([]);
  });

  test("of which the end alone is moved is changed", () => {
    const edits = ["shift joint_patrol:+0:1999-01-01"];
    expect(tidied(edits, payload)).toEqual(edits);
    expect(put(["shift joint_patrol:+4"], edits[0]!, payload)).toEqual(edits);
    expect(movedBy(edits, payload.junctures[1]!)).toBe(0);
    expect(tidied(["shift joint_patrol:+0:moves"], payload)).toEqual([]);
    expect(tidied([...edits, "keep ports_act"], payload)).toEqual(edits); // the patrol stays
  });

  test("whose date is set is moved, and back where it was is not", () => {
    const edits = ["set juncture.great_raid.date=1996-04-02"];
    expect(movedBy(edits, raid)).toBeCloseTo(4, 1);
    expect(movedBy(edits, payload.junctures[1]!)).toBe(0);
    expect(moved(edits, raid, 0, payload)).toEqual([]);
    expect(moved(edits, raid, 2, payload)).toEqual(["shift great_raid:+2"]);
    expect(tidied([...edits, "keep ports_act"], payload)).toHaveLength(2);
  });

  test("happens unless it is removed or another leader stands in its place", () => {
    expect(happens([], "great_raid")).toBe(true);
    expect(happens(["without great_raid"], "great_raid")).toBe(false);
    expect(happens(["leader admiral_rules=none"], "admiral_rules")).toBe(false);
    expect(happens(["shift great_raid:+1"], "great_raid")).toBe(true);
  });

  test("that is set as absent does not happen until it is restored, whatever removed it", () => {
    const absent = ["set juncture.great_raid.present=False"];
    expect(happens(absent, "great_raid")).toBe(false);
    expect(happens(absent, "joint_patrol")).toBe(true);
    expect(happens(["set juncture.great_raid.present=true"], "great_raid")).toBe(true);
    expect(tidied([...absent, "keep ports_act"], payload)).toHaveLength(2);
    for (const edits of [absent, ["without great_raid"], ["leader great_raid=none"]]) {
      expect(restored([...edits, "council leader"], "great_raid", payload)).toEqual([
        "council leader",
      ]);
    }
  });

  test("can be moved to the first and the last quarter of the run, no farther", () => {
    expect(reach(raid)).toEqual([-21, 18]);
    expect(reach({ ...raid, range: [1995.25, 1995.25] })).toEqual([0, 0]);
  });

  test("is cleared of edits of one kind alone", () => {
    const edits = ["shift great_raid:+1", "strength great_raid:2", "shift ports_act:+1"];
    expect(cleared(edits, "shift", "great_raid", payload)).toEqual(edits.slice(1));
    expect(cleared(edits, "shift", null, payload)).toEqual(["strength great_raid:2"]);
  });
});
