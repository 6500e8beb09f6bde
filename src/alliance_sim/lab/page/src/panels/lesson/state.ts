// What a student has said in a lesson. It stays while the page is open and goes nowhere else.
import { signal } from "@preact/signals";
import type { Lesson, Payload } from "../../contract";

export const VIEWS = ["steps", "tasks", "homework", "teacher", "class", "sheets"] as const;
export type View = (typeof VIEWS)[number];
export type Sign = "less" | "same" | "more";
export type Half = "certain" | "possible";

export const view = signal<View>("steps");
/** Name of the lesson that was chosen; null for the one that the page was written for. */
export const chosen = signal<string | null>(null);
export const step = signal(0);

export interface Said {
  /** Whole numbers from 0 to 100 by item; an item that was not touched is not in it. */
  forecasts: Record<string, number>;
  belief: [number | null, number | null];
  /** Once what happened is shown, forecasts are closed. */
  revealed: boolean;
  half: Half;
  /** Five numbers from 0 to 100, and whether they were compared with the model's. */
  drawn: number[];
  compared: boolean;
  /** What somebody of the other half said of the year that both speak of. */
  other: number | null;
  suggestion: string;
  replaced: string;
  follows: string;
  sign: Sign | null;
  share: number | null;
  run: boolean;
  silent: string;
  /** By blank of the frame. */
  claim: Record<string, string>;
}

export function nothingSaid(lesson: Lesson): Said {
  return {
    forecasts: {},
    belief: [null, null],
    revealed: false,
    half: "certain",
    drawn: [10, 20, 30, 40, 50],
    compared: false,
    other: null,
    suggestion: lesson.suggestions[0]?.name ?? "",
    replaced: "",
    follows: "",
    sign: null,
    share: null,
    run: false,
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
}

export function forget(lesson: Lesson): void {
  all.value = { ...all.value, [lesson.name]: nothingSaid(lesson) };
  step.value = 0;
}

/** Return the lesson that is shown. */
export function lessonOf(payload: Payload): Lesson | null {
  const wanted = chosen.value ?? payload.lesson;
  const { lessons } = payload;
  return lessons.find(({ name }) => name === wanted) ?? lessons[0] ?? null;
}
