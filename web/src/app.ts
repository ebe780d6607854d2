// The script of every page: htmx for partial updates, and the charts where a page has any.
import htmx from "htmx.org";
import { saveWhileTyping } from "./autosave";
import { takeFiles } from "./files";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0;

/** The built address of the chart bundle stands on the script's own tag, because its name carries a hash. */
const chartsAddress = document.querySelector<HTMLScriptElement>("script[data-charts]")?.dataset["charts"];

interface Charts {
  draw(root: ParentNode): void;
}

async function drawCharts(root: ParentNode): Promise<void> {
  if (!chartsAddress || !root.querySelector(".chart")) return;
  try {
    const charts = (await import(chartsAddress)) as Charts;
    charts.draw(root);
  } catch {
    // Every chart stands beside the table that it draws, so the page stays complete without it.
    for (const chart of root.querySelectorAll<HTMLElement>(".chart")) chart.hidden = true;
  }
}

/** Scroll regions that need no scrolling leave the order of the Tab key. */
function settleRegions(root: ParentNode): void {
  for (const region of root.querySelectorAll<HTMLElement>(".table-region")) {
    const scrolls = region.scrollWidth > region.clientWidth || region.scrollHeight > region.clientHeight;
    region.tabIndex = scrolls ? 0 : -1;
  }
}

function settle(root: ParentNode): void {
  settleRegions(root);
  takeFiles(root);
  saveWhileTyping(root);
  void drawCharts(root);
}

/** Where a row of navigation is pushed sideways, the current page is in sight. */
function showCurrent(): void {
  for (const row of document.querySelectorAll<HTMLElement>(".primary ul, .office ul")) {
    const current = row.querySelector<HTMLElement>('[aria-current="page"]');
    if (current && row.scrollWidth > row.clientWidth) {
      row.scrollLeft = current.offsetLeft + current.offsetWidth / 2 - row.clientWidth / 2;
    }
  }
}

settle(document);
showCurrent();
window.addEventListener("resize", () => settleRegions(document));
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target instanceof Element) settle(event.target.parentElement ?? document);
});
