/** A field to draw on with a finger or a pen: what is drawn stands in the form as strokes. */

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

/** The pad's drawing and its field in this form, if it has one. */
export function padOf(form: HTMLFormElement): Pad | null {
  const path = form.querySelector<SVGPathElement>("[data-signing-pad] path");
  const field = form.querySelector<HTMLInputElement>("input[name=strokes]");
  return path === null || field === null ? null : { path, field };
}

/** Let people draw on the form's pad, and begin anew with `[data-signing-clear]`. */
export function startPad(form: HTMLFormElement, cleared?: () => void): void {
  const pad = form.querySelector<HTMLElement>("[data-signing-pad]");
  const held = padOf(form);
  if (pad === null || held === null) return;
  const { path, field } = held;
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
    cleared?.();
  });
}
