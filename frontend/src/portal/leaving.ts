/** Leaving at once: the cover first, then what this browser keeps, then another page in this one's place. */

const PRESSES = 3;
const WITHIN = 2_000;
/**
 * What the staff's pages keep bears this name, and stays: a field worker's sealed fillings may wait
 * on this very phone, and are a survivor's words (docs/decisions/0027). The portal keeps nothing.
 */
const STAFFS = /^rangkul[.-]/;

let isLeaving = false;
let hasDeparted = false;
let title = "";

/** A blank sheet over everything, without a word in the tab's title. */
function cover(): void {
  if (document.querySelector(".cover") !== null) return;
  const sheet = document.createElement("div");
  sheet.className = "cover";
  document.body.append(sheet);
  title = document.title;
  document.title = "\u200b";
}

/** Whoever came back from a call, and did not leave, sees the page again. */
function uncover(): void {
  const sheet = document.querySelector(".cover");
  if (isLeaving || sheet === null) return;
  sheet.remove();
  document.title = title;
}

function emptied(store: Storage): void {
  for (const key of Object.keys(store)) if (!STAFFS.test(key)) store.removeItem(key);
}

/** Drop whatever this site keeps in this browser, but for what is the staff's. */
function forget(): void {
  try {
    emptied(sessionStorage);
    emptied(localStorage);
  } catch {
    // A browser that forbids storing has nothing stored.
  }
  if (typeof indexedDB !== "undefined" && "databases" in indexedDB) {
    void indexedDB.databases().then((found) => {
      for (const { name } of found) if (name !== undefined && !STAFFS.test(name)) indexedDB.deleteDatabase(name);
    }, () => undefined);
  }
  if ("caches" in window) {
    void caches.keys().then((names) => {
      for (const name of names) if (!STAFFS.test(name)) void caches.delete(name);
    }, () => undefined);
  }
  if ("serviceWorker" in navigator) {
    void navigator.serviceWorker.getRegistrations().then((found) => {
      for (const each of found) if (/\/info\/$/.test(new URL(each.scope).pathname)) void each.unregister();
    }, () => undefined);
  }
}

/** Empty the browser's stores beside the way out, and go; nothing here waits for anything. */
function depart(): void {
  if (hasDeparted) return;
  hasDeparted = true;
  const { exit, leave: clears } = document.body.dataset;
  // Its answer empties the browser's store of fetched files.
  if (clears !== undefined) {
    void fetch(clears, { method: "POST", keepalive: true, credentials: "omit" }).catch(() => undefined);
  }
  forget();
  location.replace(exit ?? "about:blank");
}

/** Where no frame is painted (a hidden tab), leaving does not wait for one. In milliseconds. */
const UNPAINTED = 250;

/** The cover in this very task; all else once it is painted, so that nothing stands before it. */
function leave(): void {
  if (isLeaving) return;
  isLeaving = true;
  cover();
  const going = window.setTimeout(depart, UNPAINTED);
  requestAnimationFrame(() => setTimeout(() => {
    clearTimeout(going);
    depart();
  }));
}

/** Buttons and links to leave, Esc three times; a page that comes back from memory is covered and asked anew. */
export function startLeaving(): void {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || event.target.closest("[data-leaving]") === null) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    leave();
  }, true);
  let pressed: number[] = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.repeat) return;
    pressed = [...pressed.filter((at) => event.timeStamp - at < WITHIN), event.timeStamp];
    if (pressed.length >= PRESSES) leave();
  }, true);
  window.addEventListener("pagehide", cover);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
    else uncover();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) uncover(); });
}
