"""A phone with the installed page: prepared, taken off the line, looked through byte by byte."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from playwright.sync_api import FrameLocator, Page, expect
from tests.offline_items import Phone as Sealing

PAGE, SEND = "/lapangan/", "**/lapangan/kirim/"
PIN = "482913"

# Resolves once the worker answers for the page.
_CONTROLLED = """() => new Promise((done) => {
  if (navigator.serviceWorker.controller !== null) done();
  else navigator.serviceWorker.addEventListener('controllerchange', () => { done(); }); })"""
# Everything that this origin keeps in the browser, as bytes in base64, by the place it lies in.
_DUMP = """async () => {
  const found = [];
  const put = (place, bytes) => {
    let text = '';
    for (let at = 0; at < bytes.length; at += 8192)
      text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    found.push([place, btoa(text)]);
  };
  const words = (place, text) => put(place, new TextEncoder().encode(text));
  const walk = (place, value) => {
    if (value instanceof ArrayBuffer) put(place, new Uint8Array(value));
    else if (ArrayBuffer.isView(value)) put(place, new Uint8Array(value.buffer));
    else if (value instanceof CryptoKey) words(place, `key, extractable: ${value.extractable}`);
    else if (value !== null && typeof value === 'object') {
      for (const [name, each] of Object.entries(value)) { words(place, name); walk(place, each); }
    } else words(place, String(value));
  };
  const asked = (request) => new Promise((ok, no) => {
    request.onsuccess = () => ok(request.result); request.onerror = () => no(request.error); });
  for (const { name } of await indexedDB.databases()) {
    const base = await asked(indexedDB.open(name));
    for (const store of base.objectStoreNames) {
      const from = base.transaction(store).objectStore(store);
      walk(`IndexedDB ${name}/${store}`, await asked(from.getAll()));
    }
    base.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      words(`Cache ${name}`, request.url);
      put(`Cache ${name}`, new Uint8Array(await (await cache.match(request)).arrayBuffer()));
    }
  }
  walk('localStorage', { ...localStorage });
  walk('sessionStorage', { ...sessionStorage });
  words('cookies', document.cookie);
  words('history', location.href + JSON.stringify(history.state) + document.title);
  return found;
}"""


def encodings(word: str) -> list[bytes]:
    """One word in every way in which a page might have written it down."""
    plain = word.encode()
    # Of base64 only what does not depend on the neighbours, at each of the three places.
    inner = [base64.b64encode(b"\\0" * n + plain)[4 if n else 0 : -4] for n in range(3)]
    return [
        plain, word.lower().encode(), word.upper().encode(), word.encode("utf-16-le"),
        word.encode("utf-16-be"), plain.hex().encode(), plain.hex().upper().encode(),
        quote(word).encode(), word.replace(" ", "+").encode(), word[::-1].encode(),
        json.dumps(word).encode().strip(b'"'), *inner,
    ]  # fmt: skip


_ENQUEUE = """([id, person, data]) => new Promise((done) => {
  const open = indexedDB.open('rangkul.field');
  open.onsuccess = () => {
    const within = open.result.transaction('queue', 'readwrite');
    within.objectStore('queue').add({ id, person, kind: 'form', made: Date.now(), state: 'ready',
      data: Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0)) });
    within.oncomplete = () => { open.result.close(); done(); }; }; })"""


@dataclass
class Phone:
    """One browser with the installed page open in it."""

    page: Page
    base: str
    pin: str = PIN
    planted: list[str] = field(default_factory=list)

    def prepare(self) -> None:
        """Online and signed in: choose a PIN and take everything along."""
        self.page.goto(self.base + PAGE)
        self.page.evaluate(_CONTROLLED)
        self.page.locator("#pin").fill(self.pin)
        self.page.locator("#pin-again").fill(self.pin)
        self.page.get_by_role("button", name="Siapkan untuk luring").click()
        expect(self.page.get_by_text("Siap dipakai tanpa jaringan")).to_be_visible()

    def leave_the_line(self) -> None:
        """No network from here on; the page is opened anew, as from the home screen."""
        self.page.context.set_offline(True)
        self.page.reload()

    def find_the_line(self) -> None:
        """The network is back; the page notices by itself."""
        self.page.context.set_offline(False)

    def unlock(self, pin: str = "") -> None:
        """Type a PIN."""
        self.page.locator("#pin").fill(pin or self.pin)
        self.page.get_by_role("button", name="Buka", exact=True).click()

    def say(self, label: str, words: str) -> None:
        """Fill in one field with words that must be found nowhere."""
        self.planted.append(words)
        self.page.get_by_label(label, exact=True).fill(words)

    def begin_form(self, title: str) -> FrameLocator:
        """Begin a form of the first file; the frame, once it can be answered."""
        self.page.get_by_label("Formulir", exact=True).select_option(label=title)
        self.page.get_by_label("Nomor berkas").select_option(index=1)
        self.page.get_by_role("button", name="Mulai").click()
        frame = self.page.frame_locator(".form-frame")
        frame.locator(".question-container").first.wait_for(timeout=60_000)
        return frame

    def finish(self) -> None:
        """Seal it."""
        self.page.locator("[data-finish]").click()

    @property
    def waiting(self) -> int:
        """How many items the queue shows."""
        return self.page.locator("#queue > li").count()

    def found(self) -> list[str]:
        """Where any planted word lies, in any encoding."""
        places = set()
        for place, data in self.page.evaluate(_DUMP):
            kept = base64.b64decode(data)
            for word in self.planted:
                if any(each in kept for each in encodings(word)):
                    places.add(place)
        return sorted(places)

    def places(self) -> int:
        """How many values this origin keeps."""
        return len(self.page.evaluate(_DUMP))

    def queued(self) -> list[str]:
        """The sealed items, in base64."""
        items: list[str] = self.page.evaluate(
            """() => new Promise((done) => {
              const open = indexedDB.open('rangkul.field');
              open.onsuccess = () => {
                const all = open.result.transaction('queue').objectStore('queue').getAll();
                all.onsuccess = () => { open.result.close(); done(all.result.map((one) =>
                  btoa(String.fromCharCode(...one.data)))); }; }; })"""
        )
        return items

    def form_id(self, code: str) -> str:
        """Which version of a form is in use."""
        forms = self._given()["forms"]
        return str(next(form["id"] for form in forms if form["code"] == code))

    def enqueue(self, content: dict[str, str]) -> None:
        """Put an item into the queue that was sealed by another hand."""
        given = self._given()
        point = base64.b64decode(given["key"]["point"])
        other = Sealing(bytes.fromhex(given["person"]), given["key"]["number"], point)
        item = uuid4()
        data = base64.b64encode(other.seal(content, item)).decode()
        self.page.evaluate(_ENQUEUE, [str(item), given["person"], data])

    def _given(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate(
            "fetch('/lapangan/siapkan/').then((answer) => answer.json())"
        )
        return found

    def send_by_hand(self, item: str, times: int) -> list[dict[str, Any]]:
        """Hand one item over several times at once, as a doubled line would; what was answered."""
        answers: list[dict[str, Any]] = self.page.evaluate(
            """async ([item, times]) => {
              const { token } = await (await fetch('/lapangan/saya/')).json();
              const data = Uint8Array.from(atob(item), (sign) => sign.charCodeAt(0));
              const headers = {
                'X-CSRFToken': token, 'Content-Type': 'application/octet-stream' };
              const one = async () => (await fetch('/lapangan/kirim/',
                { method: 'POST', body: data, headers })).json();
              return Promise.all(Array.from({ length: times }, one)); }""",
            [item, times],
        )
        return answers
