/** The visible queue: a chip that counts what waits, and the list behind it. */
import { ask } from "../dialogs";
import { all, el, on, one } from "../dom";
import { allEntries, dropEntry, getEntry, getSession, putEntry, type Entry } from "./store";
import { queueChanged, sync, waitsForLogIn } from "./sync";
import { count, say } from "./words";

const textOf = (entry: Entry): string => entry.fields.find(([name]) => name === "body")?.[1].trim() ?? "";

/** What the person who is logged in wrote; nobody sees somebody else's. */
export async function ownEntries(): Promise<{ own: Entry[]; others: number }> {
  const [entries, session] = [await allEntries(), await getSession()];
  const own = entries.filter((entry) => entry.member === session?.member);
  return { own, others: entries.length - own.length };
}

function drawEntry(entry: Entry): HTMLElement {
  const refused = entry.state === "refused";
  const when = new Date(entry.writtenAt).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
  const item = el("li", { class: "queue-entry", "data-key": entry.key });
  const head = el("div", { class: "queue-head" }, el("strong", {}, entry.party.name));
  head.append(el("span", { class: `badge ${refused ? "tone-red" : "tone-yellow"}` }, refused ? say("refused") : say("waits")));
  item.append(head, el("p", { class: "queue-text" }, textOf(entry) || say("noText")));
  const notes = [when, ...(entry.files.length ? [say("files", { n: entry.files.length })] : [])];
  item.append(el("p", { class: "muted tiny m-0" }, notes.join(" · ")));
  if (refused) item.append(el("ul", { class: "queue-problems" }, ...entry.problems.map((problem) => el("li", {}, problem))));
  const acts = el("div", { class: "cluster" });
  acts.append(el("button", { class: "btn btn-sm", type: "button", "data-queue-again": "" }, say("again")));
  acts.append(el("button", { class: "btn btn-sm", type: "button", "data-queue-copy": "" }, say("copy")));
  acts.append(el("button", { class: "btn btn-sm btn-ghost", type: "button", "data-queue-discard": "" }, say("discard")));
  item.append(acts);
  return item;
}

async function draw(): Promise<void> {
  const { own, others } = await ownEntries();
  const refused = own.filter((entry) => entry.state === "refused").length;
  const words = refused ? count(refused, "refusedOne", "refusedMany") : count(own.length, "waitingOne", "waitingMany");
  for (const chip of all("[data-queue-open]")) {
    chip.hidden = own.length === 0;
    chip.classList.toggle("is-refused", refused > 0);
    const label = one("[data-queue-count]", chip);
    if (label) label.textContent = words;
  }
  for (const list of all("[data-queue-list]")) {
    const notes = own.length ? [] : [el("li", { class: "muted" }, say("empty"))];
    if (others) notes.push(el("li", { class: "muted" }, say("otherPerson", { n: others })));
    if (own.length && waitsForLogIn()) notes.unshift(el("li", { class: "queue-problems" }, say("logInFirst")));
    list.replaceChildren(...notes, ...own.map(drawEntry));
  }
  for (const block of all("[data-queue-block]")) block.hidden = own.length + others === 0;
}

async function withEntry(button: HTMLElement, act: (entry: Entry) => Promise<unknown>): Promise<void> {
  const entry = await getEntry(button.closest<HTMLElement>("[data-key]")?.dataset["key"] ?? "");
  if (entry) await act(entry);
}

export function startQueue(): void {
  on("click", "[data-queue-open]", () => one<HTMLDialogElement>("#queue")?.showModal());
  on("click", "[data-queue-again]", (_, button) =>
    void withEntry(button, async (entry) => {
      await putEntry({ ...entry, state: "waiting", problems: [] });
      queueChanged();
      await sync();
    }),
  );
  on("click", "[data-queue-copy]", (_, button) =>
    void withEntry(button, async (entry) => {
      await navigator.clipboard.writeText(textOf(entry));
      button.textContent = say("copied");
    }),
  );
  on("click", "[data-queue-discard]", (_, button) =>
    void withEntry(button, async (entry) => {
      if (!(await ask(say("discardSure"), say("discard")))) return;
      await dropEntry(entry.key);
      queueChanged();
    }),
  );
  document.addEventListener("ponte:queue", () => void draw());
  void draw();
}
