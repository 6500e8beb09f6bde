// One hundred re-runs as squares: filled where the outcome comes about. Shape tells, not colour alone.
import "./icons.css";

const ACROSS = 10;
const ALL = 100;
const STEP = 12;
const SIDE = 9;

export interface IconsOf {
  /** How many of 100 are filled. */
  count: number;
  /** What is said to whoever cannot see it. */
  label: string;
  world: "factual" | "edited";
}

export function Icons({ count, label, world }: IconsOf) {
  const places = Array.from({ length: ALL }, (_, place) => place);
  const room = ACROSS * STEP;
  return (
    <svg class={`icons ${world}`} viewBox={`0 0 ${room} ${room}`} role="img" aria-label={label}>
      {places.map((place) => (
        <rect
          key={place}
          x={(place % ACROSS) * STEP + 1.5}
          y={Math.floor(place / ACROSS) * STEP + 1.5}
          width={SIDE}
          height={SIDE}
          rx={world === "factual" ? 0 : SIDE / 2}
          class={place < count ? "comes" : "not"}
        />
      ))}
    </svg>
  );
}
