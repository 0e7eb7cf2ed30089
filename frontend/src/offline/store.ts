/** What is kept on the device, in IndexedDB: who is logged in, the customers they saw last, what waits to be sent. */

export interface Session {
  id: "current";
  workspace: string;
  workspaceName: string;
  member: string;
  name: string;
  language: string;
  keepsNames: boolean;
  kinds: { key: string; label: string }[];
  customers: Customer[];
  at: number;
}

export interface Customer {
  id: string;
  name: string;
  note?: string;
}

/** One thing written: the composer's fields as they would have been sent. `key` makes sending it twice harmless. */
export interface Entry {
  key: string;
  workspace: string;
  member: string;
  party: { id: string; name: string };
  fields: [string, string][];
  files: File[];
  writtenAt: string;
  state: "waiting" | "refused";
  problems: string[];
}

const NAME = "ponte";
const VERSION = 1;

function settle<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("IndexedDB")));
  });
}

let opened: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opened ??= (() => {
    const request = indexedDB.open(NAME, VERSION);
    request.addEventListener("upgradeneeded", () => {
      request.result.createObjectStore("session", { keyPath: "id" });
      request.result.createObjectStore("queue", { keyPath: "key" });
    });
    return settle(request);
  })();
  opened.catch(() => (opened = null));
  return opened;
}

/** Runs one request; a write counts only once its transaction is on the disk. */
async function act<T>(store: string, mode: IDBTransactionMode, run: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const transaction = (await open()).transaction(store, mode);
  const done = new Promise<void>((resolve, reject) => {
    transaction.addEventListener("complete", () => resolve());
    transaction.addEventListener("abort", () => reject(transaction.error ?? new Error("IndexedDB")));
  });
  const result = await settle(run(transaction.objectStore(store)));
  if (mode === "readwrite") await done;
  return result;
}

export const getSession = (): Promise<Session | undefined> => act("session", "readonly", (store) => store.get("current"));
export const putSession = (session: Session): Promise<unknown> => act("session", "readwrite", (store) => store.put(session));
export const dropSession = (): Promise<unknown> => act("session", "readwrite", (store) => store.clear());

export const putEntry = (entry: Entry): Promise<unknown> => act("queue", "readwrite", (store) => store.put(entry));
export const dropEntry = (key: string): Promise<unknown> => act("queue", "readwrite", (store) => store.delete(key));
export const getEntry = (key: string): Promise<Entry | undefined> => act("queue", "readonly", (store) => store.get(key));

/** Everything that waits, of whoever wrote it, oldest first. */
export async function allEntries(): Promise<Entry[]> {
  const found: Entry[] = await act("queue", "readonly", (store) => store.getAll());
  return found.sort((one, other) => one.writtenAt.localeCompare(other.writtenAt));
}

/** A UUID; `crypto.randomUUID` is missing where the address isn't https. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
