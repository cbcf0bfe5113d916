/** Follows long work with a bar and the time left, then goes where the work ends. */
import { span, words } from "./words";

interface Progress {
  done: number;
  total: number;
  seconds_left: number | null;
  /** Where to go when all is done. */
  next: string | null;
}

const PAUSE = 1_000;
const PAUSE_AFTER_TROUBLE = 5_000;

function show(place: HTMLElement, progress: Progress): void {
  const bar = place.querySelector("progress");
  if (bar !== null) {
    bar.max = progress.total;
    bar.value = progress.done;
  }
  const line = place.querySelector("[data-progress-words]");
  if (line === null || progress.seconds_left === null) return;
  const left = progress.seconds_left < 60 ? words.secondsFew : span(progress.seconds_left);
  const text = progress.done >= progress.total ? words.finished : words.aboutLeft(left);
  // A screen reader hears the line again only when its words change.
  if (line.textContent !== text) line.textContent = text;
}

async function follow(place: HTMLElement, url: string): Promise<void> {
  while (place.isConnected) {
    let pause = PAUSE;
    try {
      const response = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!response.ok) throw new Error(String(response.status));
      const progress = (await response.json()) as Progress;
      show(place, progress);
      if (progress.done >= progress.total) {
        if (progress.next !== null) location.assign(progress.next);
        return;
      }
    } catch {
      pause = PAUSE_AFTER_TROUBLE;
    }
    await new Promise((resolve) => { window.setTimeout(resolve, pause); });
  }
}

/** Wake every `[data-progress="URL"]`, those that arrive later included. */
export function startProgress(): void {
  const begin = (): void => {
    for (const place of document.querySelectorAll<HTMLElement>("[data-progress]:not([data-followed])")) {
      place.dataset["followed"] = "";
      const url = place.dataset["progress"];
      if (url !== undefined && url !== "") void follow(place, url);
    }
  };
  begin();
  document.addEventListener("htmx:afterSettle", begin);
}
