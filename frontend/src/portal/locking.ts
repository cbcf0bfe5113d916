/**
 * Words, names and files are sealed here, to the desk that reads them, before they are sent (`rangkul.portal.sealing`).
 *
 * A form with `data-point` bears the pair, `data-seal` its fields, and the button that sends them `data-seals`; any
 * other button of it leaves the letters here. What was typed in steps stays in this page's memory alone, for as long as
 * the page bears the mark of the same writing (`data-typing`), so that going back a step shows it again. A browser that
 * cannot seal sends as one without scripts does.
 */
import { joined, ofNumber, ofText, toBase64, type Bytes } from "../shared/bytes";
import { closedTo, sealedTo } from "../shared/sealing";
import { SHOWN } from "./steps";

const WORDS = "RKD1";
const FILE = "RKF1";
/** A larger file is refused by the house, whoever seals it. */
const LARGEST = 5 * 1024 * 1024;
type Field = HTMLInputElement | HTMLTextAreaElement;

const typed = new Map<string, string>();
let mark = "";
const ready = new WeakSet<HTMLFormElement>();

function fieldsOf(form: HTMLFormElement): Field[] {
  return (form.dataset["seal"] ?? "").split(" ").flatMap((name) => {
    const field = name === "" ? null : form.elements.namedItem(name);
    return field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement ? [field] : [];
  });
}

function pickersOf(form: HTMLFormElement): HTMLInputElement[] {
  return [...form.querySelectorAll<HTMLInputElement>('input[type="file"]')];
}

function before(form: HTMLFormElement, magic: string): Bytes {
  return joined(ofText(magic), ofNumber(Number(form.dataset["key"])), ofNumber(Number(form.dataset["agency"])));
}

async function sealedWords(form: HTMLFormElement, fields: Field[]): Promise<HTMLInputElement> {
  const content = Object.fromEntries(fields.map((field) => [field.name, field.value]));
  const hidden = document.createElement("input");
  hidden.type = "hidden";
  hidden.name = "sealed";
  hidden.value = toBase64(await sealedTo("door", form.dataset["point"] ?? "", before(form, WORDS), content));
  return hidden;
}

/** The chosen files, closed and without their names. */
async function sealedFiles(form: HTMLFormElement, picker: HTMLInputElement): Promise<FileList> {
  const closed = new DataTransfer();
  for (const [place, file] of [...(picker.files ?? [])].entries()) {
    const data = new Uint8Array(await file.arrayBuffer());
    const sealed = await closedTo("door", form.dataset["point"] ?? "", before(form, FILE), data);
    closed.items.add(new File([sealed], String(place + 1)));
  }
  return closed.files;
}

async function seal(form: HTMLFormElement, fields: Field[], submitter: HTMLElement | null): Promise<void> {
  const chosen = new Map<HTMLInputElement, FileList | null>();
  const sealed = new Map<HTMLInputElement, FileList>();
  let hidden: HTMLInputElement | null = null;
  try {
    if (fields.length > 0) hidden = await sealedWords(form, fields);
    for (const picker of pickersOf(form)) sealed.set(picker, await sealedFiles(form, picker));
  } catch {
    // This browser cannot seal, or a file is gone: the house seals at once, or says what is missing.
  }
  // A browser ignores a second submission while it still deals with the first.
  await new Promise((done) => setTimeout(done));
  if (hidden !== null) {
    form.append(hidden);
    withhold(fields);
  }
  for (const [picker, files] of sealed) {
    chosen.set(picker, picker.files);
    picker.files = files;
  }
  ready.add(form);
  form.requestSubmit(submitter);
  // The form was read while it was sent; should that fail, it can be sent again.
  ready.delete(form);
  hidden?.remove();
  for (const [picker, files] of chosen) picker.files = files;
}

/** Leave these fields out of what is sent now, and let them be written in again behind it. */
function withhold(fields: Field[]): void {
  for (const field of fields) field.disabled = true;
  setTimeout(() => {
    for (const field of fields) field.disabled = false;
  });
}

/** Whether the field that this step cannot do without is still empty: the house says so. */
function isLacking(form: HTMLFormElement, name: string): boolean {
  const field = name === "" ? null : form.elements.namedItem(name);
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) || field.value.trim() !== "") return false;
  const way = new FormData(form).get("way");
  return name !== "where" || (way !== "kode" && way !== "jangan");
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target;
  if (event.defaultPrevented || !(form instanceof HTMLFormElement)) return;
  if (form.dataset["point"] === undefined || ready.has(form)) return;
  const fields = fieldsOf(form);
  const pickers = pickersOf(form);
  if (mark !== "") for (const field of fields) typed.set(field.name, field.value);
  const needed = event.submitter?.dataset["seals"];
  if (needed === undefined) {
    // Another desk, or a step back: no letter leaves, and what was typed is remembered here.
    withhold([...fields, ...pickers]);
    return;
  }
  if (isLacking(form, needed)) {
    withhold(fields.filter((field) => field.value.trim() !== ""));
    return;
  }
  const files = pickers.flatMap((picker) => [...(picker.files ?? [])]);
  if (files.some((file) => file.size > LARGEST) || (fields.length === 0 && files.length === 0)) return;
  event.preventDefault();
  void seal(form, fields, event.submitter);
}

/** Show again what was typed, in the form's fields and where it is looked over; another writing knows nothing of it. */
function fill(): void {
  const shown = document.body.dataset["typing"] ?? "";
  if (shown !== mark) typed.clear();
  mark = shown;
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
