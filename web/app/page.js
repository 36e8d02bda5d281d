// Small things every part of the page needs.

import { t } from "./words.js";

/** Below this width panels are sheets over the picture. */
export const NARROW = matchMedia("(max-width: 860px)");

export function byId(id) {
  return document.getElementById(id);
}

/** An element with text and attributes. */
export function make(tag, text = "", attributes = {}) {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** The same of a drawing. */
export function svg(tag, attributes = {}, text = "") {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  return element;
}

/** Says something to those who do not see the picture. */
export function announce(text) {
  byId("live").textContent = text;
}

let toastTimer = 0;

/** A short word at the bottom, for a few seconds. */
export function toast(text) {
  clearTimeout(toastTimer);
  byId("toast").textContent = text;
  if (text) toastTimer = setTimeout(() => { byId("toast").textContent = ""; }, 6000);
}

/** A field for a file that speaks the page's language: the browser's own words would be in the browser's. What is too large is said and not read. */
export function fileField(words, { id, accept, most, large, take }) {
  const label = make("label", words, { class: "file-field" });
  const input = make("input", "", { type: "file", id, accept, class: "hidden" });
  // Drawn in place it is another element that acts, hence the target.
  input.onchange = async ({ target }) => {
    const [file] = target.files;
    if (!file) return;
    if (file.size > most) toast(t(large));
    else await take(file);
    // The same file may be chosen again.
    target.value = "";
  };
  label.append(input);
  return label;
}

/** Offers a file as a download. */
export function offer(name, type, content) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  make("a", "", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** A file of the viewer: one letter of `bytes` is one byte. */
export function fileOf({ name, type, bytes }) {
  if (typeof name !== "string" || typeof bytes !== "string") return;
  offer(name.replace(/[^\w.-]/g, "_"), String(type ?? "application/octet-stream"), Uint8Array.from(bytes, (letter) => letter.charCodeAt(0)));
  toast(t("file-saved", { name }));
}

/** Copies a text and says so. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("copied"));
  } catch {
    toast(text);
  }
}

/** Opens or closes a panel and tells its button. */
export function setOpen(id, open) {
  const panel = byId(id);
  panel.hidden = !open;
  document.body.dataset[id] = open ? "open" : "closed";
  const button = document.querySelector(`[aria-controls="${id}"]`);
  button?.setAttribute("aria-expanded", String(open));
}

/** The same drawing, at once and then a few times a second at the most: a clock that moves leaves its time to the scene, and the last word is always drawn. */
export function paced(draw, pause = 200) {
  let [last, timer] = [-Infinity, 0];
  const now = () => {
    timer = 0;
    draw();
    last = performance.now();
  };
  return () => {
    if (timer) return;
    const wait = last + pause - performance.now();
    if (wait > 0) timer = setTimeout(now, wait);
    else now();
  };
}

/** Words in lines that fit; one that is too long for any has its own. */
export function inLines(words, fits) {
  const found = [""];
  for (const word of words.split(" ")) {
    const longer = found.at(-1) ? `${found.at(-1)} ${word}` : word;
    if (found.at(-1) && !fits(longer)) found.push(word);
    else found[found.length - 1] = longer;
  }
  return found;
}
