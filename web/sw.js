// The second visit: the program comes from the browser's own shelf, and the territory from there when there is no network.
//
// Never stale: pages and territory are asked of the server first, whenever it answers; only what is named after its content
// (app/<16 digits>/, pkg/<16 digits>/) is taken from the shelf unasked.
// Never greedy: what was seen of the territory is kept up to a bound, least recently used first out; nothing is fetched in advance.
// Requests for parts of files, other sites' addresses and everything but GET pass through untouched.

const PROGRAM = "jumeau-program-1";
const TERRITORY = "jumeau-territory-1";
/** Bytes of the territory kept without asking. */
const TERRITORY_BYTES = 48 * 1024 * 1024;
/** Larger answers are not kept. */
const ANSWER_BYTES = 4 * 1024 * 1024;
/** Files of the program that a page may name. */
const FILES_MOST = 200;

const base = new URL("./", self.location.href);
const PAGE = base.href;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || request.headers.has("range") || url.origin !== base.origin || !url.href.startsWith(base.href)) return;
  const path = url.pathname.slice(base.pathname.length);
  if (/^(app|pkg)\/[0-9a-f]{16}\//.test(path)) event.respondWith(shelf(request));
  else if (path.startsWith("territory/")) event.respondWith(territory(event));
  else if (request.mode === "navigate" && (path === "" || path === "index.html")) event.respondWith(page(request));
  else if (path === "icon.svg") event.respondWith(page(request, url.href));
});

/** What never changes: the shelf first. */
async function shelf(request) {
  const kept = await caches.match(request, { cacheName: PROGRAM });
  return kept ?? fetch(request);
}

/** The server first; what is on the shelf when it cannot be reached. */
async function page(request, key = PAGE) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(key, { cacheName: PROGRAM, ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

async function territory(event) {
  const { request } = event;
  try {
    const answer = await fetch(request);
    if (answer.status === 200 && answer.type === "basic") event.waitUntil(keep(request.url, answer.clone()));
    return answer;
  } catch (error) {
    const kept = await caches.match(request.url, { cacheName: TERRITORY, ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

// Addresses and bytes of everything kept, least recently used first: the order in which the browser keeps them. Each answer says its own
// bytes, so that nothing is lost or left over when the worker is ended between two steps. One after the other, so that no entry is lost.
const BYTES = "x-kept-bytes";
let books = null;
let turn = Promise.resolve();

function inTurn(work) {
  turn = turn.then(work, work).catch(() => {});
  return turn;
}

async function open() {
  const cache = await caches.open(TERRITORY);
  if (!books) {
    const found = new Map();
    for (const request of await cache.keys()) {
      const answer = await cache.match(request, { ignoreVary: true });
      const bytes = Number.parseInt(answer?.headers.get(BYTES) ?? "", 10);
      if (bytes >= 0) found.set(request.url, bytes);
      else await cache.delete(request, { ignoreVary: true });
    }
    books = found;
  }
  return cache;
}

function keep(address, answer) {
  return inTurn(async () => {
    const body = await answer.arrayBuffer();
    const cache = await open();
    if (address.endsWith("/territory.json")) {
      // Another edition of the territory: tiles of the old one would lie beside the new ones.
      const old = await cache.match(address);
      if (old && !same(await old.arrayBuffer(), body)) {
        await caches.delete(TERRITORY);
        books = null;
        return put(await open(), address, answer, body);
      }
    }
    return put(cache, address, answer, body);
  });
}

async function put(cache, address, answer, body) {
  // What was kept before goes first, so that the newest stands last in the browser's order too.
  if (books.delete(address)) await cache.delete(address, { ignoreVary: true });
  if (body.byteLength > ANSWER_BYTES) return;
  let total = body.byteLength + [...books.values()].reduce((sum, bytes) => sum + bytes, 0);
  for (const [oldest, bytes] of books) {
    if (total <= TERRITORY_BYTES) break;
    if (oldest.endsWith("/territory.json")) continue;
    books.delete(oldest);
    total -= bytes;
    await cache.delete(oldest, { ignoreVary: true });
  }
  // The browser hands bodies out unpacked.
  const headers = new Headers(answer.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  headers.set(BYTES, String(body.byteLength));
  await cache.put(address, new Response(body, { status: 200, headers }));
  books.set(address, body.byteLength);
}

function same(one, other) {
  const [a, b] = [new Uint8Array(one), new Uint8Array(other)];
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** A page that runs names its files: they are kept, with the page itself, and everything of older editions goes. */
self.addEventListener("message", (event) => {
  const files = event.data?.keep;
  if (!Array.isArray(files)) return;
  event.waitUntil(program(files.slice(0, FILES_MOST)).then(
    (done) => event.source?.postMessage({ kept: done }),
    () => event.source?.postMessage({ kept: false }),
  ));
});

async function program(files) {
  const wanted = new Set(files.map((file) => new URL(file, base).href).filter((file) => file.startsWith(base.href) && /\/(app|pkg)\/[0-9a-f]{16}\//.test(file)));
  if (wanted.size === 0) return false;
  const answer = await fetch(PAGE);
  const text = await answer.clone().text();
  // Between the visit and now the site may have been renewed: then the next visit keeps the new one.
  const folder = /\/app\/[0-9a-f]{16}\//.exec([...wanted].find((file) => file.includes("/app/")) ?? "")?.[0];
  if (!answer.ok || !folder || !text.includes(folder.slice(1))) return false;
  const cache = await caches.open(PROGRAM);
  for (const file of wanted) {
    if (!(await cache.match(file))) await cache.add(file);
  }
  const icon = new URL("icon.svg", base).href;
  await cache.add(icon).catch(() => {});
  await cache.put(PAGE, answer);
  for (const { url } of await cache.keys()) {
    if (url !== PAGE && url !== icon && !wanted.has(url)) await cache.delete(url);
  }
  return true;
}
