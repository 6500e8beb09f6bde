// Who leads and how the alliance decides: leaders, the Council's rule, members, motives.
import { useSignal } from "@preact/signals";
import { councilName, leaderName } from "../../../parts/edit_words";
import { ask } from "../../../state/asking";
import { cleared, numberSet, put, said, saidOf } from "../../../state/edits";
import type { Store } from "../../../state/store";
import { named, ours, t } from "../../../text";
import { Choice, NumberField } from "./fields";

const AS_IT_WAS = "";

export function Leaders({ store }: { store: Store }) {
  const { payload } = store;
  const { edits } = store.question.value;
  return (
    <>
      <p class="controls-hint">{t("controls.leaders_hint")}</p>
      {payload.leaders.map(({ name, replacements }) => (
        <Choice
          key={name}
          label={leaderName(name, payload)}
          value={saidOf(edits, "leader", name) ?? AS_IT_WAS}
          options={[
            { value: AS_IT_WAS, text: t("controls.as_it_was") },
            ...replacements.map((one) => ({
              value: one.name,
              text: leaderName(one.name, payload),
            })),
          ]}
          choose={(other) =>
            ask(store, {
              edits:
                other === AS_IT_WAS
                  ? cleared(edits, "leader", name, payload)
                  : put(edits, `leader ${name}=${other}`, payload),
            })
          }
        />
      ))}
    </>
  );
}

export function Council({ store }: { store: Store }) {
  const { payload } = store;
  const { edits } = store.question.value;
  const who = useSignal(payload.members[0]?.name ?? "");
  const member = payload.members.find(({ name }) => name === who.value);
  const rule =
    edits.map((edit) => said(edit)).find((edit) => edit?.kind === "council")?.about ??
    saidOf(edits, "set", "council.rule") ??
    payload.councils[0]?.name ??
    "";
  return (
    <>
      <Choice
        label={t("controls.rule")}
        value={rule}
        options={payload.councils.map(({ name }) => ({
          value: name,
          text: councilName(name, payload),
        }))}
        choose={(name) => ask(store, { edits: put(edits, `council ${name}`, payload) })}
      />
      {payload.members.length > 0 && (
        <Choice
          label={t("controls.member")}
          value={who.value}
          options={payload.members.map(({ name, title }) => ({
            value: name,
            text: named(`member.${name}`, title),
          }))}
          choose={(name) => (who.value = name)}
        />
      )}
      {member?.numbers.map(({ path, title, value, low, high, unit }) => (
        <NumberField
          key={`${member.name}:${path}`}
          store={store}
          label={named(`number.member.${member.name}.${path}`, title)}
          path={`member.${member.name}.${path}`}
          usual={value}
          low={low}
          high={high}
          unit={unit}
        />
      ))}
    </>
  );
}

export function Motives({ store }: { store: Store }) {
  const { payload } = store;
  const { edits } = store.question.value;
  return (
    <>
      <p class="controls-hint">{t("controls.motives_hint")}</p>
      {payload.motives.map(({ name, title, value, path }) => {
        const on = (numberSet(edits, path, payload) ?? value) !== 0;
        return (
          <label key={name} class="controls-switch">
            <input
              type="checkbox"
              checked={on}
              onChange={(event) => {
                const state = event.currentTarget.checked ? "on" : "off";
                const next = put(edits, `motive ${name}=${state}`, payload);
                if (ask(store, { edits: next }).length > 0) event.currentTarget.checked = on;
              }}
            />
            <span>{named(`motive.${name}`, ours(`controls.motive.${name}`, title))}</span>
          </label>
        );
      })}
    </>
  );
}
