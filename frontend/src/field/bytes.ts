/** Marks and numbers of a finished item, as WebCrypto wants them. */
import type { Bytes } from "../shared/bytes";

export { joined, ofBase64, ofNumber, ofText, padded, type Bytes } from "../shared/bytes";

export function ofHex(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** A UUID's sixteen bytes. */
export function ofUuid(uuid: string): Bytes {
  return ofHex(uuid.replaceAll("-", ""));
}
