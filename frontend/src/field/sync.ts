/** Sends the queue, one item after the other; the house counts each once, however often it comes. */
import * as house from "./house";
import type { Said } from "./house";
import * as store from "./store";
import type { Queued } from "./store";

export type Round = "idle" | "running" | "sign-in" | "no-line" | "done";

/** What the house said in this opening of the page; after the next nothing of it is left. */
export interface Word {
  said: Said;
  address: string;
}

const ANOTHER: Said = [
  "Ditulis orang lain, atau untuk lembaga lain. Penulisnya perlu masuk untuk mengirimnya.",
  "Written by somebody else, or for another agency. Its writer signs in to send it.",
];

export class Sync {
  round: Round = "idle";
  done = 0;
  total = 0;
  taken = 0;
  readonly words = new Map<string, Word>();

  constructor(private readonly changed: () => void) {}

  /** Send what is ready; with `again` those too that wait for a person or were refused. */
  async run(again = false): Promise<void> {
    await navigator.locks.request("rangkul.field-sync", async () => {
      const items = (await store.queue()).filter((each) => again || each.state === "ready");
      if (items.length === 0) return;
      [this.done, this.total] = [0, items.length];
      this.say("running");
      const who = await house.present();
      if (who.outcome !== "done") {
        this.say(who.outcome);
        return;
      }
      for (const item of items) {
        const gone = await this.send(item, who.told);
        if (gone !== "done") {
          this.say(gone);
          return;
        }
        this.done += 1;
        this.say("running");
      }
      this.say("done");
    });
  }

  private async send(item: Queued, who: house.Present): Promise<"done" | "sign-in" | "no-line"> {
    if (item.person !== who.person) {
      this.words.set(item.id, { said: ANOTHER, address: "" });
      return "done";
    }
    const answer = await house.send(item.data, who.token);
    if (answer.outcome !== "done") return answer.outcome;
    const { state, said, address } = answer.told;
    if (state === "taken") {
      await store.dropQueued(item.id);
      this.words.delete(item.id);
      this.taken += 1;
      return "done";
    }
    this.words.set(item.id, { said, address });
    await store.putQueued({ ...item, state });
    return "done";
  }

  private say(round: Round): void {
    this.round = round;
    this.changed();
  }
}
