/** Menus are native popovers; this places them beside their button and moves with the arrow keys. Also: tooltips. */
import { all, el, on, one } from "./dom";

const GAP = 4;
const EDGE = 8;

/** Puts `box` under (or above) `anchor`, inside the window. */
export function place(box: HTMLElement, anchor: HTMLElement, side = ""): void {
  const from = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const below = innerHeight - from.bottom - EDGE;
  const up = side === "up" || (below < height && from.top > below);
  const wanted = side === "end" ? from.right - width : side === "up" ? from.left + from.width / 2 - width / 2 : from.left;
  const left = Math.max(EDGE, Math.min(wanted, innerWidth - width - EDGE));
  box.style.left = `${left}px`;
  box.style.top = up ? `${Math.max(EDGE, from.top - height - GAP)}px` : `${from.bottom + GAP}px`;
}

const items = (menu: HTMLElement): HTMLElement[] =>
  all('[role^="menuitem"], a.menu-item, button.menu-item', menu).filter((item) => item.offsetParent !== null);

function buttonOf(menu: HTMLElement): HTMLElement | null {
  const buttons = all(`[popovertarget="${menu.id}"]`);
  return buttons.find((button) => button === document.activeElement) ?? buttons.find((button) => button.offsetParent) ?? null;
}

function step(menu: HTMLElement, by: number): void {
  const found = items(menu);
  const now = found.indexOf(document.activeElement as HTMLElement);
  found[(now + by + found.length) % found.length]?.focus();
}

function onKey(event: KeyboardEvent, menu: HTMLElement): void {
  const typing = (event.target as HTMLElement).matches("input:not([type=checkbox], [type=radio]), textarea, select");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const found = items(menu);
  if (event.key === "ArrowDown") step(menu, 1);
  else if (event.key === "ArrowUp") step(menu, -1);
  else if (event.key === "Home") found[0]?.focus();
  else if (event.key === "End") found.at(-1)?.focus();
  else if (event.key.length === 1 && /\S/.test(event.key) && menu.getAttribute("role") === "menu") {
    found.find((item) => item.textContent?.trim().toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

function startTips(): void {
  const tip = el("div", { class: "tooltip-tip", popover: "manual", role: "tooltip", id: "tip" });
  (one("main") ?? document.body).append(tip);
  let timer = 0;
  const hide = () => {
    window.clearTimeout(timer);
    if (tip.matches(":popover-open")) tip.hidePopover();
  };
  const show = (element: HTMLElement, wait: number) => {
    hide();
    timer = window.setTimeout(() => {
      if (!element.isConnected) return;
      tip.textContent = element.dataset["tip"] ?? "";
      tip.showPopover();
      place(tip, element);
    }, wait);
  };
  on("pointerover", "[data-tip]", (event, element) => (event as PointerEvent).pointerType === "mouse" && show(element, 450));
  on("pointerout", "[data-tip]", hide);
  on("focusin", "[data-tip]", (_, element) => element.matches(":focus-visible") && show(element, 150));
  on("focusout", "[data-tip]", hide);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  document.addEventListener("pointerdown", hide);
  document.addEventListener("toggle", (event) => event.target !== tip && hide(), true);
}

export function startMenus(): void {
  document.addEventListener("toggle", (event) => {
    const menu = event.target as HTMLElement;
    if (!menu.matches(".menu[popover]")) return;
    const open = (event as ToggleEvent).newState === "open";
    for (const button of all(`[popovertarget="${menu.id}"]`)) button.setAttribute("aria-expanded", String(open));
    if (!open) return;
    const button = buttonOf(menu);
    if (button) place(menu, button, button.dataset["menu"]);
    (one("[autofocus]", menu) ?? items(menu)[0])?.focus({ preventScroll: true });
  }, true);
  on<"keydown">("keydown", ".menu[popover]", (event, menu) => onKey(event as KeyboardEvent, menu));
  on("click", '.menu [role="menuitem"]', (_, item) => {
    if (!item.matches("[data-keep-open]")) item.closest<HTMLElement>("[popover]")?.hidePopover();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const menu = (event.target as HTMLElement).closest<HTMLElement>(".menu:popover-open");
    const button = menu && buttonOf(menu);
    if (menu && button) place(menu, button, button.dataset["menu"]);
  });
  on("click", "[data-sidebar]", (_, button) => {
    const open = one("#sidebar")?.classList.toggle("is-open") ?? false;
    button.setAttribute("aria-expanded", String(open));
    if (open) one("#sidebar a")?.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    const side = one("#sidebar.is-open");
    if (side && !(event.target as Element).closest("#sidebar, [data-sidebar]")) closeSidebar();
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && closeSidebar());
  startTips();
}

function closeSidebar(): void {
  one("#sidebar")?.classList.remove("is-open");
  one("[data-sidebar]")?.setAttribute("aria-expanded", "false");
}
