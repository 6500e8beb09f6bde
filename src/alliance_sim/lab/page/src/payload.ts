// What `alliance-sim lab` has put into the page: gzip, then base64, in elements without meaning to a
// browser. Nothing is fetched.
import { gunzipSync, strFromU8 } from "fflate";
import type { Payload } from "./contract";

export class PayloadProblem extends Error {}

/** Return the bytes that an element holds; null if nothing was put in. */
export function bytesIn(id: string, page: Document = document): Uint8Array<ArrayBuffer> | null {
  const text = page.getElementById(id)?.textContent?.trim() ?? "";
  if (text === "") return null;
  return new Uint8Array(gunzipSync(bytesOf(text)));
}

/** Return the bytes of a base64 text. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** Return what the page is about, checked to be something that this page reads. */
export function readPayload(page: Document = document): Payload {
  const bytes = bytesIn("lab-payload", page);
  if (bytes === null) throw new PayloadProblem("empty");
  const told = JSON.parse(strFromU8(bytes)) as Payload;
  if (told.format !== "alliance-sim lab" || told.version !== 1) throw new PayloadProblem("version");
  return told;
}
