/** Ctrl/Cmd+K: every command of the page and every record, from one registry on the server. */
import { openDialog } from "./dialogs";
import { all, debounce, el, on, one, setting } from "./dom";
import { openPanel } from "./panel";
import { word } from "./words";

interface Item {
  label: string;
  html?: string;
  note?: string;
  icon?: string;
  url?: string;
  action?: string;
  dialog?: boolean;
  panel?: boolean;
  shortcut?: string;
}

interface Answer {
  groups: { label: string; items: Item[] }[];
}

const dialog = one<HTMLDialogElement>("#palette");
const input = one<HTMLInputElement>("#palette-input");
const list = one("#palette-list");
const shown = new Map<string, Item>();
let asked = 0;
let first: Answer | null = null;

/** Label with the matched part marked: the server sends it escaped, and only <mark> is let through. */
function labelOf(item: Item): HTMLElement {
  const text = el("span", { class: "palette-text" });
  if (!item.html) {
    text.textContent = item.label;
    return text;
  }
  const parsed = new DOMParser().parseFromString(item.html, "text/html");
  for (const node of parsed.body.childNodes) {
    const marked = node instanceof HTMLElement && node.tagName === "MARK";
    text.append(marked ? el("mark", {}, node.textContent ?? "") : (node.textContent ?? ""));
  }
  return text;
}

function iconOf(item: Item): Node {
  const holder = el("span", { class: "palette-icon", "aria-hidden": "true" });
  if (item.icon?.startsWith("<svg")) {
    const svg = new DOMParser().parseFromString(item.icon, "text/html").body.firstElementChild;
    if (svg) holder.append(svg);
  }
  return holder;
}

function draw(answer: Answer): void {
  if (!list) return;
  shown.clear();
  const parts: Node[] = [];
  for (const group of answer.groups) {
    if (!group.items.length) continue;
    if (group.label) parts.push(el("li", { class: "palette-group", role: "presentation" }, group.label));
    for (const item of group.items) {
      const id = `palette-item-${shown.size}`;
      shown.set(id, item);
      const row = el("li", { class: "palette-item", role: "option", id, "aria-selected": "false" });
      row.append(iconOf(item), labelOf(item));
      if (item.note) row.append(el("span", { class: "palette-note clip" }, item.note));
      if (item.shortcut) row.append(el("kbd", {}, item.shortcut));
      parts.push(row);
    }
  }
  if (!parts.length) parts.push(el("li", { class: "palette-empty", role: "presentation" }, word("nothingFound")));
  list.replaceChildren(...parts);
  choose(0);
}

const rows = (): HTMLElement[] => all('[role="option"]', list ?? document);

function choose(index: number): void {
  const found = rows();
  found.forEach((row, at) => row.setAttribute("aria-selected", String(at === index)));
  const row = found[index];
  if (row) {
    input?.setAttribute("aria-activedescendant", row.id);
    row.scrollIntoView({ block: "nearest" });
  } else input?.removeAttribute("aria-activedescendant");
}

function step(by: number): void {
  const found = rows();
  if (!found.length) return;
  const now = found.findIndex((row) => row.getAttribute("aria-selected") === "true");
  choose((now + by + found.length) % found.length);
}

async function load(text: string): Promise<void> {
  const url = setting("palette");
  if (!url) return;
  const turn = ++asked;
  if (!text && first) draw(first);
  const context = one("[data-page-context]")?.dataset["pageContext"] ?? "";
  const query = new URLSearchParams({ q: text, context });
  try {
    const answer = await fetch(`${url}?${query}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || turn !== asked) return;
    const found = (await answer.json()) as Answer;
    if (!text) first = found;
    draw(found);
  } catch {
    if (turn === asked && list) list.replaceChildren(el("li", { class: "palette-empty" }, word("noNetwork")));
  }
}

/** Does what an entry says: open a page, a dialog, the side panel, or fire `ponte:<action>` on the page. */
function run(item: Item, elsewhere: boolean): void {
  dialog?.close();
  if (item.url && elsewhere) window.open(item.url, "_blank", "noopener");
  else if (item.url && item.dialog) void openDialog(item.url);
  else if (item.url && item.panel) void openPanel(item.url, item.url, null);
  else if (item.url) location.assign(item.url);
  else if (item.action) document.dispatchEvent(new CustomEvent(`ponte:${item.action}`));
}

export function openPalette(): void {
  if (!dialog || !input || !setting("palette")) return;
  if (dialog.open) return;
  dialog.showModal();
  input.value = "";
  input.focus();
  void load("");
}

export function startPalette(): void {
  if (!dialog || !input) return;
  on("click", "[data-palette-open]", openPalette);
  input.addEventListener("input", debounce(70, () => void load(input.value.trim())));
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if (event.key === "Escape") dialog.close(); // a field of search would only empty itself
    else if (event.key === "Enter") {
      const row = rows().find((found) => found.getAttribute("aria-selected") === "true");
      const item = row && shown.get(row.id);
      if (item) run(item, event.ctrlKey || event.metaKey);
    } else return;
    event.preventDefault();
  });
  on("click", "#palette-list [role=option]", (event, row) => {
    const item = shown.get(row.id);
    const mouse = event as MouseEvent;
    if (item) run(item, mouse.ctrlKey || mouse.metaKey);
  });
  on("pointermove", "#palette-list [role=option]", (_, row) => {
    if (row.getAttribute("aria-selected") !== "true") choose(rows().indexOf(row));
  });
  for (const hint of all("[data-mod-key]")) {
    if (/Mac|iPhone|iPad/.test(navigator.platform)) hint.textContent = "⌘ K";
  }
}
