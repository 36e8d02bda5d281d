// Starting the WebAssembly viewer, and hearing it.

import { CANVAS, Fault, told } from "./ahead.js";
import { connect, disconnect } from "./state.js";

/** Cores that are left to the page and to the browser's own work. */
const CORES_KEPT = 1;

/**
 * Starts the program that travels.
 * Resolves once commands can be sent; the first picture is announced by the message `ready`.
 */
export async function start({ loaded, decoder, territory, link, over }) {
  let exports;
  try {
    exports = await loaded;
  } catch (error) {
    throw new Fault(navigator.onLine ? "viewer" : "offline", String(error?.message ?? error));
  }
  // The document is smaller than the program, so nobody waits; where there is none the viewer asks for itself and says what is wrong.
  const manifest = await told.catch(() => null);
  if (decoder) startDecoders(exports, new URL(decoder, document.baseURI));
  try {
    exports.start(CANVAS, new URL(territory, document.baseURI).href, link, over, manifest ?? undefined);
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
  // WebGPU has no such event: its devices tell it, and the viewer, which may be at rest and look no more.
  let lost = false;
  const lose = (cause) => {
    if (!lost) stopped("context", cause);
    lost = true;
  };
  hear((message) => {
    if (message.kind === "lost") lose(message.cause);
  });
  const adapter = window.GPUAdapter?.prototype;
  const request = adapter?.requestDevice;
  if (!request) return;
  adapter.requestDevice = async function requestDevice(...wishes) {
    const device = await request.apply(this, wishes);
    device.lost.then(({ reason, message }) => { if (reason !== "destroyed") lose(message); });
    return device;
  };
}
