/**
 * The page of a form: opens its frame, keeps what is typed there, and sends what is whole.
 *
 * The instance stands in a field of an ordinary form, so that autosave, the tab's own keeping and
 * the warning before leaving work here as everywhere.
 */
import "./styles/form.scss";
import { FormFrame } from "./form-page-frame";
import { words } from "./form-page-words";
import type { Language, Problem, Report } from "./form-frame/protocol";

const PATIENCE = 30_000;
const ROOM_ABOVE = 96;

interface Given {
  form: string;
  problems: Problem[];
}

class FormPage {
  private frame: FormFrame | null = null;
  private readonly field: HTMLTextAreaElement;
  private readonly given: Given;
  // What the frame says first is what it was given, or a new form's own beginning.
  private isNew = true;
  private timer = 0;

  constructor(private readonly form: HTMLFormElement) {
    this.field = form.elements.namedItem("instance") as HTMLTextAreaElement;
    this.given = JSON.parse(document.getElementById("form-given")?.textContent ?? "") as Given;
    form.addEventListener("input", (event) => {
      // Words of before, brought back into the field: the form is opened with them.
      if (event.target === form && event.isTrusted === false && this.frame !== null && !this.storing) this.begin();
    });
    for (const button of document.querySelectorAll<HTMLButtonElement>("[data-form-send]")) {
      button.addEventListener("click", () => { this.frame?.send(); });
    }
    for (const button of document.querySelectorAll<HTMLButtonElement>("[data-form-language]")) {
      button.addEventListener("click", () => { this.speak(button.dataset["formLanguage"] as Language); });
    }
  }

  private storing = false;

  begin(): void {
    this.frame?.remove();
    this.isNew = true;
    this.say("opening", words.opening);
    this.frame = new FormFrame(this.form.dataset["frame"] ?? "", (report) => { this.hear(report); });
    this.frame.element.title = words.frame;
    this.frame.load(this.place("[data-form-place]"));
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => { this.broken("no answer"); }, PATIENCE);
  }

  private hear(report: Report): void {
    if (report.kind === "here") this.open();
    else if (report.kind === "ready") this.ready(report.languages);
    else if (report.kind === "size") this.grow(report.height);
    else if (report.kind === "changed") this.changed(report.instance, report.answered, report.of);
    else if (report.kind === "reach") this.reach(report.top);
    else if (report.kind === "refused") this.say("refused", words.refused(report.count, report.first));
    else if (report.kind === "filled") this.send(report.instance);
    else this.broken(report.told);
  }

  private open(): void {
    this.frame?.open({
      form: this.given.form,
      instance: this.field.value,
      language: this.language(),
      now: Number(document.body.dataset["rendered"]) * 1_000 + performance.now(),
      problems: this.given.problems,
    });
  }

  private language(): Language {
    return document.documentElement.lang.startsWith("en") ? "en" : "id";
  }

  private ready(languages: Language[]): void {
    window.clearTimeout(this.timer);
    this.say("ready", "");
    this.form.dataset["ready"] = "";
    this.press(this.language());
    for (const group of document.querySelectorAll<HTMLElement>("[data-form-languages]")) {
      group.hidden = languages.length < 2;
    }
  }

  private speak(language: Language): void {
    this.frame?.speak(language);
    this.press(language);
  }

  private press(language: Language): void {
    for (const button of document.querySelectorAll<HTMLButtonElement>("[data-form-language]")) {
      button.setAttribute("aria-pressed", String(button.dataset["formLanguage"] === language));
    }
  }

  private grow(height: number): void {
    if (this.frame !== null) this.frame.element.style.height = `${height}px`;
  }

  private changed(instance: string, answered: number, of: number): void {
    this.place("[data-form-progress]").textContent = words.answered(answered, of);
    const meter = document.querySelector<HTMLProgressElement>("[data-form-meter]");
    if (meter !== null) [meter.max, meter.value] = [Math.max(of, 1), answered];
    const before = this.field.value;
    this.field.value = instance;
    if (this.isNew) {
      this.isNew = false;
      return;
    }
    if (this.field.value === before) return;
    this.say("ready", "");
    this.storing = true;
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
    this.storing = false;
  }

  private reach(top: number): void {
    if (this.frame === null) return;
    const { element } = this.frame;
    element.focus({ preventScroll: true });
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const target = element.getBoundingClientRect().top + window.scrollY + top - ROOM_ABOVE;
    window.scrollTo({ top: Math.max(0, target), behavior: calm ? "auto" : "smooth" });
  }

  private send(instance: string): void {
    this.field.value = instance;
    this.form.requestSubmit();
  }

  private broken(told: string): void {
    window.clearTimeout(this.timer);
    this.say("broken", words.broken);
    this.place("[data-form-status]").title = told;
  }

  private say(state: string, text: string): void {
    const place = this.place("[data-form-status]");
    place.dataset["state"] = state;
    place.textContent = text;
    place.hidden = text === "";
  }

  private place(selector: string): HTMLElement {
    const found = document.querySelector<HTMLElement>(selector);
    if (found === null) throw new Error(`the form's page has no ${selector}`);
    return found;
  }
}

const form = document.querySelector<HTMLFormElement>("form[data-frame]");
if (form !== null) new FormPage(form).begin();
