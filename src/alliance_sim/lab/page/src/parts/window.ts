// The stretch of time that is looked at, and how years become places on the screen.
import type { Payload, Year } from "../contract";
import { timeOf } from "../state/time";

export interface Window {
  from: Year;
  until: Year;
}

/** The narrowest stretch that can be looked at, in years. */
const NARROWEST = 2;
const BEFORE = 5; // years that are shown before the first juncture

/** Return the years that the model runs over, from the first day to the day after the last. */
export function spanOf(payload: Payload): Window {
  const [first, last] = timeOf(payload);
  return { from: first, until: last + 1 };
}

/** Return what is looked at first: a few years before the first juncture, and all that follows. */
export function firstWindow(payload: Payload): Window {
  const span = spanOf(payload);
  const first = Math.min(...payload.junctures.map(({ date }) => date));
  if (!Number.isFinite(first)) return span;
  return { from: Math.max(span.from, Math.floor(first) - BEFORE), until: span.until };
}

/** Return a window moved into the span, no narrower than can be looked at. */
export function inside(window: Window, span: Window): Window {
  const whole = span.until - span.from;
  const wide = Math.min(Math.max(window.until - window.from, Math.min(NARROWEST, whole)), whole);
  const middle = (window.from + window.until) / 2;
  const from = Math.min(Math.max(middle - wide / 2, span.from), span.until - wide);
  return { from, until: from + wide };
}

/** Return a window nearer by a factor below 1, farther above it; one year stays where it is. */
export function nearer(window: Window, factor: number, at: Year, span: Window): Window {
  const from = at - (at - window.from) * factor;
  return inside({ from, until: from + (window.until - window.from) * factor }, span);
}

/** Return a window so many of its own widths later. */
export function along(window: Window, share: number, span: Window): Window {
  const by = (window.until - window.from) * share;
  return inside({ from: window.from + by, until: window.until + by }, span);
}

/** Where years lie on a plot: between its left and its right margin, in CSS pixels. */
export interface Places extends Window {
  width: number;
  left: number;
  right: number;
}

export function xOf(places: Places, year: Year): number {
  const wide = places.width - places.left - places.right;
  return places.left + ((year - places.from) / (places.until - places.from)) * wide;
}

export function yearAt(places: Places, x: number): Year {
  const wide = Math.max(places.width - places.left - places.right, 1);
  return places.from + ((x - places.left) / wide) * (places.until - places.from);
}
