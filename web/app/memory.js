// What the page remembers from visit to visit. Storage may be refused, in private windows and in frames: then nothing is.

/** Whether it is remembered now. */
export function remember(name, value) {
  try {
    localStorage.setItem(`jumeau-${name}`, value);
    return true;
  } catch {
    return false;
  }
}

export function remembered(name) {
  try {
    return localStorage.getItem(`jumeau-${name}`);
  } catch {
    return null;
  }
}
