/** Sets htmx to the content security policy, and refreshes the fragments that ask to stay current. */
import htmx from "htmx.org";
import { csrfToken } from "./server";
import { say } from "./toasts";
import { words } from "./words";

const SLOW = 2_000;

function showSlowWork(): void {
  let waiting = 0;
  let timer = 0;
  const line = document.createElement("div");
  line.className = "busy-line";
  line.hidden = true;
  document.body.append(line);
  document.addEventListener("htmx:beforeRequest", () => {
    waiting += 1;
    if (waiting === 1) timer = window.setTimeout(() => { line.hidden = false; }, SLOW);
  });
  document.addEventListener("htmx:afterRequest", () => {
    waiting = Math.max(0, waiting - 1);
    if (waiting > 0) return;
    window.clearTimeout(timer);
    line.hidden = true;
  });
}

/** `[data-live="30"]` with `hx-trigger="live"` is refreshed while seen, online and not being typed in. */
function refreshLive(): void {
  const last = new WeakMap<Element, number>();
  window.setInterval(() => {
    if (document.hidden || !navigator.onLine) return;
    if (document.documentElement.dataset["locked"] !== undefined) return;
    for (const element of document.querySelectorAll<HTMLElement>("[data-live]")) {
      const now = performance.now();
      const since = now - (last.get(element) ?? 0);
      const busy = element.contains(document.activeElement) || element.querySelector("details[open]") !== null;
      if (since < Number(element.dataset["live"]) * 1000 || busy) continue;
      last.set(element, now);
      htmx.trigger(element, "live", {});
    }
  }, 1_000);
}

/** Whether the page asked without anybody's hand: nothing was sent, nobody need be told. */
function byItself(event: Event): boolean {
  return (event as CustomEvent<{ elt: HTMLElement }>).detail.elt.dataset["live"] !== undefined;
}

/** Start htmx without eval, inline styles, script tags, foreign hosts or stored pages. */
export function startFragments(): void {
  Object.assign(htmx.config, {
    allowEval: false,
    allowScriptTags: false,
    includeIndicatorStyles: false,
    // Settling a style attribute would be an inline style, which the policy refuses.
    attributesToSettle: ["class", "width", "height"],
    selfRequestsOnly: true,
    historyCacheSize: 0,
    refreshOnHistoryMiss: true,
    scrollBehavior: "auto",
  });
  document.addEventListener("htmx:configRequest", (event) => {
    const { headers } = (event as CustomEvent<{ headers: Record<string, string> }>).detail;
    headers["X-CSRFToken"] = csrfToken();
    if (byItself(event)) headers["X-Rangkul-By-Itself"] = "1";
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    // What only counts never leads away from a form: the next click meets the sign-in page.
    const { elt, xhr } = (event as CustomEvent<{ elt: HTMLElement; xhr: XMLHttpRequest }>).detail;
    if (elt.dataset["liveQuiet"] !== undefined && xhr.status !== 200) event.preventDefault();
  });
  for (const fault of ["htmx:sendError", "htmx:responseError"]) {
    document.addEventListener(fault, (event) => { if (!byItself(event)) say(words.notSent); });
  }
  showSlowWork();
  refreshLive();
}
