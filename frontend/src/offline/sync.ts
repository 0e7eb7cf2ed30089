/** Sends what waits, one after the other, in one tab at a time. The key of each makes a lost answer harmless. */
import { showToast } from "../toasts";
import { word } from "../words";
import { askState, keepState } from "./session";
import { allEntries, dropEntry, getEntry, putEntry, type Entry } from "./store";
import { count, say } from "./words";

type Outcome = "sent" | "refused" | "later";

let needsLogIn = false;

/** Whether something waits that can only be sent after logging in again. */
export const waitsForLogIn = (): boolean => needsLogIn;

export const queueChanged = (): boolean => document.dispatchEvent(new CustomEvent("ponte:queue"));

function bodyOf(entry: Entry): FormData {
  const body = new FormData();
  for (const [name, value] of entry.fields) body.append(name, value);
  for (const file of entry.files) body.append("files", file, file.name);
  body.set("party", entry.party.id);
  body.set("device_key", entry.key);
  body.set("written_at", entry.writtenAt);
  return body;
}

async function problemsOf(answer: Response): Promise<string[]> {
  if (answer.status === 413) return [word("tooBig")];
  if (answer.status === 404) return [word("notFound")];
  if (!(answer.headers.get("content-type") ?? "").includes("json")) return [word("refused")];
  const body = (await answer.json()) as { problems?: string[] };
  return body.problems?.length ? body.problems : [word("refused")];
}

async function send(entry: Entry, csrf: string): Promise<Outcome> {
  const answer = await fetch(`/${entry.workspace}/device/entries/`, {
    method: "POST",
    body: bodyOf(entry),
    headers: { "X-CSRFToken": csrf, Accept: "application/json" },
    redirect: "manual",
  });
  if (answer.ok) {
    await dropEntry(entry.key);
    return "sent";
  }
  // the log-in ended, the page's token is too old, or the server is busy: not this note's fault
  if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 429 || answer.status >= 500) return "later";
  await putEntry({ ...entry, state: "refused", problems: await problemsOf(answer) });
  return "refused";
}

async function sendAll(): Promise<void> {
  const waiting = (await allEntries()).filter((entry) => entry.state === "waiting");
  let sent = 0;
  let refused = 0;
  const parties = new Set<string>();
  try {
    for (const workspace of new Set(waiting.map((entry) => entry.workspace))) {
      const asked = await askState(workspace);
      if ("gone" in asked) {
        needsLogIn ||= asked.gone === "logged-out";
        continue;
      }
      needsLogIn = false;
      await keepState(asked.state);
      for (const { key, member } of waiting.filter((entry) => entry.workspace === workspace)) {
        const entry = await getEntry(key); // another tab may have sent or discarded it
        if (!entry || member !== asked.state.member || entry.state !== "waiting") continue;
        const outcome = await send(entry, asked.state.csrf);
        if (outcome === "later") break;
        if (outcome === "sent") sent += 1;
        else refused += 1;
        parties.add(entry.party.id);
      }
    }
  } catch {
    // the network went away again: what is left waits on
  }
  queueChanged();
  if (sent) {
    showToast({ text: count(sent, "sentOne", "sentMany"), tone: "success" });
    for (const name of ["timeline-changed", "tasks-changed", "customer-changed"]) document.body.dispatchEvent(new CustomEvent(name));
  }
  if (refused) showToast({ text: say("refusedToast"), tone: "error" });
}

/** Sends what waits, now if there is a network. */
export async function sync(): Promise<void> {
  if (!navigator.onLine) return;
  if (!(await allEntries()).some((entry) => entry.state === "waiting")) return;
  if ("locks" in navigator) {
    await navigator.locks.request("ponte:sync", { ifAvailable: true }, (lock) => (lock ? sendAll() : undefined));
  } else {
    await sendAll();
  }
}
