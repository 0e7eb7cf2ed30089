/**
 * A list as a board: cards are dragged, or moved by their menu or by Shift and the arrows, at once; what the server refuses
 * goes back with a message, or with the dialog that asks for what is missing. What others move is seen as it happens.
 */
import type { Told as Moved } from "./board-live";
import { openDialog } from "./dialogs";
import { all, csrfToken, eachNew, isTyping, on, one } from "./dom";
import { showToast } from "./toasts";
import { word } from "./words";

let dragged: HTMLElement | null = null;
let chosen: HTMLElement | null = null;

const boardOf = (element: Element): HTMLElement | null => element.closest<HTMLElement>("[data-board]");
const columnOf = (element: Element): HTMLElement | null => element.closest<HTMLElement>("[data-board-column]");

/** Counted sizes follow the move; estimated ones ("about …") stay what they are. */
function count(column: HTMLElement, by: number): void {
  const size = one("[data-board-size]", column);
  if (size && /^\d+$/.test(size.textContent?.trim() ?? "")) size.textContent = String(Number(size.textContent) + by);
}

function put(card: HTMLElement, column: HTMLElement, before: ChildNode | null): void {
  const list = one(".board-cards", column);
  if (before && before.parentNode === list) before.before(card);
  else list?.prepend(card);
}

interface Told {
  version?: number;
  detail?: string;
  dialog?: string;
  text?: string;
  undo?: string;
}

async function save(board: HTMLElement, card: HTMLElement, value: string): Promise<Told> {
  const body = new URLSearchParams({ id: card.dataset["row"] ?? "", value, version: card.dataset["version"] ?? "" });
  try {
    const answer = await fetch(board.dataset["boardUrl"] ?? "", {
      method: "POST",
      body,
      headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" },
    });
    const told = answer.headers.get("content-type")?.includes("json") ? ((await answer.json()) as Told) : {};
    if (answer.ok) {
      card.dataset["version"] = String(told.version ?? "");
      return { ...told, detail: "" };
    }
    return { ...told, detail: told.detail || word(answer.status === 404 ? "notFound" : "failed") };
  } catch {
    return { detail: word("noNetwork") };
  }
}

async function move(card: HTMLElement, column: HTMLElement): Promise<void> {
  const board = boardOf(card);
  const from = columnOf(card);
  if (!board || !from || from === column || card.classList.contains("is-saving")) return;
  const next = card.nextSibling;
  const focused = card.contains(document.activeElement);
  put(card, column, null);
  count(from, -1);
  count(column, 1);
  card.classList.add("is-saving");
  if (focused) card.focus();
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  const told = await save(board, card, column.dataset["boardColumn"] ?? "");
  card.classList.remove("is-saving");
  if (!told.detail) {
    document.body.dispatchEvent(new Event("board-moved")); // the sums at the heads are added up anew
    if (told.text) showToast({ text: told.text, tone: "success", undo: told.undo ?? "" });
    return;
  }
  put(card, from, next);
  count(from, 1);
  count(column, -1);
  if (told.dialog) void openDialog(told.dialog);
  else showToast({ text: told.detail, tone: "error" });
}

/** Shift and an arrow move a card to the column beside it, an arrow alone takes the focus there. */
function onArrow(event: KeyboardEvent): void {
  const card = event.target as HTMLElement;
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (!step || !card.matches(".board-card") || event.ctrlKey || event.metaKey || event.altKey || isTyping(card)) return;
  const from = columnOf(card);
  const columns = all("[data-board-column]", card.closest<HTMLElement>(".board") ?? document.body);
  const column = from ? columns[columns.indexOf(from) + step] : undefined;
  if (!column) return;
  event.preventDefault();
  if (event.shiftKey) void move(card, column);
  else (one(".board-card", column) ?? card).focus();
}

function goTo(value: string): void {
  const column = all("[data-board-column]").find((each) => each.dataset["boardColumn"] === value);
  column?.scrollIntoView({ behavior: "smooth", block: "nearest", inline: "start" });
}

/** The strip of column names on a phone shows which column is in sight. */
function watchPlaces(board: HTMLElement): void {
  const strip = one(".board-places", board.parentElement ?? document.body);
  if (!strip) return;
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const value = (entry.target as HTMLElement).dataset["boardColumn"] ?? "";
      const place = all("[data-board-place]", strip).find((each) => each.dataset["boardPlace"] === value);
      if (!place) continue;
      if (entry.isIntersecting) {
        place.setAttribute("aria-current", "true");
        strip.scrollTo({ left: place.offsetLeft - strip.clientWidth / 2 + place.offsetWidth / 2 });
      } else place.removeAttribute("aria-current");
    }
  }, { root: board, threshold: 0.6 });
  for (const column of all("[data-board-column]", board)) watcher.observe(column);
}

export function startBoard(): void {
  on("dragstart", "[data-board] .board-card", (event, card) => {
    dragged = card;
    (event as DragEvent).dataTransfer?.setData("text/plain", card.dataset["row"] ?? "");
    card.classList.add("is-dragging");
  });
  on("dragend", "[data-board] .board-card", (_, card) => {
    card.classList.remove("is-dragging");
    for (const column of all(".board-column.is-over")) column.classList.remove("is-over");
    dragged = null;
  });
  on("dragover", "[data-board-column]", (event, column) => {
    if (!dragged) return;
    event.preventDefault();
    for (const other of all(".board-column.is-over")) other.classList.toggle("is-over", other === column);
    column.classList.add("is-over");
  });
  on("drop", "[data-board-column]", (event, column) => {
    if (!dragged) return;
    event.preventDefault();
    void move(dragged, column);
  });
  on("click", "[data-board-open]", (_, button) => (chosen = button.closest<HTMLElement>(".board-card")));
  on("click", "[data-board-to]", (_, item) => {
    const menu = item.closest<HTMLElement>("[popover]");
    const column = all("[data-board-column]").find((each) => each.dataset["boardColumn"] === item.dataset["boardTo"]);
    menu?.hidePopover();
    if (chosen && column) void move(chosen, column);
  });
  on("click", "[data-board-act]", (_, item) => {
    item.closest<HTMLElement>("[popover]")?.hidePopover();
    const { boardAct = "", boardRow = "" } = item.dataset;
    if (chosen) void openDialog(boardAct.replace(boardRow, chosen.dataset["row"] ?? ""));
  });
  on("click", "[data-board-place]", (_, place) => goTo(place.dataset["boardPlace"] ?? ""));
  document.addEventListener("keydown", onArrow);
  eachNew(".board", watchPlaces);
  document.body.addEventListener("ponte:rows", (event) => {
    if (one("[data-board-list]")) void import("./board-live").then(({ hear }) => hear((event as CustomEvent<Moved>).detail));
  });
}
