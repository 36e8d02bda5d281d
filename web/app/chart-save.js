// What is carried away of the charts: their values as a table, which the viewer writes (command `save-values`, message `file`), and pictures with their source.

import { dateText, has, named as both, t } from "./words.js";
import { command, store } from "./state.js";
import { announce, byId, inLines, make, offer } from "./page.js";
import { svg } from "./chart-frame.js";

/** Pixels of a picture for each of the drawing's. */
const SCALE = 4;
const HEAD = 22;
const FOOT = 18;
const KEY_LINE = 11;
/** Room for a letter of the foot. */
const LETTER = 3.6;

/** The buttons of a chart; several stand on one page, so each says aloud of which it is. `picture` is asked when the picture is. */
export function saveButtons(of, picture) {
  const what = t(`save-of-${of}`);
  const named = (key, short, act) => {
    // What is heard begins with what is seen.
    const seen = of === "curves" ? t(key) : short;
    const button = make("button", seen, { type: "button", class: "small", "aria-label": `${seen}, ${what}`, title: `${t(key)} (${what})` });
    button.onclick = act;
    return button;
  };
  const table = (form) => () => command({ do: "save-values", of, form });
  return [named("chart-csv", "CSV", table("csv")), " ", named("chart-parquet", "Parquet", table("parquet")), " ", named("chart-png", "PNG", () => savePicture(picture()))];
}

/** What stands under a picture: where and when, what kind of values they are, and whose. */
export const footOf = ({ madeUp, nature, source }) => [both(store.manifest?.name), dateText(Date.parse(store.state.instant), store.timezone), madeUp ? t("made-up") : "", t(has(nature) ? nature : "no-data"), source].filter(Boolean).join(" · ");

/** A drawing as a picture, four times as large, with title, what its colours mean, and source: what is shown elsewhere says where it comes from. */
export function savePicture({ name, title, drawn, keys = [], foot }) {
  if (!drawn) return;
  const [, , wide, high] = drawn.getAttribute("viewBox").split(" ").map(Number);
  const feet = inLines(foot, (line) => line.length <= wide / LETTER);
  const [width, height] = [wide + 8, high + HEAD + KEY_LINE * keys.length + FOOT + 8 * (feet.length - 1)];
  const picture = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width: width * SCALE, height: height * SCALE, viewBox: `0 0 ${width} ${height}` });
  const [ink, paper] = [getComputedStyle(document.body).color, getComputedStyle(byId("layers")).backgroundColor];
  const inside = drawn.cloneNode(true);
  for (const [key, value] of Object.entries({ x: 4, y: HEAD, width: wide, height: high, overflow: "visible" })) inside.setAttribute(key, value);
  inside.querySelectorAll("text").forEach((text) => text.setAttribute("fill", ink));
  // Names that lie on bands keep their halo.
  const halo = { "font-size": 10.5, "paint-order": "stroke", stroke: paper, "stroke-width": 3, "stroke-linejoin": "round" };
  inside.querySelectorAll(".sankey text").forEach((text) => Object.entries(halo).forEach(([key, value]) => text.setAttribute(key, value)));
  inside.querySelectorAll(".grid").forEach((line) => line.setAttribute("stroke", "#88888855"));
  inside.querySelectorAll(".now").forEach((line) => line.setAttribute("stroke", "#d55e00"));
  const style = { fill: ink, "font-family": "sans-serif" };
  picture.append(svg("rect", { width: "100%", height: "100%", fill: paper }), svg("text", { ...style, x: 4, y: 14, "font-size": 11, "font-weight": 600, ...squeezed(title, width - 8, 6) }, title), inside);
  keys.forEach(({ stroke, fill, dashes = "", words }, line) => {
    const y = HEAD + high + KEY_LINE * line + 4;
    picture.append(fill ? svg("rect", { x: 4, y: y - 4, width: 8, height: 8, fill }) : svg("line", { x1: 4, x2: 24, y1: y, y2: y, "stroke-width": 2, stroke: stroke === "currentColor" ? ink : stroke, "stroke-dasharray": dashes }));
    picture.append(svg("text", { ...style, x: fill ? 16 : 28, y: y + 3, "font-size": 8 }, words));
  });
  feet.forEach((words, line) => picture.append(svg("text", { ...style, x: 4, y: height - 5 - 8 * (feet.length - 1 - line), "font-size": 7 }, words)));
  picture.style.color = ink;
  picture.style.font = "10px sans-serif";
  const image = new Image();
  image.addEventListener("load", () => {
    const canvas = make("canvas", "", { width: width * SCALE, height: height * SCALE });
    canvas.getContext("2d").drawImage(image, 0, 0);
    canvas.toBlob((blob) => blob && offer(`${name.replace(/[^\w-]+/g, "-")}.png`, "image/png", blob), "image/png");
  });
  image.addEventListener("error", () => announce(t("chart-png-failed")));
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(picture))}`;
}

/** A title that would be cut off at the edge is drawn narrower. */
const squeezed = (words, most, letter) => (words.length * letter > most ? { textLength: most, lengthAdjust: "spacingAndGlyphs" } : {});
