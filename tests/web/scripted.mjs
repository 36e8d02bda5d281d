// The page with a scripted viewer in place of the WebAssembly. Who imports this has a server and a browser while its tests run.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { SIZES, browser, root, serve, watch } from "./helper.mjs";

const MANIFEST = {
  jumeau: 1, id: "essai", name: { fr: "Essai-sur-Loire", en: "Trial-on-Loire" }, crs: "EPSG:2154", vertical: "NGF-IGN69", geoid: "RAF20",
  bounds_lonlat: [-1.57, 47.2, -1.53, 47.23], origin: [-1.55, 47.215, 60], timezone: "Europe/Paris",
  home: { lon: -1.55, lat: 47.215, height_m: 60, distance_m: 1500, heading_deg: 20, pitch_deg: -35, instant: "2026-06-21T13:30:00Z" },
  layers: [
    { id: "terrain", kind: "terrain", name: { fr: "Relief", en: "Terrain" }, tileset: "terrain/tileset.json", features: 1, tiles: 1, bytes: 1, datasets: ["ign"], nature: "measured" },
    { id: "buildings", kind: "buildings", name: { fr: "Bâtiments", en: "Buildings" }, tileset: "b/tileset.json", features: 8639, tiles: 9, bytes: 9, datasets: ["ign"], nature: "measured" },
    { id: "trees-generated", kind: "trees", name: { fr: "Arbres", en: "Trees" }, tileset: "t/tileset.json", features: 1200, tiles: 9, bytes: 9, datasets: [], nature: "made" },
  ],
  axes: [{ id: "hours", start: "2026-01-01T00:00:00Z", end: "2027-01-01T00:00:00Z", step: 3600 }],
  datasets: [{ id: "ign", title: "BD TOPO", producer: "IGN", licence: "Licence Ouverte 2.0", date: "2025-06-15", attribution: "IGN – BD TOPO®, édition 2025-06-15", nature: "measured" }],
};

// A viewer in forty lines: it keeps the commands it hears and says what the test makes it say.
export const VIEWER = `
  export default async function init({ module_or_path }) { await (await module_or_path).arrayBuffer(); }
  window.heard = [];
  window.say = (message) => window.dispatchEvent(new CustomEvent("jumeau", { detail: JSON.stringify(message) }));
  export function start(canvas, territory, link, over, manifest) { window.started = { canvas, territory, link, over, manifest }; }
  export function send(command) { window.heard.push(JSON.parse(command)); }
`;

export let chrome;
export let server;
let folder;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "jumeau-shell-"));
  writeFileSync(join(folder, "territory.json"), JSON.stringify(MANIFEST));
  mkdirSync(join(folder, "empty"));
  server = await serve({ web: join(root, "web"), territory: folder });
  chrome = await browser();
});

after(async () => {
  await chrome?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A page whose viewer is scripted; `hold` keeps the viewer on its way until it is called. */
export async function open({ size = "desktop", held = false, hash = "", wasm = 200, setup } = {}) {
  const context = await chrome.newContext({ ...SIZES[size], locale: "fr-FR" });
  const page = await context.newPage();
  const faults = watch(page);
  let arrive = () => {};
  const arrived = held ? new Promise((done) => { arrive = done; }) : Promise.resolve();
  await page.route("**/pkg/jumeau_web.js", async (route) => {
    await arrived;
    await route.fulfill({ contentType: "text/javascript", body: VIEWER });
  });
  await page.route("**/pkg/jumeau_web_bg.wasm", async (route) => {
    await arrived;
    await route.fulfill({ status: wasm, contentType: "application/wasm", body: "wasm" });
  });
  await setup?.(page);
  await page.goto(`${server.origin}/${hash}`);
  return { page, faults, arrive, context };
}

export const started = (page) => page.waitForFunction(() => window.started);
