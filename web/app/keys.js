// The keyboard, for everything the pointer can do.

import { command, store } from "./state.js";
import { byId, setOpen } from "./page.js";
import { close } from "./sheet.js";
import { toggle } from "./time.js";

/** One pan, as a share of the distance to the target. */
const PAN = 0.12;
const TURN_DEG = 10;
const TILT_DEG = 5;

export function cameraButton(name) {
  command({ "zoom-in": { do: "zoom", factor: 0.75 }, "zoom-out": { do: "zoom", factor: 1 / 0.75 }, north: { do: "north" }, home: { do: "home" } }[name]);
}

/** The command of a key pressed on the scene. */
function ofKey(event) {
  const metres = PAN * (store.state.camera?.distance_m ?? 1000);
  const pan = (right, forward) => ({ do: "pan", right_m: right * metres, forward_m: forward * metres });
  const orbit = (heading, pitch) => ({ do: "orbit", heading_deg: heading * TURN_DEG, pitch_deg: pitch * TILT_DEG });
  switch (event.key) {
    case "ArrowLeft": return event.shiftKey ? orbit(-1, 0) : pan(-1, 0);
    case "ArrowRight": return event.shiftKey ? orbit(1, 0) : pan(1, 0);
    case "ArrowUp": return event.shiftKey ? orbit(0, 1) : pan(0, 1);
    case "ArrowDown": return event.shiftKey ? orbit(0, -1) : pan(0, -1);
    case "q": case "Q": return orbit(-1, 0);
    case "e": case "E": return orbit(1, 0);
    case "a": case "A": return orbit(0, 1);
    case "z": case "Z": return orbit(0, -1);
    case "+": case "=": return { do: "zoom", factor: 0.8 };
    case "-": case "_": return { do: "zoom", factor: 1.25 };
    case "n": case "N": return { do: "north" };
    case "Home": return { do: "home" };
    case ",": return { do: "step-instant", seconds: -3600 };
    case ".": case ";": return { do: "step-instant", seconds: 3600 };
    default: return null;
  }
}

export function wireKeys(canvas) {
  canvas.addEventListener("keydown", (event) => {
    // The browser's own shortcuts stay the browser's.
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " ") {
      event.preventDefault();
      if (!event.repeat) toggle();
      return;
    }
    const message = ofKey(event);
    if (!message) return;
    event.preventDefault();
    command(message);
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches?.("input:not([type=range],[type=checkbox],[type=radio]), select, textarea");
    if (event.key === "?" && !typing) {
      event.preventDefault();
      byId("help").showModal();
    } else if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
      // One step back at a time: the layers where they cover the picture, then the selection.
      if (byId("layers").contains(document.activeElement)) {
        setOpen("layers", false);
        byId("layers-toggle").focus();
      } else if (store.state.selection) close();
    }
  });
  document.querySelector('[data-close="help"]').addEventListener("click", () => byId("help").close());
  byId("help").addEventListener("click", (event) => {
    if (event.target === byId("help")) byId("help").close();
  });
}
