import { gzipSync, strToU8 } from "fflate";
import { beforeEach, expect, test } from "vitest";
import { bytesIn, bytesOf, DIGITS, PayloadProblem, readPayload } from "../../src/payload";

/** Base 85 as Python's `base64.b85encode`, in the digits of the page. */
function written(bytes: Uint8Array): string {
  let text = "";
  for (let first = 0; first < bytes.length; first += 4) {
    let value = 0;
    for (let k = first; k < first + 4; k += 1) value = value * 256 + (bytes[k] ?? 0);
    let group = "";
    for (let k = 0; k < 5; k += 1) {
      group = DIGITS.charAt(value % 85) + group;
      value = Math.floor(value / 85);
    }
    text += group.slice(0, Math.min(4, bytes.length - first) + 1);
  }
  return text;
}

/** Put a text into the page in pieces, as Python does. */
function put(id: string, text: string): void {
  const element = document.createElement("div");
  element.id = id;
  for (let first = 0; first < text.length; first += 7) {
    const piece = document.createElement("script");
    piece.type = "text/plain";
    piece.textContent = text.slice(first, first + 7);
    element.append(piece);
  }
  document.body.append(element);
}

beforeEach(() => {
  document.body.textContent = "";
});

test("what Python has written is read, whatever its length", () => {
  // base64.b85encode(bytes(range(n))).translate(bytes.maketrans(b"<&>", b",.:"))
  expect(bytesOf("009C6")).toEqual(Uint8Array.of(0, 1, 2, 3));
  expect(bytesOf("009C61O")).toEqual(Uint8Array.of(0, 1, 2, 3, 4));
  expect(bytesOf("|NsC0")).toEqual(Uint8Array.of(255, 255, 255, 255));
});

test("all bytes come back as they were", () => {
  for (let length = 0; length < 40; length += 1) {
    const bytes = Uint8Array.from({ length }, (_, k) => (k * 151 + length * 31) % 256);
    expect(bytesOf(written(bytes))).toEqual(bytes);
  }
});

test("digits are 85, and none of them means anything in markup", () => {
  expect(new Set(DIGITS).size).toBe(85);
  expect(DIGITS).not.toMatch(/[<>&"'/\\\s]/);
});

test("a page without content, or with another version of it, says so", () => {
  expect(() => readPayload()).toThrow(new PayloadProblem("empty"));
  put("lab-payload", written(gzipSync(strToU8('{"format": "alliance-sim lab", "version": 2}'))));
  expect(() => readPayload()).toThrow(new PayloadProblem("version"));
});

test.each(["<script>", "~~~~~", "00000", "A".repeat(501), written(gzipSync(strToU8("{")))])(
  "a page whose content is damaged says so: %s",
  (text) => {
    put("lab-payload", text);
    expect(() => readPayload()).toThrow(new PayloadProblem("damaged"));
  },
);

test("an element that is not there holds nothing", () => {
  expect(bytesIn("lab-simd")).toBeNull();
});
