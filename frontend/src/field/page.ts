/** The installed page: prepared once online, opened by a PIN, written in anywhere. */
import { Draft, drafts, type Content, type Keeping } from "./draft";
import { asking, button, card, el, notice } from "./drawing";
import { Filling } from "./filling";
import * as house from "./house";
import type { Given } from "./house";
import * as pin from "./pin";
import { queueCard, signInAddress } from "./queue-card";
import { ReportForm } from "./report-form";
import * as store from "./store";
import { Sync } from "./sync";
import { day, of, speak, spoken, waitFor, word, wrongPin, moment, type Word } from "./words";

const IDLE = 5 * 60_000;
const LOOK = 60_000;

export class FieldPage {
  private key: CryptoKey | null = null;
  private given: Given | null = null;
  private draft: Draft | null = null;
  private filling: Filling | null = null;
  private lastHand = Date.now();
  private said: HTMLElement | null = null;
  private drawing = 0;
  private readonly sync = new Sync(() => { this.refreshQueue(); });

  constructor(private readonly main: HTMLElement) {}

  async start(): Promise<void> {
    const record = await store.lockRecord();
    if (record !== undefined) {
      speak(record.language);
      if (await pin.expire(record)) this.say(word("ended"), "soon");
    } else {
      speak(spoken());
    }
    this.watch();
    await this.show();
    void this.sync.run();
  }

  // -- what happens around it -----------------------------------------------------------------

  private watch(): void {
    const hand = (): void => { this.lastHand = Date.now(); };
    for (const name of ["pointerdown", "keydown", "input"]) document.addEventListener(name, hand);
    window.setInterval(() => { this.lockIfIdle(); }, 5_000);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") void this.draft?.flush();
      else this.lockIfIdle();
    });
    window.addEventListener("pagehide", () => { void this.draft?.flush(); });
    window.addEventListener("online", () => { void this.sync.run(); });
    window.setInterval(() => { if (navigator.onLine && this.sync.round !== "sign-in") void this.sync.run(); }, LOOK);
    // Whoever signs out or locks the desk in another tab locks this too.
    new BroadcastChannel("rangkul.field").addEventListener("message", () => { void this.lock(); });
    new BroadcastChannel("rangkul.lock").addEventListener("message", () => { void this.lock(); });
  }

  private lockIfIdle(): void {
    if (this.key !== null && Date.now() - this.lastHand > IDLE) void this.lock();
  }

  private async lock(): Promise<void> {
    await this.leave();
    [this.key, this.given, this.said] = [null, null, null];
    await this.show();
  }

  /** What is written is kept before the page shows something else. */
  private async leave(): Promise<void> {
    await this.draft?.flush();
    this.filling?.remove();
    [this.draft, this.filling] = [null, null];
  }

  private say(words: string, tone = ""): void {
    this.said = notice(words, tone);
  }

  private hour(): number {
    return Date.now() + (this.given?.ahead ?? 0);
  }

  // -- screens --------------------------------------------------------------------------------

  private async show(): Promise<void> {
    const turn = ++this.drawing;
    const record = await store.lockRecord();
    const parts = record === undefined ? this.fresh() : this.key === null ? this.lockedScreen() : await this.home(record);
    const queue = await queueCard(this.sync, () => { void this.show(); });
    if (turn !== this.drawing || this.draft !== null) return;
    queue.id = "queue-card";
    this.main.replaceChildren(this.head(), ...(this.said === null ? [] : [this.said]), ...parts, queue, this.foot());
  }

  private refreshQueue(): void {
    if (this.draft !== null) return;
    void queueCard(this.sync, () => { void this.show(); }).then((card) => {
      card.id = "queue-card";
      document.getElementById("queue-card")?.replaceWith(card);
    });
  }

  private head(): HTMLElement {
    const turn = button(word("other"), () => { void this.turnLanguage(); }, "btn btn-plain btn-sm");
    turn.lang = spoken() === "id" ? "en" : "id";
    const lock = this.key === null ? null : button(word("lock"), () => { void this.lock(); }, "btn btn-sm");
    const desk = el("a", { class: "btn btn-plain btn-sm", marks: { href: document.body.dataset["desk"] ?? "/" } }, word("toDesk"));
    return el("header", { class: "stack-tight" },
      el("div", { class: "field-top" }, desk, turn, lock), el("h1", {}, word("title")), el("p", { class: "lead" }, word("lead")));
  }

  private foot(): HTMLElement {
    const wipe = (): void => { void store.wipeAll().then(() => { location.reload(); }); };
    return el("footer", {}, asking(word("wipeAll"), word("wipeAsk"), word("yes"), word("no"), wipe));
  }

  private async turnLanguage(): Promise<void> {
    speak(spoken() === "id" ? "en" : "id");
    const record = await store.lockRecord();
    if (record !== undefined) await store.putLock({ ...record, language: spoken() });
    this.said = null;
    await this.show();
  }

  private fresh(): HTMLElement[] {
    const first = pinInput("pin");
    const second = pinInput("pin-again");
    const fault = el("p", { class: "field-error", marks: { role: "alert" } });
    const press = el("button", { class: "btn btn-primary btn-wide", marks: { type: "submit" } }, word("prepare"));
    const make = (event: Event): void => {
      event.preventDefault();
      const wrong = weakness(first.value, second.value);
      if (wrong !== null) fault.replaceChildren(word(wrong));
      else void this.prepareFirst(first.value, fault, press);
    };
    return [card(word("prepare"), el("p", {}, word("prepareLead")),
      el("form", { class: "stack", on: { submit: make } },
        labelled("pin", first, "pinHelp"), labelled("pinAgain", second), fault, press))];
  }

  private async prepareFirst(chosen: string, fault: HTMLElement, press: HTMLButtonElement): Promise<void> {
    press.setAttribute("aria-busy", "true");
    fault.replaceChildren(word("preparing"));
    const answer = await house.prepare();
    press.removeAttribute("aria-busy");
    if (answer.outcome !== "done") {
      fault.replaceChildren(...refusal(answer.outcome));
      return;
    }
    speak(answer.told.language);
    this.key = await pin.create(chosen, answer.told.language);
    await this.take(answer.told);
  }

  /** Put what was brought under the PIN's key. */
  private async take(given: Given): Promise<void> {
    if (this.key === null) return;
    await store.putKept({ id: pin.GIVEN, at: Date.now(), ...(await pin.closed(this.key, pin.GIVEN, given)) });
    const record = await store.lockRecord();
    if (record !== undefined) await store.putLock({ ...record, prepared: Date.now() });
    // Asked once, so that a full phone does not throw away what waits.
    await navigator.storage.persist();
    this.given = given;
    this.said = null;
    await this.show();
  }

  private lockedScreen(): HTMLElement[] {
    const input = pinInput("pin");
    const fault = el("p", { class: "field-error", marks: { role: "alert" } });
    const press = el("button", { class: "btn btn-primary btn-wide", marks: { type: "submit" } }, word("open"));
    const open = (event: Event): void => {
      event.preventDefault();
      press.setAttribute("aria-busy", "true");
      void this.unlock(input.value, fault).then(() => { press.removeAttribute("aria-busy"); });
      input.value = "";
    };
    const forget = (): void => { void store.wipeKept().then(() => { this.said = null; return this.show(); }); };
    return [card(word("locked"), el("form", { class: "stack", on: { submit: open } }, labelled("pin", input), fault, press),
      asking(word("forgotten"), word("forgottenAsk"), word("yes"), word("no"), forget))];
  }

  private async unlock(typed: string, fault: HTMLElement): Promise<void> {
    const opening = await pin.tryPin(typed);
    if (opening.outcome === "wrong") fault.replaceChildren(wrongPin(opening.left, opening.wait));
    else if (opening.outcome === "wait") fault.replaceChildren(waitFor(opening.wait));
    else if (opening.outcome === "wiped") {
      this.say(word("wiped"), "high");
      await this.show();
    } else {
      this.key = opening.key;
      this.lastHand = Date.now();
      const row = await store.kept(pin.GIVEN);
      this.given = row === undefined ? null : await pin.openedWith<Given>(opening.key, pin.GIVEN, row);
      await this.show();
    }
  }

  private async home(record: store.LockRecord): Promise<HTMLElement[]> {
    const { key, given } = this;
    if (key === null) return [];
    const unfinished = await drafts(key, pin.GIVEN);
    const parts = given === null ? [] : this.beginnings(given);
    const list = el("ul", { class: "field-list", id: "drafts" }, ...unfinished.map((each) => this.draftRow(each)));
    parts.push(card(word("drafts"), unfinished.length === 0 ? el("p", {}, word("noDrafts")) : list));
    const until = el("p", {}, given === null ? word("ended") : `${word("prepared")} ${day(record.prepared + pin.LIFE)}.`);
    const fault = el("p", { class: "field-error", marks: { role: "alert" } });
    const again = button(word("prepareAgain"), () => { void this.prepareAgain(fault); });
    parts.push(card(word("prepare"), until, navigator.serviceWorker.controller === null ? notice(word("installing"), "soon") : null,
      fault, again));
    return parts;
  }

  private async prepareAgain(fault: HTMLElement): Promise<void> {
    fault.replaceChildren(word("preparing"));
    const answer = await house.prepare();
    if (answer.outcome !== "done") fault.replaceChildren(...refusal(answer.outcome));
    else if (this.given !== null && this.given.person !== answer.told.person) fault.replaceChildren(word("notYours"));
    else await this.take({ ...answer.told, language: spoken() });
  }

  private beginnings(given: Given): HTMLElement[] {
    const parts: HTMLElement[] = [];
    if (given.report.length > 0) {
      const begin = (): void => { this.write(crypto.randomUUID(), { kind: "report", values: { reporter_confidential: true } }); };
      parts.push(card(word("newReport"), button(word("newReport"), begin, "btn btn-primary btn-wide")));
    }
    if (given.forms.length === 0 || given.cases.length === 0) return parts;
    const forms = el("select", { class: "form-select", id: "which-form" }, ...given.forms.map((form) =>
      el("option", { marks: { value: form.id } }, of(form.title))));
    const cases = el("select", { class: "form-select", id: "which-case" }, el("option", { marks: { value: "" } }, word("choose")),
      ...given.cases.map((number) => el("option", { marks: { value: number } }, number)));
    const begin = (): void => {
      if (cases.value === "") cases.focus();
      else this.write(crypto.randomUUID(), { kind: "form", form: forms.value, case: cases.value, instance: "" });
    };
    parts.push(card(word("newForm"), labelled("whichForm", forms), labelled("whichCase", cases),
      button(word("begin"), begin, "btn btn-primary btn-wide")));
    return parts;
  }

  private draftRow(draft: Draft): HTMLElement {
    const remove = (): void => { void draft.drop().then(() => this.show()); };
    return el("li", {}, el("p", { class: "strong" }, this.titleOf(draft.content)), el("p", { class: "detail" }, moment(draft.at)),
      el("div", { class: "actions" }, button(word("goOn"), () => { this.write(draft.id, draft.content); }, "btn btn-sm")),
      asking(word("drop"), word("dropAsk"), word("yes"), word("no"), remove));
  }

  private titleOf(content: Content): string {
    if (content.kind === "report") return word("report");
    const form = this.given?.forms.find((each) => each.id === content.form);
    return `${form === undefined ? word("form") : of(form.title)} · ${content.case}`;
  }

  // -- writing --------------------------------------------------------------------------------

  private write(id: string, content: Content): void {
    const { key, given } = this;
    if (key === null || given === null) return;
    const form = content.kind === "form" ? given.forms.find((each) => each.id === content.form) : undefined;
    if (content.kind === "form" && form === undefined) {
      this.say(word("gone"), "soon");
      void this.show();
      return;
    }
    const status = el("p", { class: "detail", marks: { role: "status", "data-kept": "" } });
    const told = (state: Keeping): void => { status.textContent = word(state); status.dataset["kept"] = state; };
    const draft = new Draft(key, id, content, Date.now(), told);
    this.draft = draft;
    const fault = el("p", { class: "field-error", marks: { role: "alert" } });
    let send: () => void;
    let body: HTMLElement;
    if (content.kind === "report") {
      const report = new ReportForm(given, content.values, () => { draft.note(); });
      body = report.element;
      send = () => { if (report.check(this.hour())) void this.finish(draft, fault); else fault.replaceChildren(word("mend")); };
    } else {
      const filling = new Filling(form as house.GivenForm, content.instance, () => this.hour(), {
        changed: (instance) => { content.instance = instance; this.lastHand = Date.now(); draft.note(); },
        filled: (instance) => { content.instance = instance; void this.finish(draft, fault); },
      });
      this.filling = filling;
      body = filling.element;
      send = () => { filling.send(); };
    }
    const back = button(word("back"), () => { void this.leave().then(() => this.show()); }, "btn btn-plain btn-sm");
    const done = button(word("finish"), send, "btn btn-primary btn-lg btn-wide");
    done.dataset["finish"] = "";
    this.main.replaceChildren(el("div", { class: "field-top" }, back, status), el("h1", {}, this.titleOf(content)), body,
      el("div", { class: "field-finish" }, fault, el("p", { class: "detail" }, word("finishHelp")), done));
    this.filling?.load();
    window.scrollTo({ top: 0 });
  }

  private async finish(draft: Draft, fault: HTMLElement): Promise<void> {
    if (this.given === null) return;
    try {
      await draft.finish(this.given, this.hour());
    } catch (problem) {
      const isTaken = problem instanceof DOMException && problem.name === "ConstraintError";
      fault.replaceChildren(word(isTaken ? "already" : "notSaved"));
      return;
    }
    this.filling?.remove();
    [this.draft, this.filling] = [null, null];
    this.say(word("sealed"), "good");
    await this.show();
    window.scrollTo({ top: 0 });
    void this.sync.run();
  }
}

/** No password field: the browser would offer to keep the PIN, on this very phone. */
function pinInput(id: string): HTMLInputElement {
  return el("input", { class: "form-control field-pin", id, marks: {
    type: "text", inputmode: "numeric", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
    maxlength: "64", required: "",
  } });
}

function labelled(name: Word, control: HTMLElement, help?: Word): HTMLElement {
  return el("div", { class: "field" }, el("label", { class: "field-name", marks: { for: control.id } }, word(name)),
    help === undefined ? null : el("p", { class: "field-help" }, word(help)), control);
}

function weakness(chosen: string, again: string): Word | null {
  if (chosen.length < pin.SHORTEST) return "pinShort";
  const row = "01234567890";
  const turned = [...row].reverse().join("");
  if (/^(.)\1*$/.test(chosen) || row.includes(chosen) || turned.includes(chosen)) return "pinEasy";
  return chosen === again ? null : "pinDiffers";
}

function refusal(outcome: "sign-in" | "no-line"): (Node | string)[] {
  if (outcome === "no-line") return [word("noLine")];
  return [word("signInFirst"), " ", el("a", { marks: { href: signInAddress() } }, word("signIn"))];
}
