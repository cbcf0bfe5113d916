/** Prints the page at a press; where a paper may be found by others, its dialog has asked before. */

/** Wake every `[data-print]`, and show the buttons that are of no use without a script. */
export function startPrinting(): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-with-script]")) button.hidden = false;
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-print]") : null;
    if (button === null) return;
    button.closest("dialog")?.close();
    window.print();
  });
}
