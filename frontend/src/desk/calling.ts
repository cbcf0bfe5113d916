/** Signs this browser up for calls (Web Push), and off again, on the page where one says how. */
import { post } from "./server";

type State = "off" | "on" | "denied" | "failed";

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function text(key: ArrayBuffer | null): string {
  if (key === null) return "";
  const plain = btoa(String.fromCharCode(...new Uint8Array(key)));
  return plain.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function form(subscription: PushSubscription): FormData {
  const body = new FormData();
  body.set("endpoint", subscription.endpoint);
  body.set("p256dh", text(subscription.getKey("p256dh")));
  body.set("auth", text(subscription.getKey("auth")));
  return body;
}

function show(card: HTMLElement, state: State): void {
  for (const line of card.querySelectorAll<HTMLElement>("[data-state]")) {
    line.hidden = line.dataset["state"] !== state;
  }
  for (const button of card.querySelectorAll<HTMLElement>("[data-turn]")) {
    button.hidden = button.dataset["turn"] !== (state === "on" ? "off" : "on") || state === "denied";
  }
}

async function registered(card: HTMLElement): Promise<ServiceWorkerRegistration> {
  return navigator.serviceWorker.register(card.dataset["worker"] ?? "");
}

async function turnOn(card: HTMLElement): Promise<State> {
  if (await Notification.requestPermission() !== "granted") return "denied";
  const registration = await registered(card);
  await ready(registration);
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytes(card.dataset["key"] ?? ""),
  });
  const answer = await post(card.dataset["add"] ?? "", form(subscription));
  if (answer.outcome === "done") return "on";
  await subscription.unsubscribe();
  return "failed";
}

/** A worker that is not active yet cannot subscribe. */
async function ready(registration: ServiceWorkerRegistration): Promise<void> {
  const coming = registration.installing ?? registration.waiting;
  if (registration.active !== null || coming === null) return;
  await new Promise<void>((done) => {
    coming.addEventListener("statechange", () => { if (coming.state === "activated") done(); });
  });
}

async function turnOff(card: HTMLElement): Promise<State> {
  const subscription = await (await registered(card)).pushManager.getSubscription();
  if (subscription === null) return "off";
  const answer = await post(card.dataset["remove"] ?? "", form(subscription));
  if (answer.outcome !== "done") return "failed";
  await subscription.unsubscribe();
  return "off";
}

async function now(card: HTMLElement): Promise<State> {
  if (Notification.permission === "denied") return "denied";
  const known = await navigator.serviceWorker.getRegistration(card.dataset["worker"] ?? "");
  const subscription = await known?.pushManager.getSubscription();
  return subscription ? "on" : "off";
}

/** Wake `[data-call-browser]`, where the browser can receive calls at all. */
export function startCalling(): void {
  const card = document.querySelector<HTMLElement>("[data-call-browser]");
  if (card === null || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  const settle = (work: Promise<State>): void => {
    void work.catch((): State => "failed").then((state) => { show(card, state); });
  };
  settle(now(card));
  card.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-turn]") : null;
    if (button !== null) settle(button.dataset["turn"] === "on" ? turnOn(card) : turnOff(card));
  });
}
