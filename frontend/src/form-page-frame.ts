/** The frame of a form as its page holds it: what it is told, and what of its reports is taken. */
import { readReport, sealed, THEME, type Language, type Order, type Report, type Theme } from "./form-frame/protocol";

/** A document without an origin calls itself so. */
const NOWHERE = "null";

function theme(): { theme: Theme; dark: boolean } {
  const style = getComputedStyle(document.documentElement);
  const values: Theme = {};
  for (const name of THEME) values[name] = style.getPropertyValue(name).trim();
  return { theme: values, dark: style.colorScheme.includes("dark") };
}

/** One frame, for one opening of one form. */
export class FormFrame {
  readonly element = document.createElement("iframe");
  private readonly nonce = crypto.randomUUID();

  constructor(
    private readonly address: string,
    private readonly hear: (report: Report) => void,
  ) {
    this.element.className = "form-frame";
    this.element.referrerPolicy = "no-referrer";
    this.element.allow = "";
    window.addEventListener("message", this.listen);
    const dress = (): void => { this.tell({ kind: "theme", ...theme() }); };
    new MutationObserver(dress).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dress);
  }

  /** Put it on the page, and begin. */
  load(into: HTMLElement): void {
    this.element.src = `${this.address}#${this.nonce}`;
    into.append(this.element);
  }

  /** Take it away; what it still says is not heard. */
  remove(): void {
    window.removeEventListener("message", this.listen);
    this.element.remove();
  }

  open(what: Omit<Order & { kind: "open" }, "kind" | "theme" | "dark">): void {
    this.tell({ kind: "open", ...what, ...theme() });
  }

  speak(language: Language): void {
    this.tell({ kind: "speak", language });
  }

  send(): void {
    this.tell({ kind: "send" });
  }

  private tell(order: Order): void {
    // Nobody else can stand in this window: the page's own policy admits no foreign frame.
    this.element.contentWindow?.postMessage(sealed(order, this.nonce), "*");
  }

  private readonly listen = (event: MessageEvent<unknown>): void => {
    if (event.source !== this.element.contentWindow || event.origin !== NOWHERE) return;
    const report = readReport(event.data, this.nonce);
    if (report !== null) this.hear(report);
  };
}
