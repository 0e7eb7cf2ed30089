/** What others move on the board one looks at: told by ids and versions, fetched column by column. */
import htmx from "htmx.org";
import { all, one } from "./dom";

export interface Told {
  list?: string;
  all?: boolean;
  rows?: { id: string; column: string; version: number }[];
  columns?: string[];
}

const WAIT = 700; // milliseconds: several moves in a row are fetched once
const waiting = new Set<string>();
let timer = 0;

const columnOf = (board: HTMLElement, value: string): HTMLElement | undefined =>
  all("[data-board-column]", board).find((each) => each.dataset["boardColumn"] === value);

/** Returns whether a card stands where it belongs already, in the version told: one's own move, for one. */
function isThere(card: HTMLElement | null, column: string, version: number): boolean {
  if (!card) return false;
  const place = card.closest<HTMLElement>("[data-board-column]")?.dataset["boardColumn"];
  return place === column && Number(card.dataset["version"]) >= version;
}

function fetchColumns(): void {
  const board = one("[data-board-list]");
  const values = [...waiting];
  waiting.clear();
  if (!board) return;
  if (one(".board-card.is-dragging, .board-card.is-saving", board)) {
    for (const value of values) waiting.add(value);
    later();
    return;
  }
  for (const value of values) {
    const cards = one(".board-cards", columnOf(board, value) ?? document.createElement("div"));
    const url = `${board.dataset["boardColumns"] ?? ""}&column=${encodeURIComponent(value)}`;
    if (cards) void htmx.ajax("get", url, { target: cards, swap: "innerHTML" });
  }
  document.body.dispatchEvent(new Event("board-moved"));
}

function later(): void {
  window.clearTimeout(timer);
  timer = window.setTimeout(fetchColumns, WAIT);
}

/** Takes in what somebody else moved. */
export function hear(told: Told): void {
  const board = one(`[data-board-list="${told.list ?? ""}"]`);
  if (!board) return;
  if (told.all) {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => document.body.dispatchEvent(new Event("list-changed")), WAIT);
    return;
  }
  let news = false;
  for (const { id, column, version } of told.rows ?? []) {
    const card = one(`.board-card[data-row="${id}"]`, board);
    if (isThere(card, column, version)) continue;
    news = true;
    waiting.add(column);
    const now = card?.closest<HTMLElement>("[data-board-column]")?.dataset["boardColumn"];
    if (now !== undefined) waiting.add(now);
  }
  if (!news) return;
  for (const column of told.columns ?? []) waiting.add(column);
  later();
}
