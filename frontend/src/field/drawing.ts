/** Small hands for drawing the page: elements of words, never markup of text. */

type Child = Node | string | null;

interface Marks {
  class?: string;
  id?: string;
  hidden?: boolean;
  on?: Record<string, (event: Event) => void>;
  marks?: Record<string, string>;
}

/** An element with its words and what it holds. */
export function el<Name extends keyof HTMLElementTagNameMap>(
  name: Name, how: Marks = {}, ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (how.class !== undefined) made.className = how.class;
  if (how.id !== undefined) made.id = how.id;
  if (how.hidden === true) made.hidden = true;
  for (const [mark, value] of Object.entries(how.marks ?? {})) made.setAttribute(mark, value);
  for (const [event, act] of Object.entries(how.on ?? {})) made.addEventListener(event, act);
  made.append(...children.filter((child): child is Node | string => child !== null));
  return made;
}

export function button(words: string, act: () => void, css = "btn"): HTMLButtonElement {
  return el("button", { class: css, marks: { type: "button" }, on: { click: act } }, words);
}

export function card(title: string, ...children: Child[]): HTMLElement {
  return el("section", { class: "card", marks: { "aria-label": title } },
    el("div", { class: "card-header" }, el("h2", {}, title)),
    el("div", { class: "card-body stack" }, ...children));
}

export function notice(words: string, tone = ""): HTMLElement {
  return el("p", { class: `notice${tone === "" ? "" : ` notice-${tone}`}`, marks: { role: "status" } }, words);
}

/** A question that a second press answers; the first shows what it means. */
export function asking(words: string, ask: string, yes: string, no: string, act: () => void): HTMLElement {
  const box = el("div", { class: "stack-tight" });
  const shut = (): void => {
    box.replaceChildren(button(words, open, "btn btn-plain"));
  };
  const open = (): void => {
    const sure = button(yes, act, "btn btn-danger");
    box.replaceChildren(el("p", { marks: { role: "alert" } }, ask), el("div", { class: "actions" }, sure, button(no, shut)));
    sure.focus();
  };
  shut();
  return box;
}
