// What a reader chose is kept by the browser, so that a page that is opened again looks and speaks the
// same: nothing but language and look. A browser may keep nothing, as in a notebook's frame.
import type { Payload } from "../contract";
import { LANGUAGES } from "../text";

const OURS = "alliance-sim lab: ";

export function keep(what: string, value: string): void {
  try {
    localStorage.setItem(OURS + what, value);
  } catch {
    return; // it is as it was without
  }
}

export function kept(what: string): string | null {
  try {
    return localStorage.getItem(OURS + what);
  } catch {
    return null;
  }
}

/** A page that was written in another language is spoken in that, whatever was chosen elsewhere. */
const spokenOn = ({ language }: Payload) => `language of a page in ${language}`;

export function keepLanguage(code: string, payload: Payload): void {
  keep(spokenOn(payload), code);
}

/** Return the language that a page begins in: the one that was chosen on it, or that it is written in. */
export function firstLanguage(payload: Payload): string {
  const wanted = [kept(spokenOn(payload)), payload.language];
  return wanted.find((code) => code !== null && Object.hasOwn(LANGUAGES, code)) ?? "en";
}
