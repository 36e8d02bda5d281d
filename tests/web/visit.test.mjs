// The second visit: from the shelf, without a network, never stale, never greedy.

import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { browser, root, serve } from "./helper.mjs";

const MANIFEST = JSON.stringify({
  jumeau: 1, id: "essai", name: { fr: "Essai-sur-Loire", en: "Trial-on-Loire" }, crs: "EPSG:2154", vertical: "NGF-IGN69", geoid: "RAF20",
  bounds_lonlat: [-1.57, 47.2, -1.53, 47.23], origin: [-1.55, 47.215, 60], timezone: "Europe/Paris",
  home: { lon: -1.55, lat: 47.215, height_m: 60, distance_m: 1500, heading_deg: 20, pitch_deg: -35, instant: "2026-06-21T13:30:00Z" },
  layers: [], axes: [], datasets: [],
});

/** A viewer that says it is ready and asks for what the test names. */
const VIEWER = `
  export default async function init({ module_or_path }) { await (await module_or_path).arrayBuffer(); }
  export function start() { window.dispatchEvent(new CustomEvent("jumeau", { detail: JSON.stringify({ kind: "ready" }) })); }
  export function send() {}
`;

let chrome;
const folder = mkdtempSync(join(tmpdir(), "jumeau-visit-"));
const territory = join(folder, "territory");

/** A bundle as \`cargo xtask web\` makes it, with folders of this name, and a word of its own in its page. */
function bundle(digits, word) {
  const fresh = join(folder, `web-${digits}`);
  cpSync(join(root, "web"), fresh, { recursive: true });
  renameSync(join(fresh, "app"), join(fresh, digits));
  mkdirSync(join(fresh, "app"));
  renameSync(join(fresh, digits), join(fresh, "app", digits));
  mkdirSync(join(fresh, "pkg", digits), { recursive: true });
  writeFileSync(join(fresh, "pkg", digits, "jumeau_web.js"), VIEWER);
  writeFileSync(join(fresh, "pkg", digits, "jumeau_web_bg.wasm"), "wasm");
  const page = readFileSync(join(fresh, "index.html"), "utf8")
    .replaceAll('"app/', `"app/${digits}/`).replaceAll('"pkg/"', `"pkg/${digits}/"`).replace("<body", `<body data-edition="${word}"`);
  writeFileSync(join(fresh, "index.html"), page);
  return fresh;
}

before(async () => {
  mkdirSync(join(territory, "tiles"), { recursive: true });
  writeFileSync(join(territory, "territory.json"), MANIFEST);
  writeFileSync(join(territory, "tiles/a.glb"), Buffer.alloc(3_000_000, 1));
  for (let tile = 0; tile < 20; tile += 1) writeFileSync(join(territory, `tiles/${tile}.glb`), Buffer.alloc(3_500_000, tile));
  writeFileSync(join(territory, "tiles/huge.glb"), Buffer.alloc(5_000_000, 7));
  chrome = await browser();
});

after(async () => {
  await chrome?.close();
  rmSync(folder, { recursive: true, force: true });
});

const edition = (page) => page.evaluate(() => document.body.dataset.edition);
const ready = (page) => page.waitForFunction(() => document.body.dataset.ready === "true");
const kept = (page) => page.waitForFunction(() => document.body.dataset.kept === "true");
/** Bytes and names of the territory on the shelf. */
const shelf = (page) => page.evaluate(async () => {
  const cache = await caches.open("jumeau-territory-1");
  const found = {};
  for (const { url } of await cache.keys()) found[new URL(url).pathname.replace("/territory/", "")] = (await (await cache.match(url)).arrayBuffer()).byteLength;
  return found;
});
const ask = (page, path, headers = {}) => page.evaluate(async ([path, headers]) => {
  // Chromium’s own cache cannot cut a part out of a compressed whole.
  const answer = await fetch(path, { headers, cache: headers.range ? "no-store" : "default" });
  return { status: answer.status, bytes: (await answer.arrayBuffer()).byteLength };
}, [path, headers]);

test("the second visit needs no network, a new edition shows at once, old files go", async () => {
  const context = await chrome.newContext();
  const page = await context.newPage();
  let server = await serve({ web: bundle("0000000000000001", "first"), territory });
  const port = Number(new URL(server.origin).port);
  await page.goto(server.origin);
  await ready(page);
  await kept(page);
  assert.deepEqual(await ask(page, "territory/tiles/a.glb"), { status: 200, bytes: 3_000_000 });
  await page.reload();
  await ready(page);
  await server.stop();

  await page.reload();
  await ready(page);
  assert.equal(await edition(page), "first");
  await page.waitForFunction(() => document.querySelector("#territory-name").textContent === "Essai-sur-Loire");
  assert.deepEqual(await ask(page, "territory/tiles/a.glb"), { status: 200, bytes: 3_000_000 });
  // What was never seen is not there, and says so as a network that is away does.
  await assert.rejects(ask(page, "territory/tiles/3.glb"));

  server = await serve({ web: bundle("0000000000000002", "second"), territory, port });
  await page.reload();
  assert.equal(await edition(page), "second");
  await ready(page);
  await kept(page);
  const files = await page.evaluate(async () => (await (await caches.open("jumeau-program-1")).keys()).map(({ url }) => url));
  assert.ok(files.some((file) => file.includes("0000000000000002")), String(files));
  assert.ok(!files.some((file) => file.includes("0000000000000001")), String(files));
  await server.stop();
  await context.close();
});

test("what is kept of the territory is bounded, whole and of one edition", async () => {
  const context = await chrome.newContext();
  const page = await context.newPage();
  const server = await serve({ web: bundle("0000000000000003", "third"), territory });
  await page.goto(server.origin);
  await ready(page);
  await kept(page);
  await page.reload();
  await ready(page);
  for (let tile = 0; tile < 20; tile += 1) await ask(page, `territory/tiles/${tile}.glb`);
  await ask(page, "territory/tiles/huge.glb");
  await page.waitForFunction(async () => Boolean(await (await caches.open("jumeau-territory-1")).match("/territory/tiles/19.glb")));
  const held = await shelf(page);
  const bytes = Object.values(held).reduce((sum, size) => sum + size, 0);
  assert.ok(bytes <= 48 * 1024 * 1024 + 10_000, `${bytes}`);
  assert.ok(held["tiles/19.glb"] && !held["tiles/0.glb"] && !held["tiles/huge.glb"], Object.keys(held).join());

  // A part of a file is the server's affair, and is never taken for the whole.
  assert.deepEqual(await ask(page, "territory/tiles/0.glb", { range: "bytes=10-19" }), { status: 206, bytes: 10 });
  assert.ok(!(await shelf(page))["tiles/0.glb"]);

  writeFileSync(join(territory, "territory.json"), MANIFEST.replace("Essai", "Essais"));
  await page.reload();
  await ready(page);
  await page.waitForFunction(() => document.querySelector("#territory-name").textContent === "Essais-sur-Loire");
  await page.waitForFunction(async () => !(await (await caches.open("jumeau-territory-1")).match("/territory/tiles/19.glb")));
  writeFileSync(join(territory, "territory.json"), MANIFEST);
  await server.stop();
  await context.close();
});

test("a page in somebody else's keeps nothing", async () => {
  const context = await chrome.newContext();
  const page = await context.newPage();
  const server = await serve({ web: bundle("0000000000000004", "fourth"), territory });
  await page.goto(`${server.origin}/server.json`);
  await page.evaluate(() => {
    const frame = Object.assign(document.createElement("iframe"), { src: "/" });
    document.body.append(frame);
  });
  const frame = await (await page.waitForSelector("iframe")).contentFrame();
  await frame.waitForFunction(() => document.body.dataset.ready === "true");
  await page.waitForTimeout(500);
  assert.equal(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length), 0);
  await server.stop();
  await context.close();
});
