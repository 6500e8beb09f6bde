// The numbers of a picture, for whoever would rather read them: a table that opens on demand.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import "./table.css";

const SHORT = 16; // letters, as of "0.08 to 0.30", which stay in one line

export interface Rows {
  caption: string;
  heads: readonly string[];
  /** The first cell of each row is its head. */
  rows: readonly (readonly (string | number)[])[];
}

/** A table behind its title; what stands in it is worked out when it is opened. */
export function DataTable({ title, rows }: { title: string; rows: () => Rows }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="data" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {open && <Table {...rows()} />}
    </details>
  );
}

export function Table({ caption, heads, rows }: Rows) {
  return (
    <div class="data-sheet" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption>
          <span>{caption}</span>
        </caption>
        <Cells heads={heads} rows={rows} />
      </table>
    </div>
  );
}

interface CellsProps {
  heads: readonly string[];
  /** The first cell of each row is its head. */
  rows: readonly (readonly ComponentChildren[])[];
}

/** What stands in a table below its caption. */
export function Cells({ heads, rows }: CellsProps) {
  return (
    <>
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
              <td key={column} class={isShort(cell) ? "data-short" : undefined}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </>
  );
}

function isShort(cell: ComponentChildren): boolean {
  return (typeof cell === "string" || typeof cell === "number") && String(cell).length <= SHORT;
}
