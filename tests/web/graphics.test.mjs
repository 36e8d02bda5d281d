// Which of the two viewers a page takes, and how it comes back from the one that fails.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { browser, root, serve } from "./helper.mjs";

const MANIFEST = JSON.stringify({
  jumeau: 1, id: "essai", name: { fr: "Essai", en: "Trial" }, crs: "EPSG:2154", vertical: "NGF-IGN69", geoid: "RAF20",
  bounds_lonlat: [-1.57, 47.2, -1.53, 47.23], origin: [-1.55, 47.215, 60], timezone: "Europe/Paris",
  home: { lon: -1.55, lat: 47.215, height_m: 60, distance_m: 1500, heading_deg: 20, pitch_deg: -35, instant: "2026-06-21T13:30:00Z" },
  layers: [], axes: [], datasets: [],
});

/** A viewer that says what it is; \`dies\` makes the one with WebGPU end before its first picture. */
const viewer = (graphics, dies) => `
  export default async function init({ module_or_path }) { await (await module_or_path).arrayBuffer(); }
  export function decoders(script, module, wasm, count) { window.decoders = { script, module, wasm, count }; }
  export function start() {
    window.drawnWith = "${graphics}";
    if (${dies}) throw new Error("no adapter");
    window.dispatchEvent(new CustomEvent("jumeau", { detail: JSON.stringify({ kind: "ready" }) }));
  }
  export function send() {}
`;

let chrome;
let server;
let folder;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "jumeau-graphics-"));
  writeFileSync(join(folder, "territory.json"), MANIFEST);
  server = await serve({ web: join(root, "web"), territory: folder });
  chrome = await browser();
});

after(async () => {
  await chrome?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What the page draws with, on a machine whose adapter is \`adapter\` (a piece of JavaScript). */
async function drawn({ adapter = "null", vendor = "Google Inc.", bundle = true, dies = false, search = "", visits = 1, look = null }) {
  const context = await chrome.newContext({ serviceWorkers: "block" });
  const page = await context.newPage();
  await page.addInitScript(`
    Object.defineProperty(Navigator.prototype, "gpu", { get: () => ({ requestAdapter: () => ${adapter} }), configurable: true });
    Object.defineProperty(Navigator.prototype, "vendor", { get: () => ${JSON.stringify(vendor)}, configurable: true });
  `);
  const script = (body) => (route) => route.fulfill({ contentType: "text/javascript", body });
  await page.route("**/pkg/jumeau_web.js", script(viewer("webgl2", false)));
  await page.route("**/pkg/gpu/jumeau_web.js", script(viewer("webgpu", dies)));
  await page.route("**/*_bg.wasm", (route) => route.fulfill({ contentType: "application/wasm", body: "wasm" }));
  await page.route(/\/(\?.*)?$/, async (route) => {
    const answer = await route.fetch();
    const text = (await answer.text()).replace('data-webgpu=""', bundle ? 'data-webgpu="pkg/gpu/"' : 'data-webgpu=""').replace('data-decoder=""', 'data-decoder="pkg/worker/"');
    await route.fulfill({ response: answer, body: text });
  });
  for (let visit = 0; visit < visits; visit += 1) {
    await page.goto(`${server.origin}/${search}`);
    await page.waitForFunction(() => document.body.dataset.ready === "true");
  }
  const found = await page.evaluate(() => ({ graphics: window.drawnWith, said: document.body.dataset.graphics, decoders: window.decoders }));
  if (look) found.seen = await page.evaluate(look);
  assert.equal(found.said, found.graphics);
  await context.close();
  return found;
}

const GOOD = `Promise.resolve({ info: { isFallbackAdapter: false } })`;

test("a page draws with WebGPU where an adapter answers, and with WebGL 2 everywhere else", async () => {
  const graphics = async (machine) => (await drawn(machine)).graphics;
  assert.equal(await graphics({ adapter: GOOD }), "webgpu");
  assert.equal(await graphics({ adapter: GOOD, bundle: false }), "webgl2", "no such bundle");
  assert.equal(await graphics({ adapter: GOOD, vendor: "Apple Computer, Inc." }), "webgl2", "Safari");
  assert.equal(await graphics({ adapter: "Promise.resolve(null)" }), "webgl2", "no adapter");
  assert.equal(await graphics({ adapter: "Promise.reject(new Error('driver'))" }), "webgl2", "a driver that fails");
  assert.equal(await graphics({ adapter: "new Promise(() => {})" }), "webgl2", "a driver that never answers");
  assert.equal(await graphics({ adapter: `Promise.resolve({ info: { isFallbackAdapter: true } })` }), "webgl2", "a processor");
  assert.equal(await graphics({ adapter: GOOD, search: "?graphics=webgl2" }), "webgl2", "asked for");
});

test("a start with WebGPU that fails is tried once, then the page begins again with WebGL 2", async () => {
  assert.equal((await drawn({ adapter: GOOD, dies: true })).graphics, "webgl2");
  assert.equal((await drawn({ adapter: GOOD, dies: true, visits: 2 })).graphics, "webgl2");
});

test("workers are started before the viewer, never more than cores are free", async () => {
  const { decoders } = await drawn({});
  assert.match(decoders.script, /\/app\/decoder\.js$/);
  assert.match(decoders.module, /\/pkg\/worker\/jumeau_worker\.js$/);
  assert.match(decoders.wasm, /\/pkg\/worker\/jumeau_worker_bg\.wasm$/);
  assert.ok(decoders.count >= 1);
});

test("the canvas is awake and as large as it will be before the viewer is there, and a shader that does not compile is told when its program does not link", async () => {
  const { seen } = await drawn({ look: () => {
    const canvas = document.querySelector("#scene");
    const { width, height } = canvas.getBoundingClientRect();
    const context = canvas.getContext("webgl2", { antialias: false });
    const program = (fragment) => {
      const made = context.createProgram();
      for (const [kind, source] of [[context.VERTEX_SHADER, "void main() { gl_Position = vec4(0.0); }"], [context.FRAGMENT_SHADER, fragment]]) {
        const shader = context.createShader(kind);
        context.shaderSource(shader, `#version 300 es\nprecision highp float;\n${source}`);
        context.compileShader(shader);
        if (!context.getShaderParameter(shader, context.COMPILE_STATUS) || context.getShaderInfoLog(shader)) throw new Error("nobody waits for a shader");
        context.attachShader(made, shader);
        context.deleteShader(shader);
      }
      context.linkProgram(made);
      return { linked: context.getProgramParameter(made, context.LINK_STATUS), log: context.getProgramInfoLog(made) };
    };
    return {
      off: [canvas.width - width, canvas.height - height].map(Math.abs), smoothed: context.getContextAttributes().antialias,
      good: program("out vec4 c; void main() { c = vec4(1.0); }"), bad: program("out vec4 c; void main() { c = nothing; }"),
    };
  } });
  assert.ok(seen.off.every((pixels) => pixels <= 0.5), "whole pixels of what the page has room for");
  assert.equal(seen.smoothed, false, "in the engine's own words");
  assert.deepEqual(seen.good, { linked: true, log: "" });
  assert.equal(seen.bad.linked, false);
  assert.match(seen.bad.log, /nothing/);
});
