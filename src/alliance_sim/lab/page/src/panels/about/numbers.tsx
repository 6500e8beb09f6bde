// Every number of the scenario: what kind it is, where it comes from, what the data told of it; and a
// field to change it. Only some rows are drawn at once, so that hundreds of them stay quick.
import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Numbered } from "../../contract";
import { codedDay } from "../../parts/dates";
import { Messages } from "../../parts/messages";
import { decimal, plain, short } from "../../parts/numbers";
import { ask, refused } from "../../state/asking";
import { numberSet, put, setting } from "../../state/edits";
import type { Store } from "../../state/store";
import { language, named, recorded, t, unitName } from "../../text";
import { Symbol } from "./model";

const AT_ONCE = 25;
/** How parts follow each other: rules first, then what happened, days last within each. */
const ORDER = [
  ...["willingness", "levels", "perception", "threat_dynamics", "assets", "domestic", "council"],
  ...["ladder", "network", "observation", "motives", "juncture", "leader", "rung", "period"],
  ...["member", "threat", "item", "partners", "kind"],
];
const KINDS = ["known", "fitted", "assumed"] as const;

interface Filter {
  words: string;
  kind: string;
  part: string;
  only: string;
}

export function Numbers({ store }: { store: Store }) {
  const filter = useSignal<Filter>({ words: "", kind: "", part: "", only: "" });
  const most = useSignal(AT_ONCE);
  const numbers = useMemo(() => ordered(store.payload.numbers), [store.payload]);
  const { edits } = store.question.value;
  const parts = useMemo(() => [...new Set(numbers.map(({ path }) => partOf(path)))], [numbers]);
  const found = useMemo(
    () =>
      numbers.filter((one) =>
        fits(one, filter.value, (path) => numberSet(edits, path, store.payload) !== null),
      ),
    [numbers, filter.value, edits],
  );
  const set = (change: Partial<Filter>) => {
    filter.value = { ...filter.value, ...change };
    most.value = AT_ONCE;
  };
  const many = Object.fromEntries(
    KINDS.map((kind) => [kind, numbers.filter((one) => one.kind === kind).length]),
  );
  return (
    <div class="about-numbers">
      <p>{t("about.numbers.intro", { count: numbers.length, ...many })}</p>
      <ul class="about-kinds">
        {KINDS.map((kind) => (
          <li key={kind}>
            <Kind kind={kind} /> {t(`about.kind.${kind}.means`)}
          </li>
        ))}
      </ul>
      <form class="about-filter" role="search" onSubmit={(event) => event.preventDefault()}>
        <label>
          <span>{t("about.filter.words")}</span>
          <input
            type="search"
            value={filter.value.words}
            onInput={(event) => set({ words: event.currentTarget.value })}
          />
        </label>
        <Choice
          label={t("about.filter.kind")}
          value={filter.value.kind}
          choices={KINDS.map((kind) => [kind, t(`about.kind.${kind}.name`)])}
          onChoice={(kind) => set({ kind })}
        />
        <Choice
          label={t("about.filter.part")}
          value={filter.value.part}
          choices={parts.map((part) => [part, t(`about.head.${part}`)])}
          onChoice={(part) => set({ part })}
        />
        <Choice
          label={t("about.filter.only")}
          value={filter.value.only}
          choices={["changed", "prior", "learnt"].map((one) => [one, t(`about.filter.${one}`)])}
          onChoice={(only) => set({ only })}
        />
      </form>
      <p class="about-soft" role="status">
        {t("about.numbers.found", { n: found.length })}
      </p>
      <ul class="about-list">
        {found.slice(0, most.value).map((one) => (
          <Row key={one.path} one={one} store={store} />
        ))}
      </ul>
      {found.length > most.value && (
        <p class="about-more">
          <button type="button" onClick={() => (most.value += AT_ONCE)}>
            {t("about.numbers.more", { count: Math.min(AT_ONCE, found.length - most.value) })}
          </button>{" "}
          <button type="button" onClick={() => (most.value = found.length)}>
            {t("about.numbers.all", { count: found.length })}
          </button>
        </p>
      )}
    </div>
  );
}

function Choice(of: {
  label: string;
  value: string;
  choices: string[][];
  onChoice: (value: string) => void;
}) {
  return (
    <label>
      <span>{of.label}</span>
      <select value={of.value} onChange={(event) => of.onChoice(event.currentTarget.value)}>
        <option value="">{t("about.filter.any")}</option>
        {of.choices.map(([value, title]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}

function Kind({ kind }: { kind: Numbered["kind"] }) {
  return <span class={`about-kind ${kind}`}>{t(`about.kind.${kind}.name`)}</span>;
}

function Row({ one, store }: { one: Numbered; store: Store }) {
  const { path, kind, value, unit, low, high, source, told } = one;
  const isNumber = typeof value === "number";
  const between = low === null || high === null ? "" : `${plain(low)} … ${plain(high)}`;
  return (
    <li class="about-row">
      <div class="about-what">
        <strong>{named(`number.${path}`, one.title)}</strong> <Symbol path={path} />
        <code>{path}</code>
      </div>
      <div class="about-value">
        <Kind kind={kind} />
        <span>
          {isNumber ? plain(value) : codedDay(String(value), language.value)}{" "}
          {isNumber && unitName(unit)}
        </span>
        {between !== "" && <span class="about-soft">{t("about.row.range", { between })}</span>}
      </div>
      <div class="about-from about-soft">
        {t("about.row.source", { source: recorded(source) })}
        {told !== undefined && <Told told={told} />}
      </div>
      {isNumber && <Change one={one} store={store} />}
    </li>
  );
}

/** What was believed before the record, and what after it, with a word on whether that is more. */
function Told({ told }: { told: NonNullable<Numbered["told"]> }) {
  const span = ([low, middle, high]: [number, number, number]) =>
    t("about.row.span", { low: short(low), middle: short(middle), high: short(high) });
  return (
    <span class="about-told">
      {t("about.row.before", { span: span(told.prior) })}{" "}
      {t("about.row.after", { span: span(told.posterior) })}{" "}
      {t(told.byPrior ? "about.row.by_prior" : "about.row.left", {
        ratio: decimal(told.ratio, "1", 2),
      })}
    </span>
  );
}

/** A field that changes the number as an edit of the question; what cannot be is told and undone. */
function Change({ one, store }: { one: Numbered; store: Store }) {
  const { payload } = store;
  const { edits } = store.question.value;
  const set = numberSet(edits, one.path, payload);
  const typed = useSignal(String(set ?? one.value));
  const problems = useSignal<string[] | null>([]); // null: what is typed is no number
  useEffect(() => {
    typed.value = String(set ?? one.value);
  }, [set]);
  const wrong = problems.value === null || problems.value.length > 0;
  const id = `about-${one.path}`;
  const change = (to: number) => {
    problems.value = ask(store, { edits: put(edits, `${setting(one.path)}=${to}`, payload) });
    refused.value = []; // told here, beside the field
  };
  const take = (text: string) => {
    const number = Number(text);
    if (text.trim() !== "" && Number.isFinite(number)) change(number);
    else problems.value = null;
  };
  return (
    <div class="about-change">
      <label for={id} class="unseen">
        {t("about.row.change", { what: named(`number.${one.path}`, one.title) })}
      </label>
      <input
        id={id}
        type="number"
        step="any"
        inputMode="decimal"
        min={one.low ?? undefined}
        max={one.high ?? undefined}
        value={typed.value}
        aria-describedby={wrong ? `${id}-problem` : undefined}
        aria-invalid={wrong}
        onInput={(event) => (typed.value = event.currentTarget.value)}
        onChange={(event) => take(event.currentTarget.value)}
      />
      {set !== null && (
        <button type="button" onClick={() => change(Number(one.value))}>
          {t("about.row.back", { value: plain(Number(one.value)) })}
        </button>
      )}
      {wrong && (
        <div id={`${id}-problem`} role="alert">
          {problems.value === null ? t("about.row.no_number") : <Messages told={problems.value} />}
        </div>
      )}
    </div>
  );
}

function ordered(numbers: readonly Numbered[]): Numbered[] {
  const rank = ({ path, value }: Numbered): number => {
    const place = ORDER.indexOf(partOf(path));
    return (place < 0 ? ORDER.length : place) + (typeof value === "number" ? 0 : 0.5);
  };
  return [...numbers].sort((one, other) => rank(one) - rank(other));
}

function partOf(path: string): string {
  return path.split(".")[0] ?? "";
}

function fits(
  one: Numbered,
  { words, kind, part, only }: Filter,
  isSet: (path: string) => boolean,
): boolean {
  if (kind !== "" && one.kind !== kind) return false;
  if (part !== "" && partOf(one.path) !== part) return false;
  if (only === "prior" && one.told?.byPrior !== true) return false;
  if (only === "learnt" && one.told?.byPrior !== false) return false;
  if (only === "changed" && !isSet(one.path)) return false;
  const text = `${one.path} ${one.title} ${named(`number.${one.path}`, "")} ${one.source}`;
  const low = text.toLocaleLowerCase();
  return words
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => low.includes(word));
}
