// Where everybody stands in the network: by the width there is, and by nothing that changes in time.

export interface Place {
  x: number;
  y: number;
}

export interface Layout {
  width: number;
  height: number;
  /** Size of letters, and how many of them (as wide as "n") go in a line of each kind of label. */
  letters: number;
  state: Place;
  radius: number;
  /** The frame around the members. */
  box: Place & { width: number; height: number };
  members: Place[];
  memberRadius: number;
  memberLetters: number;
  threats: (Place & { above: boolean })[];
  threatLetters: number;
  /** Heights of the lines between both sides, one a domain, and where they begin and end. */
  lines: { y: number; from: number; until: number }[];
}

const WIDE = 620; // from this width on there is room for large letters and nodes
const LINE = 1.25; // height of a line, in letters
const PER_LETTER = 0.56; // width of a letter, in its size

/** Return places for so many members and threats on a drawing of a width in CSS pixels. */
export function layoutOf(width: number, members: number, threats: number): Layout {
  const wide = width >= WIDE;
  const letters = wide ? 14 : 12;
  const [radius, memberRadius] = wide ? [32, 15] : [24, 12];
  const columns = members < 3 ? 1 : 2;
  const boxWidth = columns * (wide ? 128 : 86) + 12;
  const rows = Math.max(1, Math.ceil(members / columns));
  const cell = { width: (boxWidth - 12) / columns, height: 2 * memberRadius + 4 * letters + 4 };
  const band = Math.max(3 * letters + 46, 90); // above and below, for threats
  const title = 2.2 * letters;
  const boxHeight = Math.max(rows * cell.height + title, wide ? 220 : 190);
  const box = { x: width - boxWidth - 2, y: band, width: boxWidth, height: boxHeight };
  const middle = band + boxHeight / 2;
  const state = { x: radius + (wide ? 44 : 14), y: middle };
  const upper = Math.ceil(threats / 2);
  const lower = threats - upper;
  const across = (k: number, of: number) => (width / Math.max(1, of)) * (k + 0.5);
  const from = state.x + radius + 8;
  const apart = wide ? 52 : 46;
  return {
    width,
    height: 2 * band + boxHeight,
    letters,
    state,
    radius,
    box,
    memberRadius,
    memberLetters: fits(cell.width - 4, letters - 1),
    members: Array.from({ length: members }, (_, k) => ({
      x: box.x + 6 + ((k % columns) + 0.5) * cell.width,
      y: box.y + title + Math.floor(k / columns) * cell.height + memberRadius + 4,
    })),
    threats: Array.from({ length: threats }, (_, k) =>
      k < upper
        ? { x: across(k, upper), y: band - 30, above: true }
        : { x: across(k - upper, lower), y: band + boxHeight + 30, above: false },
    ),
    threatLetters: fits(width / Math.max(1, upper) - 8, letters),
    lines: [-1, 0, 1].map((k) => ({ y: middle + k * apart, from, until: box.x - 6 })),
  };
}

function fits(width: number, letters: number): number {
  return Math.max(6, Math.floor(width / (letters * PER_LETTER)));
}

/** What may stand on a line of its own: up to a space or a wide letter. Old Safaris cannot look behind. */
const PARTS =
  /[^\s\u3000-\u9fff\uff00-\uffef]*[\s\u3000-\u9fff\uff00-\uffef]|[^\s\u3000-\u9fff\uff00-\uffef]+$/gu;

/** Return a label in lines of so many letters; wide letters, as of Japanese, count twice. */
export function inLines(label: string, letters: number, most = 3): string[] {
  const lines: string[] = [];
  let line = "";
  for (const part of label.match(PARTS) ?? []) {
    if (line !== "" && wideness((line + part).trimEnd()) > letters) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += part;
  }
  lines.push(line.trimEnd());
  if (lines.length <= most) return lines;
  const kept = lines.slice(0, most);
  return [...kept.slice(0, -1), `${kept.at(-1)} …`];
}

/** Return how wide a text is, in letters as wide as "n". */
export function wideness(text: string): number {
  return [...text].reduce(
    (sum, one) => sum + (/[\u3000-\u9fff\uff00-\uffef]/u.test(one) ? 1.8 : 1),
    0,
  );
}

/** Return how far one line of a label lies from the first, in CSS pixels. */
export function lineOn(layout: Layout, line: number): number {
  return line * layout.letters * LINE;
}
