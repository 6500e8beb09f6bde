// What each side weighs in a quarter: the terms of its log benefit/cost ratio as stacked bars, those
// that speak for cooperation to the right, those against it to the left, and who refused what.
import { useMemo } from "preact/hooks";
import type { Model, OneRun, Payload } from "../../contract";
import { rungTitle, seriesName, seriesTitle, whoName } from "../../parts/acts";
import { decimal, signed } from "../../parts/numbers";
import { enlarged, useWidth } from "../../parts/size";
import { DataTable } from "../../parts/table";
import { language, named, t, wording } from "../../text";
import { BLOCKS, mostMoved, reach, TERMS, weighings, type Weighing } from "./blocks";
import { quarterText } from "./walk";

const BAR = 26;
const NARROWEST = 240; // width that the bars need, in CSS pixels
const LETTER = 18; // width from which on a part of a bar bears its letter
const ALPHABET = "ABCDEFGHI";

interface TermsProps {
  run: OneRun;
  step: number;
  payload: Payload;
  model: Model;
}

export function Terms({ run, step, payload, model }: TermsProps) {
  const found = weighings(run, step);
  return (
    <section class="one-world-why" aria-labelledby="one-world-why">
      <h3 id="one-world-why">{t("one_world.why")}</h3>
      {found.length === 0 ? (
        <p>{t("one_world.given")}</p>
      ) : (
        <>
          <p>{t("one_world.reading")}</p>
          <p>{movedText(run, step, model)}</p>
          <Bars run={run} found={found} />
          <Key found={found} />
          <TermsTable run={run} step={step} model={model} />
        </>
      )}
      <Refusals run={run} step={step} payload={payload} model={model} />
    </section>
  );
}

function sideName(side: "state" | "alliance"): string {
  return side === "state" ? wording().state : wording().alliance;
}

/** Say which decision moved most since a year ago, and why. */
function movedText(run: OneRun, step: number, model: Model): string {
  const year = model.steps > 1 ? Math.round(1 / (model.year(1) - model.year(0))) : 1;
  const from = step - year;
  const moved = from < 1 ? null : mostMoved(run, from, step);
  if (moved === null) return t("one_world.no_move");
  return t("one_world.moved", {
    who: sideName(moved.side),
    domain: seriesName(moved.domain),
    by: signed(moved.by, "1", 2),
    term: t(`one_world.terms.${moved.term}`),
    through: signed(moved.through, "1", 2),
    quarter: quarterText(model, from, language.value),
  });
}

function Bars({ run, found }: { run: OneRun; found: Weighing[] }) {
  const [place, width] = useWidth<HTMLDivElement>();
  const { low, high } = useMemo(() => reach(run), [run]);
  const scale = enlarged(width.value, NARROWEST);
  const wide = Math.max(NARROWEST, width.value) / scale;
  const x = (value: number) => 8 + ((value - low) / (high - low)) * (wide - 16);
  const row = BAR + 46;
  const height = found.length * row + 24;
  return (
    <div class="one-world-bars" ref={place}>
      <svg
        width={wide * scale}
        height={height * scale}
        viewBox={`0 0 ${wide} ${height}`}
        aria-hidden="true"
      >
        <Patterns />
        <line class="one-world-zero" x1={x(0)} x2={x(0)} y1={0} y2={height - 20} />
        <text x={x(0)} y={height - 4} text-anchor="middle">
          0
        </text>
        <text x={8} y={height - 4}>
          {t("one_world.against")}
        </text>
        <text x={wide - 8} y={height - 4} text-anchor="end">
          {t("one_world.for")}
        </text>
        {found.map((one, k) => (
          <Bar key={`${one.side} ${one.domain}`} one={one} top={k * row} x={x} wide={wide} />
        ))}
      </svg>
    </div>
  );
}

interface BarProps {
  one: Weighing;
  top: number;
  x: (value: number) => number;
  wide: number;
}

function Bar({ one, top, x, wide }: BarProps) {
  let [below, above] = [0, 0];
  const parts = BLOCKS.map(({ block }, k) => {
    const value = one.blocks[block];
    const from = value < 0 ? below : above;
    if (value < 0) below += value;
    else above += value;
    const [left, right] = [x(Math.min(from, from + value)), x(Math.max(from, from + value))];
    return { block, letter: ALPHABET[k] ?? "", left, width: right - left };
  });
  const bar = top + 33;
  const at = x(one.ratio);
  return (
    <g>
      <text x={8} y={top + 15} class="one-world-bar-name">
        {`${sideName(one.side)} · ${seriesTitle(one.domain)}`}
      </text>
      <text x={wide - 8} y={top + 15} text-anchor="end">
        {t("one_world.sum", {
          ratio: signed(one.ratio, "1", 2),
          level: decimal(one.alone, "1", 2),
        })}
      </text>
      {parts.map(({ block, letter, left, width }) => (
        <g key={block}>
          <rect
            class={`one-world-part one-world-block-${block}`}
            x={left}
            y={bar}
            width={Math.max(0, width)}
            height={BAR}
            fill={`url(#one-world-${block})`}
          />
          {width >= LETTER && (
            <>
              <circle class="one-world-badge" cx={left + width / 2} cy={bar + BAR / 2} r={8.5} />
              <text x={left + width / 2} y={bar + BAR / 2 + 4.5} text-anchor="middle">
                {letter}
              </text>
            </>
          )}
        </g>
      ))}
      <path
        class="one-world-total"
        d={`M${at} ${bar - 5}l6 ${-6}h-12zM${at} ${bar - 5}v${BAR + 10}`}
      />
    </g>
  );
}

/** A pattern of its own for each block, in the colour of its theory. */
function Patterns() {
  const lines: Record<string, string> = {
    start: "M0 4H8",
    threat: "",
    distraction: "M-2 2L2 -2M0 8L8 0M6 10L10 6",
    entrapment: "M2 2h2v2h-2zM6 6h2v2h-2z",
    guarantor: "M4 0V8",
    built: "M-2 6L2 10M0 0L8 8M6 -2L10 2",
    leader: "",
    need: "M0 8L8 0M0 0L8 8",
    slow: "M0 2H8M0 6H8M4 2V6",
  };
  return (
    <defs>
      {BLOCKS.map(({ block }) => (
        <pattern
          key={block}
          id={`one-world-${block}`}
          class={`one-world-block-${block}`}
          width={8}
          height={8}
          patternUnits="userSpaceOnUse"
        >
          <rect class="one-world-ground" width={8} height={8} />
          <path class="one-world-hatch" d={lines[block] ?? ""} />
        </pattern>
      ))}
    </defs>
  );
}

function Key({ found }: { found: Weighing[] }) {
  const shown = BLOCKS.map(({ block }, k) => ({ block, letter: ALPHABET[k] ?? "" })).filter(
    ({ block }) => found.some(({ blocks }) => blocks[block] !== 0),
  );
  return (
    <ul class="one-world-key">
      {shown.map(({ block, letter }) => (
        <li key={block}>
          <svg width={28} height={20} viewBox="0 0 28 20" aria-hidden="true">
            <rect
              class={`one-world-part one-world-block-${block}`}
              x={1}
              y={1}
              width={26}
              height={18}
              fill={`url(#one-world-${block})`}
            />
          </svg>
          <span>
            <b>{letter}</b> {t(`one_world.blocks.${block}`)}
          </span>
        </li>
      ))}
    </ul>
  );
}

function TermsTable({ run, step, model }: Omit<TermsProps, "payload">) {
  const rows = () => {
    const found = weighings(run, step);
    const used = TERMS.filter((term) => found.some(({ terms }) => (terms[term] ?? 0) !== 0));
    const lines = used.map((term) => [
      t(`one_world.terms.${term}`),
      ...found.map(({ terms }) => signed(terms[term] ?? 0, "1", 3)),
    ]);
    return {
      caption: t("one_world.terms_of", { quarter: quarterText(model, step, language.value) }),
      heads: [
        t("one_world.term"),
        ...found.map(({ side, domain }) => `${sideName(side)}: ${seriesTitle(domain)}`),
      ],
      rows: [
        ...lines,
        [t("one_world.together"), ...found.map(({ ratio }) => signed(ratio, "1", 3))],
        [t("one_world.alone"), ...found.map(({ alone }) => decimal(alone, "1", 3))],
      ],
    };
  };
  return <DataTable title={t("one_world.terms_table")} rows={rows} />;
}

function Refusals({ run, step, payload, model }: TermsProps) {
  const here = run.refusals.filter((one) => one.step === step);
  const last = run.refusals.filter((one) => one.step < step).at(-1);
  return (
    <div class="one-world-refusals">
      <h4>{t("one_world.refusals")}</h4>
      {here.length === 0 && (
        <p>
          {last === undefined
            ? t("one_world.none_refused")
            : t("one_world.last_refused", {
                quarter: quarterText(model, last.step, language.value),
              })}
        </p>
      )}
      {here.map((one) => (
        <div key={`${one.what} ${one.which}`}>
          <p>{t("one_world.refused", { what: whatName(one, payload) })}</p>
          <ul>
            {one.members.map((member) => (
              <li key={member.name}>
                {t(member.name === "state" ? "one_world.no_of_state" : "one_world.no_of_member", {
                  who: whoName(member.name, payload),
                  term: t(`one_world.terms.${member.term}`),
                  ratio: decimal(member.ratio, "1", 2),
                  demand: decimal(member.demand, "1", 2),
                  luck: signed(member.luck, "1", 2),
                })}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}

function whatName(one: OneRun["refusals"][number], payload: Payload): string {
  if (one.what === "rung") return rungTitle(one.which, payload);
  const item = payload.items[one.which];
  return named(`item.${item?.name}`, item?.title ?? "");
}
