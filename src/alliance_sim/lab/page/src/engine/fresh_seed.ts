// Seeds of what is drawn anew, as `couplings.fresh_seed` and `noise.channel` make them.

import { blake2b } from "@noble/hashes/blake2.js";
import type { Coupling } from "../contract";

/** Return the 64-bit number of a channel. */
export function channelNumber(name: string): bigint {
  const digest = blake2b(new TextEncoder().encode(name), { dkLen: 8 });
  return new DataView(digest.buffer, digest.byteOffset, 8).getBigUint64(0, true);
}

/** Return the seed of what a coupling draws anew, as far from the other as seeds are. */
export function freshSeed(seed: bigint, coupling: Coupling): bigint {
  return channelNumber(`counterfactual/${coupling}/${seed}:v1`);
}
