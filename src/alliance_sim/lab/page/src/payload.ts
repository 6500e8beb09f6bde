// What `alliance-sim lab` has put into the page: gzip, then base 85, in elements without meaning to a
// browser. Nothing is fetched.
import { gunzipSync, strFromU8 } from "fflate";
import type { Payload } from "./contract";

export class PayloadProblem extends Error {}

/** Digits of base 85 in order: those of RFC 1924, but none that means anything in markup. */
export const DIGITS =
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%.()*+-;,=:?@^_`{|}~";
const [BASE, LETTERS, BYTES, HIGHEST, NONE] = [85, 5, 4, 2 ** 32 - 1, 255];

/** Return the bytes that an element holds; null if nothing was put in. */
export function bytesIn(id: string, page: Document = document): Uint8Array<ArrayBuffer> | null {
  const text = page.getElementById(id)?.textContent?.trim() ?? "";
  if (text === "") return null;
  try {
    return new Uint8Array(gunzipSync(bytesOf(text)));
  } catch {
    throw new PayloadProblem("damaged");
  }
}

/** Return the bytes of a text in base 85: five letters for four bytes, the last group cut short. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const digits = new Uint8Array(128).fill(NONE);
  for (let k = 0; k < BASE; k += 1) digits[DIGITS.charCodeAt(k)] = k;
  const groups = Math.ceil(text.length / LETTERS);
  const missing = groups * LETTERS - text.length;
  const bytes = new Uint8Array(groups * BYTES);
  const view = new DataView(bytes.buffer);
  for (let group = 0; group < groups; group += 1) {
    let value = 0;
    for (let k = group * LETTERS; k < (group + 1) * LETTERS; k += 1) {
      const digit = k < text.length ? digits[text.charCodeAt(k)] : BASE - 1;
      if (digit === undefined || digit === NONE) throw new PayloadProblem("damaged");
      value = value * BASE + digit;
    }
    if (value > HIGHEST) throw new PayloadProblem("damaged");
    view.setUint32(group * BYTES, value);
  }
  return bytes.slice(0, bytes.length - missing);
}

/** Return what the page is about, checked to be something that this page reads. */
export function readPayload(page: Document = document): Payload {
  const bytes = bytesIn("lab-payload", page);
  if (bytes === null) throw new PayloadProblem("empty");
  const told = parsed(strFromU8(bytes));
  if (told.format !== "alliance-sim lab" || told.version !== 1) throw new PayloadProblem("version");
  return told;
}

function parsed(text: string): Payload {
  try {
    return JSON.parse(text) as Payload;
  } catch {
    throw new PayloadProblem("damaged");
  }
}
