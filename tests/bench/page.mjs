// The page beside CesiumJS: same territory, same browser, same view, turn by turn.
//
//   node tests/bench/page.mjs [rounds]      (JUMEAU_PROGRAM, JUMEAU_TERRITORY, JUMEAU_WEB as for the browser tests)
//
// It prints one JSON document: for each system and round the time to the first tile, to all tiles of the opening view, and the
// time of a frame while the camera turns about its target; the tiles drawn are counted first, so that nobody is quick by drawing less.

import { join } from "node:path";
import { loadavg } from "node:os";
import { browser, files, manifest, root, serve } from "../web/helper.mjs";

const ROUNDS = Number(process.argv[2] ?? 3);
const VIEWPORT = { width: 1280, height: 720 };
const FRAMES = 40;
const PATIENCE = 600_000;

const CESIUM = `<!doctype html><meta charset="utf-8"><style>body{margin:0}</style>
<canvas id="view" width="${VIEWPORT.width}" height="${VIEWPORT.height}"></canvas>
<script>window.CESIUM_BASE_URL = "/Build/Cesium/";</script>
<script src="/Build/Cesium/Cesium.js"></script>`;

/** Runs in the page: times of animation frames while `turn` is called in each. */
async function flight([frames, turn]) {
  const step = new Function("index", turn);
  const times = [];
  let last = await new Promise(requestAnimationFrame);
  for (let index = 0; index < frames; index += 1) {
    step(index);
    const now = await new Promise(requestAnimationFrame);
    times.push(now - last);
    last = now;
  }
  return times;
}

function quantile(times, share) {
  const sorted = [...times].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
}

async function jumeau(chrome, server) {
  const held = await chrome.newContext({ viewport: VIEWPORT });
  const page = await held.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.addInitScript(() => {
    window.addEventListener("jumeau", ({ detail }) => {
      const message = JSON.parse(detail);
      if (message.kind === "ready") window.readyAt = performance.now();
      if (message.kind === "progress") {
        window.progress = message;
        if (message.complete) window.completeAt ??= performance.now();
      }
    });
  });
  await page.goto(`${server.origin}/?embed=${server.origin}`);
  await page.waitForFunction(() => window.completeAt);
  const { readyAt, completeAt, progress } = await page.evaluate(() => ({ readyAt: window.readyAt, completeAt: window.completeAt, progress: window.progress }));
  await page.locator("#scene").focus();
  // The page's own key for turning, as a person would hold it.
  const turn = `document.querySelector("#scene").dispatchEvent(new KeyboardEvent("keydown", { key: "q", bubbles: true }))`;
  const times = await page.evaluate(flight, [FRAMES, turn]);
  await held.close();
  return row(readyAt, completeAt, progress.shown, times);
}

async function cesium(chrome, library, server) {
  const held = await chrome.newContext({ viewport: VIEWPORT });
  const page = await held.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.goto(library.origin);
  const { home, layers } = manifest();
  const said = await page.evaluate(async ([home, addresses, patience]) => {
    const { Cesium } = window;
    Cesium.Ion.defaultAccessToken = undefined;
    const scene = new Cesium.Scene({ canvas: document.querySelector("#view"), contextOptions: { webgl: { alpha: false } } });
    scene.skyAtmosphere = undefined;
    scene.fog.enabled = false;
    const target = Cesium.Cartesian3.fromDegrees(home.lon, home.lat, home.height_m);
    const pose = (index) => scene.camera.lookAt(target, new Cesium.HeadingPitchRange(
      Cesium.Math.toRadians(home.heading_deg - 10 * index), Cesium.Math.toRadians(home.pitch_deg), home.distance_m));
    scene.camera.frustum.fov = Math.PI / 4;
    scene.camera.frustum.aspectRatio = 1280 / 720;
    pose(0);
    const tilesets = await Promise.all(addresses.map((url) => Cesium.Cesium3DTileset.fromUrl(url, { maximumScreenSpaceError: 16 })));
    let firstAt;
    const shown = new Set();
    for (const tileset of tilesets) {
      scene.primitives.add(tileset);
      tileset.tileVisible.addEventListener((tile) => {
        firstAt ??= performance.now();
        shown.add(tile);
      });
    }
    const render = () => scene.render(Cesium.JulianDate.fromIso8601(home.instant));
    let quiet = 0;
    while (quiet < 3 && performance.now() < patience) {
      shown.clear();
      render();
      quiet = tilesets.every((tileset) => tileset.tilesLoaded) ? quiet + 1 : 0;
      await new Promise(requestAnimationFrame);
    }
    window.turn = (index) => { pose(index); render(); };
    return { firstAt, allAt: performance.now(), shown: shown.size };
  }, [home, layers.map((layer) => `${server.origin}/territory/${layer.tileset}`), PATIENCE]);
  const times = await page.evaluate(flight, [FRAMES, "window.turn(index)"]);
  await held.close();
  return row(said.firstAt, said.allAt, said.shown, times);
}

function row(first, all, tiles, times) {
  return {
    first_tile_ms: Math.round(first), all_tiles_ms: Math.round(all), tiles,
    frame_median_ms: quantile(times, 0.5), frame_p95_ms: quantile(times, 0.95), load: Number(loadavg()[0].toFixed(1)),
  };
}

const library = await files(join(root, "tests/web/node_modules/cesium"), { "/": CESIUM });
const server = await serve({ extra: ["--allow-origin", library.origin] });
const chrome = await browser();
const rounds = [];
try {
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({ jumeau: await jumeau(chrome, server), cesium: await cesium(chrome, library, server) });
    console.error(JSON.stringify(rounds.at(-1)));
  }
} finally {
  await chrome.close();
  await server.stop();
  library.stop();
}
console.log(JSON.stringify({ viewport: VIEWPORT, frames: FRAMES, rounds }, null, 1));
