/**
 * The installed page's worker: keeps the page and its parts, which are the same for everybody.
 *
 * It answers for these addresses alone, each from this build's own store. Nothing that the house
 * says to a person passes through its hands.
 */

// A script of its own scope, as the compiler reads it.
export {};

interface Told {
  version: string;
  page: string;
  files: string[];
}

interface Asked extends Event {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface Worker {
  RANGKUL: Told;
  location: Location;
  clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(name: string, act: (event: never) => void): void;
}

const worker = self as unknown as Worker;
const PREFIX = "rangkul.field:";
const told = worker.RANGKUL;
const name = PREFIX + told.version;
const files = new Set(told.files);

async function fetchAll(): Promise<void> {
  const store = await caches.open(name);
  // Past the browser's own store, so that all of it is of one build.
  await store.addAll(told.files.map((address) => new Request(address, { cache: "reload", credentials: "omit" })));
  await worker.skipWaiting();
}

async function dropOthers(): Promise<void> {
  for (const other of await caches.keys()) {
    if (other.startsWith(PREFIX) && other !== name) await caches.delete(other);
  }
  await worker.clients.claim();
}

async function answer(address: string, request: Request): Promise<Response> {
  const store = await caches.open(name);
  return (await store.match(address, { ignoreVary: true })) ?? fetch(request);
}

worker.addEventListener("install", (event: Lasting) => { event.waitUntil(fetchAll()); });
worker.addEventListener("activate", (event: Lasting) => { event.waitUntil(dropOthers()); });

worker.addEventListener("fetch", (event: Asked) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  // What stands behind a question mark is nobody's business of the page's.
  const address = url.pathname === told.page ? told.page : url.pathname + url.search;
  if (files.has(address)) event.respondWith(answer(address, request));
});
