/**
 * The frame's own script: shows one form by ODK's engine, and speaks of it to the page that holds it.
 *
 * It has no origin, no cookie, no line to anywhere: what is typed here leaves by the page alone.
 */
import { OdkWebForm, webFormsPlugin, type EngineRoot } from "@getodk/web-forms";
import { createApp, h, nextTick, watch, type App } from "vue";
import styles from "./frame.scss?inline";
import { startNaming } from "./naming";
import { readOrder, sealed, type Language, type Order, type Problem, type Report, type Theme } from "./protocol";
import { at, languagesOf, state, tally, valueOf } from "./tree";
import { SAID, WIDGETS } from "./words";

const QUIET = 250;
// How long the page may take to give the frame its turn.
const TURN = 400;
// A device's clock may be years off; a few seconds are the line's.
const CLOCK_MAY_DIFFER = 60_000;

const nonce = location.hash.slice(1);
// The address's origin, which the page has and this document itself has not.
const page = location.origin;

let root: EngineRoot | null = null;
let opened = false;

/** Besides what Vue draws and DOMPurify has cleaned, text is read as markup by the inert parser only. */
function trust(): void {
  interface Rules { createHTML(markup: string, type?: string, sink?: string): string | null }
  const factory = (window as { trustedTypes?: { createPolicy(name: string, rules: Rules): unknown } }).trustedTypes;
  factory?.createPolicy("default", {
    createHTML: (markup, _type, sink) => (sink === "DOMParser parseFromString" ? markup : null),
  });
}

function tell(report: Report): void {
  parent.postMessage(sealed(report, nonce), page);
}

function dress(theme: Theme, dark: boolean): void {
  const { style } = document.documentElement;
  for (const [name, value] of Object.entries(theme)) style.setProperty(name, value);
  style.colorScheme = dark ? "dark" : "light";
}

/** From here on it is as late as the server says. */
function setClock(now: number): void {
  const own = Date.now.bind(Date);
  const off = now - own();
  if (Math.abs(off) > CLOCK_MAY_DIFFER) Date.now = () => own() + off;
}

function filling(instance: string): object | null {
  if (instance === "") return null;
  const data = new FormData();
  data.set("xml_submission_file", new Blob([instance], { type: "text/xml" }));
  return {
    resolveInstance: () => Promise.resolve({ data: [data] }),
    attachmentFileNames: [],
    resolveAttachment: () => Promise.reject(new Error("no attachments")),
  };
}

function place(nodeId: string): HTMLElement | null {
  return document.getElementById(`${nodeId}_container`);
}

/** Ask the page to show a question, and put the cursor into it. */
function reach(nodeId: string): void {
  const box = place(nodeId);
  if (box === null) return;
  const { top, height } = box.getBoundingClientRect();
  tell({ kind: "reach", top: Math.max(0, top), height });
  const focus = (): void => {
    box.querySelector<HTMLElement>("input, textarea, select, button, [tabindex]")?.focus({ preventScroll: true });
  };
  // The page gives the frame its turn when it hears of this; a cursor put before would be lost.
  window.addEventListener("focus", focus, { once: true, signal: AbortSignal.timeout(TURN) });
  window.setTimeout(focus, TURN / 4);
}

/** What the server said stands at its question until that question is answered anew. */
function show(form: EngineRoot, problems: readonly Problem[]): void {
  let first: string | null = null;
  for (const { path, text } of problems) {
    const node = at(form, path);
    const box = node === null ? null : place(node.nodeId);
    if (node === null || box === null) continue;
    const note = document.createElement("p");
    note.className = "server-problem";
    note.setAttribute("role", "alert");
    note.textContent = text;
    box.append(note);
    box.classList.add("highlight");
    first ??= node.nodeId;
    const stop = watch(() => valueOf(node), () => {
      note.remove();
      box.classList.remove("highlight");
      stop();
    });
  }
  if (first !== null) reach(first);
}

function send(form: EngineRoot): void {
  const { violations } = form.validationState;
  const [first] = violations;
  if (first === undefined) {
    tell({ kind: "filled", instance: form.instanceState.instanceXML });
    return;
  }
  // The engine marks what stands against it when its own button is pressed.
  document.querySelector<HTMLElement>(".odk-form .footer button")?.click();
  const told = at(form, first.reference)?.currentState.label?.asString ?? "";
  tell({ kind: "refused", count: violations.length, first: told.slice(0, 200) });
  void nextTick(() => { reach(first.nodeId); });
}

function follow(form: EngineRoot): void {
  let timer = 0;
  watch(() => state(form), () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      tell({ kind: "changed", instance: form.instanceState.instanceXML, ...tally(form) });
    }, QUIET);
  });
}

function speak(form: EngineRoot, language: Language): void {
  const spoken = languagesOf(form).get(language);
  if (spoken !== undefined) form.setLanguage(spoken);
}

async function begin(form: EngineRoot, order: Order & { kind: "open" }): Promise<void> {
  root = form;
  speak(form, order.language);
  await nextTick();
  follow(form);
  const drawn = document.getElementById("form");
  const measure = (): void => {
    // The document itself is never lower than the frame, which is as high as it was told to be.
    tell({ kind: "size", height: Math.ceil(drawn?.getBoundingClientRect().height ?? 0) });
  };
  if (drawn !== null) {
    startNaming(drawn);
    new ResizeObserver(measure).observe(drawn);
  }
  measure();
  tell({ kind: "ready", languages: [...languagesOf(form).keys()] });
  tell({ kind: "changed", instance: form.instanceState.instanceXML, ...tally(form) });
  show(form, order.problems);
}

function broken(fault: unknown): void {
  tell({ kind: "broken", told: (fault instanceof Error ? fault.message : String(fault)).slice(0, 500) });
}

/** The engine hands out its form nowhere; the component that draws its head is given it. */
function whenDrawn(app: App, found: (form: EngineRoot) => void): void {
  app.mixin({
    mounted(this: { $props?: { form?: EngineRoot; error?: Error } }) {
      const { form, error } = this.$props ?? {};
      if (form?.nodeType === "root" && root === null) found(form);
      else if (error instanceof Error) broken(error);
    },
  });
}

function open(order: Order & { kind: "open" }): void {
  opened = true;
  document.documentElement.lang = order.language;
  globalThis.rangkulSaid = SAID[order.language];
  setClock(order.now);
  dress(order.theme, order.dark);
  const app = createApp({
    render: () => h(OdkWebForm, {
      // How to ask stands on a line of its own; the engine would set it right behind the hint.
      formXml: order.form.replaceAll('<value form="guidance">', '<value form="guidance">\n'),
      fetchFormAttachment: () => Promise.resolve(new Response("", { status: 404 })),
      missingResourceBehavior: "BLANK",
      editInstance: filling(order.instance),
    }),
  });
  app.use(webFormsPlugin);
  const { config } = app.config.globalProperties["$primevue"] as { config: { locale: object } };
  Object.assign(config.locale, WIDGETS[order.language]);
  app.config.errorHandler = broken;
  whenDrawn(app, (form) => { void begin(form, order); });
  app.mount("#form");
  // After the engine's own, which are then overruled.
  const sheet = document.createElement("style");
  sheet.textContent = styles;
  document.head.append(sheet);
}

trust();
window.addEventListener("message", (event) => {
  if (event.source !== parent || event.origin !== page) return;
  const order = readOrder(event.data, nonce);
  if (order === null) return;
  if (order.kind === "open" && !opened) open(order);
  else if (order.kind === "theme") dress(order.theme, order.dark);
  else if (root !== null && order.kind === "speak") speak(root, order.language);
  else if (root !== null && order.kind === "send") send(root);
});
window.addEventListener("error", (event) => { broken(event.error); });
tell({ kind: "here" });
