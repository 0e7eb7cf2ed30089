/** The quick note: the page shown without a network, also reachable with one. It knows only what the device keeps. */
import { all, el, on, one } from "../dom";
import { showToast } from "../toasts";
import { fetchChoices } from "../picker";
import { getSession, newKey, putEntry, type Customer, type Session } from "./store";
import { queueChanged, sync } from "./sync";
import { say } from "./words";

const SHOWN = 8;
const fold = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

let session: Session | undefined;
let chosen: Customer | null = null;

function known(text: string): Customer[] {
  const words = fold(text).split(/\s+/).filter(Boolean);
  const fits = (customer: Customer) => words.every((word) => fold(customer.name).includes(word));
  return (session?.customers ?? []).filter(fits).slice(0, SHOWN);
}

/** With a network everybody one may see is found, else those the device knows. */
async function find(text: string): Promise<Customer[]> {
  const own = known(text);
  if (!session || !navigator.onLine || text.trim().length < 2) return own;
  const asked = await fetchChoices(`/${session.workspace}/customers/pick/`, text).catch(() => []);
  const others = asked.filter((choice) => !own.some((customer) => customer.id === choice.value));
  return [...own, ...others.map(({ value, label, note }) => ({ id: value, name: label, note: note ?? "" }))].slice(0, SHOWN);
}

function choose(customer: Customer | null): void {
  chosen = customer;
  for (const row of all("[data-customer]")) row.setAttribute("aria-pressed", String(row.dataset["customer"] === customer?.id));
  one("[data-quick-problem]")?.setAttribute("hidden", "");
}

function draw(found: Customer[]): void {
  const list = one("[data-quick-customers]");
  if (!list) return;
  const rows = found.map((customer) => {
    const button = el("button", { class: "quick-customer", type: "button", "data-customer": customer.id, "aria-pressed": "false" });
    button.append(el("strong", {}, customer.name));
    if (customer.note) button.append(el("span", { class: "muted tiny" }, customer.note));
    button.addEventListener("click", () => choose(customer));
    return el("li", {}, button);
  });
  const none = session?.keepsNames ? say("noCustomers") : say("namesOff");
  list.replaceChildren(...(rows.length ? rows : [el("li", { class: "muted" }, none)]));
  choose(found.find((customer) => customer.id === chosen?.id) ?? null);
}

function refuse(text: string): void {
  const place = one("[data-quick-problem]");
  if (!place) return;
  place.textContent = text;
  place.removeAttribute("hidden");
  place.focus();
}

async function keep(form: HTMLFormElement): Promise<void> {
  const data = new FormData(form);
  const fields = [...data].filter((pair): pair is [string, string] => typeof pair[1] === "string" && pair[0] !== "q");
  if (!session) return refuse(say("nobody"));
  if (!chosen) return refuse(say("forWhom"));
  if (!String(data.get("body") ?? "").trim()) return refuse(say("writeFirst"));
  const files = data.getAll("files").filter((file): file is File => file instanceof File && file.size > 0);
  try {
    await putEntry({
      key: newKey(),
      workspace: session.workspace,
      member: session.member,
      party: { id: chosen.id, name: chosen.name },
      fields,
      files,
      writtenAt: new Date().toISOString(),
      state: "waiting",
      problems: [],
    });
  } catch {
    return refuse(say("notKept"));
  }
  form.reset();
  choose(null);
  draw(known(""));
  if (!navigator.onLine) showToast({ text: say("kept"), tone: "info" });
  queueChanged();
  await sync();
}

function drawKinds(form: HTMLFormElement): void {
  const place = one("[data-quick-kinds]", form);
  if (!place || !session) return;
  const kinds = session.kinds.map(({ key, label }, at) => {
    const input = el("input", { type: "radio", name: "kind", value: key, class: "visually-hidden", ...(at === 0 ? { checked: "" } : {}) });
    return el("label", { class: "composer-tab" }, input, el("span", {}, label));
  });
  place.replaceChildren(...kinds);
}

async function load(form: HTMLFormElement): Promise<void> {
  session = await getSession();
  const mayWrite = Boolean(session?.kinds.length);
  form.hidden = !mayWrite;
  const why = one("[data-quick-closed]");
  if (why) {
    why.hidden = mayWrite;
    why.textContent = session ? say("nothingToWrite") : say("nobody");
  }
  const place = one("[data-quick-workspace]");
  if (place && session) place.textContent = session.workspaceName;
  drawKinds(form);
  draw(known(""));
}

export function startQuick(): void {
  const form = one<HTMLFormElement>("form[data-quick]");
  if (!form) return;
  const lost = one("[data-quick-lost]");
  const page = form.getAttribute("action") ?? "";
  if (lost && location.pathname !== page) {
    lost.textContent = say("lost", { path: location.pathname });
    lost.hidden = false;
    window.addEventListener("online", () => location.reload());
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void keep(form);
  });
  on<"input", HTMLInputElement>("input", "[data-quick-search]", (_, field) => void find(field.value).then(draw));
  void load(form);
}
