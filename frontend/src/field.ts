/** The entry of the installed page: its worker first, then the page. */
import "./styles/field.scss";
import { startTrusted } from "./desk/trusted";
import { el } from "./field/drawing";
import { FieldPage } from "./field/page";
import { word } from "./field/words";

const worker = document.body.dataset["worker"] ?? "";
const main = document.getElementById("main");

startTrusted(worker);
if (main !== null) {
  const isAble = window.isSecureContext && "serviceWorker" in navigator && "locks" in navigator;
  if (!isAble) {
    main.replaceChildren(el("p", { class: "notice notice-high" }, word("unable")));
  } else {
    void navigator.serviceWorker.register(worker, { updateViaCache: "none" });
    new FieldPage(main).start().catch(() => {
      main.replaceChildren(el("p", { class: "notice notice-high" }, word("unable")));
    });
  }
}
