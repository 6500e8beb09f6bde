// Both partners, the members, the threats, and what lies between them in one quarter. Nodes stay where
// they are; how full they are and how thick the lines are follows the quarter.
import type { Domain, OneRun, Payload } from "../../contract";
import { seriesTitle } from "../../parts/acts";
import { decimal } from "../../parts/numbers";
import { enlarged, useWidth } from "../../parts/size";
import { named, t, wording } from "../../text";
import { chosenAlone, DOMAINS, statesOf } from "./blocks";
import { inLines, layoutOf, lineOn, type Layout, type Place } from "./layout";

const THICKEST = { threat: 13, level: 14 };
const THINNEST = 0.03; // what is felt less is not drawn

/** What the network shows of a quarter. */
export interface Moment {
  levels: Record<Domain, number>;
  /** How keen on political cooperation: the level each would choose alone, from 0 to 1. */
  stateWants: number;
  threats: { name: string; title: string; hostility: number; state: number; alliance: number }[];
  members: { name: string; title: string; weight: number; wants: number; refuses: boolean }[];
  stateRefuses: boolean;
}

/** Return what the network shows of a quarter of a run. */
export function momentOf(run: OneRun, step: number, payload: Payload): Moment {
  const at = (name: string) => run.states[name]?.[step] ?? 0;
  const felt = statesOf(run, "perceived_");
  const sorted = payload.threats.map(({ name }) => name).sort();
  const refusing = new Set(
    run.events
      .filter((event) => event.step === step && event.what.endsWith("refused"))
      .flatMap(({ who }) => who),
  );
  return {
    levels: {
      political: at("level_political"),
      operations: at("level_operations"),
      equipment: at("level_equipment"),
    },
    stateWants: at(statesOf(run, "willing_")[0] ?? ""),
    threats: payload.threats.map(({ name, title }) => ({
      name,
      title: named(`threat.${name}`, title),
      hostility: at(`hostility_${name}`),
      // As they are declared: what the state feels by threat, then what the alliance does.
      state: at(felt[sorted.indexOf(name)] ?? ""),
      alliance: at(felt[sorted.length + sorted.indexOf(name)] ?? ""),
    })),
    members: run.members.map(({ name, weight, ratios }) => ({
      name,
      title: named(
        `member.${name}`,
        payload.members.find((one) => one.name === name)?.title ?? name,
      ),
      weight: weight[step] ?? 0,
      wants: chosenAlone(ratios[0]?.[step] ?? 0),
      refuses: refusing.has(name),
    })),
    stateRefuses: refusing.has("state"),
  };
}

const NARROWEST = 340; // width that the network needs, in CSS pixels

export function Network({ moment, label }: { moment: Moment; label: string }) {
  const [place, width] = useWidth<HTMLDivElement>();
  const all = width.value || NARROWEST;
  const scale = enlarged(all, NARROWEST);
  const layout = layoutOf(all / scale, moment.members.length, moment.threats.length);
  return (
    <div class="one-world-network" ref={place}>
      <svg
        width={layout.width * scale}
        height={layout.height * scale}
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        role="img"
        aria-label={label}
        font-size={layout.letters}
      >
        <Felt moment={moment} layout={layout} />
        <Ties moment={moment} layout={layout} />
        <Alliance moment={moment} layout={layout} />
        <State moment={moment} layout={layout} />
        {moment.threats.map((threat, k) => (
          <Threat key={threat.name} threat={threat} place={layout.threats[k]} layout={layout} />
        ))}
      </svg>
    </div>
  );
}

function Felt({ moment, layout }: { moment: Moment; layout: Layout }) {
  const { state, box, radius } = layout;
  return (
    <g class="one-world-felt">
      {moment.threats.map((threat, k) => {
        const to = layout.threats[k] ?? { x: 0, y: 0, above: true };
        const inward = to.above ? 10 : -10;
        const edge = { x: box.x + box.width / 2, y: to.above ? box.y : box.y + box.height };
        const from = towards(state, to, radius + 3);
        const ends = { x: to.x, y: to.y + inward };
        return (
          <g key={threat.name}>
            {threat.state >= THINNEST && (
              <Line from={from} to={ends} width={THICKEST.threat * threat.state} />
            )}
            {threat.alliance >= THINNEST && (
              <Line from={edge} to={ends} width={THICKEST.threat * threat.alliance} />
            )}
          </g>
        );
      })}
    </g>
  );
}

function Line({ from, to, width }: { from: Place; to: Place; width: number }) {
  return <line x1={from.x} y1={from.y} x2={to.x} y2={to.y} stroke-width={width} />;
}

function towards(from: Place, to: Place, by: number): Place {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const far = Math.hypot(dx, dy) || 1;
  return { x: from.x + (dx / far) * by, y: from.y + (dy / far) * by };
}

function Ties({ moment, layout }: { moment: Moment; layout: Layout }) {
  return (
    <g>
      {DOMAINS.map((domain, k) => {
        const line = layout.lines[k] ?? { y: 0, from: 0, until: 0 };
        const level = moment.levels[domain];
        const words = `${seriesTitle(domain)} ${decimal(level, "1", 2)}`;
        const room = Math.floor((line.until - line.from) / (layout.letters * 0.56));
        const lines = inLines(words, room, 2);
        return (
          <g key={domain} class={`one-world-tie one-world-${domain}`}>
            <Line
              from={{ x: line.from, y: line.y }}
              to={{ x: line.until, y: line.y }}
              width={1 + (THICKEST.level - 1) * level}
            />
            <text
              x={(line.from + line.until) / 2}
              y={line.y - 10 - lineOn(layout, lines.length - 1)}
              text-anchor="middle"
            >
              <Lines lines={lines} x={(line.from + line.until) / 2} />
            </text>
          </g>
        );
      })}
    </g>
  );
}

function Lines({ lines, x }: { lines: string[]; x: number }) {
  return (
    <>
      {lines.map((line, k) => (
        <tspan key={k} x={x} dy={k === 0 ? 0 : "1.2em"}>
          {line}
        </tspan>
      ))}
    </>
  );
}

function Alliance({ moment, layout }: { moment: Moment; layout: Layout }) {
  const { box } = layout;
  return (
    <g>
      <rect
        class="one-world-box"
        x={box.x}
        y={box.y}
        width={box.width}
        height={box.height}
        rx={10}
      />
      <text
        class="one-world-partner"
        x={box.x + box.width / 2}
        y={box.y + 1.4 * layout.letters}
        text-anchor="middle"
      >
        {wording().alliance}
      </text>
      {moment.members.map((member, k) => {
        const { x, y } = layout.members[k] ?? { x: 0, y: 0 };
        const inside = member.weight > 0;
        const note = member.refuses
          ? [t("one_world.refuses")]
          : inside
            ? []
            : [t("one_world.not_in")];
        const lines = [...inLines(member.title, layout.memberLetters, 2), ...note];
        return (
          <g key={member.name} class={inside ? "" : "one-world-out"}>
            <title>
              {t("one_world.member", { title: member.title, wants: share(member.wants) })}
            </title>
            <Node
              place={{ x, y }}
              radius={layout.memberRadius}
              full={inside ? member.wants : 0}
              refuses={member.refuses}
            />
            <text
              x={x}
              y={y + layout.memberRadius + layout.letters}
              text-anchor="middle"
              font-size={layout.letters - 1}
            >
              <Lines lines={lines} x={x} />
            </text>
          </g>
        );
      })}
    </g>
  );
}

function State({ moment, layout }: { moment: Moment; layout: Layout }) {
  const { state, radius } = layout;
  const note = moment.stateRefuses ? [t("one_world.refuses")] : [];
  return (
    <g>
      <title>
        {t("one_world.member", { title: wording().state, wants: share(moment.stateWants) })}
      </title>
      <Node place={state} radius={radius} full={moment.stateWants} refuses={moment.stateRefuses} />
      <text
        class="one-world-partner"
        x={state.x}
        y={state.y + radius + 1.3 * layout.letters}
        text-anchor="middle"
      >
        <Lines lines={[...inLines(wording().state, 11), ...note]} x={state.x} />
      </text>
    </g>
  );
}

/** A circle, as full as its owner is keen; a crossed square for one that refuses this quarter. */
function Node(props: { place: Place; radius: number; full: number; refuses: boolean }) {
  const { place, radius, full, refuses } = props;
  if (refuses) {
    const half = radius * 0.95;
    const [left, right] = [place.x - half, place.x + half];
    const [top, bottom] = [place.y - half, place.y + half];
    return (
      <g class="one-world-no">
        <rect x={left} y={top} width={2 * half} height={2 * half} />
        <path d={`M${left} ${top}L${right} ${bottom}M${left} ${bottom}L${right} ${top}`} />
      </g>
    );
  }
  return (
    <g class="one-world-node">
      <circle cx={place.x} cy={place.y} r={radius} />
      <circle class="one-world-full" cx={place.x} cy={place.y} r={radius * Math.sqrt(full)} />
    </g>
  );
}

function Threat(props: {
  threat: Moment["threats"][number];
  place: (Place & { above: boolean }) | undefined;
  layout: Layout;
}) {
  const { threat, place, layout } = props;
  if (place === undefined) return null;
  const lines = inLines(threat.title, layout.threatLetters, 2);
  const y = place.above
    ? place.y - 15 - lineOn(layout, lines.length - 1)
    : place.y + 12 + layout.letters;
  const diamond = (half: number) =>
    `M${place.x} ${place.y - half}l${half} ${half}l${-half} ${half}l${-half} ${-half}z`;
  return (
    <g class="one-world-threat">
      <title>
        {t("one_world.threat", {
          title: threat.title,
          hostility: share(threat.hostility),
          state: share(threat.state),
          alliance: share(threat.alliance),
        })}
      </title>
      <path d={diamond(11)} />
      <path class="one-world-full" d={diamond(11 * Math.sqrt(Math.min(1, threat.hostility)))} />
      <text x={place.x} y={y} text-anchor="middle">
        <Lines lines={lines} x={place.x} />
      </text>
    </g>
  );
}

function share(value: number): string {
  return decimal(value, "1", 2);
}
