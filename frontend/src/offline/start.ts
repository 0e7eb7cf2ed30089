/** Working without a network: the service worker, what the device keeps, and when it is sent or forgotten. */
import { ask } from "../dialogs";
import { on, one, setting } from "../dom";
import { language } from "../words";
import { startOfflineComposer } from "./composer";
import { startInstall } from "./install";
import { ownEntries, startQueue } from "./queue";
import { startPush } from "./push";
import { startQuick } from "./quick";
import { forgetSession, refreshSession } from "./session";
import { dropSession, getSession } from "./store";
import { sync } from "./sync";
import { say } from "./words";

const AGAIN = 30_000;

async function registerWorker(): Promise<void> {
  if (!("serviceWorker" in navigator) || !window.isSecureContext) return;
  const registration = await navigator.serviceWorker.register("/sw.js", { scope: "/", updateViaCache: "none" });
  if (!setting("workspace")) return;
  await navigator.serviceWorker.ready;
  registration.active?.postMessage({ kind: "language", language });
}

/** Logging out forgets the person on this device first; what still waits is told of. */
function startLeaving(): void {
  on<"submit", HTMLFormElement>("submit", "form[data-log-out]", (event, form) => {
    if (form.dataset["left"] !== undefined) return;
    event.preventDefault();
    void (async () => {
      const { own } = await ownEntries().catch(() => ({ own: [] }));
      if (own.length && !(await ask(say("leaveSure", { n: own.length }), say("leave")))) return;
      await forgetSession().catch(() => undefined);
      form.dataset["left"] = "";
      form.submit();
    })();
  });
}

/** The log-in page means that nobody is logged in; a page out of the browser's memory may be somebody else's. */
function startForgetting(): void {
  if (one("[data-log-in]")) void dropSession().catch(() => undefined);
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted || !setting("person")) return;
    void getSession().then((session) => session?.member !== setting("person") && location.reload());
  });
}

export function startOffline(): void {
  if (!("indexedDB" in window)) return;
  void registerWorker().catch(() => undefined);
  startInstall();
  startPush();
  startForgetting();
  startLeaving();
  startOfflineComposer();
  startQueue();
  startQuick();
  const turn = () => void sync().catch(() => undefined);
  void refreshSession().then(turn, () => undefined);
  window.addEventListener("online", turn);
  document.addEventListener("visibilitychange", () => document.hidden || turn());
  window.setInterval(() => document.hidden || turn(), AGAIN);
}
