// Fetching the WebAssembly viewer, starting it, and hearing it.

import { remember, remembered } from "./page.js";
import { connect, disconnect } from "./state.js";

/** A fault with its stable code; the sentence is chosen by whoever shows it. */
export class Fault extends Error {
  constructor(code, detail = "") {
    super(detail || code);
    this.code = code;
  }
}

/** How long a graphics driver may take to say whether there is one. */
const ADAPTER_PATIENCE = 2000;
/** Cores that are left to the page and to the browser's own work. */
const CORES_KEPT = 1;
/** What is remembered of a start with WebGPU that failed. */
const FAILED = "webgpu-failed";

/**
 * The way to draw: WebGPU where an adapter answers, WebGL 2 everywhere else. Resolves to `{ graphics, folder, bytes }`; throws the fault that says why nothing can be drawn.
 *
 * Safari draws with WebGL 2: its WebGPU has left whole scenes black. `?graphics=webgl2` or `?graphics=webgpu` in the address overrules all of it.
 */
export async function choose({ pkg, wasmBytes, webgpu, webgpuBytes }) {
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

/** Whether the viewer died before its first picture for a reason that WebGL 2 does not have: then the page begins again with it. */
export function retreat(graphics) {
  if (graphics !== "webgpu" || new URLSearchParams(location.search).get("graphics") === "webgpu") return false;
  remember(FAILED, "yes");
  // Where nothing can be remembered the page would begin again for ever.
  if (remembered(FAILED) !== "yes") return false;
  location.reload();
  return true;
}

/** Whether this browser has WebGL 2; throws the fault that says so. */
function check() {
  const context = document.createElement("canvas").getContext("webgl2");
  if (!context) throw new Fault("webgl");
  // Browsers hold few contexts at a time; the probe must not take one.
  context.getExtension("WEBGL_lose_context")?.loseContext();
}

/**
 * Loads and starts the viewer. `progress(received, total)` counts bytes as the browser unpacks them.
 * Resolves once commands can be sent; the first picture is announced by the message `ready`.
 */
export async function start({ graphics, folder, wasmBytes, decoder, canvas, territory, link, over, progress }) {
  const base = new URL(folder, document.baseURI);
  let exports;
  const travelling = Promise.all([import(new URL("jumeau_web.js", base).href), fetch(new URL("jumeau_web_bg.wasm", base))]);
  // A fault of the line is told below, unless there is a greater one.
  travelling.catch(() => {});
  // The card is asked while the program travels.
  if (graphics === "webgl2") check();
  try {
    const [module, response] = await travelling;
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    // The original response goes to the compiler, because the browser keeps compiled code by its address; a copy is counted.
    count(response.clone(), wasmBytes, progress);
    await module.default({ module_or_path: response });
    exports = module;
  } catch (error) {
    throw new Fault(navigator.onLine ? "viewer" : "offline", String(error?.message ?? error));
  }
  if (decoder) startDecoders(exports, new URL(decoder, document.baseURI));
  try {
    exports.start(canvas, new URL(territory, document.baseURI).href, link, over);
  } catch (error) {
    // winit leaves its start function by an exception that is no fault.
    if (!String(error?.message ?? error).includes("Using exceptions for control flow")) {
      throw new Fault("start", String(error?.message ?? error));
    }
  }
  connect((message) => {
    try {
      exports.send(JSON.stringify(message));
    } catch (error) {
      disconnect();
      window.dispatchEvent(new CustomEvent("jumeau-stopped", { detail: String(error) }));
    }
  });
}

/** Workers that unpack tiles beside the page's thread; without them the viewer does it itself. */
function startDecoders(exports, base) {
  const cores = navigator.hardwareConcurrency ?? 2;
  try {
    exports.decoders?.(
      new URL("decoder.js", import.meta.url).href,
      new URL("jumeau_worker.js", base).href,
      new URL("jumeau_worker_bg.wasm", base).href,
      Math.max(1, cores - CORES_KEPT),
    );
  } catch {
    // A browser that refuses workers has none.
  }
}

async function count(copy, total, progress) {
  const reader = copy.body?.getReader();
  let received = 0;
  try {
    while (reader) {
      const { done, value } = await reader.read();
      if (done) return;
      received += value.byteLength;
      progress(received, Math.max(total, received));
    }
  } catch {
    // The compiler reads the same stream and reports the fault.
  }
}

/** Hears the viewer's messages; a message that cannot be read is dropped. */
export function hear(listener) {
  window.addEventListener("jumeau", (event) => {
    let message = event.detail;
    if (typeof message === "string") {
      try {
        message = JSON.parse(message);
      } catch {
        return;
      }
    }
    if (message && typeof message.kind === "string") listener(message);
  });
}

/** Calls `listener(code, detail)` when the viewer dies after its start. */
export function onStop(canvas, listener) {
  const stopped = (code, detail) => {
    disconnect();
    listener(code, detail);
  };
  window.addEventListener("error", (event) => {
    if (event.error instanceof WebAssembly.RuntimeError) stopped("stopped", event.error.message);
  });
  window.addEventListener("unhandledrejection", (event) => {
    if (event.reason instanceof WebAssembly.RuntimeError) stopped("stopped", event.reason.message);
  });
  window.addEventListener("jumeau-stopped", (event) => stopped("stopped", event.detail));
  canvas.addEventListener("webglcontextlost", () => stopped("context", "webglcontextlost"));
  // WebGPU has no such event: the viewer itself is told.
  hear((message) => {
    if (message.kind === "lost") stopped("context", message.cause);
  });
}
