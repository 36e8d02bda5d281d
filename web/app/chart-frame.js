// What all curves share: a frame with its scale, how values are written, colours that are told apart.

import { number } from "./words.js";

export const WIDTH = 320;
export const HEIGHT = 120;
/** Where the plot begins, right of the numbers. */
export const LEFT = 56;
/** Okabe and Ito's colours, as on the desktop; lines differ in their dashes too. */
export const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442"];
export const DASHES = ["", "6 3", "2 2", "8 3 2 3", "4 4", "1 3", "10 4"];

/** Three digits that count. */
export function three(value) {
  return number(value, value === 0 ? 0 : Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))));
}

export function written(value, unit) {
  return `${three(value)}${unit ? `\u00a0${unit}` : ""}`;
}

export function svg(tag, attributes = {}, text = "") {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  return element;
}

export function frame(label, low, high) {
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT + 16}`, role: "img", "aria-label": label, class: "curve" });
  for (const share of [0, 0.5, 1]) {
    const y = HEIGHT - share * (HEIGHT - 8);
    picture.append(svg("line", { x1: LEFT, x2: WIDTH, y1: y, y2: y, class: "grid" }), svg("text", { x: LEFT - 4, y: y + 3, "text-anchor": "end" }, three(low + share * (high - low))));
  }
  return picture;
}

export function reach(values) {
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (low > 0 && low < 0.6 * high) low = 0;
  return high > low ? [low, high] : [low - 0.5, low + 0.5];
}

/** Height of a value in the frame. */
export const y = (value, low, high) => HEIGHT - ((value - low) / (high - low)) * (HEIGHT - 8);
