import { beforeAll, describe, expect, test } from "vitest";
import { codedDay, monthText, yearTicks } from "../../src/parts/dates";
import { along, firstWindow, inside, nearer, spanOf, xOf, yearAt } from "../../src/parts/window";
import { decimalYear, readDay } from "../../src/engine/days";
import { dayOf, quartersOn } from "../../src/state/calendar";
import { words } from "../../src/text";
import { nextAct } from "../../src/panels/timeline/acts_shown";
import { HANDLE, standings } from "../../src/panels/timeline/lanes";
import { reachOf, ROWS, valueTicks } from "../../src/panels/timeline/rows";
import { inTwoSentences, largest } from "../../src/panels/timeline/summary";
import { inQuarters, stepAt, yearOf } from "../../src/state/time";
import { madePayload, madePicture, STEPS } from "./made";
import { frameOf } from "./payload";

const payload = madePayload();
const span = spanOf(payload);
const question = { edits: ["without great_raid"], outcome: "", theory: "RID", seed: 1, runs: 4 };
const asked = { ...question, noise: "fresh" as const };

beforeAll(() => {
  words.value = payload.relationship.words;
});

describe("dates", () => {
  test("are those of the package: months are twelfths, days parts of their month", () => {
    expect(decimalYear({ year: 2001, month: 4, day: 1 })).toBe(2001.25);
    expect(decimalYear({ year: 2001, month: 9, day: 11 })).toBeCloseTo(2001.6944444444443, 12);
    for (let month = 1; month <= 12; month += 1) {
      for (const day of [1, 2, 15, 28]) {
        expect(dayOf(decimalYear({ year: 2004, month, day }))).toEqual({ year: 2004, month, day });
      }
    }
    expect(dayOf(2001.99999)).toEqual({ year: 2002, month: 1, day: 1 });
  });

  test("that are none are not taken for one", () => {
    expect(readDay("2001-09-11")).toEqual({ year: 2001, month: 9, day: 11 });
    for (const text of ["2001-02-30", "2001-13-01", "2001-9-11", "NaN", ""]) {
      expect(readDay(text)).toBeNull();
    }
  });

  test("go on by quarters on the same day of the month, or on its last", () => {
    const on = (text: string, quarters: number) =>
      dayOf(quartersOn(decimalYear(readDay(text)!), quarters));
    expect(on("2001-09-11", 4)).toEqual({ year: 2002, month: 9, day: 11 });
    expect(on("2001-11-30", 1)).toEqual({ year: 2002, month: 2, day: 28 });
    expect(on("1995-04-01", -21)).toEqual({ year: 1990, month: 1, day: 1 });
    expect(monthText(quartersOn(2001.69, 4), "en")).toBe("Sep 2002");
  });

  test("are told no more exactly than they were coded", () => {
    expect(codedDay("1997", "en")).toBe("1997");
    expect(codedDay("1995-02", "en")).toBe("February 1995");
    expect(codedDay("1995-08-11", "en")).toBe("August 11, 1995");
    expect(codedDay("sometime", "en")).toBe("sometime");
  });

  test("stand at round years on an axis, no more than are asked for", () => {
    expect(yearTicks(1990, 2000, 12)).toHaveLength(11);
    expect(yearTicks(1984, 2026, 9)).toEqual([
      1985, 1990, 1995, 2000, 2005, 2010, 2015, 2020, 2025,
    ]);
    expect(yearTicks(1950, 2026, 4).length).toBeLessThanOrEqual(4);
  });
});

describe("the window", () => {
  test("begins some years before the first juncture and never leaves the run", () => {
    expect(firstWindow(payload)).toEqual({ from: 1990, until: 2000 });
    expect(inside({ from: 1900, until: 1905 }, span)).toEqual({ from: 1990, until: 1995 });
    expect(inside({ from: 1999.9, until: 1999.95 }, span)).toEqual({ from: 1998, until: 2000 });
    expect(along(span, 0.5, span)).toEqual(span);
  });

  test("goes nearer and farther around the year that is pointed at", () => {
    const near = nearer(span, 0.5, 1994, span);
    expect(near).toEqual({ from: 1992, until: 1997 });
    expect(nearer(near, 100, 1994, span)).toEqual(span);
  });

  test("turns places into years and back", () => {
    const places = { ...span, width: 500, left: 40, right: 10 };
    expect(yearAt(places, xOf(places, 1996.3))).toBeCloseTo(1996.3, 9);
    expect(xOf(places, 1990)).toBe(40);
    expect(xOf(places, 2000)).toBe(490);
  });
});

describe("handles", () => {
  test("never lie on each other, however close their dates are", () => {
    const xs = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 40, 41, 300];
    const found = standings(
      xs,
      xs.map(() => 100),
      320,
    );
    xs.forEach((x, place) => {
      xs.slice(0, place).forEach((other, before) => {
        const apart = found[place]!.lane !== found[before]!.lane;
        expect(apart || Math.abs(x - other) >= HANDLE).toBe(true);
      });
    });
  });

  // Where handles with their labels begin and end, lane by lane from the left.
  const spans = (xs: number[], wanted: number[], width: number, most?: number) => {
    const found = standings(xs, wanted, width, most).map(({ lane, room, side }, place) => {
      const [from, to] = [xs[place]! - HANDLE / 2, xs[place]! + HANDLE / 2];
      return side === "left" ? { lane, from: from - room, to } : { lane, from, to: to + room };
    });
    return found.sort((one, other) => one.lane - other.lane || one.from - other.from);
  };

  test("and their labels never lie on each other, nor leave the chart", () => {
    const xs = Array.from({ length: 60 }, (_, place) => 14 + ((place * 137) % 780));
    for (const many of [4, 12, 25, 35]) {
      for (const most of [60, 176, Infinity]) {
        const some = xs.slice(0, many);
        const wanted = some.map((_, place) => 70 + ((place * 53) % 200));
        const found = spans(some, wanted, 800, most);
        found.slice(1).forEach((one, before) => {
          const other = found[before]!;
          if (other.lane === one.lane) expect(other.to).toBeLessThanOrEqual(one.from);
        });
        for (const { from, to } of found) {
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeLessThanOrEqual(Math.max(800, ...some.map((x) => x + HANDLE / 2)));
        }
      }
    }
  });

  test("at the end of the chart have their labels on the left, whole", () => {
    const [one, other] = standings([100, 280], [90, 90], 300);
    expect(one).toEqual({ lane: 0, room: 90, side: "right" });
    expect(other).toEqual({ lane: 1, room: 90, side: "left" });
  });

  test("get more room than a label may claim where nobody else wants it", () => {
    expect(standings([20], [250], 400, 100)).toEqual([{ lane: 0, room: 250, side: "right" }]);
    const [one, other] = standings([20, 160], [250, 80], 400, 100);
    expect(one).toEqual({ lane: 0, room: 160 - 20 - HANDLE, side: "right" });
    expect(other).toEqual({ lane: 0, room: 80, side: "right" });
  });
});

describe("acts", () => {
  const acts = payload.record!.acts;
  test("follow each other by arrow keys, by date and by row", () => {
    expect(nextAct(acts, 0, "ArrowRight")).toBe(1);
    expect(nextAct(acts, 0, "ArrowLeft")).toBe(0);
    expect(nextAct(acts, 2, "ArrowRight")).toBe(2);
    expect(nextAct(acts, 2, "ArrowDown")).toBe(1);
    expect(nextAct(acts, 1, "ArrowUp")).toBe(0);
    expect(nextAct(acts, 1, "ArrowDown")).toBe(1);
    expect(nextAct(acts, 0, "End")).toBe(2);
    expect(nextAct(acts, 0, "x")).toBeNull();
  });
});

describe("the summary", () => {
  test("tells level and trend, and that nothing was changed", () => {
    const picture = madePicture({ ...asked, edits: [] }, null);
    expect(inTwoSentences(picture, payload, span)).toBe(
      "From 1990 to 1999 the middle history as it was goes from 0.20 to 0.69 in “Talks”, from 0.20 " +
        "to 0.69 in “Patrols”, and from 0.20 to 0.69 in “Ships”; it ends at formal step 3. You have " +
        "changed nothing yet.",
    );
  });

  test("tells where and when the worlds differ most, and where the ladder ends", () => {
    const picture = madePicture(asked, 12);
    expect(largest(picture, [0, 39])).toMatchObject({
      step: 12,
      row: { state: "level_operations" },
    });
    expect(inTwoSentences(picture, payload, span)).toContain(
      "With your changes the largest difference of levels is in “Patrols”, 0.15 lower in 1993, and " +
        "the middle history ends at formal step 1 instead of 3.",
    );
  });

  test("tells of no difference where there is none to speak of", () => {
    const picture = madePicture(asked, 100);
    expect(inTwoSentences(picture, payload, span)).toContain("no level differs by 0.01 or more");
  });
});

describe.each([
  [1, "2029", 120],
  [2, "2009", 60],
  [12, "1993", 10],
])("a run of %i steps a year", (perYear, last, later) => {
  const years = { ...payload, frame: frameOf(1990, 1989 + STEPS / perYear, perYear) };

  test("is told by its own years", () => {
    const told = inTwoSentences(madePicture(asked, 12), years, spanOf(years));
    expect(told).toContain(`From 1990 to ${last} the middle history`);
    expect(told).toContain(`0.15 lower in ${1990 + Math.floor(12 / perYear)}`);
  });

  test("finds its steps by date, and tells how long they take in quarters", () => {
    for (const step of [0, 1, 7, STEPS - 1]) {
      expect(stepAt(yearOf(step, years), years)).toBeCloseTo(step, 9);
    }
    expect(inQuarters(30, years)).toBe(later);
  });
});

describe("the scale of differences", () => {
  test("is one for all levels, wide enough for each, and as narrow as can be", () => {
    const picture = madePicture(asked, 12);
    const [politics, operations] = ROWS;
    expect(reachOf(operations!, picture)).toBe(0.3); // −0.15, and 0.1 beside it
    expect(reachOf(politics!, picture)).toBe(0.3);
    expect(reachOf(ROWS[3]!, picture)).toBe(3);
    expect(reachOf(politics!, null)).toBe(0.1);
    expect(valueTicks(politics!, payload, 0.3)).toEqual([-0.3, 0, 0.3]);
  });
});
