// ECharts options of lines, bars and flows. Tooltips are drawn on the canvas (`richText`): no inline style is ever set.
import type { TableData } from "./table";
import type { Tokens } from "./tokens";

export interface Drawing {
  figure: HTMLElement;
  table: TableData;
  columns: string[];
  tokens: Tokens;
}

const FONT_SIZE = 13;
const SYMBOLS = ["circle", "rect", "triangle", "diamond"];
const DASHES = ["solid", "dashed", "dotted", [8, 4, 2, 4]];
/** An invisible mark keeps the two sides of one place apart: ECharts knows nodes by name. */
const SINK = "\u200b";
/** Room above and below the plot of lines, in pixels. */
const LINES_TOP = 40;
const LINES_BOTTOM = 28;
/** More flows than this make a thicket, not a picture. */
const FLOWS_MAX = 24;

/** What every chart shares. */
export function common({ figure, tokens }: Drawing): object {
  return {
    aria: { enabled: true, label: { description: figure.getAttribute("aria-label") ?? "" } },
    textStyle: { color: tokens.ink, fontFamily: tokens.font, fontSize: FONT_SIZE },
    tooltip: {
      backgroundColor: tokens.paper,
      borderColor: tokens.inkSoft,
      borderWidth: 1,
      confine: true,
      renderMode: "richText",
      textStyle: { color: tokens.ink, fontFamily: tokens.font, fontSize: FONT_SIZE },
    },
  };
}

/** One line a column over the rows: months from left to right. */
export function lines(drawing: Drawing): object | undefined {
  const { columns, table, tokens } = drawing;
  const rows = table.rows.filter((row) => row.kind === "body");
  if (rows.length < 2 || columns.length === 0) return undefined;
  const base = common(drawing) as { tooltip: object };
  const first = table.heads.get(columns[0] ?? "") ?? "";
  const canvas = drawing.figure.querySelector(".chart-canvas");
  const offsets = labelOffsets(
    columns.map((key) => rows.map((row) => row.values.get(key) ?? 0)),
    (canvas?.clientHeight ?? 0) - LINES_TOP - LINES_BOTTOM,
  );
  return {
    ...base,
    grid: { bottom: LINES_BOTTOM, containLabel: true, left: 4, right: columns.length > 1 ? 76 : 32, top: LINES_TOP },
    series: columns.map((key, index) => ({
      color: tokens.series[index % tokens.series.length],
      data: rows.map((row) => finite(row.values.get(key))),
      endLabel: {
        color: tokens.series[index % tokens.series.length],
        distance: 8,
        fontSize: FONT_SIZE,
        formatter: "{a}",
        offset: [0, offsets[index] ?? 0],
        // One line alone is named by the axis.
        show: columns.length > 1,
      },
      lineStyle: { type: DASHES[index % DASHES.length], width: 2 },
      name: shortHead(table.heads.get(key) ?? key),
      symbol: SYMBOLS[index % SYMBOLS.length],
      symbolSize: 6,
      type: "line",
    })),
    tooltip: { ...base.tooltip, axisPointer: { lineStyle: { color: tokens.inkSoft }, type: "line" }, trigger: "axis" },
    xAxis: {
      axisLabel: { color: tokens.inkSoft, hideOverlap: true },
      axisLine: { lineStyle: { color: tokens.inkSoft } },
      boundaryGap: false,
      data: rows.map((row) => row.label),
      type: "category",
    },
    yAxis: valueAxis(tokens, columns.length > 1 ? unitOf(first) : first),
  };
}

/** Horizontal bars, one a row, in the order of the table, each with its value. */
export function bars(drawing: Drawing): object | undefined {
  const { columns, table, tokens } = drawing;
  const key = columns[0];
  const rows = table.rows.filter((row) => row.kind === "body" && Number.isFinite(row.values.get(key ?? "")));
  if (!key || rows.length === 0) return undefined;
  const base = common(drawing) as { tooltip: object };
  const caption = drawing.figure.querySelector("figcaption");
  if (caption) caption.textContent = table.heads.get(key) ?? "";
  return {
    ...base,
    grid: { bottom: 4, containLabel: true, left: 4, right: 64, top: 4 },
    series: [
      {
        barMaxWidth: 22,
        color: tokens.series[0],
        data: rows.map((row) => finite(row.values.get(key))),
        label: { color: tokens.ink, formatter: textsOf(rows.map((row) => row.texts.get(key) ?? "")), position: "right", show: true },
        name: table.heads.get(key) ?? key,
        type: "bar",
      },
    ],
    tooltip: { ...base.tooltip, trigger: "item" },
    // Every bar carries its figure, so the axis would only repeat them.
    xAxis: { show: false, type: "value" },
    yAxis: {
      axisLabel: { color: tokens.ink, overflow: "break", width: 150 },
      axisLine: { lineStyle: { color: tokens.line } },
      axisTick: { show: false },
      data: rows.map((row) => row.label),
      inverse: true,
      type: "category",
    },
  };
}

/** The largest flows of a matrix, from the rows' places on the left to the columns' places on the right. */
export function flows(drawing: Drawing): object | undefined {
  const { columns, table, tokens } = drawing;
  const all = table.rows
    .filter((row) => row.kind === "body")
    .flatMap((row) =>
      columns.map((key) => ({ from: row.label, to: table.heads.get(key) ?? key, value: row.values.get(key) ?? 0 })),
    )
    .filter((flow) => flow.value > 0 && flow.from !== flow.to)
    .sort((a, b) => b.value - a.value)
    .slice(0, FLOWS_MAX);
  if (all.length === 0) return undefined;
  const sink = (name: string): string => `${name}${SINK}`;
  const names = [...new Set(all.map((flow) => flow.from)), ...new Set(all.map((flow) => sink(flow.to)))];
  const base = common(drawing) as { tooltip: object };
  return {
    ...base,
    series: [
      {
        data: names.map((name) =>
          name.endsWith(SINK)
            ? { itemStyle: { color: tokens.seal }, label: { position: "right" }, name }
            : { itemStyle: { color: tokens.river }, label: { position: "left" }, name },
        ),
        draggable: false,
        emphasis: { focus: "adjacency" },
        label: { color: tokens.ink, fontSize: FONT_SIZE },
        left: 96,
        lineStyle: { color: "source", curveness: 0.5, opacity: 0.28 },
        links: all.map((flow) => ({ source: flow.from, target: sink(flow.to), value: flow.value })),
        nodeGap: 14,
        nodeWidth: 8,
        right: 96,
        top: 16,
        bottom: 16,
        type: "sankey",
      },
    ],
    tooltip: { ...base.tooltip, trigger: "item" },
  };
}

/** How far each line's label moves so that no two cover each other; `height` is that of the plot in pixels. */
export function labelOffsets(series: number[][], height: number): number[] {
  const largest = Math.max(...series.flat(), 1);
  const gap = FONT_SIZE + 6;
  const places = series
    .map((values, index) => ({ index, y: height * (1 - (values[values.length - 1] ?? 0) / largest) }))
    .sort((a, b) => a.y - b.y);
  const offsets = series.map(() => 0);
  let free = Number.NEGATIVE_INFINITY;
  for (const { index, y } of places) {
    const settled = Math.max(y, free);
    offsets[index] = settled - y;
    free = settled + gap;
  }
  return offsets;
}

function valueAxis(tokens: Tokens, unit: string): object {
  return {
    axisLabel: { color: tokens.inkSoft, hideOverlap: true },
    name: unit,
    nameGap: 12,
    nameLocation: "end",
    nameTextStyle: { align: "left", color: tokens.inkSoft },
    splitLine: { lineStyle: { color: tokens.line } },
    type: "value",
  };
}

function textsOf(texts: string[]): (label: { dataIndex: number }) => string {
  return ({ dataIndex }) => texts[dataIndex] ?? "";
}

/** 成交额(亿元) → 亿元 */
export function unitOf(head: string): string {
  return /[(（]([^()（）]+)[)）]/.exec(head)?.[1] ?? "";
}

/** 成交额(亿元) → 成交额 */
function shortHead(head: string): string {
  return head.replace(/\s*[(（][^()（）]+[)）]\s*$/, "");
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
