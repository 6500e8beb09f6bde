// What a student has said in a lesson. It stays while the page is open and goes nowhere else.
import { effect, signal } from "@preact/signals";
import type { Lesson, Payload } from "../../contract";

export const VIEWS = ["steps", "tasks", "homework", "teacher", "class", "sheets"] as const;
export type View = (typeof VIEWS)[number];
export type Sign = "less" | "same" | "more";
export type Half = "certain" | "possible";

export const view = signal<View>("steps");
/** Name of the lesson that was chosen; null for the one that the page was written for. */
export const chosen = signal<string | null>(null);
export const step = signal(0);

/** What a pair of students says of one what-if before it runs. */
export interface Card {
  replaced: string;
  follows: string;
  sign: Sign | null;
  share: number | null;
  run: boolean;
}

export const EMPTY_CARD: Card = { replaced: "", follows: "", sign: null, share: null, run: false };

export interface Said {
  /** Whole numbers from 0 to 100 by item; an item that was not touched is not in it. */
  forecasts: Record<string, number>;
  belief: [number | null, number | null];
  /** Once what happened is shown, forecasts are closed. */
  revealed: boolean;
  half: Half | null;
  /** Five numbers from 0 to 100, null where none is given yet, and whether they were compared. */
  drawn: (number | null)[];
  compared: boolean;
  /** What somebody of the other half said of the year that both speak of. */
  other: number | null;
  suggestion: string;
  /** What was written of each what-if; one that was not touched is not in it. */
  cards: Record<string, Card>;
  silent: string;
  /** By blank of the frame. */
  claim: Record<string, string>;
}

export function nothingSaid(lesson: Lesson): Said {
  return {
    forecasts: {},
    belief: [null, null],
    revealed: false,
    half: null,
    drawn: [null, null, null, null, null],
    compared: false,
    other: null,
    suggestion: lesson.suggestions[0]?.name ?? "",
    cards: {},
    silent: "",
    claim: {},
  };
}

const all = signal<Record<string, Said>>({});
/** Tells codes apart in which the same numbers stand. */
export const lot = crypto.getRandomValues(new Uint16Array(1)).map((one) => one % 1024)[0] ?? 0;

export function saidIn(lesson: Lesson): Said {
  return all.value[lesson.name] ?? nothingSaid(lesson);
}

export function say(lesson: Lesson, change: Partial<Said>): void {
  all.value = { ...all.value, [lesson.name]: { ...saidIn(lesson), ...change } };
  forgotten.value = null;
}

/** Return the card of the what-if that is chosen. */
export function cardOf(said: Said): Card {
  return said.cards[said.suggestion] ?? EMPTY_CARD;
}

export function write(lesson: Lesson, change: Partial<Card>): void {
  const said = saidIn(lesson);
  const card = { ...cardOf(said), ...change };
  say(lesson, { cards: { ...said.cards, [said.suggestion]: card } });
}

interface Forgotten {
  lesson: string;
  said: Said;
  step: number;
}

/** What was cleared last, until something new is said. */
export const forgotten = signal<Forgotten | null>(null);

export function forget(lesson: Lesson): void {
  const { [lesson.name]: said, ...others } = all.value;
  all.value = others;
  forgotten.value = said === undefined ? null : { lesson: lesson.name, said, step: step.value };
  step.value = 0;
}

/** Take back that answers were cleared. */
export function bringBack({ lesson, said, step: at }: Forgotten): void {
  all.value = { ...all.value, [lesson]: said };
  step.value = at;
  forgotten.value = null;
}

/** The browser asks before a page is left in which something was said: it is kept nowhere else. */
effect(() => {
  const ask = Object.keys(all.value).length > 0 ? "addEventListener" : "removeEventListener";
  window[ask]("beforeunload", stay);
});

function stay(event: Event): void {
  event.preventDefault();
}

/** Return the lesson that is shown. */
export function lessonOf(payload: Payload): Lesson | null {
  const wanted = chosen.value ?? payload.lesson;
  const { lessons } = payload;
  return lessons.find(({ name }) => name === wanted) ?? lessons[0] ?? null;
}
