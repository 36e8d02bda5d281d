// An area that is drawn: corners by clicks or keys, what lies in it (message `area`), and its file. Balance, curves and flows are then its own.

import { currentLanguage, number, t } from "./words.js";
import { command, store } from "./state.js";
import { announce, byId, fileField, make, offer } from "./page.js";
import { renew } from "./renew.js";

/** As the viewer has it. */
const CORNERS_FEWEST = 3;
const BYTES_MAX = 4 << 20;

let facts = { state: "", area_m2: 0, inside: null };
let said = "";

/** An area message of the viewer. */
export function areaOf(message) {
  facts = message;
  drawArea();
  const now = facts.state === "ready" ? sentences().join(" ") : "";
  if (now && now !== said) announce(now);
  said = now;
}

const area = () => store.state.area ?? { corners: [], drawing: false };

function size() {
  return t("area-size", { hectares: number(facts.area_m2 / 1e4, facts.area_m2 < 1e6 ? 2 : 0) });
}

/** What there is to say of it. */
function sentences() {
  const { corners, drawing } = area();
  if (drawing) return [t("area-drawing", { count: corners.length })];
  if (corners.length === 0) return [];
  if (facts.state === "waiting") return [size(), t("values-wait")];
  if (facts.state === "unknown") return [size(), t("area-unknown")];
  if (!facts.inside) return [];
  const { buildings, homes, secret } = facts.inside;
  return [t("area-inside", { buildings: number(buildings, 0), homes: number(homes, 0) }), size(), secret ? t("area-secret") : ""].filter(Boolean);
}

function button(key, action, enabled = true) {
  const one = make("button", t(key), { type: "button", class: "small", "data-keep": key });
  one.disabled = !enabled;
  one.onclick = action;
  return one;
}

export function drawArea() {
  const { corners, drawing } = area();
  const tools = make("p", "", { class: "tools-line" });
  if (drawing) {
    tools.append(
      button("area-close", () => command({ do: "draw-area", drawing: false }), corners.length >= CORNERS_FEWEST), " ",
      button("area-corner-here", () => command({ do: "add-corner-here" })), " ",
      button("area-back", () => command({ do: "remove-corner" }), corners.length > 0), " ",
    );
  } else tools.append(button(corners.length > 0 ? "area-draw-again" : "area-draw", () => command({ do: "draw-area", drawing: true })), " ");
  if (drawing || corners.length > 0) tools.append(button("area-remove", () => command({ do: "set-area", corners: [] })), " ");
  if (!drawing && corners.length > 0) tools.append(button("area-save", save));
  tools.append(" ", fileField(t("area-open"), {
    // The viewer reads it, and says what is wrong with it.
    id: "area-file", accept: ".geojson,.json,application/geo+json", most: BYTES_MAX, large: "area-too-large", take: async (file) => command({ do: "open-area", geojson: await file.text() }),
  }));
  renew(byId("area-body"), make("p", t("area-help"), { class: "quiet" }), tools, ...sentences().map((words) => make("p", words)));
  byId("area-body").lang = currentLanguage();
}

/** The area as GeoJSON: counter-clockwise, closed, as RFC 7946 wants it. */
export function toGeojson(corners, name) {
  const turned = corners.reduce((sum, [x, y], at) => {
    const [x0, y0] = corners.at(at - 1);
    return sum + x0 * y - x * y0;
  }, 0);
  const ring = turned < 0 ? [...corners].reverse() : [...corners];
  return { type: "Feature", properties: { name, area_m2: Math.round(facts.area_m2) }, geometry: { type: "Polygon", coordinates: [[...ring, ring[0]]] } };
}

function save() {
  offer(`${store.state.territory || "jumeau"}-zone.geojson`, "application/geo+json", JSON.stringify(toGeojson(area().corners, t("area-title")), null, 2));
}
