/** The side panel beside a list: a record at a glance, without leaving the list. */
import htmx from "htmx.org";
import { on, one } from "./dom";

const panel = one("#side-panel");
const body = one("#side-panel-content");
let row: HTMLElement | null = null;

export const panelIsOpen = (): boolean => panel !== null && !panel.hidden;

export async function openPanel(url: string, whole: string, from: HTMLElement | null): Promise<void> {
  if (!panel || !body) {
    location.assign(whole || url);
    return;
  }
  row?.classList.remove("is-open");
  row = from;
  row?.classList.add("is-open");
  const open = one<HTMLAnchorElement>("[data-panel-open]", panel);
  if (open) {
    open.href = whole || url;
    open.hidden = !whole;
  }
  panel.hidden = false;
  const slow = window.setTimeout(() => {
    body.innerHTML = '<div class="page-body pt-3"><span class="skeleton skeleton-title"></span><span class="skeleton"></span>'
      + '<span class="skeleton skeleton-mid"></span><span class="skeleton skeleton-block"></span></div>';
  }, 180);
  await htmx.ajax("get", url, { target: "#side-panel-content", swap: "innerHTML" });
  window.clearTimeout(slow);
}

export function closePanel(): void {
  if (!panel || panel.hidden) return;
  panel.hidden = true;
  body?.replaceChildren();
  row?.classList.remove("is-open");
  row?.focus();
  row = null;
}

export function startPanel(): void {
  on("click", "[data-panel-close]", closePanel);
  on<"click", HTMLAnchorElement>("click", "a[data-panel]", (event, link) => {
    const mouse = event as MouseEvent;
    if (mouse.ctrlKey || mouse.metaKey || mouse.shiftKey || !panel) return;
    event.preventDefault();
    void openPanel(link.dataset["panel"] || link.href, link.href, link.closest<HTMLElement>("[data-row]"));
  });
  on("click", "[data-panel-step]", (_, button) => {
    const detail = Number(button.dataset["panelStep"]);
    document.dispatchEvent(new CustomEvent("ponte:row-step", { detail }));
  });
  document.addEventListener("ponte:panel-close", closePanel);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panelIsOpen() && !event.defaultPrevented && !one("dialog[open], [popover].menu:popover-open")) {
      closePanel();
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if ((event.target as HTMLElement).id !== "side-panel-content" || !panel || !body) return;
    const title = one("[data-panel-title]", panel);
    if (title) title.textContent = one("[data-panel-part]", body)?.dataset["title"]?.trim() ?? "";
    body.scrollTop = 0;
  });
}
