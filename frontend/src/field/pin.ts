/**
 * The PIN: opens what is prepared and what is not finished, on this phone alone.
 *
 * A PIN of six digits holds off a curious hand, not a laboratory: what must not be read at all
 * is sealed to the agency, and no PIN opens that.
 */
import { ofText } from "./bytes";
import * as store from "./store";
import type { Closed, LockRecord } from "./store";

const ROUNDS = 600_000;
const PATIENT_TRIES = 3;
const MOST_TRIES = 10;
const FIRST_WAIT = 15_000;
const LONGEST_WAIT = 15 * 60_000;
const CHECK = "rangkul";
/** How long prepared data and drafts live. */
export const LIFE = 14 * 86_400_000;
export const SHORTEST = 6;

export type Opening =
  | { outcome: "open"; key: CryptoKey }
  | { outcome: "wrong"; left: number; wait: number }
  | { outcome: "wait"; wait: number }
  | { outcome: "wiped" };

async function keyOf(pin: string, salt: BufferSource, rounds: number): Promise<CryptoKey> {
  const source = await crypto.subtle.importKey("raw", ofText(pin), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds },
    source, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"],
  );
}

/** A value under the PIN's key; `place` is bound in, so that no row stands for another. */
export async function closed(key: CryptoKey, place: string, value: unknown): Promise<Closed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = ofText(JSON.stringify(value));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: ofText(place) }, key, text);
  return { iv, data };
}

/** The value again; throws with another key, and for a row that was moved or altered. */
export async function openedWith<T>(key: CryptoKey, place: string, row: Closed): Promise<T> {
  const how = { name: "AES-GCM", iv: row.iv, additionalData: ofText(place) };
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, key, row.data))) as T;
}

/** A new PIN, in place of all that stood here under another. */
export async function create(pin: string, language: "id" | "en"): Promise<CryptoKey> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const key = await keyOf(pin, salt, ROUNDS);
  const now = Date.now();
  await store.wipeKept();
  await store.putLock({
    salt, rounds: ROUNDS, check: await closed(key, "check", CHECK), wrong: 0, until: 0,
    prepared: now, seen: now, language,
  });
  return key;
}

/** Try a PIN. The try is counted before it is made: closing the page does not undo it. */
export async function tryPin(pin: string): Promise<Opening> {
  // One at a time, whatever other tabs do.
  return await navigator.locks.request("rangkul.field-pin", async (): Promise<Opening> => {
    const record = await store.lockRecord();
    if (record === undefined) return { outcome: "wiped" };
    const now = Date.now();
    // A clock that was set back does not shorten the wait for longer than the wait itself.
    const wait = Math.min(record.until - now, LONGEST_WAIT);
    if (wait > 0) return { outcome: "wait", wait };
    const counted = { ...record, wrong: record.wrong + 1 };
    await store.putLock({ ...counted, until: now + waitAfter(counted.wrong) });
    const key = await keyOf(pin, record.salt, record.rounds);
    try {
      await openedWith(key, "check", record.check);
    } catch {
      if (counted.wrong >= MOST_TRIES) {
        await store.wipeKept();
        return { outcome: "wiped" };
      }
      return { outcome: "wrong", left: MOST_TRIES - counted.wrong, wait: waitAfter(counted.wrong) };
    }
    await store.putLock({ ...record, wrong: 0, until: 0, seen: Math.max(record.seen, now) });
    return { outcome: "open", key };
  });
}

function waitAfter(wrong: number): number {
  return wrong < PATIENT_TRIES ? 0 : Math.min(FIRST_WAIT * 2 ** (wrong - PATIENT_TRIES), LONGEST_WAIT);
}

/** Drop what has had its time, by the latest hour ever seen here; whether prepared data went. */
export async function expire(record: LockRecord): Promise<boolean> {
  const now = Math.max(Date.now(), record.seen);
  if (now > record.seen) await store.putLock({ ...record, seen: now });
  let gone = false;
  for (const row of await store.allKept()) {
    if (now - row.at < LIFE) continue;
    await store.dropKept(row.id);
    gone ||= row.id === GIVEN;
  }
  return gone;
}

/** The place of the prepared data. */
export const GIVEN = "given";
