// Light, dark, or as the reader's system has it.
import { effect, signal } from "@preact/signals";
import { options } from "preact";
import { keep, kept } from "./state/kept";

const THEMES = ["system", "light", "dark"] as const;
const KEPT = "look";
/** Return the look that was chosen when the page was open before. */
export const firstTheme = () => THEMES.find((one) => one === kept(KEPT)) ?? "system";
export const theme = signal<(typeof THEMES)[number]>(firstTheme());

export function nextTheme(): void {
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length];
  if (next === undefined) return;
  theme.value = next;
  keep(KEPT, next);
}

/** Whether the page is being printed: on paper it is light, whatever it is on the screen. */
export const printing = signal(false);

/** Whether the page is dark now. */
export function isDark(): boolean {
  if (printing.value) return false;
  if (theme.value !== "system") return theme.value === "dark";
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

function dress(): void {
  if (theme.value === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme.value;
}
effect(dress);

/**
 * Change something and show it at once, not when whatever runs has ended: Firefox, and any browser
 * that a button of the page has print, takes the page as it is then.
 */
function atOnce(change: () => void): void {
  const { debounceRendering: usual } = options;
  const waiting: (() => void)[] = [];
  options.debounceRendering = (render) => void waiting.push(render);
  change();
  if (usual === undefined) delete options.debounceRendering;
  else options.debounceRendering = usual;
  for (const render of waiting) render();
}

if (typeof addEventListener === "function") {
  addEventListener("beforeprint", () => {
    document.documentElement.dataset["theme"] = "light";
    atOnce(() => (printing.value = true));
  });
  addEventListener("afterprint", () => {
    dress();
    printing.value = false;
  });
}
