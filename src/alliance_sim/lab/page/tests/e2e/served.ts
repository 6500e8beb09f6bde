// Where the pages of tests are: on the disk, or at a running `alliance-sim lab`.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { PAGES, SCENARIOS } from "./export";
import { environment, PROGRAM, PYTHON } from "./python";

export type Which = keyof typeof PAGES;
const ADDRESS = /http:\/\/127\.0\.0\.1:\d+\//;
const STOPPED = 130; // how the program ends that is stopped by Ctrl-C
// Serves a page that is written already, as `alliance-sim lab` does: to make the whole one takes long.
const SERVING = `
import sys, threading
from pathlib import Path
from alliance_sim.lab.serving import served
try:
    with served(Path(sys.argv[1]).read_bytes()) as address:
        print(address, flush=True)
        threading.Event().wait()
except KeyboardInterrupt:
    sys.exit(${STOPPED})
`;

/** What Python is told to have the command itself make a page and serve it. */
export function byCommand(which: Which): string[] {
  return ["-c", PROGRAM, "lab", ...SCENARIOS[which], "--no-browser", "--port", "0"];
}

function quickly(which: Which): string[] {
  return which === "whole" ? ["-c", SERVING, fileURLToPath(PAGES.whole)] : byCommand(which);
}

export interface Places {
  /** Return a page's address. */
  at(which: Which): Promise<string>;
  /** Whether an address is a page's own. */
  own(address: string): boolean;
  close(): Promise<void>;
}

const INSIDE = /^(data|blob):/;

export class OnDisk implements Places {
  at(which: Which): Promise<string> {
    return Promise.resolve(PAGES[which]);
  }

  own(address: string): boolean {
    return INSIDE.test(address) || address.startsWith("file:");
  }

  async close(): Promise<void> {}
}

interface Server {
  program: ChildProcess;
  address: string;
  /** All that it said. */
  said: () => string;
}

/** Each page is served by a program of its own, which is started once the page is asked for. */
export class Served implements Places {
  private readonly servers = new Map<Which, Promise<Server>>();
  private readonly addresses = new Set<string>();

  constructor(private readonly told: (which: Which) => string[] = quickly) {}

  async at(which: Which): Promise<string> {
    const server = this.servers.get(which) ?? this.start(which);
    this.servers.set(which, server);
    return (await server).address;
  }

  own(address: string): boolean {
    return INSIDE.test(address) || this.addresses.has(address.replace(/#.*$/s, ""));
  }

  private start(which: Which): Promise<Server> {
    const program = spawn(PYTHON, this.told(which), {
      env: environment({ ALLIANCE_SIM_QUIET: "1" }),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    return new Promise((found, failed) => {
      const hear = (bytes: Buffer) => {
        said += bytes.toString();
        const address = ADDRESS.exec(said)?.[0];
        if (address === undefined) return;
        this.addresses.add(address);
        found({ program, address, said: () => said });
      };
      program.stdout.on("data", hear);
      program.stderr.on("data", hear);
      program.on("error", failed);
      program.on("close", (code) =>
        failed(new Error(`the server of a page ended, ${code}:\n${said}`)),
      );
    });
  }

  async close(): Promise<void> {
    for (const starting of this.servers.values()) {
      const { program, said } = await starting;
      const ended = once(program, "close");
      program.kill("SIGINT");
      const [code] = (await ended) as [number | null];
      if (code !== STOPPED || said().includes("Traceback")) {
        throw new Error(`the server of a page ended with ${code} once it was stopped:\n${said()}`);
      }
    }
  }
}
