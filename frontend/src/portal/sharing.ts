/** A note that may leave the page: copied, or handed to another app of the phone; never a link. */
import { SHOWN } from "./steps";

function wordsOf(name: string | undefined): string {
  const held = name === undefined ? null : document.getElementById(name);
  return held instanceof HTMLTextAreaElement ? held.value : "";
}

function say(words: string): void {
  const line = document.querySelector("[data-said]");
  if (line !== null) line.textContent = words;
}

async function copy(button: HTMLElement): Promise<void> {
  const held = document.getElementById(button.dataset["copy"] ?? "");
  try {
    await navigator.clipboard.writeText(wordsOf(button.dataset["copy"]));
    say(button.dataset["copied"] ?? "");
  } catch {
    // A browser that does not let us: the words stand chosen, ready to be copied by hand.
    if (held instanceof HTMLTextAreaElement) held.select();
  }
}

async function share(button: HTMLElement): Promise<void> {
  try {
    // Text alone: a title or an address would tell where it is from.
    await navigator.share({ text: wordsOf(button.dataset["share"]) });
  } catch {
    // Whoever changes her mind has shared nothing.
  }
}

/** What this browser cannot do is not offered. */
function offer(): void {
  const able = typeof navigator.share === "function";
  for (const button of document.querySelectorAll<HTMLElement>("[data-share]")) button.hidden = !able;
}

/** Buttons that copy or hand on a note, wherever the page is exchanged. */
export function startSharing(): void {
  document.addEventListener(SHOWN, offer);
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-copy], [data-share]") : null;
    if (button === null) return;
    void (button.dataset["copy"] === undefined ? share(button) : copy(button));
  });
}
