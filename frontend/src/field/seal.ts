/**
 * Seals a finished item to the agency's key: once sealed, nobody on this phone can open it again.
 *
 * The form of an item stands in `rangkul.field.offline_seal`, which opens it.
 */
import { joined, ofBase64, ofHex, ofNumber, ofText, ofUuid, padded, type Bytes } from "./bytes";

const CURVE = { name: "ECDH", namedCurve: "P-256" } as const;
const INFO = "rangkul/offline/1";
const MAGIC = "RKO1";

/** The agency's public half: which one, and its point in base64. */
export interface AgencyKey {
  number: number;
  point: string;
}

/** `content` for the agency alone; `person` is the mark of whoever wrote it, in hex. */
export async function sealed(id: string, person: string, to: AgencyKey, content: unknown): Promise<Bytes> {
  const point = ofBase64(to.point);
  const theirs = await crypto.subtle.importKey("raw", point, CURVE, false, []);
  const pair = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const own = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, pair.privateKey, 256);
  const source = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: joined(own, point), info: ofText(INFO) },
    source, { name: "AES-GCM", length: 256 }, false, ["encrypt"],
  );
  const header = joined(ofText(MAGIC), ofNumber(to.number), ofUuid(id), ofHex(person), own);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const closed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: header }, key, padded(content));
  return joined(header, iv, new Uint8Array(closed));
}
