/**
 * Keeps what was answered while a fragment was under way: `[data-holds]` asks for it.
 *
 * The server words the questions anew for what it was sent; a hand that went on answering meanwhile
 * must not lose a mark.
 */
type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function controls(place: ParentNode): Control[] {
  return [...place.querySelectorAll<Control>("input:not([type=hidden]):not([type=file]), textarea, select")];
}

function isMark(control: Control): control is HTMLInputElement {
  return control instanceof HTMLInputElement && (control.type === "radio" || control.type === "checkbox");
}

function keyOf(control: Control): string {
  return isMark(control) ? `${control.name}=${control.value}` : control.name;
}

/** What stands in the place now, by control. */
function held(place: ParentNode): Map<string, string> {
  return new Map(controls(place).map((control) => [
    keyOf(control), isMark(control) ? String(control.checked) : control.value,
  ]));
}

function putBack(place: ParentNode, kept: Map<string, string>): void {
  for (const control of controls(place)) {
    const value = kept.get(keyOf(control));
    if (value === undefined) continue;
    if (isMark(control)) control.checked = value === "true";
    else control.value = value;
  }
}

/** Wake every place that holds its answers through a swap. */
export function startAnswers(): void {
  const waiting = new WeakMap<Element, Map<string, string>>();
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target } = (event as CustomEvent<{ target: HTMLElement }>).detail;
    if (target.dataset["holds"] !== undefined) waiting.set(target, held(target));
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const { target } = (event as CustomEvent<{ target: HTMLElement }>).detail;
    const kept = waiting.get(target);
    if (kept !== undefined) putBack(target, kept);
  });
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = (event as CustomEvent<{ target: HTMLElement; fragment: ParentNode }>).detail;
    if (target.dataset["holds"] !== undefined) putBack(fragment, held(target));
  });
}
