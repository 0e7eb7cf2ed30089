/** The dialog host, confirmations, and closing of whatever lies on top. Native <dialog> keeps the focus inside. */
import htmx from "htmx.org";
import { all, on, one } from "./dom";
import { word } from "./words";

const host = one<HTMLDialogElement>("#dialog");
let opener: HTMLElement | null = null;

const SKELETON = '<div class="dialog-part"><div class="dialog-head"><span class="skeleton skeleton-title"></span></div>'
  + '<div class="dialog-body"><span class="skeleton"></span><span class="skeleton skeleton-mid"></span>'
  + '<span class="skeleton skeleton-block"></span></div></div>';

/** Opens `url` in the dialog. */
export async function openDialog(url: string, size = ""): Promise<void> {
  if (!host) {
    location.assign(url);
    return;
  }
  opener = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  const body = one("#dialog-content", host);
  host.className = `dialog ${size ? `dialog-${size}` : ""}`.trim();
  const slow = window.setTimeout(() => {
    if (body) body.innerHTML = SKELETON;
    if (!host.open) host.showModal();
  }, 180);
  await htmx.ajax("get", url, { target: "#dialog-content", swap: "innerHTML" });
  window.clearTimeout(slow);
}

function showHost(): void {
  if (!host) return;
  if (!host.open) host.showModal();
  const body = one("#dialog-content", host);
  const first = body?.querySelector<HTMLElement>(
    '[autofocus], [aria-invalid="true"], .dialog-body :is(input:not([type=hidden], [type=checkbox]), select, textarea)',
  );
  (first ?? one("[data-close]", host))?.focus();
}

export function closeOverlays(): void {
  for (const dialog of all<HTMLDialogElement>("dialog[open]")) dialog.close();
  document.dispatchEvent(new CustomEvent("ponte:panel-close"));
}

/** Asks before something that cannot be taken back; resolves to the answer. */
export function ask(text: string, yes = ""): Promise<boolean> {
  const dialog = one<HTMLDialogElement>("#confirm");
  if (!dialog) return Promise.resolve(window.confirm(text));
  const button = one("[data-confirm-yes]", dialog);
  const words = one("#confirm-text", dialog);
  if (words) words.textContent = text;
  if (button) button.textContent = yes || word("confirm");
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

const agreed = new WeakSet<HTMLElement>();

function startConfirm(): void {
  document.addEventListener("htmx:confirm", (event) => {
    const detail = (event as CustomEvent<{ elt: HTMLElement; issueRequest: (skip: boolean) => void }>).detail;
    const text = detail.elt.dataset["confirm"];
    if (!text || agreed.has(detail.elt)) return;
    event.preventDefault();
    void ask(text, detail.elt.dataset["confirmYes"]).then((yes) => yes && detail.issueRequest(true));
  });
  const hasHtmx = (element: HTMLElement) =>
    element.closest("[hx-get], [hx-post], [hx-put], [hx-patch], [hx-delete]") === element;
  on("click", "a[data-confirm], button[data-confirm]", (event, element) => {
    if (hasHtmx(element) || agreed.has(element)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void ask(element.dataset["confirm"] ?? word("sure"), element.dataset["confirmYes"]).then((yes) => {
      if (!yes) return;
      agreed.add(element);
      element.click();
      agreed.delete(element);
    });
  }, { capture: true });
  on<"submit", HTMLFormElement>("submit", "form[data-confirm]", (event, form) => {
    if (hasHtmx(form) || agreed.has(form)) return;
    event.preventDefault();
    const button = (event as SubmitEvent).submitter;
    void ask(form.dataset["confirm"] ?? word("sure"), form.dataset["confirmYes"]).then((yes) => {
      if (!yes) return;
      agreed.add(form);
      form.requestSubmit(button);
      agreed.delete(form);
    });
  });
}

export function startDialogs(): void {
  on<"click", HTMLAnchorElement>("click", "[data-dialog]", (event, link) => {
    const mouse = event as MouseEvent;
    if (mouse.ctrlKey || mouse.metaKey || mouse.shiftKey || !host) return;
    event.preventDefault();
    link.closest<HTMLElement>("[popover]")?.hidePopover();
    void openDialog(link.dataset["dialog"] || link.href, link.dataset["dialogSize"]);
  });
  on("click", "[data-close]", (_, element) => element.closest("dialog")?.close());
  on<"click", HTMLDialogElement>("click", "dialog", (event, dialog) => {
    // a click on the dialog element itself, outside its box, is a click on the backdrop
    if (event.target !== dialog || dialog.id === "confirm" || dialog.querySelector("form[data-dirty]")) return;
    const box = dialog.getBoundingClientRect();
    const { clientX: x, clientY: y } = event as MouseEvent;
    if (x < box.left || x > box.right || y < box.top || y > box.bottom) dialog.close();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if ((event.target as HTMLElement).id === "dialog-content") showHost();
  });
  host?.addEventListener("close", () => {
    const body = one("#dialog-content", host);
    if (body) body.replaceChildren();
    if (opener?.isConnected) opener.focus();
    opener = null;
  });
  startConfirm();
}
