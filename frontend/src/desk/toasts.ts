/** Short notes at the foot of the page; one that can be taken back carries its undo. */
import { post } from "./server";
import { words } from "./words";

const READING_TIME = 6_000;
const UNDO_TIME = 12_000;

interface Note {
  text: string;
  undo_url?: string;
}

function undoButton(url: string, toast: HTMLElement): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn-link";
  button.textContent = words.undo;
  button.addEventListener("click", () => {
    button.disabled = true;
    void post(url).then((answer) => {
      toast.remove();
      if (answer.outcome !== "done") {
        say(words.notSent);
        return;
      }
      say(words.undone);
      document.dispatchEvent(new CustomEvent("rangkul:undone", { detail: { url } }));
    });
  });
  return button;
}

/** Say `text`; with `undoUrl` the note stays longer and offers to take the act back. */
export function say(text: string, undoUrl?: string): void {
  const place = document.querySelector("#toasts");
  if (place === null) return;
  const toast = document.createElement("div");
  toast.className = "toast";
  const line = document.createElement("span");
  line.textContent = text;
  toast.append(line);
  if (undoUrl !== undefined && undoUrl !== "") toast.append(undoButton(undoUrl, toast));
  place.append(toast);
  const leave = (): void => {
    // A note someone is about to use stays.
    if (toast.matches(":hover, :focus-within")) window.setTimeout(leave, 2_000);
    else toast.remove();
  };
  window.setTimeout(leave, undoUrl === undefined ? READING_TIME : UNDO_TIME);
}

/** Answer `HX-Trigger: {"rangkul:toast": {"text": …, "undo_url": …}}`. */
export function startToasts(): void {
  document.addEventListener("rangkul:toast", (event) => {
    const note = (event as CustomEvent<Note>).detail;
    say(note.text, note.undo_url);
  });
}
