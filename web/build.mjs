// Bundles src/ into dist/ with content-hashed names and writes dist/manifest.json, from which the server
// learns the names: {"app": {"file": "app-XXXX.js", "integrity": "sha384-…"}, "charts": {…}}.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const dist = join(here, "dist");
const KEPT = ".gitkeep"; // the empty folder stays in the tree, so that the server builds without Node

await mkdir(dist, { recursive: true });
for (const name of await readdir(dist)) {
  if (name !== KEPT) await rm(join(dist, name), { recursive: true });
}

const result = await build({
  absWorkingDir: here,
  bundle: true,
  define: { "process.env.NODE_ENV": '"production"' },
  entryNames: "[name]-[hash]",
  entryPoints: ["src/app.ts", "src/charts.ts"],
  format: "esm",
  legalComments: "none",
  metafile: true,
  minify: true,
  outdir: dist,
  target: ["chrome86", "firefox78", "safari15"],
});

const manifest = {};
for (const [path, output] of Object.entries(result.metafile.outputs)) {
  if (!output.entryPoint) continue;
  const bytes = await readFile(join(here, path));
  const name = basename(output.entryPoint, ".ts");
  manifest[name] = {
    file: basename(path),
    integrity: `sha384-${createHash("sha384").update(bytes).digest("base64")}`,
  };
}
await writeFile(join(dist, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);

// Licences and notices travel with the bundles.
const notices = [];
for (const [name, files] of [
  ["echarts", ["LICENSE", "NOTICE"]],
  ["zrender", ["LICENSE"]],
  ["tslib", ["LICENSE.txt"]],
  ["htmx.org", ["LICENSE"]],
]) {
  for (const file of files) {
    notices.push(`==== ${name} ${file} ====\n\n${await readFile(join(here, "node_modules", name, file), "utf8")}`);
  }
}
await writeFile(join(dist, "THIRD-PARTY.txt"), notices.join("\n\n"));

for (const name of (await readdir(dist)).filter((file) => file.endsWith(".js")).sort()) {
  const bytes = await readFile(join(dist, name));
  console.log(`${name}  ${(bytes.length / 1024).toFixed(1)} KB, gzip ${(gzipSync(bytes).length / 1024).toFixed(1)} KB`);
}
