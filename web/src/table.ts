// Charts own no data: they read the table beside them, so that both always say the same.

/** One body row of a table, as far as a chart needs it. */
export interface Row {
  key: string;
  label: string;
  kind: "body" | "subtotal" | "total";
  /** Address of the row's page, where the label is a link. */
  link: string | undefined;
  /** Numbers by column key; NaN where the cell states none. */
  values: Map<string, number>;
  /** Texts by column key, as printed. */
  texts: Map<string, string>;
}

/** What a chart reads. */
export interface TableData {
  /** Heads by column key, with their units. */
  heads: Map<string, string>;
  rows: Row[];
}

const KINDS = ["body", "subtotal", "total"] as const;

/** Reads a printed table; `undefined` where the page has none of that id. */
export function readTable(id: string): TableData | undefined {
  const table = document.getElementById(id);
  if (!(table instanceof HTMLTableElement)) return undefined;
  const keys: string[] = [];
  const heads = new Map<string, string>();
  for (const head of table.querySelectorAll<HTMLElement>("thead [data-column]")) {
    const key = head.dataset["column"] ?? "";
    keys[Number(head.dataset["index"])] = key;
    heads.set(key, words(head));
  }
  const rows: Row[] = [];
  for (const line of table.querySelectorAll<HTMLTableRowElement>("tbody tr")) {
    const cells = [...line.cells];
    const values = new Map<string, number>();
    const texts = new Map<string, string>();
    cells.forEach((cell, index) => {
      const key = keys[index] ?? "";
      texts.set(key, words(cell));
      values.set(key, numberOf(words(cell)));
    });
    const first = cells[0];
    rows.push({
      key: line.dataset["key"] ?? "",
      kind: KINDS.find((kind) => kind === line.dataset["kind"]) ?? "body",
      label: first ? words(first) : "",
      link: first?.querySelector("a")?.href,
      texts,
      values,
    });
  }
  return { heads, rows };
}

/** Reads a number as printed: thousands separators, a true minus sign. */
export function numberOf(text: string): number {
  const plain = text.replace(/[,\s]/g, "").replace("−", "-");
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN;
}

/** Five classes with round limits, from quantiles: one large city must not push all others into the lowest class. */
export function classLimits(values: number[]): number[] {
  const sorted = values.filter((value) => Number.isFinite(value) && value > 0).sort((a, b) => a - b);
  if (sorted.length === 0) return [];
  const limits: number[] = [];
  for (const part of [0.2, 0.4, 0.6, 0.8]) {
    const limit = roundLimit(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0);
    if (limit > (limits[limits.length - 1] ?? 0)) limits.push(limit);
  }
  return limits;
}

/** The class 1 to 5 of a value among limits made by {@link classLimits}. */
export function classOf(value: number, limits: number[]): number {
  return 1 + limits.filter((limit) => value >= limit).length;
}

function roundLimit(value: number): number {
  if (value <= 0) return 0;
  const digits = 10 ** (Math.floor(Math.log10(value)) - 1);
  const step = digits * 5;
  const rounded = value >= step * 2 ? Math.round(value / step) * step : Math.round(value / digits) * digits;
  return Number(rounded.toPrecision(2));
}

function words(element: HTMLElement): string {
  return (element.textContent ?? "").replace(/\s+/g, " ").trim();
}
