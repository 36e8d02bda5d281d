// What is written on the picture: names, and the bar of lengths.

import { currentLanguage, number } from "./words.js";
import { byId, make } from "./page.js";

/** Elements are kept and moved: while the picture turns nothing is made or thrown away. */
const pool = [];
let last = { names: [], bar: null };

export function marksOf(message) {
  last = message;
  drawMarks();
}

export function drawMarks() {
  const place = byId("names");
  last.names.forEach(({ text, x, y }, index) => {
    let element = pool[index];
    if (!element) {
      element = make("li");
      pool.push(element);
      place.append(element);
    }
    if (element.textContent !== text) element.textContent = text;
    element.style.left = `${100 * x}%`;
    element.style.top = `${100 * y}%`;
    element.hidden = false;
  });
  pool.slice(last.names.length).forEach((element) => { element.hidden = true; });
  const bar = byId("scale-bar");
  bar.hidden = !last.bar;
  if (!last.bar) return;
  bar.style.width = `${last.bar.pixels}px`;
  bar.textContent = length(last.bar.metres);
  bar.lang = currentLanguage();
}

/** A round length, as it is written on a map. */
function length(metres) {
  if (metres < 1) return `${number(metres * 100, 0)}\u00a0cm`;
  return metres < 1000 ? `${number(metres, 0)}\u00a0m` : `${number(metres / 1000, 0)}\u00a0km`;
}
