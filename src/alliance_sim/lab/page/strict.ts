// A strict content-security policy: only the very scripts and styles that the build has put into
// the page may run, known by their digests, besides WebAssembly and workers made of them.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const MARK = "script-src 'unsafe-inline'; style-src 'unsafe-inline';"; // while it is developed

/** Return the policy for a page: digests of its inline scripts and styles in place of `MARK`. */
export function strict(html: string): string {
  const scripts = digests(html, /<script type="module"[^>]*>([\s\S]*?)<\/script>/g);
  const styles = digests(html, /<style[^>]*>([\s\S]*?)<\/style>/g);
  if (scripts.length === 0 || !html.includes(MARK)) throw new Error("the page has no policy");
  return html.replace(
    MARK,
    `script-src ${scripts.join(" ")} 'wasm-unsafe-eval'; style-src ${styles.join(" ") || "'none'"};`,
  );
}

function digests(html: string, pattern: RegExp): string[] {
  const hash = (text: string) => createHash("sha256").update(text).digest("base64");
  return Array.from(html.matchAll(pattern), (found) => `'sha256-${hash(found[1] ?? "")}'`);
}

/** The policy is put in last, once the file is whole. */
export function strictPolicy(): Plugin {
  let folder = "";
  return {
    name: "strict-policy",
    apply: "build",
    configResolved: ({ root, build }) => {
      folder = join(root, build.outDir);
    },
    writeBundle: () => {
      const path = join(folder, "index.html");
      writeFileSync(path, strict(readFileSync(path, "utf8")));
    },
  };
}
