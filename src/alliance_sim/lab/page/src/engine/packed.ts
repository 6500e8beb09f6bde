// Arrays as Python packs them (`carried_draws.packed`): little-endian bytes in base64.

export interface Packed {
  kind: "float64" | "int64" | "uint16";
  shape: number[];
  base64: string;
}

/** Return the bytes of base64; a damaged text is told by its name. */
export function bytesOf(base64: string, what: string): ArrayBuffer {
  let text: string;
  try {
    text = atob(base64);
  } catch {
    throw new Error(`${what}: is damaged, it cannot be read as base64`);
  }
  const bytes = new Uint8Array(text.length);
  for (let k = 0; k < text.length; k += 1) bytes[k] = text.charCodeAt(k);
  return bytes.buffer;
}

function checked(packed: Packed, kind: Packed["kind"], width: number, what: string): ArrayBuffer {
  const bytes = bytesOf(packed.base64, what);
  const many = packed.shape.reduce((so_far, axis) => so_far * axis, 1);
  if (packed.kind !== kind || bytes.byteLength !== width * many) {
    throw new Error(`${what}: is damaged, it does not hold ${many} numbers of ${kind}`);
  }
  return bytes;
}

export const floatsOf = (packed: Packed, what: string): Float64Array =>
  new Float64Array(checked(packed, "float64", 8, what));

export const ranksOf = (packed: Packed, what: string): Uint16Array =>
  new Uint16Array(checked(packed, "uint16", 2, what));

/** Return whole numbers, which all lie within what a number holds exactly. */
export const wholeOf = (packed: Packed, what: string): Float64Array =>
  Float64Array.from(new BigInt64Array(checked(packed, "int64", 8, what)), Number);
