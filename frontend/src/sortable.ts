/** Reorders the items of `ul[data-sortable]` by dragging the grip or with the arrow keys on it. */
import { all, el, on } from "./dom";
import { word } from "./words";

const teller = el("div", { class: "visually-hidden", role: "status", "aria-live": "polite" });

const itemsOf = (list: Element): HTMLElement[] => all(":scope > li", list);

function changed(list: Element, item: HTMLElement): void {
  const every = itemsOf(list);
  teller.textContent = word("moved", {
    text: item.textContent?.trim().slice(0, 60) ?? "",
    n: every.indexOf(item) + 1,
    total: every.length,
  });
  list.dispatchEvent(new CustomEvent("ponte:sorted", { bubbles: true }));
  const form = list.closest<HTMLFormElement>("form[data-autosubmit]");
  form?.requestSubmit();
}

function drag(event: PointerEvent, grip: HTMLElement): void {
  const item = grip.closest("li");
  const list = item?.parentElement;
  if (!item || !list || event.button !== 0) return;
  event.preventDefault();
  item.classList.add("is-dragging");
  const before = itemsOf(list).indexOf(item);
  const move = (moved: PointerEvent) => {
    const over = itemsOf(list).find((other) => {
      const box = other.getBoundingClientRect();
      return other !== item && moved.clientY > box.top && moved.clientY < box.bottom;
    });
    if (!over) return;
    const box = over.getBoundingClientRect();
    over[moved.clientY > box.top + box.height / 2 ? "after" : "before"](item);
  };
  const end = () => {
    document.removeEventListener("pointermove", move);
    document.removeEventListener("pointerup", end);
    document.removeEventListener("pointercancel", end);
    item.classList.remove("is-dragging");
    if (itemsOf(list).indexOf(item) !== before) changed(list, item);
  };
  // on the document: a captured pointer is let go when its element is moved
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", end);
  document.addEventListener("pointercancel", end);
}

function key(event: KeyboardEvent, grip: HTMLElement): void {
  const item = grip.closest("li");
  const list = item?.parentElement;
  if (!item || !list) return;
  const up = event.key === "ArrowUp";
  const neighbour = up ? item.previousElementSibling : event.key === "ArrowDown" ? item.nextElementSibling : null;
  if (!neighbour) return;
  event.preventDefault();
  event.stopPropagation();
  neighbour[up ? "before" : "after"](item);
  grip.focus();
  changed(list, item);
}

export function startSortable(): void {
  document.body.append(teller);
  const grips = ":is([data-sortable], [data-columns-sort]) .grip";
  on("pointerdown", grips, (event, grip) => drag(event as PointerEvent, grip));
  on("keydown", grips, (event, grip) => key(event as KeyboardEvent, grip));
}
