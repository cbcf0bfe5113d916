/** Whether what a form sent has arrived: a page that is no answer to it says that it has not. */

/** The names of the drafts that were sent last. */
export const SENT = "rangkul.draft-sent";

/** What was sent did not arrive; it stays kept in this tab and is offered again. */
export function notArrived(): void {
  sessionStorage.removeItem(SENT);
}

/**
 * A page that asks something before it sends on what was typed (`form[data-still-sending]`): the
 * words are on their way again once it is sent, and until then they have not arrived.
 */
export function startSendingOn(): void {
  const waiting = sessionStorage.getItem(SENT);
  notArrived();
  document.querySelector("form[data-still-sending]")?.addEventListener("submit", () => {
    if (waiting !== null) sessionStorage.setItem(SENT, waiting);
  });
}
