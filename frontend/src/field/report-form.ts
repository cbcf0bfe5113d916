/** The short report as a form on the phone: the desk's questions and limits, checked here first. */
import { el } from "./drawing";
import type { Choice, Field, Given } from "./house";
import { of, word } from "./words";

export type Values = Record<string, string | string[] | number | boolean | null>;

/** How the list of tellers names the survivor herself. */
const SURVIVOR = "korban";
/** Signs of a day in ISO 8601. */
const DAY = 10;

/** One report on the page. `changed` is called with every change of it. */
export class ReportForm {
  readonly element: HTMLElement;
  private readonly places: Map<string, string>;
  private readonly codes: Map<string, string>;
  private readonly faults = new Map<string, HTMLElement>();
  private readonly asked: HTMLElement[] = [];

  constructor(
    private readonly given: Given, private readonly values: Values, private readonly changed: () => void,
  ) {
    this.places = new Map(given.areas.map(([code, name]) => [name.toLowerCase(), code]));
    this.codes = new Map(given.areas);
    this.element = el("form", { class: "stack", marks: { autocomplete: "off", novalidate: "" } });
    this.element.addEventListener("submit", (event) => { event.preventDefault(); });
    for (const part of given.report) {
      const body = el("div", { class: "card-body stack" }, ...part.fields.map((field) => this.draw(field)));
      this.element.append(el("section", { class: "card" },
        el("div", { class: "card-header" }, el("h2", {}, of(part.title))), body));
    }
    const list = el("datalist", { id: "places" }, ...given.areas.map(([, name]) => el("option", { marks: { value: name } })));
    this.element.append(list);
    this.turn();
  }

  /** Whether all is well; otherwise every fault stands at its question, and the first is shown. */
  check(now: number): boolean {
    for (const place of this.faults.values()) place.replaceChildren();
    const wrong = [...this.wrong(now)];
    for (const [name, words] of wrong) this.faults.get(name)?.replaceChildren(words);
    const [first] = wrong;
    if (first !== undefined) this.faults.get(first[0])?.parentElement?.querySelector<HTMLElement>("input, select, textarea")?.focus();
    return wrong.length === 0;
  }

  private *wrong(now: number): Generator<[string, string]> {
    for (const field of this.given.report.flatMap((part) => part.fields)) {
      const value = this.values[field.name];
      const text = typeof value === "string" ? value.trim() : "";
      if (field.kind === "area" && text !== "" && !this.codes.has(text)) yield [field.name, word("notListed")];
      else if (field.required && text === "") yield [field.name, word("required")];
      else if (["line", "long"].includes(field.kind) && text.length > field.most) yield [field.name, word("tooLong")];
      else if (field.kind === "number" && typeof value === "number" && !(value >= 0 && value <= field.most)) {
        yield [field.name, word("impossible")];
      }
    }
    yield* this.wrongTimes(now);
  }

  private *wrongTimes(now: number): Generator<[string, string]> {
    const { happened_on: happened, reported_at: reported } = this.values;
    const told = typeof reported === "string" && reported !== "" ? Date.parse(reported) : now;
    if (told > now) yield ["reported_at", word("future")];
    if (typeof happened !== "string" || happened === "") return;
    // Days of the far east of the country begin first; the house looks again.
    const dayOf = (at: number): string => new Date(at + 9 * 3_600_000).toISOString().slice(0, DAY);
    if (happened > dayOf(now)) yield ["happened_on", word("future")];
    else if (happened > dayOf(told)) yield ["happened_on", word("afterReport")];
    else if (Number(happened.slice(0, 4)) < new Date(now).getFullYear() - 125) yield ["happened_on", word("tooOld")];
  }

  private draw(field: Field): HTMLElement {
    const id = `q-${field.name}`;
    const fault = el("p", { class: "field-error", id: `${id}-fault`, marks: { role: "alert" } });
    this.faults.set(field.name, fault);
    const hint = of(field.hint) === "" ? null : el("p", { class: "field-help" }, of(field.hint));
    const grouped = field.kind === "many" || (field.kind === "one" && field.choices.length <= 3);
    const control = this.control(field, id);
    control.setAttribute("aria-describedby", fault.id);
    if (field.kind === "yes") return el("div", { class: "field" }, el("label", { class: "choice" }, control, of(field.label)), fault);
    const label = grouped ? el("legend", { class: "field-name" }) : el("label", { class: "field-name", marks: { for: id } });
    label.append(of(field.label));
    if (of(field.about) !== "") {
      label.dataset["survivor"] = of(field.label);
      label.dataset["other"] = of(field.about);
      this.asked.push(label);
    }
    return el(grouped ? "fieldset" : "div", { class: "field" }, label, hint, control, fault);
  }

  private control(field: Field, id: string): HTMLElement {
    const value = this.values[field.name];
    const text = typeof value === "string" ? value : "";
    if (field.kind === "many" || (field.kind === "one" && field.choices.length <= 3)) return this.chips(field, id);
    if (field.kind === "one") {
      const select = el("select", { class: "form-select", id }, this.option(["", word("choose"), word("choose")], text),
        ...field.choices.map((choice) => this.option(choice, text)));
      return this.heard(select, field.name, () => select.value);
    }
    if (field.kind === "long") {
      const area = el("textarea", { class: "form-control", id, marks: { rows: "6", autocomplete: "off" } });
      area.value = text;
      return this.heard(area, field.name, () => area.value);
    }
    return this.input(field, id, value);
  }

  private input(field: Field, id: string, value: Values[string] | undefined): HTMLElement {
    const types: Partial<Record<Field["kind"], string>> = { yes: "checkbox", number: "number", date: "date", moment: "datetime-local" };
    const input = el("input", { class: "form-control", id, marks: { type: types[field.kind] ?? "text", autocomplete: "off" } });
    if (field.kind === "yes") {
      input.className = "";
      input.checked = value !== false;
      return this.heard(input, field.name, () => input.checked);
    }
    if (field.kind === "number") {
      input.value = typeof value === "number" ? String(value) : "";
      return this.heard(input, field.name, () => (input.value === "" ? null : Math.trunc(Number(input.value))));
    }
    if (field.kind === "area") {
      input.setAttribute("list", "places");
      input.value = typeof value === "string" ? this.codes.get(value) ?? value : "";
      // What fits no place of the list stays as typed, so that it is neither lost nor sent.
      return this.heard(input, field.name, () => this.places.get(input.value.trim().toLowerCase()) ?? input.value);
    }
    if (field.kind === "moment") {
      input.value = typeof value === "string" && value !== "" ? local(new Date(value)) : "";
      return this.heard(input, field.name, () => (input.value === "" ? "" : new Date(input.value).toISOString()));
    }
    input.value = typeof value === "string" ? value : "";
    return this.heard(input, field.name, () => input.value);
  }

  private chips(field: Field, id: string): HTMLElement {
    const type = field.kind === "many" ? "checkbox" : "radio";
    const value = this.values[field.name];
    const chosen = new Set(Array.isArray(value) ? value : [value]);
    const choices: Choice[] = type === "radio" ? [...field.choices, ["", word("unanswered"), word("unanswered")]] : field.choices;
    const box = el("div", { class: "chips" }, ...choices.map((choice, place) => {
      const input = el("input", { id: place === 0 ? id : `${id}-${place}`, marks: { type, name: id, value: choice[0] } });
      input.checked = chosen.has(choice[0]) || (type === "radio" && choice[0] === "" && (value ?? "") === "");
      return el("label", { class: "chip" }, input, of([choice[1], choice[2]]));
    }));
    const read = (): string | string[] => {
      const on = [...box.querySelectorAll<HTMLInputElement>("input:checked")].map((each) => each.value);
      return type === "radio" ? on[0] ?? "" : on;
    };
    return this.heard(box, field.name, read);
  }

  private option(choice: Choice, chosen: string): HTMLOptionElement {
    const made = el("option", { marks: { value: choice[0] } }, of([choice[1], choice[2]]));
    made.selected = choice[0] === chosen;
    return made;
  }

  private heard<Kind extends HTMLElement>(control: Kind, name: string, read: () => Values[string]): Kind {
    control.addEventListener("input", () => {
      this.values[name] = read();
      if (name === "reporter_kind") this.turn();
      this.changed();
    });
    return control;
  }

  /** The questions are worded for whoever is speaking. */
  private turn(): void {
    const speaker = this.values["reporter_kind"] === SURVIVOR ? "survivor" : "other";
    for (const label of this.asked) label.textContent = label.dataset[speaker] ?? "";
  }
}

function local(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
