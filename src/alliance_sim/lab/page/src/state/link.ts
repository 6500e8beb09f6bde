// The address is a lab-book entry: all that a question is stands behind the # of the page's address.
// `alliance_sim.lab.solution` reads the same. Whatever cannot be read is told, and nothing is run.
import type { Payload, Question } from "../contract";
import { stripped } from "../engine/letters";
import { LANGUAGES } from "../text";

const LINK_VERSION = 1;
export const LONGEST_LINK = 8000;
export const MOST_EDITS = 100;
const MORE = "a file can hold more: alliance-sim whatif FILE";
/** Sets of uniforms a draw, or runs: as many as the page runs in 0.8 GB, noise of all included. */
export const MOST_RUNS = { posterior: 8, fresh: 5_000 };
export const MORE_RUNS = "alliance-sim whatif runs more, with --uniforms and --runs";

/** Number of a history, where it is not known how many draws there are. */
export const MOST_HISTORY = 1_000_000;

export interface Place {
  question: Question;
  panel: string;
  /** Which history is looked at where a single one is shown, from 0; a link counts from 1. */
  history: number;
  /** The language that a link names, if it names one of the page's. */
  language?: string;
}

/** Why a link cannot be read, by its key in the texts ("link.KEY"), with what it tells of. */
export interface LinkProblem {
  key: string;
  given: Record<string, string | number>;
}

export interface Read {
  place: Place;
  problems: LinkProblem[];
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
  const link = said.toString();
  const named = place.language === undefined ? link : `${link}&language=${place.language}`;
  return named.length > LONGEST_LINK ? link : named;
}

/** Return what a link says; what it does not say is as at the beginning. */
export function readLink(hash: string, payload: Payload, panels: readonly string[]): Read {
  const place = beginning(payload);
  const text = hash.replace(/^#/, "");
  if (text === "") return { place, problems: [] };
  const said = new URLSearchParams(text.slice(0, LONGEST_LINK));
  const elsewhere = text.length > LONGEST_LINK ? long(text.length) : elsewhereOf(said, payload);
  if (elsewhere !== null) return { place, problems: [elsewhere] };
  const problems: LinkProblem[] = [];
  const usual = place.question;
  const edits = editsIn(said, problems);
  const noise = noiseIn(said, payload, usual.noise, problems);
  const theory = theoryIn(said, payload, edits, problems) ?? usual.theory;
  const counted = (key: string, least: number, most: number, begun: number): number => {
    const found = whole(said.get(key), begun, most, least);
    if (found === null) problems.push({ key, given: { most: grouped(most) } });
    return found ?? begun;
  };
  const runs = counted("runs", 1, MOST_RUNS[noise], usual.runs);
  const seed = counted("seed", 0, Number.MAX_SAFE_INTEGER, usual.seed);
  const panel = said.get("panel") ?? place.panel;
  if (!panels.includes(panel)) problems.push(plain("panel"));
  const outcome = said.get("outcome") ?? usual.outcome;
  const question: Question = { edits, outcome, theory, noise, runs, seed };
  const history = counted("history", 1, historiesOf(payload, question), 1) - 1;
  const named = languageIn(said);
  return { place: problems.length > 0 ? place : { question, panel, history, ...named }, problems };
}

/** Nothing that is asked hangs on the language: one that the page does not have is no problem. */
function languageIn(said: URLSearchParams): Pick<Place, "language"> {
  const language = said.get("language");
  return language !== null && Object.hasOwn(LANGUAGES, language) ? { language } : {};
}

/** Return what shows that a link is not one of this page; null if it is. */
function elsewhereOf(said: URLSearchParams, payload: Payload): LinkProblem | null {
  if (said.get("v") !== String(LINK_VERSION)) return plain("version");
  const of = said.get("of");
  return of === null || of === payload.scenario.digest.slice(0, 12) ? null : plain("scenario");
}

const plain = (key: string): LinkProblem => ({ key, given: {} });

const long = (found: number): LinkProblem => ({
  key: "long",
  given: { found: grouped(found), most: grouped(LONGEST_LINK) },
});

const many = (found: number): LinkProblem => ({
  key: "edits",
  given: { found: grouped(found), most: grouped(MOST_EDITS) },
});

const grouped = (whole: number): string => whole.toLocaleString("en");

/**
 * Return why no link could be made of a question, in the words of the package: one that no page could
 * open would lose what it says. It is looked at with the longest that it can say beside the question.
 */
export function unlinkable(
  question: Question,
  payload: Payload,
  panels: readonly string[],
): string[] {
  const panel = panels.reduce((one, other) => (other.length > one.length ? other : one), "");
  const most = { question, panel, history: historiesOf(payload, question) - 1 };
  const letters = linkOf(most, payload.scenario.digest).length;
  const problems: string[] = [];
  if (question.edits.length > MOST_EDITS) {
    const { found, most } = many(question.edits.length).given;
    problems.push(`link: holds ${found} edits, at most ${most} are read; ${MORE}`);
  }
  if (letters > LONGEST_LINK) {
    const { found, most } = long(letters).given;
    problems.push(`link: has ${found} letters, at most ${most} are read; ${MORE}`);
  }
  return problems;
}

function editsIn(said: URLSearchParams, problems: LinkProblem[]): string[] {
  const edits = said.getAll("edit");
  if (edits.length > MOST_EDITS) problems.push(many(edits.length));
  return edits;
}

function noiseIn(
  said: URLSearchParams,
  payload: Payload,
  usual: Question["noise"],
  problems: LinkProblem[],
): Question["noise"] {
  const noise = said.get("noise") ?? usual;
  if (noise === "fresh" || (noise === "posterior" && payload.draws !== null)) return noise;
  problems.push(plain("noise"));
  return usual;
}

/** Return the theory that a link asks for, null if it names none. */
function theoryIn(
  said: URLSearchParams,
  payload: Payload,
  edits: readonly string[],
  problems: LinkProblem[],
): string | null {
  const theory = said.get("theory");
  const known = theory === null || payload.theories.some(({ name }) => name === theory);
  // Both worlds are under the link's theory: no edit of one names another.
  const edited = edits.some((edit) => stripped(edit).split(" ", 1)[0] === "theory");
  if (edited) problems.push(plain("theory_edit"));
  else if (!known) problems.push(plain("theory"));
  return theory;
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
