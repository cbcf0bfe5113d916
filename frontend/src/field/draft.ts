/** What is not finished: kept under the PIN with every change, and sealed for good when it is. */
import type { Given } from "./house";
import { closed, openedWith } from "./pin";
import { sealed } from "./seal";
import * as store from "./store";
import type { Values } from "./report-form";

const QUIET = 400;

export type Content =
  | { kind: "report"; values: Values }
  | { kind: "form"; form: string; case: string; instance: string };

export type Keeping = "saving" | "saved" | "notSaved";

/** One draft under the PIN's key, with its number, which its item will bear. */
export class Draft {
  private timer = 0;
  private running: Promise<void> = Promise.resolve();
  private isOver = false;
  private isKept = true;

  constructor(
    private readonly key: CryptoKey, readonly id: string, public content: Content, public at: number,
    private readonly told: (state: Keeping) => void = () => undefined,
  ) {}

  /** Changed: kept a moment later, or with the next `flush`. */
  note(): void {
    this.isKept = false;
    this.told("saving");
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => { void this.flush(); }, QUIET);
  }

  /** Keep it now. */
  flush(): Promise<void> {
    window.clearTimeout(this.timer);
    this.running = this.running.then(async () => {
      if (this.isOver || this.isKept) return;
      this.isKept = true;
      this.at = Date.now();
      try {
        const row = await closed(this.key, this.id, this.content);
        await store.putKept({ id: this.id, at: this.at, ...row });
        if (this.isKept) this.told("saved");
      } catch {
        this.isKept = false;
        this.told("notSaved");
      }
    });
    return this.running;
  }

  /** Seal it to the agency and put it into the queue; rejects where another tab was first. */
  async finish(given: Given, hour: number): Promise<void> {
    window.clearTimeout(this.timer);
    await this.running;
    const { person, key } = given;
    const content = { ...said(this.content), made: new Date(hour).toISOString() };
    const data = await sealed(this.id, person, key, content);
    await store.enqueue({ id: this.id, kind: this.content.kind, made: hour, person, state: "ready", data });
    this.isOver = true;
  }

  async drop(): Promise<void> {
    this.isOver = true;
    window.clearTimeout(this.timer);
    await this.running;
    await store.dropKept(this.id);
  }
}

function said(content: Content): object {
  return content.kind === "report" ? { kind: content.kind, report: content.values } : content;
}

/** Every draft that this key opens, the newest first. */
export async function drafts(key: CryptoKey, except: string): Promise<Draft[]> {
  const found: Draft[] = [];
  for (const row of await store.allKept()) {
    if (row.id === except) continue;
    found.push(new Draft(key, row.id, await openedWith<Content>(key, row.id, row), row.at));
  }
  return found.sort((one, other) => other.at - one.at);
}
