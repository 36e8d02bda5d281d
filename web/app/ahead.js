// What travels before the rest of the shell is there: which way to draw, and the program for it.

import { remember, remembered } from "./memory.js";

/** A fault with its stable code; the sentence is chosen by whoever shows it. */
export class Fault extends Error {
  constructor(code, detail = "") {
    super(detail || code);
    this.code = code;
  }
}

/** Where it draws. */
export const CANVAS = "#scene";
/** How long a graphics driver may take to say whether there is one. */
const ADAPTER_PATIENCE = 2000;
/** What is remembered of a start with WebGPU that failed. */
const FAILED = "webgpu-failed";

/**
 * The way to draw: WebGPU where an adapter answers, WebGL 2 everywhere else. Resolves to `{ graphics, folder, bytes }`; throws the fault that says why nothing can be drawn.
 *
 * Safari draws with WebGL 2: its WebGPU has left whole scenes black. `?graphics=webgl2` or `?graphics=webgpu` in the address overrules all of it.
 */
async function choose({ pkg, wasmBytes, webgpu, webgpuBytes }) {
  if (typeof WebAssembly !== "object" || typeof WebAssembly.instantiateStreaming !== "function") throw new Fault("wasm");
  const asked = new URLSearchParams(location.search).get("graphics");
  const plain = { graphics: "webgl2", folder: pkg, bytes: Number(wasmBytes) };
  if (webgpu && asked !== "webgl2" && await hasAdapter(asked === "webgpu")) {
    return { graphics: "webgpu", folder: webgpu, bytes: Number(webgpuBytes) };
  }
  return plain;
}

async function hasAdapter(forced) {
  if (!navigator.gpu) return false;
  if (!forced && (navigator.vendor.startsWith("Apple") || remembered(FAILED) === "yes")) return false;
  try {
    const late = new Promise((done) => { setTimeout(done, ADAPTER_PATIENCE, null); });
    const adapter = await Promise.race([navigator.gpu.requestAdapter({ powerPreference: "high-performance" }), late]);
    // A driver that draws on the processor is faster by way of WebGL, and a compatibility one lacks what the viewer wants.
    return Boolean(adapter) && (forced || !(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter));
  } catch {
    return false;
  }
}

/** The canvas, as large as it will be: one that changes its size later is laid out on the card twice. */
function fitted() {
  const canvas = document.querySelector(CANVAS);
  const { width, height } = canvas.parentElement.getBoundingClientRect();
  [canvas.width, canvas.height] = [width, height].map((length) => Math.max(1, Math.round(length * devicePixelRatio)));
  return canvas;
}

/**
 * Wakes the graphics card for the canvas while the program travels; throws the fault that says that this browser has no WebGL 2.
 * The program asks in the same words and gets the same context, ready.
 */
function wake(canvas) {
  const context = canvas.getContext("webgl2", { antialias: false });
  if (!context) throw new Fault("webgl");
  unhurried(context);
}

/**
 * Whether a shader compiles is answered at once: yes. To wait for each of them would hold the page up, and a program of one that does not
 * compile does not link; then all of what is wrong is told.
 */
function unhurried(context) {
  const asked = Object.fromEntries(["getShaderParameter", "getShaderInfoLog", "getProgramInfoLog"].map((name) => [name, context[name].bind(context)]));
  context.getShaderParameter = (shader, name) => name === context.COMPILE_STATUS || asked.getShaderParameter(shader, name);
  context.getShaderInfoLog = () => "";
  context.getProgramInfoLog = (program) => {
    if (context.getProgramParameter(program, context.LINK_STATUS)) return "";
    const shaders = context.getAttachedShaders(program) ?? [];
    return [asked.getProgramInfoLog(program), ...shaders.map(asked.getShaderInfoLog)].filter(Boolean).join("\n");
  };
}

async function send(settings) {
  const chosen = await choose(settings);
  const loaded = load(new URL(chosen.folder, document.baseURI), chosen.bytes);
  // A fault of the line is told by who waits, unless there is a greater one.
  loaded.catch(() => {});
  const canvas = fitted();
  if (chosen.graphics === "webgl2") wake(canvas);
  return { ...chosen, loaded };
}

/** The program's own interface, compiled while it comes. */
async function load(base, bytes) {
  const [module, response] = await Promise.all([import(new URL("jumeau_web.js", base).href), fetch(new URL("jumeau_web_bg.wasm", base))]);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  // The original response goes to the compiler, because the browser keeps compiled code by its address; a copy is counted.
  count(response.clone(), bytes);
  await module.default({ module_or_path: response });
  return module;
}

/** Bytes of the program as the browser unpacks them; who wants to hear of them puts itself in place of `told`. */
export const journey = { received: 0, total: 0, told() {} };

async function count(copy, total) {
  const reader = copy.body?.getReader();
  let received = 0;
  try {
    while (reader) {
      const { done, value } = await reader.read();
      if (done) return;
      received += value.byteLength;
      Object.assign(journey, { received, total: Math.max(total, received) }).told();
    }
  } catch {
    // The compiler reads the same stream and reports the fault.
  }
}

/** Whether the viewer died before its first picture for a reason that WebGL 2 does not have: then the page begins again with it. */
export function retreat(graphics) {
  if (graphics !== "webgpu" || new URLSearchParams(location.search).get("graphics") === "webgpu") return false;
  remember(FAILED, "yes");
  // Where nothing can be remembered the page would begin again for ever.
  if (remembered(FAILED) !== "yes") return false;
  location.reload();
  return true;
}

/** Whether an address opens by itself: a tileset, a description of tiles, an archive, a cloud of points. Everything else is of a territory. */
export function opensAlone(address) {
  const name = address.split(/[?#]/)[0].split("/").at(-1);
  return name !== "territory.json" && /.\.(json|pmtiles|la[sz])$/i.test(name);
}

/** The text of the territory's document; `null` for what opens by itself, which the viewer reads. */
export const told = read(document.body.dataset.territory);
told.catch(() => {});

async function read(address) {
  if (opensAlone(address)) return null;
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`territory-http-${response.status}`);
  return response.text();
}

/** The program on its way: `{ graphics, folder, bytes, loaded }`, the last a promise of its interface; rejected with the fault that says why nothing can be drawn. */
export const program = send(document.body.dataset);
program.catch(() => {});
