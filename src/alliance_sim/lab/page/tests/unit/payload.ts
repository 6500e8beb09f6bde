// A small payload for unit tests.
import type { Frame } from "../../../engine.mjs";
import type { Payload } from "../../src/contract";

/** A frame of which nothing is looked at but its years. */
export function frameOf(...time: Frame["time"]): Frame {
  const frame: Partial<Frame> = { time };
  return frame as Frame;
}

export function smallPayload(change: Partial<Payload> = {}): Payload {
  return {
    format: "alliance-sim lab",
    version: 1,
    program: "0",
    relationship: {
      name: "two_islands",
      words: {},
      colours: {} as Payload["relationship"]["colours"],
    },
    scenario: {
      name: "two_islands/baseline",
      title: "",
      digest: "0123456789abcdef",
      description: "",
    },
    frame: frameOf(1950, 2025, 4),
    periods: [],
    rungs: [],
    kinds: [],
    items: [],
    junctures: [],
    leaders: [],
    members: [],
    threats: [],
    councils: [],
    motives: [],
    theories: [
      { name: "RID", title: "all", weight: null, draws: 3 },
      { name: "N", title: "none", weight: null, draws: 3 },
    ],
    states: [],
    holds: [],
    outcomes: [{ text: "rung>=2@2010", title: "" }],
    numbers: [],
    record: null,
    draws: null,
    asked_before: null,
    editable: null,
    curves: [],
    known: null,
    lessons: [],
    headlines: [],
    lesson: null,
    language: "en",
    start: "",
    ...change,
  };
}
