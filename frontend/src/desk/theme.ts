/** Remembers light or dark in a cookie, so that the server's next page arrives in it. */

const YEAR = 31_536_000;

function remember(choice: string): void {
  const age = choice === "" ? 0 : YEAR;
  const isSecure = location.protocol === "https:";
  const [prefix, secure] = isSecure ? ["__Host-", "; secure"] : ["", ""];
  document.cookie = `${prefix}rangkul_theme=${choice}; path=/; max-age=${age}; samesite=lax${secure}`;
}

/** Wake the `[data-theme-choice]` buttons. */
export function startTheme(): void {
  const buttons = document.querySelectorAll<HTMLButtonElement>("[data-theme-choice]");
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const choice = button.dataset["themeChoice"] ?? "";
      if (choice === "") delete document.documentElement.dataset["theme"];
      else document.documentElement.dataset["theme"] = choice;
      remember(choice);
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    });
  }
}
