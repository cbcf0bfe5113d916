/** A form of the field's standard on the phone: the same frame and messages as in a case file. */
import { FormFrame } from "../form-page-frame";
import type { Report } from "../form-frame/protocol";
import { el } from "./drawing";
import type { GivenForm } from "./house";
import { answered, spoken, toMend, word } from "./words";

const PATIENCE = 60_000;
const ROOM_ABOVE = 96;

/** What the page does with a filling. */
export interface Hears {
  changed(instance: string): void;
  filled(instance: string): void;
}

/** One filling, in its frame. */
export class Filling {
  readonly element: HTMLElement;
  private readonly status = el("p", { marks: { role: "status", "data-form-status": "" } });
  private readonly progress = el("p", { class: "detail", marks: { "data-form-progress": "" } });
  private readonly meter = el("progress", { class: "form-meter" });
  private readonly place = el("div", { class: "form-place" });
  private readonly frame: FormFrame;
  private readonly timer: number;
  private isNew = true;

  constructor(
    private readonly form: GivenForm, private instance: string, private readonly now: () => number,
    private readonly hears: Hears,
  ) {
    this.element = el("div", { class: "stack" }, this.progress, this.meter, this.status, this.place);
    this.frame = new FormFrame(document.body.dataset["frame"] ?? "", (report) => { this.hear(report); });
    this.frame.element.title = word("questions");
    this.say("opening", word("opening"));
    this.timer = window.setTimeout(() => { this.say("broken", word("broken")); }, PATIENCE);
  }

  /** Once its element stands on the page: a frame loads only there. */
  load(): void {
    this.frame.load(this.place);
  }

  /** Ask for the whole filling; it comes by `filled`, or what is to be mended is shown. */
  send(): void {
    this.frame.send();
  }

  remove(): void {
    window.clearTimeout(this.timer);
    this.frame.remove();
  }

  private hear(report: Report): void {
    if (report.kind === "here") this.open();
    else if (report.kind === "ready") this.ready();
    else if (report.kind === "size") this.frame.element.style.height = `${report.height}px`;
    else if (report.kind === "changed") this.changed(report.instance, report.answered, report.of);
    else if (report.kind === "reach") this.reach(report.top);
    else if (report.kind === "refused") this.say("refused", toMend(report.count, report.first));
    else if (report.kind === "filled") this.hears.filled(report.instance);
    else this.say("broken", word("broken"));
  }

  private open(): void {
    this.frame.open({
      form: this.form.xform, instance: this.instance, language: spoken(), now: this.now(), problems: [],
    });
  }

  private ready(): void {
    window.clearTimeout(this.timer);
    this.say("ready", "");
  }

  private changed(instance: string, done: number, total: number): void {
    this.progress.textContent = answered(done, total);
    [this.meter.max, this.meter.value] = [Math.max(total, 1), done];
    const before = this.instance;
    this.instance = instance;
    // What the frame says first is what it was given, or a new form's own beginning.
    if (!this.isNew && before !== instance) {
      this.say("ready", "");
      this.hears.changed(instance);
    }
    this.isNew = false;
  }

  private reach(top: number): void {
    const { element } = this.frame;
    element.focus({ preventScroll: true });
    const target = element.getBoundingClientRect().top + window.scrollY + top - ROOM_ABOVE;
    window.scrollTo({ top: Math.max(0, target) });
  }

  private say(state: string, text: string): void {
    this.status.dataset["state"] = state;
    this.status.textContent = text;
    this.status.hidden = text === "";
  }
}
