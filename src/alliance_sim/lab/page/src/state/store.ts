// What is asked now, what was asked before, and the address that says so.
import { computed, signal } from "@preact/signals";
import type { Model, Payload, Picture, Question } from "../contract";
import { language } from "../text";
import { refused } from "./asking";
import { keepLanguage } from "./kept";
import { beginning, historiesOf, linkOf, readLink, type LinkProblem, type Place } from "./link";

const MOST_UNDONE = 200;

export class Store {
  readonly payload: Payload;
  readonly panels: readonly string[];
  readonly place;
  readonly picture = signal<Picture | null>(null);
  /** Problems of the link that was followed last, until something else is asked. */
  readonly linkProblems = signal<LinkProblem[]>([]);
  /** Problems of the question itself, as the engine says them. */
  readonly problems = signal<string[]>([]);
  readonly model = signal<Model | null>(null);
  /** Whether the model cannot be run here; ready answers are shown then. */
  readonly failed = signal(false);
  readonly question;
  readonly panel;
  /** Which history is looked at where a single one is shown, from 0. */
  readonly history;
  readonly canUndo;
  readonly canRedo;
  private readonly before = signal<Question[]>([]);
  private readonly after = signal<Question[]>([]);

  constructor(payload: Payload, panels: readonly string[]) {
    this.payload = payload;
    this.panels = panels;
    this.place = signal<Place>(beginning(payload));
    this.question = computed(() => this.place.value.question);
    this.panel = computed(() => this.place.value.panel);
    this.history = computed(() => this.place.value.history);
    this.canUndo = computed(() => this.before.value.length > 0);
    this.canRedo = computed(() => this.after.value.length > 0);
  }

  /** Take what the address says as the page opens; if it says nothing, what the page was written with. */
  open(hash: string): void {
    this.follow(hash === "" || hash === "#" ? this.payload.start : hash);
  }

  /** Take what an address says, as the page opens or the reader goes back; that can be undone, too. */
  follow(hash: string): void {
    const { place, problems } = readLink(hash, this.payload, this.panels);
    if (problems.length === 0) {
      const old = this.question.value;
      if (this.followed && !same(old, place.question)) this.remember(old);
      this.followed = true;
      this.move(place);
      if (place.language !== undefined) language.value = place.language;
    }
    this.linkProblems.value = problems;
  }

  /** Go to another place; what was told of the question before is not told of another one. */
  private move(place: Place): void {
    if (!same(place.question, this.question.value)) this.forget();
    this.place.value = place;
  }

  private forget(): void {
    if (this.linkProblems.value.length > 0) this.linkProblems.value = [];
    if (refused.value.length > 0) refused.value = [];
  }

  /** Ask another question. While somebody drags, `passing` keeps it out of what can be undone. */
  change(change: Partial<Question>, passing = false): void {
    const old = this.question.value;
    const question = { ...old, ...change };
    if (same(old, question) && (passing || this.held === null)) return;
    if (passing) {
      this.held ??= old;
    } else {
      const from = this.held ?? old;
      this.held = null;
      if (!same(from, question)) this.remember(from);
    }
    this.move({ ...this.place.value, question });
    if (!passing) this.write();
  }

  private remember(question: Question): void {
    this.before.value = [...this.before.value, question].slice(-MOST_UNDONE);
    this.after.value = [];
  }

  private followed = false;
  private held: Question | null = null;

  /** Whether somebody drags, so that what is asked is only passing by. */
  get dragging(): boolean {
    return this.held !== null;
  }

  show(panel: string): void {
    if (panel === this.panel.value || !this.panels.includes(panel)) return;
    this.place.value = { ...this.place.value, panel };
    this.write();
  }

  /** Look at another history: the address says which, and there is nothing to undo. */
  look(history: number): void {
    if (history === this.history.value) return;
    this.place.value = { ...this.place.value, history };
    this.write("replaceState");
  }

  /** Speak another language, from now on: an address that names one no longer does. */
  speak(code: string): void {
    language.value = code;
    keepLanguage(code, this.payload);
    const { language: named, ...place } = this.place.value;
    if (named === undefined) return;
    this.place.value = place;
    this.write("replaceState");
  }

  undo(): void {
    this.step(this.before, this.after);
  }

  redo(): void {
    this.step(this.after, this.before);
  }

  reset(): void {
    const { question } = beginning(this.payload);
    this.forget(); // even where nothing had been asked yet
    this.change(question);
  }

  private step(from: typeof this.before, to: typeof this.before): void {
    const last = from.value.at(-1);
    if (last === undefined) return;
    from.value = from.value.slice(0, -1);
    to.value = [...to.value, this.question.value];
    this.move({ ...this.place.value, question: last });
    this.write();
  }

  /** The part of the address behind the #, for what is shown now. */
  link(): string {
    const { question, history, ...place } = this.place.value;
    const last = historiesOf(this.payload, question) - 1;
    const shown = { ...place, question, history: Math.min(history, last) };
    return linkOf(shown, this.payload.scenario.digest);
  }

  private write(how: "pushState" | "replaceState" = "pushState"): void {
    try {
      history[how](null, "", `#${this.link()}`);
    } catch {
      location.hash = this.link(); // a browser that lets no page from a disk write its history
    }
  }
}

/** Whether two questions are one. */
export function same(one: Question, other: Question): boolean {
  return JSON.stringify(ordered(one)) === JSON.stringify(ordered(other));
}

function ordered(question: Question): unknown[] {
  const { edits, outcome, theory, noise, runs, seed } = question;
  return [edits, outcome, theory, noise, runs, seed];
}

/** Return what went wrong, in words. */
export function worded(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
