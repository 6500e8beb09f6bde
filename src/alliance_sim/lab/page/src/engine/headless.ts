// What tests outside of browsers run: the parts of a worker, without its messages.

export { Engine } from "../../../engine.mjs";
export { Columns } from "./columns";
export { drawsOf } from "./draws";
export { Past } from "./past";
export { NO_CHANGES, Recipe } from "./recipe";
