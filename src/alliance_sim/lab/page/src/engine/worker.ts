/// <reference lib="webworker" />
// A worker of the page: it brings parts of histories until something else is asked.

import { Bringing } from "./bringing";
import { oneRun } from "./one";
import type { Ask, Brought, FromWorker, One, ToWorker } from "./protocol";

let bringing: Bringing | null = null;
let latest = 0;
/** Parts that are told at once: whoever hears of each has less time for bringing them. */
const TOGETHER = 3;

/** Let messages in that have come meanwhile. */
const pause = (): Promise<void> =>
  new Promise((go) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      go();
    };
    port2.postMessage(null);
  });

const say = (message: FromWorker, moved: Transferable[] = []): void => postMessage(message, moved);

/** Say which parts have come in, and hand their paths over. */
function tell(id: number, parts: Brought[]): void {
  const paths = parts.flatMap(({ edited, factual }) => [edited, factual ?? {}]);
  const arrays = paths.flatMap((of) => Object.values(of) as Float64Array[]);
  const moved = new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer));
  say({ kind: "came", id, parts }, [...moved]);
}

async function answer(ask: Ask): Promise<void> {
  if (bringing === null) return;
  latest = ask.id;
  let [brought, together]: [Brought[], number] = [[], 1]; // the first is waited for
  try {
    for (const part of bringing.parts(ask)) {
      await pause();
      if (latest !== ask.id) return;
      if (ask.anew !== null) {
        say(bringing.redraw(ask, part, ask.anew));
        continue;
      }
      brought.push(bringing.bring(ask, part));
      if (brought.length >= together) {
        tell(ask.id, brought);
        [brought, together] = [[], TOGETHER];
      }
    }
    if (brought.length > 0) tell(ask.id, brought);
    say({ kind: "ended", id: ask.id });
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    say({ kind: "failed", id: ask.id, problem });
  }
}

/** Tell one history whole. */
function tellOne({ id, ask, which, names }: One): void {
  if (bringing === null) return;
  try {
    say({ kind: "told", id, run: oneRun(bringing, ask, which, names) });
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    say({ kind: "failed", id, problem });
  }
}

addEventListener("messageerror", () => {
  throw new Error("what it is told cannot be read"); // which the page hears of
});

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === "start") bringing = new Bringing(data);
  else if (data.kind === "theory") bringing?.take(data);
  else if (data.kind === "one") tellOne(data);
  else void answer(data);
});
