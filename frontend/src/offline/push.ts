/** Notices on this device: asking the browser, telling the server, knowing which of the listed devices is this one. */
import { all, csrfToken, on, one, setting } from "../dom";
import { showToast, toastAfterReload } from "../toasts";
import { failureText } from "../net";
import { say } from "./words";

const OWNER = "ponte:push"; // whose notices this browser receives: a subscription outlives the log-in

const canPush = (): boolean => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window && window.isSecureContext;

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

async function subscription(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration();
  return (await registration?.pushManager.getSubscription()) ?? null;
}

async function digest(text: string): Promise<string> {
  const hashed = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(hashed)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function switchOn(button: HTMLElement): Promise<void> {
  if ((await Notification.requestPermission()) !== "granted") {
    showToast({ text: say("pushDenied"), tone: "warning" });
    return;
  }
  const registration = await navigator.serviceWorker.ready;
  const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(button.dataset["pushOn"] ?? "") });
  const { endpoint = "", keys = {} } = made.toJSON();
  const body = new URLSearchParams({ endpoint, p256dh: keys["p256dh"] ?? "", auth: keys["auth"] ?? "" });
  const answer = await fetch(button.dataset["url"] ?? "", { method: "POST", body, headers: { "X-CSRFToken": csrfToken() } });
  if (!answer.ok) {
    const told = answer.status === 422 ? ((await answer.json()) as { problems?: string[] }).problems : null;
    showToast({ text: told?.[0] ?? failureText(answer.status), tone: "error" });
    return;
  }
  localStorage.setItem(OWNER, `${setting("workspace")}:${setting("person")}`);
  toastAfterReload({ text: say("pushOn"), tone: "success" });
  location.reload();
}

/** Marks this browser among those listed, or offers to add it. */
async function show(button: HTMLElement): Promise<void> {
  const why = one("[data-push-closed]");
  if (!canPush()) {
    if (why) why.hidden = false;
    return;
  }
  const known = await subscription();
  const own = known && one(`[data-push-device="${await digest(known.endpoint)}"]`);
  const mark = own && one("[data-push-this]", own);
  if (mark) mark.hidden = false;
  button.hidden = Boolean(own);
}

/** Somebody else logged in on this browser: the notices of who was here before must not appear to them. */
async function keepOwner(): Promise<void> {
  const owner = localStorage.getItem(OWNER);
  const person = setting("person");
  if (!owner || !person || !canPush()) return;
  const [workspace, member] = owner.split(":");
  if (workspace !== setting("workspace") || member === person) return;
  localStorage.removeItem(OWNER);
  await (await subscription())?.unsubscribe();
}

export function startPush(): void {
  void keepOwner().catch(() => undefined);
  const [button] = all("[data-push-on]");
  if (!button) return;
  void show(button).catch(() => undefined);
  on("click", "[data-push-on]", () => void switchOn(button).catch(() => showToast({ text: say("pushFailed"), tone: "error" })));
}
