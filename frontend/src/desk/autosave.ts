/** Saves a form by itself while one listens and types; nothing typed is lost when the line or the session is. */
import * as drafts from "./drafts";
import { offerKept } from "./offering";
import { post } from "./server";
import { hour, words } from "./words";

const QUIET = 900;
const RETRY = 10_000;
const STALE = 409;

type State = "clean" | "dirty" | "saving" | "saved" | "offline" | "failed" | "stale" | "expired";

class Autosave {
  private timer = 0;
  private changed = false;
  private saving = false;
  private stale = false;

  constructor(private readonly form: HTMLFormElement, private readonly url: string) {
    offerKept(form);
    form.addEventListener("input", () => { this.touch(); });
    form.addEventListener("submit", () => { this.rest(); });
    window.addEventListener("online", () => { if (this.changed && !this.stale) this.after(0); });
  }

  private touch(): void {
    this.changed = true;
    drafts.keep(this.form);
    this.form.dataset["dirty"] = "";
    if (!this.stale) this.after(QUIET);
  }

  private after(milliseconds: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => { void this.save(); }, milliseconds);
  }

  /** The person sends the form herself: from here on the page's own answer counts. */
  private rest(): void {
    window.clearTimeout(this.timer);
    delete this.form.dataset["dirty"];
  }

  private async save(): Promise<void> {
    if (this.saving) return;
    if (!navigator.onLine) {
      this.show("offline", words.offline);
      return;
    }
    this.saving = true;
    this.changed = false;
    this.show("saving", words.saving);
    const answer = await post(this.url, new FormData(this.form));
    this.saving = false;
    if (answer.outcome === "done") this.settled();
    else if (answer.outcome === "expired") this.expired();
    else if (answer.outcome === "refused" && answer.status === STALE) this.overtaken(answer.sentence);
    else this.waiting(answer.outcome === "offline");
  }

  private settled(): void {
    if (this.changed) {
      this.after(QUIET);
      return;
    }
    drafts.forget(this.form);
    delete this.form.dataset["dirty"];
    this.show("saved", words.saved(hour(new Date())));
  }

  private waiting(offline: boolean): void {
    this.changed = true;
    this.show(offline ? "offline" : "failed", offline ? words.offline : words.failed);
    this.after(RETRY);
  }

  /** Somebody wrote since: trying again would never be taken, and must not look as if it were. */
  private overtaken(sentence: string): void {
    this.changed = true;
    this.stale = true;
    this.show("stale", sentence === "" ? words.stale : sentence);
  }

  private expired(): void {
    this.changed = true;
    this.show("expired", words.expired);
    const signIn = document.body.dataset["signInUrl"];
    if (signIn === undefined) return;
    const link = document.createElement("a");
    link.href = `${signIn}?next=${encodeURIComponent(location.pathname)}`;
    link.textContent = words.signIn;
    // Her words stay in this tab's drafts and are offered when she is back.
    link.addEventListener("click", () => { this.rest(); });
    this.place()?.append(" ", link);
  }

  private place(): HTMLElement | null {
    return this.form.querySelector("[data-autosave-status]")
      ?? document.querySelector(`[data-autosave-status="${CSS.escape(this.form.id)}"]`);
  }

  private show(state: State, text: string): void {
    const place = this.place();
    if (place === null) return;
    place.dataset["state"] = state;
    place.textContent = text;
  }
}

/** Wake every `<form data-autosave="URL">`, those that arrive later included. */
export function startAutosave(): void {
  const begin = (): void => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-autosave]:not([data-kept])")) {
      form.dataset["kept"] = "";
      new Autosave(form, form.dataset["autosave"] ?? "");
    }
  };
  begin();
  document.addEventListener("htmx:afterSettle", begin);
}
