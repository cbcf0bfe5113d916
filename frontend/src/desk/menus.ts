/** Menus that close as one expects, dialogs that open by a button, and the phone's search. */

function closeMenus(except?: Element | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]")) {
    if (menu !== except) menu.open = false;
  }
}

function openDialog(id: string): void {
  const dialog = document.getElementById(id);
  if (dialog instanceof HTMLDialogElement && !dialog.open) {
    closeMenus();
    dialog.showModal();
  }
}

function startSearchOnPhone(): void {
  const opener = document.querySelector<HTMLButtonElement>("[data-opens-search]");
  const form = document.querySelector<HTMLElement>("#search");
  const input = form?.querySelector("input[type=search]");
  if (opener === null || form === null || !(input instanceof HTMLInputElement)) return;
  const show = (open: boolean): void => {
    form.classList.toggle("open", open);
    opener.setAttribute("aria-expanded", String(open));
  };
  opener.addEventListener("click", () => { show(true); input.focus(); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && form.classList.contains("open")) { show(false); opener.focus(); }
  });
  form.addEventListener("focusout", (event) => {
    if (!(event.relatedTarget instanceof Node) || !form.contains(event.relatedTarget)) show(false);
  });
}

/** Wake `details[data-menu]` and `[data-opens="dialog-id"]`. */
export function startMenus(): void {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    closeMenus(event.target.closest("details[data-menu]"));
    const opener = event.target.closest<HTMLElement>("[data-opens]");
    if (opener !== null) openDialog(opener.dataset["opens"] ?? "");
    // A press on the veil around a dialog closes it.
    if (event.target instanceof HTMLDialogElement) event.target.close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector<HTMLDetailsElement>("details[data-menu][open]");
    if (menu === null) return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
  startSearchOnPhone();
}
