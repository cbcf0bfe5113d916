/** The phone's store: the PIN's record, what is kept under the PIN, and the sealed queue. */
import type { Bytes } from "./bytes";

const NAME = "rangkul.field";

/** What the lock needs; nothing in it tells of a person or a case. */
export interface LockRecord {
  salt: Bytes;
  rounds: number;
  check: Closed;
  /** Wrong tries since the last right one, and until when the next has to wait (ms). */
  wrong: number;
  until: number;
  /** When it was prepared, and the latest hour this page has seen (ms). */
  prepared: number;
  seen: number;
  language: "id" | "en";
}

/** Bytes under the PIN's key. */
export interface Closed {
  iv: Bytes;
  data: ArrayBuffer;
}

/** The prepared data (`given`), or a draft by its own number. */
export interface Kept extends Closed {
  id: string;
  at: number;
}

/** One sealed item. What the house said of it is never written here: it may tell of a case. */
export interface Queued {
  id: string;
  kind: "report" | "form";
  made: number;
  person: string;
  state: "ready" | "waits" | "refused";
  data: Bytes;
}

type Store = "lock" | "kept" | "queue";

let opened: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("lock");
      request.result.createObjectStore("kept", { keyPath: "id" });
      request.result.createObjectStore("queue", { keyPath: "id" });
    };
    request.onsuccess = () => { resolve(request.result); };
    request.onerror = () => { opened = null; reject(request.error ?? new Error(NAME)); };
  });
  return opened;
}

async function read<T>(store: Store, ask: (from: IDBObjectStore) => IDBRequest): Promise<T> {
  const request = ask((await open()).transaction(store, "readonly").objectStore(store));
  return new Promise((resolve, reject) => {
    request.onsuccess = () => { resolve(request.result as T); };
    request.onerror = () => { reject(request.error ?? new Error(store)); };
  });
}

/** Resolves once the transaction stands on the disk: only then may a page say "kept". */
async function write(stores: Store[], act: (within: IDBTransaction) => void): Promise<void> {
  const within = (await open()).transaction(stores, "readwrite", { durability: "strict" });
  return new Promise((resolve, reject) => {
    within.oncomplete = () => { resolve(); };
    within.onabort = () => { reject(within.error ?? new Error("aborted")); };
    act(within);
  });
}

export function lockRecord(): Promise<LockRecord | undefined> {
  return read("lock", (from) => from.get("lock"));
}

export function putLock(record: LockRecord): Promise<void> {
  return write(["lock"], (within) => { within.objectStore("lock").put(record, "lock"); });
}

export function kept(id: string): Promise<Kept | undefined> {
  return read("kept", (from) => from.get(id));
}

export function allKept(): Promise<Kept[]> {
  return read("kept", (from) => from.getAll());
}

export function putKept(row: Kept): Promise<void> {
  return write(["kept"], (within) => { within.objectStore("kept").put(row); });
}

export function dropKept(id: string): Promise<void> {
  return write(["kept"], (within) => { within.objectStore("kept").delete(id); });
}

/** Everything that a PIN opens goes, in one step, and the PIN's record with it. */
export function wipeKept(): Promise<void> {
  return write(["kept", "lock"], (within) => {
    within.objectStore("kept").clear();
    within.objectStore("lock").clear();
  });
}

/** All of it goes, what waits to be sent too. */
export function wipeAll(): Promise<void> {
  return write(["kept", "lock", "queue"], (within) => {
    for (const name of ["kept", "lock", "queue"]) within.objectStore(name).clear();
  });
}

/** The draft becomes an item of the queue, in one step. Rejects where another tab was first. */
export function enqueue(item: Queued): Promise<void> {
  return write(["kept", "queue"], (within) => {
    within.objectStore("queue").add(item);
    within.objectStore("kept").delete(item.id);
  });
}

export async function queue(): Promise<Queued[]> {
  const all = await read<Queued[]>("queue", (from) => from.getAll());
  return all.sort((one, other) => one.made - other.made);
}

export function putQueued(item: Queued): Promise<void> {
  return write(["queue"], (within) => { within.objectStore("queue").put(item); });
}

export function dropQueued(id: string): Promise<void> {
  return write(["queue"], (within) => { within.objectStore("queue").delete(id); });
}
