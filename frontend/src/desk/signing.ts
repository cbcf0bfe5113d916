/**
 * A signature drawn on the screen, with the hour at which it was made. Each is first put into the
 * queue of this device and then sent from it, so that no lost line and no closed tab loses it.
 */
import { release } from "../shared/once";
import { flush, forget, keep, list } from "./signing-queue";
import type { Fields } from "./signing-queue";
import { words } from "./words";

interface Pad {
  readonly path: SVGPathElement;
  readonly field: HTMLInputElement;
}

const WIDTH = 600;
const HEIGHT = 200;

function point(event: PointerEvent, pad: HTMLElement): string {
  const box = pad.getBoundingClientRect();
  const x = Math.round(((event.clientX - box.left) / box.width) * WIDTH);
  const y = Math.round(((event.clientY - box.top) / box.height) * HEIGHT);
  return `${Math.min(Math.max(x, 0), WIDTH)} ${Math.min(Math.max(y, 0), HEIGHT)}`;
}

function padOf(form: HTMLFormElement): Pad | null {
  const path = form.querySelector<SVGPathElement>("[data-signing-pad] path");
  const field = form.querySelector<HTMLInputElement>("input[name=strokes]");
  return path === null || field === null ? null : { path, field };
}

function drawOn(form: HTMLFormElement, pad: HTMLElement, { path, field }: Pad): void {
  let drawing = false;
  const show = (): void => { path.setAttribute("d", field.value); };
  pad.addEventListener("pointerdown", (event) => {
    drawing = true;
    pad.setPointerCapture(event.pointerId);
    field.value += `M${point(event, pad)}`;
    show();
    event.preventDefault();
  });
  pad.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    field.value += `L${point(event, pad)}`;
    show();
  });
  for (const end of ["pointerup", "pointercancel"]) pad.addEventListener(end, () => { drawing = false; });
  form.querySelector("[data-signing-clear]")?.addEventListener("click", () => {
    field.value = "";
    show();
  });
}

/** The form's words, without token and password: these belong to the moment of sending. */
function fieldsOf(form: HTMLFormElement): Fields {
  return [...new FormData(form)].filter(
    (pair): pair is [string, string] =>
      typeof pair[1] === "string" && pair[0] !== "csrfmiddlewaretoken" && pair[0] !== "password",
  );
}

/** Put the signature into the queue and try the line at once. A password signs with a line only. */
async function sign(form: HTMLFormElement, status: HTMLElement | null): Promise<void> {
  const say = (text: string): void => { if (status !== null) status.textContent = text; };
  const id = await keep(form.dataset["signing"] ?? "", form.action, fieldsOf(form));
  const sent = (await flush()).get(id) ?? { outcome: "waits" };
  if (sent.outcome === "done") {
    location.assign(sent.address);
    return;
  }
  release(form);
  if (sent.outcome === "refused") {
    // Its person stands here and can mend it: nothing is left behind.
    await forget(id);
    say(sent.sentence);
  } else {
    say(words.signedOffline);
    form.querySelectorAll<HTMLButtonElement>("button[type=submit]").forEach((button) => { button.disabled = true; });
  }
  await show();
}

function send(form: HTMLFormElement): void {
  const hour = form.querySelector<HTMLInputElement>("input[name=signed_at]");
  const status = form.querySelector<HTMLElement>("[data-signing-status]");
  form.addEventListener("submit", (event) => {
    if (hour !== null && hour.value === "") hour.value = String(Date.now());
    const password = form.querySelector<HTMLInputElement>("input[name=password]")?.value ?? "";
    if (password !== "") {
      if (navigator.onLine) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      release(form);
      if (status !== null) status.textContent = words.signingNeedsDrawing;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    // A second press was stopped already (`shared/once`). A browser that keeps nothing sends as ever.
    sign(form, status).catch(() => { form.submit(); });
  }, { capture: true });
}

function refusedLine(id: number, leg: string, sentence: string): HTMLElement {
  const line = document.createElement("p");
  const told = document.createElement("span");
  told.textContent = `${words.signingRefused(leg)} ${sentence} `;
  const link = document.createElement("a");
  link.href = `/pemulangan/tahap/${encodeURIComponent(leg)}/`;
  link.textContent = words.signingOpen;
  const away = document.createElement("button");
  away.type = "button";
  away.className = "btn btn-sm";
  away.textContent = words.restoreNo;
  away.addEventListener("click", () => { void forget(id).then(show); });
  line.append(told, link, " ", away);
  return line;
}

/** Say on every page what still waits, and what the house could not take. */
async function show(): Promise<void> {
  const kept = await list();
  document.querySelector("#signing-queue")?.remove();
  if (kept.length === 0) return;
  const box = document.createElement("div");
  box.id = "signing-queue";
  box.className = "notice notice-soon";
  box.setAttribute("role", "status");
  const lines = document.createElement("div");
  const waiting = kept.filter((each) => each.refused === "").length;
  if (waiting > 0) {
    const line = document.createElement("p");
    line.textContent = words.signingWaits(waiting);
    lines.append(line);
  }
  for (const each of kept) {
    if (each.refused !== "" && each.id !== undefined) lines.append(refusedLine(each.id, each.leg, each.refused));
  }
  box.append(lines);
  document.querySelector("main")?.prepend(box);
}

async function goOn(): Promise<void> {
  if (navigator.onLine) await flush();
  await show();
}

/** Wake every `<form data-signing>`, and send what earlier pages have kept. */
export function startSigning(): void {
  document.querySelectorAll<HTMLFormElement>("form[data-signing]").forEach((form) => {
    const pad = form.querySelector<HTMLElement>("[data-signing-pad]");
    const held = padOf(form);
    if (pad !== null && held !== null) drawOn(form, pad, held);
    send(form);
  });
  if (document.body.dataset["person"] === undefined) return;
  const again = (): void => { goOn().catch(() => { /* This browser keeps nothing: there is nothing to send. */ }); };
  window.addEventListener("online", again);
  again();
}
