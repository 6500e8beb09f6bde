// What every step of a lesson is given.
import type { Lesson } from "../../contract";
import type { Store } from "../../state/store";
import type { Said } from "./state";

export interface StepProps {
  store: Store;
  lesson: Lesson;
  said: Said;
}
