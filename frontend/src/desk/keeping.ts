/** Words typed into any form outlive a refusal, an ended session and a lost line, in this tab alone. */
import * as drafts from "./drafts";
import { offerKept } from "./offering";
import { notArrived } from "../shared/sent";

const WORDS = "textarea, input[type=text], input:not([type])";

/** Forms for words; autosaved ones see to themselves, a search and `data-forget` keep nothing. */
function keeps(form: HTMLFormElement): boolean {
  const { autosave, forget } = form.dataset;
  if (form.method !== "post" || autosave !== undefined || forget !== undefined) return false;
  return form.getAttribute("role") !== "search" && form.querySelector(WORDS) !== null;
}

/** This page is itself the answer to the form: refused, overtaken. Or one came back by the browser's arrow. */
function wasRefused(): boolean {
  const [way] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return document.body.dataset["answersPost"] !== undefined || way?.type === "back_forward";
}

/** Keep what is typed; offer what was kept; drop what has arrived. */
export function startKeeping(): void {
  drafts.keepOnlyMine();
  if (wasRefused()) notArrived();
  else drafts.arrived();
  for (const form of document.forms) if (keeps(form)) offerKept(form);
  document.addEventListener("input", (event) => {
    const form = event.target instanceof Element ? event.target.closest("form") : null;
    if (form !== null && keeps(form)) drafts.keep(form);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    if (form.matches("[data-sign-out]")) {
      drafts.forgetAll();
      // The page for where no line is locks too; what it has sealed stays.
      new BroadcastChannel("rangkul.field").postMessage("signed out");
    }
    else if (!event.defaultPrevented && keeps(form)) drafts.send(form);
  });
}
