/// <reference lib="webworker" />
// A worker of the page: it brings parts of histories until something else is asked.

import { Bringing } from "./bringing";
import type { Ask, FromWorker, ToWorker } from "./protocol";

let bringing: Bringing | null = null;
let latest = 0;

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

async function answer(ask: Ask): Promise<void> {
  if (bringing === null) return;
  latest = ask.id;
  try {
    for (const part of bringing.parts(ask)) {
      await pause();
      if (latest !== ask.id) return;
      if (ask.anew !== null) {
        say(bringing.redraw(ask, part, ask.anew));
        continue;
      }
      const came = bringing.bring(ask, part);
      const arrays = [...Object.values(came.edited), ...Object.values(came.factual ?? {})];
      say(came, [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))]);
    }
    say({ kind: "ended", id: ask.id });
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    say({ kind: "failed", id: ask.id, problem });
  }
}

addEventListener("messageerror", () => {
  throw new Error("what it is told cannot be read"); // which the page hears of
});

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === "start") bringing = new Bringing(data);
  else if (data.kind === "theory") bringing?.take(data);
  else void answer(data);
});
