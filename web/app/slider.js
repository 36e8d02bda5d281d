// Sliders that stay under the finger: what they change is drawn anew around them, while they themselves never leave the document.

import { byId } from "./page.js";

/** A slider that moves says many values; the last one counts (ms). */
const PAUSE = 120;
/** After this the value that came back counts, whatever was asked for (ms). */
const PATIENCE = 1500;

const settling = new WeakMap();

/** Says what a slider is at, at once beside it and a little later to whoever acts on it; it may act on what is so by then. */
export function sliding(slider, words, act) {
  let timer = 0;
  const say = () => {
    clearTimeout(timer);
    act(Number(slider.value));
    clearTimeout(settling.get(slider));
    settling.set(slider, setTimeout(() => delete slider.dataset.held, PATIENCE));
  };
  slider.addEventListener("input", () => {
    slider.dataset.held = "";
    const text = words(Number(slider.value));
    slider.setAttribute("aria-valuetext", text);
    // The words beside it may have been drawn anew since.
    const output = slider.parentElement?.querySelector("output");
    if (output) output.textContent = text;
    clearTimeout(timer);
    timer = setTimeout(say, PAUSE);
  });
  slider.addEventListener("change", say);
}

/** New parts for a place. A slider that is in use stays the same element at the same spot; what had the focus has it again. */
export function renew(place, parts) {
  const active = place.contains(document.activeElement) ? document.activeElement : null;
  if (active?.type === "range" && active.id && keep(place, parts, active)) return;
  place.replaceChildren(...parts);
  if (active?.id) byId(active.id)?.focus();
}

/** Exchanges everything around a slider; whether the new parts have the same one. */
function keep(place, parts, slider) {
  const holder = [...place.children].find((child) => child.contains(slider));
  const holds = (part) => part instanceof Element && (part.id === slider.id || part.querySelector(`#${CSS.escape(slider.id)}`) !== null);
  const twin = parts.find(holds);
  if (!holder || !twin || holder.tagName !== twin.tagName) return false;
  const at = parts.indexOf(twin);
  const inside = [...twin.childNodes];
  if (holder !== slider && !keep(holder, inside, slider)) return false;
  for (const { name } of [...holder.attributes]) if (!twin.hasAttribute(name) && !name.startsWith("data-held")) holder.removeAttribute(name);
  // What the person says in words and value is newer than what came back, until both agree.
  const held = holder === slider && "held" in slider.dataset;
  if (holder === slider && twin.value === slider.value) delete slider.dataset.held;
  for (const { name, value } of [...twin.attributes]) if ((!held || name !== "aria-valuetext") && holder.getAttribute(name) !== value) holder.setAttribute(name, value);
  if (holder === slider && !held) slider.value = twin.value;
  if (place.tagName === "FIELDSET") exchangeInside(place, parts, holder);
  else {
    while (holder.previousSibling) holder.previousSibling.remove();
    while (holder.nextSibling) holder.nextSibling.remove();
    holder.before(...parts.slice(0, at));
    holder.after(...parts.slice(at + 1));
  }
  // So are the words beside it.
  const output = held ? slider.parentElement?.querySelector("output") : null;
  if (output && place === slider.parentElement) output.textContent = slider.getAttribute("aria-valuetext") ?? output.textContent;
  return true;
}

/** A field whose children come or go is laid out anew with all that is in it, and the finger would lose the slider: they stay, and what is in them goes. */
function exchangeInside(field, parts, holder) {
  const old = [...field.children];
  const fresh = parts.filter((part) => part instanceof Element);
  old.forEach((child, at) => {
    const twin = fresh[at];
    if (child === holder) return;
    if (!twin || twin.tagName !== child.tagName || twin.id !== child.id) return child.remove();
    for (const { name, value } of twin.attributes) child.setAttribute(name, value);
    child.replaceChildren(...twin.childNodes);
  });
  field.append(...fresh.slice(old.length));
}
