// The address is a lab-book entry: all that a question is stands behind the # of the page's address.
// `alliance_sim.lab.solution` reads the same. Whatever cannot be read is told, and nothing is run.
import type { Payload, Question } from "../contract";

const LINK_VERSION = 1;
export const LONGEST_LINK = 8000;
export const MOST_EDITS = 100;
/** Sets of uniforms a draw, or runs: as many as the page runs. */
export const MOST_RUNS = { posterior: 64, fresh: 20_000 };

/** Number of a history, where it is not known how many draws there are. */
export const MOST_HISTORY = 1_000_000;

export interface Place {
  question: Question;
  panel: string;
  /** Which history is looked at where a single one is shown, from 0; a link counts from 1. */
  history: number;
}

export interface Read {
  place: Place;
  problems: string[];
}

/** Return where a page begins. */
export function beginning(payload: Payload): Place {
  const given = payload.draws === null ? "fresh" : "posterior";
  return {
    question: {
      edits: [],
      outcome: payload.outcomes[0]?.text ?? "",
      theory: payload.theories[0]?.name ?? "",
      noise: given,
      runs: given === "posterior" ? 4 : 1000,
      seed: 1,
    },
    panel: payload.lesson === null ? "timeline" : "lesson",
    history: 0,
  };
}

/** Return the part of an address behind the #. */
export function linkOf(place: Place, digest: string): string {
  const { question } = place;
  const said = new URLSearchParams({ v: String(LINK_VERSION), of: digest.slice(0, 12) });
  for (const edit of question.edits) said.append("edit", edit);
  said.set("outcome", question.outcome);
  said.set("theory", question.theory);
  said.set("noise", question.noise);
  said.set("runs", String(question.runs));
  said.set("seed", String(question.seed));
  said.set("panel", place.panel);
  if (place.history > 0) said.set("history", String(place.history + 1));
  return said.toString();
}

/** Return what a link says; what it does not say is as at the beginning. */
export function readLink(hash: string, payload: Payload, panels: readonly string[]): Read {
  const place = beginning(payload);
  const text = hash.replace(/^#/, "");
  if (text === "") return { place, problems: [] };
  if (text.length > LONGEST_LINK) return { place, problems: ["long"] };
  const said = new URLSearchParams(text);
  const problems: string[] = [];
  if (said.get("v") !== String(LINK_VERSION)) return { place, problems: ["version"] };
  if (said.has("of") && said.get("of") !== payload.scenario.digest.slice(0, 12)) {
    return { place, problems: ["scenario"] };
  }
  const edits = said.getAll("edit");
  if (edits.length > MOST_EDITS) problems.push("edits");
  const { question } = place;
  const noise = said.get("noise") ?? question.noise;
  const known = payload.theories.map(({ name }) => name);
  const theory = said.get("theory") ?? question.theory;
  if (noise !== "posterior" && noise !== "fresh") problems.push("noise");
  else if (noise === "posterior" && payload.draws === null) problems.push("noise");
  else question.noise = noise;
  // Both worlds are under the link's theory: no edit of one names another.
  const edited = edits.some((edit) => edit.trim().split(" ", 1)[0] === "theory");
  if (edited || !known.includes(theory)) problems.push("theory");
  const runs = whole(said.get("runs"), question.runs, MOST_RUNS[question.noise], 1);
  const seed = whole(said.get("seed"), question.seed, Number.MAX_SAFE_INTEGER, 0);
  if (runs === null) problems.push("runs");
  if (seed === null) problems.push("seed");
  const panel = said.get("panel") ?? place.panel;
  if (!panels.includes(panel)) problems.push("panel");
  const most = historiesOf(payload, { ...question, theory, runs: runs ?? question.runs });
  const history = whole(said.get("history"), 1, most, 1);
  if (history === null) problems.push("history");
  if (problems.length > 0) return { place, problems };
  question.edits = edits;
  question.outcome = said.get("outcome") ?? question.outcome;
  question.theory = theory;
  question.runs = runs ?? question.runs;
  question.seed = seed ?? question.seed;
  return { place: { question, panel, history: (history ?? 1) - 1 }, problems };
}

/** Return how many histories a question has. */
export function historiesOf(payload: Payload, question: Question): number {
  const { theory, noise, runs } = question;
  if (noise === "fresh") return runs;
  const draws = payload.theories.find(({ name }) => name === theory)?.draws ?? 0;
  return draws > 0 ? draws * runs : MOST_HISTORY;
}

function whole(text: string | null, usual: number, most: number, least: number): number | null {
  if (text === null) return usual;
  if (!/^\d{1,16}$/.test(text)) return null;
  const value = Number(text);
  return value >= least && value <= most ? value : null;
}
