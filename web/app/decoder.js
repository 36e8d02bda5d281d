// Runs in a Web Worker: contents of tiles become parcels that the viewer only unpacks. No picture, no network of its own but its module.

let module = null;

self.onmessage = ({ data }) => {
  if (data.module) {
    module = import(data.module).then(async (bindings) => {
      await bindings.default({ module_or_path: data.wasm });
      return bindings;
    });
    module.catch((error) => self.postMessage({ broken: String(error) }));
    return;
  }
  module?.then(({ decode }) => answer(decode, data), () => {});
};

function answer(decode, { ticket, content, placement, pictured }) {
  try {
    const parcel = decode(new Uint8Array(content), placement, pictured);
    self.postMessage({ ticket, parcel: parcel.buffer }, [parcel.buffer]);
  } catch (error) {
    const message = { ticket, error: String(error?.message ?? error) };
    // A module that has trapped is in no state to go on.
    if (error instanceof WebAssembly.RuntimeError) message.broken = true;
    self.postMessage(message);
  }
}
