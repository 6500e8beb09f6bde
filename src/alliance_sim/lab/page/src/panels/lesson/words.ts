// Words of a lesson: its own where it has some, those of the page for any lesson where not.
import type { Lesson, LessonItem, LessonText, StepKind, Series } from "../../contract";
import { codedDay } from "../../parts/dates";
import { changeInWords } from "../../parts/edit_words";
import type { Payload } from "../../contract";
import { language, named, t, wording } from "../../text";

/** Return a lesson's own words in the reader's language, or in English; null if it has none. */
export function own(lesson: Lesson): LessonText | null {
  return lesson.texts[language.value] ?? lesson.texts["en"] ?? null;
}

/** Return "the end of 2014", or "the end of July 2023" where a year has not passed. */
export function until(day: string): string {
  const [year = "", month = "", date = ""] = day.split("-");
  if (month === "12" && date === "31") return t("lesson.date.year", { year });
  const last = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(date) === last) {
    return t("lesson.date.month", { month: codedDay(`${year}-${month}`, language.value) });
  }
  return t("lesson.date.day", { day: codedDay(day, language.value) });
}

/** Return a text with its dates filled in. */
export function filled(text: string, lesson: Lesson, item?: LessonItem): string {
  return text
    .trim()
    .replaceAll("{known}", codedDay(lesson.known_day, language.value))
    .replaceAll("{by}", item === undefined ? "" : until(item.by));
}

export function titleOf(lesson: Lesson): string {
  const mine = own(lesson);
  return mine === null ? t("lesson.generic.title") : filled(mine.title, lesson);
}

export interface StepWords {
  title: string;
  text: string;
  notes: string[];
}

export function stepWords(lesson: Lesson, kind: StepKind): StepWords {
  const mine = own(lesson)?.steps[kind];
  if (mine === undefined) {
    const given = { known: codedDay(lesson.known_day, language.value), title: wording().title };
    return {
      title: t(`lesson.generic.${kind}.title`, given),
      text: t(`lesson.generic.${kind}.text`, given),
      notes: [t(`lesson.generic.${kind}.note`, given)],
    };
  }
  return {
    title: filled(mine.title, lesson),
    text: filled(mine.text, lesson),
    notes: mine.notes.map((note) => filled(note, lesson)),
  };
}

export function itemText(lesson: Lesson, item: LessonItem, payload: Payload): string {
  const mine = own(lesson)?.items[item.name];
  if (mine !== undefined) return filled(mine.text, lesson, item);
  const by = until(item.by);
  if (item.rung !== null) {
    const rung = payload.rungs.find((one) => one.rung === item.rung)?.title ?? String(item.rung);
    return t("lesson.generic.item.rung", { rung: named(`rung.${item.rung}`, rung), by });
  }
  const [first, second] = item.series ?? ["political", "operations"];
  return t("lesson.generic.item.more", {
    first: seriesName(first),
    second: seriesName(second),
    known: codedDay(lesson.known_day, language.value),
    by,
  });
}

export function afterText(lesson: Lesson, item: LessonItem): string {
  const mine = own(lesson)?.items[item.name];
  if (mine !== undefined) return filled(mine.after, lesson, item);
  const [first, second] = item.counts ?? [0, 0];
  return item.counts === undefined ? "" : t("lesson.generic.item.counts", { first, second });
}

function seriesName(series: Series): string {
  return series === "institution" ? t("lesson.generic.institution") : wording().domains[series];
}

export interface SuggestionWords {
  title: string;
  replaced: string;
  follows: string;
  result: string;
}

export function suggestionWords(lesson: Lesson, name: string, payload: Payload): SuggestionWords {
  const mine = own(lesson)?.suggestions[name];
  if (mine !== undefined) return mine;
  const one = lesson.suggestions.find((found) => found.name === name);
  const juncture = payload.junctures.find((found) => found.name === name);
  return {
    title: (one?.edits ?? []).map((edit) => changeInWords(edit, payload)).join("; "),
    replaced: named(`juncture_description.${name}`, juncture?.description ?? ""),
    follows: t("lesson.generic.follows"),
    result: outcomeWords(one?.outcome ?? "", payload),
  };
}

export function outcomeWords(outcome: string, payload: Payload): string {
  const known = payload.outcomes.find(({ text }) => text === outcome);
  return named(`outcome.${outcome}`, known?.title ?? outcome);
}

export function beliefText(lesson: Lesson, payload: Payload): string {
  const mine = own(lesson);
  if (mine !== null) return filled(mine.belief, lesson);
  const edits = (lesson.belief?.edits ?? []).map((edit) => changeInWords(edit, payload)).join("; ");
  const result = outcomeWords(lesson.belief?.outcome ?? "", payload);
  return t("lesson.generic.belief", { edits, result });
}
