/** Asks before a page with unsaved words is left. */

/** Watches `form[data-warn-leave]` and every autosaved form that is not saved yet. */
export function startLeaveWarning(): void {
  document.addEventListener("input", (event) => {
    const form = event.target instanceof Element ? event.target.closest("form") : null;
    if (form?.dataset["warnLeave"] !== undefined) form.dataset["dirty"] = "";
  });
  document.addEventListener("submit", (event) => {
    if (event.target instanceof HTMLFormElement) delete event.target.dataset["dirty"];
  });
  window.addEventListener("beforeunload", (event) => {
    const locked = document.documentElement.dataset["locked"] !== undefined;
    if (!locked && document.querySelector("form[data-dirty]") !== null) event.preventDefault();
  });
}
