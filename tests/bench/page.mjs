// The page beside CesiumJS and 3DTilesRendererJS: same territory, same browser, same views, same picture size, turn by turn.
//
//   cargo xtask bench web [--rounds N] [--frames N] [--seconds N] [--size WxH]      prepares all of it
//   node tests/bench/page.mjs FLIGHT.json    (JUMEAU_PROGRAM, JUMEAU_TERRITORY, JUMEAU_WEB as for the browser tests)
//
// FLIGHT.json, written by xtask: { width, height, rounds, screen_space_error, latency_ms, mbit_s, whole, cameras: [[lon, lat, height, distance, heading, pitch], …] }.
// With `whole` (--whole N) the first camera looks at all buildings, nothing else is drawn, and their tileset states N times its geometric error:
// both viewers then go as fine as it takes to see every one of them, with the same error on screen as ever.
// The document goes to stdout as JSON, the table to stderr. Each run has a browser of its own, so that no cache and no memory is shared.
//
// A frame counts to its last pixel: after each the picture's first pixel is read back, which waits for the card. All systems draw the
// same cameras one after the other, as fast as they can; what is shown at each is counted, so that nobody is quick by drawing less.

import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { browser, manifest, root, serve, territory, web } from "../web/helper.mjs";
import { meter } from "./meter.mjs";
import * as cesium from "./peers/cesium.mjs";
import * as three from "./peers/three.mjs";

const PATIENCE = 900_000;
const MODULES = join(root, "tests/web/node_modules");

const flight = JSON.parse(readFileSync(process.argv[2], "utf8"));
const viewport = { width: flight.width, height: flight.height };
// "jumeau" draws with the preset that has the others' error, four samples and a shadow map; "jumeau-night" the same when there is no sun,
// so no shadows either, as with the others; "jumeau-auto" with the preset it picks for the machine.
const wanted = (process.env.JUMEAU_SYSTEMS ?? (flight.whole ? "jumeau,cesium" : "jumeau,cesium,three,jumeau-night,jumeau-auto")).split(",");

/** Runs in the page: draws every camera to its last pixel; `moves` sets the clock on by an hour before every second one. `bench` has pose, draw, tiles and context. */
async function fly({ cameras, moves }) {
  const { bench } = window;
  const times = [];
  const tiles = [];
  const pixel = new Uint8Array(4);
  let hour = 0;
  for (const camera of cameras) {
    const began = performance.now();
    bench.pose(camera);
    if (moves && times.length % 2) bench.hour((hour += 1));
    bench.draw();
    await new Promise(requestAnimationFrame);
    // After everybody's animation callbacks of this frame.
    await new Promise((done) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = done; port2.postMessage(0); });
    const gl = bench.context();
    gl?.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
    times.push(performance.now() - began);
    tiles.push(bench.tiles());
  }
  return { times, tiles };
}

/** Runs in the page: draws until everything is there for three frames. */
async function settle(patience) {
  const { bench } = window;
  let quiet = 0;
  while (quiet < 3 && performance.now() < patience) {
    bench.draw();
    quiet = bench.complete() ? quiet + 1 : 0;
    if (quiet === 1) bench.allAt = performance.now();
    await new Promise(requestAnimationFrame);
  }
  return { first: bench.firstAt, all: bench.allAt, tiles: bench.tiles(), features: bench.features?.() ?? null };
}

/** Runs in the page of Jumeau: the same handles. */
async function openJumeau({ quality, night }) {
  const { command } = await import(new URL("state.js", document.querySelector('script[type="module"]').src).href);
  command({ do: "set-quality", quality });
  // Hours of daylight, or of a night: a shadow map that comes and goes would be measured with the slider.
  const first = night ? 21 : 8;
  if (night) command({ do: "set-instant", instant: "2026-06-20T23:00:00Z" });
  window.bench = {
    pose: ([lon, lat, height, distance_m, heading_deg, pitch_deg]) => command({ do: "look-at", camera: { target: [lon, lat, height], distance_m, heading_deg, pitch_deg } }),
    draw() {},
    theme: () => command({ do: "set-theme", theme: "demand" }),
    hour: (hour) => command({ do: "set-instant", instant: new Date(Date.UTC(2026, 5, 20, first + (hour % 6))).toISOString() }),
    complete: () => Boolean(window.progress?.complete),
    tiles: () => window.progress?.shown ?? 0,
    features: () => window.progress?.features ?? 0,
    context: () => document.querySelector("#scene").getContext("webgl2"),
    get firstAt() { return window.readyAt; },
  };
}

/** Memory of the browser's processes by kind, bytes that belong to them alone. */
async function memory(chrome) {
  const session = await chrome.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const kinds = {};
  for (const { type, id } of processInfo) {
    try {
      const rollup = readFileSync(`/proc/${id}/smaps_rollup`, "utf8");
      const kilobytes = ["Private_Clean", "Private_Dirty"].map((name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(rollup)?.[1] ?? 0));
      const bytes = 1024 * (kilobytes[0] + kilobytes[1]);
      kinds[type] = Math.max(kinds[type] ?? 0, bytes);
    } catch {
      // Elsewhere than on Linux nothing says so.
    }
  }
  return kinds;
}

/** The territory's descriptions as they are told with `whole`: buildings alone, from above, their tileset with a larger geometric error. */
function alone({ home, layers, ...rest }) {
  const buildings = layers.filter(({ id }) => id === "buildings");
  const [lon, lat, height_m, distance_m, heading_deg, pitch_deg] = flight.cameras[0];
  const pages = { "/territory/territory.json": JSON.stringify({ ...rest, home: { ...home, lon, lat, height_m, distance_m, heading_deg, pitch_deg }, layers: buildings }) };
  for (const { tileset } of buildings) {
    const told = JSON.parse(readFileSync(join(territory, tileset), "utf8"));
    told.geometricError *= flight.whole;
    told.root.geometricError *= flight.whole;
    pages[`/territory/${tileset}`] = JSON.stringify(told);
  }
  return pages;
}

async function run(system, server) {
  const own = system.startsWith("jumeau");
  const peer = { cesium, three }[system];
  const told = flight.whole ? alone(manifest()) : { "/territory/territory.json": JSON.stringify(manifest()) };
  const { home, layers } = JSON.parse(told["/territory/territory.json"]);
  const pages = { ...(flight.whole ? told : {}), ...(own ? {} : { "/": await peer.page({ ...viewport, modules: MODULES }), ...(peer.texts?.() ?? {}) }) };
  const line = await meter({
    origin: server.origin, pages, folder: own ? null : peer.files?.(MODULES) ?? null,
    latency: flight.latency_ms ?? 0, rate: (flight.mbit_s ?? 0) * 125_000,
  });
  const chrome = await browser();
  try {
    const held = await chrome.newContext({ viewport, bypassCSP: true });
    const page = await held.newPage();
    page.setDefaultTimeout(PATIENCE);
    if (own) {
      await page.addInitScript(() => {
        // The picture as large as the others': nothing of the page takes room from it.
        window.addEventListener("DOMContentLoaded", () => {
          const style = document.createElement("style");
          style.textContent = "body > :not(main), #stage > :not(canvas) { display: none !important } #stage { position: fixed !important; inset: 0 !important }";
          document.head.append(style);
        });
        window.addEventListener("jumeau", ({ detail }) => {
          const message = JSON.parse(detail);
          if (message.kind === "ready") window.readyAt = performance.now();
          if (message.kind === "progress") window.progress = message;
        });
      });
    }
    await page.goto(line.origin);
    if (own) await page.evaluate(openJumeau, { quality: system === "jumeau-auto" ? "auto" : "laptop", night: system === "jumeau-night" });
    else {
      const job = { home, tilesets: layers.filter(({ visible }) => visible !== false).map((layer) => `${line.origin}/territory/${layer.tileset}`), error: flight.screen_space_error, aspect: viewport.width / viewport.height };
      await page.evaluate(peer.open, job);
    }
    const start = await page.evaluate(settle, PATIENCE);
    const afterStart = line.counts();
    const before = own ? await page.evaluate(() => window.progress) : null;
    // The opening view again and again: what a frame costs that has nothing to load.
    const opening = [home.lon, home.lat, home.height_m, home.distance_m, home.heading_deg, home.pitch_deg];
    const still = await page.evaluate(fly, { cameras: Array(flight.still ?? 10).fill(opening) });
    const flown = await page.evaluate(fly, { cameras: flight.whole ? [] : flight.cameras });
    // The slider: buildings coloured by a value of each hour, at rest and with another hour in each frame.
    let slider = null;
    if (await page.evaluate(() => Boolean(window.bench.theme))) {
      await page.evaluate(fly, { cameras: [opening] });
      await page.evaluate(() => window.bench.theme());
      await page.evaluate(settle, PATIENCE);
      // By turns: what else the machine does meets both alike.
      const { times } = await page.evaluate(fly, { cameras: Array(2 * (flight.still ?? 10)).fill(opening), moves: true });
      const [themed, moved] = [0, 1].map((turn) => times.filter((_, at) => at % 2 === turn));
      slider = { themed_ms: quantile(themed, 0.5), moved_ms: quantile(moved, 0.5), features: await page.evaluate(() => window.bench.features?.() ?? null) };
    }
    const size = await page.evaluate(() => { const canvas = document.querySelector("canvas"); return [canvas.width, canvas.height]; });
    const card = await page.evaluate(() => {
      const gl = window.bench.context();
      return gl ? gl.getParameter(gl.getExtension("WEBGL_debug_renderer_info")?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER) : "WebGPU";
    });
    if (process.env.JUMEAU_PICTURES) await page.screenshot({ path: join(process.env.JUMEAU_PICTURES, `bench-${system}.png`) });
    const session = await held.newCDPSession(page);
    await session.send("Performance.enable");
    const { metrics } = await session.send("Performance.getMetrics");
    const progress = own ? await page.evaluate(() => window.progress) : null;
    return {
      system, canvas: size, card,
      bytes: afterStart.bytes, bytes_program: afterStart.bytes - afterStart.territory_bytes, requests: afterStart.requests,
      bytes_flight: line.counts().bytes - afterStart.bytes, requests_flight: line.counts().requests - afterStart.requests,
      first_tile_ms: Math.round(start.first), all_tiles_ms: start.all ? Math.round(start.all) : null, tiles: start.tiles, features: start.features,
      still_ms: quantile(still.times, 0.5),
      frame_ms: { median: quantile(flown.times, 0.5), p95: quantile(flown.times, 0.95), p99: quantile(flown.times, 0.99) },
      slider,
      tiles_flight: flown.tiles.length ? Math.round(flown.tiles.reduce((sum, count) => sum + count, 0) / flown.tiles.length) : null,
      js_heap: metrics.find(({ name }) => name === "JSHeapUsedSize")?.value ?? null,
      wasm: progress?.memory ?? null,
      process_bytes: await memory(chrome),
      // Milliseconds of the page's own thread for each tile.
      tile_work_ms: progress?.uploaded ? Number((progress.work_ms / progress.uploaded).toFixed(2)) : null,
      tile_work_flight_ms: progress && before ? Number((progress.work_ms - before.work_ms).toFixed(1)) : null,
      uploaded: progress?.uploaded ?? null,
      load: Number(loadavg()[0].toFixed(1)),
    };
  } finally {
    await chrome.close();
    line.stop();
  }
}

function quantile(times, share) {
  const sorted = [...times].sort((a, b) => a - b);
  return Number((sorted[Math.min(sorted.length - 1, Math.round(share * (sorted.length - 1)))] ?? NaN).toFixed(1));
}

function median(rounds, system, of) {
  const values = rounds.map((round) => of(round[system])).filter((value) => typeof value === "number").sort((a, b) => a - b);
  return values.length ? values[Math.floor(values.length / 2)] : null;
}

const ROWS = [
  ["bytes, page and start view (MB)", (run) => run.bytes / 1e6],
  ["of these, the program (MB)", (run) => run.bytes_program / 1e6],
  ["requests", (run) => run.requests],
  ["first tile (s)", (run) => run.first_tile_ms / 1e3],
  ["all tiles of the start view (s)", (run) => (run.all_tiles_ms === null ? null : run.all_tiles_ms / 1e3)],
  ["tiles of the start view", (run) => run.tiles],
  ["features of the start view", (run) => run.features],
  ["frame standing still (ms)", (run) => run.still_ms],
  ["frame in flight, median (ms)", (run) => run.frame_ms.median],
  ["p95 (ms)", (run) => run.frame_ms.p95],
  ["p99 (ms)", (run) => run.frame_ms.p99],
  ["with the colours of an hour (ms)", (run) => run.slider?.themed_ms],
  ["with another hour in each frame (ms)", (run) => run.slider?.moved_ms],
  ["of these two, the ratio", (run) => (run.slider ? run.slider.moved_ms / run.slider.themed_ms : null)],
  ["tiles in flight, mean", (run) => run.tiles_flight],
  ["bytes in flight (MB)", (run) => run.bytes_flight / 1e6],
  ["JavaScript heap (MB)", (run) => run.js_heap / 1e6],
  ["WebAssembly memory (MB)", (run) => (run.wasm === null ? null : run.wasm / 1e6)],
  ["page's process, private (MB)", (run) => (run.process_bytes.renderer ? run.process_bytes.renderer / 1e6 : null)],
  ["graphics process, private (MB)", (run) => (run.process_bytes.GPU ? run.process_bytes.GPU / 1e6 : null)],
  ["page's thread for a tile (ms)", (run) => run.tile_work_ms],
];

const server = await serve();
const rounds = [];
try {
  for (let round = 0; round < (flight.rounds ?? 3); round += 1) {
    const found = {};
    for (const system of wanted) {
      found[system] = await run(system, server);
      console.error(JSON.stringify(found[system]));
    }
    rounds.push(found);
  }
} finally {
  await server.stop();
}

const table = ROWS.map(([title, of]) => [title, ...wanted.map((system) => median(rounds, system, of))]);
console.error(`\n${["median of the rounds", ...wanted].map((word, at) => (at ? word.padStart(12) : word.padEnd(36))).join("")}`);
for (const [title, ...values] of table) {
  console.error(title.padEnd(36) + values.map((value) => (value === null ? "–" : value.toFixed(value < 100 ? 2 : 0)).padStart(12)).join(""));
}
const { width, height, screen_space_error, latency_ms, mbit_s, cameras } = flight;
console.log(JSON.stringify({
  date: new Date().toISOString(), web, viewport: { width, height }, screen_space_error, latency_ms, mbit_s, frames: cameras.length,
  versions: { cesium: version("cesium"), three: version("three"), "3d-tiles-renderer": version("3d-tiles-renderer") },
  median: Object.fromEntries(table.map(([title, ...values]) => [title, Object.fromEntries(wanted.map((system, at) => [system, values[at]]))])),
  rounds,
}, null, 1));

function version(name) {
  return JSON.parse(readFileSync(join(MODULES, name, "package.json"), "utf8")).version;
}
