/** The queue as it is shown, locked or not: kind, hour, size and state, and how the sending goes. */
import { asking, button, card, el, notice } from "./drawing";
import * as store from "./store";
import type { Queued } from "./store";
import type { Sync } from "./sync";
import { moment, of, size, taken, word } from "./words";

const LONG = 7 * 86_400_000;

/** The card; `changed` draws the page anew. */
export async function queueCard(sync: Sync, changed: () => void): Promise<HTMLElement> {
  const items = await store.queue();
  const list = el("ul", { class: "field-list", id: "queue" }, ...items.map((item) => row(item, sync, changed)));
  const again = items.some((item) => item.state !== "ready");
  return card(word("queue"),
    items.length === 0 ? el("p", {}, word("noQueue")) : list,
    el("p", { class: "detail" }, word("queueHelp")),
    status(sync),
    items.length === 0 ? null : button(word(again ? "checkAgain" : "sendNow"), () => { void sync.run(true); }, "btn btn-primary btn-wide"));
}

function status(sync: Sync): HTMLElement | null {
  const { round, done, total } = sync;
  if (round === "running") {
    return el("div", { class: "stack-tight", marks: { role: "status" } }, `${word("sending")} ${done}/${total}`,
      el("progress", { class: "form-meter", marks: { max: String(total), value: String(done) } }));
  }
  if (round === "sign-in") {
    const link = el("a", { class: "btn", marks: { href: signInAddress() } }, word("signIn"));
    return el("div", { class: "notice notice-soon" }, link);
  }
  if (round === "no-line") return notice(word("noLine"));
  return sync.taken === 0 ? null : notice(taken(sync.taken), "good");
}

function row(item: Queued, sync: Sync, changed: () => void): HTMLElement {
  const said = sync.words.get(item.id);
  const isOld = Date.now() - item.made > LONG;
  const remove = (): void => { void store.dropQueued(item.id).then(changed); };
  return el("li", { marks: { "data-state": item.state } },
    el("p", { class: "strong" }, word(item.kind)),
    el("p", { class: "detail" }, `${moment(item.made)} · ${size(item.data.length)} · ${word(item.state)}`),
    isOld ? notice(word("old"), "soon") : null,
    said === undefined ? null : el("p", {}, of(said.said)),
    said === undefined || said.address === "" ? null
      : el("a", { class: "btn btn-sm", marks: { href: said.address } }, word("see")),
    item.state === "ready" ? null : asking(word("remove"), word("removeAsk"), word("yes"), word("no"), remove));
}

/** The sign-in page, and from there back here. */
export function signInAddress(): string {
  return `${document.body.dataset["signIn"] ?? "/"}?next=${encodeURIComponent(location.pathname)}`;
}
