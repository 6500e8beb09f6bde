// Texts as Python has them: what counts as space, how many letters there are, how they are quoted.

/** What Python takes for space, for a class of letters; unlike here, no mark of the byte order. */
export const SPACE =
  "\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const IS_SPACE = new RegExp(`^[${SPACE}]`);
const UNSEEN = /[\p{C}\p{Z}]/gu; // but for the space
const [SHORT, MIDDLE] = [0x100, 0x10000];
const NAMED: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", " ": " " };

/** Return a text without the space around it. */
export function stripped(text: string): string {
  let [first, stop] = [0, text.length];
  while (first < stop && IS_SPACE.test(text[first] ?? "")) first += 1;
  while (stop > first && IS_SPACE.test(text[stop - 1] ?? "")) stop -= 1;
  return text.slice(first, stop);
}

/** Return of how many letters a text is; some are two to JavaScript. */
export function lettersOf(text: string): number {
  return [...text].length;
}

/** Return a text in quotes, as Python writes it. */
export function quoted(text: string): string {
  const safe = text.replaceAll("\\", "\\\\").replace(UNSEEN, escaped);
  return safe.includes("'") && !safe.includes('"')
    ? `"${safe}"`
    : `'${safe.replaceAll("'", "\\'")}'`;
}

/** Return a text in quotes, and of a long one the beginning alone. */
export function shown(text: string, longest: number): string {
  const letters = [...quoted(text)];
  return letters.length > longest ? `${letters.slice(0, longest).join("")}...` : letters.join("");
}

function escaped(letter: string): string {
  const code = letter.codePointAt(0) as number;
  const [mark, digits] = code < SHORT ? ["x", 2] : code < MIDDLE ? ["u", 4] : ["U", 8];
  return NAMED[letter] ?? `\\${mark}${code.toString(16).padStart(digits, "0")}`;
}
