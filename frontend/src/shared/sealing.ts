/** Seals to an agency's pair: once sealed, nobody in this browser can open it again (`foundation.pairs`). */
import { joined, ofBase64, ofText, padded, type Bytes } from "./bytes";

const CURVE = { name: "ECDH", namedCurve: "P-256" } as const;

/** What the sealed thing is for: the words that keep one purpose's keys from another's. */
export type Purpose = "offline" | "door";

/** As `closedTo`, with JSON padded to whole blocks. */
export function sealedTo(purpose: Purpose, point: string, before: Bytes, content: unknown): Promise<Bytes> {
  return closedTo(purpose, point, before, padded(content));
}

/** `before`, the browser's own point, and `content` closed behind them for the holder of `point` alone. */
export async function closedTo(purpose: Purpose, point: string, before: Bytes, content: Bytes): Promise<Bytes> {
  const their = ofBase64(point);
  const theirs = await crypto.subtle.importKey("raw", their, CURVE, false, []);
  const pair = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const own = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, pair.privateKey, 256);
  const source = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: joined(own, their), info: ofText(`rangkul/${purpose}/1`) },
    source, { name: "AES-GCM", length: 256 }, false, ["encrypt"],
  );
  const header = joined(before, own);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const closed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: header }, key, content);
  return joined(header, iv, new Uint8Array(closed));
}
