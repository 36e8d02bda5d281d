// How a page drives an embedded view; copy what you need.

const frame = document.getElementById("view");

for (const button of document.querySelectorAll("[data-command]")) {
  button.addEventListener("click", () => {
    frame.contentWindow.postMessage({ jumeau: 1, command: JSON.parse(button.dataset.command) }, location.origin);
  });
}

window.addEventListener("message", ({ source, origin, data }) => {
  if (source !== frame.contentWindow || origin !== location.origin || data?.jumeau !== 1) return;
  if (data.message.kind === "state") document.getElementById("instant").textContent = data.message.state.instant;
});
