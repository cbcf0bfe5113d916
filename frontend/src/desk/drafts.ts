/** What is typed and not yet saved, kept in this tab alone and only for the person who typed it. */

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
  return `${PREFIX}${location.pathname}#${form.id}`;
}

/** The form's words as pairs, without tokens, passwords and files. */
export function read(form: HTMLFormElement): Draft {
  const secret = new Set(
    [...form.querySelectorAll<HTMLInputElement>("input[type=password]")].map((input) => input.name),
  );
  return [...new FormData(form)].filter(
    (pair): pair is [string, string] =>
      typeof pair[1] === "string" && pair[0] !== "csrfmiddlewaretoken" && !secret.has(pair[0]),
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

/** The kept words that differ from what the form shows, or null. */
export function kept(form: HTMLFormElement): Draft | null {
  const stored = sessionStorage.getItem(keyOf(form));
  if (stored === null || stored === JSON.stringify(read(form))) return null;
  return JSON.parse(stored) as Draft;
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
