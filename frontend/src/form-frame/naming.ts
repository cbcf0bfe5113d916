/** Gives each question's fields its words as their name, where the engine leaves them without one. */

const FIELDS = "input, textarea, [role=combobox], [role=spinbutton], [role=slider], [role=listbox]";

/** The element's id, made when it has none. */
function idOf(element: Element, made: string): string {
  if (element.id === "") element.id = made;
  return element.id;
}

function isNamed(field: Element): boolean {
  if (field.hasAttribute("aria-label") || field.hasAttribute("aria-labelledby")) return true;
  return field instanceof HTMLInputElement && (field.labels?.length ?? 0) > 0;
}

function name(box: Element): void {
  const label = box.querySelector(":scope > * > label, :scope > label");
  if (label === null) return;
  const labelled = idOf(label, `${box.id}_words`);
  if (box.getAttribute("role") === null && box.querySelector("[type=radio], [type=checkbox]") !== null) {
    box.setAttribute("role", "group");
    box.setAttribute("aria-labelledby", labelled);
  }
  const describing = [...box.querySelectorAll(".hint, .validation-message")].map((one, n) => idOf(one, `${box.id}_more${n}`));
  for (const field of box.querySelectorAll(FIELDS)) {
    if (!isNamed(field)) field.setAttribute("aria-labelledby", labelled);
    if (describing.length > 0) field.setAttribute("aria-describedby", describing.join(" "));
  }
}

const BOX = ".question-container";

/** The questions that something new stands in, or that are new themselves. */
function touched(records: MutationRecord[]): Set<Element> {
  const boxes = new Set<Element>();
  for (const { target, addedNodes } of records) {
    const around = target instanceof Element ? target.closest(BOX) : null;
    if (around !== null) boxes.add(around);
    for (const node of addedNodes) {
      if (!(node instanceof Element)) continue;
      if (node.matches(BOX)) boxes.add(node);
      for (const box of node.querySelectorAll(BOX)) boxes.add(box);
    }
  }
  return boxes;
}

/** Name what is there, and what comes. */
export function startNaming(form: HTMLElement): void {
  new MutationObserver((records) => { touched(records).forEach(name); })
    .observe(form, { childList: true, subtree: true });
  form.querySelectorAll(BOX).forEach(name);
}
