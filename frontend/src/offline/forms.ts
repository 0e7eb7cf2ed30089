/** Forms at fairs: the page is kept for times without a network, and what is filled in then waits on the device. */

/** One filled-in form. `key` makes sending it twice harmless. */
export interface Post {
  key: string;
  url: string;
  fields: [string, string][];
}

const NAME = "ponte-forms";
const PAGES = "ponte-forms";

function settle<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("IndexedDB")));
  });
}

async function act<T>(mode: IDBTransactionMode, run: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open(NAME, 1);
  opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore("posts", { keyPath: "key" }));
  const database = await settle(opening);
  const transaction = database.transaction("posts", mode);
  const done = new Promise<void>((resolve, reject) => {
    transaction.addEventListener("complete", () => resolve());
    transaction.addEventListener("abort", () => reject(transaction.error ?? new Error("IndexedDB")));
  });
  const result = await settle(run(transaction.objectStore("posts")));
  await done;
  database.close();
  return result;
}

/** Keeps a post; it counts only once it is on the disk. */
export const keepPost = (post: Post): Promise<unknown> => act("readwrite", (store) => store.put(post));

export const waitingPosts = (): Promise<Post[]> => act("readonly", (store) => store.getAll());

export function bodyOf(post: Post): URLSearchParams {
  const body = new URLSearchParams();
  for (const [name, value] of post.fields) body.append(name, value);
  return body;
}

async function sendAll(): Promise<void> {
  for (const post of await waitingPosts()) {
    const answer = await fetch(post.url, { method: "POST", body: bodyOf(post), headers: { Accept: "application/json" } });
    if (answer.status === 429 || answer.status >= 500) return; // the server is busy: later
    // a form that was closed meanwhile takes nothing; what waits for it is kept, in case it opens again
    if (answer.ok) await act("readwrite", (store) => store.delete(post.key));
  }
}

/** Sends what waits, one after the other, in one tab at a time; returns how many still wait. */
export async function sendWaiting(): Promise<number> {
  if (navigator.onLine) {
    try {
      if ("locks" in navigator) await navigator.locks.request("ponte:forms", { ifAvailable: true }, (lock) => (lock ? sendAll() : undefined));
      else await sendAll();
    } catch {
      // the network went away again: what is left waits on
    }
  }
  return (await waitingPosts()).length;
}

/** Lets the page open without a network: the service worker answers with what is kept here. */
export async function keepPage(): Promise<void> {
  if (!("serviceWorker" in navigator) || !window.isSecureContext) return;
  await navigator.serviceWorker.register("/sw.js", { scope: "/", updateViaCache: "none" });
  await navigator.serviceWorker.ready;
  const files = performance.getEntriesByType("resource").map((entry) => entry.name);
  const own = files.filter((name) => new URL(name).origin === location.origin && /\/static\//.test(name));
  const cache = await caches.open(PAGES);
  await cache.addAll([location.href, ...new Set(own)]);
}
