/** Bytes, texts and numbers of what is sealed, as WebCrypto wants them. */

export type Bytes = Uint8Array<ArrayBuffer>;

/** Whole blocks only, so that a sealed thing's size tells little of what it says. */
const BLOCK = 4_096;

export function ofText(text: string): Bytes {
  return new TextEncoder().encode(text);
}

export function ofBase64(text: string): Bytes {
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}

export function toBase64(data: Bytes): string {
  let signs = "";
  for (const each of data) signs += String.fromCharCode(each);
  return btoa(signs);
}

export function ofNumber(number: number): Bytes {
  const data = new Uint8Array(4);
  new DataView(data.buffer).setUint32(0, number);
  return data;
}

export function joined(...parts: Bytes[]): Bytes {
  const data = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return data;
}

/** JSON with spaces after it, up to the next whole block. */
export function padded(value: unknown): Bytes {
  const said = ofText(JSON.stringify(value));
  const data = new Uint8Array(Math.ceil(said.length / BLOCK) * BLOCK).fill(0x20);
  data.set(said);
  return data;
}
