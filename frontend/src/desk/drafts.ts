/** What is typed and not yet saved, kept in this tab alone and only for the person who typed it. */
import { SENT } from "../shared/sent";

const PREFIX = "rangkul.draft:";
const OWNER = "rangkul.draft-owner";

export type Draft = [name: string, value: string][];

/** Drop every draft of this tab when another person sits here now. */
export function keepOnlyMine(): void {
  const person = document.body.dataset["person"] ?? "";
  if (sessionStorage.getItem(OWNER) !== person) forgetAll();
  sessionStorage.setItem(OWNER, person);
}

/** Drop every draft of this tab. */
export function forgetAll(): void {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  }
}

function keyOf(form: HTMLFormElement): string {
  const name = form.id === "" ? (form.getAttribute("action") ?? "") : form.id;
  return `${PREFIX}${location.pathname}#${name}`;
}

/** What nobody typed: passwords are nobody's to keep, and hidden fields are the page's own. */
function isUntyped(element: Element): boolean {
  return element instanceof HTMLInputElement && ["password", "hidden"].includes(element.type);
}

/** The form's words as pairs, without tokens, passwords and files. */
export function read(form: HTMLFormElement): Draft {
  const typed = new Set<string>();
  for (const element of form.elements) {
    if (!isUntyped(element)) typed.add(element.getAttribute("name") ?? "");
  }
  return [...new FormData(form)].filter(
    (pair): pair is [string, string] => typeof pair[1] === "string" && typed.has(pair[0]),
  );
}

/** Keep the form's words in this tab. */
export function keep(form: HTMLFormElement): void {
  sessionStorage.setItem(keyOf(form), JSON.stringify(read(form)));
}

/** Forget the form's words: they are safe on the server, or not wanted. */
export function forget(form: HTMLFormElement): void {
  sessionStorage.removeItem(keyOf(form));
}

/** Remember that these words are on their way; whether they arrived is known from the next page. */
export function send(form: HTMLFormElement): void {
  keep(form);
  sessionStorage.setItem(SENT, JSON.stringify([...onTheWay(), keyOf(form)]));
}

/** The words on their way have arrived: they are not kept here any longer. */
export function arrived(): void {
  for (const key of onTheWay()) sessionStorage.removeItem(key);
  sessionStorage.removeItem(SENT);
}

function onTheWay(): string[] {
  return JSON.parse(sessionStorage.getItem(SENT) ?? "[]") as string[];
}

/** Whether every word of the draft stands in the form, however the page spaced it. */
function shows(form: HTMLFormElement, draft: Draft): boolean {
  const plain = (text: string): string => text.replace(/\s+/g, " ").trim();
  const shown = new Set(read(form).map(([name, value]) => `${name}=${plain(value)}`));
  return draft.every(([name, value]) => plain(value) === "" || shown.has(`${name}=${plain(value)}`));
}

/** The kept words that differ from what the form shows, or null. */
export function kept(form: HTMLFormElement): Draft | null {
  const stored = sessionStorage.getItem(keyOf(form));
  if (stored === null || stored === JSON.stringify(read(form))) return null;
  const draft = JSON.parse(stored) as Draft;
  // A page that refuses a form shows what was typed into it.
  const refused = document.body.dataset["answersPost"] !== undefined;
  return refused && shows(form, draft) ? null : draft;
}

/** Put kept words back into the form. */
export function restore(form: HTMLFormElement, draft: Draft): void {
  const values = new Map<string, string[]>();
  for (const [name, value] of draft) values.set(name, [...(values.get(name) ?? []), value]);
  for (const element of form.elements) {
    if (element instanceof HTMLInputElement && (element.type === "checkbox" || element.type === "radio")) {
      element.checked = values.get(element.name)?.includes(element.value) ?? false;
    } else if (
      (element instanceof HTMLInputElement && element.type !== "hidden" && element.type !== "file")
      || element instanceof HTMLTextAreaElement
    ) {
      const value = values.get(element.name)?.shift();
      if (value !== undefined) element.value = value;
    } else if (element instanceof HTMLSelectElement) {
      const chosen = values.get(element.name) ?? [];
      for (const option of element.options) option.selected = chosen.includes(option.value);
    }
  }
}
