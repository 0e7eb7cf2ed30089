/** Short messages at the bottom; one with `undo` POSTs there when asked. */
import { all, csrfToken, el, one } from "./dom";
import { word } from "./words";

export interface Toast {
  text: string;
  tone?: "success" | "info" | "warning" | "error";
  undo?: string;
  link?: string;
}

const KEEP = "ponte:toast";
const SHORT = 5000;
const LONG = 9000;

const list = one("#toasts");

function drawing(name: string): Node {
  const template = one<HTMLTemplateElement>("#toast-icons");
  const found = template?.content.querySelector(`[data-icon="${name}"]`)?.firstElementChild;
  return found ? found.cloneNode(true) : document.createTextNode("");
}

/** Lets a toast survive the page that is about to be loaded. */
export function toastAfterReload({ text, tone, undo, link }: Toast): void {
  // htmx puts the element into the detail of its events, which is no JSON
  sessionStorage.setItem(KEEP, JSON.stringify({ text, tone, undo, link }));
}

function raise(): void {
  // the top layer is a stack: showing again lifts the toasts above a dialog opened meanwhile
  if (!list || typeof list.showPopover !== "function") return;
  if (list.matches(":popover-open")) list.hidePopover();
  list.showPopover();
}

function leaveLater(item: HTMLElement, wait: number): void {
  let timer = window.setTimeout(() => remove(item), wait);
  item.addEventListener("pointerenter", () => window.clearTimeout(timer));
  item.addEventListener("focusin", () => window.clearTimeout(timer));
  item.addEventListener("pointerleave", () => (timer = window.setTimeout(() => remove(item), SHORT)));
}

function remove(item: HTMLElement): void {
  item.remove();
  if (list && !list.children.length && list.matches(":popover-open")) list.hidePopover();
}

async function undo(url: string, item: HTMLElement): Promise<void> {
  remove(item);
  const answer = await fetch(url, { method: "POST", headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" } });
  if (!answer.ok) {
    showToast({ text: word("failed"), tone: "error" });
    return;
  }
  toastAfterReload({ text: word("undone"), tone: "success" });
  location.reload();
}

export function showToast(toast: Toast): void {
  if (!list) return;
  const tone = toast.tone ?? "success";
  const item = el("div", { class: `toast toast-${tone}` });
  item.append(drawing(tone), el("span", { class: "toast-text" }, toast.text));
  if (toast.undo) {
    const button = el("button", { type: "button" }, word("undo"));
    button.addEventListener("click", () => void undo(toast.undo ?? "", item));
    item.append(button);
  }
  if (toast.link) item.append(el("a", { href: toast.link }, word("open")));
  const close = el("button", { type: "button", class: "toast-x", "aria-label": word("close") }, drawing("x"));
  close.addEventListener("click", () => remove(item));
  item.append(close);
  list.append(item);
  while (list.children.length > 4) list.firstElementChild?.remove();
  raise();
  leaveLater(item, toast.undo || tone === "error" ? LONG : SHORT);
}

export function startToasts(): void {
  for (const item of all("[data-toast]", list ?? document)) {
    one("[data-toast-close]", item)?.addEventListener("click", () => remove(item));
    leaveLater(item, LONG);
  }
  if (list?.children.length) raise();
  const kept = sessionStorage.getItem(KEEP);
  if (kept) {
    sessionStorage.removeItem(KEEP);
    showToast(JSON.parse(kept) as Toast);
  }
  document.addEventListener("ponte:toast", (event) => showToast((event as CustomEvent<Toast>).detail));
}
