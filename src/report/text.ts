// Small things that every printed report needs: wrapped paragraphs, cut cells, aligned tables, numbers.

import { plainPaint, type Paint } from "#report/paint";

/** The width of a report when nobody says otherwise, in characters. */
export const WIDTH = 80;

/** A whole number with separators: 4,211. */
export function thousands(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 thread`, `2 threads`, `4,211 executions`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${thousands(count)} ${count === 1 ? noun : plural}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
}

/** The text cut to `width` characters; what is cut ends in an ellipsis. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** The text in lines of at most `width` characters, the first after `first`, the others after as many blanks. */
export function wrap(text: string, width = WIDTH, first = ""): string {
  const indent = " ".repeat(first.length);
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join("\n");
}

/** A column of a table. */
export interface Column {
  readonly heading: string;
  /** Numbers stand at the right. Default: left. */
  readonly align?: "left" | "right";
}

/** An aligned table: headings, a rule, rows; two blanks between columns, none at a line's end. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paint: Paint = plainPaint,
): string {
  const widths = columns.map((column, place) =>
    Math.max(column.heading.length, ...rows.map((row) => (row[place] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, place) => {
        const cell = cells[place] ?? "";
        const width = widths[place] ?? 0;
        return column.align === "right" ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [paint.bold(line(columns.map((column) => column.heading))), paint.dim(rule), ...rows.map(line)].join("\n");
}
