// A table of an answer's numbers, which scrolls by itself where it is too wide.
import type { ComponentChildren } from "preact";
import { Cells } from "../../parts/table";

interface NumbersProps {
  caption: string;
  /** Whether the caption is for those alone who cannot see the heading above it. */
  unseen?: boolean;
  heads: readonly string[];
  /** The first cell of each row is its head. */
  rows: readonly (readonly ComponentChildren[])[];
}

export function Numbers({ caption, unseen = false, heads, rows }: NumbersProps) {
  return (
    <div class="answer-scroll" tabIndex={0} role="region" aria-label={caption}>
      <table class="answer-numbers">
        <caption class={unseen ? "unseen" : undefined}>{caption}</caption>
        <Cells heads={heads} rows={rows} />
      </table>
    </div>
  );
}
