/**
 * The small sum that a browser does before it sends or tries a code (`rangkul.portal.effort`).
 *
 * It begins when the page is shown and is done by the time that somebody presses; nothing waits for it
 * but the press itself. Without scripts the house lets a few seconds pass instead.
 */
import { SHOWN } from "./steps";

/** How long the page may stand still at a time, in milliseconds. */
const SLICE = 25;

const ROUND = Uint32Array.from([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
  0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
  0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
  0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
  0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
  0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);
const START = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19] as const;
const plan = new Uint32Array(64);

function turned(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

/** One block of SHA-256 (FIPS 180-4): WebCrypto's own answers too slowly for many small texts. */
function mixed(state: Uint32Array, block: Uint8Array, from: number): void {
  for (let i = 0; i < 16; i += 1) {
    const at = from + i * 4;
    plan[i] = (block[at]! << 24) | (block[at + 1]! << 16) | (block[at + 2]! << 8) | block[at + 3]!;
  }
  for (let i = 16; i < 64; i += 1) {
    const far = plan[i - 15]!;
    const near = plan[i - 2]!;
    const one = turned(far, 7) ^ turned(far, 18) ^ (far >>> 3);
    const other = turned(near, 17) ^ turned(near, 19) ^ (near >>> 10);
    plan[i] = plan[i - 16]! + one + plan[i - 7]! + other;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let i = 0; i < 64; i += 1) {
    const high = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + ROUND[i]! + plan[i]!) | 0;
    const low = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + high) | 0;
    d = c;
    c = b;
    b = a;
    a = (high + low) | 0;
  }
  for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) state[i] = state[i]! + word;
}

/** Whether SHA-256 of `text` (plain signs only) begins with so many zero bits. */
export function solves(text: string, bits: number): boolean {
  const whole = Math.ceil((text.length + 9) / 64) * 64;
  const data = new Uint8Array(whole);
  for (let i = 0; i < text.length; i += 1) data[i] = text.charCodeAt(i);
  data[text.length] = 0x80;
  new DataView(data.buffer).setUint32(whole - 4, text.length * 8);
  const state = Uint32Array.from(START);
  for (let from = 0; from < whole; from += 64) mixed(state, data, from);
  return bits > 0 && bits <= 32 && state[0]! >>> (32 - bits) === 0;
}

function breath(): Promise<void> {
  return new Promise((done) => setTimeout(done));
}

/** The number that does the work; `null` once the form is gone from the page. */
async function found(form: HTMLFormElement, word: string, bits: number): Promise<string | null> {
  let number = 0;
  while (form.isConnected) {
    const until = performance.now() + SLICE;
    while (performance.now() < until) {
      for (let i = 0; i < 64; i += 1, number += 1) if (solves(`${word}:${number}`, bits)) return String(number);
    }
    await breath();
  }
  return null;
}

const working = new WeakMap<HTMLFormElement, Promise<string | null>>();

function begin(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-effort]")) {
    if (!working.has(form)) working.set(form, found(form, form.dataset["effort"] ?? "", Number(form.dataset["bits"])));
  }
}

async function finish(form: HTMLFormElement, submitter: HTMLElement, work: Promise<string | null>): Promise<void> {
  const line = form.querySelector<HTMLElement>("[data-working]");
  if (line !== null) line.hidden = false;
  const answer = await work;
  // A browser ignores a second submission while it still deals with the first.
  await breath();
  if (line !== null) line.hidden = true;
  const field = form.elements.namedItem("answer");
  if (answer === null || !(field instanceof HTMLInputElement)) return;
  field.value = answer;
  form.requestSubmit(submitter);
}

/** A press that asks for work waits until it is done; then it is pressed again. */
function onSubmit(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || event.submitter?.dataset["work"] === undefined) return;
  const work = working.get(form);
  const field = form.elements.namedItem("answer");
  if (work === undefined || !(field instanceof HTMLInputElement) || field.value !== "") return;
  event.preventDefault();
  void finish(form, event.submitter, work);
}

/** Begin with the work of each page as it is shown. */
export function startEffort(): void {
  document.addEventListener(SHOWN, begin);
  document.addEventListener("submit", onSubmit, true);
}
