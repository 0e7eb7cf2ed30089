/** The calendar's state lives in the address: view, day, whose and what. */
import { all } from "../dom";

export const VIEWS: Record<string, string> = {
  day: "timeGridDay",
  week: "timeGridWeek",
  month: "dayGridMonth",
  agenda: "listAhead", // thirty days from the chosen one on: who opens it wants to know what comes
};

const KEPT = "ponte:calendar-view";

export const isNarrow = (): boolean => window.matchMedia("(width < 768px)").matches;

export function startingView(): string {
  const asked = new URLSearchParams(location.search).get("view") ?? localStorage.getItem(KEPT) ?? "";
  const usual = isNarrow() ? "agenda" : "week";
  return asked in VIEWS ? asked : usual;
}

export const startingDay = (): string => /^\d{4}-\d\d-\d\d$/.exec(new URLSearchParams(location.search).get("date") ?? "")?.[0] ?? "";

export function remember(view: string, day: string): void {
  const url = new URL(location.href);
  url.searchParams.set("view", view);
  url.searchParams.set("date", day);
  const who = chosen("[data-calendar-who]");
  url.searchParams.set("who", who.join(","));
  history.replaceState(history.state, "", url);
  localStorage.setItem(KEPT, view);
}

const checked = (selector: string): HTMLInputElement[] => all<HTMLInputElement>(`${selector}:checked`);

export const chosen = (selector: string): string[] => checked(selector).map((box) => box.value);

/** The chosen people's colours. */
export const tones = (): Map<string, string> =>
  new Map(checked("[data-calendar-who]").map((box) => [box.value, box.dataset["tone"] ?? "neutral"]));
