// One row of the chart: a fan of histories on canvas; axis, handles' lines and coded acts in SVG.
import { useComputed, type Signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { Canvas, colours } from "../../parts/canvas";
import { paintFan, type Look, type Scale } from "../../parts/fan";
import { xOf, type Places } from "../../parts/window";
import type { Store } from "../../state/store";
import { stepAt, yearOf } from "../../state/time";
import { named } from "../../text";
import { isDark, printing } from "../../theme";
import { Acts, ActTip, STRIP } from "./acts";
import { Guides } from "./guides";
import type { ActsShown } from "./acts_shown";
import { limits, reachOf, rowName, valueTicks, type Row, type Shows } from "./rows";

const TOP = 6;
const DASH = [6, 4] as const;

interface PlotProps {
  store: Store;
  row: Row;
  places: Places;
  ticks: readonly number[];
  height: number;
  shown: ActsShown;
  shows: Signal<Shows>;
  /** The row that names the years below itself. */
  last: boolean;
}

export function Plot({ store, row, places, ticks, height, shown, shows, last }: PlotProps) {
  const { payload } = store;
  const scale = useComputed(() =>
    shows.value === "worlds" ? null : reachOf(row, store.picture.value),
  );
  const reach = scale.value;
  const [low, high] = reach === null ? limits(row, payload) : [-reach, reach];
  const strip = row.series === null ? 0 : STRIP;
  const bottom = height - strip - 1;
  const y = (value: number) => bottom - ((value - low) / (high - low)) * (bottom - TOP);
  const paint = useMemo(
    () => painter(store, row, places, y, reach === null ? "worlds" : "difference"),
    [store, row, places.width, places.from, places.until, height, reach],
  );
  return (
    <div class="timeline-plot" style={{ height: `${height + (last ? 22 : 0)}px` }}>
      <Canvas width={places.width} height={height} paint={paint} />
      <svg
        class="timeline-over"
        width={places.width}
        height={height + (last ? 22 : 0)}
        role="group"
        aria-label={rowName(row)}
      >
        <g class="timeline-axis" aria-hidden="true">
          {ticks.map((year) => (
            <line
              key={year}
              x1={xOf(places, year)}
              x2={xOf(places, year)}
              y1={0}
              y2={height + (last ? 4 : 0)}
            />
          ))}
          {valueTicks(row, payload, reach).map((value) => (
            <g key={value}>
              <line x1={places.left} x2={places.width - places.right} y1={y(value)} y2={y(value)} />
              <text x={places.left - 5} y={y(value)} dy="0.35em" text-anchor="end">
                {reach !== null && value > 0 ? "+" : ""}
                {String(value).replace("-", "−")}
              </text>
            </g>
          ))}
          {last &&
            ticks.map((year) => (
              <text key={year} x={xOf(places, year)} y={height + 17} text-anchor="middle">
                {year}
              </text>
            ))}
        </g>
        <Guides store={store} places={places} height={height} />
        {row.stepped && reach === null && <Steps store={store} places={places} y={y} />}
        {row.series !== null && (
          <Acts places={places} shown={shown} series={row.series} top={height - STRIP} />
        )}
      </svg>
      {row.series !== null && <ActTip places={places} shown={shown} series={row.series} />}
    </div>
  );
}

/** The formal steps of the record, where and when they were reached. */
function Steps({
  store,
  places,
  y,
}: {
  store: Store;
  places: Places;
  y: (rung: number) => number;
}) {
  const reached = store.payload.record?.rungs ?? [];
  return (
    <g class="timeline-steps" aria-hidden="true">
      {reached
        .filter(({ date }) => date >= places.from && date <= places.until)
        .map(({ rung, date, title }) => (
          <rect
            key={`${rung} ${date}`}
            x={xOf(places, date) - 3.5}
            y={y(rung) - 3.5}
            width={7}
            height={7}
          >
            <title>{named(`rung.${rung}`, title)}</title>
          </rect>
        ))}
    </g>
  );
}

function painter(
  store: Store,
  row: Row,
  places: Places,
  y: (value: number) => number,
  shows: Shows,
) {
  const { left, right, width, from, until } = places;
  const { payload } = store;
  return (brush: CanvasRenderingContext2D) => {
    const found = colours(["soft", "line", "sheet", "ink"]);
    const dark = isDark();
    const height = brush.canvas.clientHeight || brush.canvas.height;
    brush.save();
    brush.beginPath();
    brush.rect(left, 0, width - left - right, height);
    brush.clip();
    shade(brush, store, places, height, dark ? "#ffffff" : "#000000");
    const picture = store.picture.value;
    const fans = picture?.fans[row.state];
    if (picture && fans) {
      const scale: Scale = {
        x: (step) => xOf(places, yearOf(step, payload)),
        y,
        first: Math.max(0, Math.floor(stepAt(from, payload)) - 1),
        last: Math.min(picture.steps, Math.ceil(stepAt(until, payload)) + 1),
        stepped: row.stepped,
      };
      const grey = printing.value ? "#444444" : (found["soft"] ?? "gray");
      const worlds = shows === "worlds";
      if (worlds) paintFan(brush, fans.factual, scale, looks(grey, [], dark));
      if (picture.touched !== null && picture.question.edits.length > 0) {
        const later = { ...scale, first: Math.max(scale.first, picture.touched - 1) };
        const fan = worlds ? fans.edited : fans.difference;
        paintFan(brush, fan, later, looks(colourOf(store, row, dark), DASH, dark));
      }
    }
    brush.restore();
  };
}

function looks(line: string, dash: readonly number[], dark: boolean): Look {
  const edited = dash.length > 0;
  const [outer, inner] = dark ? [0.2, 0.24] : [0.15, 0.2];
  return { line, dash, width: edited ? 2.5 : 1.75, outer, inner: edited ? inner + 0.04 : inner };
}

/** Return the colour of edited histories in a row. */
function colourOf(store: Store, row: Row, dark: boolean): string {
  const own = row.series === null ? undefined : store.payload.relationship.colours[row.series];
  const token = row.series === "institution" || row.series === null ? "edited" : row.series;
  const usual = colours([token])[token] ?? "gray";
  if (row.series === "institution") return usual;
  return (dark ? own?.dark : own?.light) ?? usual;
}

/** Every second period lies on a darker ground, so that they can be told apart. */
function shade(
  brush: CanvasRenderingContext2D,
  store: Store,
  places: Places,
  height: number,
  ink: string,
): void {
  brush.fillStyle = ink;
  brush.globalAlpha = 0.045;
  store.payload.periods.forEach(({ from, until }, place) => {
    if (place % 2 === 1) return;
    const x = xOf(places, from);
    brush.fillRect(x, 0, xOf(places, until) - x, height);
  });
  brush.globalAlpha = 1;
}
