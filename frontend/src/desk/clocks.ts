/** Keeps clock chips true while the page stands open, by the server's time and not the computer's. */
import { span, words } from "./words";

const SOON_FROM = 0.85;
const DAY = 86_400;

interface Clock {
  element: HTMLElement;
  due: number;
  started: number;
  /** Seconds to add to this computer's time to get the server's. */
  ahead: number;
}

function read(element: HTMLElement, loadedAt: number): Clock {
  return {
    element,
    due: Number(element.dataset["due"]),
    started: Number(element.dataset["started"]),
    ahead: Number(element.dataset["now"]) - loadedAt,
  };
}

function put(element: HTMLElement, selector: string, text: string): void {
  const part = element.querySelector(selector);
  if (part !== null && part.textContent !== text) part.textContent = text;
}

function draw(clock: Clock, here: number): void {
  const now = here + clock.ahead;
  const left = clock.due - now;
  const whole = Math.max(1, clock.due - clock.started);
  const used = Math.min(1, Math.max(0, (now - clock.started) / whole));
  const { element } = clock;
  put(element, "[data-clock-figure]", span(left));
  if (left < 0) {
    put(element, "[data-clock-word]", words.overdue);
  } else if (element.dataset["show"] === "left" && left < DAY) {
    put(element, "[data-clock-word]", words.left);
  }
  element.dataset["tone"] = left < 0 ? "late" : used >= SOON_FROM ? "soon" : "calm";
  element.querySelector(".clock-bar rect")?.setAttribute("width", String(left < 0 ? 100 : Math.round(used * 100)));
}

/** Redraw every running clock each quarter of a minute, and at once when the page comes back to view. */
export function startClocks(): void {
  const known = new Map<HTMLElement, Clock>();
  const seconds = (): number => Date.now() / 1000;
  const learn = (): void => {
    for (const element of document.querySelectorAll<HTMLElement>("[data-clock]")) {
      if (!known.has(element)) known.set(element, read(element, seconds()));
    }
  };
  const redraw = (): void => {
    if (document.hidden) return;
    for (const [element, clock] of known) {
      if (element.isConnected) draw(clock, seconds());
      else known.delete(element);
    }
  };
  learn();
  document.addEventListener("htmx:afterSettle", learn);
  document.addEventListener("visibilitychange", redraw);
  window.setInterval(redraw, 15_000);
}
