/** Whether what a form sent has arrived: a page that is no answer to it says that it has not. */

/** The names of the drafts that were sent last. */
export const SENT = "rangkul.draft-sent";

/** What was sent did not arrive; it stays kept in this tab and is offered again. */
export function notArrived(): void {
  sessionStorage.removeItem(SENT);
}
