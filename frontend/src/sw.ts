/**
 * The service worker. It keeps the product's own files and one page without anybody's data, which it shows when a page
 * can't be reached. Pages and answers of the product are never kept, so there is nothing of one person to show to
 * another. The server writes `self.PONTE` before this script (`ponte.config.device.worker`).
 */

interface Extended extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetched extends Extended {
  request: Request;
  preloadResponse: Promise<Response | undefined>;
  respondWith(answer: Promise<Response>): void;
}
interface Told extends Extended {
  data: { kind?: string; language?: string } | null;
}
interface Pushed extends Extended {
  data: { json(): unknown } | null;
}
interface Clicked extends Extended {
  notification: Notification & { data: { url?: string } | null };
}
interface Window {
  url: string;
  focus(): Promise<unknown>;
  navigate(url: string): Promise<unknown>;
}
interface Worker {
  PONTE: {
    version: string;
    shell: string[];
    pages: Record<string, string>;
    offline: string;
    immutable: string;
    icon: string;
    badge: string;
  };
  registration: ServiceWorkerRegistration;
  clients: {
    claim(): Promise<void>;
    matchAll(options: { type: "window"; includeUncontrolled: boolean }): Promise<Window[]>;
    openWindow(url: string): Promise<unknown>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: string, listener: (event: never) => void): void;
}

const worker = globalThis as unknown as Worker;
const kept = worker.PONTE;
const PREFIX = "ponte-shell-";
const CACHE = PREFIX + kept.version;

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  const pages = Object.values(kept.pages);
  await cache.addAll([...kept.shell, ...pages, kept.offline].map((url) => new Request(url, { cache: "reload" })));
  await worker.skipWaiting();
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  }
  await worker.registration.navigationPreload?.enable();
  await worker.clients.claim();
}

/** Files whose name changes with their content: kept the first time they are needed. */
async function fromShell(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const found = (await cache.match(request)) ?? (await caches.match(request));
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok && new URL(request.url).pathname.startsWith(kept.immutable)) await cache.put(request, answer.clone());
  return answer;
}

async function page(event: Fetched): Promise<Response> {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch (failure) {
    // a form for fairs keeps its own page (offline/forms.ts); it holds nobody's data either
    const found = (await caches.match(event.request.url)) ?? (await (await caches.open(CACHE)).match(kept.offline));
    if (found) return found;
    throw failure;
  }
}

/** From now on the page for times without a network speaks this language. */
async function speak(language: string): Promise<void> {
  const cache = await caches.open(CACHE);
  const found = await cache.match(kept.pages[language] ?? "");
  if (found) await cache.put(kept.offline, found);
}

async function show(event: Pushed): Promise<void> {
  const told = (event.data?.json() ?? {}) as { title?: string; body?: string; url?: string; tag?: string };
  await worker.registration.showNotification(told.title || "Ponte", {
    body: told.body ?? "",
    icon: kept.icon,
    badge: kept.badge,
    data: { url: told.url ?? "/" },
    ...(told.tag ? { tag: told.tag } : {}),
  });
}

async function open(url: string): Promise<void> {
  const address = new URL(url, location.origin);
  if (address.origin !== location.origin) return;
  const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const same = windows.find((one) => one.url === address.href) ?? windows[0];
  if (!same) {
    await worker.clients.openWindow(address.href);
    return;
  }
  await same.focus();
  if (same.url !== address.href) await same.navigate(address.href);
}

worker.addEventListener("install", (event: Extended) => event.waitUntil(install()));
worker.addEventListener("activate", (event: Extended) => event.waitUntil(activate()));
worker.addEventListener("fetch", (event: Fetched) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (kept.shell.includes(url.pathname) || url.pathname.startsWith(kept.immutable)) event.respondWith(fromShell(request));
});
worker.addEventListener("message", (event: Told) => {
  if (event.data?.kind === "language" && event.data.language) event.waitUntil(speak(event.data.language));
});
worker.addEventListener("push", (event: Pushed) => event.waitUntil(show(event)));
worker.addEventListener("notificationclick", (event: Clicked) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.url ?? "/"));
});
export {};
