/** A form for people without an account: fields that depend on others, sending in place, and waiting for a network. */
import { all, one } from "./dom";
import { bodyOf, keepPage, keepPost, sendWaiting, type Post } from "./offline/forms";
import { newKey } from "./offline/store";

type Input = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

interface Told {
  ok: boolean;
  problems?: Record<string, string>;
  redirect?: string;
  thanks?: string;
}

const AGAIN = 30_000;
const form = one<HTMLFormElement>("[data-public-form]");
const inside = Boolean(one("[data-inside]"));

function answersOf(name: string): string[] {
  return form ? new FormData(form).getAll(name).map(String).filter(Boolean) : [];
}

/** Shows the fields whose condition holds; those behind a hidden one are hidden too, and what is hidden isn't sent. */
function showFields(): void {
  if (!form) return;
  for (const field of all("[data-show-if]", form)) {
    const answers = answersOf(field.dataset["showIf"] ?? "");
    const wanted = field.dataset["showValue"] ?? "";
    const shown = wanted ? answers.includes(wanted) : answers.length > 0;
    field.hidden = !shown;
    for (const input of all<Input & HTMLElement>("input, select, textarea", field)) input.disabled = !shown;
  }
  tellHeight();
}

function tellHeight(): void {
  if (inside) window.parent.postMessage({ ponteHeight: document.documentElement.scrollHeight }, "*");
}

function showProblems(problems: Record<string, string>): void {
  for (const text of all("[data-problem]")) {
    const problem = problems[text.dataset["problem"] ?? ""] ?? "";
    text.textContent = problem;
    text.hidden = !problem;
    for (const input of all("input, select, textarea, fieldset", text.parentElement ?? document)) {
      if (problem) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  }
  const summary = one("[data-problems]");
  if (summary) summary.hidden = !Object.keys(problems).length;
  if (Object.keys(problems).length) one("[aria-invalid=true]:not(fieldset)", form ?? document)?.focus();
  tellHeight();
}

/** In the words of the page: a browser speaks its own language, which needn't be the form's. */
function problemOf(input: Input): string {
  const words = form?.dataset ?? {};
  if (input.validity.valueMissing) return (input.type === "checkbox" ? words["unticked"] : words["missing"]) ?? input.validationMessage;
  if (input.validity.typeMismatch && input.type === "email") return words["noEmail"] ?? input.validationMessage;
  return input.validationMessage;
}

/** What the page itself can tell, so that nothing wrong waits for a network. */
function ownProblems(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const input of all<Input & HTMLElement>("input, select, textarea", form ?? document)) {
    if (!input.disabled && !input.checkValidity() && !found[input.name]) found[input.name] = problemOf(input);
  }
  return found;
}

function thank(kept: boolean, told?: Told): void {
  if (told?.redirect) {
    if (inside) window.parent.postMessage({ ponteGo: told.redirect }, "*");
    else location.assign(told.redirect);
    return;
  }
  const thanks = one("[data-thanks]");
  const note = one("[data-thanks-kept]");
  if (note) note.hidden = !kept;
  if (form) form.hidden = true;
  if (thanks) {
    thanks.hidden = false;
    thanks.focus();
  }
  tellHeight();
}

function startAnew(): void {
  if (!form) return;
  form.reset();
  const client = one<HTMLInputElement>("[name=_client]", form);
  if (client) client.value = newKey();
  const thanks = one("[data-thanks]");
  if (thanks) thanks.hidden = true;
  form.hidden = false;
  showProblems({});
  showFields();
  one<HTMLElement>("input:not([type=hidden], [tabindex='-1']), select, textarea", form)?.focus();
}

function postOf(target: HTMLFormElement): Post {
  const fields = [...new FormData(target)].filter((pair): pair is [string, string] => typeof pair[1] === "string");
  const key = fields.find(([name]) => name === "_client")?.[1] || newKey();
  return { key, url: target.action, fields: fields.map(([name, value]) => [name, name === "_client" ? key : value]) };
}

async function send(post: Post): Promise<void> {
  const button = one<HTMLButtonElement>("[type=submit]", form ?? document);
  if (button) button.disabled = true;
  try {
    const answer = await fetch(post.url, { method: "POST", body: bodyOf(post), headers: { Accept: "application/json" } });
    if (!(answer.headers.get("content-type") ?? "").includes("json")) throw new Error(String(answer.status));
    const told = (await answer.json()) as Told;
    if (told.ok) thank(false, told);
    else showProblems(told.problems ?? {});
  } catch {
    const now = new Date().toISOString();
    await keepPost({ ...post, fields: [...post.fields, ["_written", now]] });
    thank(true);
  } finally {
    if (button) button.disabled = false;
    void refresh();
  }
}

async function refresh(): Promise<void> {
  const banner = one("[data-net]");
  if (banner) banner.hidden = navigator.onLine;
  const n = await sendWaiting();
  const waiting = one("[data-waiting]");
  if (waiting) {
    waiting.hidden = n === 0;
    waiting.textContent = (waiting.dataset["waiting"] ?? "").replace("{n}", String(n));
  }
  tellHeight();
}

if (form) {
  showFields();
  form.addEventListener("input", showFields);
  form.addEventListener("change", showFields);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const problems = ownProblems();
    showProblems(problems);
    if (!Object.keys(problems).length) void send(postOf(form));
  });
  if ("fair" in form.dataset) void keepPage().catch(() => undefined);
}
for (const button of all("[data-again]")) button.addEventListener("click", startAnew);
window.addEventListener("online", () => void refresh());
window.addEventListener("offline", () => void refresh());
window.setInterval(() => document.hidden || void refresh(), AGAIN);
new ResizeObserver(tellHeight).observe(document.body);
void refresh().catch(() => undefined);
