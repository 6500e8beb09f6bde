// A table of an answer's numbers, which scrolls by itself where it is too wide.
import type { ComponentChildren } from "preact";

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
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([head, ...cells], place) => (
            <tr key={place}>
              <th scope="row">{head}</th>
              {cells.map((cell, column) => (
                <td key={column}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
