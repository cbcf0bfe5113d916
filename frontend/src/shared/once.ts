/** Sends a form once: a second press while the first is under way does nothing. */

/** Let a form be sent again: what was pressed did not go out. */
export function release(form: HTMLFormElement): void {
  delete form.dataset["sending"];
  for (const button of form.querySelectorAll<HTMLButtonElement>("button[aria-busy]")) {
    button.removeAttribute("aria-busy");
    button.removeAttribute("aria-disabled");
  }
}

/** Guards every `<form data-once>`, those that arrive later included. */
export function startOnce(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset["once"] === undefined) return;
    if (form.dataset["sending"] !== undefined) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset["sending"] = "";
    // aria-disabled, not disabled: a disabled button would drop out of the data sent.
    const button = event.submitter;
    button?.setAttribute("aria-busy", "true");
    button?.setAttribute("aria-disabled", "true");
  }, { capture: true });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target instanceof HTMLFormElement) release(event.target);
  });
  // A page that comes back from the browser's memory may send again.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll<HTMLFormElement>("form[data-sending]").forEach(release);
  });
}
