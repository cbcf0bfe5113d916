/** Covers an opened identity again: after its minute, at a press, and whenever the page leaves the eye. */
import htmx from "htmx.org";

/** What was shown goes at once, before the server answers. */
function empty(place: HTMLElement): void {
  delete place.dataset["recoverAfter"];
  place.dataset["emptied"] = "";
  place.replaceChildren();
}

function askForCover(place: HTMLElement): void {
  const url = place.dataset["recoverUrl"] ?? "";
  delete place.dataset["emptied"];
  if (url !== "") void htmx.ajax("get", url, { target: place, swap: "outerHTML" });
}

function cover(place: HTMLElement): void {
  empty(place);
  askForCover(place);
}

/** Take away what is open right now, asking the server nothing; for the lock key and a page left. */
export function emptyAll(): void {
  document.querySelectorAll<HTMLElement>("[data-recover-after]").forEach(empty);
}

/** Bring the covers for what `emptyAll` took away. */
export function askForCovers(): void {
  document.querySelectorAll<HTMLElement>("[data-emptied]").forEach(askForCover);
}

function countDown(place: HTMLElement): void {
  const until = Date.now() + Number(place.dataset["recoverAfter"]) * 1000;
  place.dataset["counting"] = "";
  place.querySelector("[data-recover-now]")?.addEventListener("click", () => { cover(place); });
  const timer = window.setInterval(() => {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (!place.isConnected || place.dataset["recoverAfter"] === undefined) {
      window.clearInterval(timer);
    } else if (left <= 0) {
      window.clearInterval(timer);
      cover(place);
    } else {
      const figure = place.querySelector("[data-recover-left]");
      if (figure !== null) figure.textContent = String(left);
    }
  }, 500);
}

function begin(): HTMLElement[] {
  const fresh = [...document.querySelectorAll<HTMLElement>("[data-recover-after]:not([data-counting])")];
  fresh.forEach(countDown);
  return fresh;
}

/** Wake every `[data-recover-after="seconds"]`, those that arrive later included. */
export function startRecovering(): void {
  begin();
  document.addEventListener("htmx:afterSettle", () => { begin()[0]?.focus({ preventScroll: true }); });
  // A page kept in the browser's memory must not keep an open identity.
  window.addEventListener("pagehide", emptyAll);
  window.addEventListener("pageshow", askForCovers);
}
