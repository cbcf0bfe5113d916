/**
 * The lock key for a shared computer: one press covers every open tab at once, then tells the server.
 *
 * Only the server opens again. A tab lifts its cover when a page rendered after the lock says that
 * the same person is back; for anyone else it loads anew.
 */
import { askForCovers, emptyAll } from "./recovering";
import { post } from "./server";

const KEY = "rangkul.lock";
const RETRY = 5_000;

interface Lock {
  /** Server's time, in seconds, when it confirmed the lock; null while it has not. */
  since: number | null;
}

type Word = { says: "locked" } | { says: "opened"; person: string };

const channel = new BroadcastChannel(KEY);

function stored(): Lock | null {
  const value = localStorage.getItem(KEY);
  return value === null ? null : (JSON.parse(value) as Lock);
}

function cover(): void {
  emptyAll();
  document.documentElement.dataset["locked"] = "";
  const link = document.querySelector<HTMLAnchorElement>("[data-unlock]");
  if (link !== null) {
    const next = encodeURIComponent(location.pathname);
    link.href = `${document.body.dataset["unlockUrl"] ?? "/"}?next=${next}`;
  }
  document.getElementById("lock-cover")?.focus();
}

function uncover(): void {
  delete document.documentElement.dataset["locked"];
  askForCovers();
}

async function tellServer(): Promise<void> {
  const url = document.body.dataset["lockUrl"];
  if (url === undefined) return;
  const answer = await post(url, undefined, true);
  if (answer.outcome === "offline" || answer.outcome === "refused") {
    window.setTimeout(() => { if (stored()?.since === null) void tellServer(); }, RETRY);
    return;
  }
  // An expired session is as good as a lock: the server shows nothing either.
  const date = answer.outcome === "done" ? Date.parse(answer.response.headers.get("Date") ?? "") : NaN;
  const since = Number.isNaN(date) ? Date.now() / 1000 : date / 1000;
  localStorage.setItem(KEY, JSON.stringify({ since } satisfies Lock));
}

/** Cover this and every other tab now, and lock the session. */
export function lock(): void {
  if (document.body.dataset["lockUrl"] === undefined) return;
  localStorage.setItem(KEY, JSON.stringify({ since: null } satisfies Lock));
  cover();
  channel.postMessage({ says: "locked" } satisfies Word);
  void tellServer();
}

function openedAgain(): void {
  localStorage.removeItem(KEY);
  uncover();
  const person = document.body.dataset["person"] ?? "";
  channel.postMessage({ says: "opened", person } satisfies Word);
}

function onLoad(): void {
  const lockNow = stored();
  if (lockNow === null) return;
  const rendered = Number(document.body.dataset["rendered"]);
  if (lockNow.since !== null && rendered > lockNow.since) {
    openedAgain();
    return;
  }
  cover();
  if (lockNow.since === null) void tellServer();
}

function hear(word: Word): void {
  if (word.says === "locked") {
    cover();
  } else if (document.documentElement.dataset["locked"] !== undefined) {
    if (word.person === (document.body.dataset["person"] ?? "")) uncover();
    else location.reload();
  }
}

/** Wake the lock key, and cover this tab when another has been locked. */
export function startLock(): void {
  if (document.body.dataset["lockUrl"] === undefined) return;
  onLoad();
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-lock]") !== null) lock();
  });
  channel.addEventListener("message", (event: MessageEvent<Word>) => { hear(event.data); });
  window.addEventListener("storage", (event) => {
    if (event.key === KEY && event.newValue !== null) cover();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && stored() !== null) cover();
  });
}
