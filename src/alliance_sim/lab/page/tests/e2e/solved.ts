// What `alliance_sim.lab.solution` says of any link, as far as tests in browsers read it.

/** A chance; over draws with its interval. */
export interface Chance {
  probability: number;
  low: number;
  high: number;
}

export interface Solved {
  fact: Chance;
  edited: Chance;
  effect: Chance;
  necessity: { given_history: number | null; ensemble: number | null };
  sufficiency: number | null;
  both: number;
  bounds: Record<"PN" | "PS" | "PNS", [number, number]>;
  sentence?: string;
}
