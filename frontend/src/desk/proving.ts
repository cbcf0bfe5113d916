/**
 * The proofs of an agreement: a drawn signature, and a voice recorded in the page where there is a
 * microphone and leave to use it. Without either, a file is chosen or a witness named.
 */
import { startPad } from "./pad";
import { words } from "./words";

// [local] Five minutes: what was agreed is said in less.
const LONGEST_MS = 5 * 60 * 1000;
const NAMES: Readonly<Record<string, string>> = { "audio/webm": "webm", "audio/ogg": "ogg", "audio/mp4": "m4a" };

interface Parts {
  readonly press: HTMLButtonElement;
  readonly begin: HTMLElement;
  readonly end: HTMLElement;
  readonly status: HTMLElement;
  readonly file: HTMLInputElement;
}

function partsOf(form: HTMLFormElement): Parts | null {
  const press = form.querySelector<HTMLButtonElement>("[data-voice-press]");
  const begin = form.querySelector<HTMLElement>("[data-voice-begin]");
  const end = form.querySelector<HTMLElement>("[data-voice-end]");
  const status = form.querySelector<HTMLElement>("[data-voice-status]");
  const file = form.querySelector<HTMLInputElement>("input[type=file]");
  if (press === null || begin === null || end === null || status === null || file === null) return null;
  return { press, begin, end, status, file };
}

function show(parts: Parts, recording: boolean): void {
  parts.press.setAttribute("aria-pressed", String(recording));
  parts.begin.hidden = recording;
  parts.end.hidden = !recording;
}

/** Put what was recorded where a chosen file would stand: the form is sent as ever. */
function put(parts: Parts, chunks: Blob[], kind: string): void {
  const type = kind.split(";")[0] ?? "";
  const file = new File(chunks, `suara.${NAMES[type] ?? "webm"}`, { type });
  const held = new DataTransfer();
  held.items.add(file);
  parts.file.files = held.files;
  parts.status.textContent = words.voiceKept(Math.max(1, Math.round(file.size / 1024)));
}

async function record(parts: Parts): Promise<MediaRecorder> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream);
  const chunks: Blob[] = [];
  recorder.addEventListener("dataavailable", (event) => { chunks.push(event.data); });
  recorder.addEventListener("stop", () => {
    for (const track of stream.getTracks()) track.stop();
    show(parts, false);
    put(parts, chunks, recorder.mimeType);
  });
  recorder.start();
  setTimeout(() => { if (recorder.state === "recording") recorder.stop(); }, LONGEST_MS);
  show(parts, true);
  parts.status.textContent = words.voiceRuns;
  return recorder;
}

function startVoice(form: HTMLFormElement): void {
  const parts = partsOf(form);
  const box = form.querySelector<HTMLElement>("[data-voice]");
  if (parts === null || box === null) return;
  if (typeof MediaRecorder === "undefined" || !("mediaDevices" in navigator)) return;
  box.hidden = false;
  let running: MediaRecorder | null = null;
  parts.press.addEventListener("click", () => {
    if (running?.state === "recording") {
      running.stop();
      return;
    }
    record(parts).then((recorder) => { running = recorder; }, () => {
      parts.status.textContent = words.voiceNotAllowed;
    });
  });
}

/** Wake every `<form data-proof>`. */
export function startProving(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-proof]")) {
    startPad(form);
    startVoice(form);
  }
}
