// What tests outside of browsers run: the parts of a worker, without its messages.

export { Engine } from "../../../engine.mjs";
export { Columns } from "./columns";
export { drawsOf } from "./draws";
export { Past } from "./past";
export { NO_CHANGES, Recipe } from "./recipe";
export { drawnAnew } from "./anew";
export { readEdits } from "./asking";
export { Bringing } from "./bringing";
export { channelNumber, freshSeed } from "./fresh_seed";
export { Offered } from "./drafts";
export { Touching } from "./late";
export { oneRun } from "./one";
export { readOutcome, statesOf } from "./outcome";
export { quantiles } from "./quantiles";
export { thinned } from "./thinned";
