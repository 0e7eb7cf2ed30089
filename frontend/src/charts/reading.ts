/** Reads a chart out of the table that stands beneath it: what is drawn and what is read can't differ. */

export interface Series {
  name: string;
  /** How it is drawn: `bar`, `line` or `band` (the upper edge of an interval whose lower edge comes before it). */
  kind: string;
  unit: string;
  values: (number | null)[];
  texts: string[];
  links: (string | null)[];
}

export interface ChartData {
  labels: string[];
  series: Series[];
}

export function readTable(table: HTMLTableElement): ChartData {
  const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
  const labels = rows.map((row) => row.cells[0]?.dataset.label ?? "");
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  const series = heads.flatMap((head, at) => {
    const kind = head.dataset.series;
    if (kind === undefined) return [];
    const cells = rows.map((row) => row.cells[at]);
    return [
      {
        name: head.textContent?.trim() ?? "",
        kind,
        unit: head.dataset.unit ?? "number",
        values: cells.map((cell) => numberOf(cell?.dataset.value)),
        texts: cells.map((cell) => cell?.textContent?.trim() ?? ""),
        links: cells.map((cell) => cell?.querySelector("a")?.getAttribute("href") ?? null),
      },
    ];
  });
  return { labels, series };
}

function numberOf(text: string | undefined): number | null {
  if (text === undefined || text === "") return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
