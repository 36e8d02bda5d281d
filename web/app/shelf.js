// The second visit: once the picture stands, the service worker is told which files this page is made of.

/** Keeps this page for the next visit. Without a service worker (http, private windows) everything works as before. */
export async function keepForNextVisit() {
  // A page inside somebody else's keeps nothing on their visitors' machines.
  if (!("serviceWorker" in navigator) || window.parent !== window) return;
  try {
    await navigator.serviceWorker.register("sw.js");
    const { active } = await navigator.serviceWorker.ready;
    navigator.serviceWorker.addEventListener("message", ({ data }) => {
      if (typeof data?.kept === "boolean") document.body.dataset.kept = String(data.kept);
    });
    const files = performance.getEntriesByType("resource").map((entry) => entry.name).filter((name) => /\/(app|pkg)\/[0-9a-f]{16}\//.test(name));
    active?.postMessage({ keep: [...new Set(files)] });
  } catch {
    // Refused: then the next visit asks the network.
  }
}
