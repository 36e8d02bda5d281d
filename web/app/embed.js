// The embedding API: a page that shows the viewer in an iframe speaks the same commands and hears the same messages.
//
//   frame.contentWindow.postMessage({ jumeau: 1, command: { do: "set-theme", theme: "demand" } }, origin)
//   window.addEventListener("message", ({ data }) => data.jumeau === 1 && data.message.kind === "state" …)
//
// Only the page that holds the frame is heard, and only from an allowed origin: the viewer's own, one that the site's
// owner lists in <meta name="jumeau-embed-origins">, or the one that the frame's address names (`?embed=https://…`).
// That last is no hole: whoever writes the frame's address holds the frame, and commands only change a view.

import { command, store } from "./state.js";

const COMMANDS = new Set([
  "look-at", "orbit", "zoom", "pan", "home", "north", "set-instant", "step-instant", "set-year", "play", "set-speed",
  "step-clock", "jump-to", "set-span", "show-series", "next-series", "set-scale", "show-layer", "set-theme", "set-underground", "select", "set-language", "restore",
]);

/** Longest command that is passed on, characters of JSON. */
const COMMAND_MAX = 16_384;

/** Starts listening; `tell(message)` passes a viewer's message to the embedding page. */
export function embed() {
  const holder = window.parent === window ? null : window.parent;
  if (!holder) return { tell() {} };
  const listed = document.querySelector('meta[name="jumeau-embed-origins"]')?.content.split(/\s+/).filter(Boolean) ?? [];
  const named = new URLSearchParams(location.search).get("embed");
  document.body.dataset.embed = "true";
  const allowed = new Set([location.origin, ...listed]);
  if (named && URL.canParse(named)) allowed.add(new URL(named).origin);
  const every = allowed.has("*");
  /** The origin of the holder, known from its first accepted message or from the address. */
  let origin = named && URL.canParse(named) ? new URL(named).origin : null;

  window.addEventListener("message", (event) => {
    if (event.source !== holder || event.data?.jumeau !== 1) return;
    if (!every && !allowed.has(event.origin)) return;
    origin = event.origin;
    const wanted = event.data.command;
    if (wanted && COMMANDS.has(wanted.do) && JSON.stringify(wanted).length <= COMMAND_MAX) command(wanted);
    tell({ kind: "state", state: store.state, link: store.link });
  });

  function tell(message) {
    if (origin && origin !== "null") holder.postMessage({ jumeau: 1, message }, origin);
  }
  return { tell };
}
