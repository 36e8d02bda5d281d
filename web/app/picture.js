// How the picture is drawn: under the ground, and at what cost.

import { t } from "./words.js";
import { command, store } from "./state.js";
import { byId } from "./page.js";

let inForce = "";

export function wirePicture() {
  byId("underground").addEventListener("change", (event) => command({ do: "set-underground", underground: event.target.checked }));
  byId("quality").addEventListener("change", (event) => command({ do: "set-quality", quality: event.target.value }));
}

/** What the viewer draws with; it says so whenever that changes. */
export function qualityOf({ quality }) {
  inForce = quality;
  drawPicture(store.state);
}

export function drawPicture({ underground, quality }) {
  byId("underground").checked = Boolean(underground);
  byId("quality").value = quality ?? "auto";
  const now = byId("quality-now");
  now.hidden = (quality ?? "auto") !== "auto" || !inForce || inForce === "auto";
  now.textContent = now.hidden ? "" : t("quality-now", { name: t(`quality-${inForce}`) });
}
