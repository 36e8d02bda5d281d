// Fetching the WebAssembly viewer, starting it, and hearing it.

import { connect, disconnect } from "./state.js";

/** A fault with its stable code; the sentence is chosen by whoever shows it. */
export class Fault extends Error {
  constructor(code, detail = "") {
    super(detail || code);
    this.code = code;
  }
}

/** Whether this browser can draw at all; throws the fault that says why not. */
export function check() {
  if (typeof WebAssembly !== "object" || typeof WebAssembly.instantiateStreaming !== "function") throw new Fault("wasm");
  const context = document.createElement("canvas").getContext("webgl2");
  if (!context) throw new Fault("webgl");
  // Browsers hold few contexts at a time; the probe must not take one.
  context.getExtension("WEBGL_lose_context")?.loseContext();
}

/**
 * Loads and starts the viewer. `progress(received, total)` counts bytes as the browser unpacks them.
 * Resolves once commands can be sent; the first picture is announced by the message `ready`.
 */
export async function start({ folder, wasmBytes, canvas, territory, link, progress }) {
  const base = new URL(folder, document.baseURI);
  let exports;
  try {
    const [module, response] = await Promise.all([
      import(new URL("jumeau_web.js", base).href),
      fetch(new URL("jumeau_web_bg.wasm", base)),
    ]);
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    // The original response goes to the compiler, because the browser keeps compiled code by its address; a copy is counted.
    count(response.clone(), wasmBytes, progress);
    await module.default({ module_or_path: response });
    exports = module;
  } catch (error) {
    throw new Fault(navigator.onLine ? "viewer" : "offline", String(error?.message ?? error));
  }
  try {
    exports.start(canvas, new URL(territory, document.baseURI).href, link);
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
}
