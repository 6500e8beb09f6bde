import preact from "@preact/preset-vite";
import { viteSingleFile } from "vite-plugin-singlefile";
import { defineConfig } from "vitest/config";
import { strictPolicy } from "./strict.ts";

// One file for everything: the page is opened from a disk, with the network off. What differs from
// one export to the next (model, record, draws) is put in by `alliance-sim lab`, see `payload.ts`.
export default defineConfig({
  plugins: [
    preact({ devToolsEnabled: false }),
    viteSingleFile({ removeViteModuleLoader: true }),
    strictPolicy(),
  ],
  build: {
    outDir: "build",
    target: ["es2022", "safari15.4"], // the last Safari that old iPads get, which errs on fields of classes
    cssTarget: ["chrome97", "firefox104", "safari15.4"], // those with findLast(): light-dark() is newer
    modulePreload: false,
    reportCompressedSize: false,
  },
  worker: { format: "iife" }, // a page from disk may not start workers that are modules
  test: {
    include: ["tests/unit/**/*.test.{ts,tsx}"],
    environment: "happy-dom",
    isolate: false, // to make a page for each file takes longer than the tests
    setupFiles: ["tests/unit/cleared.ts"],
  },
});
