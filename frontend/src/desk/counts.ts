/** The navigation's counts come with the bell; until they do, a page shows those of the page before. */

const KEY = "rangkul-counts";

interface Kept {
  person: string;
  counts: Record<string, string>;
}

function places(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-count]")];
}

function person(): string {
  return document.body.dataset["person"] ?? "";
}

function keep(): void {
  const counts: Record<string, string> = {};
  for (const place of places()) counts[place.dataset["count"] ?? ""] = place.textContent;
  sessionStorage.setItem(KEY, JSON.stringify({ person: person(), counts } satisfies Kept));
}

function recall(): void {
  const stored = sessionStorage.getItem(KEY);
  if (stored === null) return;
  const kept = JSON.parse(stored) as Kept;
  if (kept.person !== person()) return;
  for (const place of places()) place.textContent = kept.counts[place.dataset["count"] ?? ""] ?? "";
}

/** Show what was counted last, and keep what the bell brings. */
export function startCounts(): void {
  if (places().length === 0) return;
  recall();
  document.addEventListener("htmx:oobAfterSwap", keep);
}
