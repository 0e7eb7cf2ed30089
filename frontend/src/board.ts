/** A list as a board: cards are dragged, or moved by their menu, at once; what the server refuses goes back with a message. */
import { all, csrfToken, on, one } from "./dom";
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

async function save(board: HTMLElement, card: HTMLElement, value: string): Promise<string> {
  const body = new URLSearchParams({ id: card.dataset["row"] ?? "", value, version: card.dataset["version"] ?? "" });
  try {
    const answer = await fetch(board.dataset["boardUrl"] ?? "", {
      method: "POST",
      body,
      headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" },
    });
    const told = answer.headers.get("content-type")?.includes("json")
      ? ((await answer.json()) as { version?: number; detail?: string })
      : {};
    if (answer.ok) {
      card.dataset["version"] = String(told.version ?? "");
      return "";
    }
    return told.detail || word(answer.status === 404 ? "notFound" : "failed");
  } catch {
    return word("noNetwork");
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
  const refusal = await save(board, card, column.dataset["boardColumn"] ?? "");
  card.classList.remove("is-saving");
  if (!refusal) {
    document.body.dispatchEvent(new Event("board-moved")); // the sums at the heads are added up anew
    return;
  }
  put(card, from, next);
  count(from, 1);
  count(column, -1);
  showToast({ text: refusal, tone: "error" });
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
}
