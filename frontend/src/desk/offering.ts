/** Offers words that were typed and not saved: back into the form, or away with them. */
import * as drafts from "./drafts";
import { words } from "./words";

function button(text: string, act: () => void): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "btn-link";
  element.textContent = text;
  element.addEventListener("click", act);
  return element;
}

/** Above the form, when words of it are kept that it does not show. */
export function offerKept(form: HTMLFormElement): void {
  const draft = drafts.kept(form);
  if (draft === null) return;
  const notice = document.createElement("div");
  notice.className = "notice notice-soon";
  notice.setAttribute("role", "status");
  const text = document.createElement("span");
  text.textContent = words.restore;
  const yes = button(words.restoreYes, () => {
    drafts.restore(form, draft);
    notice.remove();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const no = button(words.restoreNo, () => {
    drafts.forget(form);
    notice.remove();
  });
  notice.append(text, yes, no);
  form.prepend(notice);
}
