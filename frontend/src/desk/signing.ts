/**
 * A signature drawn on the screen, with the hour at which it was made. Each is first put into the
 * queue of this device and then sent from it, so that no lost line and no closed tab loses it.
 */
import { release } from "../shared/once";
import { padOf, startPad } from "./pad";
import { flush, forget, keep, list, opened } from "./signing-queue";
import type { Fields, Waiting } from "./signing-queue";
import { words } from "./words";

// Leads from what the house refused to its own form: the place in the queue stands behind it.
const KEPT = "#kept-";

/** Where the form goes; a form that goes to its own page has that page's fragment behind it. */
function addressOf(form: HTMLFormElement): string {
  const { origin, pathname, search } = new URL(form.action);
  return `${origin}${pathname}${search}`;
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
  const id = await keep(form.dataset["signing"] ?? "", addressOf(form), fieldsOf(form));
  const mended = Number(form.dataset["mends"] ?? "0");
  if (mended !== 0) await forget(mended);
  delete form.dataset["mends"];
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

function refusedLine(id: number, { leg, address, refused }: Waiting): HTMLElement {
  const line = document.createElement("p");
  const told = document.createElement("span");
  told.textContent = `${words.signingRefused(leg)} ${refused === "–" ? words.signingNotOpen : refused} `;
  const mend = document.createElement("a");
  mend.href = `${new URL(address).pathname}${KEPT}${id}`;
  mend.textContent = words.signingMend;
  const link = document.createElement("a");
  link.href = `/pemulangan/tahap/${encodeURIComponent(leg)}/`;
  link.textContent = words.signingOpen;
  const away = document.createElement("button");
  away.type = "button";
  away.className = "btn btn-sm";
  away.textContent = words.restoreNo;
  away.addEventListener("click", () => { void forget(id).then(show); });
  line.append(told, mend, " · ", link, " ", away);
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
    if (each.refused !== "" && each.id !== undefined) lines.append(refusedLine(each.id, each));
  }
  box.append(lines);
  document.querySelector("main")?.prepend(box);
}

function fill(form: HTMLFormElement, fields: Fields): void {
  for (const control of form.elements) {
    if (control instanceof HTMLSelectElement || control instanceof HTMLInputElement) {
      const said = fields.filter(([name]) => name === control.name).map(([, value]) => value);
      if (control instanceof HTMLInputElement && ["radio", "checkbox"].includes(control.type)) {
        control.checked = said.includes(control.value);
      } else if (said[0] !== undefined) control.value = said[0];
    }
  }
  const drawn = padOf(form);
  drawn?.path.setAttribute("d", drawn.field.value);
}

/** Where a person comes to mend what was refused: the form as it was signed. Sent anew, it counts once. */
async function mend(): Promise<void> {
  if (!location.hash.startsWith(KEPT)) return;
  const wanted = (await list()).find((each) => each.id === Number(location.hash.slice(KEPT.length)));
  if (wanted?.id === undefined) return;
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-signing]")) {
    if (addressOf(form) !== wanted.address) continue;
    fill(form, await opened(wanted));
    form.dataset["mends"] = String(wanted.id);
    return;
  }
}

async function goOn(): Promise<void> {
  if (navigator.onLine) await flush();
  await show();
}

/** Wake every `<form data-signing>`, and send what earlier pages have kept. */
export function startSigning(): void {
  document.querySelectorAll<HTMLFormElement>("form[data-signing]").forEach((form) => {
    startPad(form, () => {
      // Another drawing is another signature, made at another hour.
      const hour = form.querySelector<HTMLInputElement>("input[name=signed_at]");
      if (hour !== null) hour.value = "";
    });
    send(form);
  });
  if (document.body.dataset["person"] === undefined) return;
  const again = (): void => { goOn().catch(() => { /* This browser keeps nothing: there is nothing to send. */ }); };
  window.addEventListener("online", again);
  again();
  mend().catch(() => { /* What was kept cannot be read here any more: the form stays empty. */ });
}
