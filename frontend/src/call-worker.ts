/** The service worker that shows a call while Rangkul is closed. It keeps nothing and fetches nothing. */

interface Pushed extends Event {
  data: { text(): string } | null;
  waitUntil(work: Promise<unknown>): void;
}

interface Pressed extends Event {
  notification: Notification;
  waitUntil(work: Promise<unknown>): void;
}

interface Worker {
  registration: ServiceWorkerRegistration;
  clients: { openWindow(url: string): Promise<unknown> };
  skipWaiting(): Promise<void>;
  addEventListener(name: string, act: (event: never) => void): void;
}

const worker = self as unknown as Worker;
// The payload is a language, nothing else.
const lines: Record<string, string> = { id: "Ada yang menunggu", en: "Something waits" };

worker.addEventListener("install", () => { void worker.skipWaiting(); });

worker.addEventListener("push", (event: Pushed) => {
  const line = lines[event.data?.text() ?? "id"] ?? "Ada yang menunggu";
  // One tag: ten calls are one notice.
  event.waitUntil(worker.registration.showNotification("Rangkul", { body: line, tag: "waits" }));
});

worker.addEventListener("notificationclick", (event: Pressed) => {
  event.notification.close();
  event.waitUntil(worker.clients.openWindow("/pemberitahuan/"));
});
