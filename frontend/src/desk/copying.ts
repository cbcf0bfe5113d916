/** Copies a case number at a press, and says so. */
import { say } from "./toasts";
import { words } from "./words";

/** Wake every `[data-copy]` button. */
export function startCopying(): void {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-copy]") : null;
    if (button === null) return;
    void navigator.clipboard.writeText(button.dataset["copy"] ?? "").then(() => {
      button.dataset["done"] = "";
      say(words.copied);
      window.setTimeout(() => { delete button.dataset["done"]; }, 2_000);
    });
  });
}
