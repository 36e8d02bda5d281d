// How the picture is drawn: under the ground, and at what cost; and how it is kept as a file.

import { dateText, named, t } from "./words.js";
import { command, store } from "./state.js";
import { legendKey } from "./layers.js";
import { byId, inLines, make, toast } from "./page.js";

/** Frames in which a picture may be read: a canvas is empty between two of them. */
const TRIES = 40;
const PAPER = "#f7f6f2";
const INK = "#1e1e1e";

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

/** What the colours mean, on a card in the lower left corner of a picture of that height. */
function drawKey(pen, key, { width, height, size }) {
  const [gap, wide] = [size * 0.6, Math.min(size * 20, width * 0.5)];
  const inner = wide - 2 * gap;
  const fits = (line) => pen.measureText(line).width <= inner;
  pen.font = `600 ${size}px sans-serif`;
  const title = inLines(key.title, fits);
  pen.font = `${size * 0.85}px sans-serif`;
  const about = key.about ? inLines(key.about, fits) : [];
  const rows = key.classes.length > 0 ? key.classes.length : 2;
  const tall = 2 * gap + 1.4 * size * (title.length + rows + about.length);
  const [left, top] = [gap, height - tall - gap];
  pen.fillStyle = PAPER;
  pen.fillRect(left, top, wide, tall);
  let line = top + gap + size;
  const write = (text, x = left + gap) => {
    pen.fillStyle = INK;
    pen.fillText(text, x, line);
  };
  const next = () => { line += 1.4 * size; };
  pen.font = `600 ${size}px sans-serif`;
  for (const text of title) {
    write(text);
    next();
  }
  pen.font = `${size * 0.85}px sans-serif`;
  if (key.classes.length > 0) {
    key.classes.forEach((text, place) => {
      pen.fillStyle = key.colours[place] ?? PAPER;
      pen.fillRect(left + gap, line - size * 0.85, size, size);
      write(text, left + gap + 1.5 * size);
      next();
    });
  } else {
    const ramp = pen.createLinearGradient(left + gap, 0, left + gap + inner, 0);
    key.colours.forEach((colour, place) => ramp.addColorStop(key.colours.length > 1 ? place / (key.colours.length - 1) : 0, colour));
    pen.fillStyle = ramp;
    pen.fillRect(left + gap, line - size * 0.85, inner, size);
    next();
    key.ticks.forEach((text, place) => {
      const share = key.ticks.length > 1 ? place / (key.ticks.length - 1) : 0;
      write(text, left + gap + share * (inner - pen.measureText(text).width));
    });
    next();
  }
  for (const text of about) {
    write(text);
    next();
  }
}

/** Keeps the picture with what it is, what its colours mean and whose data it shows. It is read in the frame that draws it, while it is there. */
export function keepPicture(canvas) {
  const { width, height } = canvas;
  const size = Math.max(12, Math.round(height / 55));
  const { instant } = store.state;
  const said = [named(store.manifest?.name) || "Jumeau", dateText(Date.parse(instant), store.timezone), byId("credit").textContent].filter(Boolean).join(" · ");
  const measure = make("canvas").getContext("2d");
  measure.font = `${size * 0.85}px sans-serif`;
  const owed = inLines(said, (line) => measure.measureText(line).width <= width - 2 * size);
  const foot = Math.round(size * (1.3 * owed.length + 0.8));
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
    const key = legendKey();
    if (key) drawKey(pen, key, { width, height, size });
    pen.fillStyle = PAPER;
    pen.fillRect(0, height, width, foot);
    pen.fillStyle = INK;
    pen.font = measure.font;
    owed.forEach((text, place) => pen.fillText(text, size, height + size * (1.3 * (place + 1) + 0.1)));
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
