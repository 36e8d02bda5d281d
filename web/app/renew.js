// Draws anew in place: an element that is the same thing as before stays the same element, so that it keeps the keyboard, its fold and its scroll.

/** What a thing is: its tag, and its name where it has one. Unlike things are replaced. */
const kind = (node) => `${node.nodeName} ${node.id ?? ""} ${node.dataset?.keep ?? ""}`;
/** Handlers stand in these properties, so that they can move; `addEventListener` could not tell which are there. */
const HANDLERS = ["onclick", "onchange", "oninput", "ontoggle"];

/** Makes `place` hold `parts` (elements and texts), changing as little as it takes. */
export function renew(place, ...parts) {
  const fresh = parts.filter((part) => part !== null && part !== undefined && part !== "").map((part) => (typeof part === "string" ? document.createTextNode(part) : part));
  const old = [...place.childNodes];
  // What is handed in as it stood stays as it is.
  const kept = new Set(fresh.filter((node) => node.parentNode === place));
  const sort = (node) => (kept.has(node) ? node : kind(node));
  const pairs = alike(old.map(sort), fresh.map(sort));
  const stays = new Set(pairs.values());
  old.forEach((node, at) => { if (!stays.has(at)) place.removeChild(node); });
  fresh.forEach((node, at) => {
    if (pairs.has(at)) settle(old[pairs.get(at)], node, place);
    else place.insertBefore(node, place.childNodes[at] ?? null);
  });
}

/** Which of the old things each new one is: the most that can stay in their order. Place of the new one → place of the old one. */
function alike(old, fresh) {
  const pairs = new Map();
  let [start, oldEnd, freshEnd] = [0, old.length, fresh.length];
  while (start < oldEnd && start < freshEnd && old[start] === fresh[start]) pairs.set(start, start++);
  while (oldEnd > start && freshEnd > start && old[oldEnd - 1] === fresh[freshEnd - 1]) pairs.set(--freshEnd, --oldEnd);
  const [rows, columns] = [oldEnd - start, freshEnd - start];
  // longest[i][j]: how many of the old ones from i and the new ones from j on can be paired.
  const longest = Array.from({ length: rows + 1 }, () => new Uint16Array(columns + 1));
  for (let i = rows - 1; i >= 0; i -= 1) {
    for (let j = columns - 1; j >= 0; j -= 1) {
      longest[i][j] = old[start + i] === fresh[start + j] ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  for (let i = 0, j = 0; i < rows && j < columns;) {
    if (old[start + i] === fresh[start + j]) pairs.set(start + j++, start + i++);
    else if (longest[i + 1][j] >= longest[i][j + 1]) i += 1;
    else j += 1;
  }
  return pairs;
}

/** Gives an element all that a fresh one has. */
function settle(old, fresh, place) {
  if (old === fresh) return;
  if (old.nodeType !== 1) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  // Pixels and lines hold no keyboard: a picture is put in the other's place.
  if (["CANVAS", "svg"].includes(old.nodeName)) {
    place.replaceChild(fresh, old);
    return;
  }
  const isHeld = old === document.activeElement;
  for (const { name } of [...old.attributes]) {
    // A fold is a person's own.
    if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  }
  for (const { name, value } of [...fresh.attributes]) {
    if (name !== "open" && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const handler of HANDLERS) old[handler] = fresh[handler];
  if ("checked" in fresh) old.checked = fresh.checked;
  // Writing into a field that somebody types in would take the words out of their mouth.
  if ("value" in fresh && !["LI", "BUTTON"].includes(old.nodeName) && !isHeld && old.value !== fresh.value) {
    const { value } = fresh;
    renew(old, ...fresh.childNodes);
    old.value = value;
    return;
  }
  renew(old, ...fresh.childNodes);
}
