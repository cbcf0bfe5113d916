/**
 * Signatures that wait for a line, kept on this device until the house has taken them.
 *
 * What is kept is the leg's number, random ids, the drawing and the hours, sealed with a key that
 * never leaves the browser; no name, no password. They go out one after the other in the order in
 * which they were made, from whichever page of the same person is open, after a closed tab too. The
 * house counts a token once, so that sending again does no harm.
 */
import { post } from "./server";

const NAME = "rangkul.signing";
const KEPT = "kept";
const KEYS = "keys";

/** One signature that waits; `refused` is the house's sentence where it could not take it. */
export interface Waiting {
  id?: number;
  person: string;
  leg: string;
  address: string;
  iv: Uint8Array<ArrayBuffer>;
  sealed: ArrayBuffer;
  refused: string;
}

export type Fields = [name: string, value: string][];
export type Sent =
  | { outcome: "done"; address: string }
  | { outcome: "waits" }
  | { outcome: "refused"; sentence: string };

function person(): string {
  return document.body.dataset["person"] ?? "";
}

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => { resolve(request.result); };
    request.onerror = () => { reject(request.error ?? new Error(NAME)); };
  });
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(KEPT, { keyPath: "id", autoIncrement: true });
    request.result.createObjectStore(KEYS);
  };
  return asked(request);
}

async function store(name: string, mode: IDBTransactionMode): Promise<IDBObjectStore> {
  return (await open()).transaction(name, mode).objectStore(name);
}

/** The key of the person who sits here: usable in this browser, readable nowhere. */
async function key(): Promise<CryptoKey> {
  const known = await asked<CryptoKey | undefined>((await store(KEYS, "readonly")).get(person()));
  if (known !== undefined) return known;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await asked((await store(KEYS, "readwrite")).put(made, person()));
  return made;
}

/** Keep a signature; its place in the order. */
export async function keep(leg: string, address: string, fields: Fields): Promise<number> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(fields));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(), text);
  const waiting: Waiting = { person: person(), leg, address, iv, sealed, refused: "" };
  return Number(await asked((await store(KEPT, "readwrite")).add(waiting)));
}

/** Forget one: the house has it, or its person has decided so. */
export async function forget(id: number): Promise<void> {
  await asked((await store(KEPT, "readwrite")).delete(id));
}

/** What this person has signed and the house has not taken yet, in order. */
export async function list(): Promise<Waiting[]> {
  const all = await asked<Waiting[]>((await store(KEPT, "readonly")).getAll());
  return all.filter((each) => each.person === person());
}

/** What was written and signed, to be sent or to be mended. */
export async function opened(waiting: Waiting): Promise<Fields> {
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: waiting.iv }, await key(), waiting.sealed);
  return JSON.parse(new TextDecoder().decode(plain)) as Fields;
}

async function send(waiting: Waiting): Promise<Sent> {
  const body = new FormData();
  for (const [name, value] of await opened(waiting)) body.append(name, value);
  const answer = await post(waiting.address, body);
  if (answer.outcome === "done") {
    const told = await answer.response.json() as { address: string };
    return { outcome: "done", address: told.address };
  }
  // The house itself is away or busy, or asks for the sign-in first, as after a page that stood open
  // for a night (403): none of these says anything of the signature.
  if (answer.outcome !== "refused" || answer.status >= 500) return { outcome: "waits" };
  if ([403, 408, 429].includes(answer.status)) return { outcome: "waits" };
  return { outcome: "refused", sentence: answer.sentence };
}

/**
 * Send all that waits, one after the other; how it went with each, by its place in the order.
 *
 * Only one page at a time sends. The first that finds no line stops the round; one that the house
 * refuses is marked, so that a person looks at it, and the next goes on.
 */
export async function flush(): Promise<Map<number, Sent>> {
  const went = new Map<number, Sent>();
  await navigator.locks.request(NAME, async () => {
    for (const waiting of await list()) {
      if (waiting.id === undefined || waiting.refused !== "") continue;
      const sent = await send(waiting);
      went.set(waiting.id, sent);
      if (sent.outcome === "waits") return;
      if (sent.outcome === "done") await forget(waiting.id);
      else await asked((await store(KEPT, "readwrite")).put({ ...waiting, refused: sent.sentence || "–" }));
    }
  });
  return went;
}
