// The keyboard, for everything the pointer can do; the table is the desktop's own.

import { command, store } from "./state.js";
import { byId, setOpen } from "./page.js";
import { close } from "./sheet.js";
import { toggle } from "./time.js";
import { keepPicture } from "./picture.js";
import { SHORTCUTS, THEMES } from "./shortcuts.js";

/** Shift hurries, as on the desktop. */
const HURRY = 3;

export function cameraButton(name) {
  command({ "zoom-in": { do: "zoom", factor: 0.75 }, "zoom-out": { do: "zoom", factor: 1 / 0.75 }, north: { do: "north" }, home: { do: "home" } }[name]);
}

/** The row of the shared table for a key, named as in `KeyboardEvent.key`; letters mean both cases. */
function rowOf(key) {
  // `=` lies under `+` on most keyboards, and nobody wants to hold shift to come nearer.
  const name = key === "=" ? "+" : key.length === 1 ? key.toLowerCase() : key;
  return SHORTCUTS.find((row) => row.key === key || row.key === name);
}

/** The command a row asks for, given the state; `null` for rows that are no command. */
function ofRow({ ask }, hurry) {
  const { camera, playback, theme } = store.state;
  switch (ask?.ask) {
    case "pan": {
      const metres = hurry * (camera?.distance_m ?? 1000);
      return { do: "pan", right_m: ask.right * metres, forward_m: ask.forward * metres };
    }
    case "orbit": return { do: "orbit", heading_deg: ask.heading_deg * hurry, pitch_deg: ask.pitch_deg * hurry };
    case "zoom": return { do: "zoom", factor: ask.factor };
    case "underground": return { do: "set-underground", underground: !store.state.underground };
    case "home": case "north": case "try-again": case "select-centre": return { do: ask.ask };
    case "speed": return { do: "set-speed", speed: playback.speed * ask.factor };
    case "step": return { do: "step-instant", seconds: ask.seconds };
    case "step-clock": return { do: "step-clock", unit: ask.unit, count: ask.count };
    case "jump": return { do: "jump-to", moment: ask.moment };
    case "next-series": return { do: "next-series", by: ask.by };
    case "mean": return { do: "show-mean", shown: !store.state.mean };
    case "no-span": return { do: "set-span", span: null };
    case "year": return { do: "set-year", year: store.state.year + ask.years };
    case "next-theme": return { do: "set-theme", theme: THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] };
    case "draw-area": return { do: "draw-area", drawing: !store.state.area?.drawing };
    case "add-corner": return { do: "add-corner-here" };
    case "remove-corner": return { do: "remove-corner" };
    case "next-tool": case "put-down": case "next-placed": case "move-placed": case "size-placed": case "remove-placed": return ofThing(ask);
    default: return null;
  }
}

const TOOLS = ["turbine", "solar", "battery", "hub", "feeder"];
/** What grows and shrinks of each kind of thing. */
const SIZES = { turbine: ["hub_m"], solar: ["kwp"], battery: ["kwh", "kw"], hub: ["points"], feeder: ["kw"] };

/** Commands about a proposal: the next tool, the next thing, and the thing in hand. */
function ofThing(ask) {
  const { placed = [], chosen = null, tool = null } = store.state.proposal ?? {};
  if (ask.ask === "next-tool") return { do: "use-tool", tool: TOOLS[TOOLS.indexOf(tool) + 1] ?? null };
  if (ask.ask === "put-down") return { do: "place-here", tool: tool ?? "battery" };
  if (ask.ask === "next-placed") {
    const next = chosen === null ? 0 : chosen + 1;
    return { do: "choose-placed", index: next < placed.length ? next : null };
  }
  const thing = placed[chosen]?.thing;
  if (!thing) return null;
  if (ask.ask === "move-placed") return { do: "move-placed", index: chosen, east_m: ask.east_m, north_m: ask.north_m };
  if (ask.ask === "remove-placed") return { do: "remove-placed", index: chosen };
  const sized = Object.fromEntries((SIZES[thing.kind] ?? []).map((name) => [name, grown(thing[name], ask.factor, name === "points")]));
  return { do: "change-placed", index: chosen, thing: { ...thing, ...sized } };
}

/** So many times as large, in steps that people would choose; of things that are counted one more or less at least. */
function grown(value, factor, isCount) {
  if (isCount) {
    const more = Math.max(1, Math.round(value * factor));
    return more === value ? Math.max(1, value + Math.sign(factor - 1)) : more;
  }
  const step = 10 ** (Math.floor(Math.log10(Math.max(1e-9, value * factor))) - 1);
  return Math.round((value * factor) / step) * step;
}

export function wireKeys(canvas) {
  canvas.addEventListener("keydown", (event) => {
    // The browser's own shortcuts stay the browser's.
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rowOf(event.key);
    if (!row) return;
    const own = { "play-pause": toggle, "next-language": () => byId("language").click() }[row.ask?.ask];
    const message = ofRow(row, event.shiftKey ? HURRY : 1);
    if (own && !event.repeat) own();
    else if (message) command(message);
    else if (row.action === "copy-link") byId("share").click();
    else if (row.action === "picture") keepPicture(canvas);
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", () => { document.body.dataset.keys = "true"; }, true);
  document.addEventListener("pointerdown", () => { delete document.body.dataset.keys; }, true);
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches?.("input:not([type=range],[type=checkbox],[type=radio]), select, textarea");
    const held = event.ctrlKey || event.metaKey || event.altKey;
    // A letter alone belongs to the picture: who speaks to the page, or reads it by letters, must not meet the help by chance.
    const help = rowOf(event.key)?.action === "help" && !typing && !held && (event.key.length > 1 || event.key === "?" || document.activeElement === canvas || byId("help").open);
    if (help) {
      event.preventDefault();
      if (byId("help").open) byId("help").close();
      else if (!document.querySelector("dialog[open]")) byId("help").showModal();
    } else if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
      // One step back at a time: the layers where they cover the picture, then the selection.
      if (store.state.area?.drawing) command({ do: "set-area", corners: [] });
      else if (byId("layers").contains(document.activeElement)) {
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
