// Which other browsers are on this machine, and how each is driven: Firefox by geckodriver, WebKit
// (GTK's, in its MiniBrowser) by WebKitWebDriver, both by the protocol of the W3C. A browser that is not
// there is told with what was looked for.
import { accessSync, constants, readdirSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

/** Where pages, pictures and what failed are kept. */
export const FOLDER = resolve(import.meta.dirname, "..", "..", "build", "browsers");

export type Scheme = "light" | "dark";

export interface Browser {
  name: "firefox" | "webkit";
  binary: string;
  driver: string;
  /** Words that the driver is started with, for its port and for another of its browser. */
  words: (port: number, another: number) => string[];
  /** What a session is asked to be, in a light or a dark system that keeps files in a folder. */
  capabilities: (scheme: Scheme, downloads: string) => Record<string, unknown>;
  /** Variables of the driver and what it starts. */
  environment: (scheme: Scheme, downloads: string) => Record<string, string>;
  /** Whether it shows its windows on a display only. */
  needsDisplay: boolean;
}

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Return the first program of these names on the path, or that a variable names; null if none. */
export function program(names: readonly string[], variable = ""): string | null {
  const named = process.env[variable];
  if (named !== undefined && named !== "") return runs(named) ? named : null;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const paths = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return paths.find(runs) ?? null;
}

/** Return the MiniBrowser that comes with WebKitGTK, wherever a distribution keeps it. */
function miniBrowser(): string | null {
  const inside = (folder: string) => {
    try {
      return readdirSync(folder).map((name) => join(folder, name));
    } catch {
      return [];
    }
  };
  const folders = ["/usr/lib", "/usr/lib64", "/usr/libexec", ...inside("/usr/lib")];
  const kits = folders.flatMap(inside).filter((path) => /\/webkit(2gtk|gtk)-[\d.]+$/.test(path));
  const paths = kits.map((folder) => join(folder, "MiniBrowser")).filter(runs);
  return program([], "ALLIANCE_SIM_WEBKIT") ?? paths.sort().at(-1) ?? null;
}

const DARK = 0;
const LIGHT = 1; // Firefox's numbers for what a system prefers
const KEEP_WHERE_TOLD = 2;

function firefox(): Browser | string {
  const binary = program(["firefox-esr", "firefox"], "ALLIANCE_SIM_FIREFOX");
  const driver = program(["geckodriver"]);
  if (binary === null) return "firefox-esr and firefox are not on the path";
  if (driver === null) return "geckodriver is not on the path";
  return {
    name: "firefox",
    binary,
    driver,
    words: (port, another) => ["--port", `${port}`, "--websocket-port", `${another}`],
    capabilities: (scheme, downloads) => ({
      browserName: "firefox",
      webSocketUrl: true, // a phone's width is set by BiDi: windows do not get that narrow
      "moz:firefoxOptions": {
        binary,
        args: ["-headless"],
        prefs: {
          "layout.css.prefers-color-scheme.content-override": scheme === "dark" ? DARK : LIGHT,
          "browser.download.folderList": KEEP_WHERE_TOLD,
          "browser.download.dir": downloads,
          "browser.download.useDownloadDir": true,
          "browser.download.manager.showWhenStarting": false,
        },
      },
    }),
    environment: () => ({}),
    needsDisplay: false,
  };
}

function webkit(): Browser | string {
  const binary = miniBrowser();
  const driver = program(["WebKitWebDriver"]);
  if (driver === null) return "WebKitWebDriver is not on the path";
  if (binary === null) return "there is no MiniBrowser in a folder of WebKitGTK";
  return {
    name: "webkit",
    binary,
    driver,
    words: (port) => [`--port=${port}`],
    capabilities: () => ({
      browserName: "MiniBrowser",
      "webkitgtk:browserOptions": { binary, args: ["--automation", "--full-screen"] },
    }),
    environment: (scheme, downloads) => ({
      GTK_THEME: scheme === "dark" ? "Adwaita:dark" : "Adwaita",
      HOME: downloads, // where it keeps what is saved
      // Its sandbox needs rights that a container does not have; what is opened here is our own.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
      NO_AT_BRIDGE: "1",
    }),
    needsDisplay: true,
  };
}

/** Browsers by name: how each is driven, or why it cannot be. */
export const BROWSERS = { firefox: firefox(), webkit: webkit() } as const;
export type Name = keyof typeof BROWSERS;
