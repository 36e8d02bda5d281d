// A door between the browser and everything it asks for: counts requests and bytes as they go over the wire, may slow them down.
//
// All systems are measured at this one place, workers included, which a browser's own counters leave out.

import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer, request } from "node:http";
import { extname, join, resolve, sep } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const TYPES = { ".js": "text/javascript", ".json": "application/json", ".wasm": "application/wasm", ".css": "text/css", ".html": "text/html" };

/**
 * Everything in `pages` (texts) comes from there; else `/territory/…` from `origin`, the rest from `folder`, then `origin`.
 * `latency` in milliseconds before an answer begins, `rate` in bytes a second for all together; 0 leaves them as they are.
 */
export async function meter({ origin, pages = {}, folder = null, latency = 0, rate = 0 }) {
  const counts = { requests: 0, bytes: 0, territory_requests: 0, territory_bytes: 0 };
  const squeezed = new Map();
  let free = 0;

  /** Waits until the line is free for so many bytes. */
  async function line(bytes) {
    if (!rate) return;
    const now = performance.now();
    free = Math.max(free, now) + (1000 * bytes) / rate;
    await new Promise((done) => setTimeout(done, free - now));
  }
  function count(isTerritory, bytes) {
    counts.bytes += bytes;
    if (isTerritory) counts.territory_bytes += bytes;
  }
  /** A text of ours, as a good server would send it: brotli, made once. */
  function compressed(key, read) {
    if (!squeezed.has(key)) squeezed.set(key, brotliCompressSync(read(), { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
    return squeezed.get(key);
  }
  function own(path, isTerritory) {
    if (path in pages) return { type: TYPES[extname(path)] ?? "text/html; charset=utf-8", body: compressed(path, () => Buffer.from(pages[path])) };
    if (!folder || isTerritory) return null;
    const file = resolve(join(folder, path));
    if (!file.startsWith(folder + sep) || !existsSync(file) || !statSync(file).isFile()) return null;
    return { type: TYPES[extname(file)] ?? "application/octet-stream", body: compressed(file, () => readFileSync(file)) };
  }

  const server = createServer(async (asked, answer) => {
    const path = decodeURIComponent(new URL(asked.url, "http://localhost").pathname);
    const isTerritory = path.startsWith("/territory/");
    counts.requests += 1;
    if (isTerritory) counts.territory_requests += 1;
    if (latency) await new Promise((done) => setTimeout(done, latency));
    const mine = own(path, isTerritory);
    if (mine) {
      await line(mine.body.length);
      count(isTerritory, mine.body.length);
      answer.writeHead(200, { "content-type": mine.type, "content-encoding": "br", "cache-control": "no-cache" });
      answer.end(mine.body);
      return;
    }
    const passed = request(`${origin}${asked.url}`, { method: asked.method, headers: { ...asked.headers, host: new URL(origin).host } }, async (reply) => {
      count(isTerritory, reply.rawHeaders.reduce((sum, text) => sum + text.length + 2, 17));
      answer.writeHead(reply.statusCode, reply.headers);
      try {
        // One part after the other: the end comes after the last of them, however long the line holds it.
        for await (const part of reply) {
          count(isTerritory, part.length);
          await line(part.length);
          if (!answer.write(part)) await once(answer, "drain");
        }
        answer.end();
      } catch {
        answer.destroy();
      }
    });
    passed.on("error", () => answer.destroy());
    answer.on("close", () => passed.destroy());
    asked.pipe(passed);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    counts: () => ({ ...counts }),
    stop: () => { server.closeAllConnections(); server.close(); },
  };
}
