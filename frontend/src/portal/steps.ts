/** Steps in one place: links and forms of the portal are fetched and exchanged, the history keeps one entry. */

interface Policy {
  createHTML(markup: string): string;
}

interface Factory {
  createPolicy(name: string, rules: Policy): Policy;
}

const PORTAL = /^\/(?:en\/)?info\//;
/** Heard by every part of the portal after its page has been put in place. */
export const SHOWN = "portal:shown";

const factory = (window as { trustedTypes?: Factory }).trustedTypes;
/** Named in the portal's Content-Security-Policy; used for what this server answered, and nothing else. */
const policy: Policy = factory?.createPolicy("portal", { createHTML: (markup) => markup }) ?? { createHTML: (markup) => markup };

let running: AbortController | null = null;

function isOurs(url: URL): boolean {
  return url.origin === location.origin && PORTAL.test(url.pathname);
}

function scriptOf(page: Document): string {
  return page.querySelector('script[type="module"]')?.getAttribute("src") ?? "";
}

/** Put an answered page in the place of this one; the tab's history stays as long as it was. */
function put(markup: string, address: string): void {
  const page = new DOMParser().parseFromString(policy.createHTML(markup), "text/html");
  if (scriptOf(page) !== scriptOf(document)) {
    // Another build since: its own styles and scripts come with a whole page.
    location.replace(address);
    return;
  }
  history.replaceState(null, "", address);
  document.documentElement.lang = page.documentElement.lang;
  document.title = page.title;
  for (const { name } of [...document.body.attributes]) document.body.removeAttribute(name);
  for (const { name, value } of page.body.attributes) document.body.setAttribute(name, value);
  document.body.replaceChildren(...page.body.childNodes);
  window.scrollTo(0, 0);
  show();
  const first = document.querySelector<HTMLElement>(".errors, h1") ?? document.getElementById("main");
  first?.setAttribute("tabindex", "-1");
  first?.focus({ preventScroll: true });
}

function show(): void {
  for (const part of document.querySelectorAll<HTMLElement>(".with-scripts")) part.hidden = false;
  document.dispatchEvent(new Event(SHOWN));
}

function fail(): void {
  const words = document.body.dataset["failed"] ?? "";
  document.getElementById("unsent")?.remove();
  const line = document.createElement("p");
  line.id = "unsent";
  line.className = "notice high";
  line.setAttribute("role", "alert");
  line.textContent = words;
  const main = document.getElementById("main");
  main?.prepend(line);
  line.scrollIntoView({ block: "nearest" });
}

/** Fetch a page of the portal and show it; a post's words go along in its body, never in an address. */
async function go(address: string, body?: FormData | URLSearchParams): Promise<void> {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  const main = document.getElementById("main");
  main?.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, {
      method: body === undefined ? "GET" : "POST",
      ...(body === undefined ? {} : { body }),
      cache: "no-store",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: mine.signal,
    });
    const type = answer.headers.get("Content-Type") ?? "";
    if (!isOurs(new URL(answer.url)) || !type.startsWith("text/html")) {
      location.replace(answer.url);
      return;
    }
    put(await answer.text(), answer.url);
  } catch {
    if (!mine.signal.aborted) fail();
  } finally {
    if (running === mine) running = null;
    main?.removeAttribute("aria-busy");
  }
}

/** A form's fields as they would be sent, with the button that was pressed. */
function fieldsOf(form: HTMLFormElement, submitter: HTMLElement | null): FormData | URLSearchParams {
  const data = new FormData(form);
  if (submitter instanceof HTMLButtonElement && submitter.name !== "") data.append(submitter.name, submitter.value);
  if (form.enctype === "multipart/form-data") return data;
  const plain = new URLSearchParams();
  for (const [name, value] of data) plain.append(name, typeof value === "string" ? value : value.name);
  return plain;
}

function onClick(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
  if (link === null || link.dataset["whole"] !== undefined || link.target === "_blank") return;
  const url = new URL(link.href);
  if (!isOurs(url)) return;
  event.preventDefault();
  if (url.pathname === location.pathname && url.hash !== "") {
    // A jump within the page would be an entry of the history.
    const goal = document.getElementById(url.hash.slice(1));
    goal?.scrollIntoView();
    goal?.focus();
    return;
  }
  void go(url.href);
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target;
  if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.dataset["whole"] !== undefined) return;
  const url = new URL(form.action);
  if (!isOurs(url) || form.method !== "post") return;
  event.preventDefault();
  void go(url.href, fieldsOf(form, event.submitter));
}

/** A choice in a form with `data-at-once` is sent without another press. */
function onChange(event: Event): void {
  const field = event.target;
  if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) return;
  if (field instanceof HTMLInputElement && field.type !== "radio" && field.type !== "checkbox") return;
  if (field.form?.dataset["atOnce"] !== undefined) field.form.requestSubmit();
}

/** Take over links and forms, wherever the page is exchanged. */
export function startSteps(): void {
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("change", onChange);
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-print]") !== null) window.print();
  });
  show();
}
