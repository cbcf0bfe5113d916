/** On a phone the parts of a file stand in one row: the present one is brought into sight. */

/** Wake `.section-list`. */
export function startSections(): void {
  const row = document.querySelector<HTMLElement>(".section-list");
  const here = row?.querySelector<HTMLElement>("[aria-current]");
  if (row === null || here === null || here === undefined) return;
  // Only the row moves; the page stays where it is.
  row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.clientWidth) / 2;
}
