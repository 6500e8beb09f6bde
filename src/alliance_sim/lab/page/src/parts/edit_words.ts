// Edits as items of a list of changes, with dates and titles. Sentences about a question, in the
// words of `whatif`, are in answer/words.ts.
import type { Payload } from "../contract";
import { plain, readHold } from "../holds";
import { movedBy, said } from "../state/edits";
import { language, named, ours, t } from "../text";
import { quartersOn } from "../state/calendar";
import { monthText } from "./dates";

/** Return an edit in words of the reader's language: 'without "Great raid"'. */
export function changeInWords(text: string, payload: Payload): string {
  const edit = said(text);
  if (edit === null) return text;
  const { kind, about, says } = edit;
  const juncture = payload.junctures.find(({ name }) => name === about);
  const name = juncture ? named(`juncture.${about}`, juncture.title) : about;
  switch (kind) {
    case "shift": {
      const quarters = juncture === undefined ? 0 : movedBy([text], juncture);
      if (juncture === undefined || quarters === 0) return text; // its end alone is moved
      const date = monthText(quartersOn(juncture.date, quarters), language.value);
      return t("edits.shift", { name, from: monthText(juncture.date, language.value), date });
    }
    case "without":
    case "keep":
      return t(`edits.${kind}`, { name });
    case "strength":
      return t("edits.strength", { name, times: says });
    case "leader":
      return t(`edits.leader.${says === "none" || says === "drawn" ? says : "other"}`, {
        name: leaderName(about, payload),
        other: leaderName(says, payload),
      });
    case "council":
      return t("edits.council", { rule: councilName(about, payload) });
    case "member": {
      const [who = "", path = ""] = about.split(":");
      const member = payload.members.find((one) => one.name === who);
      const number = member?.numbers.find((one) => one.path === path);
      const english = `${named(`member.${who}`, member?.title ?? who)}: ${number?.title ?? path}`;
      return t("edits.number", {
        name: named(`number.member.${who}.${path}`, english),
        value: says,
      });
    }
    case "motive": {
      const motive = payload.motives.find((one) => one.name === about);
      const key = says === "on" || says === "off" ? says : "number";
      return t(`edits.motive.${key}`, {
        name: named(`motive.${about}`, ours(`controls.motive.${about}`, motive?.title ?? about)),
        value: says,
      });
    }
    case "set": {
      const number = payload.numbers.find(({ path }) => path === about);
      return t("edits.number", {
        name: named(`number.${about}`, number?.title ?? about),
        value: says,
      });
    }
    case "hold": {
      const hold = readHold(text.trim().slice("hold".length));
      if (hold === null) return text;
      const [from = "", to = ""] = hold.window.split("..");
      const title = payload.states.find((state) => state.name === hold.state)?.title;
      return t(`edits.hold.${to === "" ? "in" : "span"}`, {
        name: named(`state.${hold.state}`, title ?? hold.state),
        value: plain(hold.value),
        from,
        to,
      });
    }
    default:
      return text;
  }
}

/** Return how a leader, a juncture that brings one, "none" or "drawn" is called. */
export function leaderName(name: string, payload: Payload): string {
  if (name === "none" || name === "drawn") return t(`edits.leader.name_${name}`);
  const leader = payload.leaders.find((one) => one.name === name);
  const juncture = payload.junctures.find((one) => one.name === name);
  return named(
    `leader.${name}`,
    named(`juncture.${name}`, leader?.title ?? juncture?.title ?? name),
  );
}

export function councilName(name: string, payload: Payload): string {
  const council = payload.councils.find((one) => one.name === name);
  return named(`council.${name}`, ours(`controls.council.${name}`, council?.title ?? name));
}
