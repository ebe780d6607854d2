// The map of the region: our own outlines, served by our own server; classes and legend from the table.
import { registerMap } from "echarts/core";
import { common, unitOf, type Drawing } from "./options";
import { classLimits, classOf } from "./table";

interface Outlines {
  type: "FeatureCollection";
  features: { geometry: { coordinates: Nested }; properties: { adcode: string; name: string } }[];
}

/** Positions within rings within polygons, as deep as the outline needs. */
type Nested = (number | Nested)[];

const loaded = new Map<string, Promise<Outlines>>();

/** A choropleth in five classes; `undefined` where the outlines cannot be had. */
export async function map(drawing: Drawing): Promise<object | undefined> {
  const { columns, figure, table, tokens } = drawing;
  const key = columns[0];
  const address = figure.dataset["outlines"];
  if (!key || !address) return undefined;
  const outlines = await outlinesAt(address).catch(() => undefined);
  if (!outlines) return undefined;

  const head = table.heads.get(key) ?? key;
  const rows = new Map(table.rows.filter((row) => row.kind === "body").map((row) => [row.key, row]));
  const codes = new Map(outlines.features.map(({ properties }) => [properties.name, properties.adcode]));
  const labelOf = (name: string): string => rows.get(codes.get(name) ?? "")?.label ?? name;
  const limits = classLimits([...rows.values()].map((row) => row.values.get(key) ?? 0));
  const base = common(drawing) as { tooltip: object };
  writeLegend(figure, limits, unitOf(head));
  return {
    ...base,
    series: [
      {
        aspectScale: Math.cos((middleLatitude(outlines) * Math.PI) / 180),
        data: outlines.features.map(({ properties }) => {
          const row = rows.get(properties.adcode);
          const value = row?.values.get(key) ?? Number.NaN;
          const step = Number.isFinite(value) ? classOf(value, limits) : 0;
          return {
            itemStyle: { areaColor: step > 0 ? tokens.scale[step - 1] : tokens.paper },
            label: { color: step >= 4 ? tokens.paper : tokens.ink },
            // The outlines' own name finds the outline, the key finds the row: its label may be in another language.
            key: properties.adcode,
            name: properties.name,
            value: Number.isFinite(value) ? value : undefined,
          };
        }),
        emphasis: { itemStyle: { areaColor: tokens.seal }, label: { color: tokens.paper, fontWeight: 600 } },
        itemStyle: { borderColor: tokens.paper, borderWidth: 1.2 },
        label: { formatter: ({ name }: { name: string }) => shortName(labelOf(name)), fontSize: 12, show: true },
        labelLayout: { hideOverlap: true },
        layoutCenter: ["50%", "50%"],
        layoutSize: "100%",
        map: address,
        name: head,
        selectedMode: false,
        type: "map",
      },
    ],
    tooltip: {
      ...base.tooltip,
      formatter: ({ name }: { name: string }) =>
        `${labelOf(name)}\n${head}  ${rows.get(codes.get(name) ?? "")?.texts.get(key) ?? "—"}`,
      trigger: "item",
    },
  };
}

function outlinesAt(address: string): Promise<Outlines> {
  let request = loaded.get(address);
  if (!request) {
    request = fetch(address).then(async (answer) => {
      if (!answer.ok) throw new Error(`outlines answered ${answer.status}`);
      const outlines = (await answer.json()) as Outlines;
      registerMap(address, outlines as never);
      return outlines;
    });
    loaded.set(address, request);
  }
  return request;
}

/** The parallel through the middle of the outlines: there a degree of longitude is as long as the map draws it. */
function middleLatitude(outlines: Outlines): number {
  let south = 90;
  let north = -90;
  const visit = (part: Nested): void => {
    if (typeof part[0] === "number") {
      const latitude = Number(part[1]);
      south = Math.min(south, latitude);
      north = Math.max(north, latitude);
      return;
    }
    for (const inner of part) if (typeof inner !== "number") visit(inner);
  };
  for (const { geometry } of outlines.features) visit(geometry.coordinates);
  return (south + north) / 2;
}

/** The legend is HTML beside the canvas: readable by everybody, coloured by classes of the stylesheet. */
function writeLegend(figure: HTMLElement, limits: number[], unit: string): void {
  const legend = figure.querySelector<HTMLElement>(".legend");
  if (!legend) return;
  const items = [undefined, ...limits].map((from, index) => {
    const to = limits[index];
    const item = document.createElement("li");
    const swatch = document.createElement("span");
    swatch.className = `swatch swatch-${index + 1}`;
    const words = from === undefined ? `< ${to ?? 0}` : to === undefined ? `≥ ${from}` : `${from}–${to}`;
    item.append(swatch, words);
    return item;
  });
  const name = document.createElement("li");
  name.textContent = unit;
  legend.replaceChildren(...(unit ? [name] : []), ...items);
}

const PEOPLES =
  /(?:土家族|苗族|侗族|瑶族|壮族|布依族|白族|彝族|藏族|羌族|回族|傣族|景颇族|哈尼族|傈僳族|黎族|朝鲜族|蒙古族?|哈萨克族?|柯尔克孜族?)+(?=自治[州县])/;

/** 长沙市 → 长沙, 湘西土家族苗族自治州 → 湘西, Furong District → Furong: the short names that maps print. */
function shortName(name: string): string {
  const short = name.replace(PEOPLES, "").replace(/(?:自治[州县]|市|地区|盟|林区|区|县)$/, "");
  // 赫山区 → 赫山, yet never a single character: 攸县 stays.
  const chinese = [...short].length < 2 ? name : short;
  return chinese.replace(/ (?:Tujia|Miao|Dong|Yao|and).*$| (?:City|District|County|Autonomous .*)$/, "");
}
