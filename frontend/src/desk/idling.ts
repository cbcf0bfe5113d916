/** Two minutes before a session ends for want of a hand on it, the page says so and offers to stay. */
import { post } from "./server";
import { words } from "./words";

const BEFORE = 120_000;
const channel = new BroadcastChannel("rangkul.alive");

let timer = 0;
let note: HTMLElement | null = null;

function drop(): void {
  note?.remove();
  note = null;
}

function warn(url: string, patience: number): void {
  const place = document.querySelector("#toasts");
  if (place === null || note !== null) return;
  note = document.createElement("div");
  note.className = "toast";
  note.setAttribute("role", "alert");
  const line = document.createElement("span");
  line.textContent = words.idleSoon;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn-link";
  button.textContent = words.idleStay;
  button.addEventListener("click", () => {
    void post(url).then((answer) => {
      if (answer.outcome === "done") alive(patience, url);
      else line.textContent = words.expired;
    });
  });
  note.append(line, button);
  place.append(note);
}

/** The server has just seen somebody: count anew, in every tab. */
function alive(patience: number, url: string, tell = true): void {
  drop();
  window.clearTimeout(timer);
  timer = window.setTimeout(() => { warn(url, patience); }, Math.max(0, patience - BEFORE));
  if (tell) channel.postMessage("alive");
}

/** Count from this page on, and from each thing that is asked of the server by hand. */
export function startIdling(): void {
  const { idleSeconds, stayUrl } = document.body.dataset;
  if (idleSeconds === undefined || stayUrl === undefined) return;
  const patience = Number(idleSeconds) * 1_000;
  alive(patience, stayUrl);
  document.addEventListener("htmx:afterOnLoad", (event) => {
    const { elt } = (event as CustomEvent<{ elt: HTMLElement }>).detail;
    if (elt.dataset["live"] === undefined) alive(patience, stayUrl);
  });
  channel.addEventListener("message", () => { alive(patience, stayUrl, false); });
}
