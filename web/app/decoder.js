// Runs in a Web Worker: contents of tiles become parcels that the viewer only unpacks. No picture, no network of its own but its module.

let module = null;
/** Contents that wait; a content that is no longer wanted is taken out between two others. */
const waiting = [];
const { port1: next, port2: again } = new MessageChannel();

self.onmessage = ({ data }) => {
  if (data.module) {
    module = import(data.module).then(async (bindings) => {
      await bindings.default({ module_or_path: data.wasm });
      return bindings;
    });
    module.catch((error) => self.postMessage({ broken: String(error) }));
    return;
  }
  if (data.cancel !== undefined) {
    const at = waiting.findIndex(({ ticket }) => ticket === data.cancel);
    if (at >= 0) waiting.splice(at, 1);
    return;
  }
  waiting.push(data);
  again.postMessage(0);
};

// One content in each turn of the event loop, so that what was said meanwhile is heard first.
next.onmessage = () => module?.then(({ decode }) => {
  const job = waiting.shift();
  if (job) answer(decode, job);
}, () => {});

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
