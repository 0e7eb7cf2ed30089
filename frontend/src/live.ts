/**
 * Live messages. One tab per browser holds the EventSource (Web Locks choose it) and tells the others over a
 * BroadcastChannel. When the stream cannot be reached that tab polls instead.
 */
import { all, one, setting } from "./dom";
import { showToast, type Toast } from "./toasts";

interface Message {
  kind: string;
  data: Record<string, unknown>;
}

const POLL = 30000;
const GIVE_UP = 3;

const scope = `${setting("workspace")}:${setting("person")}`;
const channel = "BroadcastChannel" in window ? new BroadcastChannel(`ponte:live:${scope}`) : null;

export function showUnread(count: number): void {
  for (const badge of all("[data-unread]")) {
    badge.textContent = count > 99 ? "99+" : String(count);
    badge.hidden = count === 0;
  }
}

/** Every message becomes an event on the body: `hx-trigger="ponte:notification from:body"` listens to it. */
function deliver(message: Message): void {
  const { kind, data } = message;
  if (typeof data["unread"] === "number") showUnread(data["unread"]);
  if (kind === "notification" && typeof data["title"] === "string" && !document.hidden) {
    const toast: Toast = { text: data["title"], tone: "info" };
    if (typeof data["url"] === "string" && data["url"]) toast.link = data["url"];
    showToast(toast);
  }
  document.body.dispatchEvent(new CustomEvent(`ponte:${kind}`, { detail: data, bubbles: true }));
}

function tell(message: Message): void {
  channel?.postMessage(message);
  deliver(message);
}

async function poll(): Promise<void> {
  const url = setting("poll");
  if (!url || document.hidden || !navigator.onLine) return;
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const body = (await answer.json()) as { unread?: number; messages?: Message[] };
    if (typeof body.unread === "number") tell({ kind: "unread", data: { unread: body.unread } });
    for (const message of body.messages ?? []) tell(message);
  } catch {
    // the next turn asks again
  }
}

function startPolling(): void {
  void poll();
  window.setInterval(() => void poll(), POLL);
}

function listen(url: string): Promise<void> {
  return new Promise((stop) => {
    let failures = 0;
    const source = new EventSource(url, { withCredentials: true });
    source.addEventListener("open", () => (failures = 0));
    source.addEventListener("message", (event) => tell(JSON.parse(event.data as string) as Message));
    source.addEventListener("error", () => {
      failures += 1;
      if (failures < GIVE_UP && source.readyState !== EventSource.CLOSED) return;
      source.close();
      startPolling();
      stop();
    });
  });
}

/** Opens the stream, or polls where it isn't offered. Held until the tab goes away. */
async function lead(): Promise<void> {
  const url = setting("live");
  if (!url || !("EventSource" in window)) startPolling();
  else await listen(url);
  await new Promise<never>(() => undefined);
}

export function startLive(): void {
  if (!one("[data-unread]") || !(setting("live") || setting("poll"))) return;
  channel?.addEventListener("message", (event) => deliver(event.data as Message));
  if ("locks" in navigator) void navigator.locks.request(`ponte:live:${scope}`, lead);
  else void lead();
}
