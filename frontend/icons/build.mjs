// Writes the drawings named in icons.txt to src/ponte/ui/icons.json ({name: inner SVG markup}).
// A name ending in "-filled" is taken from Tabler's filled set.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "node_modules/@tabler/icons/icons");
const target = join(here, "../../src/ponte/ui/icons.json");
const names = [...new Set(readFileSync(join(here, "icons.txt"), "utf8").split(/\s+/).filter(Boolean))].sort();

function drawing(name) {
  const filled = name.endsWith("-filled");
  const file = join(source, filled ? "filled" : "outline", `${filled ? name.slice(0, -7) : name}.svg`);
  if (!existsSync(file)) throw new Error(`no such icon in Tabler: ${name}`);
  const svg = readFileSync(file, "utf8").replace(/<!--[\s\S]*?-->/g, "");
  return svg
    .replace(/^[\s\S]*?<svg[^>]*>/, "")
    .replace(/<\/svg>\s*$/, "")
    .replace(/\s*\n\s*/g, "")
    .replace(/\s+\/>/g, "/>")
    .trim();
}

const missing = [];
const icons = {};
for (const name of names) {
  try {
    icons[name] = drawing(name);
  } catch (error) {
    missing.push(error.message);
  }
}
if (missing.length) {
  console.error(missing.join("\n"));
  process.exit(1);
}
writeFileSync(target, JSON.stringify(icons, null, 1) + "\n");
console.log(`${names.length} icons written`);
