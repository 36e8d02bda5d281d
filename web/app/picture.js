// How the picture is drawn: under the ground, and at what cost; and how it is kept as a file.

import { dateText, named, t } from "./words.js";
import { command, store } from "./state.js";
import { byId, make, toast } from "./page.js";

/** Frames in which a picture may be read: a canvas is empty between two of them. */
const TRIES = 40;

let inForce = "";

export function wirePicture() {
  byId("picture-keep").addEventListener("click", () => keepPicture(byId("scene")));
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

/** Keeps the picture with what it is and whose data it shows. It is read in the frame that draws it, while it is there. */
export function keepPicture(canvas) {
  const { width, height } = canvas;
  const foot = Math.max(28, Math.round(height / 40));
  const sheet = make("canvas", "", { width, height: height + foot });
  const pen = sheet.getContext("2d", { willReadFrequently: true });
  let tries = 0;
  const read = () => {
    pen.drawImage(canvas, 0, 0);
    // One point of an empty canvas is as clear as all of them.
    if (pen.getImageData(width >> 1, height >> 1, 1, 1).data[3] === 0) {
      tries += 1;
      if (tries > TRIES) toast(t("picture-failed"));
      else next();
      return;
    }
    pen.fillStyle = "#f7f6f2";
    pen.fillRect(0, height, width, foot);
    pen.fillStyle = "#1e1e1e";
    pen.font = `${Math.round(foot * 0.42)}px sans-serif`;
    const { instant } = store.state;
    const said = [named(store.manifest?.name) || "Jumeau", dateText(Date.parse(instant), store.timezone), byId("credit").textContent].filter(Boolean).join(" · ");
    pen.fillText(said, foot / 3, height + foot * 0.65, width - (2 * foot) / 3);
    sheet.toBlob((blob) => {
      if (!blob) return toast(t("picture-failed"));
      const link = make("a", "", { download: `${store.state.territory || "jumeau"}-${instant.replaceAll(":", "-")}.png` });
      link.href = URL.createObjectURL(blob);
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
      return undefined;
    }, "image/png");
  };
  const next = () => {
    // A command that changes nothing draws a frame; the reading is asked for after the drawing, so it comes after it.
    command({ do: "step-instant", seconds: 0 });
    setTimeout(() => requestAnimationFrame(read), 0);
  };
  next();
}
