// The clock of a lesson: it only tells the time, in the teacher's view and above each step.
import { effect, signal } from "@preact/signals";

const MINUTE = 60_000;
const TICK = 5_000;
/** When the clock was started, and what had gone by before it was stopped. */
const started = signal<number | null>(null);
const before = signal(0);
const now = signal(0);

effect(() => {
  if (started.value === null) return;
  const timer = setInterval(() => (now.value = Date.now()), TICK);
  return () => clearInterval(timer);
});

export function minutesGone(): number {
  const since = started.value === null ? 0 : Math.max(0, now.value - started.value);
  return (before.value + since) / MINUTE;
}

export function runs(): boolean {
  return started.value !== null;
}

/** Start the clock, or stop it. */
export function toggle(): void {
  now.value = Date.now();
  if (started.value !== null) before.value += now.value - started.value;
  started.value = started.value === null ? now.value : null;
}

export function anew(): void {
  now.value = Date.now();
  before.value = 0;
  started.value = started.value === null ? null : now.value;
}
