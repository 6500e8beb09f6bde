// The parts of the page, in the order in which they stand. Each is told all by the store.
import type { FunctionComponent } from "preact";
import type { Store } from "../state/store";
import { About } from "./about";
import { AnswerPanel } from "./answer";
import { GuessPanel } from "./guess";
import { Lesson } from "./lesson";
import { OneWorld } from "./one_world";
import { Timeline } from "./timeline";
import { TwoWorlds } from "./two_worlds";

export interface Panel {
  /** Its name in the address, and of its texts. */
  name: string;
  view: FunctionComponent<{ store: Store }>;
}

export const PANELS: readonly Panel[] = [
  { name: "timeline", view: Timeline },
  { name: "answer", view: AnswerPanel },
  { name: "one_world", view: OneWorld },
  { name: "two_worlds", view: TwoWorlds },
  { name: "guess", view: GuessPanel },
  { name: "lesson", view: Lesson },
  { name: "about", view: About },
];
