/** Keyboard shortcuts of the desk, which a person may switch off on her computer. */
import { lock } from "./lock";

const SWITCH = "rangkul.shortcuts";
const CHORD_TIME = 1_500;

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement
    && (target.isContentEditable || target.matches("input, textarea, select, [role=textbox]"));
}

function press(selector: string): boolean {
  const element = document.querySelector<HTMLElement>(selector);
  element?.click();
  return element !== null;
}

function focusSearch(): boolean {
  const input = document.querySelector<HTMLInputElement>("[data-search]");
  if (input === null) return false;
  if (input.offsetParent === null) press("[data-opens-search]");
  input.focus();
  input.select();
  return true;
}

function help(): boolean {
  const dialog = document.querySelector<HTMLDialogElement>("dialog#shortcuts");
  if (dialog === null) return false;
  if (!dialog.open) dialog.showModal();
  return true;
}

const SINGLE: Record<string, () => boolean> = {
  "/": focusSearch,
  n: () => press("[data-new-report]"),
  "?": help,
  L: () => { lock(); return true; },
};

function startSwitch(): void {
  const box = document.querySelector<HTMLInputElement>("[data-shortcuts-switch]");
  if (box === null) return;
  box.checked = localStorage.getItem(SWITCH) !== "off";
  box.addEventListener("change", () => { localStorage.setItem(SWITCH, box.checked ? "on" : "off"); });
}

/** Wake "/", "n", "?", "L", and "g" followed by the letter of a place. */
export function startShortcuts(): void {
  let goUntil = 0;
  startSwitch();
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (document.documentElement.dataset["locked"] !== undefined) return;
    if (document.querySelector("dialog[open]") !== null || localStorage.getItem(SWITCH) === "off") return;
    const going = performance.now() < goUntil;
    goUntil = 0;
    let done = false;
    if (going) done = press(`[data-go="${CSS.escape(event.key)}"]`);
    else if (event.key === "g") goUntil = performance.now() + CHORD_TIME;
    else done = SINGLE[event.key]?.() ?? false;
    if (done) event.preventDefault();
  });
}
