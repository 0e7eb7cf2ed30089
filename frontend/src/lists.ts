/** The one list: rows by keyboard, the side panel, selection with shift, the bar of bulk acts. */
import { all, eachNew, isTyping, on, one } from "./dom";
import { openPanel, panelIsOpen } from "./panel";
import { word } from "./words";

const CONTROL = "a, button, input, select, textarea, label, summary, .editable, [data-no-row]";
let current: HTMLElement | null = null;
let anchor: HTMLInputElement | null = null;

const rows = (): HTMLElement[] => all("[data-row], .task-row[tabindex]").filter((row) => row.offsetParent !== null);

function makeCurrent(row: HTMLElement, focus = true): void {
  if (current !== row) current?.classList.remove("is-current");
  current = row;
  row.classList.add("is-current");
  if (focus) row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function step(by: number): void {
  const found = rows();
  if (!found.length) return;
  const now = current?.isConnected ? found.indexOf(current) : -1;
  const next = found[Math.max(0, Math.min(found.length - 1, now + by))];
  if (!next) return;
  makeCurrent(next, !panelIsOpen() || !one("#side-panel")?.contains(document.activeElement));
  if (panelIsOpen()) peek(next);
}

function peek(row: HTMLElement): void {
  const { panel = "", href = "" } = row.dataset;
  if (panel) void openPanel(panel, href, row);
  else if (href) location.assign(href);
}

function openWhole(row: HTMLElement, elsewhere: boolean): void {
  const { href } = row.dataset;
  if (!href) return;
  if (elsewhere) window.open(href, "_blank", "noopener");
  else location.assign(href);
}

function onRowClick(event: MouseEvent, row: HTMLElement): void {
  const target = event.target as Element;
  const mod = event.ctrlKey || event.metaKey;
  const main = target.closest<HTMLAnchorElement>("a.cell-main");
  if (main ? mod || event.shiftKey || !row.dataset["panel"] : target.closest(CONTROL)) return;
  if (String(getSelection() ?? "").length > 0) return;
  event.preventDefault();
  makeCurrent(row, false);
  if (mod) openWhole(row, true);
  else peek(row);
}

const boxes = (list: ParentNode): HTMLInputElement[] => all<HTMLInputElement>("input[data-select]", list);
const listOf = (element: Element): HTMLElement => element.closest<HTMLElement>("[data-list]") ?? document.body;

function select(box: HTMLInputElement, range: boolean): void {
  const every = boxes(listOf(box));
  if (range && anchor && every.includes(anchor)) {
    const [from, to] = [every.indexOf(anchor), every.indexOf(box)].sort((a, b) => a - b) as [number, number];
    for (const other of every.slice(from, to + 1)) other.checked = box.checked;
  }
  anchor = box;
  showSelection(listOf(box));
}

function showSelection(list: HTMLElement): void {
  const every = boxes(list);
  const chosen = every.filter((box) => box.checked);
  for (const box of every) box.closest("tr, li, .card")?.classList.toggle("is-selected", box.checked);
  one(".table-list", list)?.classList.toggle("has-selection", chosen.length > 0);
  const head = one<HTMLInputElement>("input[data-select-all]", list);
  if (head) {
    head.checked = chosen.length > 0 && chosen.length === every.length;
    head.indeterminate = chosen.length > 0 && chosen.length < every.length;
  }
  const bar = one("[data-bulk-bar], [data-bulk]", list) ?? one("[data-bulk-bar], [data-bulk]");
  if (!bar) return;
  bar.hidden = chosen.length === 0;
  const everything = one("[data-bulk-everything]", bar);
  const complete = chosen.length > 0 && chosen.length === every.length;
  if (!complete) markEverything(bar, false);
  if (everything) everything.hidden = !complete || isEverything(bar);
  const count = one("[data-bulk-count]", bar);
  if (isEverything(bar)) {
    if (count) count.textContent = everything?.dataset["words"] ?? "";
    return;
  }
  const words = chosen.length === 1 ? word("selectedOne") : word("selectedMany", { n: chosen.length });
  // a template may bring the words itself and leave only the number to us
  if (count) count.textContent = count.matches(".bulk-count") ? words : String(chosen.length);
}

const allField = (bar: Element): HTMLInputElement | null => one<HTMLInputElement>("input[data-bulk-all]", bar);
const isEverything = (bar: Element): boolean => allField(bar)?.value === "1";

/** All rows of the list are meant, however many: the server takes the list's state instead of ids. */
function markEverything(bar: HTMLElement, yes: boolean): void {
  const field = allField(bar);
  if (field) field.value = yes ? "1" : "";
  for (const button of all("[data-bulk-few]", bar)) button.hidden = yes;
  for (const button of all("[data-bulk-many]", bar)) button.hidden = !yes;
}

function clearSelection(list: HTMLElement): void {
  for (const box of boxes(list)) box.checked = false;
  showSelection(list);
}

function toggleCurrent(): boolean {
  const box = current && one<HTMLInputElement>("input[data-select], .form-check-input", current);
  box?.click();
  return box !== null;
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || isTyping(event.target) || event.altKey || one("dialog[open], .menu:popover-open")) return;
  const mod = event.ctrlKey || event.metaKey;
  const onRow = (event.target as HTMLElement).matches("[data-row], .task-row");
  if (event.key === "Enter" && onRow) openWhole(event.target as HTMLElement, mod);
  else if (mod) return;
  else if (event.key === "j" || (event.key === "ArrowDown" && onRow)) step(1);
  else if (event.key === "k" || (event.key === "ArrowUp" && onRow)) step(-1);
  else if ((event.key === "o" || event.key === " ") && current?.isConnected && (event.key === "o" || onRow)) peek(current);
  else if (event.key === "x" && toggleCurrent()) event.preventDefault();
  else if (event.key === "Escape" && !panelIsOpen() && one("[data-bulk-bar]:not([hidden])")) clearSelection(document.body);
  else return;
  event.preventDefault();
}

export function startLists(): void {
  on<"click">("click", "[data-row]", (event, row) => onRowClick(event as MouseEvent, row));
  on("auxclick", "[data-row]", (event, row) => {
    if ((event as MouseEvent).button === 1 && !(event.target as Element).closest(CONTROL)) openWhole(row, true);
  });
  on<"click", HTMLInputElement>("click", "input[data-select]", (event, box) => select(box, (event as MouseEvent).shiftKey));
  on<"change", HTMLInputElement>("change", "input[data-select-all]", (_, head) => {
    for (const box of boxes(listOf(head))) box.checked = head.checked;
    showSelection(listOf(head));
  });
  on("click", "[data-bulk-clear]", () => clearSelection(document.body));
  document.addEventListener("ponte:deselect", () => clearSelection(document.body));
  on("click", "[data-bulk-everything]", (_, button) => {
    const bar = button.closest<HTMLElement>("[data-bulk-bar]");
    if (!bar) return;
    markEverything(bar, true);
    showSelection(listOf(bar));
    one("a, button:not([hidden])", bar)?.focus();
  });
  on("focusin", "[data-row], .task-row[tabindex]", (event, row) => event.target === row && makeCurrent(row, false));
  document.addEventListener("keydown", onKey);
  document.addEventListener("ponte:row-step", (event) => step((event as CustomEvent<number>).detail));
  eachNew("[data-list]", showSelection);
  // what scrolls sideways must be reachable by keyboard even when nothing in it takes the focus
  eachNew(".table-wrap, .table-scroll", (wrap) => {
    if (wrap.scrollWidth > wrap.clientWidth && !one("a[href], button, input", wrap)) wrap.tabIndex = 0;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const list = (event.target as HTMLElement).closest<HTMLElement>("[data-list]");
    if (list) showSelection(list);
  });
}
