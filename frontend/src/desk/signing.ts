/**
 * A signature drawn on the screen, with the hour at which it was made. Without a line the page keeps
 * what was filled in, in memory only, and sends it when the line returns: the same token makes the
 * house count it once.
 */
import { release } from "../shared/once";
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

/** Keep the hour of the press; hold the form back while there is no line. */
function send(form: HTMLFormElement): void {
  const hour = form.querySelector<HTMLInputElement>("input[name=signed_at]");
  const status = form.querySelector<HTMLElement>("[data-signing-status]");
  form.addEventListener("submit", (event) => {
    if (hour !== null && hour.value === "") hour.value = String(Date.now());
    if (navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    release(form);
    if (status !== null) status.textContent = words.signedOffline;
    window.addEventListener("online", () => { form.requestSubmit(); }, { once: true });
  }, { capture: true });
}

/** Wake every `<form data-signing>`. */
export function startSigning(): void {
  document.querySelectorAll<HTMLFormElement>("form[data-signing]").forEach((form) => {
    const pad = form.querySelector<HTMLElement>("[data-signing-pad]");
    const held = padOf(form);
    if (pad !== null && held !== null) drawOn(form, pad, held);
    send(form);
  });
}
