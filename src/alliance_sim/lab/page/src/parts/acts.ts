// Dated acts in the reader's language: what happened, and who did it.
import type { Payload, RunEvent, Series } from "../contract";
import { language, named, recorded, said, t, wording } from "../text";

export const SERIES: readonly Series[] = ["political", "operations", "equipment", "institution"];

/** Return the name of a domain, or of what is common to all. */
export function seriesName(series: Series): string {
  return series === "institution" ? t("acts.institution") : wording().domains[series];
}

/** The same, to stand by itself. */
export function seriesTitle(series: Series): string {
  const name = seriesName(series);
  return name.slice(0, 1).toLocaleUpperCase(language.value) + name.slice(1);
}

/** Return the title of an act, put together in the language from its parts. */
export function titleOf(event: RunEvent, payload: Payload): string {
  if (event.coded !== null && event.what !== "climbed") return recorded(event.coded.title);
  const who = listed(event.who.map((one) => whoName(one, payload)));
  const item = payload.items[event.which];
  const step = rungTitle(event.which, payload);
  const proposal = named(`item.${item?.name}`, item?.title ?? event.title);
  switch (event.what) {
    case "counted": {
      const { series, kind } = event;
      return t("acts.counted", { kind: kindName(series, kind, payload), who });
    }
    case "climbed":
      return step;
    case "lost":
      return t("acts.lost", { step });
    case "passed":
      return proposal;
    case "rung refused":
      return t("acts.refused", { who, step });
    case "item refused":
      return t("acts.refused", { who, step: proposal });
    case "agreement":
      return t("acts.agreement", { who });
    case "suspension":
      return t("acts.suspension", { n: Math.max(1, Math.round(event.months)) });
  }
}

function listed(names: readonly string[]): string {
  return new Intl.ListFormat(language.value, { type: "conjunction" }).format(names);
}

/** Return what a kind of act is called: in the relationship's words, else in the page's. */
export function kindName(series: Series, kind: string, payload: Payload): string {
  const its = payload.kinds.find(({ name, domain }) => name === kind && domain === series);
  const title = its?.title ?? kind;
  const key = `acts.kind.${series}.${kind}`;
  return named(`kind.${series}.${kind}`, said("en", key) === title ? t(key) : title);
}

/** Return what a side, both, or a member is called. */
export function whoName(name: string, payload: Payload): string {
  if (name === "state") return wording().state;
  if (name === "alliance") return wording().alliance;
  if (name === "both") return t("acts.both");
  return named(`member.${name}`, payload.members.find((one) => one.name === name)?.title ?? name);
}

/** Return what a formal step is called; 0 is that none has been reached. */
export function rungTitle(rung: number, payload: Payload): string {
  const title = payload.rungs.find((one) => one.rung === rung)?.title;
  if (title === undefined) return t("acts.no_step");
  // The English name by number is a short form, as axes have it.
  return language.value === "en" ? title : named(`rung.${rung}`, title);
}

/** Whether an act is a formal step or what became of one: fewer, and weightier, than others. */
export function isFormal({ what }: RunEvent): boolean {
  return what !== "counted" && what !== "agreement";
}
