/**
 * Words and names are sealed here, to the desk that reads them, before they are sent (`rangkul.portal.sealing`).
 *
 * What was typed stays in this page's memory alone, so that going back a step shows it again; it is gone with
 * the tab, and when the code has been shown. A browser that cannot seal sends as one without scripts does.
 */
import { joined, ofNumber, ofText, toBase64 } from "../shared/bytes";
import { sealedTo } from "../shared/sealing";
import { SHOWN } from "./steps";

const MAGIC = "RKD1";
type Field = HTMLInputElement | HTMLTextAreaElement;

const typed = new Map<string, string>();
const ready = new WeakSet<HTMLFormElement>();

function fieldsOf(form: HTMLFormElement): Field[] {
  return (form.dataset["seal"] ?? "").split(" ").flatMap((name) => {
    const field = form.elements.namedItem(name);
    return field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement ? [field] : [];
  });
}

async function seal(form: HTMLFormElement, fields: Field[], submitter: HTMLElement | null): Promise<void> {
  const before = joined(ofText(MAGIC), ofNumber(Number(form.dataset["key"])), ofNumber(Number(form.dataset["agency"])));
  const content = Object.fromEntries(fields.map((field) => [field.name, field.value]));
  const hidden = document.createElement("input");
  hidden.type = "hidden";
  hidden.name = "sealed";
  try {
    hidden.value = toBase64(await sealedTo("door", form.dataset["point"] ?? "", before, content));
  } catch {
    // This browser cannot seal: the house seals at once.
  }
  // A browser ignores a second submission while it still deals with the first.
  await new Promise((done) => setTimeout(done));
  if (hidden.value !== "") {
    form.append(hidden);
    withhold(fields);
  }
  ready.add(form);
  form.requestSubmit(submitter);
  // The form was read while it was sent; should that fail, it can be sent again.
  ready.delete(form);
  hidden.remove();
}

/** Leave these fields out of what is sent now, and let them be written in again behind it. */
function withhold(fields: Field[]): void {
  for (const field of fields) field.disabled = true;
  setTimeout(() => {
    for (const field of fields) field.disabled = false;
  });
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.dataset["seal"] === undefined || ready.has(form)) return;
  const fields = fieldsOf(form);
  for (const field of fields) typed.set(field.name, field.value);
  const asked = event.submitter instanceof HTMLButtonElement ? event.submitter.value : "";
  if (asked !== "words" && asked !== "contact") {
    // Another desk, or a step back: no letter leaves, and what was typed is remembered here.
    withhold(fields);
    return;
  }
  // Nothing written: the house says what is missing. Too long for the field cannot be.
  const words = fields.find((field) => field.name === "words");
  if (words !== undefined && words.value.trim() === "") return;
  const where = fields.find((field) => field.name === "where");
  const way = new FormData(form).get("way");
  if (where !== undefined && where.value.trim() === "" && way !== "kode" && way !== "jangan") return;
  event.preventDefault();
  void seal(form, fields, event.submitter);
}

/** Show again what was typed, in the form's fields and where it is looked over. */
function fill(): void {
  if (document.querySelector(".code-shown") !== null) typed.clear();
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-seal]")) {
    for (const field of fieldsOf(form)) if (field.value === "") field.value = typed.get(field.name) ?? "";
  }
  for (const place of document.querySelectorAll<HTMLElement>("[data-typed]")) {
    const said = typed.get(place.dataset["typed"] ?? "") ?? "";
    if (said === "") continue;
    place.textContent = place.dataset["typed"] === "words" ? said : ` · ${said}`;
  }
}

/** Seal each step's letters where this browser can (it needs a secure address for that). */
export function startLocking(): void {
  document.addEventListener(SHOWN, fill);
  if (globalThis.crypto?.subtle !== undefined) document.addEventListener("submit", onSubmit, true);
}
