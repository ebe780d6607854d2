// Draws every `.chart` from the table that it names. Loaded only on pages that have charts.
//
// <figure class="chart" data-chart="lines" data-table="trend" data-columns="output.contract_value …">
//   <div class="chart-canvas"></div>
// </figure>
import { BarChart, LineChart, MapChart, SankeyChart } from "echarts/charts";
import { AriaComponent, GridComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, use, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { bars, flows, lines, type Drawing } from "./options";
import { map } from "./map";
import { readTable } from "./table";
import { readTokens } from "./tokens";

use([
  AriaComponent,
  BarChart,
  CanvasRenderer,
  GridComponent,
  LineChart,
  MapChart,
  SankeyChart,
  TooltipComponent,
  VisualMapComponent,
]);

const MAKERS: Record<string, (request: Drawing) => Promise<object | undefined> | object | undefined> = {
  bars,
  flows,
  lines,
  map,
};

const drawn = new Map<HTMLElement, EChartsType>();
const sizes = new ResizeObserver((entries) => {
  for (const entry of entries) {
    // A canvas that is hidden for a moment has no size, and a map of no size cannot be computed.
    const { height, width } = entry.contentRect;
    if (width > 0 && height > 0 && entry.target instanceof HTMLElement) drawn.get(entry.target)?.resize();
  }
});

/** Draws or redraws the charts under `root`. */
export function draw(root: ParentNode): void {
  for (const [canvas, chart] of drawn) {
    if (canvas.isConnected) continue;
    sizes.unobserve(canvas);
    chart.dispose();
    drawn.delete(canvas);
  }
  for (const figure of root.querySelectorAll<HTMLElement>(".chart")) void drawOne(figure);
}

async function drawOne(figure: HTMLElement): Promise<void> {
  const canvas = figure.querySelector<HTMLElement>(".chart-canvas");
  const maker = MAKERS[figure.dataset["chart"] ?? ""];
  const table = readTable(figure.dataset["table"] ?? "");
  if (!canvas || !maker || !table) {
    figure.hidden = true;
    return;
  }
  const columns = (figure.dataset["columns"] ?? "").split(" ").filter((key) => table.heads.has(key));
  const option = await maker({ columns, figure, table, tokens: readTokens() });
  if (!option) {
    figure.hidden = true;
    return;
  }
  let chart = drawn.get(canvas);
  if (!chart) {
    chart = init(canvas, null, { renderer: "canvas" });
    drawn.set(canvas, chart);
    sizes.observe(canvas);
    openLinks(chart, figure);
  }
  chart.setOption({ ...option, animation: !matchMedia("(prefers-reduced-motion: reduce)").matches }, true);
}

/** A click on a mark opens what the same row's label opens; without a link it leads to the row. Maps know its key. */
function openLinks(chart: EChartsType, figure: HTMLElement): void {
  chart.on("click", (event) => {
    const { data, name } = event as { data?: { key?: string }; name?: string };
    const table = readTable(figure.dataset["table"] ?? "");
    const key = data?.key;
    const row = table?.rows.find((candidate) => (key ? candidate.key === key : candidate.label === name));
    if (row?.link) location.assign(row.link);
    else if (row) location.hash = `${figure.dataset["table"] ?? ""}-${row.key}`;
  });
}

function redraw(): void {
  draw(document);
}

document.addEventListener("themechange", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
